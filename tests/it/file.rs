//! Sound files that change under a running station: replaced, overwritten, still being copied.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use jiff::civil::DateTime;

use crate::kit::{Station, broadcast_at, wait_for, whole_second_in};

const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";
const ZONES: &str =
    "[zones.thon-1]\noutput = \"wav:thon-1.wav\"\nloudness = \"off\"\n[zones.thon-2]\noutput = \"null\"\n";

fn airings(station: &Station) -> Vec<serde_json::Value> {
    let rows = station.loa(&["journal", "--json"]).rows();
    rows.into_iter().filter(|row| row["kind"] == "airing").collect()
}

fn outcome(row: &serde_json::Value) -> String {
    let word = |key: &str| row[key].as_str().unwrap_or("-");
    format!("{} {} {}", word("broadcast"), word("outcome"), word("reason"))
}

fn digest(path: &Path) -> String {
    let said = std::process::Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8(said.stdout).unwrap()[..64].to_owned()
}

/// Two recordings of one length and one date, as a recorder without a clock makes them.
fn same_to_look_at(station: &Station, one: &str, other: &str) {
    for (name, hz) in [(one, 440.0), (other, 880.0)] {
        station.tone(name, 2.0, hz);
        let file = File::options().write(true).open(station.path("audio").join(name)).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_hours(87_648)).unwrap();
    }
}

/// Writes over a file, and leaves it the date that it has in the end: what `cp -p` does.
fn copy_over(from: &Path, to: &Path) {
    fs::write(to, fs::read(from).unwrap()).unwrap();
    let date = fs::metadata(from).unwrap().modified().unwrap();
    File::options().write(true).open(to).unwrap().set_modified(date).unwrap();
}

fn later(at: DateTime, seconds: i64) -> DateTime {
    at.checked_add(jiff::Span::new().seconds(seconds)).unwrap()
}

#[test]
#[ignore = "long"]
fn a_recording_of_the_same_size_and_date_takes_the_place_of_the_old_one() {
    let station = Station::new();
    same_to_look_at(&station, "tin.wav", "moi.wav");
    let new = station.path("moi.wav");
    fs::rename(station.path("audio/moi.wav"), &new).unwrap();
    let first = whole_second_in(6);
    let text = [ANY_HOUR, &broadcast_at("a", first, "\"tin\"", "zones = [\"thon-2\"]")].concat();
    station.write("loa.toml", ZONES).write("schedules/a.toml", &text);
    let daemon = station.run();
    daemon.wait_until("the old one is known", || station.path("state/facts.json").exists());
    copy_over(&new, &station.path("audio/tin.wav"));
    daemon.wait_until("it is recorded", || airings(&station).len() == 1);
    let row = &airings(&station)[0];
    assert_eq!((outcome(row).as_str(), row["audio"][0]["sha256"].as_str()), ("a played -", Some(&*digest(&new))));
    // An alert too, which is held in memory.
    copy_over(&station.path("audio/tin.wav"), &new);
    station.tone("tin.wav", 2.0, 660.0);
    daemon.wait_until("the alert is taken", || {
        station.loa(&["alert", "tin", "--zone", "thon-2", "--by", "A", "--why", "B"]).code == 0
    });
    daemon.wait_until("the alert is recorded", || airings(&station).len() >= 2);
    let now = digest(&station.path("audio/tin.wav"));
    daemon.wait_until("an alert is the new one", || {
        station.loa(&["alert", "tin", "--zone", "thon-2", "--by", "A", "--why", "B"]);
        airings(&station).iter().any(|row| row["audio"][0]["sha256"].as_str() == Some(&*now))
    });
}

