use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::batch::ALIVE;
use super::belief;
use super::error::JournalError;
use crate::fact::body::{RowBody, read_instant};
use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;

/// Rows that are read at once. Between two such pages nobody holds the file: who reads a page for an hour
/// does not keep the writer's log from being folded in.
const PAGE: usize = 500;
/// A stretch of time, or a broadcast, with more rows than this is looked for by walking the whole table, page
/// by page, rather than by a list of their numbers.
const LISTED_MOST: i64 = 200_000;

/// A zone that is gone from `loa.toml` is looked for in so many rows: months.
const ZONE_WITHIN: i64 = 200_000;
/// Broadcasts that are offered where a name is not known.
const BROADCASTS_MOST: usize = 2_000;

/// What begins the reason of a row about an order by hand.
const ORDERS: [&str; 3] = ["alert:", "say:", "stopped"];
/// Notes that are there for whoever looks after the machine: what began, ended and was switched, and how the
/// sound fared.
const TECHNICAL: [&str; 10] = [
    "amplifier_off",
    "amplifier_on",
    "clock_drift",
    "clock_trusted",
    "rehearsal",
    "schedule_mended",
    "shutdown",
    "started",
    "station_changed",
    "underrun",
];

/// Which entries a reader wants: all that are set must hold.
///
/// Where an entry stands in time: when it was planned, else when it started, else when it was written.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Not before this instant.
    pub from: Option<Wall>,
    /// Before this instant.
    pub to: Option<Wall>,
    /// Of one of these zones; of any where there is none.
    pub zones: Vec<String>,
    /// Of one of these broadcasts; of any where there is none.
    pub broadcasts: Vec<String>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// Airings or notes only.
    pub kind: Option<EntryKind>,
    /// Orders by hand and what became of them only: alerts, say, stop.
    pub orders: bool,
    /// Without the notes that are there for whoever looks after the machine.
    pub plain: bool,
    /// Only so many, the last ones.
    pub limit: Option<u32>,
}

impl Filter {
    /// The conditions as SQL, with their values in order.
    fn conditions(&self) -> (String, Vec<Value>) {
        let mut sql = String::from("1");
        let mut values = Vec::new();
        let mut and = |condition: &str, value: Option<Value>| {
            if let Some(value) = value {
                sql.push_str(" AND ");
                sql.push_str(condition);
                values.push(value);
            }
        };
        and("at >= ?", self.from.map(|at| ceil_millis(at).into()));
        and("at < ?", self.to.map(|at| ceil_millis(at).into()));
        and("outcome = ?", self.outcome.map(|outcome| word(outcome).to_owned().into()));
        and("kind = ?", self.kind.map(|kind| kind_word(kind).to_owned().into()));
        for (column, names) in [("zone", &self.zones), ("broadcast", &self.broadcasts)] {
            if !names.is_empty() {
                let marks = vec!["?"; names.len()].join(", ");
                sql.extend([" AND ", column, " IN (", &marks, ")"]);
                values.extend(names.iter().cloned().map(Value::from));
            }
        }
        if self.orders {
            let begins = ORDERS.map(|begin| format!("reason LIKE '{begin}%'")).join(" OR ");
            sql.extend([" AND (class = 'emergency' OR json_extract(body, '$.order') IS NOT NULL OR ", &begins, ")"]);
        }
        if self.plain {
            let codes = TECHNICAL.map(|code| format!("'{code}'")).join(", ");
            let code = "substr(reason, 1, instr(reason || ':', ':') - 1)";
            sql.extend([" AND (kind <> 'note' OR coalesce(", code, ", '') NOT IN (", &codes, "))"]);
        }
        (sql, values)
    }

    /// The index that leads to what it lets through, if one is worth it.
    fn index(&self, conn: &Connection) -> Result<Option<&'static str>, JournalError> {
        if !self.broadcasts.is_empty() {
            return Ok(Some("entry_broadcast"));
        }
        if self.from.is_none() && self.to.is_none() {
            return Ok(None);
        }
        let (from, to) = (self.from.map_or(i64::MIN, ceil_millis), self.to.map_or(i64::MAX, ceil_millis));
        let sql = "SELECT count(*) FROM
                   (SELECT 1 FROM entry INDEXED BY entry_at WHERE at >= ?1 AND at < ?2 LIMIT ?3)";
        let rows: i64 = conn.query_row(sql, (from, to, LISTED_MOST), |row| row.get(0))?;
        Ok((rows < LISTED_MOST).then_some("entry_at"))
    }
}

/// Call `with` for each entry that `filter` lets through, by number, until it says `Err`. However
/// many there are, a page is in memory at a time, and while `with` is called nothing is held of the file.
pub(super) fn each<E: From<JournalError>>(
    conn: &Connection,
    filter: &Filter,
    mut with: impl FnMut(Entry) -> Result<(), E>,
) -> Result<(), E> {
    if let Some(numbers) = numbers(conn, filter)? {
        return numbers.chunks(PAGE).try_for_each(|numbers| listed(conn, numbers)?.into_iter().try_for_each(&mut with));
    }
    let mut last = 0;
    loop {
        let page = page(conn, filter, last)?;
        let Some(end) = page.last() else { return Ok(()) };
        last = end.seq;
        page.into_iter().try_for_each(&mut with)?;
    }
}

