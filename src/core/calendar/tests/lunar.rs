//! Broadcasts and holidays by the lunar calendar, against the published one.

use proptest::prelude::*;

use super::{due, due_with, holiday};
use crate::calendar::sample::{at, daily, day, range, zone};
use crate::calendar::{Calendar, LunarDate, date_of, day_of, lunar_of};
use crate::schedule::{Broadcast, DaySet, DayType, Leap, LunarDay, LunarDays, LunarSpan, Place, Recurrence, Schedule};

const VIETNAM: &str = "Asia/Ho_Chi_Minh";

/// `10/3`, `last/12`, `15`.
fn lunar_day(written: &str) -> LunarDay {
    let (day, month) = written.split_once('/').map_or((written, None), |(day, month)| (day, month.parse().ok()));
    LunarDay { month, day: day.parse().ok() }
}

/// Lunar days as the file writes them; ranges with two dots.
fn lunar(written: &[&str], leap: Leap) -> DaySet {
    let span = |written: &&str| {
        let (first, last) = written.split_once("..").unwrap_or((written, written));
        LunarSpan { first: lunar_day(first), last: lunar_day(last) }
    };
    DaySet::Lunar(LunarDays { spans: written.iter().map(span).collect(), leap })
}

/// At five in the morning of these days.
fn on(days: DaySet) -> Broadcast {
    let mut broadcast = daily("a", &["05:00"]);
    if let Recurrence::At { days: written, .. } = &mut broadcast.recurrence {
        *written = days;
    }
    broadcast
}

/// The dates on which it plays, from one date to before another.
fn dates(broadcast: &Broadcast, from: &str, to: &str) -> Vec<String> {
    dates_with(broadcast, &Schedule::default(), from, to)
}

fn dates_with(broadcast: &Broadcast, schedule: &Schedule, from: &str, to: &str) -> Vec<String> {
    let (from, to) = (format!("{from}T00:00"), format!("{to}T00:00"));
    let found = due_with(broadcast, schedule, VIETNAM, &from, &to);
    found.iter().map(|at| at[..10].to_owned()).collect()
}

#[test]
fn the_new_year_is_that_of_vietnam() {
    let tet = on(lunar(&["1/1"], Leap::Repeat));
    let expected = ["2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-02"];
    assert_eq!(dates(&tet, "2024-01-01", "2031-01-01"), expected);
    assert_eq!(dates(&tet, "1985-01-01", "1985-12-31"), ["1985-01-21"]);
    assert_eq!(dates(&tet, "2007-01-01", "2007-12-31"), ["2007-02-17"]);
}

#[test]
fn the_kings_day_and_the_feasts_of_2026_fall_where_they_do() {
    let feasts = on(lunar(&["10/3", "15/7", "15/8", "23/12"], Leap::Repeat));
    assert_eq!(
        dates(&feasts, "2026-01-01", "2027-02-28"),
        ["2026-02-10", "2026-04-26", "2026-08-27", "2026-09-25", "2027-01-30"]
    );
}

#[test]
fn the_first_and_the_fifteenth_play_every_month() {
    let both = on(lunar(&["1", "15"], Leap::Repeat));
    assert_eq!(
        dates(&both, "2026-11-24", "2027-03-01"),
        ["2026-12-09", "2026-12-23", "2027-01-08", "2027-01-22", "2027-02-06", "2027-02-20"]
    );
}

#[test]
fn a_leap_month_repeats_unless_it_is_skipped() {
    // Year, its leap month, the 15th of the month and of the leap month.
    let table = [
        (2025, 6, "2025-07-09", "2025-08-08"),
        (2028, 5, "2028-06-07", "2028-07-07"),
        (2031, 3, "2031-04-06", "2031-05-05"),
        (2033, 11, "2033-12-06", "2034-01-05"),
    ];
    for (year, month, plain, leap) in table {
        let written = format!("15/{month}");
        let (from, to) = (format!("{year}-03-01"), format!("{}-02-15", year + 1));
        assert_eq!(dates(&on(lunar(&[&written], Leap::Repeat)), &from, &to), [plain, leap], "{year}");
        assert_eq!(dates(&on(lunar(&[&written], Leap::Skip)), &from, &to), [plain], "{year}");
        let every = |rule| dates(&on(lunar(&["15"], rule)), &from, &to);
        assert!(every(Leap::Repeat).contains(&leap.to_owned()) && !every(Leap::Skip).contains(&leap.to_owned()));
        assert_eq!(every(Leap::Repeat).len(), every(Leap::Skip).len() + 1);
        assert!(lunar_of(day(leap)).leap && !lunar_of(day(plain)).leap);
    }
}

