//! One occurrence called off or added, and hours that are called off: as written, and what the plan makes of it.

use super::*;
use crate::diag::SourceFile;
use crate::plan::sample::{library, station};
use crate::schedule::{Reading, Schedule, check};

fn read(text: &str) -> (Schedule, Vec<&'static str>) {
    let source = SourceFile { path: "schedules/a.toml".to_owned(), text: text.to_owned() };
    let (schedule, found) = check(&[source], &station(1), Reading { today: "2026-11-28".parse().unwrap() });
    (schedule, found.iter().map(|one| one.code).collect())
}

/// The moments of `except`, those of `also`, and what was found.
fn once(lines: &str) -> (Vec<String>, Vec<String>, Vec<&'static str>) {
    let (schedule, found) = read(&format!("[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"a\"\n{lines}\n"));
    let said = |moments: &[jiff::civil::DateTime]| moments.iter().map(ToString::to_string).collect();
    let Some(one) = schedule.broadcasts.first() else { return (Vec::new(), Vec::new(), found) };
    (said(&one.except_at), said(&one.also), found)
}

/// Each cancel of the station's law, and what was found.
fn cancel(lines: &str) -> (Vec<String>, Vec<&'static str>) {
    let (schedule, found) = read(&format!("[[cancel]]\n{lines}\nwhy = \"x\"\n"));
    let said = schedule.rules.station.cancelled.iter().map(|one| match &one.hours {
        Some(hours) => format!("{} {} {}..{}", one.first, one.last, hours.start, hours.end),
        None => format!("{} {}", one.first, one.last),
    });
    (said.collect(), found)
}

#[test]
fn one_occurrence_is_a_date_with_a_time_quoted_or_not() {
    let (except, also, found) =
        once("except = [2026-12-02T05:30:00, \"2026-12-01 05:30\", 2026-12-24]\nalso = \"2026-12-01 06:00\"");
    assert_eq!(except, ["2026-12-01T05:30:00", "2026-12-02T05:30:00"]);
    assert_eq!((also, found), (vec!["2026-12-01T06:00:00".to_owned()], Vec::new()));
}

#[test]
fn a_moment_that_cannot_be_read_keeps_the_broadcast_from_playing() {
    assert_eq!(once("also = [2026-12-01]"), (Vec::new(), Vec::new(), vec!["wrong_type"]));
    assert_eq!(once("also = \"mai\"").2, ["bad_date"]);
    assert_eq!(once("except = [\"2026-12-01 25:30\"]").2.len(), 1);
}

#[test]
fn days_are_called_off_whole_and_hours_to_the_minute() {
    let (one, none) = (|said: &str| vec![said.to_owned()], Vec::<&str>::new());
    assert_eq!(cancel("from = 2026-12-01\nuntil = 2026-12-02"), (one("2026-12-01 2026-12-02"), none.clone()));
    let hours = one("2026-12-01 2026-12-01 2026-12-01T14:05:00..2026-12-01T18:00:00");
    assert_eq!(cancel("from = 2026-12-01T14:05:00\nuntil = \"2026-12-01 18:00\""), (hours, none.clone()));
    let over = one("2026-12-01 2026-12-02 2026-12-01T14:05:00..2026-12-03T00:00:00");
    assert_eq!(cancel("from = 2026-12-01T14:05:00\nuntil = 2026-12-02"), (over, none));
}

#[test]
fn what_is_turned_round_or_lacks_an_end_still_silences() {
    let (said, found) = cancel("from = 2026-12-01T18:00:00\nuntil = 2026-12-01T14:00:00");
    let hours = "2026-12-01 2026-12-01 2026-12-01T14:00:00..2026-12-01T18:00:00";
    assert_eq!((said[0].as_str(), found[0]), (hours, "until_before_from"));
    let (said, found) = cancel("until = 2026-12-01T18:00:00");
    assert_eq!((said[0].as_str(), found[0]), ("2026-12-01 2026-12-01", "missing_key"));
}

#[test]
fn one_occurrence_moves_whatever_the_days_say_and_the_others_stay() {
    let (schedule, found) = read(
        "[[broadcast]]\nid = \"a\"\nat = [\"05:30\", \"17:00\"]\nplay = \"a\"\nuntil = 2026-12-02\n\
         except = [2026-12-01T05:30:00, 2026-12-02T18:00:00]\nalso = [2026-12-01T06:10:00, 2026-12-05T06:00:00, 2026-12-02T17:00:00]\n",
    );
    assert_eq!(found, [""; 0]);
    let (station, library) = (station(1), library(&[("a.mp3", 60)]));
    let tz = &station.timezone;
    let airings = plan(
        &schedule,
        &station,
        &library,
        crate::calendar::sample::at("2026-12-01T00:00", tz),
        crate::calendar::sample::at("2026-12-09T00:00", tz),
    );
    let starts: Vec<String> = airings.iter().map(|one| one.start.zoned(tz).datetime().to_string()).collect();
    let wanted = [
        "2026-12-01T06:10:00",
        "2026-12-01T17:00:00",
        "2026-12-02T05:30:00",
        "2026-12-02T17:00:00",
        "2026-12-05T06:00:00",
    ];
    assert_eq!(starts, wanted);
}
