//! Names, clashes, replacing, and the words around it.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::kit::Station;
use crate::sound::ear;

fn tone(dir: &std::path::Path, name: &str, hz: f32) -> PathBuf {
    let path = dir.join(name);
    let samples: Vec<f32> =
        (0..48_000).map(|n| 0.3 * (n as f32 / 24_000.0 * hz * std::f32::consts::TAU).sin()).collect();
    ear::write_wav(&path, 24_000, 1, &samples);
    path
}

fn load(station: &Station, arguments: &[&str]) -> Value {
    let said = station.loa(&[&["load", "--json"], arguments].concat());
    said.rows().remove(0)
}

fn text(path: &std::path::Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_bytes_are_kept_as_they_came_and_no_half_file_is_left() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let source = tone(dir.path(), "Thông báo họp.wav", 700.0);
    fs::write(station.path("audio/.cut-off.mp3.loading"), b"left by a power cut").unwrap();
    let row = load(&station, &[text(&source), "--as", "hop-thon.vi"]);
    assert_eq!((row["verdict"].as_str(), row["file"].as_str()), (Some("loaded"), Some("hop-thon.vi.wav")));
    assert_eq!(fs::read(station.path("audio/hop-thon.vi.wav")).unwrap(), fs::read(&source).unwrap());
    let mut names: Vec<_> =
        fs::read_dir(station.path("audio")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["hop-thon.vi.wav"]);
    assert!(row["report"].as_str().is_some_and(|report| station.path(report).exists()), "{row}");
}

#[test]
#[ignore = "long"]
fn a_name_that_is_taken_is_refused_unless_the_bytes_are_the_same_or_replacing_is_meant() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (tone(dir.path(), "a.wav", 700.0), tone(dir.path(), "b.wav", 900.0));
    assert_eq!(load(&station, &[text(&first), "--as", "bao"])["verdict"], "loaded");
    assert_eq!(load(&station, &[text(&first), "--as", "Bao.mp3"])["verdict"], "already_loaded");
    let clash = station.loa(&["load", text(&second), "--as", "BAO"]);
    assert_eq!(clash.code, 1);
    assert!(clash.out.contains("--replace") && clash.out.contains("bao.wav"), "{}", clash.out);
    assert_eq!(fs::read(station.path("audio/bao.wav")).unwrap(), fs::read(&first).unwrap());
    // Another ending is the same name to a schedule.
    let flac = dir.path().join("c.flac");
    ear::convert(&second, &flac, &["-c:a", "flac"]);
    assert_eq!(load(&station, &[text(&flac), "--as", "bao"])["reason"]["code"], "name_taken");
    let row = load(&station, &[text(&flac), "--as", "bao", "--replace"]);
    assert_eq!((row["verdict"].as_str(), row["file"].as_str()), (Some("replaced"), Some("bao.flac")));
    assert_eq!(row["kept"][0], "state/replaced/bao.wav");
    assert!(!station.path("audio/bao.wav").exists());
    assert_eq!(fs::read(station.path("state/replaced/bao.wav")).unwrap(), fs::read(&first).unwrap());
}

#[test]
#[ignore = "long"]
fn who_may_write_in_audio_but_not_in_state_can_still_load_and_replace() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (tone(dir.path(), "a.wav", 700.0), tone(dir.path(), "b.wav", 900.0));
    // A file where the directory should be refuses even root.
    fs::write(station.path("state"), b"").unwrap();
    assert_eq!(load(&station, &[text(&first), "--as", "bao"])["verdict"], "loaded");
    let row = load(&station, &[text(&second), "--as", "bao", "--replace"]);
    assert_eq!((row["verdict"].as_str(), row["kept"][0].as_str()), (Some("replaced"), Some("audio/.replaced/bao.wav")));
    assert!(station.path(row["report"].as_str().unwrap()).exists() && row["report"] == "audio/.reports/bao.wav.svg");
    assert_eq!(fs::read(station.path("audio/bao.wav")).unwrap(), fs::read(&second).unwrap());
}

#[test]
#[ignore = "long"]
fn it_says_which_broadcast_plays_the_sound_and_when() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let source = tone(dir.path(), "ban-tin.wav", 700.0);
    station
        .write("schedules/a.toml", "[[broadcast]]\nid = \"sang\"\nat = \"05:30\"\nplay = [\"chime\", \"ban-tin\"]\n");
    let row = load(&station, &[text(&source)]);
    assert_eq!(row["used_by"], serde_json::json!(["sang"]));
    assert!(row["next"]["at"].as_str().unwrap().contains("T05:30:00"), "{row}");
    let other = load(&station, &[text(&tone(dir.path(), "khac.wav", 500.0))]);
    assert_eq!((other["used_by"].as_array().map(Vec::len), other["next"].is_null()), (Some(0), true));
}

#[test]
#[ignore = "long"]
fn what_else_a_broadcast_waits_for_is_named() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    station.write("schedules/a.toml", "[[broadcast]]\nid = \"t1\"\nat = \"05:30\"\nplay = [\"a\", \"chua-co\"]\n");
    let source = tone(dir.path(), "a.wav", 700.0);
    let said = station.loa(&["load", text(&source)]);
    assert!(said.out.contains("also needs: chua-co"), "{}", said.out);
    let second = tone(dir.path(), "chua-co.wav", 500.0);
    assert!(station.loa(&["load", text(&second)]).out.contains("plays next"));
}

