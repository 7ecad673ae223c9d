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
fn what_the_check_warns_of_stands_in_the_answer_to_what_was_written() {
    let station = station();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    let mut keys = json!({
        "title": "Còi đê", "zones": ["thon-1"], "at": ["03:15"], "dates": ["2099-12-21"], "play": ["chime"],
        "class": "emergency", "by": "ông Năm", "why": "thử còi",
    });
    let made = program.done("POST", "/broadcasts", &json!({ "keys": keys }));
    assert!(codes(&made["findings"]).contains("scheduled_emergency"), "{made}");
    // What it said before is not said again.
    keys = json!({"title": "Tin sáng", "zones": ["thon-1"], "at": ["05:30"], "play": ["chime"]});
    let made = program.done("POST", "/broadcasts", &json!({ "keys": keys }));
    assert!(!codes(&made["findings"]).contains("scheduled_emergency"), "{made}");
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
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
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

#[test]
fn a_post_with_a_key_that_comes_again_is_done_once() {
    let station = station();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    let keys = json!({"title": "Tin sáng", "zones": ["thon-1"], "at": ["05:30"], "play": ["chime"]});
    let body = serde_json::to_vec(&json!({ "keys": keys })).unwrap();
    let mut add = |key| {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
        let answer = program.ask("POST", "/broadcasts", &headers, &body);
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body
    };
    let first = add("a");
    assert_eq!(add("a"), first);
    assert_ne!(add("b"), first);
    assert_eq!(program.get("/broadcasts")["entries"].as_array().unwrap().len(), 2);
}

#[test]
fn who_decides_hears_the_very_bytes_that_are_decided_on() {
    let station = super::approvals::station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut official = Program::new(&station, &console, "official", &[]);
    let mut reviewer = Program::new(&station, &console, "reviewer", &[]);
    let mut operator = Program::new(&station, &console, "operator", &["thon-1"]);
    let keys = json!({"title": "Tin sáng", "zones": ["thon-1"], "at": ["05:30"], "play": ["a"]});
    let made = official.done("POST", "/broadcasts", &json!({ "keys": keys }));
    let id = made["broadcasts"][0]["id"].as_str().unwrap().to_owned();
    let sounds = || reviewer.clone().get(&format!("/approvals/{id}"))["sounds"].clone();
    daemon.wait_until("its sound is known", || sounds()[0].is_object());
    let sounds = sounds();
    assert_eq!(sounds[0]["file"], json!("a.wav"), "{sounds}");
    let path = format!("/approvals/{id}/sounds/{}", sounds[0]["sha256"].as_str().unwrap());
    let bytes = std::fs::read(station.path("audio/a.wav")).unwrap();
    let whole = reviewer.ask("GET", &path, &[], b"");
    assert_eq!((whole.status, whole.header("content-type"), whole.bytes == bytes), (200, "audio/wav", true));
    let part = reviewer.ask("GET", &path, &[("Range", "bytes=4-7")], b"");
    assert_eq!((part.status, part.bytes.as_slice()), (206, &bytes[4..8]));
    let beyond = reviewer.ask("GET", &path, &[("Range", "bytes=99999999-")], b"");
    let length = format!("bytes */{}", bytes.len());
    assert_eq!((beyond.status, beyond.header("content-range")), (416, length.as_str()));
    assert!(beyond.body.contains("no_such_part"), "{}", beyond.body);
    assert_eq!(operator.ask("GET", &path, &[], b"").status, 403);
    // It is this sound of this broadcast, and no door to others.
    let other = format!("/approvals/{id}/sounds/{}", "0".repeat(64));
    for (path, status) in [(other.as_str(), 404), ("/approvals/khong-co/sounds/0", 404), ("/sounds/a.wav/file", 403)] {
        assert_eq!(reviewer.ask("GET", path, &[], b"").status, status, "{path}");
    }
    // Another sound by now: what was to be heard is gone, and nothing else is heard in its place.
    station.tone("a.wav", 2.0, 880.0);
    daemon.wait_until("it is gone", || reviewer.clone().ask("GET", &path, &[], b"").status == 404);
}

#[test]
fn what_is_past_is_told_as_the_command_tells_it_and_its_row_to_who_reads_the_journal() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut official = Program::new(&station, &console, "official", &[]);
    let mut operator = Program::new(&station, &console, "operator", &["thon-1"]);
    let keys = json!({"title": "Tin sáng", "zones": ["thon-1"], "at": ["05:30"], "play": ["chime"]});
    official.done("POST", "/broadcasts", &json!({ "keys": keys }));
    let span = "2026-01-01..2026-01-02";
    let (from, to) = span.split_once("..").unwrap();
    let told = official.get(&format!("/plan?from={from}&to={to}"))["airings"].clone();
    let said = station.loa(&["plan", "--from", from, "--to", to, "--json"]).json();
    assert_eq!(told[0]["happened"], said[0]["happened"]);
    assert_eq!(told[0]["happened"], json!("unknown"), "{told}");
    assert_eq!(operator.get("/plan")["airings"][0]["happened"], Value::Null);
    drop(daemon);
}

