//! The station that a clone runs as it is: nothing in it is wrong, nothing collides, every sound has
//! its text.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use crate::kit::recorded_earlier;

/// The longest that one line may take; it stops a line that waits for ever.
const PATIENCE: &str = "120";

/// A copy of the shipped station, as a clone has it: without `state/`.
pub(crate) fn station() -> tempfile::TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = tempfile::tempdir().expect("a temporary directory");
    std::fs::copy(root.join("loa.toml"), copy.path().join("loa.toml")).expect("loa.toml");
    for part in ["schedules", "audio"] {
        std::fs::create_dir(copy.path().join(part)).expect("a directory in the copy");
        for entry in root.join(part).read_dir().expect(part) {
            let from = entry.expect(part).path();
            let to = copy.path().join(part).join(from.file_name().expect("a file name"));
            std::fs::copy(&from, &to).expect("a file of the station");
            recorded_earlier(&to);
        }
    }
    copy
}

/// Runs a line as a person would type it in `dir`, with this build of `loa` first in the path.
pub(crate) fn type_in(dir: &Path, line: &str) -> Output {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_loa"));
    let own = binary.parent().expect("a directory of the binary").display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    Command::new("timeout")
        .args([PATIENCE, "sh", "-ec", line])
        .env("PATH", format!("{own}:{path}"))
        .env("LANG", "C.UTF-8")
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .current_dir(dir)
        .output()
        .expect("timeout and sh")
}

/// How it ended and everything it printed, for a failure's message.
pub(crate) fn said(output: &Output) -> String {
    format!("{}\n{}{}", output.status, String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The shipped station's answer, as JSON.
fn answer(command: &str) -> Vec<Value> {
    let station = station();
    let output = type_in(station.path(), command);
    assert!(output.status.success(), "`{command}`: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("`{command}`: {error}: {}", said(&output)))
}

/// The names in `audio/` with this test of their extension, without it.
fn sounds(wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio");
    let mut names: Vec<String> = root
        .read_dir()
        .expect("audio/")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .filter_map(|name| name.rsplit_once('.').filter(|(_, ext)| wanted(ext)).map(|(stem, _)| stem.to_owned()))
        .collect();
    names.sort();
    names
}

#[test]
fn the_shipped_files_have_no_error() {
    let errors: Vec<Value> =
        answer("loa check --json").into_iter().filter(|found| found["severity"] == "error").collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_week_of_the_shipped_schedule_plays_at_its_times() {
    let airings = answer("loa plan --json --from 2026-12-07 --to 2026-12-14");
    assert!(airings.len() > 200, "only {} airings in a week of four zones", airings.len());
    let bent: Vec<&Value> = airings.iter().filter(|airing| airing["verdict"] != "play").collect();
    assert!(bent.is_empty(), "{bent:#?}");
}

#[test]
fn both_highland_hamlets_hear_the_vaccination_notice_and_nobody_else() {
    let airings = answer("loa plan --json --from 2026-12-07 --to 2026-12-08");
    let mut zones: Vec<&str> = airings
        .iter()
        .filter(|airing| airing["broadcast"] == "tiem-chung")
        .filter_map(|airing| airing["zone"].as_str())
        .collect();
    zones.sort_unstable();
    assert_eq!(zones, ["thon-3", "thon-3", "thon-4", "thon-4"]);
}

#[test]
fn every_spoken_sound_has_its_text_beside_it() {
    let spoken: Vec<String> = sounds(|ext| ext != "txt").into_iter().filter(|name| name != "nhac-hieu").collect();
    assert_eq!(sounds(|ext| ext == "txt"), spoken);
}

#[test]
fn every_text_can_be_spoken_again() {
    let script = include_str!("../../deploy/make-speech");
    for name in sounds(|ext| ext == "txt") {
        let listed = script.lines().any(|line| line.split_once(' ').is_some_and(|(first, _)| first == name));
        assert!(listed, "deploy/make-speech does not list {name}");
    }
}

#[test]
fn the_picture_of_a_day_is_drawn_from_the_plan_as_it_is_now() {
    let station = station();
    let draw = "loa --lang vi plan --from 2026-12-07 --to 2026-12-08 --svg";
    let output = type_in(station.path(), &format!("{draw} -"));
    assert!(output.status.success(), "{}", said(&output));
    let same = String::from_utf8_lossy(&output.stdout) == include_str!("../../docs/ngay.svg");
    assert!(same, "the schedule or the drawing has changed: {draw} docs/ngay.svg");
}

/// The daemon looks by itself each minute; a save must be heard of long before.
#[test]
fn a_save_is_noticed_at_once_where_loa_runs_in_the_directory_itself() {
    let station = station();
    let mut daemon = Command::new(env!("CARGO_BIN_EXE_loa"))
        .arg("run")
        .current_dir(station.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("loa run");
    let lines = BufReader::new(daemon.stderr.take().expect("piped")).lines();
    let (tell, told) = mpsc::channel();
    let listener = std::thread::spawn(move || {
        for line in lines.map_while(Result::ok).filter(|line| line.contains("hong.toml")) {
            let _ = tell.send(line);
        }
    });
    // Saved again each second: the first saves may come before the watch begins.
    let noticed = (0..25).any(|time| {
        let broken = format!("# {time}\nx = \"\n");
        std::fs::write(station.path().join("schedules/hong.toml"), broken).expect("the broken file");
        told.recv_timeout(Duration::from_secs(1)).is_ok()
    });
    daemon.kill().expect("the daemon still runs");
    daemon.wait().expect("its end");
    listener.join().expect("the listener");
    assert!(noticed, "a broken file was saved for 25 seconds, and nothing was said of it");
}
