use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use super::background::{Rank, give_way};
use super::handle::Handle;
use crate::audio::chain::GainSearch;
use crate::clock::Clock;
use crate::plan::Library;
use crate::station::{SoundTarget, Station};

/// Finds out, on a thread of its own, how far each sound has to be turned up for each zone, so that it is
/// known before the sound is due. Nothing waits for it: until then a sound is played by a first guess.
pub(super) struct Tune(Sender<Arc<Library>>);

impl Tune {
    /// Start the thread; it ends with the station's files' thread.
    pub(super) fn start(
        tuner: Arc<GainSearch>,
        station: &Station,
        handle: Handle,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let (tell, told) = mpsc::channel();
        let mut tones: Vec<SoundTarget> = Vec::new();
        for zone in &station.zones {
            if !tones.contains(&zone.tone) {
                tones.push(zone.tone);
            }
        }
        std::thread::Builder::new().name("tune".to_owned()).spawn(move || {
            Rank::Tuning.take();
            work(&tuner, &tones, &told, &|| give_way(&handle, clock.as_ref()));
        })?;
        Ok(Self(tell))
    }

    /// These are the sounds now.
    pub(super) fn look(&self, library: &Arc<Library>) {
        // A tuner that panicked costs some loudness, and no sound.
        let _ = self.0.send(Arc::clone(library));
    }
}

fn work(tuner: &GainSearch, tones: &[SoundTarget], told: &Receiver<Arc<Library>>, give_way: &dyn Fn()) {
    let mut next = told.recv().ok();
    while let Some(library) = next {
        let mut newer = None;
        tuner.prepare(&library, tones, &mut || {
            give_way();
            newer = told.try_iter().last();
            newer.is_some()
        });
        next = newer.or_else(|| told.recv().ok());
    }
}
