//! The journal as its users meet it: written, cut off, tampered with, read, exported and verified.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use jiff::tz::TimeZone;
use loa::cli::Context;
use loa::cli::journal::{Action, Arguments, JOURNAL_FILE, run};
use loa::diag::Lang;
use loa::instant::Wall;
use loa::journal::{
    AudioRef, Entry, Filter, Intent, Journal, JournalError, Kind, Outcome, Reader, Record, Writer, WriterEvent,
};
use loa::schedule::Class;
use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

/// 2026-11-30T07:53:20+07:00.
const NOW: Wall = Wall::from_secs(1_796_000_000);
/// What the child of the kill test finds the journal's path in.
const CHILD: &str = "LOA_TEST_JOURNAL";

fn tz() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

fn at(seconds: u64) -> Wall {
    NOW + Duration::from_secs(seconds)
}

fn airing(ix: u64, outcome: Outcome) -> Entry {
    Entry {
        kind: Kind::Airing,
        written: at(ix * 60 + 30),
        zone: Some(if ix.is_multiple_of(2) { "thon-1" } else { "thon-2" }.to_owned()),
        broadcast: Some("nop-ho-so".to_owned()),
        title: format!("Hướng dẫn nộp hồ sơ trực tuyến, lần {ix}"),
        class: Some(Class::Normal),
        planned: Some(at(ix * 60)),
        started: Some(at(ix * 60)),
        ended: Some(at(ix * 60 + 30)),
        start_error_ms: Some(0.125),
        seconds_planned: Some(30.0),
        seconds_played: Some(30.0),
        outcome: Some(outcome),
        audio: vec![AudioRef { file: "nop-ho-so.vi.mp3".to_owned(), sha256: "a".repeat(64) }],
        approved_by: Some("Nguyễn Thị Ánh".to_owned()),
        ..Entry::default()
    }
}

fn note(text: &str, written: Wall) -> Entry {
    Entry { title: text.to_owned(), written, ..Entry::default() }
}

fn intent(key: &str, ix: u64) -> Intent {
    let written = at(ix * 60 - 5);
    Intent { key: key.to_owned(), at: at(ix * 60), draft: Entry { written, ..airing(ix, Outcome::Played) } }
}

fn open(path: &Path) -> Journal {
    Journal::open(path, NOW, &tz()).unwrap().journal
}

fn reader(path: &Path) -> Reader {
    Reader::open(path).unwrap().unwrap()
}

/// A station directory whose journal holds a note and `airings` finished airings.
fn station(airings: u64) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(JOURNAL_FILE);
    let mut journal = Journal::open_loose(&path, NOW, &tz()).unwrap().journal;
    journal.note(&note("Đài bắt đầu chạy", NOW)).unwrap();
    for ix in 1..=airings {
        let key = format!("thon/nop-ho-so/{ix}");
        journal.intend(&intent(&key, ix)).unwrap();
        journal.begin(&key, at(ix * 60), at(ix * 60)).unwrap();
        journal.position(&key, 12.0, at(ix * 60 + 12)).unwrap();
        journal.finish(&key, &airing(ix, Outcome::Played)).unwrap();
    }
    (dir, path)
}

