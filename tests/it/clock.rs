//! `loa clock`: what speaks for the clock, and a person's word for it.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use loa::clock::Clock as _;
use loa::fact::Entry;
use loa::journal::Journal;
use loa::machine::MachineClock;

use crate::kit::bare::Bare;
use crate::kit::late::is_on_time;
use crate::kit::{Station, broadcast_at, wait_for, whole_second_in};

const STATION: &str = "[zones.thon-1]\noutput = \"null\"\n[clock]\ntrust = \"always\"\n";

fn notes(station: &Station, code: &str) -> Vec<String> {
    let rows = station.loa(&["journal", "--json"]).rows();
    let reasons = rows.iter().filter_map(|row| row["reason"].as_str());
    reasons.filter(|reason| reason.starts_with(code)).map(str::to_owned).collect()
}

/// A station whose journal has a row of an hour from now.
fn ahead() -> Station {
    let station = Station::new();
    station.write("loa.toml", STATION);
    let tz = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let later = MachineClock.wall() + Duration::from_hours(1);
    let mut journal = Journal::open(&station.path("state/journal.db"), later, &tz).unwrap().journal;
    journal.note(&Entry { written: later, title: "x".to_owned(), ..Entry::default() }).unwrap();
    station
}

#[test]
fn the_clock_is_shown_with_what_speaks_for_it() {
    let station = Station::new();
    station.write("loa.toml", STATION);
    let said = station.loa(&["clock", "--json"]);
    let shown = said.json();
    assert_eq!((said.code, &shown["trusted"]), (0, &serde_json::json!(true)), "{said:?}");
    assert!(shown["because"].as_str().is_some_and(|because| !because.is_empty()));
    for key in ["ntp", "ntp_last", "battery", "host", "confirmed_by", "confirmed_at", "newest"] {
        assert!(shown["evidence"].get(key).is_some(), "{key}");
    }
    let text = station.loa(&["clock"]);
    assert!(text.out.contains("the clock is trusted: ") && text.out.contains("Network (NTP): "), "{}", text.out);
}

#[test]
fn a_clock_behind_the_journal_is_told_with_its_cure_and_a_person_ends_it() {
    let station = ahead();
    let said = station.loa(&["clock"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("earlier than the newest row") && said.out.contains("loa clock confirm"), "{}", said.out);
    let found = || {
        let rows = station.loa(&["doctor", "--json"]).rows();
        let of_clock =
            rows.into_iter().filter(|row| row["code"].as_str().is_some_and(|code| code.starts_with("clock_")));
        of_clock.map(|row| (row["code"].clone(), row["help"].to_string())).collect::<Vec<_>>()
    };
    let before = found();
    assert!(
        before.len() == 1 && before[0].0 == "clock_earlier" && before[0].1.contains("loa clock confirm"),
        "{before:?}"
    );
    let daemon = station.run();
    let told = found();
    assert!(told.len() == 1 && told[0].0 == "clock_untrusted" && told[0].1.contains("loa clock confirm"), "{told:?}");
    let trusted = || station.loa(&["status", "--json"]).json()["clock"].clone();
    assert_eq!(trusted()["why"], "clock_untrusted: earlier_than_journal");
    assert!(station.loa(&["status"]).out.contains("type: loa clock confirm"));
    let said = station.loa(&["clock", "confirm", "--by", "Trần Thị Hoa"]);
    assert_eq!(said.code, 0, "{said:?}");
    daemon.wait_until("the clock is believed", || trusted()["trusted"] == true);
    assert!(found().is_empty(), "nothing to cure");
    daemon.wait_until("it is recorded", || !notes(&station, "clock_confirmed: Trần Thị Hoa (").is_empty());
    assert_eq!(daemon.end(), 0);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
    // The next start takes what came after the word for the journal's time.
    let _daemon = station.run();
    assert_eq!(trusted()["trusted"], true);
}

#[test]
fn a_word_without_a_daemon_counts_at_the_next_start_and_is_told_once() {
    let station = ahead();
    let said = station.loa(&["clock", "confirm", "--by", "ông Năm"]);
    assert_eq!(said.code, 0, "{said:?}");
    let mode = station.path("state/clock.json").metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o640);
    for _ in 0..2 {
        let daemon = station.run();
        daemon.wait_until("the clock is believed", || {
            station.loa(&["status", "--json"]).json()["clock"]["trusted"] == true
        });
        assert_eq!(daemon.end(), 0);
    }
    assert_eq!(notes(&station, "clock_confirmed: ông Năm").len(), 1);
}

