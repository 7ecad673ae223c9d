//! Occurrences against dates worked out by hand.

mod ephemeris;
mod lunar;
mod vendor;

use proptest::prelude::*;

use super::occurrences;
use super::sample::{at, cron, daily, day, range, weekly, zone};
use crate::instant::Wall;
use crate::schedule::{Broadcast, DaySet, Holiday, Place, Recurrence, Schedule};

/// Local times with offset, from one local midnight to another.
pub(super) fn due(broadcast: &Broadcast, tz: &str, from: &str, to: &str) -> Vec<String> {
    due_with(broadcast, &Schedule::default(), tz, from, to)
}

pub(super) fn due_with(broadcast: &Broadcast, schedule: &Schedule, tz: &str, from: &str, to: &str) -> Vec<String> {
    let tz = zone(tz);
    let found = occurrences(broadcast, schedule, &tz, at(from, &tz), at(to, &tz));
    found.iter().map(|at| at.zoned(&tz).strftime("%Y-%m-%d %H:%M:%S%:z").to_string()).collect()
}

#[test]
fn in_vietnam_a_time_is_that_time_every_day() {
    let found = due(&daily("a", &["05:30", "17:00:15"]), "Asia/Ho_Chi_Minh", "2026-12-01T00:00", "2026-12-03T00:00");
    assert_eq!(
        found,
        [
            "2026-12-01 05:30:00+07:00",
            "2026-12-01 17:00:15+07:00",
            "2026-12-02 05:30:00+07:00",
            "2026-12-02 17:00:15+07:00"
        ]
    );
}

#[test]
fn a_window_is_half_open() {
    let a = daily("a", &["05:30"]);
    let tz = "Asia/Ho_Chi_Minh";
    assert_eq!(due(&a, tz, "2026-12-01T05:30", "2026-12-02T05:30"), ["2026-12-01 05:30:00+07:00"]);
    assert!(due(&a, tz, "2026-12-01T05:31", "2026-12-02T05:30").is_empty());
    assert!(due(&a, tz, "2026-12-02T05:30", "2026-12-01T05:30").is_empty());
}

/// Kept every year.
pub(super) fn holiday(name: &str, dates: DaySet) -> Holiday {
    Holiday { name: name.to_owned(), dates, from_year: None, place: Place::default() }
}

/// Zone, local times, from, to, expected.
type Night<'a> = (&'a str, &'a [&'a str], &'a str, &'a str, &'a [&'a str]);

#[test]
fn strange_nights_play_once_after_the_rule() {
    let table: [Night<'_>; 9] = [
        (
            "Europe/Prague",
            &["01:59", "02:30", "03:30"],
            "2026-03-29T00:00",
            "2026-03-30T00:00",
            &["2026-03-29 01:59:00+01:00", "2026-03-29 03:00:00+02:00", "2026-03-29 03:30:00+02:00"],
        ),
        (
            "Europe/Prague",
            &["01:30", "02:30", "03:00"],
            "2026-10-25T00:00",
            "2026-10-26T00:00",
            &["2026-10-25 01:30:00+02:00", "2026-10-25 02:30:00+02:00", "2026-10-25 03:00:00+01:00"],
        ),
        (
            "America/New_York",
            &["02:00", "02:59:59"],
            "2026-03-08T00:00",
            "2026-03-09T00:00",
            &["2026-03-08 03:00:00-04:00"],
        ),
        (
            "America/New_York",
            &["01:00", "01:59", "02:00"],
            "2026-11-01T00:00",
            "2026-11-02T00:00",
            &["2026-11-01 01:00:00-04:00", "2026-11-01 01:59:00-04:00", "2026-11-01 02:00:00-05:00"],
        ),
        (
            "Australia/Lord_Howe",
            &["02:15", "02:30"],
            "2026-10-04T00:00",
            "2026-10-05T00:00",
            &["2026-10-04 02:30:00+11:00"],
        ),
        (
            "Australia/Lord_Howe",
            &["01:15", "01:45", "02:00"],
            "2026-04-05T00:00",
            "2026-04-06T00:00",
            &["2026-04-05 01:15:00+11:00", "2026-04-05 01:45:00+11:00", "2026-04-05 02:00:00+10:30"],
        ),
        ("Africa/Casablanca", &["02:30"], "2026-02-15T00:00", "2026-02-16T00:00", &["2026-02-15 02:30:00+01:00"]),
        ("Africa/Casablanca", &["02:30"], "2026-03-22T00:00", "2026-03-23T00:00", &["2026-03-22 03:00:00+01:00"]),
        (
            "America/Havana",
            &["00:30", "01:30"],
            "2026-03-08T01:00",
            "2026-03-09T00:00",
            &["2026-03-08 01:00:00-04:00", "2026-03-08 01:30:00-04:00"],
        ),
    ];
    for (tz, times, from, to, expected) in table {
        assert_eq!(due(&daily("a", times), tz, from, to), expected, "{tz} {times:?} {from}");
    }
}

