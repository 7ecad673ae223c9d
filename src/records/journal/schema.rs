use std::time::Duration;

use rusqlite::limits::Limit;
use rusqlite::{Connection, OptionalExtension as _, Transaction};

use super::error::JournalError;
use crate::digest::sha256;
use crate::instant::Wall;

/// `PRAGMA application_id`: the bytes `loa1`, so that `file` and a person with a hex editor know it.
pub(super) const APPLICATION_ID: i64 = 0x6c6f_6131;
/// `PRAGMA user_version`: the version of the newest rows that may stand in the file. A reader of version n
/// reads and verifies the rows of all versions up to n, as they were written; a file of a newer version it
/// leaves alone. Version 1 is loa 0.1.0; version 2 added `campaign` and `order` to the rows.
pub(super) const VERSION: i64 = 2;
/// Largest row that is read or written: a row's own limits come to about a third of it, so that only
/// a hostile or broken file meets this one.
const MAX_ROW_BYTES: i32 = 16 * 1024 * 1024;
/// How long a statement waits for another process's lock before it fails.
const BUSY: Duration = Duration::from_secs(5);
/// The log beside the file is cut back to this size once it has been folded in.
const MAX_WAL_BYTES: i64 = 8 * 1024 * 1024;

/// Tables, columns for filters, indexes, and the triggers that make it append-only.
///
/// `at` is where the row stands in time for a reader: planned, else started, else written; in
/// milliseconds since the epoch, since texts with different offsets do not sort.
const TABLES: &str = "
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  hash TEXT NOT NULL,
  kind TEXT AS (json_extract(body, '$.kind')) VIRTUAL,
  zone TEXT AS (json_extract(body, '$.zone')) VIRTUAL,
  broadcast TEXT AS (json_extract(body, '$.broadcast')) VIRTUAL,
  title TEXT AS (json_extract(body, '$.title')) VIRTUAL,
  class TEXT AS (json_extract(body, '$.class')) VIRTUAL,
  planned TEXT AS (json_extract(body, '$.planned')) VIRTUAL,
  started TEXT AS (json_extract(body, '$.started')) VIRTUAL,
  ended TEXT AS (json_extract(body, '$.ended')) VIRTUAL,
  outcome TEXT AS (json_extract(body, '$.outcome')) VIRTUAL,
  reason TEXT AS (json_extract(body, '$.reason')) VIRTUAL,
  written INTEGER AS (CAST(round((julianday(json_extract(body, '$.written')) - 2440587.5) * 86400000.0) AS INTEGER)) VIRTUAL,
  at INTEGER AS (CAST(round((julianday(coalesce(json_extract(body, '$.planned'), json_extract(body, '$.started'),
    json_extract(body, '$.written'))) - 2440587.5) * 86400000.0) AS INTEGER)) VIRTUAL
);
CREATE INDEX entry_at ON entry (at);
CREATE INDEX entry_written ON entry (written);
CREATE INDEX entry_broadcast ON entry (broadcast, at);
CREATE TABLE mark (
  id INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE TABLE position (
  key TEXT PRIMARY KEY,
  intent INTEGER NOT NULL,
  start INTEGER,
  base REAL NOT NULL,
  seconds REAL NOT NULL,
  written TEXT NOT NULL
);
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
CREATE TRIGGER entry_next BEFORE INSERT ON entry
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry)
BEGIN SELECT RAISE(ABORT, 'the journal only grows: wrong number'); END;
CREATE TRIGGER entry_kept BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is deleted'); END;
CREATE TRIGGER entry_fixed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is changed'); END;
CREATE TRIGGER mark_next BEFORE INSERT ON mark
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM mark)
BEGIN SELECT RAISE(ABORT, 'the journal only grows: wrong number'); END;
CREATE TRIGGER mark_kept BEFORE DELETE ON mark
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is deleted'); END;
CREATE TRIGGER mark_fixed BEFORE UPDATE ON mark
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is changed'); END;
CREATE TRIGGER meta_kept BEFORE DELETE ON meta
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is deleted'); END;
CREATE TRIGGER meta_fixed BEFORE UPDATE ON meta
BEGIN SELECT RAISE(ABORT, 'the journal only grows: nothing is changed'); END;
";

