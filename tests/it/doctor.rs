//! `loa doctor`: what a person finds who asks in the evening whether tomorrow's 05:00 will play.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;

use crate::kit::{Said, Station, broadcast_at, whole_second_in};

const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";
const NULL: &str = "[zones.thon-1]\noutput = \"null\"\n";

/// A station that plays one tone in an hour.
fn station() -> Station {
    let station = Station::new();
    let text = ANY_HOUR.to_owned() + &broadcast_at("a", whole_second_in(3_600), "\"a\"", "");
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", NULL).write("schedules/a.toml", &text);
    station
}

/// The machine's own habits and free space are not this test's business.
const OF_THE_MACHINE: [&str; 7] = [
    "no_service",
    "sleep_possible",
    "sleeps_when_closed",
    "sleeps_when_idle",
    "restarts_itself",
    "disk_low",
    "not_in_audio",
];

fn codes(said: &Said) -> BTreeSet<String> {
    let codes = said.rows().into_iter().map(|row| row["code"].as_str().unwrap_or_default().to_owned());
    codes.filter(|code| !OF_THE_MACHINE.contains(&code.as_str())).collect()
}

fn doctor(station: &Station) -> Said {
    station.loa(&["doctor", "--json"])
}

fn set(codes: &[&str]) -> BTreeSet<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

#[test]
fn without_a_daemon_the_one_finding_is_that_nothing_runs_and_nothing_is_changed() {
    let station = station();
    let said = doctor(&station);
    assert_eq!((codes(&said), said.code), (set(&["not_running"]), 1), "{said:?}");
    let row = said.rows().into_iter().find(|row| row["code"] == "not_running").expect("the finding");
    let keys: BTreeSet<&str> = row.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["code", "severity", "message", "help"]));
    assert!(!station.path("state").exists(), "a doctor leaves no trace");
}

#[test]
fn with_a_daemon_and_everything_in_order_it_says_what_it_looked_at() {
    let station = station();
    let daemon = station.run();
    daemon.wait_until("the sound is known", || station.path("state/facts.json").exists());
    let said = doctor(&station);
    assert_eq!((codes(&said), said.code), (BTreeSet::new(), 0), "{said:?}");
    let said = station.loa(&["doctor"]);
    for line in [
        "The station's files: 2 files, 1 broadcast",
        "The next 24 hours: 1 airing, 1 sound",
        "Clock:",
        "Disk:",
        "Journal:",
        "Program: running",
    ] {
        assert!(said.out.contains(line), "{line}: {}", said.out);
    }
}

#[test]
#[ignore = "long"]
fn each_thing_that_would_silence_the_morning_is_found_with_its_cure() {
    let station = station();
    let at = whole_second_in(7_200);
    let text = [broadcast_at("thieu", at, "\"thieu\"", ""), broadcast_at("hong", at, "\"hong\"", "order = 2")];
    station.write("schedules/b.toml", &text.concat());
    station.write("audio/hong.wav", "this is no sound");
    station.write("schedules/c.toml", "[[broadcast]]\nid = \"c\n");
    let said = doctor(&station);
    let expected = ["not_running", "sound_faulty", "sound_missing", "unclosed_string"];
    assert_eq!((codes(&said), said.code), (set(&expected), 1), "{said:?}");
    assert!(said.rows().iter().all(|row| !row["help"].as_str().unwrap_or_default().is_empty()), "{said:?}");
}

#[test]
fn a_station_with_nothing_to_play_is_told() {
    let station = Station::new();
    station.write("loa.toml", NULL).write("schedules/a.toml", ANY_HOUR);
    assert_eq!(codes(&doctor(&station)), set(&["not_running", "nothing_planned"]));
}

#[test]
fn a_damaged_journal_is_told() {
    let station = station();
    std::fs::create_dir(station.path("state")).expect("a directory");
    std::fs::write(station.path("state/journal.db"), "this is no journal, only some text").expect("a file");
    assert_eq!(codes(&doctor(&station)), set(&["journal_unreadable", "not_running"]));
}

