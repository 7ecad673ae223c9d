//! A schedule goes out in waves to twenty boxes: past a sleeper, stopped by bad ones, and back again.

use serde_json::Value;

use crate::command::{good, run, said};
use crate::office::{Packed, TINH, XA};
use crate::province::Province;
use crate::village::Conduct;

fn paths() -> Vec<String> {
    (0..20).map(|number| format!("p01.c{:03}.h{}", number / 5, number % 5)).collect()
}

fn status(province: &Province) -> Value {
    let output = run(province.dir(), &["fleet", "rollout", "status", "--json"]);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
}

/// The next steps, until it is so.
fn go_until(province: &Province, what: &str, is_so: impl Fn(&Value) -> bool) {
    province.until(what, || {
        run(province.dir(), &["fleet", "rollout", "go"]);
        is_so(&status(province))
    });
}

fn wave_out(said: &Value) -> usize {
    said["rollout"]["waves"].as_array().unwrap().iter().filter(|wave| !wave["sent"].is_null()).count()
}

fn begin(version: u64, province: &Province, more: &[&str]) -> std::process::Output {
    let name = format!("{version}.loa");
    let text = format!("[[broadcast]]\nid = \"tin-{version}\"\nat = \"05:30\"\nplay = \"tin\"\n");
    let goi = province.office.pack(&Packed { name: &name, version, signed: &[TINH], text: &text, ..Packed::default() });
    let mut words = vec!["fleet", "rollout", "start", &goi, "--to", "vn.p01", "--by", "Sở", "--grace", "0"];
    words.extend(["--test", "p01.c000.h0", "--test", "p01.c000.h1"]);
    words.extend(more);
    run(province.dir(), &words)
}

#[test]
fn a_commune_that_sends_to_itself_keeps_nobody_from_rolling_out_and_each_cure_that_is_told_works() {
    let all = ["p01.c003.h1", "p01.c003.h2", "p01.c003.h3", "p01.c004.h1"];
    let Some(province) = Province::start(&all) else { return };
    let dir = province.dir();
    let own = |name: &str, version: u64| {
        let (sender, signed) = ("vn.p01.c003", &[XA][..]);
        let scope = sender;
        province.office.pack(&Packed { name, sender, scope, version, signed, ..Packed::default() })
    };
    // The week's own order: the commune to itself, then the province to everybody.
    good(dir, &["fleet", "send", &own("tuan-49.loa", 49), "--to", "p01.c003"]);
    good(dir, &["fleet", "send", &own("rieng-2.loa", 50), "--to", "p01.c003.h2"]);
    good(dir, &["fleet", "send", &own("rieng-3.loa", 51), "--to", "p01.c003.h3"]);
    // A bundle says in which second it was made: the same one is packed once.
    let pack = |name, version| province.office.pack(&Packed { name, version, ..Packed::default() });
    let (first, second) = (pack("tinh-60.loa", 60), pack("tinh-61.loa", 61));
    let start = |goi: &str, test: &str, more: &[&str]| {
        let words = ["fleet", "rollout", "start", goi, "--to", "vn.p01", "--by", "Sở", "--grace", "0", "--test", test];
        run(dir, &[&words[..], more].concat())
    };
    let refused = start(&first, "p01.c003.h2", &[]);
    let told = said(&refused);
    assert!(refused.status.code() == Some(1) && told.contains("chọn đài thử khác"), "{told}");
    assert!(told.contains("thêm --after 50"), "{told}");
    // The first cure: another test box. Whoever has a letter of its own waits for the last wave.
    let begun = start(&first, "p01.c003.h1", &[]);
    assert!(begun.status.success() && said(&begun).contains("2 đài có lịch riêng"), "{}", said(&begun));
    let waves = status(&province)["rollout"]["waves"].clone();
    let stations = |name: &str| {
        let wave = waves.as_array().unwrap().iter().find(|wave| wave["name"] == name).cloned();
        wave.map(|wave| wave["stations"].to_string()).unwrap_or_default()
    };
    assert!(stations("test").contains("c003.h1") && stations("commune").is_empty(), "{waves}");
    assert!(stations("all").contains("c003.h2") && stations("all").contains("c003.h3"), "{waves}");
    // The second one: on purpose. One that was refused has ended nothing.
    assert_eq!(start(&second, "p01.c003.h3", &[]).status.code(), Some(1));
    assert_eq!(status(&province)["rollout"]["state"], "running");
    // Nor does a plain letter of the same sender go around the waves.
    let around = run(dir, &["fleet", "send", &pack("tinh-70.loa", 70), "--to", "p01.c004"]);
    assert!(around.status.code() == Some(1) && said(&around).contains("--after 60"), "{}", said(&around));
    let own = run(dir, &["fleet", "send", &first, "--to", "p01.c004"]);
    assert!(own.status.code() == Some(1) && said(&own).contains("rollout stop"), "its own: {}", said(&own));
    let begun = start(&second, "p01.c003.h2", &["--after", "50"]);
    assert!(begun.status.success(), "{}", said(&begun));
    // The book is lost, and what was sent lies there: the same once more goes on with it.
    for name in ["collect.db", "collect.db-wal", "collect.db-shm"] {
        let _ = std::fs::remove_file(dir.join(name));
    }
    let again = start(&second, "p01.c003.h2", &[]);
    assert!(again.status.success(), "{}", said(&again));
    assert_eq!(status(&province)["rollout"]["version"], 61);
}

