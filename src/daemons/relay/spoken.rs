use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use super::decode;
use super::listener::{RelayListener, gone};
use super::program;
use crate::clock::Clock;
use crate::diag::{Text, shown, system, text};
use crate::incoming::wire::WireFrame;

/// A write that takes longer has nobody at its other end.
const WRITE_PATIENCE: Duration = Duration::from_secs(2);
/// An input that gives nothing for so long from its beginning on gives nothing; how often it is looked.
const OPEN: Duration = Duration::from_secs(5);
const OPEN_LOOK: Duration = Duration::from_millis(20);

/// A capture device that is being read.
pub struct SpokenInput(JoinHandle<Result<(), Text>>);

impl SpokenInput {
    /// Wait until it has ended, and all that it started with it: why, unless he was done.
    pub fn ended(self) -> Result<(), Text> {
        self.0.join().unwrap_or_else(|_| Err(gone()))
    }
}

/// Somebody who speaks, on his way to the sound over the connection on which his order was given. Clones share it.
#[derive(Clone)]
pub struct SpokenVoice(RelayListener);

impl SpokenVoice {
    /// Begins: from now on it is said every second that he is there.
    pub fn begin(stream: UnixStream, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let voice = Self(RelayListener::nobody(clock));
        voice.hand_over(stream)?;
        Ok(voice)
    }

    /// Somebody whose order is not given yet: what comes from this capture device, by its ALSA name, is left out until it
    /// is. Where nothing comes, why.
    pub fn open(device: &str, clock: Arc<dyn Clock>) -> Result<(Self, SpokenInput), Text> {
        let voice = Self(RelayListener::nobody(clock));
        let (listener, name) = (voice.0.clone(), device.to_owned());
        let work = move || program::capture(&name, &listener);
        let thread =
            std::thread::Builder::new().name("input".to_owned()).spawn(work).map_err(|error| system(&error))?;
        let (clock, input) = (voice.0.clock(), SpokenInput(thread));
        let began = clock.mono();
        while !voice.0.has_come() {
            if input.0.is_finished() || clock.mono().after(began) > OPEN {
                voice.stop();
                let device = shown(device);
                let silent = text!("ngõ vào {device} không đưa tiếng ra", "the input {device} gives no sound");
                return Err(input.ended().err().filter(|why| *why != gone()).unwrap_or(silent));
            }
            clock.wait(OPEN_LOOK);
        }
        Ok((voice, input))
    }

    /// His order is given: what comes from now on goes this way.
    pub fn hand_over(&self, stream: UnixStream) -> io::Result<()> {
        stream.set_write_timeout(Some(WRITE_PATIENCE))?;
        self.0.hear(stream);
        let beat = self.0.clone();
        std::thread::Builder::new().name("beat".to_owned()).spawn(move || beat.keep_alive())?;
        Ok(())
    }

    /// Hands over samples: 16 bits, little-endian, one channel, 48,000 a second.
    pub fn samples(&self, from: impl Read) -> Result<(), Text> {
        program::samples(from, &self.0)
    }

    /// Hands over what a browser records, of this media type.
    pub fn recorded(&self, from: impl Read + Send + Sync + 'static, kind: &str) -> Result<(), Text> {
        decode::decode(from, kind, &self.0)
    }

    /// He is done, or nobody listens any more.
    pub fn is_over(&self) -> bool {
        self.0.is_over()
    }

    /// Whatever hands over ends; nothing is said.
    pub fn stop(&self) {
        self.0.end();
    }

    /// He is done, and says so.
    pub fn end(&self) {
        self.0.end();
        self.0.say(&WireFrame::Over);
    }

    /// He is done, for this reason.
    pub fn fail(&self, why: Text) {
        self.0.end();
        self.0.say(&WireFrame::Trouble(why));
    }
}
