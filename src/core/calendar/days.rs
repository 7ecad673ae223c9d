use jiff::civil::{Date, DateTime, Time, date};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::instant::Wall;

/// Nanoseconds in a civil day without a transition.
const DAY_NANOS: i64 = 86_400 * 1_000_000_000;

/// The most days a table holds: more than all of [`Wall`]'s range.
const MAX_TABLE: i32 = 220_000;

/// Local days of one time zone, and the instants of their local times.
///
/// Days are counted from 1970-01-01 (day 0). For the stretch it is made for, the instant of every
/// midnight is kept, so that a year of occurrences costs additions; days with a transition, and
/// days outside the stretch, are asked of the time zone each time. Both ways agree.
#[derive(Clone, Debug)]
pub struct Days {
    tz: TimeZone,
    first: i32,
    table: Vec<Day>,
}

/// One local day.
#[derive(Clone, Copy, Debug)]
struct Day {
    /// Nanoseconds of its first instant.
    midnight: i64,
    /// It runs from 00:00 to 24:00 without a transition.
    regular: bool,
}

impl Days {
    /// The days of `tz`, with a table for those that touch `from..to`.
    pub fn new(tz: &TimeZone, from: Wall, to: Wall) -> Self {
        let mut days = Self { tz: tz.clone(), first: 0, table: Vec::new() };
        if from < to {
            let (first, last) = days.touching(from, to);
            days.first = first;
            days.table = days.read(first, last.min(first.saturating_add(MAX_TABLE)));
        }
        days
    }

    /// The time zone.
    pub const fn tz(&self) -> &TimeZone {
        &self.tz
    }

    /// The local day of an instant.
    pub fn day(&self, at: Wall) -> i32 {
        day_of(at.zoned(&self.tz).date())
    }

    /// First and last day whose local times can fall into `from..to`, a day to spare on both sides:
    /// a time in a gap belongs to the day before where a gap ends at midnight.
    pub fn touching(&self, from: Wall, to: Wall) -> (i32, i32) {
        (self.day(from) - 1, self.day(to) + 1)
    }

    /// The instant of a local time: `nanos` after midnight as the clock on the wall counts them,
    /// `0..=86_400_000_000_000` (24:00 is the next day's 00:00).
    ///
    /// In a gap: the gap's end. In a fold: the first time.
    pub fn instant(&self, day: i32, nanos: i64) -> Wall {
        match usize::try_from(day.wrapping_sub(self.first)).ok().and_then(|ix| self.table.get(ix)) {
            Some(found) if found.regular => Wall::from_nanos(found.midnight.saturating_add(nanos)),
            _ => self.exact(day, nanos),
        }
    }

    /// The instant of a local date and time, by the same rule.
    pub fn local(&self, at: DateTime) -> Wall {
        self.instant(day_of(at.date()), nanos_of(at.time()))
    }

