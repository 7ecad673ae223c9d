//! A disk that is full, slow, read-only or gone, under the real daemon: sound plays on time, and the
//! journal catches up. What needs a small file system of its own mounts one, where that is allowed.

use std::fs;

use rusqlite::Connection;
use serde_json::Value;

use crate::kit::late::is_on_time;
use crate::kit::strain::Mount;
use crate::kit::{Station, broadcast_at, whole_second_in};

const RULES: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";
const ZONE: &str = "[zones.thon-1]\noutput = \"null\"\n";

/// The only airing's row.
fn airing(station: &Station) -> Option<Value> {
    let said = station.loa(&["journal", "--json"]);
    let rows: Vec<Value> = serde_json::from_str(&said.out).ok()?;
    rows.into_iter().find(|row| row["kind"] == "airing")
}

fn assert_on_time(station: &Station) {
    let row = airing(station).unwrap();
    assert_eq!(row["outcome"], "played", "{row}");
    assert!(is_on_time(row["start_error_ms"].as_f64().unwrap(), 50.0), "{row}");
    let verify = station.loa(&["journal", "verify"]);
    assert_eq!(verify.code, 0, "{verify:?}");
}

fn writes(station: &Station) -> Option<bool> {
    let said = station.loa(&["status", "--json"]);
    serde_json::from_str::<Value>(&said.out).ok()?["journal"]["writes"].as_bool()
}

fn played(log: &str) -> bool {
    log.contains("■ thon-1 \"a\": played")
}

fn prepare(station: &Station) {
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", ZONE).write("schedules/rules.toml", RULES);
}

fn due(station: &Station, seconds: i64) {
    station.write("schedules/a.toml", &broadcast_at("a", whole_second_in(seconds), "\"a\"", ""));
}

#[test]
#[ignore = "long"]
fn while_the_disk_is_full_sound_plays_on_time_and_the_journal_catches_up() {
    let station = Station::new();
    let Some(_mount) = Mount::new(&station.path("state"), "size=2m,mode=750") else { return };
    prepare(&station);
    let daemon = station.run();
    let ballast = station.path("state/ballast");
    // Until not a byte more fits.
    let _ = fs::write(&ballast, vec![1; 4 * 1024 * 1024]);
    due(&station, 3);
    daemon.wait_until("it is played", || played(&daemon.log()));
    daemon.wait_until("the journal says that it cannot be written", || writes(&station) == Some(false));
    assert!(station.loa(&["status"]).out.contains("The journal cannot be written"));
    assert!(airing(&station).is_none(), "nothing could be written");
    fs::remove_file(ballast).unwrap();
    daemon.wait_until("it has caught up", || airing(&station).is_some());
    daemon.wait_until("it says so", || writes(&station) == Some(true));
    assert_on_time(&station);
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_station_that_starts_without_a_place_to_write_plays_and_writes_later() {
    for trouble in ["no file can be made", "nothing may be written"] {
        let station = Station::new();
        let Some(mount) = Mount::new(&station.path("state"), "size=4m,nr_inodes=3,mode=750") else { return };
        prepare(&station);
        due(&station, 5);
        if trouble == "nothing may be written" {
            mount.again("nr_inodes=100,ro");
        } else {
            fs::write(station.path("state/x"), "").unwrap();
            fs::write(station.path("state/y"), "").unwrap();
        }
        // It cannot be asked how it is: its socket has no place either.
        let log = fs::File::create(station.path("daemon.log")).unwrap();
        let mut child = station.command(&["run"]).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let said = || fs::read_to_string(station.path("daemon.log")).unwrap_or_default();
        let is_played = soon(|| played(&said()));
        mount.again("nr_inodes=100,rw");
        let is_written = is_played && soon(|| airing(&station).is_some());
        let _ = child.kill();
        let _ = child.wait();
        assert!(is_played && is_written, "{trouble}: {}", said());
        assert_on_time(&station);
    }
}

/// Whether it becomes so within some seconds.
#[expect(clippy::disallowed_methods, reason = "a real process has to be waited for in real time")]
fn soon(is_so: impl Fn() -> bool) -> bool {
    (0..400).any(|_| {
        let so = is_so();
        if !so {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        so
    })
}

#[test]
#[ignore = "long"]
fn a_write_that_takes_ten_seconds_keeps_no_start_waiting() {
    let station = Station::new();
    prepare(&station);
    let daemon = station.run();
    // Whoever holds the file's lock makes every write wait for its patience, five seconds, again and again.
    let slow = Connection::open(station.path("state/journal.db")).unwrap();
    slow.execute_batch("BEGIN IMMEDIATE").unwrap();
    due(&station, 3);
    daemon.wait_until("it is played", || played(&daemon.log()));
    assert!(airing(&station).is_none());
    daemon.wait_until("its slowness is told", || writes(&station) == Some(false));
    slow.execute_batch("COMMIT").unwrap();
    daemon.wait_until("it has caught up", || airing(&station).is_some());
    assert_on_time(&station);
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn sound_that_is_prepared_plays_although_its_directory_goes_away() {
    let station = Station::new();
    prepare(&station);
    let daemon = station.run();
    due(&station, 4);
    daemon.wait_until("it is prepared", || {
        let status = station.loa(&["status", "--json"]).json();
        status["zones"][0]["next"]["broadcast"] == "a" || status["zones"][0]["playing"]["broadcast"] == "a"
    });
    fs::rename(station.path("audio"), station.path("audio-away")).unwrap();
    daemon.wait_until("it is recorded", || airing(&station).is_some());
    assert_on_time(&station);
    fs::rename(station.path("audio-away"), station.path("audio")).unwrap();
    due(&station, 3);
    let rows = || station.loa(&["journal", "--json"]).rows();
    daemon.wait_until("the next one plays too", || rows().iter().filter(|row| row["outcome"] == "played").count() == 2);
}
