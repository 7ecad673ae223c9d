use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::TimeZone;
use rusqlite::Connection;

use super::batch::Batch;
use super::belief::Belief;
use super::reader::Reader;
use super::select;
use crate::fact::{Entry, Intent};
use crate::instant::Wall;

/// Rows that are looked at from each end: weeks of a busy station, of which two days are needed.
const MOST: usize = 10_000;

/// What can be read of a journal that cannot be written, or is damaged: whatever cannot be read is
/// left out. So that nothing is heard twice after it was put out of the way.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Salvage {
    /// Entries, by number; of a damaged file those before and behind the damage.
    pub entries: Vec<Entry>,
    /// When the newest row was written.
    pub newest: Option<Wall>,
    /// The last sign of life.
    pub alive: Option<Wall>,
    /// Number and hash of the last entry that can be read.
    pub head: Option<(u64, String)>,
    /// Entries for airings that were under way; they stand in no journal yet.
    pub closed: Vec<Entry>,
    /// Airings that were about to start.
    pub intended: Vec<Intent>,
}

/// Read what can be read of the journal at `path`. `now` dates what was under way.
pub fn salvage(path: &Path, now: Wall, tz: &TimeZone) -> Salvage {
    let Ok(reader) = Reader::open_as_it_is(path) else { return Salvage::default() };
    let conn = reader.connection();
    let mut entries = BTreeMap::new();
    // What lies before a damaged page is reached from the other side.
    if gather(conn, "DESC", &mut entries).is_err() {
        let _ = gather(conn, "ASC", &mut entries);
    }
    let head = entries.last_key_value().map(|(seq, entry): (&u64, &Entry)| (*seq, entry.hash.clone()));
    let newest = entries.values().map(|entry| entry.written).max();
    let belief = Belief::of(conn).ok();
    let newest = newest.max(belief.as_ref().and_then(Belief::newest));
    let alive = select::alive(conn, belief.is_none_or(|belief| belief.is_believed())).ok().flatten();
    let (closed, intended) = under_way(conn, now, tz).unwrap_or_default();
    Salvage { entries: entries.into_values().collect(), newest, alive, head, closed, intended }
}

/// Rows from one end up to the first page that cannot be read. Indexes are not asked: they may be
/// what is damaged.
fn gather(conn: &Connection, order: &str, into: &mut BTreeMap<u64, Entry>) -> Result<(), rusqlite::Error> {
    let sql = format!("SELECT seq, body, hash FROM entry NOT INDEXED ORDER BY seq {order} LIMIT {MOST}");
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        // A row that makes no sense says nothing of its neighbours.
        if let Ok(entry) = select::read(row) {
            into.insert(entry.seq, entry);
        }
    }
    Ok(())
}

fn under_way(conn: &Connection, now: Wall, tz: &TimeZone) -> Option<(Vec<Entry>, Vec<Intent>)> {
    let snapshot = conn.unchecked_transaction().ok()?;
    let (closed, intended) = Batch::on(&snapshot, tz).ok()?.survey(now).ok()?;
    Some((closed.into_iter().map(|(_, entry)| entry).collect(), intended))
}
