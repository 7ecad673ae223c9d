use chrono::{DateTime, Utc};
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::days::{DAY_NANOS, Days, day_of, weekday_of};
use crate::instant::Wall;
use crate::schedule::{Broadcast, DaySet, Except, Holiday, HolidayDates, Recurrence};

/// When broadcasts are due, in one time zone with its holidays.
#[derive(Clone, Debug)]
pub struct Calendar {
    days: Days,
    /// Inclusive ranges of day numbers.
    holidays: Vec<(i32, i32)>,
}

/// The instants in `from..to` at which `broadcast` is due, ascending, without doubles.
///
/// For many broadcasts over one window make one [`Calendar`].
pub fn occurrences(broadcast: &Broadcast, holidays: &[Holiday], tz: &TimeZone, from: Wall, to: Wall) -> Vec<Wall> {
    Calendar::new(tz, holidays, from, to).occurrences(broadcast, from, to)
}

impl Calendar {
    /// A calendar that is quick in `from..to` and right everywhere.
    ///
    /// Holidays by the lunar calendar ([`HolidayDates::Lunar`]) fall on no day yet.
    pub fn new(tz: &TimeZone, holidays: &[Holiday], from: Wall, to: Wall) -> Self {
        let solar = holidays.iter().filter_map(|holiday| match &holiday.dates {
            HolidayDates::Dates(range) => Some((day_of(range.first), day_of(range.last))),
            HolidayDates::Lunar(_) => None,
        });
        Self { days: Days::new(tz, from, to), holidays: solar.collect() }
    }

    /// The days it counts in.
    pub const fn days(&self) -> &Days {
        &self.days
    }

    /// The instants in `from..to` at which `broadcast` is due, ascending, without doubles.
    ///
    /// Two local times of one broadcast that fall on the same instant (both in one gap) are one
    /// occurrence. [`DaySet::Lunar`] falls on no day yet.
    pub fn occurrences(&self, broadcast: &Broadcast, from: Wall, to: Wall) -> Vec<Wall> {
        if from >= to {
            return Vec::new();
        }
        let (first, last) = self.days.touching(from, to);
        let first = broadcast.from.map_or(first, |from| first.max(day_of(from)));
        let last = broadcast.until.map_or(last, |until| last.min(day_of(until)));
        let excluded = self.excluded(broadcast);
        let plays_on = |day: i32| !excluded.iter().any(|(first, last)| (*first..=*last).contains(&day));
        let mut due = Due { days: &self.days, from, to, found: Vec::new() };
        match &broadcast.recurrence {
            Recurrence::At { times, days } => {
                let times: Vec<i64> = times.iter().map(|time| nanos_of(*time)).collect();
                match days {
                    DaySet::Weekdays(mask) => {
                        let on = (first..=last).filter(|day| mask >> weekday_of(*day) & 1 == 1 && plays_on(*day));
                        due.take(on, &times);
                    }
                    DaySet::Dates(dates) => {
                        let on = dates.iter().map(|date| day_of(*date));
                        due.take(on.filter(|day| (first..=last).contains(day) && plays_on(*day)), &times);
                    }
                    DaySet::Lunar(_) => {}
                }
            }
            Recurrence::Cron(cron) => due.take_cron(cron, first, last, plays_on),
        }
        due.sorted()
    }

    /// Inclusive ranges of days on which it does not play.
    fn excluded(&self, broadcast: &Broadcast) -> Vec<(i32, i32)> {
        let mut excluded = Vec::new();
        for except in &broadcast.except {
            match except {
                Except::Holidays => excluded.extend_from_slice(&self.holidays),
                Except::Dates(range) => excluded.push((day_of(range.first), day_of(range.last))),
            }
        }
        excluded
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
    fn take(&mut self, days: impl Iterator<Item = i32>, times: &[i64]) {
        for day in days {
            for nanos in times {
                self.push(day, *nanos);
            }
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
        let at = self.days.instant(day, nanos);
        if self.from <= at && at < self.to {
            self.found.push(at);
        }
    }

    fn sorted(mut self) -> Vec<Wall> {
        if !self.found.is_sorted_by(|a, b| a < b) {
            self.found.sort_unstable();
            self.found.dedup();
        }
        self.found
    }
}

fn nanos_of(time: Time) -> i64 {
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    (seconds * 1_000_000_000 + i64::from(time.subsec_nanosecond())).min(DAY_NANOS)
}