#[test]
fn cron_keeps_the_same_rule_and_never_goes_back_in_time() {
    let lost = cron("a", "0 30 2 * * *");
    let spring = due(&lost, "Europe/Prague", "2026-03-28T00:00", "2026-03-31T00:00");
    assert_eq!(spring, ["2026-03-28 02:30:00+01:00", "2026-03-29 03:00:00+02:00", "2026-03-30 02:30:00+02:00"]);
    let every = cron("a", "0 */20 1 * * *");
    let autumn = due(&every, "America/New_York", "2026-11-01T00:00", "2026-11-02T00:00");
    assert_eq!(autumn, ["2026-11-01 01:00:00-04:00", "2026-11-01 01:20:00-04:00", "2026-11-01 01:40:00-04:00"]);
    let hourly = due(&cron("a", "0 0 * * * *"), "Europe/Prague", "2026-03-29T00:00", "2026-03-29T05:00");
    assert_eq!(hourly.len(), 4, "02:00 does not exist, and 03:00 plays once: {hourly:?}");
}

#[test]
fn the_crates_weekday_numbers_count_from_sunday() {
    // 2026-11-29 is a Sunday.
    let week = ("2026-11-29T00:00", "2026-12-06T00:00");
    let days = |expression: &str| -> Vec<String> {
        let found = due(&cron("a", expression), "Asia/Ho_Chi_Minh", week.0, week.1);
        found.iter().map(|at| at[8..10].to_owned()).collect()
    };
    assert_eq!(days("0 0 5 * * 1"), ["29"]);
    assert_eq!(days("0 0 5 * * Sun"), ["29"]);
    assert_eq!(days("0 0 5 * * 2-6"), ["30", "01", "02", "03", "04"]);
    assert_eq!(days("0 0 5 * * Mon-Fri"), ["30", "01", "02", "03", "04"]);
    assert_eq!(days("0 0 5 * * 7"), ["05"]);
    assert!(days("0 0 5 30 2 *").is_empty(), "30 February never comes");
    assert_eq!(days("0 0 5 1,15 * Tue"), ["01"], "day and weekday must both fit");
}

#[test]
fn sunday_plays_on_sunday() {
    let found = due(&weekly("a", &["05:00"], 0b100_0000), "Asia/Ho_Chi_Minh", "2026-11-27T00:00", "2026-12-07T00:00");
    assert_eq!(found, ["2026-11-29 05:00:00+07:00", "2026-12-06 05:00:00+07:00"]);
}

#[test]
fn the_first_and_the_last_day_of_a_range_play() {
    let mut a = daily("a", &["05:00", "23:59:59"]);
    (a.from, a.until) = (Some(day("2026-12-30")), Some(day("2026-12-31")));
    let found = due(&a, "Asia/Ho_Chi_Minh", "2026-12-01T00:00", "2027-02-01T00:00");
    assert_eq!(
        found,
        [
            "2026-12-30 05:00:00+07:00",
            "2026-12-30 23:59:59+07:00",
            "2026-12-31 05:00:00+07:00",
            "2026-12-31 23:59:59+07:00"
        ]
    );
    let mut b = cron("b", "0 0 5 * * *");
    (b.from, b.until) = (Some(day("2026-12-30")), Some(day("2026-12-31")));
    assert_eq!(due(&b, "Asia/Ho_Chi_Minh", "2026-12-01T00:00", "2027-02-01T00:00").len(), 2);
}

