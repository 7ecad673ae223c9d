//! The interface for programs, asked as a program asks it: with a token, and with what its own description says.

use std::collections::BTreeSet;

use loa::console::api::{BASE, operations};
use loa::console::gate::Need;
use loa::console::role::Role;
use serde_json::{Value, json};

use super::kit::{Answer, PASSWORD, until};
use super::people::station;
use super::sounds::wav;
use super::{Browser, Console};
use crate::kit::Station;

/// A program with a token.
#[derive(Clone)]
pub(super) struct Program {
    browser: Browser,
    token: String,
}

impl Program {
    /// In the name of a new person of this role; a hamlet head in these zones.
    pub(super) fn new(station: &Station, console: &Console<'_>, role: &str, zones: &[&str]) -> Self {
        let name = format!("Người {role} {}", zones.join(" "));
        console.link(&name, role, zones);
        Self::of(station, console, &name, &[])
    }

    /// In the name of somebody who is there.
    pub(super) fn of(station: &Station, console: &Console<'_>, name: &str, more: &[&str]) -> Self {
        let line = [&["--json", "user", "token", name, "--for", "thử"], more].concat();
        let made = station.loa(&line);
        assert_eq!(made.code, 0, "{}", made.err);
        Self { browser: console.browser(), token: made.json()["token"].as_str().unwrap().to_owned() }
    }

