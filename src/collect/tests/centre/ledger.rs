use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::tz::TimeZone;
use loa_core::fact::{Entry, EntryKind, Outcome, RowBody};
use loa_core::instant::Wall;
use loa_core::signature::Locality;
use loa_core::uplink::{Collected, ORIGIN, RowMark, SentRow};
use proptest::prelude::*;

use loa_collect::ledger::{Haul, JournalState, Ledger, LedgerError, LedgerFindingKind, SqliteLedger, Way};
use loa_core::uplink::Watermark;

const NOW: Wall = Wall::from_secs(1_796_000_000);

fn station(written: &str) -> Locality {
    Locality::read(written).unwrap()
}

/// Rows as a journal has them; `salt` makes another history of it from the row `from` on.
fn journal(count: u64, from: u64, salt: &str) -> Vec<SentRow> {
    let (mut prev, mut rows) = (ORIGIN.to_owned(), Vec::new());
    for seq in 1..=count {
        let entry = Entry {
            seq,
            kind: EntryKind::Airing,
            written: Wall::from_secs(1_796_000_000 + seq as i64),
            zone: Some("thon-1".into()),
            title: if seq < from { "Bản tin".to_owned() } else { format!("Bản tin {salt}") },
            outcome: Some(Outcome::Played),
            seconds_planned: Some(60.0),
            seconds_played: Some(60.0),
            ..Entry::default()
        };
        let body = RowBody::of(&entry, &prev, ORIGIN, &TimeZone::UTC).text().unwrap();
        prev = loa_core::digest::sha256(body.as_bytes());
        rows.push(SentRow { seq, body, hash: prev.clone() });
    }
    rows
}

fn haul(name: &str, epoch: &str, rows: &[SentRow]) -> Haul {
    Haul { station: station(name), epoch: epoch.to_owned(), rows: rows.to_vec(), way: Way::Network, heard: None }
}

fn state(ledger: &mut dyn Ledger, epoch: &str) -> JournalState {
    ledger.journals().unwrap().into_iter().find(|journal| journal.epoch == epoch).unwrap()
}

/// The first row of a haul, how many, and whether they are of the true history.
type Came = (u64, u64, bool);

/// What the database answers is what the pure collector of `uplink` answers, whatever comes in whatever order.
pub(crate) fn agrees(ledger: &mut dyn Ledger, name: &str, hauls: &[Came], forged_from: u64) {
    let (own, forged) = (journal(80, 81, ""), journal(80, forged_from, "x"));
    let mut model = Collected::default();
    let mut others = BTreeSet::new();
    for (first, count, is_own) in hauls {
        let rows = if *is_own { &own } else { &forged };
        let rows = &rows[*first as usize - 1..(first + count - 1).min(80) as usize];
        let taken = ledger.take(&[haul(name, "e1", rows)], NOW).unwrap().remove(0);
        let arrived = model.take(rows.iter().map(|row| row.mark().unwrap()));
        assert_eq!(taken.arrived, arrived);
        assert_eq!(taken.watermark.row, model.watermark());
        others.extend(arrived.others);
    }
    let state = ledger.journals().unwrap().into_iter().find(|journal| journal.station == name).unwrap();
    assert_eq!((state.watermark, state.rows), (model.watermark(), model.count()));
    let gaps: Vec<(u64, u64)> = model.gaps().into_iter().map(|gap| (*gap.start(), *gap.end())).collect();
    assert_eq!(ledger.gaps(state.id).unwrap(), gaps);
    let findings = ledger.findings().unwrap();
    let of = |kind| findings.iter().filter(move |one| one.kind == kind && one.journal == state.id).map(|one| one.seq);
    assert_eq!(&of(LedgerFindingKind::Break).collect::<BTreeSet<u64>>(), model.breaks());
    assert_eq!(of(LedgerFindingKind::Other).collect::<BTreeSet<u64>>(), others);
}

