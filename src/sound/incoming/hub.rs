use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::sent::SentSink;
use super::wire::{WireFrame, WireReader};
use super::{LiveBuffer, SentPart};
use crate::clock::Clock;
use crate::diag::{Text, system, text};
use crate::site::connect_socket;

/// How often a listener looks whether anybody still wants it, and how long it waits until it tries again.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// So often in a row nothing at all was said: `loa relay` says that it is there once a second. That is told before what is held
/// has been played, so that whoever runs dry says the right thing; and after four seconds another conversation is begun.
const DEAF_TOLD: u32 = 7;
const DEAF_AFTER: u32 = 16;
/// Bytes taken at once: a tenth of a second.
const TAKEN: usize = 16 * 1_024;

/// The relays of a station, as they come from `loa relay`: each is fetched once, however many zones play it, and only while
/// one does. Clones share it.
#[derive(Clone)]
pub struct RelayHub(Arc<Shared>);

struct Shared {
    /// Where `loa relay` listens; none: nothing is fetched.
    socket: Option<(PathBuf, Arc<dyn Clock>)>,
    /// Whoever keeps what was sent.
    keeper: Option<SyncSender<SentPart>>,
    live: Mutex<HashMap<Arc<str>, Weak<LiveBuffer>>>,
}

impl RelayHub {
    /// Those that come over this socket; the clock says when. What is sent of them goes to the keeper, too.
    pub fn new(socket: PathBuf, clock: Arc<dyn Clock>, keeper: Option<SyncSender<SentPart>>) -> Self {
        Self(Arc::new(Shared { socket: Some((socket, clock)), keeper, live: Mutex::default() }))
    }

    /// Those that a test feeds.
    #[cfg(any(test, feature = "sample"))]
    pub fn fed(buffers: &[(&str, &Arc<LiveBuffer>)]) -> Self {
        let live = buffers.iter().map(|(id, buffer)| (Arc::from(*id), Arc::downgrade(buffer))).collect();
        Self(Arc::new(Shared { socket: None, keeper: None, live: Mutex::new(live) }))
    }

    /// Where the sound of somebody who speaks now comes in, known by this id for as long as this is held.
    pub fn speak(&self, id: &str) -> Arc<LiveBuffer> {
        let buffer = Arc::new(LiveBuffer::of_voice());
        let mut live = self.0.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.retain(|_, buffer| buffer.strong_count() > 0);
        live.insert(Arc::from(id), Arc::downgrade(&buffer));
        buffer
    }

    /// What comes of somebody who speaks now; none where he is gone.
    pub fn voice(&self, id: &str) -> Option<Arc<LiveBuffer>> {
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner).get(id)?.upgrade()
    }

    /// What comes of a relay. It is fetched until the last who asked for it lets go.
    pub fn listen(&self, id: &str) -> Arc<LiveBuffer> {
        let mut live = self.0.live.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(buffer) = live.get(id).and_then(Weak::upgrade) {
            return buffer;
        }
        live.retain(|_, buffer| buffer.strong_count() > 0);
        let relay: Arc<str> = Arc::from(id);
        let sink = self.0.keeper.clone().map(|keeper| SentSink::new(Arc::clone(&relay), keeper));
        let buffer = Arc::new(LiveBuffer::kept(sink));
        live.insert(relay, Arc::downgrade(&buffer));
        if let Some((socket, clock)) = self.0.socket.clone() {
            let listener = HubThread { socket, clock, id: id.to_owned(), buffer: Arc::downgrade(&buffer) };
            if let Err(error) = std::thread::Builder::new().name("loa-relay".to_owned()).spawn(move || listener.run()) {
                buffer.trouble(system(&error));
            }
        }
        buffer
    }
}

/// A thread that listens to one relay.
struct HubThread {
    socket: PathBuf,
    clock: Arc<dyn Clock>,
    id: String,
    buffer: Weak<LiveBuffer>,
}

impl HubThread {
    fn run(&self) {
        while self.buffer.strong_count() > 0 {
            let ended = self.listen();
            let Some(buffer) = self.buffer.upgrade() else { return };
            if let Err(error) = ended {
                buffer.trouble(lost(&error));
            }
            drop(buffer);
            std::thread::park_timeout(LOOK_EVERY);
        }
    }

    /// One conversation, until it ends or nobody listens.
    fn listen(&self) -> io::Result<()> {
        let mut stream = connect_socket(&self.socket)?;
        stream.set_read_timeout(Some(LOOK_EVERY))?;
        stream.set_write_timeout(Some(LOOK_EVERY))?;
        stream.write_all(format!("{}\n", self.id).as_bytes())?;
        let (mut reader, mut bytes, mut deaf) = (WireReader::default(), vec![0; TAKEN], 0);
        loop {
            let Some(buffer) = self.buffer.upgrade() else { return Ok(()) };
            match stream.read(&mut bytes) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    deaf = 0;
                    reader.push(&bytes[..count]);
                }
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    deaf += 1;
                    if deaf == DEAF_TOLD {
                        buffer.trouble(fetcher_hangs());
                    }
                    if deaf > DEAF_AFTER {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            while let Some(frame) = reader.frame()? {
                match frame {
                    WireFrame::Hold(millis) => buffer.hold(millis),
                    WireFrame::Samples(samples) => buffer.push_at(&samples, self.clock.wall()),
                    WireFrame::Trouble(why) => buffer.trouble(why),
                    WireFrame::Alive | WireFrame::Over => {}
                }
            }
        }
    }
}

/// Why a conversation has ended.
fn lost(error: &io::Error) -> Text {
    if error.kind() == io::ErrorKind::TimedOut {
        return fetcher_hangs();
    }
    let Text { vi, en } = system(error);
    text!(
        "không nối được tới loa relay ({vi}); «loa run» chạy tay thì tự mở lại nó, nơi cài dịch vụ thì xem dịch vụ loa-relay",
        "loa relay cannot be reached ({en}); \"loa run\" by hand starts it again by itself, where services are installed see loa-relay"
    )
}

/// `loa relay` is there, and says nothing: it is no fault of the source.
pub fn fetcher_hangs() -> Text {
    text!(
        "phần lấy tiếng không trả lời: nơi cài dịch vụ thì gõ sudo systemctl restart loa-relay; chạy tay thì tắt loa relay rồi mở lại",
        "what fetches it does not answer: as a service sudo systemctl restart loa-relay; by hand end loa relay and start it again"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SimClock;
    use crate::instant::Wall;
    use crate::site::bind_socket;

    #[test]
    fn one_that_fetches_and_says_nothing_is_told_apart_from_a_source_that_has_stopped() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("relay.sock");
        // Bound, and never read: as a process that is stopped.
        let _stopped = bind_socket(&socket).unwrap();
        let hub = RelayHub::new(socket, Arc::new(SimClock::at(Wall::from_secs(0))), None);
        let buffer = hub.listen("dai-tinh");
        for _ in 0..40 {
            if buffer.why().is_some() {
                break;
            }
            std::thread::park_timeout(LOOK_EVERY);
        }
        assert_eq!(buffer.why(), Some(fetcher_hangs()));
    }
}
