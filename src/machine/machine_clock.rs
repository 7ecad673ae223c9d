use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::clock::Clock;
use crate::instant::{Mono, Wall};

/// The machine's own clocks, asked here only (invariant: time comes in as an argument).
#[derive(Clone, Copy, Debug, Default)]
pub struct MachineClock;

static ORIGIN: OnceLock<Instant> = OnceLock::new();

#[expect(clippy::disallowed_methods, reason = "the one file that asks the machine")]
impl Clock for MachineClock {
    fn wall(&self) -> Wall {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => Wall::from_secs(0) + since,
            Err(before) => Wall::from_secs(0) - before.duration(),
        }
    }

    fn mono(&self) -> Mono {
        Mono::from_origin(ORIGIN.get_or_init(Instant::now).elapsed())
    }

    fn wait(&self, length: Duration) {
        std::thread::sleep(length);
    }
}
