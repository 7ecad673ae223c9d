//! A bed of music and a chime of one's own, from the files that people write to what is heard and recorded.

use serde_json::{Value, json};

use crate::kit::Station;

const ZONE: &str = "[zones.thon-1]\noutput = \"null\"\n";
const WINDOW: [&str; 4] = ["--from", "2026-12-01T05:30", "--to", "2026-12-01T05:31"];

fn broadcast(id: &str, at: &str, lines: &str) -> String {
    format!("[[broadcast]]\nid = \"{id}\"\nat = \"{at}\"\n{lines}\n")
}

fn samples(station: &Station, command: &str, window: [&str; 4]) -> Vec<i16> {
    let out = station.path("out.wav");
    let said = station.loa(&[&[command, "--zone", "thon-1", "--out", out.to_str().unwrap()][..], &window].concat());
    assert_eq!(said.code, 0, "{said:?}");
    hound::WavReader::open(out).unwrap().samples().map(Result::unwrap).collect()
}

fn power_db(samples: &[i16]) -> f64 {
    10.0 * (samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64).log10()
}

#[test]
fn plan_render_simulation_and_journal_all_know_the_bed_and_the_chime() {
    let station = Station::new();
    station
        .tone("tin.wav", 5.0, 440.0)
        .tone("nen.wav", 2.0, 330.0)
        .tone("hieu.wav", 1.5, 660.0)
        .write("loa.toml", &format!("{ZONE}chime = \"hieu\"\n"))
        .write("schedules/a.toml", &broadcast("a", "05:30", "play = [\"chime\", \"tin\", \"chime\"]\nbed = \"nen\""));
    assert_eq!(station.loa(&["check"]).code, 0);
    let rows = station.loa(&[&["plan", "--json"][..], &WINDOW].concat()).rows();
    // A bed takes no time: the items are what they were.
    let expected = json!([
        {"name": "chime", "file": "hieu.wav", "seconds": 1.5},
        {"name": "tin", "file": "tin.wav", "seconds": 5.0},
        {"name": "chime", "file": "hieu.wav", "seconds": 1.5},
    ]);
    assert_eq!(rows[0]["items"], expected);
    let why = station.loa(&["plan", "--why", "a", "2026-12-01T05:30"]);
    assert!(why.out.contains("bed of music: audio/nen.wav"), "{why:?}");
    let entries = station.loa(&[&["simulate", "--json"][..], &WINDOW].concat()).rows();
    let airing = entries.iter().find(|entry| entry["kind"] == "airing").unwrap();
    let sha256 = |file: &str| loa::audio::measure(&station.path("audio").join(file)).unwrap().sha256;
    let sounded: Vec<Value> =
        ["hieu.wav", "tin.wav", "nen.wav"].iter().map(|file| json!({"file": file, "sha256": sha256(file)})).collect();
    assert_eq!(airing["audio"], Value::Array(sounded));
    // The preview and the daemon's own loop send the very same samples.
    let heard = samples(&station, "render", WINDOW);
    assert!(heard == samples(&station, "simulate", WINDOW));
    assert!(power_db(&heard[3 * 48_000..4 * 48_000]) > 0.0);
}

#[test]
fn a_bed_is_as_loud_as_speech_between_and_twenty_decibels_lower_under_it() {
    let station = Station::new();
    station.tone("tin.wav", 6.0, 997.0).tone("nen.wav", 2.0, 250.0).write("loa.toml", ZONE).write(
        "schedules/a.toml",
        &[
            broadcast("a", "05:30:00", "play = [\"tin\", \"pause 9s\"]\nbed = \"nen\""),
            broadcast("b", "05:30:20", "play = [\"tin\"]"),
            broadcast("c", "05:30:30", "play = [\"nen\"]"),
        ]
        .concat(),
    );
    let heard = samples(&station, "render", WINDOW);
    let second = |from: usize, to: usize| &heard[from * 48_000..to * 48_000];
    let music = power_db(second(30, 32));
    let between = power_db(second(8, 11));
    assert!((between - music).abs() < 0.1, "{between} {music}");
    let rest: Vec<i16> = second(2, 4).iter().zip(second(22, 24)).map(|(both, word)| both - word).collect();
    let under = power_db(&rest);
    assert!((under - music + 20.0).abs() < 0.1, "{under} {music}");
}

