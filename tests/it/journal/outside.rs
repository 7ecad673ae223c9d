//! The head that is kept outside of the file: what the file alone cannot show is found against it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use loa::cli::Context;
use loa::cli::journal::{Arguments, JournalAction, Known, VerifyArguments, run};
use loa::diag::Lang;
use loa::fact::Record;
use loa::journal::{Journal, Writer, seal};
use loa::reason::OwnAccounts;
use tempfile::TempDir;

use super::tamper::{rechained, tamper};
use super::{airing_of, at, beside, intent_of, known, note, reader, tz};

const LONG: Duration = Duration::from_mins(1);

/// One life of a station whose writer writes airings `from` up to `to`.
fn live(path: &Path, from: u64, to: u64) {
    let journal = Journal::open_or_replace(path, at(from * 60), &tz()).unwrap().journal;
    let writer = Writer::start_at(path, &tz(), Some(journal), |_| {}).unwrap();
    for ix in from..to {
        let key = format!("thon/x/{ix}");
        writer.send(Record::Intend(Box::new(intent_of(&key, ix))));
        writer.send(Record::Begin { key: key.clone(), started: at(ix * 60), written: at(ix * 60) });
        writer.send(Record::Finish { key, entry: Box::new(airing_of(ix)) });
    }
    assert_eq!(writer.close(LONG), 0);
}

fn station() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/journal.db");
    live(&path, 1, 6);
    (dir, path)
}

/// What verify says, and whether it found nothing.
fn verify(dir: &Path, against: &[&str]) -> (String, bool) {
    let context = Context { dir: dir.to_owned(), lang: Lang::En, json: false };
    let against = against.iter().map(|written| (*written).to_owned()).collect();
    let arguments =
        Arguments { action: Some(JournalAction::Verify(VerifyArguments { against })), ..Arguments::default() };
    let mut out = Vec::new();
    let (station, schedule) = known();
    let known = Known { station: &station, schedule: &schedule, own: &OwnAccounts::default() };
    let code = run(&context, &arguments, at(10_000), &known, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), format!("{code:?}") == format!("{:?}", ExitCode::SUCCESS))
}

#[test]
fn an_untouched_journal_fits_its_head_and_the_code_that_was_printed_for_the_book() {
    let (dir, path) = station();
    let (said, fine) = verify(dir.path(), &[]);
    assert!(fine && said.contains("It fits the head"), "{said}");
    let (rows, head) = reader(&path).head().unwrap();
    let code = seal(rows, &head);
    assert!(said.contains(&code), "{said}");
    live(&path, 7, 9);
    let (said, fine) = verify(dir.path(), &[&code, &format!("{rows}:{}…", &head[..4])]);
    assert!(fine, "{said}");
    let other = format!("{rows}:{}", if head.starts_with("abcd") { "1234" } else { "abcd" });
    for wrong in [other.as_str(), "99:ABCD-1234"] {
        let (said, fine) = verify(dir.path(), &[wrong]);
        assert!(!fine && said.contains("written down"), "{wrong}: {said}");
        assert!(said.starts_with("What was given does NOT fit") && !said.contains("is NOT whole"), "{wrong}: {said}");
    }
    // A digit, and two that have changed places: slips, with the place.
    let other = |at: usize| if head.as_bytes()[at] == b'0' { "1" } else { "0" };
    let one = format!("{rows}:{}{}{}", &head[..5], other(5), &head[6..16]);
    let (said, _) = verify(dir.path(), &[&one]);
    assert!(said.contains("at digit 6 only"), "{said}");
    let place = (0..15).find(|at| head.as_bytes()[*at] != head.as_bytes()[at + 1]).unwrap();
    let mut swapped = head.as_bytes()[..16].to_vec();
    swapped.swap(place, place + 1);
    let (said, _) = verify(dir.path(), &[&format!("{rows}:{}", String::from_utf8(swapped).unwrap())]);
    assert!(said.contains(&format!("at digits {} and {} only", place + 1, place + 2)), "{said}");
}

/// What can be done to a journal such that its chains are whole, and what verify then says.
type Tampering = (&'static str, fn(&Path), &'static str);

const TAMPERINGS: [Tampering; 9] = [
    (
        "the last row edited with its hash",
        |path| rechained(path, 7, "\"outcome\":\"played\"", "\"outcome\":\"missed\""),
        "does not fit the head",
    ),
    (
        "a row in the middle edited and all made anew",
        |path| rechained(path, 2, "\"title\":\"", "\"title\":\"x"),
        "does not fit the head",
    ),
    (
        "both chains cut alike",
        |path| tamper(path, "DELETE FROM mark WHERE id > 12; DELETE FROM entry WHERE seq > 4"),
        "The end of the journal is gone",
    ),
    (
        "a row appended",
        |path| drop(Journal::open(path, at(9_000), &tz()).unwrap().journal.note(&note("x", at(9_000)))),
        "Rows were added",
    ),
    ("its id changed", |path| tamper(path, "UPDATE meta SET value = 'x'"), "id is another"),
    ("emptied", |path| fs::write(path, "").unwrap(), "The journal is gone"),
    ("deleted", |path| fs::remove_file(path).unwrap(), "The journal is gone"),
    (
        "an older copy put back",
        |path| assert!(fs::copy(beside(path, ".old"), path).unwrap() > 0),
        "The end of the journal is gone",
    ),
    ("garbage", |path| fs::write(path, "x".repeat(9_000)).unwrap(), "The journal is gone"),
];