    pub(super) fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let own = [&[("Authorization", bearer.as_str()), ("Accept", "application/json")], headers].concat();
        self.browser.ask(method, &format!("{BASE}{path}"), &own, body)
    }

    pub(super) fn get(&mut self, path: &str) -> Value {
        let answer = self.ask("GET", path, &[], b"");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    pub(super) fn send(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        self.ask(method, path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    /// Send something that is done.
    pub(super) fn done(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.send(method, path, body);
        assert!((200..300).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Send something that is refused: status and code.
    pub(super) fn refused(&mut self, method: &str, path: &str, body: &Value) -> (u16, String) {
        let answer = self.send(method, path, body);
        let told: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        (answer.status, told["code"].as_str().unwrap_or(&answer.body).to_owned())
    }
}

fn sound(station: &Station, name: &str) {
    std::fs::create_dir_all(station.path("audio")).unwrap();
    std::fs::write(station.path(name), wav(1.0)).unwrap();
}

pub(super) fn document() -> Value {
    serde_json::from_str(include_str!("../../../docs/openapi.json")).unwrap()
}

/// A path with something that is not there in each of its places.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "999" } else { part }).collect::<Vec<_>>().join("/")
}

#[test]
fn the_description_is_what_the_program_says_it_is() {
    let said = Station::new().loa(&["console", "openapi"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert!(told == document(), "docs/openapi.json is another: loa console openapi > docs/openapi.json");
    let station = station();
    let console = Console::start(&station);
    let answer = console.browser().ask("GET", "/api/v1/openapi.json", &[("Accept", "application/json")], b"");
    assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap(), told, "nobody has to log in for it");
}

#[test]
fn every_operation_answers_each_role_as_its_rights_say_and_nobody_without_a_token() {
    let station = station();
    let console = Console::start(&station);
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let zones: &[&str] = if role == Role::Operator { &["thon-1"] } else { &[] };
        let mut program = Program::new(&station, &console, role.name(), zones);
        for operation in operations() {
            let (method, path) = (operation.method.as_str(), filled(operation.path));
            let may = match operation.need {
                Need::Nothing | Need::Person => true,
                Need::Right(right) => role.may(right),
            };
            let is_bytes = operation.id == "hand-in-sound";
            let answer = match method {
                "GET" => program.ask("GET", &path, &[], b""),
                _ if is_bytes => program.ask(method, &path, &[], b"x"),
                _ => program.send(method, &path, &json!({})),
            };
            let as_it_should = if may {
                ![401, 403, 405, 500].contains(&answer.status)
            } else {
                answer.status == 403 && answer.body.contains("not_allowed") && !answer.body.contains("--role")
            };
            if !as_it_should {
                wrong.push(format!("{role:?} {method} {path}: {} {}", answer.status, answer.body));
            }
        }
    }
    let mut nobody = console.browser();
    for operation in operations().into_iter().filter(|operation| operation.need != Need::Nothing) {
        let path = format!("{BASE}{}", filled(operation.path));
        for token in ["", "Bearer ", "Bearer loa_aaaaaaaaaaaaaaaaaaaaaaaaaa", "Basic bG9hOmxvYQ=="] {
            let headers: &[(&str, &str)] = if token.is_empty() { &[] } else { &[("Authorization", token)] };
            let answer = nobody.ask(operation.method.as_str(), &path, headers, b"");
            if answer.status != 401 || answer.header("www-authenticate").is_empty() {
                wrong.push(format!("{token:?} {} {path}: {}", operation.method, answer.status));
            }
        }
    }
    // A cookie opens nothing here: no page from elsewhere can make a browser ask.
    let mut hai = console.person("Trần Thị Hai", "admin", &[]);
    let by_cookie = hai.get("/api/v1/people").status;
    assert_eq!((wrong, by_cookie), (Vec::new(), 401));
}

#[test]
fn what_no_address_has_and_what_is_not_understood_is_told_as_a_problem_in_both_languages() {
    let station = station();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "admin", &[]);
    for (method, path, body, kind, expected) in [
        ("GET", "/nothing", "", "", (404, "no_such_path")),
        ("PUT", "/status", "", "", (405, "no_such_method")),
        ("POST", "/orders/stop", "{}", "text/plain", (415, "not_json")),
        ("POST", "/orders/stop", "{", "application/json", (400, "not_understood")),
        ("POST", "/orders/stop", "{\"zone\":\"thon-1\"}", "application/json", (400, "not_understood")),
        ("POST", "/orders/stop", "[]", "application/json", (400, "not_understood")),
        ("GET", "/plan?form=2026", "", "", (400, "not_understood")),
        ("GET", "/plan?zone=thon-9", "", "", (400, "not_understood")),
        ("GET", "/plan?from=2026-01-01&to=2027-01-01", "", "", (400, "not_understood")),
        ("GET", "/plan?limit=0", "", "", (400, "not_understood")),
        ("GET", "/people/1x", "", "", (404, "not_found")),
        ("GET", "/sounds/..%2Floa.toml/file", "", "", (404, "not_found")),
        ("GET", "/sounds/%FF/file", "", "", (404, "not_found")),
        ("POST", "/orders/say", "{\"name\":\"x\",\"zones\":[]}", "application/json", (422, "not_possible")),
        ("POST", "/orders/say", "{\"name\":\"x\",\"zones\":[\"thon-9\"]}", "application/json", (422, "not_possible")),
        (
            "POST",
            "/orders/alert",
            "{\"name\":\"x\",\"zones\":[\"thon-1\",\"thon-9\"],\"why\":\"lũ\"}",
            "application/json",
            (422, "not_possible"),
        ),
        ("GET", "/versions?cursor=-1", "", "", (400, "not_understood")),
        ("GET", "/plan?cursor=-1", "", "", (400, "not_understood")),
        ("GET", "/plan?zone=", "", "", (400, "not_understood")),
        ("GET", "/plan?limit=x", "", "", (400, "not_understood")),
        ("GET", "/plan?from=05:30", "", "", (400, "not_understood")),
        ("GET", "/journal?outcome=heard", "", "", (400, "not_understood")),
        ("GET", "/sounds?away=1", "", "", (400, "not_understood")),
        ("POST", "/orders/say", "{\"name\":1,\"zones\":[\"thon-1\"]}", "application/json", (400, "not_understood")),
        ("POST", "/orders/stop", "{\"zones\":\"thon-1\"}", "application/json", (400, "not_understood")),
        ("GET", "/journal?zone=&limit=5", "", "", (400, "not_understood")),
        ("POST", "/orders/stop", "{}", "application/json", (409, "station_refuses")),
    ] {
        let headers: &[(&str, &str)] = if kind.is_empty() { &[] } else { &[("Content-Type", kind)] };
        for lang in ["vi", "en"] {
            let asked = [headers, &[("Accept-Language", lang)]].concat();
            let answer = program.ask(method, path, &asked, body.as_bytes());
            let told: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{path}: {}", answer.body));
            assert_eq!((answer.status, told["code"].as_str().unwrap()), expected, "{method} {path}");
            assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
            assert_eq!(answer.header("content-language"), lang, "{path}");
            assert_eq!(told["status"], answer.status, "{path}");
            let detail = told["detail"].as_str().unwrap();
            assert!(!detail.is_empty(), "{path}");
            // The reader of JSON speaks English; a person is told in his language, and which name it is.
            let english = ["expected", "field", "invalid", "deserialize"];
            assert!(lang == "en" || !english.iter().any(|word| detail.contains(word)), "{path}: {detail}");
            assert!(!path.contains("zone=") || path.contains("thon-9") || detail.contains("zone"), "{path}: {detail}");
        }
    }
    let large = vec![b' '; 300 * 1024];
    let answer = program.ask("POST", "/orders/stop", &[("Content-Type", "application/json")], &large);
    assert_eq!(answer.status, 413, "{}", answer.body);
}

#[test]
fn a_program_writes_the_schedule_as_the_form_does_and_in_a_persons_name() {
    let station = station();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    let keys =
        json!({"title": "Tin sáng", "zones": ["thon-1"], "at": ["05:30"], "play": ["chime"], "until": "2099-12-31"});
    let made = program.done("POST", "/broadcasts", &json!({ "keys": keys }));
    let id = made["broadcasts"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(made["broadcasts"][0]["airings"][0]["zones"], json!(["thon-1"]));
    let path = format!("/broadcasts/{id}");
    let read = program.get(&path);
    assert_eq!((&read["keys"]["at"], &read["keys"]["until"]), (&json!(["05:30"]), &json!("2099-12-31")));
    let text = std::fs::read_to_string(station.path(read["file"].as_str().unwrap())).unwrap();
    assert!(text.contains("until = 2099-12-31"), "a day is written as a day: {text}");
    let change = |digest: &Value, at: &str| json!({"digest": digest, "keys": {"at": [at], "until": null}});
    program.done("PATCH", &path, &change(&read["digest"], "05:45"));
    // Whoever changes what he has not seen as it is now is told so.
    let late = program.refused("PATCH", &path, &change(&read["digest"], "06:00"));
    assert_eq!(late, (409, "changed_meanwhile".to_owned()));
    // What the check refuses is told with its line and its cure.
    let now = program.get(&path);
    let bad = program.send("PATCH", &path, &json!({"digest": now["digest"], "keys": {"at": ["25:99"]}}));
    assert_eq!(bad.status, 422, "{}", bad.body);
    let bad: Value = serde_json::from_str(&bad.body).unwrap();
    assert_eq!((&bad["code"], &bad["findings"][0]["code"]), (&json!("check_refuses"), &json!("bad_time")));
    let airing = program.get("/plan?limit=1")["airings"][0]["start"].as_str().unwrap()[..16].to_owned();
    program.done("POST", &format!("{path}/skip"), &json!({ "at": airing }));
    assert_eq!(program.get("/plan?limit=1")["airings"], json!([]), "it was the only one within a day");
    let now = program.get(&path);
    program.done("DELETE", &path, &json!({"digest": now["digest"]}));
    assert_eq!(program.refused("DELETE", &path, &json!({"digest": now["digest"]})).0, 404);
    let gone = program.get("/deleted")["deleted"][0].clone();
    let back = json!({"part": gone["part"], "before": true});
    program.done("POST", &format!("/versions/{}/restore", gone["version"]), &back);
    assert_eq!(program.get(&path)["keys"]["at"], json!(["05:45"]));
    let silence = json!({"first": "2099-01-01", "zones": ["thon-1"], "why": "đám tang ông Bảy"});
    program.done("POST", "/silences", &silence);
    let written = program.get("/silences")["entries"][0].clone();
    let end = json!({"file": written["file"], "id": written["id"], "digest": written["digest"]});
    program.done("POST", "/silences/end", &end);
    let acts = program.get("/acts");
    let by: BTreeSet<&str> = acts["acts"].as_array().unwrap().iter().map(|act| act["who"].as_str().unwrap()).collect();
    assert!(by.contains("Người official"), "{acts}");
}

/// Every row of a list, asked for one by one, or as many as are asked for at once.
pub(super) fn all_of(program: &mut Program, path: &str, key: &str, limit: usize) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    for _ in 0..500 {
        let mut part = program.get(&format!("{path}?limit={limit}{cursor}"));
        rows.append(part[key].as_array_mut().unwrap());
        match part["next"].as_str().map(str::to_owned).or_else(|| part["next"].as_i64().map(|next| next.to_string())) {
            Some(next) => cursor = format!("&cursor={}", next.replace('+', "%2B")),
            None => return rows,
        }
    }
    panic!("{path}: no end after {} rows", rows.len());
}

#[test]
fn every_list_is_read_part_by_part_to_its_end_and_nothing_twice() {
    let station = station();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    for number in 0..7 {
        let keys = json!({"title": format!("Tin {number}"), "zones": ["thon-1"], "at": ["05:30"], "play": ["chime"]});
        program.done("POST", "/broadcasts", &json!({ "keys": keys }));
    }
    // Many rows at one millisecond, and some around it.
    let at = |millis: i64| loa::instant::Wall::from_nanos(1_796_000_000_000_000_000 + millis * 1_000_000);
    let tz = jiff::tz::TimeZone::UTC;
    let mut journal = loa::journal::Journal::open(&station.path("state/journal.db"), at(0), &tz).unwrap().journal;
    for millis in [0, 1, 1, 1, 1, 1, 1, 2, 3, 3] {
        let reason = "alarm_read: Bà Hai (root)".into();
        journal
            .note(&loa::fact::Entry {
                written: at(millis),
                title: "Lũ".into(),
                reason: Some(reason),
                ..Default::default()
            })
            .unwrap();
    }
    drop(journal);
    for (path, key) in
        [("/acts", "acts"), ("/broadcasts", "broadcasts"), ("/versions", "versions"), ("/plan", "airings")]
    {
        let key = if path == "/broadcasts" { "entries" } else { key };
        let whole = all_of(&mut program, path, key, 200);
        assert!(whole.len() >= 7, "{path}: {}", whole.len());
        for limit in [1, 2, 3] {
            assert_eq!(all_of(&mut program, path, key, limit), whole, "{path} by {limit}");
        }
    }
    let whole = all_of(&mut program, "/acts", "acts", 500);
    assert_eq!(whole.iter().filter(|act| act["code"] == "alarm_read").count(), 10, "{whole:?}");
    let today = crate::kit::whole_second_in(0).date();
    let path = format!("/journal?from={}&to={}&list=acts", today.yesterday().unwrap(), today.tomorrow().unwrap());
    let rows = |program: &mut Program, limit| {
        let (mut seqs, mut cursor) = (Vec::new(), String::new());
        for _ in 0..60 {
            let part = program.get(&format!("{path}&limit={limit}{cursor}"));
            seqs.extend(part["entries"].as_array().unwrap().iter().map(|row| row["seq"].as_u64().unwrap()));
            match part["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return seqs,
            }
        }
        panic!("no end: {seqs:?}");
    };
    let whole = rows(&mut program, 500);
    assert_eq!(whole.len(), 10, "{whole:?}");
    assert_eq!(rows(&mut program, 1), whole);
}

#[test]
fn what_a_change_voids_is_told_as_refused_until_it_is_approved() {
    let station = station();
    let toml = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write("loa.toml", &format!("approval = \"required\"\n{toml}"));
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    let keys = json!({"title": "Tin sáng", "zones": ["thon-1"], "at": ["05:30"], "play": ["chime"]});
    let made = program.done("POST", "/broadcasts", &json!({ "keys": keys }));
    let first = |told: &Value| told["broadcasts"][0]["airings"][0].clone();
    let airing = first(&made);
    assert_eq!((&airing["verdict"], &airing["reason"]), (&json!("refuse"), &json!("not_approved")), "{made}");
    assert!(airing["because"].as_str().unwrap().starts_with("Cần duyệt"), "{airing}");
    // The next one is left out: what is left is another broadcast, and waits.
    let path = format!("/broadcasts/{}", made["broadcasts"][0]["id"].as_str().unwrap());
    let skipped =
        program.done("POST", &format!("{path}/skip"), &json!({"at": &airing["start"].as_str().unwrap()[..16]}));
    let next =
        skipped["broadcasts"][0]["airings"].as_array().unwrap().iter().find(|one| one["reason"] == "not_approved");
    assert!(next.is_some_and(|next| next["verdict"] == "refuse"), "{skipped}");
    let plan = program.get("/plan?limit=9");
    assert!(plan["airings"].as_array().unwrap().iter().all(|one| one["verdict"] == "refuse"), "{plan}");
    // Asked for more than a month, it says how much there is.
    let far = program.ask("GET", "/plan?from=2026-12-01&to=2027-02-01", &[], b"");
    assert!(far.status == 400 && far.body.contains("31"), "{}", far.body);
}

#[test]
fn a_hamlets_program_sees_and_touches_nothing_of_another_hamlet() {
    let station = station();
    let schedule = |id: &str, zone: &str| {
        format!(
            "[[broadcast]]\nid = \"{id}\"\ntitle = \"{id}\"\nzones = [\"{zone}\"]\nat = \"05:30\"\nplay = [\"{id}-tieng\"]\n"
        )
    };
    station.write("schedules/a.toml", &(schedule("cua-mot", "thon-1") + &schedule("cua-hai", "thon-2")));
    sound(&station, "audio/cua-mot-tieng.wav");
    sound(&station, "audio/cua-hai-tieng.wav");
    let console = Console::start(&station);
    let _daemon = station.run();
    let mut program = Program::new(&station, &console, "operator", &["thon-1"]);
    until("the daemon answers", || (program.get("/status")["running"] == json!(true)).then_some(()));
    for operation in
        operations().iter().filter(|operation| operation.method.as_str() == "GET" && operation.id != "describe")
    {
        for place in ["cua-mot", "cua-hai", "cua-hai-tieng.wav", "1"] {
            let path: String = operation
                .path
                .split('/')
                .map(|part| if part.starts_with('{') { place } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let answer = program.ask("GET", &path, &[], b"");
            let said = answer.body.replace(place, "");
            assert!(
                !said.contains("cua-hai") && !said.contains("Thôn Hai") && !said.contains("thon-2"),
                "{path}: {}",
                answer.body
            );
        }
    }
    assert!(program.get("/sounds").to_string().contains("cua-mot-tieng.wav"));
    for (method, path, body) in [
        ("POST", "/orders/say", json!({"name": "cua-mot-tieng", "zones": ["thon-2"]})),
        ("POST", "/orders/alert", json!({"name": "cua-mot-tieng", "zones": ["thon-1", "thon-2"], "why": "x"})),
        ("POST", "/orders/stop", json!({"zones": ["thon-2"]})),
    ] {
        assert_eq!(program.refused(method, path, &body).0, 403, "{path}");
    }
    // What it may not see is not there for it either.
    assert_eq!(program.refused("DELETE", "/sounds/cua-hai-tieng.wav", &json!({"sure": true})).0, 404);
    // The sounds of alarms are everybody's, in every language.
    for name in ["canh-bao-lu.wav", "canh-bao-bao.vi.wav", "dien-tap.wav"] {
        assert_eq!(program.ask("PUT", &format!("/sounds/{name}"), &[], &wav(2.0)).status, 403, "{name}");
    }
    // Where it takes another person, no program is one.
    let mut wide = Program::new(&station, &console, "official", &[]);
    let both = json!({"name": "cua-mot-tieng", "zones": ["thon-1", "thon-2"], "why": "lũ"});
    let answer = wide.send("POST", "/orders/alert", &both);
    assert!(answer.status == 403 && answer.body.contains("/emergency"), "{} {}", answer.status, answer.body);
    let told = program.done("POST", "/orders/stop", &json!({}));
    let zones: Vec<&str> =
        told["receipt"]["zones"].as_array().unwrap().iter().map(|zone| zone["zone"].as_str().unwrap()).collect();
    assert_eq!(zones, ["thon-1"], "no zone named is every zone of its own");
}

#[test]
fn a_stop_of_an_order_that_is_not_there_is_not_told_as_one_that_stopped_it() {
    let station = station();
    sound(&station, "audio/hop-thon.wav");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    let answer = until("the daemon answers", || {
        let answer = program.send("POST", "/orders/stop", &json!({"orders": ["20200101-000000-7"]}));
        (answer.status != 409).then_some(answer)
    });
    let told: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, told["code"].as_str()), (404, Some("not_found")), "{told}");
    assert!(told["detail"].as_str().unwrap().contains("20200101-000000-7"), "{told}");
    let said = station.order(&json!({"command": "stop", "orders": ["20200101-000000-7"]}));
    let receipt = &said["status"];
    assert_eq!(receipt["zones"], json!([]), "{said}");
    assert_eq!(receipt["left"][0]["why"]["code"], "order_unknown", "{said}");
    // One that was, and is over, is no mistake; one that is not there is named beside it.
    let stopped = program.done("POST", "/orders/stop", &json!({}));
    let id = &stopped["receipt"]["order"];
    let told = program.done("POST", "/orders/stop", &json!({"orders": [id, "x"]}));
    let left = told["receipt"]["left"].as_array().unwrap();
    let why: Vec<_> = left.iter().map(|one| one["why"]["code"].as_str().unwrap()).collect();
    assert_eq!(why, ["order_over", "order_unknown"], "{told}");
    let zone = &told["receipt"]["zones"][0];
    assert_eq!((&zone["state"], &zone["ended"]), (&json!("stopped"), &json!([])), "{told}");
    assert!(told["said"][0].as_str().unwrap().contains("không có gì của lệnh ấy đang phát"), "{told}");
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let page = hai.post("/stop", &[("order", "20200101-000000-7")]);
    assert!(page.body.contains("không có lệnh nào mang số «20200101-000000-7»"), "{} {}", page.status, page.body);
    drop(daemon);
}

#[test]
#[ignore = "long"]
fn a_sound_comes_in_is_put_away_and_comes_back() {
    let station = station();
    let bytes = wav(2.0);
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    let sent = program.ask("PUT", "/sounds/hop-thon.wav", &[("Content-Length", &bytes.len().to_string())], &[]);
    // A promise of bytes that do not come is no sound.
    assert!(sent.status == 408 || sent.status == 0, "{} {}", sent.status, sent.body);
    let sent = program.ask("PUT", "/sounds/hop-thon.wav", &[], &bytes);
    assert_eq!(sent.status, 202, "{}", sent.body);
    let upload = serde_json::from_str::<Value>(&sent.body).unwrap()["upload"].as_str().unwrap().to_owned();
    let told = until("the sound is looked at", || {
        let told = program.get(&format!("/uploads/{upload}"));
        (told["state"] != json!("taking")).then_some(told)
    });
    assert_eq!((&told["state"], &told["file"]), (&json!("taken"), &json!("hop-thon.wav")), "{told}");
    assert_eq!(program.ask("GET", "/sounds/hop-thon.wav/file", &[], b"").bytes, bytes);
    // Another program of another person knows nothing of it on its way.
    let mut other = Program::new(&station, &console, "operator", &["thon-1"]);
    assert_eq!(other.ask("GET", &format!("/uploads/{upload}"), &[], b"").status, 404);
    program.done("DELETE", "/sounds/hop-thon.wav", &json!({}));
    assert_eq!(program.get("/sounds?away=true")["sounds"][0]["file"], json!("hop-thon.wav"));
    program.done("POST", "/sounds/hop-thon.wav/restore", &json!({}));
    assert_eq!(program.get("/sounds/hop-thon.wav")["file"], json!("hop-thon.wav"));
    let said = program.get("/acts").to_string();
    assert!(["sound_handed_in", "sound_away", "sound_back"].iter().all(|code| said.contains(code)), "{said}");
}

#[test]
fn a_program_lets_people_in_but_makes_and_touches_no_administrator() {
    let station = station();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "admin", &[]);
    let made = program.done("POST", "/people", &json!({"name": "Lê Văn Ba", "role": "operator", "zones": ["thon-1"]}));
    let (id, path) = (made["person"]["id"].clone(), made["path"].as_str().unwrap().to_owned());
    assert!(console.browser().get(&path).body.contains("Lê Văn Ba"));
    let person = format!("/people/{id}");
    let to_approver = json!({"role": "operator", "zones": ["thon-1"], "approves": true});
    assert_eq!(program.refused("PUT", &person, &to_approver).0, 422, "it would mean nothing");
    let to_admin = json!({"role": "admin"});
    assert_eq!(program.refused("PUT", &person, &to_admin).0, 403);
    assert_eq!(program.refused("POST", "/people", &json!({"name": "Kẻ lạ", "role": "admin"})).0, 403);
    assert_eq!(program.refused("DELETE", "/people/1", &json!({})).0, 403, "its own person, an administrator");
    assert_eq!(program.refused("POST", "/people/1/link", &json!({})).0, 403);
    assert_eq!(program.refused("PUT", &person, &json!({"role": "operator", "zones": ["thon-9"]})).0, 422);
    program.done("DELETE", &person, &json!({}));
    assert_eq!(program.get(&person)["ended"], json!(true));
}