/// Hauls as they may come.
pub(crate) fn any_hauls() -> impl Strategy<Value = Vec<Came>> {
    proptest::collection::vec((1..60_u64, 1..20_u64, any::<bool>()), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn in_whatever_order_and_however_often_rows_come_each_is_there_once(hauls in any_hauls(), forged_from in 1..60_u64) {
        agrees(&mut SqliteLedger::in_memory().unwrap(), "p01.c1.h1", &hauls, forged_from);
    }
}

#[test]
fn two_journals_of_one_station_and_two_stations_count_apart() {
    let mut ledger = SqliteLedger::in_memory().unwrap();
    let rows = journal(10, 11, "");
    let hauls =
        [haul("p01.c1.h1", "e1", &rows), haul("p01.c1.h1", "e2", &rows[..3]), haul("p01.c1.h2", "e1", &rows[..5])];
    let taken = ledger.take(&hauls, NOW).unwrap();
    assert_eq!(taken.iter().map(|taken| taken.watermark.row).collect::<Vec<_>>(), [10, 3, 5]);
    let later = NOW + std::time::Duration::from_secs(1);
    ledger.take(&hauls[1..2], later).unwrap();
    // The box that sends now is told of the journal that it has now.
    let marks: BTreeMap<String, Watermark> =
        ledger.watermarks().unwrap().into_iter().map(|(station, mark)| (station.to_string(), mark)).collect();
    assert_eq!((marks["p01.c1.h1"].epoch.as_str(), marks["p01.c1.h1"].row, marks.len()), ("e2", 3, 2));
    assert_eq!(marks["p01.c1.h1"].hash, rows[2].hash);
}

#[test]
fn a_row_that_is_none_is_kept_and_told_and_stops_nothing() {
    let mut ledger = SqliteLedger::in_memory().unwrap();
    let mut rows = journal(5, 6, "");
    rows[2].body = rows[2].body.replace("60", "61");
    rows[4].body = "no row".to_owned();
    let taken = ledger.take(&[haul("p01.c1.h1", "e1", &rows)], NOW).unwrap().remove(0);
    assert_eq!((taken.watermark.row, taken.arrived.new), (5, 5));
    assert_eq!(taken.breaks, [3, 5]);
    let mut read = Vec::new();
    ledger.rows(Wall::from_secs(0), Wall::from_secs(1_900_000_000), &mut |row| read.push(row.row.seq)).unwrap();
    assert_eq!(read, [1, 2, 3, 4], "the last one stands nowhere in time");
}

#[test]
fn what_a_box_says_it_has_and_has_not_sent_is_missing() {
    let mut ledger = SqliteLedger::in_memory().unwrap();
    let rows = journal(10, 11, "");
    ledger.take(&[haul("p01.c1.h1", "e1", &rows)], NOW).unwrap();
    ledger.announce(&station("p01.c1.h1"), "e1", 1_010, NOW).unwrap();
    ledger.announce(&station("p01.c1.h1"), "e1", 900, NOW).unwrap();
    let state = state(&mut ledger, "e1");
    assert_eq!(ledger.gaps(state.id).unwrap(), [(11, 1_010)]);
}

#[test]
fn whoever_makes_names_up_fills_no_disk() {
    let mut ledger = SqliteLedger::in_memory().unwrap();
    let rows = journal(1, 2, "");
    let hauls: Vec<Haul> = (0..250).map(|count| haul("p01.c1.h1", &format!("e{count}"), &rows)).collect();
    let taken = ledger.take(&hauls, NOW).unwrap();
    assert_eq!(taken.iter().filter(|taken| taken.refused).count(), 50);
    let (own, other) = (journal(900, 901, ""), journal(900, 1, "x"));
    for rows in [&own, &other] {
        for rows in rows.chunks(100) {
            ledger.take(&[haul("p01.c1.h2", "e1", rows)], NOW).unwrap();
        }
    }
    let kept = ledger.findings().unwrap();
    assert_eq!(kept.iter().filter(|one| one.kind == LedgerFindingKind::Other).count(), 200);
}

#[test]
fn an_alarm_that_somebody_has_closed_is_told_no_more_until_it_comes_again() {
    let mut ledger = SqliteLedger::in_memory().unwrap();
    closes(&mut ledger);
}

/// The same of either database.
pub(crate) fn closes(ledger: &mut dyn Ledger) {
    let (own, other) = (journal(10, 11, ""), journal(10, 1, "x"));
    let name = "p01.c8.h8";
    ledger.take(&[haul(name, "e1", &own), haul(name, "e1", &other[..3])], NOW).unwrap();
    ledger.refuse(name, "no rows", NOW).unwrap();
    let journal = ledger.journals().unwrap().into_iter().find(|journal| journal.station == name).unwrap().id;
    let open = |ledger: &mut dyn Ledger| {
        let findings = ledger.findings().unwrap().iter().filter(|one| one.journal == journal).count();
        findings + ledger.refused().unwrap().iter().filter(|one| one.station == name).count()
    };
    assert_eq!(open(ledger), 4);
    // One kind alone; what was found after somebody has looked, and what is none, stay as they are.
    let early = NOW - Duration::from_secs(1);
    assert_eq!(ledger.close(name, Some(LedgerFindingKind::Other), "Bà Hai", "sớm", early).unwrap(), 0);
    assert_eq!(ledger.close(name, Some(LedgerFindingKind::Break), "Bà Hai", "đứt", NOW).unwrap(), 0);
    assert_eq!(ledger.close(name, Some(LedgerFindingKind::Other), "Bà Hai", "đã gọi, máy thay đĩa", NOW).unwrap(), 3);
    assert_eq!((open(ledger), ledger.close(name, None, "Bà Hai", "nữa", NOW).unwrap()), (1, 0));
    assert_eq!(ledger.forgive(name, "Bà Hai", "rác", NOW).unwrap(), 1);
    assert_eq!(open(ledger), 0);
    // What was looked at is not told again; what is new is.
    ledger.take(&[haul(name, "e1", &other[..4])], NOW).unwrap();
    ledger.refuse(name, "no rows", NOW).unwrap();
    assert_eq!(open(ledger), 2);
}

#[test]
fn a_file_of_another_program_or_of_a_later_one_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("collect.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
    assert!(matches!(SqliteLedger::open(&path), Err(LedgerError::Foreign)));
    let path = dir.path().join("later.db");
    drop(SqliteLedger::open(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 9).unwrap();
    assert!(matches!(SqliteLedger::open(&path), Err(LedgerError::Newer(9))));
}

#[test]
fn rows_stay_as_they_came_whoever_opens_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("collect.db");
    SqliteLedger::open(&path).unwrap().take(&[haul("p01.c1.h1", "e1", &journal(3, 4, ""))], NOW).unwrap();
    let conn = rusqlite::Connection::open(&path).unwrap();
    assert!(conn.execute("UPDATE row SET body = ''", []).is_err());
    assert!(conn.execute("DELETE FROM row", []).is_err());
}

#[test]
fn another_program_that_reads_the_database_takes_its_log_away_from_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("collect.db");
    let mut first = SqliteLedger::open(&path).unwrap();
    // The same program opens it again, as the collector does for the board.
    let second = SqliteLedger::open(&path).unwrap();
    first.believe(&station("p01.c003.h00077"), "a", NOW).unwrap();
    let log =
        || std::fs::metadata(dir.path().join("collect.db-wal")).map(|log| std::os::unix::fs::MetadataExt::ino(&log));
    let own = log().unwrap();
    let read = std::process::Command::new("sqlite3").arg(&path).arg("SELECT count(*) FROM row").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&read.stdout), "0\n", "{read:?}");
    assert_eq!(log().ok(), Some(own), "the reader thought that it was the last one");
    first.believe(&station("p01.c003.h00078"), "b", NOW).unwrap();
    drop((first, second));
    let mut after = SqliteLedger::open(&path).unwrap();
    for place in ["p01.c003.h00077", "p01.c003.h00078"] {
        assert!(after.signer(&station(place)).unwrap().is_some(), "{place}");
    }
}

#[test]
fn a_station_has_one_key_that_is_believed_and_since_when() {
    let mut ledger = SqliteLedger::in_memory().unwrap();
    let own = station("p01.c1.h1");
    assert_eq!(ledger.signer(&own).unwrap(), None);
    ledger.believe(&own, "a", NOW).unwrap();
    assert_eq!(ledger.signer(&own).unwrap(), Some(("a".to_owned(), NOW)));
    ledger.believe(&own, "b", NOW).unwrap();
    assert_eq!(ledger.signer(&own).unwrap(), Some(("b".to_owned(), NOW)));
}

#[test]
fn marks_of_odd_rows_hold_on_to_nothing() {
    let odd = RowMark { seq: 1, prev: String::new(), hash: "h".to_owned() };
    let judged = loa_core::uplink::judge([odd], &BTreeMap::new());
    assert_eq!(judged.breaks, [1]);
}
