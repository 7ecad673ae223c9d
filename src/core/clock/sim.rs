use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use super::Clock;
use crate::instant::{Mono, Wall};

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct SimClock {
    wall: AtomicI64,
    mono: AtomicU64,
}

impl SimClock {
    /// A clock that stands at `wall`.
    pub const fn at(wall: Wall) -> Self {
        Self { wall: AtomicI64::new(wall.nanos()), mono: AtomicU64::new(0) }
    }

    /// Let both clocks run on by `length`.
    pub fn advance(&self, length: Duration) {
        let nanos = u64::try_from(length.as_nanos()).unwrap_or(u64::MAX);
        self.mono.fetch_add(nanos, Ordering::SeqCst);
        self.wall.fetch_add(i64::try_from(nanos).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// Step the wall clock to `wall`, as an administrator or NTP would; monotonic time stays.
    pub fn step(&self, wall: Wall) {
        self.wall.store(wall.nanos(), Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn wall(&self) -> Wall {
        Wall::from_nanos(self.wall.load(Ordering::SeqCst))
    }

    fn mono(&self) -> Mono {
        Mono::from_origin(Duration::from_nanos(self.mono.load(Ordering::SeqCst)))
    }

    fn wait(&self, length: Duration) {
        self.advance(length);
    }
}
