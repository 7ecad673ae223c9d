use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use super::decode;
use super::listener::RelayListener;
use super::program;
use crate::clock::Clock;
use crate::diag::Text;
use crate::incoming::wire::WireFrame;

/// A write that takes longer has nobody at its other end.
const WRITE_PATIENCE: Duration = Duration::from_secs(2);

/// Somebody who speaks, on his way to the sound over the connection on which his order was given. Clones share it.
#[derive(Clone)]
pub struct SpokenVoice(RelayListener);

impl SpokenVoice {
    /// Begins: from now on it is said every second that he is there.
    pub fn begin(stream: UnixStream, clock: Arc<dyn Clock>) -> io::Result<Self> {
        stream.set_write_timeout(Some(WRITE_PATIENCE))?;
        let listener = RelayListener::new(stream, clock);
        let beat = listener.clone();
        std::thread::Builder::new().name("beat".to_owned()).spawn(move || beat.keep_alive())?;
        Ok(Self(listener))
    }

    /// Hands over a capture device, by its ALSA name, until he is done.
    pub fn line_in(&self, device: &str) -> Result<(), Text> {
        program::capture(device, &self.0)
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
