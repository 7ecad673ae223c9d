//! What the contract promises to other programs: key names, types, exit codes, and that standard
//! output is JSON and nothing else where JSON was asked for.

use std::process::Command;

use serde_json::{Value, json};

use crate::kit::{Station, whole_second_in};

const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";
const NULL: &str = "[zones.thon-1]\noutput = \"null\"\n[clock]\ntrust = \"always\"\n";

fn broadcast(id: &str, at: &str, play: &str, more: &str) -> String {
    format!("[[broadcast]]\nid = \"{id}\"\nat = \"{at}\"\nplay = {play}\n{more}\n")
}

/// `thon-1`, with these lines as its schedule and two tones: `a` of 30 s and `b` of 10 s.
fn station(schedule: &[String]) -> Station {
    let station = Station::new();
    station.tone("a.wav", 30.0, 440.0).tone("b.wav", 10.0, 880.0).write("loa.toml", NULL);
    station.write("schedules/a.toml", &schedule.concat());
    station
}

fn plan(station: &Station) -> Vec<Value> {
    let said = station.loa(&["plan", "--from", "2037-12-07T05:00", "--to", "2037-12-07T07:00", "--json"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    said.rows()
}

fn row<'a>(rows: &'a [Value], id: &str) -> &'a Value {
    rows.iter().find(|row| row["broadcast"] == id).unwrap_or_else(|| panic!("no {id} in {rows:?}"))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_row_of_the_plan_has_the_keys_of_the_contract() {
    let station =
        station(&[ANY_HOUR.to_owned(), broadcast("x", "05:30", r#"["chime", "b", "pause 2s"]"#, "title = \"X\"")]);
    let rows = plan(&station);
    let row = row(&rows, "x");
    let mut found = keys(row);
    found.sort_unstable();
    let mut promised = ["zone", "broadcast", "title", "class", "start", "end", "items", "verdict", "reason", "because"];
    promised.sort_unstable();
    assert_eq!(found, promised);
    assert_eq!((&row["zone"], &row["title"], &row["class"]), (&json!("thon-1"), &json!("X"), &json!("normal")));
    assert_eq!((&row["verdict"], &row["reason"], &row["because"]), (&json!("play"), &Value::Null, &Value::Null));
    assert_eq!(row["start"], "2037-12-07T05:30:00.000+07:00");
    assert_eq!(row["items"][1], json!({"name": "b", "file": "b.wav", "seconds": 10.0}));
    assert_eq!(row["items"][2], json!({"name": "pause 2s", "file": null, "seconds": 2.0}));
}

#[test]
fn every_verdict_carries_its_reason_code_and_a_sentence() {
    let station = station(&[
        "[rules]\nhours = [\"05:00-06:00\"]\n".to_owned(),
        broadcast("first", "05:10", r#""a""#, ""),
        broadcast("second", "05:10:10", r#""b""#, ""),
        broadcast("hurried", "05:10:20", r#""b""#, "wait = \"5s\""),
        broadcast("cut", "05:20", r#""a""#, ""),
        broadcast("urgent", "05:20:05", r#""b""#, "class = \"priority\""),
        broadcast("silent", "05:25", r#""not-there""#, ""),
        broadcast("long", "05:59:45", r#""a""#, ""),
        broadcast("late", "06:00", r#""b""#, ""),
        broadcast(
            "flood",
            "06:30",
            r#""b""#,
            "class = \"emergency\"\nby = \"A\"\nwhy = \"b\"\nfrom = 2037-12-07\nuntil = 2037-12-08",
        ),
    ]);
    let rows = plan(&station);
    let table = [
        ("first", "play", None),
        ("second", "wait", Some("waits")),
        ("hurried", "miss", Some("wait_expired")),
        ("cut", "play", Some("interrupted")),
        ("urgent", "play", None),
        ("silent", "miss", Some("no_sound")),
        ("long", "refuse", Some("past_hours")),
        ("late", "refuse", Some("outside_hours")),
        ("flood", "play", None),
    ];
    for (id, verdict, reason) in table {
        let row = row(&rows, id);
        assert_eq!((row["verdict"].as_str(), row["reason"].as_str()), (Some(verdict), reason), "{row}");
        assert_eq!(row["because"].is_string(), reason.is_some(), "{row}");
    }
    assert_eq!(rows.len(), table.len());
    // Interrupted for ten seconds, it ends ten seconds later.
    assert_eq!(row(&rows, "cut")["end"], "2037-12-07T05:20:40.000+07:00");
}

#[test]
fn an_entry_of_the_journal_has_the_keys_of_the_contract() {
    let campaign = "[campaigns.cai-cach]\ntitle = \"Cải cách\"\n".to_owned();
    let station =
        station(&[ANY_HOUR.to_owned(), campaign, broadcast("x", "05:30", r#""b""#, "campaign = \"cai-cach\"")]);
    let said = station.loa(&["simulate", "--from", "2037-12-07", "--to", "2037-12-08", "--json"]);
    let rows = said.rows();
    let entry = row(&rows, "x");
    let mut found = keys(entry);
    found.sort_unstable();
    let mut promised = [
        "seq",
        "zone",
        "broadcast",
        "title",
        "class",
        "kind",
        "planned",
        "started",
        "ended",
        "start_error_ms",
        "seconds_planned",
        "seconds_played",
        "outcome",
        "reason",
        "audio",
        "campaign",
        "order",
        "approved_by",
        "hash",
    ];
    promised.sort_unstable();
    assert_eq!(found, promised);
    assert_eq!((&entry["kind"], &entry["outcome"]), (&json!("airing"), &json!("played")));
    assert_eq!(entry["ended"], "2037-12-07T05:30:10.000+07:00");
    assert!(entry["start_error_ms"].is_number() && entry["seconds_played"].is_number(), "{entry}");
    assert_eq!(keys(&entry["audio"][0]), ["file", "sha256"]);
    assert_eq!((&entry["campaign"], &entry["order"]), (&json!("cai-cach"), &Value::Null));
}

#[test]
fn a_station_without_a_fault_is_an_empty_array_and_an_empty_one_has_no_journal() {
    let station = station(&[ANY_HOUR.to_owned(), broadcast("x", "05:30", r#""b""#, "")]);
    for question in [&["check", "--json"][..], &["journal", "--json"]] {
        let said = station.loa(question);
        assert_eq!((said.code, said.err.as_str(), said.rows().len()), (0, "", 0), "{said:?}");
    }
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

#[test]
fn a_call_that_cannot_be_answered_is_a_usage_error_with_nothing_on_stdout() {
    let station = station(&[]);
    let table: [&[&str]; 7] = [
        &["plan", "--from", "2037-12-08", "--to", "2037-12-07"],
        &["plan", "--from", "2026-13-08", "--to", "2037-12-07"],
        &["plan", "--zone", "thon-9"],
        &["simulate", "--from", "2037-12-08", "--to", "2037-12-08"],
        &["render", "--from", "2037-12-08", "--to", "2037-12-09", "--zone", "thon-1", "--out", "day.wav"],
        &["journal", "--outcome", "heard"],
        &["alert", "a", "--by", "A"],
    ];
    for question in table {
        let said = station.loa(question);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{question:?}: {said:?}");
        assert!(!said.err.is_empty());
    }
}

#[test]
fn a_directory_that_is_not_there_is_a_slip_of_the_keyboard_for_every_command() {
    let window = ["--from", "2037-12-07", "--to", "2037-12-08"];
    for command in ["check", "run", "journal", "status", "stop", "plan", "simulate"] {
        let more = if matches!(command, "plan" | "simulate") { &window[..] } else { &[] };
        let output = Command::new(env!("CARGO_BIN_EXE_loa"))
            .args(["--lang", "en", "--dir", "/not/there", command])
            .args(more)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(78), "{command}: {said}");
        assert!(said.contains("/not/there"), "{command}: {said}");
    }
}

#[test]
fn a_hidden_ending_is_seen() {
    let station = station(&[]);
    station.write("loa.toml", "name = \"Xã\"\n");
    std::fs::rename(station.path("loa.toml"), station.path("loa.toml.txt")).unwrap();
    let found = station.loa(&["check", "--json"]).rows();
    let hidden = found.iter().find(|one| one["code"] == "hidden_ending").expect("it is told");
    assert_eq!(hidden["file"], "loa.toml.txt");
    assert!(found.iter().any(|one| one["code"] == "no_station"), "and that the station runs without it");
    assert_eq!(keys(hidden).len(), 7, "code, severity, file, line, column, message, help");
}

#[test]
#[ignore = "long"]
fn render_and_orders_answer_in_json_where_it_is_asked_for() {
    let station = station(&[ANY_HOUR.to_owned()]);
    let out = station.path("f.wav");
    let out = out.to_str().unwrap();
    let said = station.loa(&["render", "--from", "05:30", "--to", "05:31", "--out", out, "--json"]);
    assert_eq!(said.json(), json!({"file": out, "zone": "thon-1", "seconds": 60.0}));
    let daemon = station.run();
    for order in
        [&["say", "b", "--json"][..], &["stop", "--json"], &["alert", "b", "--by", "A", "--why", "b", "--json"]]
    {
        let said = station.loa(order);
        let receipt = said.json();
        let sorted = |value| {
            let mut keys = keys(value);
            keys.sort_unstable();
            keys
        };
        assert_eq!(sorted(&receipt), ["at", "kind", "name", "order", "times", "zones"], "{order:?}");
        assert_eq!((&receipt["kind"], said.code), (&json!(order[0]), 0), "{receipt}");
        let zone = ["ended", "same_as", "seconds", "start", "started", "state", "title", "why", "zone"];
        assert_eq!(sorted(&receipt["zones"][0]), zone, "{receipt}");
    }
    assert_eq!(daemon.end(), 0);
}

#[test]
fn schedules_deleted_and_made_again_are_read_without_a_restart() {
    let station = station(&[]);
    let daemon = station.run();
    let broadcasts = || station.loa(&["status", "--json"]).json()["broadcasts"].clone();
    std::fs::remove_dir_all(station.path("schedules")).unwrap();
    daemon.wait_until("it is seen", || daemon.log().contains("no_schedules"));
    std::fs::create_dir(station.path("schedules")).unwrap();
    daemon.wait_until("the new one is watched", || {
        let at = whole_second_in(3600).time().to_string();
        station.write("schedules/n.toml", &[ANY_HOUR.to_owned(), broadcast("x", &at, r#""b""#, "")].concat());
        broadcasts() == 1
    });
}
