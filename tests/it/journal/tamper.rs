//! Whatever is done to the file, it refuses or `verify` finds it; with loa and without.

use std::path::Path;
use std::process::Command;

use loa::journal::{Filter, Journal, JournalError, Reader};
use proptest::prelude::*;
use rusqlite::Connection;

use super::{NOW, at, open, reader, station, tz};

/// Run SQL as somebody would who knows SQLite: triggers taken away first and put back afterwards.
pub(super) fn tamper(path: &Path, sql: &str) {
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

/// Change one row, and make every hash of both chains anew, as somebody would who has read how they are made.
pub(super) fn rechained(path: &Path, seq: i64, from: &str, to: &str) {
    use std::fmt::Write as _;
    let mut rows: Vec<(&str, i64, String, String)> = Vec::new();
    {
        let conn = Connection::open(path).unwrap();
        for (table, number) in [("entry", "seq"), ("mark", "id")] {
            let mut statement = conn.prepare(&format!("SELECT {number}, body, hash FROM {table} ORDER BY 1")).unwrap();
            let found = statement.query_map([], |row| Ok((table, row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
            rows.extend(found.map(Result::unwrap));
        }
    }
    let origin = "0".repeat(64);
    let mut known = std::collections::BTreeMap::from([(origin.clone(), origin)]);
    let mut sql = String::new();
    while !rows.is_empty() {
        let mut waiting = Vec::new();
        for (table, number, body, hash) in rows {
            let read: serde_json::Value = serde_json::from_str(&body).unwrap();
            let other = if table == "entry" { "marks" } else { "entries" };
            let refers = [&read["prev"], &read[other]].map(|hash| hash.as_str().unwrap().to_owned());
            if refers.iter().any(|hash| !known.contains_key(hash)) {
                waiting.push((table, number, body, hash));
                continue;
            }
            let mut changed = refers.iter().fold(body, |body, old| body.replace(old.as_str(), &known[old]));
            if (table, number) == ("entry", seq) {
                assert!(changed.contains(from), "{changed}");
                changed = changed.replacen(from, to, 1);
            }
            let key = if table == "entry" { "seq" } else { "id" };
            let new = sha256(&changed);
            let quoted = changed.replace('\'', "''");
            writeln!(sql, "UPDATE {table} SET body = '{quoted}', hash = '{new}' WHERE {key} = {number};").unwrap();
            known.insert(hash, new);
        }
        rows = waiting;
    }
    tamper(path, &sql);
}

fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    use std::fmt::Write as _;
    sha2::Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

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

#[test]
#[ignore = "long"]
fn the_program_in_the_docs_verifies_a_journal_and_finds_what_is_wrong() {
    let page = include_str!("../../../docs/journal.md");
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
