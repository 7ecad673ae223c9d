//! What a command does when nobody takes its words: a pipe that was closed, a disk that is full. It is quiet, keeps its
//! exit code, and never shows a programmer's words.

use std::fs::OpenOptions;
use std::os::fd::OwnedFd;
use std::process::Stdio;

use crate::kit::Station;

/// Every command that prints and needs no running daemon, with the exit code of a whole answer.
const COMMANDS: [(&[&str], i32); 16] = [
    (&["check"], 1),
    (&["check", "--json"], 1),
    (&["plan"], 0),
    (&["plan", "--json"], 0),
    (&["plan", "--svg", "-"], 0),
    (&["plan", "--why", "a", "2099-12-01T05:30"], 0),
    (&["simulate"], 0),
    (&["simulate", "--json"], 0),
    (&["journal"], 0),
    (&["journal", "--csv"], 0),
    (&["devices"], 0),
    (&["sounds"], 0),
    (&["sounds", "--json"], 0),
    (&["clock"], 0),
    (&["doctor"], 1),
    (&["--help"], 0),
];

fn station() -> Station {
    let station = Station::new();
    let zones: Vec<String> = (1..=16).map(|n| format!("[zones.thon-{n}]\noutput = \"null\"\n")).collect();
    let zones = zones.concat();
    station.tone("a.wav", 2.0, 440.0);
    station.write("loa.toml", &format!("{zones}[clock]\ntrust = \"always\"\n"));
    let wrong: Vec<String> = (0..200).map(|n| format!("[[broadcast]]\nid = \"x{n}\"\nat = \"25:00\"\n")).collect();
    station.write("schedules/b.toml", &wrong.concat());
    station.write(
        "schedules/a.toml",
        "[rules]\nhours = [\"00:00-24:00\"]\n[[broadcast]]\nid = \"a\"\nat = [\"05:30\", \"17:00\"]\nplay = \"a\"\n",
    );
    station
}

/// A pipe whose reader has gone.
fn closed() -> OwnedFd {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

#[test]
#[ignore = "long"]
fn a_reader_that_has_seen_enough_is_no_failure_and_the_exit_code_stays() {
    let station = station();
    for (command, whole) in COMMANDS {
        let output = station.command(command).stdout(closed()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("panicked") && !said.contains("Broken pipe"), "{command:?}: {said}");
        let code = output.status.code().unwrap_or(-1);
        let usual = station.command(command).output().unwrap().status.code().unwrap_or(-1);
        assert!(whole == usual || ["devices", "clock", "doctor"].contains(&command[0]), "{command:?}: {usual}");
        assert_eq!(code, usual, "{command:?}: {said}");
    }
}

#[test]
fn a_disk_that_is_full_is_told_and_the_answer_counts_as_not_given() {
    let station = station();
    for (command, _) in COMMANDS {
        let output = station.command(command).stdout(full()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(74), "{command:?}: {said}");
        assert!(said.contains("could not be written in full: the disk is full"), "{command:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("os error"), "{command:?}: {said}");
    }
}

#[test]
#[ignore = "long"]
fn where_complaints_find_no_room_nothing_panics() {
    let station = station();
    for (command, _) in COMMANDS.iter().chain(&[(&["nonsense"][..], 2), (&["status"], 74)]) {
        for errors in [Stdio::from(closed()), full()] {
            let status = station.command(command).stdout(Stdio::null()).stderr(errors).status().unwrap();
            let usual = station.command(command).output().unwrap().status;
            assert_eq!(status.code(), usual.code(), "{command:?}");
        }
        let status = station.command(command).stdout(full()).stderr(full()).status().unwrap();
        assert!(matches!(status.code(), Some(2 | 74)), "{command:?}: {status}");
    }
}