#[test]
fn what_the_file_alone_cannot_show_is_found_before_and_after_the_next_start() {
    for (name, tampering, expected) in TAMPERINGS {
        let (dir, path) = station();
        fs::copy(&path, beside(&path, ".old")).unwrap();
        live(&path, 7, 9);
        if name != "an older copy put back" {
            fs::copy(&path, beside(&path, ".new")).unwrap();
        }
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(beside(&path, end));
        }
        tampering(&path);
        let (said, fine) = verify(dir.path(), &[]);
        assert!(!fine && said.contains(expected), "{name}: {said}");
        // A start that goes on in it neither hides it nor keeps the station from running.
        live(&path, 200, 202);
        let (said, fine) = verify(dir.path(), &[]);
        assert!(!fine && said.contains("written by the station at a start"), "{name}, after a start: {said}");
        // Gone on with once, it goes on: the next start finds nothing that is new.
        let epoch = reader(&path).epoch().unwrap();
        live(&path, 300, 302);
        assert_eq!(reader(&path).epoch().unwrap(), epoch, "{name}: it was put aside");
        let (again, fine) = verify(dir.path(), &[]);
        assert!(!fine, "{name}, after two starts: {again}");
        assert_eq!(again.matches("written by the station at a start").count(), said.matches("at a start").count());
        if name == "garbage" {
            let first = reader(&path).first().unwrap().unwrap();
            assert!(first.reason_text().unwrap().starts_with("journal_renewed"), "{name}");
        }
    }
}

#[test]
fn a_log_that_was_removed_takes_rows_with_it_and_is_found() {
    let (dir, path) = station();
    let journal = Journal::open_or_replace(&path, at(600), &tz()).unwrap().journal;
    let writer = Writer::start_at(&path, &tz(), Some(journal), |_| {}).unwrap();
    for ix in 20..25 {
        writer.send(Record::Note(Box::new(note("x", at(ix * 60)))));
        assert!(writer.flush(LONG));
    }
    // The head is kept behind the answer; the round of the next record has kept that of this one.
    writer.send(Record::Alive(at(1_600)));
    assert!(writer.flush(LONG));
    let elsewhere = tempfile::tempdir().unwrap();
    fs::create_dir(elsewhere.path().join("state")).unwrap();
    for name in ["journal.db", "journal.head"] {
        fs::copy(path.with_file_name(name), elsewhere.path().join("state").join(name)).unwrap();
    }
    drop(writer);
    let (said, fine) = verify(elsewhere.path(), &[]);
    assert!(!fine && said.contains("The end of the journal is gone"), "{said}");
    drop(dir);
}

#[test]
fn a_head_that_was_deleted_where_the_station_runs_is_a_finding_and_a_copy_elsewhere_needs_none() {
    let (dir, path) = station();
    fs::remove_file(path.with_file_name("journal.head")).unwrap();
    let (said, fine) = verify(dir.path(), &[]);
    assert!(fine && said.contains("There is no state/journal.head"), "a copy: {said}");
    // A report that was printed from it there leaves its key.
    fs::write(path.with_file_name("seal.key"), "").unwrap();
    assert!(verify(dir.path(), &[]).1);
    fs::write(path.with_file_name("loa.lock"), "").unwrap();
    let (said, fine) = verify(dir.path(), &[]);
    assert!(!fine && said.contains("state/journal.head") && said.contains("was deleted"), "{said}");
    for unreadable in ["", "x", "{}", "null", "[]"] {
        fs::write(path.with_file_name("journal.head"), unreadable).unwrap();
        let (said, fine) = verify(dir.path(), &[]);
        assert!(!fine && said.contains("cannot be read"), "{unreadable}: {said}");
    }
    // The next start keeps it again.
    live(&path, 6, 8);
    let (said, fine) = verify(dir.path(), &[]);
    assert!(fine && said.contains("It fits the head"), "{said}");
}

#[test]
fn a_station_that_never_ran_has_no_journal_and_one_that_ran_and_has_none_is_a_finding() {
    let dir = tempfile::tempdir().unwrap();
    assert!(verify(dir.path(), &[]).1);
    assert!(!verify(dir.path(), &["873:4F2A"]).1);
    fs::create_dir(dir.path().join("state")).unwrap();
    fs::write(dir.path().join("state/loa.lock"), "").unwrap();
    let (said, fine) = verify(dir.path(), &[]);
    assert!(!fine && said.contains("this station has run"), "{said}");
}

#[test]
fn a_station_killed_at_any_moment_fits_its_head() {
    let (dir, path) = station();
    let journal = Journal::open_or_replace(&path, at(600), &tz()).unwrap().journal;
    let writer = Writer::start_at(&path, &tz(), Some(journal), |_| {}).unwrap();
    writer.send(Record::Note(Box::new(note("x", at(1_300)))));
    assert!(writer.flush(LONG));
    // As kill -9 leaves it: the head may be a write behind, and nothing says that the station ended.
    std::mem::forget(writer);
    let mut journal = Journal::open(&path, at(1_400), &tz()).unwrap().journal;
    journal.note(&note("y", at(1_400))).unwrap();
    let (said, fine) = verify(dir.path(), &[]);
    assert!(fine, "{said}");
    live(&path, 30, 32);
    let (said, fine) = verify(dir.path(), &[]);
    assert!(fine, "{said}");
}

#[test]
fn a_file_that_something_was_written_over_is_found_though_the_log_beside_it_has_all_rows() {
    let (dir, path) = station();
    // A station that runs keeps the log.
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA user_version = 2").unwrap();
    let (said, fine) = verify(dir.path(), &[]);
    assert!(fine, "{said}");
    let mut bytes = fs::read(&path).unwrap();
    bytes[..4].copy_from_slice(b"PK\x03\x04");
    fs::write(&path, &bytes).unwrap();
    let (said, fine) = verify(dir.path(), &[]);
    assert!(!fine, "{said}");
    drop(conn);
}
