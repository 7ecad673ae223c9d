//! The journal as its users meet it: written, cut off, tampered with, read, exported and verified.

mod asked;
mod command;
mod outside;
mod place;
mod tamper;
mod version;
mod writer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use loa::fact::{AudioRef, Entry, EntryKind, Intent, Outcome};
use loa::instant::Wall;
use loa::journal::{Filter, Journal, JournalError, Opened, Reader, Recovered};
use loa::schedule::Class;
use loa::site::Site;
use tempfile::TempDir;

/// 2026-11-30T07:53:20+07:00.
const NOW: Wall = Wall::from_secs(1_796_000_000);
pub(crate) fn tz() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

pub(crate) fn at(seconds: u64) -> Wall {
    NOW + Duration::from_secs(seconds)
}

fn airing(ix: u64, outcome: Outcome) -> Entry {
    Entry {
        kind: EntryKind::Airing,
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

pub(crate) fn note(text: &str, written: Wall) -> Entry {
    Entry { title: text.to_owned(), written, ..Entry::default() }
}

fn intent(key: &str, ix: u64) -> Intent {
    let written = at(ix * 60 - 5);
    Intent { key: key.to_owned(), at: at(ix * 60), draft: Entry { written, ..airing(ix, Outcome::Played) } }
}

/// A station of two hamlets, and a schedule that has one broadcast.
pub(crate) fn known() -> (loa::station::Station, loa::schedule::Schedule) {
    let dir = tempfile::tempdir().unwrap();
    let files = [
        (
            "loa.toml",
            "timezone = \"Asia/Ho_Chi_Minh\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\n[zones.thon-2]\ntitle = \"Thôn 2\"\n[groups]\nvung-cao = [\"thon-2\"]\n",
        ),
        (
            "schedules/a.toml",
            "[campaigns.cai-cach]\ntitle = \"Cải cách\"\n[[broadcast]]\nid = \"nop-ho-so\"\ntitle = \"Nộp hồ sơ\"\nat = \"05:30\"\nplay = [\"chime\"]\n",
        ),
    ];
    std::fs::create_dir(dir.path().join("schedules")).unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let (station, ..) = loa::disk::station::load(dir.path());
    let reading = loa::schedule::Reading { today: NOW.zoned(&tz()).date() };
    let loaded = loa::disk::schedule::load(dir.path(), &station, reading);
    (station, loaded.schedule)
}

/// The airing `ix`, played to its end.
pub(crate) fn airing_of(ix: u64) -> Entry {
    airing(ix, Outcome::Played)
}

/// The intent of the airing `ix`.
pub(crate) fn intent_of(key: &str, ix: u64) -> Intent {
    intent(key, ix)
}

/// `path` with `end` behind its name.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}{end}", path.display()))
}

fn open(path: &Path) -> Journal {
    Journal::open(path, NOW, &tz()).unwrap().journal
}

pub(crate) fn reader(path: &Path) -> Reader {
    Reader::open(path).unwrap().unwrap()
}

/// A station directory whose journal holds a note and `airings` finished airings.
pub(crate) fn station(airings: u64) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = Site::new(dir.path()).journal();
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
fn a_sign_of_life_outlives_the_process_and_is_neither_entry_nor_evidence() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut journal = open(&path);
    assert_eq!(journal.alive().unwrap(), None);
    for seconds in [60, 120] {
        journal.batch(|batch| batch.alive(at(seconds))).unwrap();
    }
    // Dropped without a word, as kill -9 would.
    std::mem::forget(journal);
    let opened = Journal::open(&path, at(200), &tz()).unwrap();
    assert!(opened.recovered == Recovered::default());
    let reader = Reader::open(&path).unwrap().unwrap();
    assert_eq!((reader.alive().unwrap(), reader.newest().unwrap()), (Some(at(120)), None));
    let verified = reader.verify().unwrap();
    assert!(verified.is_sound() && verified.rows == 0, "{:?}", verified.breaches);
}

#[test]
fn what_is_heard_is_a_sign_of_life_while_the_clock_is_believed() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = open(&dir.path().join("journal.db"));
    journal.batch(|batch| batch.alive(at(60))).unwrap();
    journal.intend(&intent("k", 2)).unwrap();
    journal.begin("k", at(120), at(120)).unwrap();
    journal.position("k", 8.0, at(128)).unwrap();
    assert_eq!(journal.alive().unwrap(), Some(at(128)), "an outage does not begin before what was still heard");
    let untrusted = Entry { reason: Some("clock_untrusted: no_ntp".into()), ..note("x", at(129)) };
    journal.note(&untrusted).unwrap();
    journal.position("k", 9.0, at(9_000)).unwrap();
    assert_eq!(journal.alive().unwrap(), Some(at(60)), "a clock that is not believed dates no sign of life");
}

