//! Files of a station that belong to another account than its own: nothing is damaged, nothing is lost, and what an
//! administrator makes is the station's.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::kit::{Daemon, Station, is_root};

const OWNER: u32 = 12_345;

fn station() -> Station {
    let station = Station::new();
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n");
    give(station.dir());
    station
}

/// All of it is the account's.
fn give(dir: &Path) {
    assert!(Command::new("chown").args(["-R", &format!("{OWNER}:{OWNER}")]).arg(dir).status().unwrap().success());
}

/// `loa run` as the station's own account.
fn run(station: &Station) -> Daemon<'_> {
    let mut command = Command::new("setpriv");
    let account = format!("{OWNER}");
    command.args(["--reuid", &account, "--regid", &account, "--clear-groups", env!("CARGO_BIN_EXE_loa")]);
    command.args(["--lang", "en", "--dir"]).arg(station.dir()).arg("run");
    let log = fs::File::create(station.path("daemon.log")).unwrap();
    station.start(command.stderr(log))
}

fn can_be_another() -> bool {
    let can = is_root() && Path::new("/usr/bin/setpriv").exists();
    if !can {
        eprintln!("SKIPPED: needs root and setpriv to be another account");
    }
    can
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
#[ignore = "long"]
fn a_journal_that_may_not_be_opened_is_not_damaged_and_goes_on_once_it_may() {
    if !can_be_another() {
        return;
    }
    let station = station();
    assert_eq!(run(&station).end(), 0);
    let journal = station.path("state/journal.db");
    let rows = station.loa(&["journal", "--json"]).rows().len();
    give(&station.path("state"));
    chown(&journal, Some(0), Some(0)).unwrap();
    let before = fs::read(&journal).unwrap();
    let daemon = run(&station);
    let log = daemon.log();
    assert!(log.contains("no right to read and write") && log.contains("sudo chown 12345: "), "{log}");
    assert!(!log.contains("DAMAGED") && !log.contains("memory card"), "{log}");
    let status = station.loa(&["status"]);
    assert!(status.out.contains("sudo chown 12345: ") && !status.out.contains("damaged"), "{}", status.out);
    let doctor = station.loa(&["doctor"]);
    assert!(doctor.out.contains("sudo chown 12345: "), "{}", doctor.out);
    assert_eq!(fs::read(&journal).unwrap(), before);
    assert_eq!(
        files(&station.path("state")).iter().filter(|path| path.to_string_lossy().contains(".hong-")).count(),
        0
    );
    give(&station.path("state"));
    daemon.wait_until("the rows that waited are written", || station.loa(&["journal", "--json"]).rows().len() > rows);
    assert_eq!(daemon.end(), 0);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

#[test]
#[ignore = "long"]
fn what_an_administrator_makes_in_a_station_is_its_owners() {
    if !can_be_another() {
        return;
    }
    let station = station();
    station.tone("a.wav", 0.5, 440.0);
    let daemon = station.run();
    assert_eq!(station.loa(&["check"]).code, 0);
    let of_others = |dir: &Path| -> Vec<_> {
        files(dir).into_iter().filter(|path| fs::symlink_metadata(path).is_ok_and(|file| file.uid() != OWNER)).collect()
    };
    assert_eq!(of_others(&station.path("state")), Vec::<PathBuf>::new());
    assert_eq!(daemon.end(), 0);
    assert_eq!(of_others(&station.path("state")), Vec::<PathBuf>::new());
    // And so its own account goes on with it.
    let daemon = run(&station);
    assert!(!daemon.log().contains("no right"), "{}", daemon.log());
    assert_eq!(daemon.end(), 0);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}
