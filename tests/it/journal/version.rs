//! A journal of an earlier version is read, verified and gone on with, and its rows keep every byte.

use std::path::Path;

use loa::fact::{Entry, EntryKind, Outcome};
use loa::journal::{Filter, Journal};
use rusqlite::Connection;

use super::tamper::tamper;
use super::{NOW, airing_of, at, intent_of, reader, tz};

/// What loa 0.1.0 left behind after kill -9.
const VERSION_1: &str = include_str!("version-1.sql");

fn old(path: &Path) {
    Connection::open(path).unwrap().execute_batch(VERSION_1).unwrap();
}

fn bytes(path: &Path, table: &str) -> Vec<(String, String)> {
    let conn = Connection::open(path).unwrap();
    let mut statement = conn.prepare(&format!("SELECT body, hash FROM {table} ORDER BY 1")).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn rows_of_version_1_are_read_and_verified_as_they_were_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    old(&path);
    let before = (bytes(&path, "entry"), bytes(&path, "mark"));
    let verified = reader(&path).verify().unwrap();
    assert_eq!((verified.rows, verified.marks, verified.breaches), (7, 11, vec![]));
    let entries = reader(&path).select(&Filter::default()).unwrap();
    assert_eq!((entries[2].outcome, entries[2].campaign.as_deref()), (Some(Outcome::Played), None));

    // This version goes on in the same file: it closes what was under way, and adds rows of its own.
    let mut opened = Journal::open(&path, NOW, &tz()).unwrap();
    assert_eq!((opened.recovered.closed[0].seq, opened.recovered.closed[0].seconds_played), (8, Some(18.184)));
    let entry = Entry { campaign: Some("cai-cach".into()), order: Some("7".into()), ..airing_of(1) };
    opened.journal.finish("new", &entry).unwrap();
    drop(opened);
    let verified = reader(&path).verify().unwrap();
    assert_eq!((verified.rows, verified.breaches), (9, vec![]));
    let last = reader(&path).select(&Filter { limit: Some(1), ..Filter::default() }).unwrap().remove(0);
    assert_eq!((last.campaign.as_deref(), last.order.as_deref()), (Some("cai-cach"), Some("7")));
    for (table, before) in [("entry", before.0), ("mark", before.1)] {
        let after = bytes(&path, table);
        assert!(before.iter().all(|row| after.contains(row)), "{table}");
    }
}

#[test]
fn a_file_that_may_hold_newer_rows_says_so_to_an_older_loa() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    old(&path);
    let version = || -> i64 {
        Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    };
    reader(&path).verify().unwrap();
    assert_eq!(version(), 1, "reading changes nothing");
    drop(Journal::open(&path, NOW, &tz()).unwrap());
    assert_eq!(version(), 2);
}

#[test]
fn a_changed_row_of_version_1_is_found_and_a_key_put_into_it_is_too() {
    for (table, from, to) in [
        ("entry", "\"outcome\":\"played\"", "\"outcome\":\"missed\""),
        ("entry", ",\"approved_by\":null}", ",\"campaign\":null,\"approved_by\":null}"),
        ("mark", "\"step\":\"start\"", "\"step\":\"end\""),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        old(&path);
        tamper(&path, &format!("UPDATE {table} SET body = replace(body, '{from}', '{to}')"));
        assert!(!reader(&path).verify().unwrap().is_sound(), "{table}: {from}");
    }
}

#[test]
fn an_airing_cut_off_by_the_power_keeps_its_campaign_and_its_order() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut journal = Journal::open(&path, NOW, &tz()).unwrap().journal;
    let mut intent = intent_of("k", 1);
    (intent.draft.campaign, intent.draft.order) = (Some("cai-cach".into()), Some("7".into()));
    journal.intend(&intent).unwrap();
    journal.begin("k", at(60), at(60)).unwrap();
    drop(journal);
    let closed = Journal::open(&path, at(600), &tz()).unwrap().recovered.closed.remove(0);
    assert_eq!((closed.kind, closed.outcome), (EntryKind::Airing, Some(Outcome::Partial)));
    assert_eq!((closed.campaign.as_deref(), closed.order.as_deref()), (Some("cai-cach"), Some("7")));
}
