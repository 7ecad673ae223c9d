//! What the interface for programs says and takes, beside what the commands say and people meant.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Console;
use super::api::{Program, all_of};
use super::people::station;

fn codes(found: &Value) -> BTreeSet<String> {
    let all = found.as_array().cloned().unwrap_or_default();
    all.iter().filter_map(|one| one["code"].as_str().map(str::to_owned)).collect()
}

#[test]
fn the_check_of_a_program_finds_what_the_command_finds() {
    let station = station();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    station.write(
        "schedules/thieu.toml",
        "[[broadcast]]\nid = \"thieu\"\nzones = \"thon-1\"\nat = \"05:30\"\nplay = \"khong-co\"\n",
    );
    let told = codes(&program.get("/check")["findings"]);
    let said = station.loa(&["check", "--json"]);
    assert_eq!(told, codes(&Value::Array(said.rows())), "{}", said.out);
    assert!(told.contains("sound_missing"), "{told:?}");
}

#[test]
fn a_time_with_an_offset_is_that_instant_and_a_day_has_nothing_behind_it() {
    let station = station();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    let keys = json!({"title": "Tin sáng", "zones": ["thon-1"], "at": ["05:30"], "play": ["chime"]});
    let made = program.done("POST", "/broadcasts", &json!({ "keys": keys }));
    let id = made["broadcasts"][0]["id"].as_str().unwrap().to_owned();
    let start = program.get("/plan?limit=1")["airings"][0]["start"].as_str().unwrap().to_owned();
    let instant = start.parse::<jiff::Timestamp>().expect("with its offset");
    program.done("POST", &format!("/broadcasts/{id}/skip"), &json!({ "at": instant.to_string() }));
    assert_eq!(program.get("/plan?limit=1")["airings"], json!([]), "it was the only one within a day");
    for first in ["2099-12-21T17:00", "2099-12-21T17:00:00+00:00", "21/12/2099", ""] {
        let silence = json!({"first": first, "zones": ["thon-1"], "why": "giỗ"});
        assert_eq!(program.refused("POST", "/silences", &silence).0, 400, "{first}");
    }
    assert_eq!(program.get("/silences")["entries"], json!([]));
    for asked in ["from=2026-11-30T23:00", "zone=khong-co", "outcome=x"] {
        let answer = program.ask("GET", &format!("/journal?{asked}"), &[], b"");
        assert_eq!(answer.status, 400, "{asked}: {}", answer.body);
    }
    let now = program.get(&format!("/broadcasts/{id}"));
    let bare =
        program.send("PATCH", &format!("/broadcasts/{id}"), &json!({"digest": now["digest"], "keys": {"title": ""}}));
    assert!(bare.status == 422 && bare.body.contains("missing_title"), "{} {}", bare.status, bare.body);
}

#[test]
fn a_stop_is_told_with_what_it_has_ended_however_much_is_asked_for_at_once() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    station.tone("loi.wav", 30.0, 440.0);
    let say = json!({"name": "loi", "zones": ["thon-1"]});
    daemon.wait_until("it sounds", || (200..300).contains(&program.clone().send("POST", "/orders/say", &say).status));
    program.done("POST", "/orders/stop", &json!({"zones": ["thon-2"]}));
    program.done("POST", "/orders/stop", &json!({"zones": ["thon-1"]}));
    let stops = |program: &mut Program, limit| -> Vec<String> {
        let acts = all_of(program, "/acts", "acts", limit);
        let stops = acts.iter().filter(|act| act["code"] == "stopped");
        stops.filter_map(|act| act["what"].as_str().map(str::to_owned)).collect()
    };
    daemon.wait_until("it is over", || stops(&mut program.clone(), 500).iter().any(|what| what.contains("«loi»")));
    let whole = stops(&mut program, 500);
    assert!(whole.iter().all(|what| !what.contains("«loi»") || what.contains("Thôn Một")), "{whole:?}");
    assert_eq!(whole.iter().filter(|what| what.contains("«loi»")).count(), 1, "{whole:?}");
    for limit in [1, 2, 3] {
        assert_eq!(stops(&mut program, limit), whole, "by {limit}");
    }
}