#[test]
#[ignore = "long"]
fn a_schedule_goes_out_in_waves_past_sleepers_who_take_the_newest_when_they_are_back() {
    let paths = paths();
    let all: Vec<&str> = paths.iter().map(String::as_str).collect();
    let Some(mut province) = Province::start(&all) else { return };
    province.collect();
    // One test box and one of the last wave sleep.
    let asleep = ["p01.c000.h1", "p01.c003.h4"];
    let awake: Vec<_> = (all.iter().filter(|path| !asleep.contains(path)))
        .map(|path| (*path, province.wake(path, Conduct::Plays).0))
        .collect();
    let held = |path: &str| {
        let own = awake.iter().find(|(known, _)| *known == path).unwrap();
        own.1.lock().unwrap().held.get("vn.p01").copied()
    };
    let output = begin(100, &province, &["--until", "7d"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("Chưa có gói để lùi"), "{}", said(&output));
    go_until(&province, "the waves follow one another", |said| wave_out(said) >= 2);
    assert_eq!(held("p01.c000.h0"), Some(100));
    go_until(&province, "all of it is out", |said| wave_out(said) == 4);
    go_until(&province, "everybody who is awake uses it", |said| {
        let boxes = said["boxes"].as_array().unwrap();
        boxes.iter().filter(|one| one["state"] == "used").count() == 18
    });
    let told = status(&province);
    assert_eq!(told["rollout"]["state"], "running", "two sleep, and its day is not over: {told}");
    assert!(told["boxes"].as_array().unwrap().iter().all(|one| one["state"] == "used" || one["state"] == "unknown"));
    // The sleeper comes back: it takes the newest, and then it is done.
    for path in asleep {
        let (state, _) = province.wake(path, Conduct::Plays);
        province.until("it takes the newest", || state.lock().unwrap().held.get("vn.p01") == Some(&100));
    }
    go_until(&province, "it is done", |said| said["rollout"]["state"] == "done");
}

#[test]
#[ignore = "long"]
fn one_that_is_stopped_goes_back_where_it_was_and_nobody_else_knows_of_it() {
    let paths = paths();
    let all: Vec<&str> = paths.iter().map(String::as_str).collect();
    let Some(mut province) = Province::start(&all) else { return };
    province.collect();
    let dir = province.dir().to_owned();
    let old = province.office.pack(&Packed { name: "cu.loa", version: 50, signed: &[TINH], ..Packed::default() });
    let boxes: Vec<_> = (all.iter())
        .map(|path| {
            let conduct = if *path == "p01.c000.h0" { Conduct::Fails } else { Conduct::Plays };
            (*path, province.wake(path, conduct).0)
        })
        .collect();
    good(&dir, &["fleet", "send", &old, "--to", "vn.p01"]);
    let held = |wanted: u64| {
        boxes.iter().filter(|(_, state)| state.lock().unwrap().held.get("vn.p01") == Some(&wanted)).count()
    };
    province.until("all have the old one", || held(50) == 20);
    // Signed in advance; the wrong one is refused.
    let new = province.office.pack(&Packed {
        name: "60.loa",
        version: 60,
        signed: &[TINH],
        text: "# khác\n",
        ..Packed::default()
    });
    let back = province.office.file("lui.loa");
    let key = province.office.file(&format!("{TINH}.key"));
    good(&dir, &["fleet", "rollout", "back", &old, "--over", &new, "--out", &back, "--with", &key]);
    let stranger = begin(60, &province, &["--back", &old]);
    assert!(said(&stranger).contains("gói để lùi phải"), "{}", said(&stranger));
    let output = begin(60, &province, &["--back", &back, "--good", "50"]);
    assert!(output.status.success(), "{}", said(&output));
    // Box h0 had the same fault with the old one: it is no new one. The other test box is good.
    go_until(&province, "the second wave is out", |said| wave_out(said) >= 2);
    let output = run(&dir, &["fleet", "rollout", "stop", "--by", "Sở", "--why", "sai giờ"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(status(&province)["rollout"]["state"], "stopped");
    province.until("those that had it have the old one under its new number", || held(60) == 0);
    let out: usize = held(61);
    assert!(out >= 2 && held(50) + out == 20 && held(50) > 5, "the others never knew of it");
    let again = begin(59, &province, &[]);
    assert!(said(&again).contains("không cũ hơn"), "{}", said(&again));
}

#[test]
#[ignore = "long"]
fn one_whose_first_session_is_bad_stops_by_itself_and_waits_for_whoever_signs_the_way_back() {
    let all = ["p01.c000.h0", "p01.c000.h1", "p01.c001.h0"];
    let Some(mut province) = Province::start(&all) else { return };
    province.collect();
    let dir = province.dir().to_owned();
    let conducts = [Conduct::Fails, Conduct::Plays, Conduct::Plays];
    let boxes: Vec<_> = all.iter().zip(conducts).map(|(path, conduct)| province.wake(path, conduct).0).collect();
    assert!(begin(60, &province, &[]).status.success());
    go_until(&province, "it stops", |said| said["rollout"]["state"] == "stopping");
    let told = run(&dir, &["fleet", "rollout", "status"]);
    for part in ["không có tệp âm thanh phát được", "đang dừng", "không được 1"] {
        assert!(said(&told).contains(part), "{part}: {}", said(&told));
    }
    let output = run(&dir, &["fleet", "rollout", "go"]);
    assert!(output.status.code() == Some(1) && said(&output).contains("để lùi"), "{}", said(&output));
    let old = province.office.pack(&Packed { name: "cu.loa", version: 50, signed: &[TINH], ..Packed::default() });
    let (back, key) = (province.office.file("lui.loa"), province.office.file(&format!("{TINH}.key")));
    let new = province.office.file("60.loa");
    good(&dir, &["fleet", "rollout", "back", &old, "--over", &new, "--out", &back, "--with", &key]);
    good(&dir, &["fleet", "rollout", "stop", "--by", "Sở", "--why", "hỏng", "--back", &back]);
    province.until("both test boxes went back", || {
        boxes[..2].iter().all(|state| state.lock().unwrap().held.get("vn.p01") == Some(&61))
    });
    assert!(boxes[2].lock().unwrap().held.is_empty(), "it never knew of it");
}