#[test]
fn an_own_chime_of_a_broadcast_goes_before_its_zones_and_without_either_loas_rises_and_falls() {
    let station = Station::new();
    station
        .tone("cua-cum.wav", 1.0, 440.0)
        .tone("cua-muc.wav", 2.0, 440.0)
        .write("loa.toml", &format!("{ZONE}chime = \"cua-cum.wav\"\n[zones.thon-2]\noutput = \"null\"\n"))
        .write(
            "schedules/a.toml",
            &[
                broadcast("a", "05:30", "play = [\"chime\"]\nchime = \"cua-muc\""),
                broadcast("b", "05:31", "play = [\"chime-up\", \"cua-muc\", \"chime\", \"chime-down\"]"),
            ]
            .concat(),
        );
    let files = |zone: &str, broadcast: &str| {
        let rows =
            station.loa(&["plan", "--json", "--zone", zone, "--from", "2026-12-01", "--to", "2026-12-02"]).rows();
        let row = rows.into_iter().find(|row| row["broadcast"] == broadcast).unwrap();
        row["items"].as_array().unwrap().iter().map(|item| item["file"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(files("thon-1", "a"), ["cua-muc.wav"]);
    assert_eq!(files("thon-1", "b"), ["cua-cum.wav", "cua-muc.wav", "cua-cum.wav", "cua-cum.wav"]);
    assert_eq!(files("thon-2", "b"), [Value::Null, "cua-muc.wav".into(), Value::Null, Value::Null]);
}

#[test]
fn what_is_missing_idle_or_no_name_is_told_where_it_is_written_and_the_words_play() {
    let station = Station::new();
    station.tone("tin.wav", 1.0, 440.0).tone("nhac-nen.wav", 1.0, 330.0).write(
        "loa.toml",
        &format!("{ZONE}chime = \"khong-co\"\n[zones.thon-2]\noutput = \"null\"\nchime = \"../x\"\n"),
    );
    let check = |lines: &[&str]| {
        let text: Vec<String> =
            lines.iter().enumerate().map(|(n, one)| broadcast(&format!("b{n}"), &format!("05:{n:02}"), one)).collect();
        station.write("schedules/a.toml", &text.concat());
        let said = station.loa(&["check", "--json"]).rows();
        let told = said.iter().map(|row| format!("{} {}:{}", row["code"], row["file"], row["line"]).replace('"', ""));
        assert!(said.iter().all(|row| !row["help"].as_str().unwrap_or_default().is_empty()), "{said:?}");
        told.collect::<Vec<_>>()
    };
    let of_zones = ["sound_missing loa.toml:3", "bad_sound loa.toml:6"];
    let told = check(&["play = \"tin\"\nbed = \"nhac-ne\"", "play = [\"chime\", \"tin\"]\nchime = \"chuong\""]);
    let missing = ["sound_missing schedules/a.toml:5", "sound_missing schedules/a.toml:10"];
    for expected in of_zones.iter().chain(&missing) {
        assert!(told.iter().any(|one| one == expected), "{expected}: {told:?}");
    }
    let rows = station.loa(&["plan", "--json", "--from", "2026-12-01", "--to", "2026-12-02"]).rows();
    assert!(rows.iter().all(|row| row["verdict"] == "play"), "what only adorns silences nothing: {rows:?}");
    let told = check(&[
        "play = \"tin\"\nchime = \"nhac-nen\"",
        "play = \"tin\"\nkind = \"music\"\nbed = \"nhac-nen\"",
        "play = [\"chime\", \"pause 2s\"]\nbed = \"nhac-nen\"",
        "play = \"tin\"\nbed = \"pause 2s\"",
        "play = \"tin\"\nbed = \"nhac/nen\"",
        "play = \"tin\"\nbed = 3",
    ]);
    for expected in
        ["idle_chime :5", "idle_bed :11", "idle_bed :16", "bad_sound :21", "sound_path :26", "wrong_type :31"]
    {
        let expected = expected.replace(" :", " schedules/a.toml:");
        assert!(told.contains(&expected), "{expected}: {told:?}");
    }
}