/// Run SQL as somebody would who knows SQLite: triggers taken away first and put back afterwards.
fn tamper(path: &Path, sql: &str) {
    let conn = Connection::open(path).unwrap();
    let triggers: Vec<(String, String)> = {
        let mut statement = conn.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    for (name, _) in &triggers {
        conn.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    conn.execute_batch(sql).unwrap();
    for (_, sql) in &triggers {
        conn.execute_batch(sql).unwrap();
    }
}

fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn an_untouched_journal_is_whole_and_returns_what_was_written() {
    let (_dir, path) = station(5);
    let reader = reader(&path);
    let verified = reader.verify().unwrap();
    assert_eq!(verified.breaches, []);
    assert_eq!((verified.rows, verified.marks), (6, 15));
    let entries = reader.select(&Filter::default()).unwrap();
    assert_eq!(verified.head, entries[5].hash);
    let expected = Entry { seq: 3, hash: entries[2].hash.clone(), ..airing(2, Outcome::Played) };
    assert_eq!(entries[2], expected);
    assert_eq!(entries[2].hash.len(), 64);
    assert_eq!(reader.newest().unwrap(), Some(at(5 * 60 + 30)));
}

#[test]
fn the_file_refuses_every_change_by_plain_sql() {
    let (_dir, path) = station(2);
    let conn = Connection::open(&path).unwrap();
    let changes = [
        "UPDATE entry SET body = replace(body, 'played', 'missed')",
        "UPDATE entry SET hash = '' WHERE seq = 2",
        "UPDATE mark SET hash = '' WHERE id = 1",
        "DELETE FROM entry WHERE seq = 3",
        "DELETE FROM mark",
        "INSERT OR REPLACE INTO entry (seq, body, hash) SELECT 2, body, hash FROM entry WHERE seq = 1",
        "REPLACE INTO mark (id, body, hash) SELECT 2, body, hash FROM mark WHERE id = 1",
        "INSERT INTO entry (seq, body, hash) SELECT 1, body, '' FROM entry WHERE seq = 2
           ON CONFLICT (seq) DO UPDATE SET hash = ''",
        "INSERT INTO entry (body, hash) VALUES ('{}', '')",
        "INSERT INTO entry (seq, body, hash) VALUES (9, '{}', '')",
        "INSERT OR IGNORE INTO entry (seq, body, hash) VALUES (9, '{}', '')",
        "UPDATE meta SET value = 'x'",
        "DELETE FROM meta",
    ];
    for change in changes {
        let error = conn.execute(change, []).expect_err(change);
        assert!(error.to_string().contains("the journal only grows"), "{change}: {error}");
    }
    assert_eq!(reader(&path).verify().unwrap().breaches, []);
}

#[test]
fn every_kind_of_tampering_is_found() {
    // What is done, the number that is named, and a word of what is said.
    let table = [
        (
            "edited body",
            "UPDATE entry SET body = replace(body, '\"seconds_played\":30', '\"seconds_played\":3') WHERE seq = 3",
            3,
            "hash",
        ),
        ("edited hash", "UPDATE entry SET hash = upper(hash) WHERE seq = 3", 3, "hash"),
        ("middle removed", "DELETE FROM entry WHERE seq = 3", 3, "removed"),
        ("first two removed", "DELETE FROM entry WHERE seq < 3", 1, "Row 1 up to 2 were removed"),
        ("last removed", "DELETE FROM entry WHERE seq = 6", 0, "cut off"),
        ("all entries removed", "DELETE FROM entry", 0, "cut off"),
        ("last marks removed", "DELETE FROM mark WHERE id > 12", 6, "cut off"),
        ("a mark edited", "UPDATE mark SET body = replace(body, 'thon-1', 'thon-9') WHERE id = 4", 0, "hash"),
        (
            "two swapped",
            "UPDATE entry SET seq = 100 WHERE seq = 3; UPDATE entry SET seq = 3 WHERE seq = 4; UPDATE entry SET seq = 4 WHERE seq = 100",
            3,
            "moved",
        ),
        (
            "one inserted",
            "INSERT INTO entry (seq, body, hash) SELECT 7, body, hash FROM entry WHERE seq = 2",
            7,
            "it was moved",
        ),
        (
            "one doubled behind a gap",
            "INSERT INTO entry (seq, body, hash) SELECT 50, body, hash FROM entry WHERE seq = 2",
            7,
            "removed",
        ),
        (
            "a foreign row",
            "INSERT INTO entry (seq, body, hash) VALUES (7, '{\"written\":\"2026-12-01T00:00:00Z\"}', 'x')",
            7,
            "not written by loa",
        ),
        ("a blob", "INSERT INTO entry (seq, body, hash) VALUES (7, json_object('a', 1), x'00')", 7, "not text"),
        (
            "an end removed from both, position kept",
            "DELETE FROM entry WHERE seq = 6; DELETE FROM mark WHERE id = 15",
            0,
            "what became of",
        ),
        ("negative number", "UPDATE entry SET seq = -5 WHERE seq = 1", 0, "impossible"),
        (
            "a key slipped in",
            "UPDATE entry SET body = replace(body, '\"kind\":', '\"kind\":\"note\",\"kind\":') WHERE seq = 2",
            2,
            "duplicate",
        ),
    ];
    for (name, sql, seq, word) in table {
        let (_dir, path) = station(5);
        tamper(&path, sql);
        let verified = reader(&path).verify().unwrap();
        let found = verified.breaches.iter().any(|breach| breach.seq == seq && breach.what.en.contains(word));
        assert!(found, "{name}: {:#?}", verified.breaches);
    }
}

#[test]
fn a_row_rewritten_with_a_fitting_hash_breaks_the_next_one() {
    let (_dir, path) = station(5);
    let body: String = Connection::open(&path)
        .unwrap()
        .query_row("SELECT body FROM entry WHERE seq = 3", [], |row| row.get(0))
        .unwrap();
    let forged = body.replace("\"outcome\":\"played\"", "\"outcome\":\"missed\"");
    assert_ne!(forged, body);
    tamper(&path, &format!("UPDATE entry SET body = '{forged}', hash = '{}' WHERE seq = 3", sha256(&forged)));
    let breaches = reader(&path).verify().unwrap().breaches;
    assert!(breaches.iter().all(|breach| breach.seq != 3), "{breaches:#?}");
    assert!(
        breaches.iter().any(|breach| breach.seq == 4 && breach.what.en.contains("does not follow")),
        "{breaches:#?}"
    );
    assert!(breaches.iter().any(|breach| breach.seq == 0 && breach.what.en.contains("cut off")), "{breaches:#?}");
}

#[test]
fn removed_triggers_and_foreign_tables_are_found() {
    let (_dir, path) = station(1);
    Connection::open(&path)
        .unwrap()
        .execute_batch(
            "DROP TRIGGER entry_kept; CREATE TABLE kho (x); DROP INDEX entry_at; CREATE INDEX entry_at ON entry (zone)",
        )
        .unwrap();
    let breaches = reader(&path).verify().unwrap().breaches;
    let said: Vec<_> = breaches.iter().map(|breach| breach.what.en.as_str()).collect();
    assert_eq!(
        said,
        [
            "\"entry_at\" was changed",
            "\"entry_kept\", which keeps the journal append-only, was removed",
            "\"kho\" was not made by loa",
        ]
    );
}

#[test]
fn a_damaged_or_foreign_file_is_a_finding_or_a_clear_error_and_never_a_crash() {
    let (_dir, path) = station(12);
    drop(open(&path)); // the last connection folds the log into the file
    let sound = std::fs::read(&path).unwrap();
    let filters = [Filter::default(), Filter { from: Some(at(300)), to: Some(at(600)), ..Filter::default() }];
    let all = |reader: &Reader| filters.each_ref().map(|filter| reader.select(filter).unwrap());
    let written = all(&reader(&path));
    let (mut unseen, mut findings, mut errors) = (0, 0, 0);
    // A run of bytes turned over here and there: in the header, the schema, tables, indexes, free space.
    for offset in (0..sound.len()).step_by(1_021) {
        let dir = tempfile::tempdir().unwrap();
        let copy = dir.path().join("journal.db");
        let mut bytes = sound.clone();
        for byte in bytes.iter_mut().skip(offset).take(16) {
            *byte ^= 0x5a;
        }
        std::fs::write(&copy, bytes).unwrap();
        match Reader::open(&copy) {
            Ok(Some(reader)) => match reader.verify() {
                Ok(verified) if verified.is_sound() => {
                    unseen += 1;
                    assert_eq!(all(&reader), written, "what goes unseen changes nothing that is read: {offset}");
                }
                Ok(_) => findings += 1,
                Err(_) => errors += 1,
            },
            Ok(None) => panic!("a damaged journal is not an absent one: {offset}"),
            Err(_) => errors += 1,
        }
    }
    assert!(findings > 10 && errors > 0, "{unseen} unseen, {findings} findings, {errors} errors");

    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text.db");
    std::fs::write(&text, "không phải cơ sở dữ liệu ".repeat(100)).unwrap();
    assert!(matches!(Reader::open(&text), Err(JournalError::Database(_))));
    assert!(matches!(Journal::open(&text, NOW, &tz()), Err(JournalError::Database(_))));
    let other = dir.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE x (y)").unwrap();
    assert!(matches!(Reader::open(&other), Err(JournalError::Foreign)));
    assert!(matches!(Journal::open(&other, NOW, &tz()), Err(JournalError::Foreign)));
    let newer = dir.path().join("newer.db");
    drop(open(&newer));
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 9).unwrap();
    assert!(matches!(Reader::open(&newer), Err(JournalError::Newer(9))));
}

#[test]
fn after_a_power_cut_open_airings_are_closed_with_what_is_known() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut journal = open(&path);
    for (key, ix) in [("started", 1), ("intended", 2), ("resumed", 3), ("silent", 4), ("done", 5)] {
        journal.intend(&intent(key, ix)).unwrap();
    }
    journal.begin("started", at(60), at(60)).unwrap();
    journal.position("started", 12.345, at(72)).unwrap();
    // Interrupted after 10 s, on again two minutes later, cut after another 5 s.
    journal.begin("resumed", at(180), at(180)).unwrap();
    journal.position("resumed", 10.0, at(190)).unwrap();
    journal.begin("resumed", at(310), at(310)).unwrap();
    journal.position("resumed", 15.0, at(315)).unwrap();
    journal.begin("silent", at(240), at(240)).unwrap();
    journal.begin("done", at(300), at(300)).unwrap();
    journal.finish("done", &airing(5, Outcome::Played)).unwrap();
    drop(journal);

    let opened = Journal::open(&path, at(5_000), &tz()).unwrap();
    let row = |ix: usize| {
        let entry = &opened.recovered[ix];
        (entry.outcome, entry.started, entry.ended, entry.seconds_played)
    };
    assert_eq!(opened.recovered.len(), 4);
    let millis = |ms| NOW + Duration::from_millis(ms);
    assert_eq!(row(0), (Some(Outcome::Partial), Some(at(60)), Some(millis(72_345)), Some(12.345)));
    assert_eq!(row(1), (Some(Outcome::Missed), None, None, Some(0.0)));
    assert_eq!(row(2), (Some(Outcome::Partial), Some(at(180)), Some(at(315)), Some(15.0)));
    assert_eq!(row(3), (Some(Outcome::Partial), Some(at(240)), Some(at(240)), Some(0.0)));
    for entry in &opened.recovered {
        assert_eq!((entry.reason.as_deref(), entry.written, entry.kind), (Some("power_lost"), at(5_000), Kind::Airing));
        assert_eq!(entry.approved_by.as_deref(), Some("Nguyễn Thị Ánh"));
    }
    assert_eq!(opened.recovered[1].planned, Some(at(120)));
    assert_eq!(opened.journal.verify().unwrap().breaches, []);
    drop(opened);
    assert_eq!(Journal::open(&path, at(6_000), &tz()).unwrap().recovered, []);
}