/// How a commit reaches the disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Durability {
    /// Each commit is on the disk when it returns.
    Synced,
    /// For simulated runs: the operating system may take its time.
    Loose,
}

/// How long every connection waits for another process.
pub(super) fn be_patient(conn: &Connection) -> Result<(), JournalError> {
    Ok(conn.busy_timeout(BUSY)?)
}

/// What every connection gets, whoever opens it: patience, and distrust of the file.
pub(super) fn guard(conn: &Connection) -> Result<(), JournalError> {
    be_patient(conn)?;
    conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_ROW_BYTES)?;
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "mmap_size", 0)?;
    Ok(())
}

/// What the writer's connection gets on top.
pub(super) fn tune(conn: &Connection, durability: Durability) -> Result<(), JournalError> {
    guard(conn)?;
    // The answer is a row: the mode that now holds ("memory" for a journal without a file).
    conn.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))?;
    conn.pragma_update_and_check(None, "journal_size_limit", MAX_WAL_BYTES, |row| row.get::<_, i64>(0))?;
    let synchronous = match durability {
        Durability::Synced => "FULL",
        Durability::Loose => "OFF",
    };
    conn.pragma_update(None, "synchronous", synchronous)?;
    Ok(())
}

/// Make the tables in an empty database, or see that they are those of a journal.
pub(super) fn settle(tx: &Transaction, now: Wall) -> Result<(), JournalError> {
    if is_empty(tx)? {
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", VERSION)?;
        tx.execute_batch(TABLES)?;
        let epoch = &sha256(format!("loa {} {}", now.nanos(), std::process::id()).as_bytes())[..16];
        tx.execute("INSERT INTO meta (key, value) VALUES ('epoch', ?1)", [epoch])?;
    }
    recognise(tx)?;
    // From here on it may get rows that an older loa would take for damage.
    if number(tx, "user_version")? != VERSION {
        tx.pragma_update(None, "user_version", VERSION)?;
    }
    Ok(())
}

/// See that this is a journal, of a version that this loa can read.
pub(super) fn recognise(conn: &Connection) -> Result<(), JournalError> {
    if number(conn, "application_id")? != APPLICATION_ID {
        return Err(JournalError::Foreign);
    }
    match number(conn, "user_version")? {
        version if version > VERSION => Err(JournalError::Newer(version)),
        _ => Ok(()),
    }
}

/// A database in which nothing has been made yet, such as a file of zero bytes.
pub(super) fn is_empty(conn: &Connection) -> Result<bool, JournalError> {
    let objects: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(objects == 0 && number(conn, "application_id")? == 0)
}

/// The journal's own name, given when it was made; a journal begun anew has another.
pub(super) fn epoch(conn: &Connection) -> Result<String, JournalError> {
    let epoch = conn.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0)).optional()?;
    Ok(epoch.unwrap_or_default())
}

/// The definitions that a sound journal has, as (name, SQL).
pub(super) fn expected() -> Result<Vec<(String, String)>, JournalError> {
    let fresh = Connection::open_in_memory()?;
    fresh.execute_batch(TABLES)?;
    definitions(&fresh)
}

/// The definitions that `conn` has, as (name, SQL), by name. What SQLite makes by itself is left out.
pub(super) fn definitions(conn: &Connection) -> Result<Vec<(String, String)>, JournalError> {
    /// A journal has about twenty.
    const MAX_DEFINITIONS: i64 = 200;
    let mut statement = conn.prepare(
        "SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name LIMIT ?1",
    )?;
    let rows = statement.query_map([MAX_DEFINITIONS], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn number(conn: &Connection, pragma: &str) -> Result<i64, JournalError> {
    Ok(conn.pragma_query_value(None, pragma, |row| row.get(0))?)
}
