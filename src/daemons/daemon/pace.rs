use std::time::Duration;

use crate::instant::Mono;

/// Alerts of one account that are taken as they come: more than a bad night has. Beyond them it is a program that runs
/// wild; if each cut off the last as fast as it can, nobody would hear any, and the journal would fill the disk.
pub(super) const BURST: u32 = 30;

/// From then on one is taken in this time.
const EACH: Duration = Duration::from_secs(1);

/// How many more alerts of an account are taken at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Pace {
    left: u32,
    /// Since when that has been growing again.
    since: Mono,
}

impl Pace {
    /// Of one that has given none of late.
    pub(super) const fn rested(now: Mono) -> Self {
        Self { left: BURST, since: now }
    }

    /// How many are taken at once by now.
    pub(super) fn left(self, now: Mono) -> u32 {
        let grown = now.after(self.since).as_secs() / EACH.as_secs();
        self.left.saturating_add(u32::try_from(grown).unwrap_or(u32::MAX)).min(BURST)
    }

    pub(super) fn is_rested(self, now: Mono) -> bool {
        self.left(now) == BURST
    }

    /// One was taken.
    pub(super) fn spend(&mut self, now: Mono) {
        let left = self.left(now);
        let part = now.after(self.since).as_secs() / EACH.as_secs();
        // What has grown of the next one is kept.
        self.since = if left == BURST { now } else { self.since + EACH * u32::try_from(part).unwrap_or(u32::MAX) };
        self.left = left.saturating_sub(1);
    }

    /// How long until one more is taken, where none is now.
    pub(super) fn held(self, now: Mono) -> Duration {
        if self.left(now) > 0 { Duration::ZERO } else { EACH.saturating_sub(now.after(self.since)) }
    }
}
