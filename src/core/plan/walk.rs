use std::time::Duration;

use super::PlanLane;
use super::lane::ZoneTimeline;
use super::load::Load;
use super::part::{DAY, Due, LOOK_DAYS};
use super::window::PlanWindow;
use crate::instant::Wall;
use crate::station::ZoneIx;

/// One zone being played through.
pub(super) struct Walk<'a> {
    window: &'a PlanWindow<'a>,
    zone: ZoneIx,
    pub(super) timeline: ZoneTimeline<'a>,
    /// What is due from an idle instant to a day beyond the window, ascending.
    due: std::vec::IntoIter<Due>,
}

impl<'a> Walk<'a> {
    /// A zone at an instant at which it is idle; `None` where nothing is due in the window.
    pub(super) fn of(window: &'a PlanWindow<'a>, zone: ZoneIx) -> Option<Self> {
        let near = window.gather(zone, window.from - DAY, window.to + DAY, true);
        let first = near.partition_point(|(at, _)| *at < window.from);
        if first == near.partition_point(|(at, _)| *at < window.to) {
            return None;
        }
        let (idle, mut due) = idle(window, zone, &near[..first]);
        due.extend(near);
        due.drain(..due.partition_point(|(at, _)| *at < idle));
        let from = due.first().map_or(window.from, |(at, _)| *at);
        let timeline = ZoneTimeline::new(PlanLane { zone, guard: window.guards.of(zone), from, history: &[] });
        Some(Self { window, zone, timeline, due: due.into_iter() })
    }

    /// Settle everything before `at`, which is not after the window's end.
    pub(super) fn until(&mut self, at: Wall) {
        while let Some(due) = self.next_before(at) {
            self.arrive(due);
        }
        self.timeline.advance(at);
    }

    /// Most airings meet nobody, and a year has millions of them: those take the short way.
    fn arrive(&mut self, (at, ix): Due) {
        let part = &self.window.parts(self.zone)[ix as usize];
        let next = self.due.as_slice().first().filter(|_| part.spoken.is_none());
        if !next.is_some_and(|(next, _)| self.timeline.alone(part, at, *next)) {
            self.timeline.arrive(self.window.job(self.zone, (at, ix)));
        }
    }

    /// Go on beyond the window until what was scheduled in it is settled.
    pub(super) fn settle(&mut self) {
        let to = self.window.to;
        let mut far = to + DAY;
        while self.timeline.holds_before(to)
            && let Some((at, _)) = self.due.as_slice().first().copied()
        {
            self.arrive_all(at);
        }
        for days in LOOK_DAYS {
            if !self.timeline.holds_before(to) {
                break;
            }
            let next = far + DAY * days;
            self.due = self.window.gather(self.zone, far, next, false).into_iter();
            while self.timeline.holds_before(to)
                && let Some((at, _)) = self.due.as_slice().first().copied()
            {
                self.arrive_all(at);
            }
            far = next;
        }
        self.timeline.run_out();
    }

    /// Take in all that is due at `at`, and decide what comes before the next.
    fn arrive_all(&mut self, at: Wall) {
        while let Some(due) = self.next_before(at + Duration::from_nanos(1)) {
            self.arrive(due);
        }
        let next = self.due.as_slice().first().map_or(at + Duration::from_nanos(1), |(next, _)| *next);
        self.timeline.advance(next);
    }

    fn next_before(&mut self, at: Wall) -> Option<Due> {
        if self.due.as_slice().first()?.0 < at { self.due.next() } else { None }
    }
}

/// An instant not after the window's start at which the zone is idle, and what is due from then
/// until the day before the window.
///
/// `near` is what is due in that day.
fn idle(window: &PlanWindow<'_>, zone: ZoneIx, near: &[Due]) -> (Wall, Vec<Due>) {
    let load = Load::of(window, zone);
    let mut earlier = Vec::new();
    for days in LOOK_DAYS {
        let start = window.from - DAY * days;
        if days > 1 {
            earlier = window.gather(zone, start, window.from - DAY, false);
        }
        if let Some(idle) = load.last_idle(window, zone, earlier.iter().chain(near), start) {
            return (idle, earlier);
        }
    }
    (Wall::MIN, earlier)
}
