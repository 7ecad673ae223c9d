use std::sync::Arc;

use super::feed::{OpenReader, ProgrammeReader, Unopened};
use crate::audio::chain::{GainSearch, Treatment};
use crate::audio::{AudioError, ProgrammeStream, Sounds};
use crate::station::{SoundTarget, Station};
use crate::voice::RelayNews;

impl ProgrammeReader for ProgrammeStream {
    fn fill(&mut self, out: &mut [f32]) -> usize {
        Self::fill(self, out)
    }

    fn spoiled(&self) -> Option<Arc<str>> {
        self.fault().and_then(AudioError::changed).map(Arc::from)
    }

    fn is_live(&self) -> bool {
        Self::is_live(self)
    }

    fn is_voice(&self) -> bool {
        Self::is_voice(self)
    }

    fn is_cut_short(&self) -> bool {
        Self::is_cut_short(self)
    }

    fn arrived(&mut self) -> usize {
        Self::arrived(self)
    }

    fn begin(&mut self, frames: u64) {
        Self::begin(self, frames);
    }

    fn news(&mut self) -> Option<RelayNews> {
        Self::news(self)
    }
}

/// Opens programmes from these sounds, each zone's in its own tone: what every output
/// of a real station is given.
pub fn open_programmes(sounds: &Sounds, station: &Station, tuner: &Arc<GainSearch>) -> OpenReader {
    let sounds = sounds.clone();
    let tones: Vec<SoundTarget> = station.zones.iter().map(|zone| zone.tone).collect();
    let tuner = Arc::clone(tuner);
    Arc::new(move |zone, programme, rate, skip| {
        let tone = tones.get(usize::from(zone.0)).copied().unwrap_or_default();
        match ProgrammeStream::open(&sounds, programme, rate, skip, &Treatment::new(tone, Arc::clone(&tuner))) {
            Ok(programme) => Ok(Box::new(programme)),
            Err(error) => Err(Unopened { why: error.text(), spoiled: error.changed().map(Arc::from) }),
        }
    })
}
