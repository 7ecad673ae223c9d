//! A journal that cannot go on: set aside whole, named by the new one, and still asked what was heard.

use std::fs;
use std::path::{Path, PathBuf};

use loa::fact::EntryKind;
use loa::journal::{Filter, Journal, Reader};
use rusqlite::Connection;

use crate::journal::{airing_of, at, beside, intent_of, reader, station, tz};
use crate::kit::{Station, broadcast_at, whole_second_in};

/// A way to damage the journal at a path.
type Damage = fn(&Path);

fn overwrite(path: &Path, from: usize, byte: u8, count: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[from..from + count].fill(byte);
    fs::write(path, bytes).unwrap();
}

fn tamper(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

const DAMAGES: &[(&str, Damage)] = &[
    ("a header of garbage", |path| overwrite(path, 0, 0xA5, 100)),
    ("cut in half", |path| {
        let half = fs::metadata(path).unwrap().len() / 2;
        fs::OpenOptions::new().write(true).open(path).unwrap().set_len(half).unwrap();
    }),
    ("cut within a page", |path| {
        let length = fs::metadata(path).unwrap().len();
        fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length - 5_000).unwrap();
    }),
    ("a page of ones", |path| overwrite(path, 4 * 4096, 0xFF, 4096)),
    ("a row changed by hand", |path| {
        tamper(
            path,
            "DROP TRIGGER entry_fixed; UPDATE entry SET body = replace(body, 'played', 'missed') WHERE seq = 5",
        );
    }),
    ("a row taken out", |path| tamper(path, "DROP TRIGGER entry_kept; DELETE FROM entry WHERE seq = 7")),
    ("a directory in its place", |path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    }),
    ("a letter in its place", |path| fs::write(path, "Kính gửi Ủy ban nhân dân xã").unwrap()),
    ("another database in its place", |path| {
        fs::remove_file(path).unwrap();
        tamper(path, "CREATE TABLE x (y); PRAGMA user_version = 3");
    }),
    ("deleted, and its log left", |path| {
        fs::write(beside(path, "-wal"), [7; 4_000]).unwrap();
        fs::remove_file(path).unwrap();
    }),
];

/// What lies at a path: the bytes of a file, nothing of a directory, or of a log that holds nothing.
fn contents(path: &Path) -> Option<Vec<u8>> {
    fs::read(path).ok().filter(|bytes| !bytes.is_empty())
}

#[test]
fn every_kind_of_damage_is_set_aside_whole_and_named_by_the_new_journal() {
    for (name, damage) in DAMAGES {
        let (_dir, path) = station(20);
        damage(&path);
        let before = (contents(&path), contents(&beside(&path, "-wal")));
        let opened =
            Journal::open_or_replace(&path, at(5_000), &tz()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let aside = opened.set_aside.unwrap_or_else(|| panic!("{name}: it was not seen"));
        assert_eq!(aside.file, beside(&path, ".hong-2026-11-30T091640"), "{name}");
        let after = (contents(&aside.file), contents(&beside(&aside.file, "-wal")));
        assert!(after == before, "{name}: bytes were lost");
        let rows = opened.journal.select(&Filter::default()).unwrap();
        assert_eq!((rows.len(), rows[0].kind, rows[0].seq), (1, EntryKind::Note, 1), "{name}");
        let reason = rows[0].reason_text().unwrap();
        let head = aside.left.head.map_or("head unknown".to_owned(), |(rows, hash)| format!("head {rows} {hash}"));
        let begins = format!("journal_renewed: journal.db.hong-2026-11-30T091640: {head}: ");
        assert!(reason.starts_with(&begins), "{name}: {reason}");
        assert_eq!(loa::journal::predecessor(&rows[0]), Some("journal.db.hong-2026-11-30T091640"));
        assert_eq!(opened.journal.verify().unwrap().breaches, [], "{name}");
        drop(opened.journal);
        let again = Journal::open_or_replace(&path, at(5_001), &tz()).unwrap();
        assert!(again.set_aside.is_none() && again.journal.verify().unwrap().rows == 1, "{name}: once is enough");
    }
}

#[test]
fn what_can_be_read_of_a_damaged_journal_is_read() {
    let left = |damage: Damage| {
        let (_dir, path) = station(400);
        damage(&path);
        let opened = Journal::open_or_replace(&path, at(50_000), &tz()).unwrap();
        opened.set_aside.expect("it is damaged").left
    };
    let changed = left(|path| tamper(path, "DROP TRIGGER entry_fixed; UPDATE entry SET hash = 'x' WHERE seq = 5"));
    assert_eq!((changed.entries.len(), changed.head.unwrap().0), (401, 401));
    assert_eq!(changed.newest, Some(at(400 * 60 + 30)));
    // A page in the middle of the rows: those before and behind it are there.
    let holed = left(|path| {
        let whole = fs::read(path).unwrap();
        let page = whole.chunks(4096).position(|page| page.windows(8).any(|bytes| bytes == b"\"seq\":20")).unwrap();
        overwrite(path, page * 4096, 0xFF, 4096);
    });
    assert!((300..401).contains(&holed.entries.len()), "{}", holed.entries.len());
    assert_eq!((holed.entries[0].seq, holed.head.unwrap().0), (1, 401));
}

#[test]
fn what_was_under_way_in_a_damaged_journal_has_its_row_in_the_new_one() {
    let (_dir, path) = station(5);
    let mut journal = Journal::open(&path, at(400), &tz()).unwrap().journal;
    journal.intend(&intent_of("thon/dang-phat", 10)).unwrap();
    journal.begin("thon/dang-phat", at(600), at(600)).unwrap();
    journal.position("thon/dang-phat", 12.0, at(612)).unwrap();
    journal.intend(&intent_of("thon/sap-phat", 11)).unwrap();
    drop(journal);
    tamper(&path, "DROP TRIGGER entry_fixed; UPDATE entry SET hash = 'x' WHERE seq = 2");
    let opened = Journal::open_or_replace(&path, at(700), &tz()).unwrap();
    assert!(opened.set_aside.is_some());
    let rows = opened.journal.select(&Filter { kind: Some(EntryKind::Airing), ..Filter::default() }).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].planned, rows[0].seconds_played), (airing_of(10).planned, Some(12.0)));
    assert_eq!(rows[0].reason_text().as_deref(), Some("power_lost"));
    assert_eq!(opened.recovered.closed.len(), 1);
    assert_eq!(
        opened.recovered.intended.iter().map(|intent| intent.key.as_str()).collect::<Vec<_>>(),
        ["thon/sap-phat"]
    );
}