#[test]
fn month_ends_and_the_leap_day_are_days_like_others() {
    let all = daily("a", &["05:00"]);
    assert_eq!(due(&all, "Asia/Ho_Chi_Minh", "2028-02-01T00:00", "2028-03-01T00:00").len(), 29);
    assert_eq!(due(&all, "Asia/Ho_Chi_Minh", "2026-02-01T00:00", "2026-03-01T00:00").len(), 28);
    let mut some = daily("a", &["05:00"]);
    if let Recurrence::At { days, .. } = &mut some.recurrence {
        *days = DaySet::Dates(["2027-12-31", "2028-02-29", "2028-04-30"].map(|day| range(day, day)).to_vec());
    }
    assert_eq!(
        due(&some, "Asia/Ho_Chi_Minh", "2027-01-01T00:00", "2029-01-01T00:00"),
        ["2027-12-31 05:00:00+07:00", "2028-02-29 05:00:00+07:00", "2028-04-30 05:00:00+07:00"]
    );
}

#[test]
fn excepted_dates_ranges_and_holidays_are_silent() {
    let holidays = Schedule {
        holidays: vec![holiday("Quốc khánh", DaySet::Dates(vec![range("2026-09-02", "2026-09-02")]))],
        ..Schedule::default()
    };
    let mut a = daily("a", &["05:00"]);
    a.except = vec![
        DaySet::Holidays,
        DaySet::Dates(vec![range("2026-09-04", "2026-09-04"), range("2026-09-06", "2026-09-08")]),
    ];
    let found = due_with(&a, &holidays, "Asia/Ho_Chi_Minh", "2026-09-01T00:00", "2026-09-10T00:00");
    let days: Vec<&str> = found.iter().map(|at| &at[8..10]).collect();
    assert_eq!(days, ["01", "03", "05", "09"]);
    a.except.remove(0);
    let found = due_with(&a, &holidays, "Asia/Ho_Chi_Minh", "2026-09-02T00:00", "2026-09-03T00:00");
    assert_eq!(found.len(), 1, "a holiday is a day like others where nothing excepts it");
}

#[test]
fn a_whole_day_that_never_was_plays_when_it_would_have_ended() {
    // Samoa had no 2011-12-30.
    let found = due(&daily("a", &["05:00"]), "Pacific/Apia", "2011-12-29T00:00", "2012-01-01T00:00");
    assert_eq!(found, ["2011-12-29 05:00:00-10:00", "2011-12-31 00:00:00+14:00", "2011-12-31 05:00:00+14:00"]);
}

proptest! {
    #[test]
    fn a_cut_window_loses_and_doubles_nothing(
        zone_ix in 0usize..6,
        start in 0i64..700 * 86_400,
        first in 0i64..20 * 86_400,
        second in 0i64..20 * 86_400,
        minutes in proptest::collection::btree_set(0u32..1440, 1..5),
        by_cron in any::<bool>(),
    ) {
        let names = ["Asia/Ho_Chi_Minh", "Europe/Prague", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana"];
        let tz = zone(names[zone_ix]);
        let a = Wall::from_secs(1_767_225_600 + start);
        let b = Wall::from_secs(1_767_225_600 + start + first);
        let c = Wall::from_secs(1_767_225_600 + start + first + second);
        let broadcast = if by_cron {
            cron("a", "0 */15 0-4 * * *")
        } else {
            let times: Vec<String> = minutes.iter().map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60)).collect();
            daily("a", &times.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let whole = occurrences(&broadcast, &Schedule::default(), &tz, a, c);
        let mut joined = occurrences(&broadcast, &Schedule::default(), &tz, a, b);
        joined.extend(occurrences(&broadcast, &Schedule::default(), &tz, b, c));
        prop_assert!(whole.is_sorted_by(|x, y| x < y));
        prop_assert_eq!(whole, joined);
    }
}
