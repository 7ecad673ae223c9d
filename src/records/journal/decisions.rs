//! What people have decided, found without reading all rows. Beside each row of a decision, in the same commit, stands its
//! number in `meta`, which only grows, as rows do; older versions of loa leave it alone. A row that says that the journal is
//! another than the one the station had left stands there too: what was decided before it counts no more.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::error::JournalError;
use crate::fact::{Entry, EntryKind};
use crate::reason::Reason;

/// Before the number of a row, twelve digits, so that they sort.
const PREFIX: &str = "approval/";
pub(super) const NEWEST: &str =
    "SELECT key, value FROM meta WHERE key >= 'approval/' AND key < 'approval0' ORDER BY key DESC LIMIT ?1";

/// Whether a row is found by its number in `meta`, and under which name: of a decision its broadcast, of one that voids
/// what was decided none.
pub(super) fn name_of<'a>(kind: EntryKind, broadcast: Option<&'a str>, reason: Option<&Reason>) -> Option<&'a str> {
    let reason = reason.filter(|_| kind == EntryKind::Note)?;
    if reason.voids_decisions() {
        return Some("");
    }
    broadcast.filter(|broadcast| reason.is_decision() && !broadcast.is_empty())
}

/// Keep the number of a row, where it is one of a decision.
pub(super) fn keep(conn: &Connection, seq: u64, entry: &Entry) -> Result<(), JournalError> {
    if let Some(name) = name_of(entry.kind, entry.broadcast.as_deref(), entry.reason.as_ref()) {
        conn.prepare_cached("INSERT OR IGNORE INTO meta (key, value) VALUES (?1, ?2)")?
            .execute(params![format!("{PREFIX}{seq:012}"), name])?;
    }
    Ok(())
}

/// The numbers of all rows that are kept so.
pub(super) fn kept(conn: &Connection) -> Result<BTreeSet<u64>, JournalError> {
    let mut statement = conn.prepare(NEWEST)?;
    let numbers = statement.query_map([i64::MAX], |row| Ok(number(&row.get::<_, String>(0)?)))?;
    Ok(numbers.collect::<Result<Vec<_>, _>>()?.into_iter().map(|number| number.unwrap_or(0)).collect())
}

pub(super) fn number(key: &str) -> Option<u64> {
    key.strip_prefix(PREFIX)?.parse().ok()
}