#[test]
fn a_sound_of_others_is_not_there_for_a_token_of_a_hamlet_whatever_it_wants() {
    let station = station();
    let console = Console::start(&station);
    let mut official = Program::new(&station, &console, "official", &[]);
    let mut operator = Program::new(&station, &console, "operator", &["thon-2"]);
    station.tone("cua-ho.wav", 1.0, 440.0);
    let keys = json!({"title": "Tin", "zones": ["thon-1"], "at": ["05:30"], "play": ["cua-ho"]});
    official.done("POST", "/broadcasts", &json!({ "keys": keys }));
    for (method, path) in [
        ("GET", "/sounds/cua-ho.wav"),
        ("GET", "/sounds/cua-ho.wav/file"),
        ("DELETE", "/sounds/cua-ho.wav"),
        ("POST", "/sounds/cua-ho.wav/restore"),
        ("DELETE", "/sounds/khong-co.wav"),
    ] {
        assert_eq!(operator.ask(method, path, &[], b"").status, 404, "{method} {path}");
    }
}

#[test]
fn an_empty_list_of_orders_stops_nothing_and_a_token_is_told_what_it_lacks() {
    let station = super::approvals::station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut official = Program::new(&station, &console, "official", &[]);
    assert_eq!(official.refused("POST", "/orders/stop", &json!({"orders": []})).0, 400);
    official.done("POST", "/orders/stop", &json!({}));
    let keys = json!({"title": "Tin sáng", "zones": ["thon-1"], "at": ["05:30"], "play": ["a"]});
    let made = official.done("POST", "/broadcasts", &json!({ "keys": keys }));
    let id = made["broadcasts"][0]["id"].as_str().unwrap().to_owned();
    drop(console.approver("Trần Thị Hai", "reviewer"));
    let mut without = Program::of(&station, &console, "Trần Thị Hai", &[]);
    daemon.wait_until("it waits", || without.clone().get(&format!("/approvals/{id}"))["sounds"][0].is_object());
    let digest = without.get(&format!("/approvals/{id}"))["digest"].clone();
    let refused = without.send("POST", &format!("/approvals/{id}/approve"), &json!({ "digest": digest }));
    assert!(refused.status == 403 && refused.body.contains("--approves"), "{} {}", refused.status, refused.body);
    let with = Program::of(&station, &console, "Trần Thị Hai", &["--approves"]);
    let path = format!("/approvals/{id}/approve");
    daemon.wait_until("it is approved", || {
        (200..300).contains(&with.clone().send("POST", &path, &json!({ "digest": digest })).status)
    });
}

#[test]
fn a_value_of_another_kind_is_named_with_what_it_has_to_be_in_both_languages() {
    let station = station();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "admin", &[]);
    let alert = |times: Value| json!({"name": "x", "zones": ["thon-1"], "why": "lũ", "times": times});
    let add = |keys: Value| json!({ "keys": keys });
    for (method, path, body, vi, en) in [
        ("POST", "/orders/alert", alert(json!(2.5)), "«times» phải là số nguyên từ 1 đến 20", "\"times\" has to be"),
        ("POST", "/orders/alert", alert(json!("ba")), "«times» phải là số nguyên từ 1 đến 20", "\"times\" has to be"),
        ("POST", "/orders/stop", json!({"zones": "thon-1"}), "«zones» phải là danh sách", "\"zones\" has to be a list"),
        ("POST", "/broadcasts", add(json!([])), "«keys» phải là một đối tượng", "\"keys\" has to be an object"),
        ("POST", "/broadcasts", add(json!({"title": null})), "«title» phải là", "\"title\" has to be"),
        ("POST", "/people", json!({"name": "x", "role": "chief"}), "«role» phải là một trong: operator", "\"role\""),
        ("GET", "/journal?limit=501", Value::Null, "«limit» phải là số nguyên từ 1 đến 500", "\"limit\" has to be"),
        ("GET", "/versions?limit=201", Value::Null, "«limit» phải là số nguyên từ 1 đến 200", "\"limit\" has to be"),
        ("GET", "/plan?limit=2.0", Value::Null, "«limit» phải là số nguyên từ 1 đến 500", "\"limit\" has to be"),
        ("GET", "/journal?list=all", Value::Null, "«list» phải là một trong: airings, acts", "\"list\" has to be"),
        ("GET", "/plan?to=mai", Value::Null, "«to» phải là ngày giờ", "\"to\" has to be a day and a time"),
    ] {
        for (lang, words) in [("vi", vi), ("en", en)] {
            let sent = if body.is_null() { String::new() } else { body.to_string() };
            let kind: &[(&str, &str)] = if body.is_null() { &[] } else { &[("Content-Type", "application/json")] };
            let headers = [kind, &[("Accept-Language", lang)]].concat();
            let answer = program.ask(method, path, &headers, sent.as_bytes());
            let told: Value = serde_json::from_str(&answer.body).unwrap();
            let detail = told["detail"].as_str().unwrap();
            assert!([400, 422].contains(&answer.status) && detail.starts_with(words), "{path} {body}: {detail}");
        }
    }
    // `2.0` is the whole number 2, as JSON Schema counts.
    let whole = program.send("POST", "/orders/alert", &alert(json!(2.0)));
    assert!(whole.status != 400, "{}", whole.body);
}

#[test]
fn a_title_that_would_be_cut_or_mended_is_refused_before_anything_is_written() {
    let station = station();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    let keys = |title: &str| json!({"title": title, "zones": ["thon-1"], "at": ["05:30"], "play": ["chime"]});
    for title in ["x".repeat(200_000), "Tin\u{7}sáng".to_owned(), "a\u{202e}b".to_owned()] {
        let refused = program.refused("POST", "/broadcasts", &json!({ "keys": keys(&title) }));
        assert_eq!(refused, (422, "bad_title".to_owned()));
    }
    assert!(!station.path("schedules/trang-web.toml").exists(), "nothing was written");
    program.done("POST", "/broadcasts", &json!({ "keys": keys(&"x".repeat(200)) }));
}