#[test]
fn the_eve_of_the_new_year_is_the_29th_from_2025_to_2032() {
    let last = on(lunar(&["last/12"], Leap::Repeat));
    let eves = dates(&last, "2025-01-01", "2033-01-01");
    let expected = [
        "2025-01-28",
        "2026-02-16",
        "2027-02-05",
        "2028-01-25",
        "2029-02-12",
        "2030-02-01",
        "2031-01-22",
        "2032-02-10",
    ];
    assert_eq!(eves, expected);
    for eve in eves {
        let date = day(&eve);
        assert!(LunarDate::is_new_years_eve(date), "{eve}");
        assert_eq!(lunar_of(date).day, 29, "{eve}");
    }
    assert_eq!(dates(&on(lunar(&["30/12"], Leap::Repeat)), "2025-01-01", "2033-01-01"), [] as [&str; 0]);
    assert_eq!(dates(&last, "2024-01-01", "2024-12-31"), ["2024-02-09"], "a 30th");
    assert_eq!(dates(&last, "2033-01-01", "2033-12-31"), ["2033-01-30"], "a 30th again");
}

#[test]
fn a_range_over_the_new_year_has_all_its_days() {
    let kitchen_gods = on(lunar(&["23/12..3/1"], Leap::Repeat));
    for (year, first, last) in [
        (2025, "2025-01-22", "2025-01-31"),
        (2026, "2026-02-10", "2026-02-19"),
        (2027, "2027-01-30", "2027-02-08"),
        (2028, "2028-01-19", "2028-01-28"),
        (2030, "2030-01-26", "2030-02-04"),
    ] {
        let found = dates(&kitchen_gods, &format!("{year}-01-05"), &format!("{year}-12-01"));
        assert_eq!((found[0].as_str(), found[found.len() - 1].as_str()), (first, last), "{year}");
        let length = day_of(day(last)) - day_of(day(first)) + 1;
        assert_eq!(found.len(), usize::try_from(length).unwrap(), "{year}");
    }
    // 1944 to 2099: the last day before the first of the year, and the first three of it.
    let tet = on(lunar(&["last/12..3/1"], Leap::Repeat));
    for year in 1944..2100 {
        let found = dates(&tet, &format!("{year}-01-10"), &format!("{year}-03-10"));
        assert_eq!(found.len(), 4, "{year}: {found:?}");
        assert!(LunarDate::is_new_years_eve(day(&found[0])), "{year}");
        assert_eq!(day_of(day(&found[3])) - day_of(day(&found[0])), 3, "{year}");
    }
}

#[test]
fn lunar_days_are_those_of_vietnam_in_any_time_zone() {
    for tz in ["Europe/Prague", "America/New_York"] {
        let found = due(&on(lunar(&["1/1"], Leap::Repeat)), tz, "2030-01-01T00:00", "2030-12-31T00:00");
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("2030-02-02 05:00"), "China has 3 February: {found:?}");
    }
}

/// Tết by the moon, the 2nd of September, market days on lunar 2 and 7 in 2027 until the end of June.
fn year() -> Schedule {
    let mut schedule = Schedule {
        holidays: vec![
            holiday("Tết Nguyên đán", lunar(&["last/12..3/1"], Leap::Repeat)),
            holiday("Quốc khánh", DaySet::Dates(vec![range("2027-09-02", "2027-09-02")])),
        ],
        ..Schedule::default()
    };
    let market = DayType {
        days: lunar(&["2", "7"], Leap::Repeat),
        from: Some(day("2027-01-01")),
        until: Some(day("2027-06-30")),
        place: Place::default(),
    };
    schedule.day_types.insert("chợ phiên".to_owned(), market);
    schedule
}

#[test]
fn holidays_by_the_moon_are_excepted_or_the_only_ones() {
    let mut a = daily("a", &["05:00"]);
    a.except = vec![DaySet::Holidays];
    let silent = |a: &Broadcast| {
        let played = dates_with(a, &year(), "2027-01-01", "2028-01-01");
        let all = dates(&daily("a", &["05:00"]), "2027-01-01", "2028-01-01");
        all.into_iter().filter(|day| !played.contains(day)).collect::<Vec<_>>()
    };
    assert_eq!(silent(&a), ["2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-09-02"]);
    a.except = vec![DaySet::Named("Tết Nguyên đán".to_owned())];
    assert_eq!(silent(&a), ["2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08"]);
    a.except = vec![DaySet::Named("không ai đặt".to_owned())];
    assert_eq!(silent(&a), [] as [&str; 0]);
    (a.except, a.only) = (Vec::new(), vec![DaySet::Holidays]);
    assert_eq!(dates_with(&a, &year(), "2027-01-01", "2028-01-01").len(), 5);
    a.only = vec![DaySet::Named("không ai đặt".to_owned())];
    assert_eq!(dates_with(&a, &year(), "2027-01-01", "2028-01-01"), [] as [&str; 0]);
}

#[test]
fn a_holiday_is_kept_from_its_first_year_on() {
    let mut schedule = year();
    schedule.holidays[0].from_year = Some(2028);
    let tet = Broadcast { only: vec![DaySet::Named("Tết Nguyên đán".to_owned())], ..daily("a", &["05:00"]) };
    assert_eq!(
        dates_with(&tet, &schedule, "2027-01-01", "2029-01-01"),
        ["2028-01-25", "2028-01-26", "2028-01-27", "2028-01-28"]
    );
}

