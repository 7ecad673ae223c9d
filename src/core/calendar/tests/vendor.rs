//! What the products on the market get wrong, each a test of its own.

use super::{due, due_with, holiday};
use crate::calendar::sample::{cron, daily, range, weekly};
use crate::schedule::{Broadcast, DateRange, DaySet, DayType, Place, Recurrence, Schedule};

const VIETNAM: &str = "Asia/Ho_Chi_Minh";

fn days(broadcast: &Broadcast, from: &str, to: &str) -> Vec<String> {
    days_with(broadcast, &Schedule::default(), from, to)
}

fn days_with(broadcast: &Broadcast, schedule: &Schedule, from: &str, to: &str) -> Vec<String> {
    let found = due_with(broadcast, schedule, VIETNAM, &format!("{from}T00:00"), &format!("{to}T00:00"));
    found.iter().map(|at| at[..10].to_owned()).collect()
}

#[test]
fn the_last_day_of_a_range_left_out() {
    let span: DateRange = range("2026-12-30", "2027-01-02");
    let expected = ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"];
    let window = ("2026-12-01", "2027-02-01");
    // Written as validity, as dates, as `only`, as a holiday, as named days; at both ends of the day.
    for time in ["00:00", "05:00", "23:59:59"] {
        let plain = || daily("a", &[time]);
        let valid = Broadcast { from: Some(span.first), until: Some(span.last), ..plain() };
        let mut dates = plain();
        if let Recurrence::At { days, .. } = &mut dates.recurrence {
            *days = DaySet::Dates(vec![span]);
        }
        let only = Broadcast { only: vec![DaySet::Dates(vec![span])], ..plain() };
        for broadcast in [&valid, &dates, &only] {
            assert_eq!(days(broadcast, window.0, window.1), expected, "{time} {broadcast:?}");
        }
        let mut schedule =
            Schedule { holidays: vec![holiday("Nghỉ", DaySet::Dates(vec![span]))], ..Schedule::default() };
        let named = DayType {
            days: DaySet::Weekdays(0x7f),
            from: Some(span.first),
            until: Some(span.last),
            place: Place::default(),
        };
        schedule.day_types.insert("đợt".to_owned(), named);
        for name in ["Nghỉ", "đợt"] {
            let only = Broadcast { only: vec![DaySet::Named(name.to_owned())], ..plain() };
            assert_eq!(days_with(&only, &schedule, window.0, window.1), expected, "{time} {name}");
            let except = Broadcast { except: vec![DaySet::Named(name.to_owned())], ..plain() };
            let left = days_with(&except, &schedule, "2026-12-29", "2027-01-04");
            assert_eq!(left, ["2026-12-29", "2027-01-03"], "{time} {name}");
        }
    }
    let cron = Broadcast { from: Some(span.first), until: Some(span.last), ..cron("c", "59 59 23 * * *") };
    assert_eq!(days(&cron, window.0, window.1), expected);
}

#[test]
fn sunday_never_plays() {
    let expected = ["2026-11-29", "2026-12-06"];
    let sundays: [Broadcast; 4] = [
        weekly("a", &["05:00"], 0b100_0000),
        cron("b", "0 0 5 * * Sun"),
        // The cron crate counts from Sunday: `loa check` warns of a bare number.
        cron("c", "0 0 5 * * 1"),
        Broadcast { only: vec![DaySet::Weekdays(0b100_0000)], ..daily("d", &["05:00"]) },
    ];
    for broadcast in sundays {
        assert_eq!(days(&broadcast, "2026-11-24", "2026-12-08"), expected, "{}", broadcast.id);
    }
}

#[test]
fn the_end_clipped_at_midnight() {
    // The day ends at 24:00, not at 23:59: its last second plays, and the next day's first once.
    let late = daily("a", &["00:00", "23:59:59"]);
    let found = due(&late, VIETNAM, "2026-12-31T00:00", "2027-01-02T00:00");
    assert_eq!(
        found,
        [
            "2026-12-31 00:00:00+07:00",
            "2026-12-31 23:59:59+07:00",
            "2027-01-01 00:00:00+07:00",
            "2027-01-01 23:59:59+07:00"
        ]
    );
}
