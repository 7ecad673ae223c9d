use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use jiff::tz::TimeZone;

use super::almanac::{Almanac, Set};
use super::days::{Days, day_of, nanos_of, weekday_of};
use crate::instant::Wall;
use crate::schedule::{Broadcast, DaySet, Recurrence, Schedule};

/// When broadcasts are due, in one time zone with the named days of a schedule.
#[derive(Clone, Debug)]
pub struct Calendar {
    days: Days,
    almanac: Almanac,
}

/// The instants in `from..to` at which `broadcast` is due, ascending, without doubles; names of days are
/// those of `schedule`.
///
/// For many broadcasts over one window make one [`Calendar`].
pub fn occurrences(broadcast: &Broadcast, schedule: &Schedule, tz: &TimeZone, from: Wall, to: Wall) -> Vec<Wall> {
    Calendar::new(tz, schedule, from, to).occurrences(broadcast, from, to)
}

impl Calendar {
    /// A calendar with the holidays and named days of `schedule`, that is quick in `from..to` and right
    /// everywhere.
    pub fn new(tz: &TimeZone, schedule: &Schedule, from: Wall, to: Wall) -> Self {
        let days = Days::new(tz, from, to);
        let (first, last) = days.touching(from, to.max(from));
        Self { almanac: Almanac::of(schedule, first, last), days }
    }

    /// The days it counts in.
    pub const fn days(&self) -> &Days {
        &self.days
    }

    /// The days of `first..=last` (numbered as [`Days`] does) that a set holds.
    pub fn days_of<'a>(&'a self, set: &'a DaySet, first: i32, last: i32) -> impl Iterator<Item = i32> + 'a {
        let set = self.almanac.set(set);
        (first..=last).filter(move |day| self.almanac.holds(&set, *day))
    }

    /// The instants in `from..to` at which `broadcast` is due, ascending, without doubles.
    ///
    /// Two local times of one broadcast that fall on the same instant (both in one gap) are one
    /// occurrence.
    pub fn occurrences(&self, broadcast: &Broadcast, from: Wall, to: Wall) -> Vec<Wall> {
        if from >= to {
            return Vec::new();
        }
        let almanac = &self.almanac;
        let (first, last) = self.days.touching(from, to);
        let first = broadcast.from.map_or(first, |from| first.max(day_of(from)));
        let last = broadcast.until.map_or(last, |until| last.min(day_of(until)));
        let except: Vec<Set<'_>> = broadcast.except.iter().map(|set| almanac.set(set)).collect();
        let only: Vec<Set<'_>> = broadcast.only.iter().map(|set| almanac.set(set)).collect();
        let plays_on = |day: i32| {
            !except.iter().any(|set| almanac.holds(set, day))
                && (only.is_empty() || only.iter().any(|set| almanac.holds(set, day)))
        };
        let mut due = Due { days: &self.days, from, to, found: Vec::new() };
        match &broadcast.recurrence {
            Recurrence::At { times, days } => {
                let times: Vec<i64> = times.iter().map(|time| nanos_of(*time)).collect();
                self.days_on(days, first, last, &plays_on, &mut |day| due.take(day, &times));
            }
            Recurrence::Week { times, days } => {
                let week =
                    (**times).each_ref().map(|times| times.iter().map(|time| nanos_of(*time)).collect::<Vec<_>>());
                self.days_on(days, first, last, &plays_on, &mut |day| {
                    due.take(day, &week[usize::from(weekday_of(day))]);
                });
            }
            Recurrence::Cron(cron) => due.take_cron(cron, first, last, plays_on),
            Recurrence::Now => {}
        }
        let mut due = due.without(&broadcast.except_at);
        for at in &broadcast.also {
            due.push_at(self.days.local(*at));
        }
        due.sorted()
    }

    /// Call `take` with each day of `first..=last` that `days` holds and on which it plays, ascending.
    fn days_on(&self, days: &DaySet, first: i32, last: i32, plays_on: &dyn Fn(i32) -> bool, take: &mut dyn FnMut(i32)) {
        match self.almanac.set(days) {
            Set::Weekdays(mask) => {
                (first..=last).filter(|day| mask >> weekday_of(*day) & 1 == 1 && plays_on(*day)).for_each(take);
            }
            Set::Ranges(ranges) => {
                let on = ranges.into_iter().flat_map(|range| first.max(range.0)..=last.min(range.1));
                on.filter(|day| plays_on(*day)).for_each(take);
            }
            set => (first..=last).filter(|day| self.almanac.holds(&set, *day) && plays_on(*day)).for_each(take),
        }
    }
}

/// Occurrences being gathered.
struct Due<'a> {
    days: &'a Days,
    from: Wall,
    to: Wall,
    found: Vec<Wall>,
}

impl Due<'_> {
    fn take(&mut self, day: i32, times: &[i64]) {
        for nanos in times {
            self.push(day, *nanos);
        }
    }

    /// The cron crate is asked in UTC, used as "no zone": on a zone with daylight saving it skips,
    /// doubles and goes back in time. Its strange hours are settled by [`Days::instant`] instead.
    fn take_cron(&mut self, cron: &cron::Schedule, first: i32, last: i32, plays_on: impl Fn(i32) -> bool) {
        let before = i64::from(first) * 86_400 - 1;
        let Some(start) = DateTime::<Utc>::from_timestamp(before, 0) else { return };
        for civil in cron.after(&start) {
            let seconds = civil.timestamp();
            let day = seconds.div_euclid(86_400) as i32;
            if day > last {
                break;
            }
            if plays_on(day) {
                self.push(day, seconds.rem_euclid(86_400) * 1_000_000_000);
            }
        }
    }

    fn push(&mut self, day: i32, nanos: i64) {
        self.push_at(self.days.instant(day, nanos));
    }

    fn push_at(&mut self, at: Wall) {
        if self.from <= at && at < self.to {
            self.found.push(at);
        }
    }

    /// Without single occurrences that are called off.
    fn without(mut self, except: &[jiff::civil::DateTime]) -> Self {
        if !except.is_empty() {
            let gone: BTreeSet<Wall> = except.iter().map(|at| self.days.local(*at)).collect();
            self.found.retain(|at| !gone.contains(at));
        }
        self
    }

    fn sorted(mut self) -> Vec<Wall> {
        if !self.found.is_sorted_by(|a, b| a < b) {
            self.found.sort_unstable();
            self.found.dedup();
        }
        self.found
    }
}