#[test]
fn sound_without_a_written_intent_is_refused() {
    let mut journal = Journal::in_memory(NOW, &tz()).unwrap();
    assert!(matches!(journal.begin("x", NOW, NOW), Err(JournalError::NotIntended(key)) if key == "x"));
    journal.position("x", 3.0, NOW).unwrap();
    journal.finish("x", &airing(1, Outcome::Missed)).unwrap();
    let verified = journal.verify().unwrap();
    assert_eq!((verified.rows, verified.marks, verified.breaches), (1, 0, vec![]));
}

#[test]
fn a_batch_that_fails_leaves_nothing_behind() {
    let mut journal = Journal::in_memory(NOW, &tz()).unwrap();
    journal.note(&note("một", NOW)).unwrap();
    let failed = journal.batch(|batch| {
        batch.note(&note("hai", NOW))?;
        batch.begin("không có", NOW, NOW)
    });
    assert!(failed.is_err());
    journal.note(&note("ba", NOW)).unwrap();
    let titles: Vec<_> = journal.select(&Filter::default()).unwrap().into_iter().map(|entry| entry.title).collect();
    assert_eq!(titles, ["một", "ba"]);
    assert_eq!(journal.verify().unwrap().breaches, []);
}

#[test]
fn two_writers_never_fork_the_chain() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let (mut one, mut two) = (open(&path), open(&path));
    std::thread::scope(|scope| {
        for journal in [&mut one, &mut two] {
            scope.spawn(move || {
                for ix in 0..50 {
                    journal.note(&note(&format!("dòng {ix}"), at(ix))).unwrap();
                }
            });
        }
    });
    let verified = one.verify().unwrap();
    assert_eq!((verified.rows, verified.breaches), (100, vec![]));
}

