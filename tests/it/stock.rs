//! `loa sounds` and `loa listen`: what is in `audio/`, put away and brought back, and heard without the horns.

use std::fs;

use crate::kit::{Station, recorded_earlier, wav_file};

const STATION: &str = "[zones.thon-1]\noutput = \"null\"\nlanguages = [\"vi\", \"kho\"]\nloudness = \"off\"\n";
const DAILY: &str = "[[broadcast]]\nid = \"sang\"\nat = \"05:30\"\nplay = \"tin\"\n";

fn station() -> Station {
    let station = Station::new();
    station.write("loa.toml", STATION).write("schedules/a.toml", DAILY);
    station.tone("tin.wav", 12.0, 440.0).tone("hop.kho.wav", 2.0, 440.0);
    station.write("audio/hong.mp3", "no sound at all");
    station
}

#[test]
fn every_sound_is_shown_with_its_length_its_verdict_and_when_it_is_heard() {
    let station = station();
    let rows = station.loa(&["sounds", "--json"]).rows();
    let row = |file: &str| rows.iter().find(|row| row["file"] == file).unwrap_or_else(|| panic!("{rows:?}")).clone();
    let tin = row("tin.wav");
    assert_eq!((tin["seconds"].as_f64(), tin["used_by"][0].as_str()), (Some(12.0), Some("sang")));
    assert!(tin["next"]["at"].as_str().unwrap().contains("T05:30:00"), "{tin}");
    assert_eq!((row("hop.kho.wav")["language"].as_str(), row("hop.kho.wav")["next"].is_null()), (Some("kho"), true));
    let broken = row("hong.mp3");
    assert_eq!((broken["verdict"].as_str(), broken["reason"]["code"].as_str()), (Some("faulty"), Some("not_audio")));
    let said = station.loa(&["sounds", "list"]);
    assert!(said.code == 0 && said.out.contains("0:12") && said.out.contains("cannot play"), "{}", said.out);
}

#[test]
#[ignore = "long"]
fn a_sound_is_put_away_and_brought_back_and_nothing_is_deleted() {
    let station = station();
    let whole = fs::read(station.path("audio/tin.wav")).unwrap();
    let refused = station.loa(&["sounds", "remove", "tin"]);
    assert!(refused.code == 1 && refused.err.contains("--force"), "{refused:?}");
    assert!(station.path("audio/tin.wav").exists());
    assert_eq!(station.loa(&["sounds", "remove", "tin", "--force"]).code, 0);
    assert!(!station.path("audio/tin.wav").exists());
    assert_eq!(fs::read(station.path("state/replaced/tin.wav")).unwrap(), whole);
    assert_eq!(station.loa(&["sounds", "remove", "hop.kho"]).code, 0);
    assert_eq!(station.loa(&["sounds", "restore", "tin"]).code, 0);
    assert_eq!(fs::read(station.path("audio/tin.wav")).unwrap(), whole);
    // One that was replaced: the two change places, and again.
    station.tone("moi.wav", 3.0, 880.0);
    let new = station.path("moi.wav");
    fs::rename(station.path("audio/moi.wav"), &new).unwrap();
    let load = station.loa(&["load", new.to_str().unwrap(), "--as", "tin", "--replace"]);
    assert_eq!(load.code, 0, "{load:?}");
    for expected in [&whole, &fs::read(&new).unwrap()] {
        assert_eq!(station.loa(&["sounds", "restore", "tin"]).code, 0);
        assert_eq!(&fs::read(station.path("audio/tin.wav")).unwrap(), expected);
    }
    let near = station.loa(&["sounds", "restore", "tinn"]);
    assert!(near.code == 2 && near.err.contains("did you mean \"tin\""), "{near:?}");
}