    /// [`Days::instant`], asked of the time zone.
    fn exact(&self, day: i32, nanos: i64) -> Wall {
        let (day, nanos) = (day.saturating_add((nanos / DAY_NANOS) as i32), nanos % DAY_NANOS);
        let local = date_of(day).to_datetime(time_of(nanos));
        match self.tz.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                offset.to_timestamp(local).map_or(Wall::MAX, Wall::from)
            }
            AmbiguousOffset::Gap { before, after } => {
                let Ok(beyond) = before.to_timestamp(local) else { return Wall::MAX };
                let earliest = after.to_timestamp(local).unwrap_or(beyond);
                self.transition_between(earliest, beyond).map_or_else(|| beyond.into(), Wall::from)
            }
        }
    }

    /// The transition in `earliest..=latest`: where a gap ends.
    fn transition_between(&self, earliest: Timestamp, latest: Timestamp) -> Option<Timestamp> {
        let after = latest.checked_add(1.nanosecond()).unwrap_or(latest);
        self.tz.preceding(after).next().map(|transition| transition.timestamp()).filter(|at| *at >= earliest)
    }

    fn read(&self, first: i32, last: i32) -> Vec<Day> {
        let ends = [self.exact(first, 0).nanos(), self.exact(last.saturating_add(1), 0).nanos()];
        let even = ends[1].saturating_sub(ends[0]) == i64::from(last - first + 1) * DAY_NANOS;
        if even && self.transition_days(&ends).is_empty() {
            let midnights = (0..=i64::from(last - first)).map(|ix| ends[0] + ix * DAY_NANOS);
            return midnights.map(|midnight| Day { midnight, regular: true }).collect();
        }
        let midnights: Vec<i64> = (first..=last.saturating_add(1)).map(|day| self.exact(day, 0).nanos()).collect();
        let irregular = self.transition_days(&midnights);
        let pairs = midnights.iter().zip(midnights.iter().skip(1)).enumerate();
        pairs
            .map(|(ix, (&midnight, &next))| Day {
                midnight,
                regular: next.saturating_sub(midnight) == DAY_NANOS && irregular.binary_search(&ix).is_err(),
            })
            .collect()
    }

    /// Indexes into `midnights` of days that hold a transition, ascending. A transition at midnight
    /// sharp spoils both its neighbours' arithmetic, so both are taken.
    fn transition_days(&self, midnights: &[i64]) -> Vec<usize> {
        let (Some(&first), Some(&last)) = (midnights.first(), midnights.last()) else { return Vec::new() };
        let from = Wall::from_nanos(first.saturating_sub(DAY_NANOS)).timestamp();
        let mut found = Vec::new();
        for transition in self.tz.following(from) {
            let at = Wall::from(transition.timestamp()).nanos();
            if at > last {
                break;
            }
            let ix = midnights.partition_point(|midnight| *midnight <= at);
            found.extend([ix.saturating_sub(2), ix.saturating_sub(1)]);
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The number of a date: days since 1970-01-01.
pub fn day_of(date: Date) -> i32 {
    let seconds =
        jiff::tz::Offset::UTC.to_timestamp(date.to_datetime(Time::midnight())).map_or(0, Timestamp::as_second);
    seconds.div_euclid(86_400) as i32
}

/// The weekday of a day's number: 0 is Monday, 6 is Sunday.
pub const fn weekday_of(day: i32) -> u8 {
    // 1970-01-01 was a Thursday.
    (day.wrapping_add(3)).rem_euclid(7) as u8
}

/// The date of a day's number; saturates at jiff's ends.
pub fn date_of(day: i32) -> Date {
    date(1970, 1, 1).saturating_add(day.days())
}

/// Nanoseconds of a time of day since midnight.
pub(super) fn nanos_of(time: Time) -> i64 {
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    (seconds * 1_000_000_000 + i64::from(time.subsec_nanosecond())).min(DAY_NANOS)
}

fn time_of(nanos: i64) -> Time {
    let seconds = nanos / 1_000_000_000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    DateTime::new(1970, 1, 1, hour as i8, minute as i8, second as i8, (nanos % 1_000_000_000) as i32)
        .map_or(Time::MAX, DateTime::time)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONES: [&str; 7] = [
        "Asia/Ho_Chi_Minh",
        "Europe/Prague",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "America/Havana",
        "Pacific/Apia",
    ];

    #[test]
    fn the_table_agrees_with_the_time_zone() {
        for name in ZONES {
            let tz = TimeZone::get(name).unwrap();
            for year in [2011, 2018, 2026] {
                let from = Wall::from(date(year, 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp());
                let to = Wall::from_nanos(from.nanos() + 370 * DAY_NANOS);
                let days = Days::new(&tz, from, to);
                assert!(days.table.iter().filter(|day| !day.regular).count() < 12, "{name} has its fast path");
                for day in days.first..days.first + 372 {
                    for minute in (0..1440).step_by(15) {
                        let nanos = minute * 60 * 1_000_000_000;
                        assert_eq!(
                            days.instant(day, nanos),
                            days.exact(day, nanos),
                            "{name} {} {minute}",
                            date_of(day)
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn days_and_weekdays_are_those_of_the_calendar() {
        for date in [date(1970, 1, 1), date(1969, 12, 31), date(2024, 2, 29), date(2026, 11, 29), date(2100, 3, 1)] {
            let day = day_of(date);
            assert_eq!(date_of(day), date);
            assert_eq!(i8::try_from(weekday_of(day)).unwrap(), date.weekday().to_monday_zero_offset(), "{date}");
        }
    }
}