#[test]
fn a_reader_reads_while_the_writer_writes() {
    let (_dir, path) = station(1);
    let mut journal = open(&path);
    let reader = reader(&path);
    for ix in 2..20 {
        let written = journal.note(&note("đang chạy", at(ix))).unwrap();
        let last = reader.select(&Filter { limit: Some(1), ..Filter::default() }).unwrap();
        assert_eq!(last, [written]);
        assert_eq!(reader.verify().unwrap().breaches, []);
    }
    journal.intend(&intent("thon-1/dang-phat", 30)).unwrap();
    assert_eq!(reader.verify().unwrap().breaches, [], "an airing under way is no finding");
    assert!(!reader.is_stale());
}

#[test]
fn where_nothing_can_be_written_the_file_is_read_as_it_lies() {
    let (_dir, path) = station(3);
    let medium = tempfile::tempdir().unwrap();
    let copy = medium.path().join("nhật ký 100%?#.db");
    std::fs::copy(&path, &copy).unwrap();
    // The log that SQLite looks for beside the file cannot be opened: a directory stands there.
    let log = medium.path().join("nhật ký 100%?#.db-wal");
    std::fs::create_dir(&log).unwrap();
    let still = reader(&copy);
    assert_eq!(still.verify().unwrap().breaches, []);
    assert_eq!(still.select(&Filter::default()).unwrap().len(), 4);
    assert!(still.is_stale(), "a log that cannot be read may hold newer rows");
    std::fs::remove_dir(&log).unwrap();
    assert!(!reader(&copy).is_stale());
}