#[test]
fn a_word_needs_a_name_that_can_be_written_down() {
    let station = Station::new();
    station.write("loa.toml", STATION);
    let long = "x".repeat(501);
    assert_eq!(station.loa(&["clock", "confirm", "--by", &long]).code, 2);
    let at_limit = "x".repeat(500);
    assert_eq!(station.loa(&["clock", "confirm", "--by", &at_limit]).code, 0);
}

/// A station on a bare box, which wants to play `a` soon.
fn on_a_bare_box(bare: &Bare, soon: jiff::civil::DateTime) -> Station {
    let station = Station::new().with(bare.environment());
    station.tone("a.wav", 1.0, 440.0).tone("lu.wav", 30.0, 880.0);
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n");
    station.write("schedules/rules.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    station.write("schedules/a.toml", &broadcast_at("a", soon, "\"a\"", ""));
    station
}

fn airing(station: &Station, id: &str) -> Option<serde_json::Value> {
    let rows = station.loa(&["journal", "--json"]).rows();
    rows.into_iter().find(|row| row["kind"] == "airing" && row["broadcast"] == id)
}

#[test]
#[ignore = "long"]
fn a_bare_box_plays_alerts_alone_until_a_person_says_that_its_clock_is_right() {
    let Some(bare) = Bare::new() else { return };
    let first = whole_second_in(4);
    let station = on_a_bare_box(&bare, first);
    let daemon = station.run();
    let status = || station.loa(&["status", "--json"]).json();
    assert_eq!(status()["clock"]["why"], "clock_untrusted: no_ntp, no_battery");
    let said = station.loa(&["clock"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("loa clock confirm"), "{}", said.out);
    let told = station.loa(&["doctor", "--json"]).rows();
    let of_clock = told.iter().find(|finding| finding["code"] == "clock_untrusted").expect("the doctor tells");
    assert!(of_clock["help"].as_str().unwrap().contains("loa clock confirm"), "{of_clock}");

    daemon.wait_until("its sounds are known", || status()["sounds"] == 2);
    wait_for(first);
    assert_eq!(station.loa(&["alert", "lu", "--by", "A", "--why", "lũ về"]).code, 0);
    daemon.wait_until("the alert sounds", || status()["zones"][0]["playing"]["broadcast"] == "lu");
    assert_eq!(station.loa(&["stop"]).code, 0);
    daemon.wait_until("the alert is in the journal", || airing(&station, "lu").is_some());
    assert_eq!(airing(&station, "a"), None, "nothing scheduled is heard, and what is to become of it is not settled");

    assert_eq!(station.loa(&["clock", "confirm", "--by", "Trần Thị Hoa"]).code, 0);
    daemon.wait_until("the clock is believed", || status()["clock"]["trusted"] == true);
    daemon.wait_until("what came due in the meantime is told", || airing(&station, "a").is_some());
    let missed = airing(&station, "a").unwrap();
    assert_eq!((&missed["outcome"], &missed["reason"]), (&"missed".into(), &"clock_untrusted".into()), "{missed}");
    station.write("schedules/b.toml", &broadcast_at("b", whole_second_in(2), "\"a\"", ""));
    daemon.wait_until("the next one is heard", || airing(&station, "b").is_some());
    let heard = airing(&station, "b").unwrap();
    assert_eq!(heard["outcome"], "played", "{heard}");
    assert!(is_on_time(heard["start_error_ms"].as_f64().unwrap(), 100.0), "{heard}");
    assert_eq!(daemon.end(), 0);

    let daemon = station.run();
    assert_eq!(status()["clock"]["trusted"], true, "the word counts until the box is switched off");
    assert_eq!(daemon.end(), 0);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

#[test]
#[ignore = "long"]
fn a_bare_box_whose_ntp_returns_goes_on_by_itself() {
    let Some(bare) = Bare::new() else { return };
    let station = on_a_bare_box(&bare, whole_second_in(3600));
    let daemon = station.run();
    let trusted = || station.loa(&["status", "--json"]).json()["clock"]["trusted"].clone();
    assert_eq!(trusted(), false);
    bare.synchronise();
    daemon.wait_until("the clock is believed", || trusted() == true);
    daemon.wait_until("the journal says why", || notes(&station, "clock_trusted") == ["clock_trusted: ntp"]);
    assert_eq!(daemon.end(), 0);
}

#[test]
fn a_battery_clock_is_believed_where_it_agrees_with_the_machines() {
    let Some(bare) = Bare::new() else { return };
    let station = on_a_bare_box(&bare, whole_second_in(3600));
    let now = MachineClock.wall().nanos() / 1_000_000_000;
    for (reads, code) in [(now, 0), (now - 3600, 1)] {
        bare.battery(reads);
        let said = station.loa(&["clock", "--json"]);
        assert_eq!((said.code, &said.json()["trusted"]), (code, &(code == 0).into()), "{said:?}");
    }
}

/// A station whose journal was written by a clock that was so many days ahead.
fn days_ahead(days: u64) -> Station {
    let station = Station::new();
    station
        .tone("lu.wav", 1.0, 440.0)
        .tone("dai.wav", 60.0, 440.0)
        .write("loa.toml", STATION)
        .write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    let tz = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let later = MachineClock.wall() + Duration::from_hours(24 * days);
    let mut journal = Journal::open(&station.path("state/journal.db"), later, &tz).unwrap().journal;
    journal.note(&Entry { written: later, title: "x".to_owned(), ..Entry::default() }).unwrap();
    station
}

#[test]
#[ignore = "long"]
fn after_a_clock_that_was_days_or_years_ahead_an_alert_sounds_a_stop_stops_and_a_signal_ends() {
    for days in [3, 30, 366, 20_000] {
        let station = days_ahead(days);
        let daemon = station.run();
        let airings = || {
            let rows = station.loa(&["journal", "--json"]).rows();
            let airings = rows.into_iter().filter(|row| row["kind"] == "airing");
            airings.map(|row| (row["outcome"].clone(), row["reason"].to_string())).collect::<Vec<_>>()
        };
        let alert = |name: &str| station.loa(&["alert", name, "--by", "A", "--why", "b"]);
        let known = || station.loa(&["status", "--json"]).json()["sounds"] == 2;
        daemon.wait_until("its sounds are known", known);
        assert_eq!(alert("lu").code, 0, "{days}");
        daemon.wait_until("the alert was heard", || airings().len() == 1);
        let (outcome, reason) = airings().remove(0);
        // The account that gave it stands beside the name.
        assert_eq!(outcome, "played", "{days}");
        assert!(reason.starts_with("\"alert: A (") && reason.ends_with("): b\""), "{days}: {reason}");
        assert_eq!(station.loa(&["say", "lu"]).code, 0, "{days}");
        daemon.wait_until("the say was heard", || airings().len() == 2);
        assert_eq!(airings()[1].0, "played", "{days}");
        assert_eq!(alert("dai").code, 0, "{days}");
        let playing = || station.loa(&["status", "--json"]).json()["zones"][0]["playing"].clone();
        daemon.wait_until("the long one sounds", || !playing().is_null());
        assert_eq!(station.loa(&["stop"]).code, 0, "{days}");
        daemon.wait_until("it is stopped", || airings().len() == 3);
        assert!(airings()[2].1.contains("stopped: "), "{days}");
        assert_eq!(daemon.end(), 0, "{days}");
        assert_eq!(station.loa(&["journal", "verify"]).code, 0, "{days}");
    }
}
