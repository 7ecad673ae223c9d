//! What is known of `audio/`, and how it is remembered.

use std::path::Path;

use loa::audio::library::{self, Progress};
use loa::audio::measure;
use loa::instant::Wall;
use loa::plan::Wanted;

use super::ear;
use crate::kit::Station;

fn station() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("audio")).unwrap();
    dir
}

fn put(station: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(station.join("audio").join(name), bytes).unwrap();
}

/// A scan, with the names of the files that had to be decoded.
fn scan(station: &Path) -> (loa::plan::Library, Vec<String>) {
    let mut measured = Vec::new();
    // Long after all of them were written.
    let scan = library::scan(station, &Wanted::default(), Wall::MAX, &mut |file, progress| {
        if progress == Progress::Measuring {
            measured.push(file.to_owned());
        }
    });
    (scan.settle(), measured)
}

fn code(library: &loa::plan::Library, file: &str) -> String {
    match &library.sounds[file].facts {
        Ok(_) => "fine".to_owned(),
        Err(fault) => fault.code.clone(),
    }
}

#[test]
fn facts_are_right_and_are_measured_once() {
    let station = station();
    let audio = station.path().join("audio");
    ear::write_wav(&audio.join("thông báo.wav"), 44_100, 2, &ear::burst(44_100));
    let (library, measured) = scan(station.path());
    assert_eq!(measured, ["thông báo.wav"]);
    let facts = library.sounds["thông báo.wav"].facts.clone().unwrap();
    assert_eq!((facts.frames, facts.rate, facts.channels, facts.codec.as_str()), (66_150 + 123, 44_100, 2, "pcm"));
    let digest = std::process::Command::new("sha256sum").arg(audio.join("thông báo.wav")).output().unwrap();
    assert!(String::from_utf8_lossy(&digest.stdout).starts_with(&facts.sha256));

    let (again, measured) = scan(station.path());
    assert!(measured.is_empty());
    assert_eq!(again, library);
}

#[test]
fn a_changed_file_is_measured_again_and_a_removed_one_forgotten() {
    let station = station();
    let audio = station.path().join("audio");
    ear::write_wav(&audio.join("a.wav"), 8_000, 1, &ear::burst(8_000));
    ear::write_wav(&audio.join("b.wav"), 8_000, 1, &ear::burst(8_000));
    scan(station.path());
    ear::write_wav(&audio.join("a.wav"), 8_000, 1, &ear::burst(8_000)[..6_000]);
    std::fs::remove_file(audio.join("b.wav")).unwrap();
    let (library, measured) = scan(station.path());
    assert_eq!(measured, ["a.wav"]);
    assert_eq!(library.sounds["a.wav"].facts.as_ref().unwrap().frames, 6_000);
    assert_eq!(library.sounds.len(), 1);
}

#[test]
fn what_cannot_play_has_a_fault_with_a_cure_in_both_languages() {
    let station = station();
    let audio = station.path().join("audio");
    put(station.path(), "empty.mp3", b"");
    put(station.path(), "letter.mp3", &b"K\xc3\xadnh g\xe1\xbb\xadi b\xc3\xa0 con. ".repeat(500));
    ear::write_wav(&audio.join("silent.wav"), 8_000, 1, &vec![0.0; 8_000]);
    ear::write_wav(&audio.join("cut.wav"), 8_000, 1, &ear::burst(8_000));
    let whole = std::fs::read(audio.join("cut.wav")).unwrap();
    put(station.path(), "cut.wav", &whole[..whole.len() * 6 / 10]);
    let (library, measured) = scan(station.path());
    assert_eq!(measured.len(), 4);
    assert_eq!(code(&library, "empty.mp3"), "not_audio");
    assert_eq!(code(&library, "letter.mp3"), "not_audio");
    assert_eq!(code(&library, "silent.wav"), "silent");
    assert_eq!(code(&library, "cut.wav"), "truncated");
    for sound in library.sounds.values() {
        let message = &sound.facts.as_ref().unwrap_err().message;
        assert!(message.vi.contains("hãy"), "{}", message.vi);
        assert!(!message.en.is_empty());
    }
    // Faults are remembered too.
    assert!(scan(station.path()).1.is_empty());
}

#[test]
fn notes_hidden_files_and_half_done_copies_are_passed_over() {
    let station = station();
    for name in [".hidden.mp3", "đọc.txt", "README.md", "a.mp3.part", "b.tmp", "c.mp3~", "Thumbs.db"] {
        put(station.path(), name, b"x");
    }
    std::fs::create_dir(station.path().join("audio/folder")).unwrap();
    assert!(scan(station.path()).0.sounds.is_empty());
}

#[test]
fn a_pipe_in_the_directory_stops_nothing() {
    let station = station();
    let pipe = station.path().join("audio/pipe.mp3");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(scan(station.path()).0.sounds.is_empty());
    assert!(measure(&pipe).is_err());
}

#[test]
fn a_damaged_memory_is_ignored_and_one_that_cannot_be_written_is_no_error() {
    let station = station();
    ear::write_wav(&station.path().join("audio/a.wav"), 8_000, 1, &ear::burst(8_000));
    std::fs::create_dir(station.path().join("state")).unwrap();
    std::fs::write(station.path().join("state/facts.json"), b"{\"version\":1,\"sounds\":[{").unwrap();
    let (library, measured) = scan(station.path());
    assert_eq!((measured.len(), library.sounds.len()), (1, 1));
    assert!(scan(station.path()).1.is_empty());

    // A file where the directory should be refuses even root.
    std::fs::remove_dir_all(station.path().join("state")).unwrap();
    std::fs::write(station.path().join("state"), b"").unwrap();
    assert_eq!(scan(station.path()).0, library);
    let findings = [library::examine(station.path(), "a.wav")];
    assert!(!library::remember(station.path(), &findings));
}

#[test]
fn a_station_without_sounds_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    assert!(scan(dir.path()).0.sounds.is_empty());
    assert!(!dir.path().join("state").exists());
}

#[test]
fn what_several_find_at_the_same_time_is_all_remembered() {
    let station = &Station::new();
    let names: Vec<String> = (0..8).map(|number| format!("a{number}.wav")).collect();
    for name in &names {
        station.tone(name, 0.1, 440.0);
    }
    for round in 0..10 {
        std::thread::scope(|scope| {
            for name in &names {
                let found = library::examine(station.dir(), name);
                scope.spawn(move || assert!(library::remember(station.dir(), &[found])));
            }
        });
        let (_, unknown) = library::known(station.dir(), &Wanted::default());
        assert_eq!(unknown, [""; 0], "round {round}");
        for file in ["state/facts.json", "state/facts.log"] {
            let _ = std::fs::remove_file(station.path(file));
        }
    }
}
