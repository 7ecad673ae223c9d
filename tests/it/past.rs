//! What has come is told from the journal: by `loa plan`, by `--why` and by the doctor.

use std::time::Duration;

use loa::clock::Clock as _;
use loa::fact::{Entry, EntryKind, Outcome};
use loa::instant::Wall;
use loa::journal::Journal;
use loa::machine::MachineClock;
use loa::schedule::Class;

use crate::kit::Station;

const ZONES: &str = "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"null\"\n[clock]\ntrust = \"always\"\n";

/// Yesterday at this hour, in the station's time.
fn yesterday(hour: i8) -> Wall {
    let tz = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let day = MachineClock.wall().zoned(&tz).date().yesterday().unwrap();
    day.at(hour, 24, 0, 0).to_zoned(tz).unwrap().timestamp().into()
}

fn row(zone: &str, outcome: Outcome, reason: Option<&str>) -> Entry {
    let planned = yesterday(10);
    let heard = outcome == Outcome::Played;
    Entry {
        kind: EntryKind::Airing,
        written: planned + Duration::from_mins(5),
        zone: Some(zone.to_owned()),
        broadcast: Some("ban-tin".to_owned()),
        title: "Bản tin sáng".to_owned(),
        class: Some(Class::Normal),
        planned: Some(planned),
        started: heard.then_some(planned),
        ended: heard.then(|| planned + Duration::from_secs(1)),
        seconds_planned: Some(1.0),
        seconds_played: Some(if heard { 1.0 } else { 0.0 }),
        outcome: Some(outcome),
        reason: reason.map(Into::into),
        ..Entry::default()
    }
}

/// Thôn 1 was off yesterday at 10:24, Thôn 2 was not.
fn station() -> Station {
    let station = Station::new();
    station.tone("tin.wav", 1.0, 440.0).write("loa.toml", ZONES).write(
        "schedules/a.toml",
        "[[broadcast]]\nid = \"ban-tin\"\ntitle = \"Bản tin sáng\"\nat = \"10:24\"\nplay = [\"tin\"]\n",
    );
    let tz = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let day = yesterday(10).zoned(&tz).date();
    let mut journal = Journal::open(&station.path("state/journal.db"), yesterday(9), &tz).unwrap().journal;
    let off = format!("station_off: {day} 10:22:00..10:25:00");
    journal.finish("1", &row("thon-1", Outcome::Missed, Some(&off))).unwrap();
    journal.finish("2", &row("thon-2", Outcome::Played, None)).unwrap();
    station
}

#[test]
fn why_leads_with_what_the_journal_has_and_never_says_that_it_plays() {
    let station = station();
    let ask = |words: &[&str]| station.loa(&[&["plan", "--why"], words].concat());
    for words in [
        &["ban-tin", "yesterday", "10:24"][..],
        &["Bản", "tin", "sáng", "hôm", "qua", "10h24"],
        &["Bản tin sáng", "hôm qua 10:24"],
    ] {
        let said = ask(words);
        assert_eq!(said.code, 0, "heard in one zone: {said:?}");
        let lines: Vec<&str> = said.out.lines().collect();
        assert_eq!(
            lines[1], "Thôn 1: Journal: not played: the station was off from 10:22 until 10:25.",
            "{}",
            said.out
        );
        assert_eq!(lines[2], "Thôn 2: Journal: played from 10:24 until 10:24:01.", "{}", said.out);
        assert!(said.out.contains("By the schedule it was to play at 10:24"), "{}", said.out);
        assert!(!said.out.contains("It plays at"), "{}", said.out);
    }
    let alone = ask(&["ban-tin", "yesterday", "10:24", "--zone", "thon-1"]);
    assert_eq!(alone.code, 1, "nothing was heard there");
    assert!(alone.out.lines().nth(1).is_some_and(|line| line.starts_with("Journal: not played")), "{}", alone.out);
    let json = ask(&["ban-tin", "yesterday", "10:24", "--json"]).json();
    assert_eq!(json["journal"][0]["outcome"], "missed");
    assert_eq!(json["journal"][1]["zone"], "thon-2");
    // What the journal does not know, and what is to come.
    let before = ask(&["ban-tin", "-2d", "10:24"]);
    assert_eq!(before.code, 2, "{before:?}");
    let before = ask(&["ban-tin", "hôm kia 10:24"]);
    assert!(before.out.contains("The journal has no row about this airing."), "{}", before.out);
    let ahead = ask(&["ban-tin", "tomorrow", "10:24"]);
    assert!(ahead.out.contains("It plays at 10:24") && !ahead.out.contains("Journal"), "{}", ahead.out);
}