#[test]
fn an_index_that_is_gone_and_a_second_damage_in_one_second_harm_nothing() {
    let (_dir, path) = station(5);
    for (nth, name) in [".hong-2026-11-30T091640", ".hong-2026-11-30T091640-2"].into_iter().enumerate() {
        overwrite(&path, 0, nth as u8, 50);
        let opened = Journal::open_or_replace(&path, at(5_000), &tz()).unwrap();
        assert_eq!(opened.set_aside.unwrap().file, beside(&path, name));
    }
    let (_dir, path) = station(5);
    let journal = Journal::open(&path, at(400), &tz()).unwrap().journal;
    // Dropped without a word, as kill -9 would: the log and its index stay.
    std::mem::forget(journal);
    fs::remove_file(beside(&path, "-shm")).unwrap();
    let opened = Journal::open_or_replace(&path, at(500), &tz()).unwrap();
    assert!(opened.set_aside.is_none());
    assert_eq!(reader(&path).verify().unwrap().rows, 6);
}

fn damaged_files(station: &Station) -> Vec<PathBuf> {
    let files = fs::read_dir(station.path("state")).unwrap().map(|file| file.unwrap().path());
    files
        .filter(|file| file.to_string_lossy().contains("journal.db.hong-"))
        .filter(|file| !["-wal", "-shm"].iter().any(|end| file.to_string_lossy().ends_with(end)))
        .collect()
}

#[test]
#[ignore = "long"]
fn a_station_with_a_damaged_journal_plays_on_and_nothing_twice() {
    let station = Station::new();
    let first = whole_second_in(3);
    let text = |more: &str| {
        let rules = "[rules]\nhours = [\"00:00-24:00\"]\n";
        let once = broadcast_at("mot", first, "\"a\"", "if_missed = \"late 10m\"");
        [rules, &once, more].concat()
    };
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n");
    station.write("schedules/a.toml", &text(""));
    let airings = || {
        let rows = station.loa(&["journal", "--json"]).rows();
        let word = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
        let rows = rows.iter().filter(|row| row["kind"] == "airing");
        rows.map(|row| (word(row, "broadcast"), word(row, "outcome"))).collect::<Vec<_>>()
    };
    let played = |id: &str| (id.to_owned(), "played".to_owned());
    let daemon = station.run();
    daemon.wait_until("it is played", || airings() == [played("mot")]);
    assert_eq!(daemon.end(), 0);
    let path = station.path("state/journal.db");
    tamper(&path, "DROP TRIGGER entry_fixed; UPDATE entry SET hash = 'x' WHERE seq = 1");
    let second = whole_second_in(4);
    station.write("schedules/a.toml", &text(&broadcast_at("hai", second, "\"a\"", "")));
    let daemon = station.run();
    assert!(daemon.log().contains("THE JOURNAL IS DAMAGED"), "{}", daemon.log());
    let status = station.loa(&["status"]);
    assert!(status.out.contains("journal.db.hong-"), "{}", status.out);
    daemon.wait_until("the next one is played", || airings() == [played("hai")]);
    drop(daemon);
    // Killed: the journal that was begun anew still knows what the old one had settled.
    let daemon = station.run();
    daemon.wait_until("it has looked", || station.loa(&["status"]).code == 0);
    assert_eq!(daemon.end(), 0);
    assert_eq!(airings(), [played("hai")], "the first was heard already, as the old journal says");
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
    let aside = damaged_files(&station);
    assert!(aside.len() == 1 && Reader::open(&aside[0]).unwrap().is_some(), "{aside:?}");
}

#[test]
#[ignore = "long"]
fn a_journal_that_is_empty_and_one_of_zeros_are_told_alike() {
    for (name, bytes) in [("empty", Vec::new()), ("zeros", vec![0; 40_960])] {
        let station = Station::new();
        station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n");
        assert_eq!(station.run().end(), 0);
        assert_eq!(station.loa(&["journal", "verify"]).code, 0, "{name}");
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(station.path(&format!("state/journal.db{end}")));
        }
        fs::write(station.path("state/journal.db"), bytes).unwrap();
        let daemon = station.run();
        let (log, status) = (daemon.log(), station.loa(&["status"]).out);
        assert!(log.contains("THE JOURNAL IS"), "{name}: {log}");
        assert!(status.contains("ourna") && status.contains("as evidence"), "{name}: {status}");
        assert_eq!(daemon.end(), 0);
        let verified = station.loa(&["journal", "verify"]);
        assert!(verified.code == 1 && verified.out.contains("is gone"), "{name}: {verified:?}");
    }
}
