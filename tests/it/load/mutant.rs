//! Blind damage through the whole command, with little memory to run wild in.

use std::fs;
use std::process::Command;

use crate::kit::Station;
use crate::sound::ear;

/// Address space that `loa load` gets, in KiB: itself and its thread, and no room for what a header lies.
const MEMORY_KIB: u32 = 280_000;

/// Runs `loa load --json` on files with that little memory.
fn load(station: &Station, files: &[std::path::PathBuf]) -> (Option<i32>, String, String) {
    let said = Command::new("sh")
        .arg("-c")
        .arg(format!("ulimit -v {MEMORY_KIB}; exec \"$0\" \"$@\""))
        .arg(env!("CARGO_BIN_EXE_loa"))
        .args(["--lang", "en", "--dir"])
        .arg(station.dir())
        .args(["load", "--json"])
        .args(files)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (said.status.code(), text(said.stdout), text(said.stderr))
}

#[test]
#[ignore = "long"]
fn three_hundred_and_sixty_damaged_files_crash_nothing_and_take_no_memory() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("source.wav");
    ear::speak(&source, "Xin chào bà con.");
    let formats: &[(&str, &[&str])] = &[
        ("a.wav", &["-c:a", "pcm_s16le"]),
        ("b.wav", &["-c:a", "adpcm_ms"]),
        ("c.flac", &["-c:a", "flac"]),
        ("d.mp3", &["-c:a", "libmp3lame"]),
        ("e.ogg", &["-c:a", "libvorbis"]),
        ("f.opus", &["-c:a", "libopus"]),
        ("g.m4a", &["-c:a", "aac", "-movflags", "faststart"]),
        ("h.m4a", &["-c:a", "alac"]),
        ("i.aac", &["-c:a", "aac"]),
        ("j.mkv", &["-c:a", "libopus"]),
        ("k.caf", &["-c:a", "alac"]),
        ("l.aiff", &["-c:a", "pcm_s16be"]),
    ];
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit.max(1) as u64) as usize
    };
    let mut files = Vec::new();
    for (name, arguments) in formats {
        let whole = dir.path().join(name);
        ear::convert(&source, &whole, arguments);
        let bytes = fs::read(&whole).unwrap();
        for number in 0..30 {
            let mut mutant = bytes.clone();
            let reach = if number % 2 == 0 { mutant.len().min(512) } else { mutant.len() };
            for _ in 0..=below(12) {
                let at = below(reach);
                mutant[at] = if below(3) == 0 { 0xFF } else { below(256) as u8 };
            }
            let path = dir.path().join(format!("{number}-{name}"));
            fs::write(&path, mutant).unwrap();
            files.push(path);
        }
    }
    let (code, out, err) = load(&station, &files);
    assert!(matches!(code, Some(0 | 1)), "{code:?}\n{err}");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&out).unwrap();
    assert_eq!(rows.len(), files.len());
    let refused = rows.iter().filter(|row| row["verdict"] == "refused").count();
    assert!(refused > 30 && refused < 360, "{refused} of 360");
}

#[test]
#[ignore = "long"]
fn fifteen_minutes_of_stereo_are_measured_in_flat_memory() {
    let station = Station::new();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("long.flac");
    // 346 MB once it is decoded, more than the memory there is.
    let source = "sine=f=440:d=900:r=48000";
    let made = Command::new("ffmpeg")
        .args([
            "-nostdin",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            source,
            "-ac",
            "2",
            "-c:a",
            "flac",
            "-compression_level",
            "0",
        ])
        .arg(&path)
        .status();
    assert!(made.unwrap().success());
    let (code, out, err) = load(&station, &[path]);
    assert_eq!(code, Some(0), "{err}");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&out).unwrap();
    assert_eq!(rows[0]["measures"]["seconds"], 900.0);
}
