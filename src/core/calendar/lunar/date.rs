use jiff::civil::Date;

use super::super::days::{date_of, day_of};
use super::sky::{FIRST_NEW_MOON, SYNODIC, new_moon, sun_longitude, winter_solstice};
use crate::diag::{Text, text};

/// The Julian day of 1970-01-01T00:00Z.
const UNIX_EPOCH: f64 = 2_440_587.5;

/// UTC+7, in days: the meridian of the Vietnamese calendar since 1968.
const MERIDIAN: f64 = 7.0 / 24.0;

/// New moons so near to midnight (1.2 minutes and less before it) that the published tables have the
/// month begin on the next day: June 1944, July 1967, December 2072, November 2077.
const BEGINS_A_DAY_LATER: [i32; 4] = [-687, -402, 902, 963];

/// A day of the lunar calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LunarDate {
    /// The lunar year, by the solar year in which it begins.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// It is the second month of this number.
    pub leap: bool,
    /// 1 to 30.
    pub day: u8,
}

/// The lunar date of a day.
pub fn lunar_of(date: Date) -> LunarDate {
    let day = day_of(date);
    let month = month_at(day);
    LunarDate { year: month.year, month: month.number, leap: month.leap, day: month.day(day) }
}

/// A month of the lunar calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::calendar) struct Month {
    /// The number of its first day, counted as [`day_of`] counts.
    pub(in crate::calendar) first: i32,
    /// 29 or 30 days.
    pub(in crate::calendar) length: u8,
    /// The lunar year, by the solar year in which it begins.
    year: i32,
    /// 1 to 12.
    pub(in crate::calendar) number: u8,
    /// It is the second month of this number.
    pub(in crate::calendar) leap: bool,
}

impl Month {
    /// Which day of the month a day is that lies in it.
    pub(in crate::calendar) const fn day(&self, day: i32) -> u8 {
        (day - self.first + 1) as u8
    }
}

/// The month that holds a day.
pub(in crate::calendar) fn month_at(day: i32) -> Month {
    let k = month_of(day);
    let (eleventh, year) = eleventh_month_before(k, i32::from(date_of(day).year()));
    let place = k - eleventh;
    let leap = leap_place(eleventh, month_eleven(year + 1));
    let number = place - i32::from(leap.is_some_and(|leap| place >= leap));
    let first = month_start(k);
    Month {
        first,
        length: (month_start(k + 1) - first) as u8,
        year: year + i32::from(number >= 2),
        number: ((number + 10) % 12 + 1) as u8,
        leap: leap == Some(place),
    }
}

/// The number of the new moon with which the month of a day begins.
fn month_of(day: i32) -> i32 {
    let mut k = ((f64::from(day) + UNIX_EPOCH - FIRST_NEW_MOON) / SYNODIC).floor() as i32 + 1;
    while month_start(k) > day {
        k -= 1;
    }
    k
}

/// The day on which the month of new moon `k` begins.
fn month_start(k: i32) -> i32 {
    local_day(new_moon(k)) + i32::from(BEGINS_A_DAY_LATER.contains(&k))
}

/// The month 11 that begins at `k` or last before it, and the solar year of its solstice.
fn eleventh_month_before(k: i32, near: i32) -> (i32, i32) {
    let mut year = near;
    loop {
        let eleventh = month_eleven(year);
        if eleventh <= k {
            return (eleventh, year);
        }
        year -= 1;
    }
}

/// The month that holds the winter solstice of a year.
fn month_eleven(year: i32) -> i32 {
    month_of(local_day(winter_solstice(year)))
}

/// How many months after month 11 the leap month comes, if one comes before the next month 11.
fn leap_place(eleventh: i32, next: i32) -> Option<i32> {
    if next - eleventh < 13 {
        return None;
    }
    let term = |k: i32| (sun_longitude(f64::from(month_start(k)) + UNIX_EPOCH - MERIDIAN) / 30.0).floor();
    (1..13).find(|place| term(eleventh + place).to_bits() == term(eleventh + place + 1).to_bits())
}

fn local_day(universal: f64) -> i32 {
    (universal - UNIX_EPOCH + MERIDIAN).floor() as i32
}

impl LunarDate {
    /// Day and month as people write them: `16/10`; `1/6 nhuận` where the month is a leap one.
    pub fn short(self) -> Text {
        let (day, month) = (self.day, self.month);
        if self.leap {
            text!("{day}/{month} nhuận", "{day}/{month} leap")
        } else {
            text!("{day}/{month}", "{day}/{month}")
        }
    }

    /// Whether it is the last day of the last month: the eve of Tết, the 29th or the 30th.
    pub fn is_new_years_eve(date: Date) -> bool {
        let tomorrow = lunar_of(date_of(day_of(date) + 1));
        (tomorrow.month, tomorrow.day, tomorrow.leap) == (1, 1, false)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::calendar::sample::day;

    #[test]
    fn new_years_days_are_those_of_vietnam_not_of_china() {
        let table = [
            "1985-01-21",
            "2007-02-17",
            "2024-02-10",
            "2025-01-29",
            "2026-02-17",
            "2027-02-06",
            "2028-01-26",
            "2029-02-13",
            "2030-02-02",
        ];
        for written in table {
            let date = day(written);
            let expected = LunarDate { year: i32::from(date.year()), month: 1, leap: false, day: 1 };
            assert_eq!(lunar_of(date), expected, "{written}");
            assert!(LunarDate::is_new_years_eve(date.yesterday().unwrap()), "{written}");
        }
    }

    #[test]
    fn four_months_begin_as_the_published_tables_have_them() {
        for written in ["1944-06-21", "1967-07-08", "2072-12-10", "2077-11-16"] {
            let date = day(written);
            assert_eq!(lunar_of(date).day, 1, "{written}");
            assert!(lunar_of(date.yesterday().unwrap()).day >= 29, "{written}");
        }
    }

    #[test]
    fn leap_months_are_those_of_the_published_calendar() {
        let table = [(2025, 6), (2028, 5), (2031, 3), (2033, 11)];
        let mut found = BTreeMap::new();
        for number in day_of(day("2024-03-01"))..day_of(day("2034-06-01")) {
            let lunar = lunar_of(date_of(number));
            if lunar.leap {
                found.insert(lunar.year, lunar.month);
            }
        }
        assert_eq!(found, BTreeMap::from(table));
    }

    #[test]
    fn the_twelfth_month_has_no_thirtieth_from_2025_to_2032() {
        for year in 2024..2033 {
            let days = (day_of(day(&format!("{year}-01-01")))..).take(60).map(date_of).map(lunar_of);
            let longest = days.filter(|lunar| lunar.month == 12).map(|lunar| lunar.day).max();
            assert_eq!(longest, Some(if year == 2024 { 30 } else { 29 }), "{year}");
        }
    }

    #[test]
    fn days_follow_one_another_for_two_centuries() {
        let mut before = lunar_of(day("1900-12-31"));
        for number in day_of(day("1901-01-01"))..day_of(day("2101-01-01")) {
            let lunar = lunar_of(date_of(number));
            if lunar.day == 1 {
                assert!(matches!(before.day, 29 | 30), "{}", date_of(number));
                let next = before.month % 12 + 1;
                let repeats = lunar.leap && lunar.month == before.month && !before.leap;
                assert!(repeats || !lunar.leap && lunar.month == next, "{} {lunar:?}", date_of(number));
            } else {
                assert_eq!(lunar, LunarDate { day: before.day + 1, ..before }, "{}", date_of(number));
            }
            before = lunar;
        }
    }
}