#[test]
#[ignore = "long"]
fn what_is_written_over_while_it_plays_is_heard_to_its_end_as_it_was() {
    let station = Station::new();
    station.tone("tin.wav", 5.0, 440.0).tone("moi.wav", 5.0, 880.0);
    let old = digest(&station.path("audio/tin.wav"));
    assert_eq!(station.loa(&["check"]).code, 0, "and both have been examined");
    let at = whole_second_in(5);
    // Three times the same, so that the file would be opened anew.
    let text = [ANY_HOUR, &broadcast_at("a", at, "\"tin\", \"tin\"", "zones = [\"thon-1\"]")].concat();
    station.write("loa.toml", ZONES).write("schedules/a.toml", &text);
    let daemon = station.run();
    wait_for(later(at, 1));
    copy_over(&station.path("audio/moi.wav"), &station.path("audio/tin.wav"));
    daemon.wait_until("it is recorded", || airings(&station).len() == 1);
    let row = &airings(&station)[0];
    assert_eq!((outcome(row).as_str(), row["audio"][0]["sha256"].as_str()), ("a played -", Some(&*old)));
    assert_eq!(daemon.end(), 0);
    let mut wav = hound::WavReader::open(station.path("thon-1.wav")).unwrap();
    let samples: Vec<i16> = wav.samples::<i16>().map(Result::unwrap).collect();
    let rises = |second: &[i16]| second.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
    let heard: Vec<usize> = samples.chunks(48_000).map(rises).filter(|rises| *rises > 100).collect();
    assert!(heard.len() >= 10 && heard.iter().all(|rises| *rises <= 441), "Hz in each second: {heard:?}");
}

#[test]
#[ignore = "long"]
fn a_sound_that_is_still_being_copied_waits_and_then_goes_by_its_rule() {
    let station = Station::new();
    station.tone("tin.wav", 3.0, 440.0);
    let bytes = fs::read(station.path("audio/tin.wav")).unwrap();
    fs::remove_file(station.path("audio/tin.wav")).unwrap();
    let at = whole_second_in(5);
    let text = [
        ANY_HOUR.to_owned(),
        broadcast_at("tre", at, "\"tin\"", "zones = [\"thon-1\"]\nif_missed = \"late 10m\""),
        broadcast_at("bo", at, "\"tin\"", "zones = [\"thon-2\"]"),
    ];
    station.write("loa.toml", ZONES).write("schedules/a.toml", &text.concat());
    let daemon = station.run();
    // The whole of a header, and a pause in the middle that is longer than any sign of rest by its date.
    let mut file = File::create(station.path("audio/tin.wav")).unwrap();
    file.write_all(&bytes[..bytes.len() / 2]).unwrap();
    wait_for(later(at, 1));
    assert_eq!(airings(&station).iter().map(outcome).collect::<Vec<_>>(), ["bo missed changing"]);
    // Who orders it is told that it waits, and for how long; and so it does.
    let said = station.loa(&["say", "tin", "--zone", "thon-2"]);
    assert!(said.code != 0 && said.err.contains("heard as soon as it is whole, waited for until"), "{said:?}");
    file.write_all(&bytes[bytes.len() / 2..]).unwrap();
    drop(file);
    daemon.wait_until("both are heard", || airings(&station).len() == 3);
    let mut rows = airings(&station).split_off(1);
    rows.sort_by_key(|row| row["zone"].to_string());
    let heard: Vec<_> = rows.iter().map(|row| (outcome(row), row["seconds_played"].as_f64())).collect();
    assert_eq!(heard[0], ("tre played -".to_owned(), Some(3.0)));
    assert!(heard[1].0.starts_with("tin played say: ") && heard[1].1 == Some(3.0), "{heard:?}");
    assert!(daemon.log().matches("The file is still being copied").count() <= 1, "{}", daemon.log());
}

#[test]
#[ignore = "long"]
fn a_file_that_stays_broken_and_one_that_is_copied_for_long_are_told_once() {
    let station = Station::new();
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", ZONES).write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    fs::write(station.path("audio/hong.mp3"), "no sound at all, and no header either").unwrap();
    let mut growing = File::create(station.path("audio/lon.wav")).unwrap();
    let wav = fs::read(station.path("audio/a.wav")).unwrap();
    let start = whole_second_in(0);
    for (second, piece) in wav.chunks(wav.len() / 6 + 1).enumerate() {
        growing.write_all(piece).unwrap();
        wait_for(later(start, second as i64 + 1));
    }
    drop(growing);
    daemon.wait_until("all is known", || station.loa(&["status", "--json"]).json()["sounds"] == 3);
    daemon.wait_until("it can play", || daemon.log().contains("complete now"));
    let log = daemon.log();
    let lines = |name: &str| log.lines().filter(|line| line.contains(name)).count();
    assert_eq!((lines("lon.wav"), lines("hong.mp3")), (2, 1), "{log}");
}
