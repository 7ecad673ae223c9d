use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

use super::background::{Rank, give_way};
use super::handle::Handle;
use crate::audio::Sounds;
use crate::clock::Clock;
use crate::plan;
use crate::player::World;

/// Keeps in memory, on a thread of its own, the sounds that an alert may want: it then needs no disk, which may be
/// slow, unmounted or dying just when a storm is coming.
pub(super) struct Hold(Sender<World>);

impl Hold {
    /// Start the thread; it ends with the station's files' thread.
    pub(super) fn start(sounds: Sounds, handle: Handle, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let (tell, told) = mpsc::channel::<World>();
        std::thread::Builder::new().name("hold".to_owned()).spawn(move || {
            Rank::Tuning.take();
            while let Ok(first) = told.recv() {
                give_way(&handle, clock.as_ref());
                let World { schedule, station, library } = told.try_iter().last().unwrap_or(first);
                // What is being written to stays held as it was, for an alert that comes meanwhile.
                let library = library.at_once();
                let wanted = plan::for_alerts(&schedule, &station, &library);
                sounds.hold(wanted.map(|(sound, facts)| (sound.file.as_str(), facts.sha256.as_str())));
            }
        })?;
        Ok(Self(tell))
    }

    /// These are the schedules and sounds now.
    pub(super) fn look(&self, world: &World) {
        // A holder that panicked costs a disk's time at an alert, and no sound.
        let _ = self.0.send(world.clone());
    }
}