/// The numbers of what `filter` lets through, where they are few or an index leads to them.
fn numbers(conn: &Connection, filter: &Filter) -> Result<Option<Vec<i64>>, JournalError> {
    let index = filter.index(conn)?;
    if filter.limit.is_none() && index.is_none() {
        return Ok(None);
    }
    let by = index.map_or_else(String::new, |index| format!("INDEXED BY {index}"));
    let (conditions, mut values) = filter.conditions();
    let mut sql = format!("SELECT seq FROM entry {by} WHERE {conditions}");
    if let Some(limit) = filter.limit {
        sql.push_str(" ORDER BY seq DESC LIMIT ?");
        values.push(i64::from(limit).into());
    }
    let mut statement = conn.prepare(&sql)?;
    let rows = statement.query_map(params_from_iter(values), |row| row.get::<_, i64>(0))?;
    let mut numbers = rows.collect::<Result<Vec<_>, _>>()?;
    numbers.sort_unstable();
    Ok(Some(numbers))
}

pub(super) fn listed(conn: &Connection, numbers: &[i64]) -> Result<Vec<Entry>, JournalError> {
    let mut statement = conn.prepare_cached("SELECT seq, body, hash FROM entry WHERE seq = ?1")?;
    let mut entries = Vec::with_capacity(numbers.len());
    for number in numbers {
        let mut rows = statement.query([number])?;
        if let Some(row) = rows.next()? {
            entries.push(read(row)?);
        }
    }
    Ok(entries)
}

/// What comes next behind the row `last`.
fn page(conn: &Connection, filter: &Filter, last: u64) -> Result<Vec<Entry>, JournalError> {
    let (conditions, mut values) = filter.conditions();
    values.extend([Value::from(last as i64), Value::from(PAGE as i64)]);
    let sql =
        format!("SELECT seq, body, hash FROM entry NOT INDEXED WHERE {conditions} AND seq > ? ORDER BY seq LIMIT ?");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(read(row)?);
    }
    Ok(entries)
}

/// The entries that `filter` lets through, by number.
pub(super) fn collect(conn: &Connection, filter: &Filter) -> Result<Vec<Entry>, JournalError> {
    let mut entries = Vec::new();
    each(conn, filter, |entry| {
        entries.push(entry);
        Ok::<(), JournalError>(())
    })?;
    Ok(entries)
}

/// How many entries `filter` lets through, its limit aside; of more than `most`, `most`.
pub(super) fn count(conn: &Connection, filter: &Filter, most: u32) -> Result<u64, JournalError> {
    let by = filter.index(conn)?.map_or_else(String::new, |index| format!("INDEXED BY {index}"));
    let (conditions, mut values) = filter.conditions();
    values.push(i64::from(most).into());
    let sql = format!("SELECT count(*) FROM (SELECT 1 FROM entry {by} WHERE {conditions} LIMIT ?)");
    let count: i64 = conn.query_row(&sql, params_from_iter(values), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Whether there is a row of the broadcast `id`.
pub(super) fn knows_broadcast(conn: &Connection, id: &str) -> Result<bool, JournalError> {
    let sql = "SELECT 1 FROM entry INDEXED BY entry_broadcast WHERE broadcast = ?1 LIMIT 1";
    Ok(conn.prepare(sql)?.exists([id])?)
}

/// Whether one of the last [`ZONE_WITHIN`] rows is of the zone `id`; no index leads to it.
pub(super) fn knows_zone(conn: &Connection, id: &str) -> Result<bool, JournalError> {
    let sql = "SELECT 1 FROM entry WHERE seq > (SELECT max(seq) FROM entry) - ?2 AND zone = ?1 LIMIT 1";
    Ok(conn.prepare(sql)?.exists((id, ZONE_WITHIN))?)
}

/// The ids of broadcasts that have a row, up to [`BROADCASTS_MOST`]: from one to the next by the index.
pub(super) fn broadcasts(conn: &Connection) -> Result<Vec<String>, JournalError> {
    let mut next = conn.prepare("SELECT min(broadcast) FROM entry INDEXED BY entry_broadcast WHERE broadcast > ?1")?;
    let mut ids: Vec<String> = Vec::new();
    while ids.len() < BROADCASTS_MOST {
        let last = ids.last().map_or("", String::as_str);
        match next.query_row([last], |row| row.get::<_, Option<String>>(0))? {
            Some(id) => ids.push(id),
            None => break,
        }
    }
    Ok(ids)
}

/// When the station last gave a sign of life, if it ever did: once a minute, and more often while something plays
/// by a clock that is believed.
pub(super) fn alive(conn: &Connection, believed: bool) -> Result<Option<Wall>, JournalError> {
    /// Many times more than a station has airings under way.
    const MOST: i64 = 10_000;
    let mut statement = conn.prepare("SELECT key, written FROM position WHERE key <> ?1 LIMIT ?2")?;
    let rows = statement
        .query_map(params![belief::KEY, MOST], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut latest = None;
    for row in rows {
        let (key, written) = row?;
        if key == ALIVE || believed {
            latest = latest.max(read_instant(&written));
        }
    }
    Ok(latest)
}

pub(super) fn read(row: &rusqlite::Row) -> Result<Entry, JournalError> {
    let seq = row.get::<_, i64>(0)?.unsigned_abs();
    let damaged = |what: String| JournalError::Damaged { seq, what };
    let body: String = row.get(1).map_err(|error| damaged(error.to_string()))?;
    let hash: String = row.get(2).map_err(|error| damaged(error.to_string()))?;
    let body: RowBody = serde_json::from_str(&body).map_err(|error| damaged(error.to_string()))?;
    body.entry(hash).map_err(|field| damaged(field.to_owned()))
}

/// Milliseconds since the epoch, rounded up: what lies in the middle of one is after its beginning.
fn ceil_millis(at: Wall) -> i64 {
    at.nanos().div_euclid(1_000_000) + i64::from(at.nanos().rem_euclid(1_000_000) != 0)
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Played => "played",
        Outcome::Partial => "partial",
        Outcome::Missed => "missed",
        Outcome::Refused => "refused",
    }
}

const fn kind_word(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Airing => "airing",
        EntryKind::Note => "note",
    }
}
