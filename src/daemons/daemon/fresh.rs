use std::collections::HashMap;
use std::time::Duration;

use super::writers::Writers;
use crate::audio::library::{self, Stamp};
use crate::audio::limit::SETTLE;
use crate::instant::{Mono, Now};

/// A file that somebody has open for writing and to which nothing has been written for this long is taken as it is:
/// longer than any copy pauses, and a program that never closes its files does not silence them for ever.
const STALLED: Duration = Duration::from_mins(1);

/// A file that somebody has open for writing is looked at again after this.
const AGAIN: Duration = Duration::from_secs(1);

/// Which files are still being copied: those that were written to a moment ago by their own date, or as far as this
/// watch has seen them change, and those that somebody has open for writing.
pub(super) struct Fresh {
    writers: Writers,
    seen: HashMap<String, Seen>,
}

/// A file that was not at rest.
struct Seen {
    stamp: Stamp,
    /// Since when it is in this state.
    since: Mono,
    /// It was in another one before.
    grows: bool,
}

impl Fresh {
    pub(super) fn new(writers: Writers) -> Self {
        Self { writers, seen: HashMap::new() }
    }

    /// How long until it is worth another look; `None` for a file that is whole. One that was examined in this state
    /// (`is_sure`) was at rest then.
    pub(super) fn unrest(&mut self, file: &str, stamp: &Stamp, is_sure: bool, now: Now) -> Option<Duration> {
        let open = self.writers.has(file);
        let by_date = if is_sure { None } else { library::unrest(stamp, now.wall) };
        if !open && by_date.is_none() {
            self.seen.remove(file);
            return None;
        }
        let known = self.seen.get(file);
        let (since, grows) = match known {
            Some(known) if known.stamp == *stamp => (known.since, known.grows),
            other => (now.mono, other.is_some()),
        };
        self.seen.insert(file.to_owned(), Seen { stamp: *stamp, since, grows });
        let left = (if open { STALLED } else { SETTLE }).saturating_sub(now.mono.after(since));
        (!left.is_zero()).then(|| left.min(if open { AGAIN } else { by_date.unwrap_or(left) }))
    }

    /// Whether it has been seen to change since it was first seen.
    pub(super) fn grows(&self, file: &str) -> bool {
        self.seen.get(file).is_some_and(|seen| seen.grows)
    }

    /// Forget the files that are gone.
    pub(super) fn retain(&mut self, is_there: impl Fn(&str) -> bool) {
        self.seen.retain(|file, _| is_there(file));
    }
}

#[cfg(test)]
mod tests {
    use inotify::EventMask;

    use super::*;
    use crate::instant::Wall;

    fn stamp(size: u64, modified_s: i64) -> Stamp {
        Stamp::made_up(size, modified_s * 1_000_000_000)
    }

    fn at(wall_s: i64, mono_ms: u64) -> Now {
        Now { wall: Wall::from_secs(wall_s), mono: Mono::default() + Duration::from_millis(mono_ms) }
    }

    #[test]
    fn a_file_rests_some_seconds_after_the_last_word_was_written_by_its_own_date() {
        let mut fresh = Fresh::new(Writers::default());
        let mut rest = |stamp: Stamp, now| fresh.unrest("a", &stamp, false, now);
        assert_eq!(rest(stamp(1, 100), at(100, 0)), Some(SETTLE));
        assert_eq!(rest(stamp(2, 101), at(101, 1_000)), Some(SETTLE));
        assert_eq!(rest(stamp(2, 101), at(102, 2_000)), Some(Duration::from_secs(2)));
        assert_eq!(rest(stamp(2, 101), at(104, 4_000)), None);
        // Copied with its date, or renamed: it came whole.
        assert_eq!(rest(stamp(3, 50), at(104, 4_100)), None);
        assert!(!fresh.grows("a"));
    }

    #[test]
    fn a_date_in_the_future_and_a_clock_that_steps_hold_nothing_up_for_longer() {
        let mut fresh = Fresh::new(Writers::default());
        assert_eq!(fresh.unrest("a", &stamp(1, 9_000), false, at(100, 0)), Some(SETTLE));
        assert_eq!(fresh.unrest("a", &stamp(1, 9_000), false, at(8_999, 2_999)), Some(Duration::from_millis(1)));
        assert_eq!(fresh.unrest("a", &stamp(1, 9_000), false, at(100, 3_000)), None);
        // What was examined in this state was at rest then.
        assert_eq!(fresh.unrest("b", &stamp(1, 9_000), true, at(100, 0)), None);
    }

    #[test]
    fn who_has_it_open_for_writing_is_waited_for_through_a_pause_but_not_for_ever() {
        let writers = Writers::default();
        writers.hear(EventMask::MODIFY, 0, "a");
        let mut fresh = Fresh::new(writers.clone());
        for second in 0..60 {
            let now = at(200 + second, second as u64 * 1_000);
            assert_eq!(fresh.unrest("a", &stamp(1, 100), true, now), Some(AGAIN), "{second}");
        }
        assert!(!fresh.grows("a"));
        assert_eq!(fresh.unrest("a", &stamp(1, 100), true, at(261, 60_000)), None);
        assert_eq!(fresh.unrest("a", &stamp(2, 262), true, at(262, 61_000)), Some(AGAIN));
        assert!(fresh.grows("a"));
        writers.hear(EventMask::CLOSE_WRITE, 0, "a");
        assert_eq!(fresh.unrest("a", &stamp(2, 262), false, at(263, 62_000)), Some(Duration::from_secs(2)));
        assert_eq!(fresh.unrest("a", &stamp(2, 262), false, at(265, 64_000)), None);
    }
}