#[test]
fn a_broken_schedule_and_a_changed_loa_toml_are_told_by_the_daemon_and_survive_its_restart() {
    let station = station();
    let good = std::fs::read_to_string(station.path("schedules/a.toml")).expect("the schedule");
    let daemon = station.run();
    station.write("schedules/a.toml", &good[..good.len() - 20]);
    station.write("loa.toml", &NULL.replace("null", "wav:x.wav"));
    daemon.wait_until("both are told", || {
        codes(&doctor(&station)).is_superset(&set(&["last_good_kept", "restart_needed"]))
    });
    let status = station.loa(&["status", "--json"]).json();
    assert_eq!(
        (&status["broken"][0]["file"], &status["broken"][0]["kept"]),
        (&"schedules/a.toml".into(), &true.into())
    );
    assert_eq!(status["zones"][0]["next"]["broadcast"], "a");
    let since = status["broken"][0]["since"].clone();
    assert!(station.loa(&["status"]).out.contains("restart to apply it"));
    // As by a power cut: nobody is asked.
    drop(daemon);
    let _daemon = station.run();
    let status = station.loa(&["status", "--json"]).json();
    assert_eq!((&status["broken"][0]["since"], &status["restart_needed"]), (&since, &serde_json::Value::Null));
    assert_eq!(status["zones"][0]["next"]["broadcast"], "a", "{status}");
    let notes: Vec<String> = station
        .loa(&["journal", "--json"])
        .rows()
        .iter()
        .filter_map(|row| row["reason"].as_str().map(str::to_owned))
        .collect();
    let broken = notes.iter().filter(|reason| *reason == "schedule_broken: schedules/a.toml").count();
    assert_eq!((broken, notes.iter().filter(|reason| *reason == "station_changed").count()), (1, 1), "{notes:?}");
}