#[test]
fn whom_a_program_let_in_is_named_once_its_token_is_taken_back_and_its_links_are_void() {
    let station = station();
    let console = Console::start(&station);
    let mut admin = console.person("Lê Văn Tư", "admin", &[]);
    let mut program = Program::new(&station, &console, "admin", &[]);
    let mut add = |name: &str| {
        let made = program.done("POST", "/people", &json!({"name": name, "role": "official"}));
        made["path"].as_str().unwrap().to_owned()
    };
    let (used, open) = (add("Kẻ Lạ"), add("Nguyễn Văn Bảy"));
    let mut stranger = console.browser();
    assert_eq!(stranger.post(&used, &[("password", PASSWORD), ("again", PASSWORD)]).status, 303);
    assert!(admin.get("/people").body.contains("Do chương trình «thử» cho vào"));
    let revoked = station.loa(&["user", "revoke", "1"]);
    assert!(revoked.code == 0 && revoked.out.contains("Kẻ Lạ, Nguyễn Văn Bảy"), "{revoked:?}");
    assert_eq!(console.browser().get(&open).status, 410, "what nobody has used");
    assert!(admin.get("/people").body.contains("mã truy cập ấy đã bị thu hồi"));
    let mut second = Program::of(&station, &console, "Lê Văn Tư", &[]);
    second.done("POST", "/people", &json!({"name": "Kẻ Thứ Hai", "role": "official"}));
    let revoked = station.loa(&["user", "revoke", "2", "--people"]);
    assert!(revoked.code == 0 && revoked.out.contains("Kẻ Thứ Hai") && !revoked.out.contains("Kẻ Lạ"), "{revoked:?}");
    let people = station.loa(&["--json", "user", "list"]).json();
    let of = |name: &str| people.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    assert_eq!((&of("Kẻ Thứ Hai")["ended"], &of("Kẻ Lạ")["ended"]), (&json!(true), &json!(false)));
}

