//! A daemon that runs and cannot be reached, or does not answer, is not said to be absent; and one in a directory with a
//! long name is reached as any other.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::kit::{Said, Station, is_root};

const ZONE: &str = "[zones.thon-1]\noutput = \"null\"\n";

fn station() -> Station {
    let station = Station::new();
    station.write("loa.toml", ZONE).write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    station.tone("a.wav", 0.5, 440.0);
    station
}

fn codes(said: &Said) -> Vec<String> {
    said.rows().iter().map(|row| row["code"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
#[ignore = "long"]
fn a_daemon_that_hangs_or_lost_its_socket_is_not_said_to_be_absent() {
    let station = station();
    let daemon = station.run();
    daemon.signal("STOP");
    let (doctor, status) = (station.loa(&["doctor", "--json"]), station.loa(&["status"]));
    let found = codes(&doctor);
    assert!(found.contains(&"no_answer".to_owned()) && !found.contains(&"not_running".to_owned()), "{doctor:?}");
    assert!(status.code == 74 && status.err.contains("has not answered"), "{status:?}");
    daemon.signal("CONT");
    daemon.wait_until("it answers again", || station.loa(&["status"]).code == 0);
    // As on a disk that takes no writing: it runs, and nothing of it can be reached.
    fs::remove_file(station.path("state/loa.sock")).unwrap();
    fs::create_dir_all(station.path("state/loa.sock/x")).unwrap();
    let (doctor, status) = (station.loa(&["doctor", "--json"]), station.loa(&["status"]));
    let found = codes(&doctor);
    assert!(found.contains(&"no_socket".to_owned()) && !found.contains(&"not_running".to_owned()), "{doctor:?}");
    assert!(status.code == 74 && status.err.contains("takes no orders"), "{status:?}");
    assert_eq!(daemon.end(), 0);
    let found = codes(&station.loa(&["doctor", "--json"]));
    assert!(found.contains(&"not_running".to_owned()), "{found:?}");
}

/// A station whose name is so long that its socket's path is no address.
fn long() -> (Station, PathBuf) {
    let station = station();
    let dir = station.path(&format!("{}/{}", "đài-truyền-thanh-xã-đông-giang".repeat(2), "thôn-bến-tre-".repeat(5)));
    fs::create_dir_all(dir.parent().unwrap()).unwrap();
    fs::create_dir(&dir).unwrap();
    for name in ["schedules", "audio"] {
        fs::rename(station.path(name), dir.join(name)).unwrap();
    }
    fs::rename(station.path("loa.toml"), dir.join("loa.toml")).unwrap();
    (station, dir)
}

#[test]
#[ignore = "long"]
fn a_station_with_a_long_path_takes_orders() {
    let (station, dir) = long();
    let dir = dir.to_str().unwrap();
    assert!(dir.len() > 120, "{dir}");
    let there = |arguments: &[&str]| station.loa(&[arguments, &["--dir", dir]].concat());
    let log = fs::File::create(station.path("daemon.log")).unwrap();
    let daemon = station.start_elsewhere(&["run", "--dir", dir], log, || there(&["status"]).code == 0);
    assert!(!daemon.log().contains("cannot bind"), "{}", daemon.log());
    let said = there(&["alert", "a", "--by", "Nguyễn Văn A", "--why", "lũ về"]);
    assert_eq!(said.code, 0, "{said:?}");
    let said = there(&["stop"]);
    assert_eq!(said.code, 0, "{said:?}");
    let found = codes(&there(&["doctor", "--json"]));
    assert!(!found.iter().any(|code| ["not_running", "no_socket", "no_answer"].contains(&code.as_str())), "{found:?}");
    assert_eq!(daemon.end(), 0);
}

#[test]
fn whether_one_runs_is_not_known_to_who_may_not_look() {
    if !is_root() || !std::path::Path::new("/usr/bin/setpriv").exists() {
        eprintln!("SKIPPED: needs root and setpriv to be another account");
        return;
    }
    let station = station();
    fs::create_dir(station.path("state")).unwrap();
    for (path, mode) in [("", 0o755), ("loa.toml", 0o644), ("schedules", 0o755), ("state", 0o700)] {
        fs::set_permissions(station.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    let output = std::process::Command::new("setpriv")
        .args(["--reuid=12345", "--regid=12345", "--clear-groups", env!("CARGO_BIN_EXE_loa"), "--lang", "en", "--dir"])
        .arg(station.dir())
        .arg("status")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot be known whether loa runs"), "{said}");
    assert_eq!(output.status.code(), Some(77), "{said}");
}
