use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::date;

use super::days::{day_of, weekday_of};
use super::lunar::LunarTable;
use crate::schedule::{DateRange, DaySet, Leap, LunarDays, Schedule};

/// The days beyond a window that are looked up too: the plan looks 32 days back for an idle instant, and
/// follows what was scheduled in the window up to 63 days beyond it.
const MARGIN: i32 = 70;

/// Which days the sets of a schedule hold.
///
/// What many broadcasts share (holidays, named days, the lunar calendar) is worked out once for a
/// window, when it is first asked for; other days are worked out each time. Both ways agree.
#[derive(Clone, Debug)]
pub(super) struct Almanac {
    first: i32,
    last: i32,
    lunar: OnceLock<LunarTable>,
    holidays: NamedDays,
    names: BTreeMap<String, NamedDays>,
}

/// Days that a name stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct NamedDays {
    /// The sets it joins, each from one day to another, both included.
    parts: Vec<(DaySet, i32, i32)>,
    /// A bit for each day of the window.
    bits: OnceLock<Vec<u64>>,
}

/// A [`DaySet`] made ready for many questions.
#[derive(Debug)]
pub(super) enum Set<'a> {
    /// Bit 0 is Monday.
    Weekdays(u8),
    /// Inclusive ranges of day numbers, ascending and apart.
    Ranges(Vec<(i32, i32)>),
    Lunar(&'a LunarDays),
    Named(&'a NamedDays),
    Any(Vec<Set<'a>>),
}

impl Almanac {
    /// Of a schedule's holidays and named days; quick for the days `first..=last` and some around them.
    pub(super) fn of(schedule: &Schedule, first: i32, last: i32) -> Self {
        let (mut holidays, mut names) = (NamedDays::default(), BTreeMap::<String, NamedDays>::new());
        for holiday in &schedule.holidays {
            let from = holiday.from_year.map_or(i32::MIN, |year| day_of(date(year, 1, 1)));
            let part = (holiday.dates.clone(), from, i32::MAX);
            names.entry(holiday.name.clone()).or_default().parts.push(part.clone());
            holidays.parts.push(part);
        }
        for (name, days) in &schedule.day_types {
            let part = (days.days.clone(), days.from.map_or(i32::MIN, day_of), days.until.map_or(i32::MAX, day_of));
            names.entry(name.clone()).or_default().parts.push(part);
        }
        let (first, last) = (first.saturating_sub(MARGIN), last.saturating_add(MARGIN));
        Self { first, last, lunar: OnceLock::new(), holidays, names }
    }

    /// A set of days, ready to be asked.
    pub(super) fn set<'a>(&'a self, days: &'a DaySet) -> Set<'a> {
        match days {
            DaySet::Holidays => Set::Named(&self.holidays),
            // A name that nothing has falls on no day.
            DaySet::Named(name) => self.names.get(name).map_or(Set::Weekdays(0), Set::Named),
            DaySet::Any(sets) => Set::Any(sets.iter().map(|set| self.set(set)).collect()),
            _ => Set::plain(days),
        }
    }

    /// Whether a set holds a day.
    pub(super) fn holds(&self, set: &Set<'_>, day: i32) -> bool {
        match set {
            Set::Weekdays(mask) => mask >> weekday_of(day) & 1 == 1,
            Set::Ranges(ranges) => {
                let ix = ranges.partition_point(|(first, _)| *first <= day);
                ix.checked_sub(1).and_then(|ix| ranges.get(ix)).is_some_and(|(_, last)| day <= *last)
            }
            Set::Lunar(days) => self.is_lunar(days, day),
            Set::Named(named) => self.is_named(named, day),
            Set::Any(sets) => sets.iter().any(|set| self.holds(set, day)),
        }
    }

    fn is_lunar(&self, days: &LunarDays, day: i32) -> bool {
        let month = self.lunar.get_or_init(|| LunarTable::over(self.first, self.last)).month(day);
        let counts = !(month.leap && days.leap == Leap::Skip);
        counts && days.spans.iter().any(|span| span.holds(month.number, month.day(day), month.length))
    }

    fn is_named(&self, named: &NamedDays, day: i32) -> bool {
        if !(self.first..=self.last).contains(&day) {
            return named.parts.iter().any(|part| self.is_part(&Set::plain(&part.0), part, day));
        }
        let bits = named.bits.get_or_init(|| self.bits(named));
        let at = (day - self.first) as usize;
        bits.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    fn is_part(&self, set: &Set<'_>, (_, from, until): &(DaySet, i32, i32), day: i32) -> bool {
        (*from..=*until).contains(&day) && self.holds(set, day)
    }

    fn bits(&self, named: &NamedDays) -> Vec<u64> {
        let mut bits = vec![0; (self.last - self.first) as usize / 64 + 1];
        for part in &named.parts {
            let set = Set::plain(&part.0);
            for day in (self.first..=self.last).filter(|day| self.is_part(&set, part, *day)) {
                let at = (day - self.first) as usize;
                bits[at / 64] |= 1 << (at % 64);
            }
        }
        bits
    }
}

impl<'a> Set<'a> {
    /// A set without names: what a name stands for holds no other name, so that none can go in a circle.
    fn plain(days: &'a DaySet) -> Self {
        match days {
            DaySet::Weekdays(mask) => Self::Weekdays(*mask),
            DaySet::Dates(ranges) => Self::Ranges(apart(ranges)),
            DaySet::Lunar(days) => Self::Lunar(days),
            DaySet::Any(sets) => Self::Any(sets.iter().map(Self::plain).collect()),
            DaySet::Holidays | DaySet::Named(_) => Self::Weekdays(0),
        }
    }
}

/// Ranges of dates as day numbers: ascending, merged where they meet.
fn apart(ranges: &[DateRange]) -> Vec<(i32, i32)> {
    let mut days: Vec<(i32, i32)> = ranges.iter().map(|range| (day_of(range.first), day_of(range.last))).collect();
    days.sort_unstable();
    let mut merged: Vec<(i32, i32)> = Vec::with_capacity(days.len());
    for (first, last) in days {
        match merged.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    merged
}