#[test]
fn filters_let_through_what_they_say() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut journal = open(&path);
    for ix in 1..=6 {
        let outcome = if ix == 4 { Outcome::Missed } else { Outcome::Played };
        journal.finish("", &airing(ix, outcome)).unwrap();
    }
    journal.note(&note("ghi chú", at(200))).unwrap();
    let seqs = |filter: Filter| journal.select(&filter).unwrap().iter().map(|entry| entry.seq).collect::<Vec<_>>();
    let all = Filter::default;
    assert_eq!(seqs(all()), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(seqs(Filter { from: Some(at(120)), to: Some(at(240)), ..all() }), [2, 3, 7]);
    assert_eq!(seqs(Filter { from: Some(at(120) + Duration::from_nanos(1)), to: Some(at(180)), ..all() }), [0_u64; 0]);
    assert_eq!(seqs(Filter { zone: Some("thon-2".to_owned()), ..all() }), [1, 3, 5]);
    assert_eq!(seqs(Filter { outcome: Some(Outcome::Missed), ..all() }), [4]);
    assert_eq!(seqs(Filter { kind: Some(Kind::Note), ..all() }), [7]);
    assert_eq!(seqs(Filter { broadcast: Some("nop-ho-so".to_owned()), limit: Some(2), ..all() }), [5, 6]);
    assert_eq!(seqs(Filter { zone: Some("' OR 1 --".to_owned()), ..all() }), [0_u64; 0]);
}

#[test]
fn the_file_is_readable_by_its_group_and_by_nobody_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_dir, path) = station(0);
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_year_of_a_simulated_station_is_written_in_a_blink() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::open_loose(&dir.path().join("journal.db"), NOW, &tz()).unwrap().journal;
    for chunk in 0..20 {
        journal
            .batch(|batch| {
                for ix in chunk * 1_000..(chunk + 1) * 1_000 {
                    batch.finish("", &airing(ix, Outcome::Played))?;
                }
                Ok(())
            })
            .unwrap();
    }
    assert_eq!(journal.verify().unwrap().rows, 20_000);
}

