//! The thread that writes, a disk that fails, a process that is killed.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use loa::fact::{Outcome, Record};
use loa::journal::{Filter, Writer, WriterEvent};
use rusqlite::Connection;

use super::{NOW, airing, at, intent, note, open, reader};

/// What the child of the kill test finds the journal's path in.
const CHILD: &str = "LOA_TEST_JOURNAL";

/// The child of the test below: writes and says so, until it is killed.
#[test]
#[ignore = "run by a_journal_killed_in_the_middle_loses_nothing_it_has_acknowledged"]
fn a_child_writes_until_it_is_killed() {
    // Alone it has nothing to do.
    let Some(path) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
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
            .args(["--exact", "journal::writer::a_child_writes_until_it_is_killed", "--ignored", "--nocapture"])
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
    assert_eq!((verified.rows, verified.breaches), (1_024 + 1, vec![]));
    let last = reader(&path).select(&Filter { limit: Some(1), ..Filter::default() }).unwrap().remove(0);
    assert_eq!(last.reason_text().as_deref(), Some("journal_gap: 76"), "the journal says where its hole is");
    assert_eq!((last.started, last.ended), (Some(at(1_024)), Some(at(1_099))));
}

#[test]
fn a_start_waits_for_its_intent_alone_and_not_at_all_for_a_disk_that_fails() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let (told, heard) = mpsc::channel();
    let writer = Writer::start(open(&path), move |event| told.send(event).unwrap()).unwrap();
    assert!(writer.send(Record::Intend(Box::new(intent("a", 1)))));
    assert!(writer.await_intents(Duration::from_secs(30)));
    // What comes after it may wait for the disk: somebody else is writing.
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(writer.send(Record::Note(Box::new(note("sau", at(1))))));
    assert!(writer.await_intents(Duration::ZERO));
    assert!(!writer.flush(Duration::from_millis(1)));
    assert!(writer.send(Record::Intend(Box::new(intent("b", 2)))));
    assert!(!writer.await_intents(Duration::from_millis(1)), "this one is not there yet");
    conn.execute_batch("COMMIT").unwrap();
    assert!(writer.await_intents(Duration::from_secs(30)));
    // An hour is not waited for a disk of which it is known that it fails.
    conn.execute_batch("CREATE TRIGGER hong BEFORE INSERT ON mark BEGIN SELECT RAISE(ABORT, 'disk'); END").unwrap();
    assert!(writer.send(Record::Intend(Box::new(intent("c", 3)))));
    assert!(!writer.await_intents(Duration::from_hours(1)));
    let mut told = std::iter::from_fn(|| heard.recv_timeout(Duration::from_secs(30)).ok());
    assert!(told.any(|event| matches!(event, WriterEvent::Failing { .. })));
    conn.execute_batch("DROP TRIGGER hong").unwrap();
    assert!(writer.flush(Duration::from_secs(30)));
    assert!(writer.send(Record::Intend(Box::new(intent("d", 4)))));
    assert!(writer.await_intents(Duration::from_secs(30)), "it has recovered");
    assert_eq!(writer.close(Duration::from_secs(30)), 0);
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
fn outcomes_have_room_that_steps_have_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let journal = open(&path);
    let hold = Connection::open(&path).unwrap();
    hold.execute_batch("BEGIN IMMEDIATE").unwrap();
    let writer = Writer::start(journal, |_| {}).unwrap();
    let steps = (1..1_000).filter(|&ix| writer.send(Record::Intend(Box::new(intent(&format!("k{ix}"), ix))))).count();
    assert_eq!(steps, 768);
    let outcome = |ix| Record::Finish { key: format!("k{ix}"), entry: Box::new(airing(ix, Outcome::Played)) };
    assert_eq!((1..1_000).filter(|&ix| writer.send(outcome(ix))).count(), 1_024 - 768);
    hold.execute_batch("COMMIT").unwrap();
    assert_eq!(writer.close(Duration::from_secs(30)), 0);
    let verified = reader(&path).verify().unwrap();
    assert_eq!((verified.rows, verified.breaches), (256 + 1, vec![]));
}

#[test]
fn a_journal_that_is_damaged_or_cannot_be_opened_yet_is_taken_up_by_its_writer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/journal.db");
    // A file stands where the directory should be: nothing can be opened.
    std::fs::write(dir.path().join("state"), "").unwrap();
    let (told, heard) = mpsc::channel();
    let writer = Writer::start_at(&path, &super::tz(), None, move |event| told.send(event).unwrap()).unwrap();
    assert!(writer.send(Record::Note(Box::new(note("chờ", at(1))))));
    assert!(matches!(heard.recv().unwrap(), WriterEvent::Failing { .. }));
    std::fs::remove_file(dir.path().join("state")).unwrap();
    assert!(writer.flush(Duration::from_secs(30)));
    // Damaged under the hands of its writer: a page of the rows is overwritten, in the file and in the log.
    let conn = Connection::open(&path).unwrap();
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(conn);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0xFF);
    std::fs::write(&path, bytes).unwrap();
    for ix in 2..20 {
        assert!(writer.send(Record::Note(Box::new(note("sau", at(ix))))));
        assert!(writer.flush(Duration::from_secs(30)));
    }
    assert_eq!(writer.close(Duration::from_secs(30)), 0);
    let aside = heard.iter().find_map(|event| match event {
        WriterEvent::SetAside(aside) => Some(aside),
        _ => None,
    });
    assert!(aside.expect("it was noticed").file.exists());
    let reader = reader(&path);
    // Rows were there that nobody can read any more: that stays a finding, and there is no other.
    let breaches = reader.verify().unwrap().breaches;
    assert!(breaches.len() == 1 && breaches[0].what.en.contains("the journal that was here is gone"), "{breaches:?}");
    let rows = reader.select(&Filter::default()).unwrap();
    assert!(rows[0].reason_text().as_deref().unwrap().starts_with("journal_renewed: "));
    assert_eq!(rows.last().unwrap().written, at(19));
}
