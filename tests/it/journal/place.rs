//! The journal's file is taken away while the station runs; a reader holds it and does not end.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use loa::fact::Record;
use loa::journal::{Filter, Journal, Writer, WriterEvent};

use super::{airing_of, at, intent_of, note, reader, tz};

const LONG: Duration = Duration::from_mins(1);

struct Station {
    _dir: tempfile::TempDir,
    path: PathBuf,
    writer: Writer,
    told: Arc<Mutex<Vec<WriterEvent>>>,
}

fn station() -> Station {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/journal.db");
    let journal = Journal::open_or_replace(&path, at(0), &tz()).unwrap().journal;
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let writer = Writer::start_at(&path, &tz(), Some(journal), move |event| heard.lock().unwrap().push(event)).unwrap();
    writer.send(Record::Note(Box::new(note("một", at(10)))));
    writer.send(Record::Intend(Box::new(intent_of("k", 1))));
    writer.send(Record::Begin { key: "k".into(), started: at(60), written: at(60) });
    assert!(writer.flush(LONG));
    Station { _dir: dir, path, writer, told }
}

/// Delete a directory in which a station goes on writing.
fn delete(dir: &Path) {
    let away = dir.with_file_name("deleted");
    fs::rename(dir, &away).unwrap();
    fs::remove_dir_all(away).unwrap();
}

/// What was done to the directory or the file, and whether something is left that has to be put aside.
type Taking = (&'static str, fn(&Path), bool);

#[test]
fn a_journal_that_is_taken_away_is_put_back_with_all_its_rows_and_says_so() {
    let takings: [Taking; 5] = [
        ("the file deleted, its log left", |path| fs::remove_file(path).unwrap(), true),
        ("its log deleted", |path| fs::remove_file(path.with_file_name("journal.db-wal")).unwrap(), false),
        ("the directory deleted", |path| delete(path.parent().unwrap()), false),
        (
            "the directory moved",
            |path| fs::rename(path.parent().unwrap(), path.parent().unwrap().with_file_name("elsewhere")).unwrap(),
            false,
        ),
        (
            "another file in its place",
            |path| {
                fs::write(path.with_file_name("another"), "x").unwrap();
                fs::rename(path.with_file_name("another"), path).unwrap();
            },
            true,
        ),
    ];
    for (name, take, leaves) in takings {
        let Station { _dir, path, writer, told } = station();
        take(&path);
        writer.send(Record::Finish { key: "k".into(), entry: Box::new(airing_of(1)) });
        assert!(writer.flush(LONG), "{name}");
        let restored = told.lock().unwrap().iter().find_map(|event| match event {
            WriterEvent::Restored(restored) => Some(restored.clone()),
            _ => None,
        });
        let restored = restored.unwrap_or_else(|| panic!("{name}: nothing was told: {:?}", told.lock()));
        assert!(restored.whole && (restored.aside.is_some() == leaves || leaves), "{name}: {restored:?}");
        assert_eq!(writer.close(LONG), 0);
        let verified = reader(&path).verify().unwrap();
        assert!(verified.is_sound(), "{name}: {:?}", verified.breaches);
        let rows = reader(&path).select(&Filter::default()).unwrap();
        let titles: Vec<&str> = rows.iter().map(|row| row.title.as_str()).collect();
        assert_eq!(titles.len(), 3, "{name}: {titles:?}");
        assert!(
            titles[0] == "một" && rows[1].reason_text().as_deref() == Some("journal_restored: whole"),
            "{name}: {titles:?}"
        );
        assert_eq!(rows[2].seconds_played, Some(30.0));
    }
}

#[test]
fn a_station_that_has_nothing_to_write_notices_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/journal.db");
    let journal = Journal::open_or_replace(&path, at(0), &tz()).unwrap().journal;
    let (tell, told) = std::sync::mpsc::channel();
    let writer = Writer::start_at(&path, &tz(), Some(journal), move |event| drop(tell.send(event))).unwrap();
    delete(path.parent().unwrap());
    let noticed = told.recv_timeout(LONG).expect("it is told");
    assert!(matches!(noticed, WriterEvent::Restored(_)) && path.exists(), "{noticed:?}");
    assert_eq!(writer.close(LONG), 0);
}

#[test]
fn who_stops_in_the_middle_of_reading_holds_nothing_of_the_file() {
    let Station { _dir, path, writer, .. } = station();
    for ix in 0..3_000 {
        while !writer.send(Record::Note(Box::new(note("x", at(100 + ix))))) {
            assert!(writer.flush(LONG));
        }
    }
    assert!(writer.flush(LONG));
    let reading = reader(&path);
    let mut seen = 0;
    let stopped: Result<(), loa::journal::JournalError> = reading.each(&Filter::default(), |_| {
        seen += 1;
        if seen == 10 {
            // It is stopped here, in the middle of its first page; the log can still be folded in whole.
            let conn = rusqlite::Connection::open(&path).unwrap();
            let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
            assert_eq!(busy, 0);
        }
        Ok(())
    });
    stopped.unwrap();
    assert!(seen >= 3_000);
    assert_eq!(writer.close(LONG), 0);
}

#[test]
#[ignore = "long"]
fn a_running_station_whose_state_is_deleted_has_its_journal_and_its_socket_back_within_seconds() {
    let station = crate::kit::Station::new();
    let toml = "[zones.thon-1]\noutput = \"null\"\n[clock]\ntrust = \"always\"\n";
    station.write("loa.toml", toml).write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    let daemon = station.run();
    let rows = |station: &crate::kit::Station| station.loa(&["journal", "--json"]).rows();
    daemon.wait_until("the start is written", || rows(&station).len() >= 2);
    let before = rows(&station);
    delete(&station.path("state"));
    daemon.wait_until("it answers again", || station.loa(&["status"]).code == 0);
    daemon.wait_until("the journal is back", || rows(&station).len() > before.len());
    let after = rows(&station);
    assert_eq!(&after[..before.len()], &before[..]);
    let status = station.loa(&["status"]).out;
    assert!(status.contains("state/"), "{status}");
    let stopped = station.loa(&["stop"]);
    assert_eq!(stopped.code, 0, "{}", stopped.err);
    assert_eq!(daemon.end(), 0);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}