#[test]
#[ignore = "long"]
fn what_a_program_orders_and_writes_is_told_with_its_token() {
    let station = station();
    sound(&station, "audio/a.wav");
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    let _daemon = station.run();
    let console = Console::start(&station);
    let mut program = Program::new(&station, &console, "official", &[]);
    let said = json!({"name": "a.wav", "zones": ["thon-1"]});
    until("the sound is known", || {
        (200..300).contains(&program.send("POST", "/orders/say", &said).status).then_some(())
    });
    program.done("POST", "/orders/stop", &json!({}));
    let keys = json!({"keys": {"title": "Tin", "at": "05:30", "play": ["a"]}});
    program.done("POST", "/broadcasts", &keys);
    let tokens = |acts: &Value| -> BTreeSet<String> {
        let acts = acts["acts"].as_array().unwrap().iter().filter(|act| act["token"] == json!("thử"));
        acts.map(|act| act["code"].as_str().unwrap_or_default().to_owned()).collect()
    };
    until("each is told with the token", || {
        let found = tokens(&program.get("/acts"));
        ["say", "stopped", "schedule_changed"].iter().all(|code| found.contains(*code)).then_some(())
    });
}

#[test]
fn a_token_is_seen_in_the_list_and_is_no_good_once_taken_back_or_once_its_person_is_put_out() {
    let station = station();
    let console = Console::start(&station);
    let mut first = Program::new(&station, &console, "official", &[]);
    let mut second = Program::of(&station, &console, "Người official ", &["--role", "reviewer"]);
    assert_eq!(second.ask("GET", "/people", &[], b"").status, 403);
    let refused = station.loa(&["user", "token", "Người official ", "--for", "x", "--role", "admin"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    first.get("/status");
    let tokens = station.loa(&["--json", "user", "tokens"]).json();
    assert!(tokens[0]["seen"].is_string() && tokens[1]["seen"].is_string(), "{tokens}");
    assert!(!tokens.to_string().contains(&first.token));
    let id = tokens[0]["id"].to_string();
    assert_eq!(station.loa(&["user", "revoke", &id]).code, 0);
    assert_eq!(station.loa(&["user", "revoke", &id]).code, 2);
    assert_eq!(
        (first.ask("GET", "/status", &[], b"").status, second.ask("GET", "/status", &[], b"").status),
        (401, 200)
    );
    assert_eq!(station.loa(&["user", "remove", "Người official "]).code, 0);
    assert_eq!(second.ask("GET", "/status", &[], b"").status, 401);
}
