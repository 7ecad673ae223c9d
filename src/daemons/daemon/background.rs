use std::time::Duration;

use super::handle::Handle;
use crate::clock::Clock;
use crate::instant::Wall;
use crate::player::Snapshot;

/// An airing whose sound is not ready this short before it begins is behind: it had ten seconds already, and a
/// machine that is not too busy needs one.
const BEHIND: Duration = Duration::from_secs(10);

/// How often what pauses looks whether it may go on.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How far a thread that has time stands behind those that make sound, as nice values. On a machine that is too
/// busy the last one gives way first; sound, the journal and orders keep the priority of the daemon itself
/// (docs/reliability.md states the order).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rank {
    /// Gains are found: without them sound is a little softer than asked. The page, beside it: people wait a moment. A tenth.
    Tuning = 10,
    /// Next week is rehearsed: it can be done tomorrow night.
    Rehearsing = 19,
}

impl Rank {
    /// Step back with the calling thread, and those it starts from now on.
    pub(super) fn take(self) {
        // Of this thread only, on Linux. Where it is refused, the work is done all the same.
        let _ = rustix::process::setpriority_process(None, self as i32);
    }
}

/// Wait while an airing is behind with its preparation: at most until it begins or is given up.
pub(super) fn give_way(handle: &Handle, clock: &dyn Clock) {
    while is_behind(&handle.snapshot(), handle.now()) {
        clock.wait(LOOK_EVERY);
    }
}

fn is_behind(snapshot: &Snapshot, now: Wall) -> bool {
    snapshot.zones.iter().any(|zone| zone.preparing.is_some_and(|start| start <= now + BEHIND))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::player::{ClockTrust, World, ZoneSnapshot};

    #[test]
    fn what_is_still_being_prepared_ten_seconds_before_is_behind() {
        let now = Wall::from_secs(1_800_000_000);
        let with = |preparing: Option<Wall>| {
            let zone = ZoneSnapshot {
                zone: "thon-1".to_owned(),
                playing: None,
                next: None,
                silent: None,
                tally: None,
                waiting: 0,
                preparing,
                underruns: 0,
                tried: false,
                trouble: None,
            };
            let world = World {
                station: std::sync::Arc::default(),
                schedule: std::sync::Arc::default(),
                library: std::sync::Arc::default(),
            };
            let trust = ClockTrust { believed: true, because: Vec::new() };
            Snapshot {
                at: now,
                ending: false,
                distrust: None,
                trust,
                drift: None,
                world,
                zones: vec![zone],
                amplifiers: Vec::new(),
                orders: Vec::new(),
                stops: Vec::new(),
            }
        };
        assert!(!is_behind(&with(None), now));
        assert!(!is_behind(&with(Some(now + Duration::from_secs(11))), now));
        assert!(is_behind(&with(Some(now + Duration::from_secs(10))), now));
        // An alert is wanted at once.
        assert!(is_behind(&with(Some(now)), now));
    }
}
