use std::time::Duration;

use super::part::{CARRY_MAX, Due, ZonePart};
use super::session::SESSION_GAP;
use super::window::PlanWindow;
use crate::instant::Wall;
use crate::schedule::{Class, IfInterrupted};
use crate::station::ZoneIx;

/// Upper bounds of what a zone's broadcasts can do to it.
pub(super) struct Load {
    /// The longest wait, and the longest programme.
    wait: Duration,
    longest: Duration,
    /// The longest programme that an interruption can make begin again.
    again: Duration,
}

impl Load {
    pub(super) fn of(window: &PlanWindow<'_>, zone: ZoneIx) -> Self {
        let mut load = Self { wait: Duration::ZERO, longest: Duration::ZERO, again: Duration::ZERO };
        for ZonePart { broadcast, programme, .. } in window.parts(zone) {
            if programme.is_playable() {
                load.wait = load.wait.max(broadcast.wait);
                load.longest = load.longest.max(programme.length);
                if broadcast.if_interrupted == IfInterrupted::Restart {
                    load.again = load.again.max(programme.length);
                }
            }
        }
        load
    }

    /// The last instant at which the zone is idle for certain (and, where sessions are limited, nothing
    /// that was heard before counts any more), given what is due from `start` to the
    /// window's start; nothing is known of the time before `start`.
    ///
    /// Two bounds hold at once. All work due so far, done one after another, is done by `worked_off`
    /// (a lane never idles while something may sound, and each arrival makes at most one other begin
    /// again). And after the last arrival nothing begins or goes on later than the longest wait, so
    /// all is over one longest programme after that.
    pub(super) fn last_idle<'d>(
        &self,
        window: &PlanWindow<'_>,
        zone: ZoneIx,
        due: impl Iterator<Item = &'d Due>,
        start: Wall,
    ) -> Option<Wall> {
        let guard = window.guards.of(zone);
        // With limited sessions idle is not enough: the last session must be over, on an earlier day.
        let fresh = |silent: Wall, at: Wall| match guard.sessions() {
            None => true,
            Some(rule) => silent + SESSION_GAP <= at && rule.day_start(at).is_none_or(|midnight| silent <= midnight),
        };
        let mut worked_off = start + CARRY_MAX;
        let mut over = start + self.wait + self.longest;
        let mut idle = None;
        for (at, ix) in due {
            let ZonePart { broadcast, programme, .. } = &window.parts(zone)[*ix as usize];
            let class = broadcast.class;
            let sounds = programme.is_playable() && (class == Class::Emergency || guard.allows(*at));
            if !sounds {
                continue;
            }
            let silent = worked_off.min(over);
            if *at >= silent {
                if fresh(silent, *at) {
                    idle = Some(*at);
                }
                worked_off = *at;
            }
            let again = if class == Class::Normal { Duration::ZERO } else { self.again };
            worked_off = worked_off + programme.length + again;
            over = *at + self.wait + self.longest;
        }
        let silent = worked_off.min(over);
        if window.from >= silent && fresh(silent, window.from) { Some(window.from) } else { idle }
    }
}
