use std::time::Duration;

use super::lane::Timeline;
use super::window::{DAY, Due, LOOK_DAYS, Window};
use crate::instant::Wall;
use crate::station::ZoneIx;

/// One zone being played through.
pub(super) struct Walk<'a> {
    pub(super) window: &'a Window<'a>,
    pub(super) zone: ZoneIx,
    pub(super) timeline: Timeline<'a>,
    /// What is due from an idle instant to a day beyond the window, ascending.
    pub(super) due: std::vec::IntoIter<Due>,
}

impl Walk<'_> {
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