#[test]
fn a_sound_that_lies_in_audio_and_was_never_examined_is_not_missing() {
    let station = Station::new();
    station.write("schedules/a.toml", "[[broadcast]]\nid = \"t1\"\nat = \"05:30\"\nplay = [\"a\", \"b\"]\n");
    station.tone("a.wav", 1.0, 500.0).tone("b.wav", 1.0, 600.0);
    let source = station.path("audio/a.wav");
    let row = load(&station, &[text(&source)]);
    assert_eq!((row["verdict"].as_str(), &row["missing"]), (Some("already_loaded"), &serde_json::json!([])), "{row}");
    assert_eq!(row["next"]["broadcast"], "t1", "{row}");
}

#[test]
fn where_a_language_version_plays_no_airing_is_promised_to_the_plain_file() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    station.write("schedules/a.toml", "[[broadcast]]\nid = \"t1\"\nat = \"05:30\"\nplay = [\"nop\"]\n");
    station.tone("nop.vi.wav", 1.0, 500.0);
    let source = tone(dir.path(), "x.wav", 700.0);
    let row = load(&station, &[text(&source), "--as", "nop"]);
    assert_eq!((&row["next"], &row["used_by"]), (&Value::Null, &serde_json::json!([])), "{row}");
    let said = station.loa(&["load", text(&source), "--as", "nop"]);
    assert!(said.out.contains("by that name nop.vi.wav plays") && said.out.contains("\"nop.wav\""), "{}", said.out);
}

#[test]
fn a_name_with_blanks_that_was_not_quoted_and_a_directory_are_told_apart_from_broken_cards() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let source = tone(dir.path(), "Họp thôn ngày 5.wav", 700.0);
    let pieces: Vec<&str> = text(&source).split(' ').collect();
    let said = station.loa(&[&["load"], pieces.as_slice()].concat());
    assert_eq!(said.code, 1);
    assert!(said.out.contains("in quotes") && said.out.matches('✗').count() == 1, "{}", said.out);
    assert!(station.loa(&["load", text(dir.path())]).out.contains("This is a directory"));
    let missing = station.loa(&["load", text(&dir.path().join("khong-co.wav"))]);
    assert!(missing.out.contains("There is no such file"), "{}", missing.out);
}

#[test]
#[ignore = "long"]
fn a_sound_too_short_or_too_soft_to_be_heard_is_warned_of() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let short = dir.path().join("ngan.wav");
    ear::write_wav(&short, 24_000, 1, &[0.3; 10]);
    let row = load(&station, &[text(&short)]);
    assert_eq!(row["warnings"][0]["code"], "sound_short", "{row}");
    let soft = dir.path().join("nho.wav");
    let samples: Vec<f32> = (0..96_000).map(|n| 0.0018 * (n as f32 * 0.2).sin()).collect();
    ear::write_wav(&soft, 24_000, 1, &samples);
    let row = load(&station, &[text(&soft)]);
    assert!(row["warnings"][0]["message"].as_str().unwrap().contains("stays very soft on the air"), "{row}");
}

#[test]
fn refused_files_stop_none_of_the_others_and_the_exit_code_says_so() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let (good, bad) = (tone(dir.path(), "tot.wav", 700.0), dir.path().join("hong.mp3"));
    fs::write(&bad, b"").unwrap();
    let said = station.loa(&["load", text(&bad), text(&good)]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("is refused. The file is empty"), "{}", said.out);
    assert!(said.out.contains("is now audio/tot.wav"), "{}", said.out);
    assert_eq!(station.loa(&["load", text(&good)]).code, 0);
    assert_eq!(station.loa(&["load", text(&good), text(&bad), "--as", "x"]).code, 2);
    assert_eq!(station.loa(&["load", text(&good), "--as", "chime"]).code, 1);
}

#[test]
fn a_sound_dropped_in_by_hand_gets_the_same_verdict() {
    let station = Station::new();
    station.write("schedules/a.toml", "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = [\"to\", \"lang\"]\n");
    let loud: Vec<f32> = (0..48_000).map(|n| (2.0 * (n as f32 * 0.2).sin()).clamp(-1.0, 1.0)).collect();
    ear::write_wav(&station.path("audio/to.wav"), 24_000, 1, &loud);
    ear::write_wav(&station.path("audio/lang.wav"), 24_000, 1, &vec![0.0; 48_000]);
    let said = station.loa(&["check", "--json"]);
    assert_eq!(said.code, 1);
    let rows = said.rows();
    let of = |file: &str| -> Vec<&str> {
        let rows = rows.iter().filter(|row| row["file"] == file || row["message"].as_str().unwrap().contains(file));
        rows.map(|row| row["code"].as_str().unwrap()).collect()
    };
    assert_eq!(of("audio/to.wav"), ["sound_clipped"]);
    assert!(of("lang.wav").contains(&"sound_faulty"), "{rows:?}");
    let loaded = load(&station, &[text(&station.path("audio/to.wav"))]);
    assert_eq!(
        (loaded["verdict"].as_str(), loaded["warnings"][0]["code"].as_str()),
        (Some("already_loaded"), Some("sound_clipped"))
    );
}

#[test]
#[ignore = "long"]
fn the_words_are_vietnamese_where_vietnamese_is_asked_for() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let source = tone(dir.path(), "a.wav", 700.0);
    let said = std::process::Command::new(env!("CARGO_BIN_EXE_loa"))
        .args(["--lang", "vi", "--dir", text(station.dir()), "load", text(&source)])
        .output()
        .unwrap();
    let out = String::from_utf8(said.stdout).unwrap();
    assert!(out.contains("đã vào audio/a.wav") && out.contains("nghe rõ"), "{out}");
    assert!(out.contains("chưa mục phát nào dùng tệp này"), "{out}");
}