/// The child of the test below: writes and says so, until it is killed.
#[test]
#[ignore = "run by a_journal_killed_in_the_middle_loses_nothing_it_has_acknowledged"]
fn a_child_writes_until_it_is_killed() {
    let path = PathBuf::from(std::env::var_os(CHILD).expect("run by its parent"));
    let mut journal = open(&path);
    for ix in 1..1_000_000 {
        let key = format!("k{ix}");
        journal.intend(&intent(&key, ix)).unwrap();
        journal.begin(&key, at(ix), at(ix)).unwrap();
        let entry = journal.finish(&key, &airing(ix, Outcome::Played)).unwrap();
        println!("acknowledged {}", entry.seq);
    }
}

#[test]
fn a_journal_killed_in_the_middle_loses_nothing_it_has_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut acknowledged = 0;
    for lines in [1, 7, 20, 33] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "journal::a_child_writes_until_it_is_killed", "--ignored", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let last = said
            .filter_map(|line| line.split_once("acknowledged ")?.1.trim().parse::<u64>().ok())
            .take(lines)
            .last()
            .expect("the child writes");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(last > acknowledged, "it went on behind the rows of the child before it");
        acknowledged = last;
        let verified = open(&path).verify().unwrap();
        assert_eq!(verified.breaches, []);
        assert!(verified.rows >= acknowledged, "{} < {acknowledged}", verified.rows);
    }
}

#[test]
fn the_writer_writes_in_order_and_reports_what_is_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let (told, heard) = mpsc::channel();
    let writer = Writer::start(open(&path), move |event| told.send(event).unwrap()).unwrap();
    assert!(writer.send(Record::Intend(Box::new(intent("a", 1)))));
    assert!(writer.send(Record::Begin { key: "a".into(), started: at(60), written: at(60) }));
    assert!(writer.send(Record::Position { key: "a".into(), seconds: 2.0, written: at(62) }));
    assert!(writer.send(Record::Begin { key: "không có".into(), started: NOW, written: NOW }));
    assert!(writer.send(Record::Finish { key: "a".into(), entry: Box::new(airing(1, Outcome::Played)) }));
    assert!(writer.send(Record::Note(Box::new(note("xong", at(90))))));
    assert!(writer.flush(Duration::from_secs(30)));
    assert_eq!(writer.close(Duration::from_secs(30)), 0);
    let (mut intents, mut seqs, mut unfit) = (vec![], vec![], 0);
    for event in heard {
        match event {
            WriterEvent::Written { intents: keys, entries } => {
                intents.extend(keys);
                seqs.extend(entries.iter().map(|entry| entry.seq));
            }
            WriterEvent::Unfit { .. } => unfit += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((intents, seqs, unfit), (vec!["a".to_owned()], vec![1, 2], 1));
    let verified = reader(&path).verify().unwrap();
    assert_eq!((verified.rows, verified.marks, verified.breaches), (2, 3, vec![]));
}

#[test]
fn while_the_disk_fails_records_wait_and_the_rest_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let journal = open(&path);
    // The disk "fails": a trigger that no insert passes, until it is taken away.
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("CREATE TRIGGER hong BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'disk'); END").unwrap();
    let (told, heard) = mpsc::channel();
    let writer = Writer::start(journal, move |event| told.send(event).unwrap()).unwrap();
    let room = (0..1_100).filter(|&ix| writer.send(Record::Note(Box::new(note("chờ", at(ix)))))).count();
    assert_eq!(room, 1_024);
    assert!(writer.send(Record::Position { key: "a".into(), seconds: 1.0, written: NOW }), "a position is let go");
    assert!(matches!(heard.recv().unwrap(), WriterEvent::Failing { .. }));
    assert!(!writer.flush(Duration::from_millis(1)));
    conn.execute_batch("DROP TRIGGER hong").unwrap();
    let recovered = heard.iter().find(|event| matches!(event, WriterEvent::Recovered { .. }));
    assert_eq!(recovered, Some(WriterEvent::Recovered { lost: 1_100 - 1_024 }));
    assert_eq!(writer.close(Duration::from_secs(30)), 0);
    let verified = reader(&path).verify().unwrap();
    assert_eq!((verified.rows, verified.breaches), (1_024, vec![]));
}