#[test]
fn named_days_bind_days_only_except_and_cron() {
    let market = || DaySet::Named("chợ phiên".to_owned());
    let expected = ["2027-05-07", "2027-05-12", "2027-06-06", "2027-06-11"];
    let window = ("2027-05-01", "2027-08-01");
    assert_eq!(dates_with(&on(market()), &year(), window.0, window.1), expected);
    let only = Broadcast { only: vec![market()], ..daily("a", &["05:00"]) };
    assert_eq!(dates_with(&only, &year(), window.0, window.1), expected);
    let cron = Broadcast { only: vec![market()], ..crate::calendar::sample::cron("a", "0 0 5 * * *") };
    assert_eq!(dates_with(&cron, &year(), window.0, window.1), expected);
    let sundays = on(DaySet::Any(vec![market(), DaySet::Weekdays(0b100_0000)]));
    assert_eq!(
        dates_with(&sundays, &year(), "2027-05-01", "2027-05-17"),
        ["2027-05-02", "2027-05-07", "2027-05-09", "2027-05-12", "2027-05-16"]
    );
    let but = Broadcast { except: vec![DaySet::Weekdays(0b100_0000)], ..on(market()) };
    assert_eq!(dates_with(&but, &year(), window.0, window.1), ["2027-05-07", "2027-05-12", "2027-06-11"]);
}

fn span() -> impl Strategy<Value = LunarSpan> {
    let day = || prop_oneof![3 => (1u8..=28).prop_map(Some), 1 => Just(None)];
    let months = prop_oneof![Just(None), (1u8..=12, 1u8..=12).prop_map(Some)];
    (months, day(), day()).prop_map(|(months, first, last)| LunarSpan {
        first: LunarDay { month: months.map(|months| months.0), day: first },
        last: LunarDay { month: months.map(|months| months.1), day: last },
    })
}

/// The days of `first..=last` in a span, found by walking through the calendar from long before, as if
/// there were no leap months: inside from a first day on, until a last day is over.
fn walked(span: LunarSpan, first: i32, last: i32) -> Vec<i32> {
    let mut found = Vec::new();
    let mut inside = false;
    for number in (first - 420..=last).filter(|number| !lunar_of(date_of(*number)).leap) {
        let lunar = lunar_of(date_of(number));
        let ends_month = lunar_of(date_of(number + 1)).day == 1;
        let is = |at: LunarDay| {
            at.month.is_none_or(|month| month == lunar.month) && at.day.map_or(ends_month, |day| day == lunar.day)
        };
        inside |= is(span.first);
        if inside && number >= first {
            found.push(number);
        }
        inside &= !is(span.last);
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    #[ignore = "long"]
    fn a_range_of_lunar_days_is_every_day_between_its_ends(span in span(), start in -5_000i32..40_000, near in any::<bool>()) {
        let tz = zone(VIETNAM);
        let (from, to) = (at("2026-01-01T00:00", &tz), at("2027-01-01T00:00", &tz));
        // Far from the calendar's own window as well as across its edge: both ways must agree.
        let first = if near { day_of(day("2026-01-01")) - 120 + start.rem_euclid(500) } else { start };
        let days = |leap| {
            let (set, schedule) = (DaySet::Lunar(LunarDays { spans: vec![span], leap }), Schedule::default());
            let calendar = Calendar::new(&tz, &schedule, from, to);
            calendar.days_of(&set, first, first + 120).collect::<Vec<i32>>()
        };
        let skipped = days(Leap::Skip);
        prop_assert_eq!(&skipped, &walked(span, first, first + 120));
        let (leap, plain): (Vec<i32>, Vec<i32>) =
            days(Leap::Repeat).into_iter().partition(|number| lunar_of(date_of(*number)).leap);
        prop_assert_eq!(&plain, &skipped);
        for number in leap {
            // The same day of the month before it counts too, where that month has one.
            let lunar = lunar_of(date_of(number));
            let before = (1..=60).map(|back| lunar_of(date_of(number - back))).find(|before| {
                (before.month, before.day, before.leap) == (lunar.month, lunar.day, false)
            });
            prop_assert!(lunar.day == 30 || before.is_some());
        }
    }

    #[test]
    fn a_cut_window_loses_no_lunar_day(span in span(), first in 1i64..400, second in 1i64..400) {
        let tz = zone(VIETNAM);
        let instant = |day: i64| crate::instant::Wall::from_secs(1_767_225_600 + day * 86_400);
        let mut schedule = year();
        schedule.holidays[0].dates = DaySet::Lunar(LunarDays { spans: vec![span], leap: Leap::Skip });
        let mut a = daily("a", &["05:00", "23:59:59"]);
        a.only = vec![DaySet::Named("Tết Nguyên đán".to_owned()), DaySet::Named("chợ phiên".to_owned())];
        let due = |from, to| crate::calendar::occurrences(&a, &schedule, &tz, instant(from), instant(to));
        let mut joined = due(0, first);
        joined.extend(due(first, first + second));
        prop_assert_eq!(due(0, first + second), joined);
    }
}