#[test]
fn after_a_power_cut_open_airings_are_closed_with_what_is_known() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut journal = open(&path);
    for (key, ix) in [("started", 1), ("intended", 2), ("resumed", 3), ("begun", 4), ("done", 5), ("silent", 6)] {
        journal.intend(&intent(key, ix)).unwrap();
    }
    journal.begin("started", at(60), at(60)).unwrap();
    journal.position("started", 12.345, at(72)).unwrap();
    // Interrupted after 10 s, on again two minutes later, cut after another 5 s.
    journal.begin("resumed", at(180), at(180)).unwrap();
    journal.position("resumed", 10.0, at(190)).unwrap();
    journal.begin("resumed", at(310), at(310)).unwrap();
    journal.position("resumed", 15.0, at(315)).unwrap();
    journal.begin("begun", at(240), at(240)).unwrap();
    // A relay without a sound: it went on, and nothing was heard.
    journal.begin("silent", at(360), at(360)).unwrap();
    journal.position("silent", 4.0, at(364)).unwrap();
    journal.position("silent", 0.0, at(388)).unwrap();
    journal.begin("done", at(300), at(300)).unwrap();
    journal.finish("done", &airing(5, Outcome::Played)).unwrap();
    drop(journal);

    let opened = Journal::open(&path, at(5_000), &tz()).unwrap();
    let row = |ix: usize| {
        let entry = &opened.recovered.closed[ix];
        (entry.outcome, entry.started, entry.ended, entry.seconds_played)
    };
    assert_eq!(opened.recovered.closed.len(), 4);
    let millis = |ms| NOW + Duration::from_millis(ms);
    assert_eq!(row(0), (Some(Outcome::Partial), Some(at(60)), Some(millis(72_345)), Some(12.345)));
    assert_eq!(row(1), (Some(Outcome::Partial), Some(at(180)), Some(at(315)), Some(15.0)));
    assert_eq!(row(2), (Some(Outcome::Partial), Some(at(240)), Some(at(240)), Some(0.0)));
    assert_eq!(row(3), (Some(Outcome::Missed), Some(at(360)), Some(at(388)), Some(0.0)));
    for entry in &opened.recovered.closed {
        assert_eq!(
            (entry.reason_text().as_deref(), entry.written, entry.kind),
            (Some("power_lost"), at(5_000), EntryKind::Airing)
        );
        assert_eq!(entry.approved_by.as_deref(), Some("Nguyễn Thị Ánh"));
    }
    // What was only intended has not begun: its own rule decides, and it is told until that is done.
    let intended = |opened: &Opened| {
        let intents = opened.recovered.intended.iter();
        intents.map(|intent| (intent.key.clone(), intent.at, intent.draft.planned)).collect::<Vec<_>>()
    };
    let waits = [("intended".to_owned(), at(120), Some(at(120)))];
    assert_eq!(intended(&opened), waits);
    assert_eq!(opened.journal.verify().unwrap().breaches, []);
    drop(opened);
    let mut again = Journal::open(&path, at(6_000), &tz()).unwrap();
    assert_eq!((again.recovered.closed.len(), intended(&again).as_slice()), (0, waits.as_slice()));
    again.journal.finish("intended", &airing(2, Outcome::Missed)).unwrap();
    drop(again);
    let last = Journal::open(&path, at(7_000), &tz()).unwrap();
    assert_eq!(last.recovered, Recovered::default());
    assert_eq!(last.journal.verify().unwrap().breaches, []);
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
    assert_eq!(seqs(Filter { zones: vec!["thon-2".to_owned()], ..all() }), [1, 3, 5]);
    assert_eq!(seqs(Filter { outcome: Some(Outcome::Missed), ..all() }), [4]);
    assert_eq!(seqs(Filter { kind: Some(EntryKind::Note), ..all() }), [7]);
    assert_eq!(seqs(Filter { broadcasts: vec!["nop-ho-so".to_owned()], limit: Some(2), ..all() }), [5, 6]);
    assert_eq!(seqs(Filter { zones: vec!["' OR 1 --".to_owned()], ..all() }), [0_u64; 0]);
}

#[test]
fn the_file_is_readable_by_its_group_and_by_nobody_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_dir, path) = station(0);
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
#[ignore = "long"]
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