#[test]
fn a_plan_of_the_past_shows_what_became_of_it_and_one_of_the_time_to_come_as_ever() {
    let station = station();
    let plan = |from: &str, to: &str| station.loa(&["plan", "--from", from, "--to", to, "--json"]).rows();
    let past = plan("yesterday", "today");
    let told: Vec<_> = past.iter().map(|row| (row["verdict"].clone(), row["journal"]["outcome"].clone())).collect();
    assert_eq!(told, [("play".into(), "missed".into()), ("play".into(), "played".into())]);
    let ahead = plan("tomorrow", "+48h");
    assert!(!ahead.is_empty() && ahead.iter().all(|row| row.get("journal").is_none()), "{ahead:?}");
    let table = station.loa(&["plan", "--from", "yesterday", "--to", "today"]).out;
    assert!(table.contains("missed (1)") && table.contains("played"), "{table}");
    assert!(
        table.contains("(1) \"Bản tin sáng\" (10:24). Journal: not played: the station was off from 10:22"),
        "{table}"
    );
    assert!(
        table.ends_with("2 airings are past, by the journal: 1 played, 0 partly, 1 missed, 0 refused.\n"),
        "{table}"
    );
}

#[test]
fn where_there_is_no_journal_nothing_is_said_to_have_been_heard() {
    let station = Station::new();
    station
        .tone("tin.wav", 1.0, 440.0)
        .write("loa.toml", ZONES)
        .write("schedules/a.toml", "[[broadcast]]\nid = \"ban-tin\"\nat = \"10:24\"\nplay = [\"tin\"]\n");
    let said = station.loa(&["plan", "--why", "ban-tin", "yesterday", "10:24"]);
    assert!(said.out.contains("There is no journal yet"), "{}", said.out);
    assert!(!said.out.contains("It plays at"), "{}", said.out);
}

#[test]
fn a_broken_file_is_planned_by_its_last_good_version_as_the_station_plays_it() {
    let station = station();
    let daemon = station.run();
    daemon.wait_until("its files are kept", || station.path("state/last_good.json").exists());
    station.write("schedules/a.toml", "[[broadcast]]\nid = \"ban-tin\nat = \"10:24\"\n");
    daemon.wait_until("it is found broken", || {
        let broken = station.loa(&["status", "--json"]).json()["broken"].clone();
        broken.as_array().is_some_and(|broken| !broken.is_empty())
    });
    let said = station.loa(&["plan", "--from", "tomorrow", "--to", "+48h"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("Bản tin sáng"), "{}", said.out);
    assert!(said.err.contains("schedules/a.toml is broken: this goes by the last good version"), "{}", said.err);
    assert_eq!(daemon.end(), 0);
}

#[test]
fn what_was_due_before_the_very_first_start_was_not_missed() {
    let tz = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let past = (MachineClock.wall() - Duration::from_mins(3)).zoned(&tz);
    let station = Station::new();
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n[clock]\ntrust = \"always\"\n").write(
        "schedules/a.toml",
        &format!(
            "[rules]\nhours = [\"00:00-24:00\"]\n[[broadcast]]\nid = \"a\"\ndates = [{}]\nat = \"{}\"\nplay = [\"chime\"]\n",
            past.date(),
            past.strftime("%H:%M")
        ),
    );
    // It could have waited ten minutes for its turn, if anybody had been there.
    for _ in 0..2 {
        let daemon = station.run();
        daemon.wait_until("it runs", || station.loa(&["status"]).code == 0);
        assert_eq!(daemon.end(), 0);
    }
    let rows = station.loa(&["journal", "--json"]).rows();
    assert!(rows.iter().all(|row| row["kind"] == "note"), "{rows:#?}");
}