#[test]
fn a_copy_and_rules_in_two_places_are_told_by_status_doctor_and_once_by_the_journal() {
    let station = station();
    let good = std::fs::read_to_string(station.path("schedules/a.toml")).expect("the schedule");
    let daemon = station.run();
    station.write("schedules/a - Copy.toml", &good.replace("05:30", "05:45"));
    station.write("schedules/000.toml", "[rules]\nhours = []\n");
    station.write("schedules/001.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    station.write("schedules/thong-bao.docx", "x");
    let told = |status: &serde_json::Value, code: &str| {
        status["problems"].as_array().is_some_and(|all| all.iter().any(|one| one["code"] == code))
    };
    daemon.wait_until("all are told", || {
        let status = station.loa(&["status", "--json"]).json();
        ["schedule_copy", "duplicate_rules", "not_read"].iter().all(|code| told(&status, code))
    });
    assert!(station.loa(&["status"]).out.contains("a - Copy.toml"), "in words too");
    let plan = station.loa(&["plan"]);
    assert!(plan.err.contains("\"schedules/a - Copy.toml\" is a copy"), "{plan:?}");
    assert!(codes(&doctor(&station)).is_superset(&set(&["schedule_copy", "duplicate_rules", "not_read"])));
    let notes = || {
        let rows = station.loa(&["journal", "--json"]).rows();
        rows.iter().filter_map(|row| row["reason"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let copies = notes().iter().filter(|reason| reason.starts_with("schedule_copy")).count();
    assert_eq!(copies, 1, "{:?}", notes());
}

#[test]
fn one_wrong_byte_in_loa_toml_costs_no_zone_over_a_restart() {
    let station = station();
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n[zones.thon-2]\noutput = \"null\"\n");
    drop(station.run());
    let mut bytes = std::fs::read(station.path("loa.toml")).expect("loa.toml");
    bytes[20] = 0xff;
    std::fs::write(station.path("loa.toml"), bytes).expect("a wrong byte");
    let _daemon = station.run();
    let status = station.loa(&["status", "--json"]).json();
    assert_eq!(status["zones"].as_array().map(Vec::len), Some(2), "{status}");
    assert_eq!(status["broken"][0]["file"], "loa.toml");
    assert!(codes(&doctor(&station)).contains("last_good_kept"));
    let check = station.loa(&["check", "--json"]);
    assert_eq!(check.code, 1);
    let found: Vec<_> = check.rows().iter().map(|row| row["code"].as_str().unwrap_or_default().to_owned()).collect();
    assert!(found.contains(&"not_utf8".to_owned()) && found.contains(&"last_good_kept".to_owned()), "{found:?}");
}

#[test]
fn an_emptied_schedule_keeps_its_broadcasts_and_is_named_while_the_daemon_runs_and_over_its_restart() {
    let station = station();
    let daemon = station.run();
    daemon.wait_until("it is kept", || station.path("state/last_good.json").exists());
    station.write("schedules/a.toml", "");
    let told = || {
        let status = station.loa(&["status", "--json"]).json();
        let next = status["zones"][0]["next"]["broadcast"] == "a";
        next && status["broken"][0]["file"] == "schedules/a.toml" && status["broken"][0]["kept"] == true
    };
    daemon.wait_until("it is named", told);
    assert_eq!(station.loa(&["check"]).code, 1);
    drop(daemon);
    let daemon = station.run();
    daemon.wait_until("it is still named", told);
    std::fs::remove_file(station.path("schedules/a.toml")).expect("removed");
    daemon.wait_until("who deletes it is obeyed", || {
        let status = station.loa(&["status", "--json"]).json();
        status["zones"][0]["next"].is_null() && status["broken"].as_array().is_some_and(Vec::is_empty)
    });
}

#[test]
fn a_broken_sound_that_no_schedule_names_is_named_by_check_and_doctor_and_counted_in_the_status() {
    let station = station();
    station.tone("lu-quet.wav", 2.0, 440.0);
    let whole = std::fs::read(station.path("audio/lu-quet.wav")).expect("the sound");
    std::fs::write(station.path("audio/lu-quet.wav"), &whole[..whole.len() / 2]).expect("half of it");
    station.write("audio/a.txt", "lời của a");
    let names = |said: &Said| {
        let rows = said.rows().into_iter().filter(|row| row["code"] == "sound_faulty");
        rows.map(|row| row.to_string()).collect::<Vec<_>>()
    };
    let found = names(&doctor(&station));
    assert!(found.len() == 1, "{found:?}");
    let check = station.loa(&["check", "--json"]);
    let found = names(&check);
    assert!(found.len() == 1 && found[0].contains("audio/lu-quet.wav"), "{found:?}");
    assert_eq!(check.code, 0, "a warning: {check:?}");
    let before = station.loa(&["check", "--json"]).rows();
    let count = before.iter().filter(|row| row["file"].as_str().is_some_and(|file| file.starts_with("audio/"))).count();
    let daemon = station.run();
    daemon.wait_until("it is counted", || station.loa(&["status", "--json"]).json()["sound_warnings"] == count);
}

#[test]
fn a_schedule_that_may_not_be_read_any_more_keeps_its_last_good_version() {
    let station = station();
    let daemon = station.run();
    // Root reads whatever the rights say; a directory in the file's place nobody can read as one.
    let path = station.path("schedules/a.toml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("rights");
    if std::fs::read(&path).is_ok() {
        std::fs::remove_file(&path).expect("removed");
        std::fs::create_dir(&path).expect("a directory");
    }
    daemon.wait_until("it is told", || codes(&doctor(&station)).contains("last_good_kept"));
    assert_eq!(station.loa(&["status", "--json"]).json()["zones"][0]["next"]["broadcast"], "a");
}

#[test]
fn a_second_daemon_on_the_same_station_is_refused() {
    let station = station();
    let daemon = station.run();
    let second = station.loa(&["run"]);
    assert_eq!(second.code, 74, "{second:?}");
    assert!(second.err.contains("already runs on this station"), "{second:?}");
    assert_eq!(station.loa(&["status"]).code, 0, "the first goes on");
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_journal_that_the_daemon_cannot_write_is_told() {
    let station = Station::new();
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n[clock]\ntrust = \"always\"\n");
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    let daemon = station.run();
    daemon.wait_until("it has a journal", || station.loa(&["journal", "--json"]).rows().len() >= 2);
    let held = rusqlite::Connection::open(station.path("state/journal.db")).unwrap();
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(station.loa(&["stop"]).code, 0);
    daemon.wait_until("it waits", || station.loa(&["status", "--json"]).json()["journal"]["writes"] == false);
    let told = || station.loa(&["--json", "doctor"]).rows().into_iter().any(|row| row["code"] == "journal_waiting");
    assert!(told());
    drop(held);
    daemon.wait_until("it is written again", || !told());
    assert_eq!(daemon.end(), 0);
}
