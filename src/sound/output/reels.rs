use std::sync::Arc;

use super::feed::{OpenReader, Reader, Unopened};
use crate::audio::chain::{Tuner, Tuning};
use crate::audio::{AudioError, Reel, Sounds};
use crate::station::{Station, Tone};

impl Reader for Reel {
    fn fill(&mut self, out: &mut [f32]) -> usize {
        Self::fill(self, out)
    }

    fn spoiled(&self) -> Option<Arc<str>> {
        self.fault().and_then(AudioError::changed).map(Arc::from)
    }
}

/// Opens programmes from these sounds, each zone's in its own tone: what every output
/// of a real station is given.
pub fn reels(sounds: &Sounds, station: &Station, tuner: &Arc<Tuner>) -> OpenReader {
    let sounds = sounds.clone();
    let tones: Vec<Tone> = station.zones.iter().map(|zone| zone.tone).collect();
    let tuner = Arc::clone(tuner);
    Arc::new(move |zone, programme, rate, skip| {
        let tone = tones.get(usize::from(zone.0)).copied().unwrap_or_default();
        match Reel::open(&sounds, programme, rate, skip, &Tuning::new(tone, Arc::clone(&tuner))) {
            Ok(reel) => Ok(Box::new(reel)),
            Err(error) => Err(Unopened { why: error.text(), spoiled: error.changed().map(Arc::from) }),
        }
    })
}