#[test]
fn a_sound_is_heard_as_a_zone_would_hear_it_in_a_file_and_not_on_the_horns() {
    let station = station();
    let out = station.path("nghe.wav");
    let said = station.loa(&["listen", "tin", "--zone", "thon-1", "--out", out.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
    let wav = hound::WavReader::open(&out).unwrap();
    assert_eq!((wav.duration(), wav.spec().sample_rate), (12 * 48_000, 48_000));
    let broken = station.loa(&["listen", "hong"]);
    assert!(broken.code == 1 && broken.err.contains("hong.mp3"), "{broken:?}");
    let other = station.loa(&["listen", "tin.mp3"]);
    assert!(other.code == 2 && other.err.contains("tin.wav"), "{other:?}");
}

#[test]
fn a_talk_is_heard_by_its_name_in_the_journal_and_one_that_is_gone_is_no_sound_that_is_missing() {
    let station = station();
    let (name, out) = ("noi-20261129-203000-7.wav", station.path("nghe.wav"));
    fs::create_dir_all(station.path("state/kept")).unwrap();
    // What is kept is written whole, though it is longer than what is enough of a sound to judge it by.
    let saw = (0..16_000 * 35).map(|at| (at % 40) as i16 * 400);
    wav_file(&station.path("state/kept").join(name), 16_000, 1, saw);
    for called in [name, "noi-20261129-203000-7"] {
        let said = station.loa(&["listen", called, "--out", out.to_str().unwrap()]);
        assert!(said.code == 0 && said.out.contains("spoken live"), "{said:?}");
        let wav = hound::WavReader::open(&out).unwrap();
        assert_eq!(wav.spec().sample_rate, 48_000);
        assert!((1_676_000..=1_680_000).contains(&wav.duration()), "{}", wav.duration());
    }
    fs::remove_file(station.path("state/kept").join(name)).unwrap();
    for called in [name, "noi-20261129-203000-7", "2026-11-29-203000-dai-tinh.opus", "2026-11-29-203000-dai-tinh"] {
        let gone = station.loa(&["listen", called, "--out", out.to_str().unwrap()]);
        assert!(gone.code == 1 && gone.err.contains("state/kept has no "), "{called}: {gone:?}");
        assert!(!gone.err.contains("audio/"), "{called}: {gone:?}");
    }
    // A sound that somebody has called so is a sound.
    station.tone("2026-11-29-203000-dai-tinh.wav", 1.0, 440.0);
    let said = station.loa(&["listen", "2026-11-29-203000-dai-tinh", "--out", out.to_str().unwrap()]);
    assert!(said.code == 0 && !said.out.contains("relayed"), "{said:?}");
}

#[test]
fn what_lies_in_audio_and_does_not_play_is_told() {
    use std::os::unix::ffi::OsStrExt as _;
    let station = station();
    station.tone("tin (1).wav", 1.0, 440.0);
    let audio = station.path("audio");
    std::os::unix::fs::symlink("/etc/hostname", audio.join("noi.wav")).unwrap();
    let nameless = audio.join(std::ffi::OsStr::from_bytes(b"b\xe1n tin.wav"));
    fs::copy(audio.join("tin.wav"), &nameless).unwrap();
    recorded_earlier(&nameless);
    fs::write(audio.join("tin.lrc"), "[00:01] tin").unwrap();
    fs::write(audio.join("tin.pdf"), "%PDF-1.4 x").unwrap();
    let found = station.loa(&["check", "--json"]).rows();
    let mut codes: Vec<String> = found
        .iter()
        .map(|one| format!("{} {}", one["code"].as_str().unwrap(), one["file"].as_str().unwrap()))
        .collect();
    codes.retain(|code| !code.contains("sound_faulty"));
    codes.sort();
    assert_eq!(
        codes,
        ["bad_file_name audio/b\u{fffd}n tin.wav", "is_link audio/noi.wav", "sound_copy audio/tin (1).wav"]
    );
    // The cure can be typed as it stands.
    let name = found.iter().find(|one| one["code"] == "bad_file_name").unwrap();
    let cure = name["help"].as_str().unwrap().split_once("mv ").unwrap().1.to_owned();
    let moved =
        std::process::Command::new("sh").args(["-c", &format!("mv {cure}")]).current_dir(station.dir()).status();
    assert!(moved.unwrap().success() && audio.join("bn tin.wav").exists());
    let doctor = station.loa(&["doctor"]);
    assert!(doctor.out.contains("noi.wav"), "{}", doctor.out);
}
