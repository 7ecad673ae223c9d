//! A line between a phone and the console that can be cut: what goes through is counted, and after so many bytes of what
//! the phone sends nothing goes through any more, neither there nor back, until it is mended.

use std::io::{Read, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

/// A line to one address. It ends with the test.
pub(super) struct Wire {
    /// Where the phone finds it.
    pub(super) address: SocketAddr,
    state: Arc<State>,
}

struct State {
    to: SocketAddr,
    /// Bytes that the phone may still send.
    left: AtomicU64,
    /// Bytes that it has sent since that was said.
    sent: AtomicU64,
    is_cut: AtomicBool,
}

impl Wire {
    /// A line that holds.
    pub(super) fn to(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (left, sent) = (AtomicU64::new(u64::MAX), AtomicU64::new(0));
        let state = Arc::new(State { to, left, sent, is_cut: AtomicBool::new(false) });
        let own = state.clone();
        thread::spawn(move || {
            for phone in listener.incoming().flatten() {
                let state = own.clone();
                thread::spawn(move || state.carry(&phone));
            }
        });
        Self { address, state }
    }

    /// Let the phone send so many bytes, and cut the line then.
    pub(super) fn cut_after(&self, bytes: u64) {
        self.state.sent.store(0, Ordering::SeqCst);
        self.state.left.store(bytes, Ordering::SeqCst);
    }

    /// Whether it is cut.
    pub(super) fn is_cut(&self) -> bool {
        self.state.is_cut.load(Ordering::SeqCst)
    }

    /// It holds again.
    pub(super) fn mend(&self) {
        self.cut_after(u64::MAX);
        self.state.is_cut.store(false, Ordering::SeqCst);
    }

    /// What the phone has sent since the line was mended, or was told when to break.
    pub(super) fn sent(&self) -> u64 {
        self.state.sent.load(Ordering::SeqCst)
    }
}

impl State {
    fn carry(self: &Arc<Self>, phone: &TcpStream) {
        let is_cut = self.is_cut.load(Ordering::SeqCst);
        let Ok(console) = TcpStream::connect(self.to) else { return };
        if !is_cut {
            let (state, from, to) = (self.clone(), console.try_clone().unwrap(), phone.try_clone().unwrap());
            let back = thread::spawn(move || state.pass(&from, &to, false));
            self.pass(phone, &console, true);
            let _ = back.join();
        }
        for end in [phone, &console] {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// Pass on what comes, until one of the two has had enough.
    fn pass(&self, mut from: &TcpStream, mut to: &TcpStream, is_up: bool) {
        let mut piece = [0; 16 * 1024];
        while let Ok(count) = from.read(&mut piece) {
            if count == 0 || self.is_cut.load(Ordering::SeqCst) {
                break;
            }
            let mut whole = count;
            if is_up {
                let left = self.left.load(Ordering::SeqCst);
                whole = usize::try_from(left).map_or(count, |left| left.min(count));
                self.left.store(left - whole as u64, Ordering::SeqCst);
                self.sent.fetch_add(whole as u64, Ordering::SeqCst);
            }
            if to.write_all(&piece[..whole]).is_err() {
                break;
            }
            if whole < count {
                self.is_cut.store(true, Ordering::SeqCst);
                break;
            }
        }
        for end in [from, to] {
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}