#[test]
fn what_a_slow_disk_had_no_room_for_is_counted_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let (told, heard) = mpsc::channel();
    // The thread stands still in its first report until it is let go.
    let (let_go, held) = mpsc::channel::<()>();
    let report = move |event| {
        told.send(event).unwrap();
        let _ = held.recv();
    };
    let writer = Writer::start(open(&path), report).unwrap();
    assert!(writer.send(Record::Note(Box::new(note("đầu tiên", NOW)))));
    assert!(matches!(heard.recv().unwrap(), WriterEvent::Written { .. }));
    let room = (0..1_100).filter(|&ix| writer.send(Record::Note(Box::new(note("chờ", at(ix)))))).count();
    assert_eq!(room, 1_023, "the first one is still in hand");
    drop(let_go);
    let recovered = heard.iter().find(|event| matches!(event, WriterEvent::Recovered { .. }));
    assert_eq!(recovered, Some(WriterEvent::Recovered { lost: 1_100 - 1_023 }));
    assert_eq!(writer.close(Duration::from_secs(30)), 0);
}

#[test]
fn the_newest_instant_counts_an_airing_that_has_no_entry_yet() {
    let mut journal = Journal::in_memory(NOW, &tz()).unwrap();
    assert_eq!(journal.newest().unwrap(), None);
    journal.note(&note("x", at(10))).unwrap();
    assert_eq!(journal.newest().unwrap(), Some(at(10)));
    journal.intend(&intent("a", 1)).unwrap();
    assert_eq!(journal.newest().unwrap(), Some(at(55)));
    journal.note(&note("đồng hồ lùi", at(3))).unwrap();
    assert_eq!(journal.newest().unwrap(), Some(at(55)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// One character of one stored text, in either table, whatever it is changed into.
    #[test]
    fn no_changed_character_goes_unnoticed(
        marks in any::<bool>(), row in 1_u32..=3, hash in any::<bool>(), place in any::<prop::sample::Index>(),
        becomes in "[a-z0-9\\{\\}\":, ế]",
    ) {
        let (_dir, path) = station(2);
        let (table, number) = if marks { ("mark", "id") } else { ("entry", "seq") };
        let column = if hash { "hash" } else { "body" };
        let read = format!("SELECT {column} FROM {table} WHERE {number} = {row}");
        let before: String = Connection::open(&path).unwrap().query_row(&read, [], |row| row.get(0)).unwrap();
        let mut characters: Vec<char> = before.chars().collect();
        let place = place.index(characters.len());
        let becomes = becomes.chars().next().unwrap();
        prop_assume!(characters[place] != becomes);
        characters[place] = becomes;
        let after: String = characters.into_iter().collect();
        // SQLite computes its indexes from the body, and refuses one that is not JSON at all.
        prop_assume!(hash || marks || serde_json::from_str::<serde_json::Value>(&after).is_ok());
        tamper(&path, &format!("UPDATE {table} SET {column} = '{after}' WHERE {number} = {row}"));
        prop_assert!(!reader(&path).verify().unwrap().is_sound());
    }
}

/// What a command printed, and whether it ended well.
fn command(dir: &Path, lang: Lang, json: bool, arguments: &Arguments) -> (String, bool) {
    let context = Context { dir: dir.to_owned(), lang, json };
    let mut out = Vec::new();
    let code = run(&context, arguments, at(10_000), &tz(), &mut out).unwrap();
    (String::from_utf8(out).unwrap(), format!("{code:?}") == format!("{:?}", ExitCode::SUCCESS))
}

#[test]
fn the_table_is_in_the_reader_s_language() {
    let (dir, _path) = station(2);
    let (vi, _) = command(dir.path(), Lang::Vi, false, &Arguments::default());
    for word in ["Cụm loa", "đã phát", "ghi chú", "0:30 / 0:30", "30/11/2026", "Hướng dẫn nộp hồ sơ"] {
        assert!(vi.contains(word), "{word} in:\n{vi}");
    }
    let (en, _) = command(dir.path(), Lang::En, false, &Arguments { limit: Some(1), ..Arguments::default() });
    assert!(en.contains("played") && en.contains("2 earlier entries are not shown"), "{en}");
    let (none, fine) =
        command(dir.path(), Lang::Vi, false, &Arguments { zone: Some("khác".into()), ..Arguments::default() });
    assert_eq!((none.as_str(), fine), ("Không có dòng nhật ký nào như vậy.\n", true));
}

#[test]
fn json_and_csv_hold_every_entry() {
    let (dir, _path) = station(250);
    let (json, _) = command(dir.path(), Lang::Vi, true, &Arguments::default());
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(rows.len(), 251);
    assert_eq!(rows[1]["planned"], "2026-11-30T07:54:20.000+07:00");
    assert_eq!(rows[1]["audio"][0]["file"], "nop-ho-so.vi.mp3");
    assert_eq!(rows[1]["approved_by"], "Nguyễn Thị Ánh");
    let (csv, _) = command(dir.path(), Lang::Vi, false, &Arguments { csv: true, ..Arguments::default() });
    assert!(csv.starts_with("\u{feff}Số;"));
    assert_eq!(csv.matches("\r\n").count(), 252);
    let from = Some("2026-11-30T07:55".to_owned());
    let some = Arguments { from, to: Some("2026-11-30T07:56:30".to_owned()), ..Arguments::default() };
    let rows: Vec<serde_json::Value> = serde_json::from_str(&command(dir.path(), Lang::Vi, true, &some).0).unwrap();
    assert_eq!(rows.iter().map(|row| row["seq"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn verify_prints_the_head_and_tells_a_broken_journal_by_its_exit() {
    let (dir, path) = station(3);
    let verify = Arguments { action: Some(Action::Verify), ..Arguments::default() };
    let head = reader(&path).verify().unwrap().head;
    let (said, fine) = command(dir.path(), Lang::Vi, false, &verify);
    assert!(fine && said.contains(&head) && said.contains("sổ giấy"), "{said}");
    tamper(&path, "DELETE FROM entry WHERE seq = 2");
    let (said, fine) = command(dir.path(), Lang::Vi, false, &verify);
    assert!(!fine && said.contains("Dòng 2 đã bị xóa"), "{said}");
    let (said, fine) = command(dir.path(), Lang::En, true, &verify);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert!(!fine && said["breaches"][0]["seq"] == 2, "{said}");
}

#[test]
fn where_there_is_no_journal_yet_the_commands_say_so_and_are_fine() {
    let dir = tempfile::tempdir().unwrap();
    let verify = Arguments { action: Some(Action::Verify), ..Arguments::default() };
    for arguments in [Arguments::default(), verify] {
        let (said, fine) = command(dir.path(), Lang::Vi, false, &arguments);
        assert!(fine && said.starts_with("Chưa có nhật ký"), "{said}");
    }
    assert_eq!(command(dir.path(), Lang::Vi, true, &Arguments::default()), ("[]\n".to_owned(), true));
    assert!(!dir.path().join("state").exists(), "reading makes nothing");
}

#[test]
fn the_program_in_the_docs_verifies_a_journal_and_finds_what_is_wrong() {
    let page = include_str!("../../docs/journal.md");
    let program = page.split_once("```python\n").unwrap().1.split_once("```").unwrap().0;
    let python = |path: &Path| {
        let done = Command::new("python3").arg("-c").arg(program).arg(path).output().expect("python3 is installed");
        (done.status.success(), String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap())
    };
    let (_dir, path) = station(4);
    let head = reader(&path).verify().unwrap().head;
    assert_eq!(python(&path), (true, format!("5 {head}\n"), String::new()));
    let table = [
        ("UPDATE entry SET body = replace(body, 'Ánh', 'Anh') WHERE seq = 3", "entry 3: changed"),
        ("DELETE FROM entry WHERE seq = 3", "entry 3: removed"),
        ("DELETE FROM entry WHERE seq = 5", "refers to a row of entry that is gone"),
        ("DELETE FROM mark WHERE id = 12", ""),
        ("DELETE FROM mark WHERE id > 9", "entry 5: refers to a row of mark that is gone"),
    ];
    for (sql, word) in table {
        let (_dir, path) = station(4);
        tamper(&path, sql);
        let (fine, _, said) = python(&path);
        assert!(fine == word.is_empty() && said.contains(word), "{sql}: {said}");
    }
}
