use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};

use super::batch::ALIVE;
use super::body::{Body, read_instant};
use super::entry::{Entry, Kind, Outcome};
use super::error::JournalError;
use crate::instant::Wall;

/// Which entries a reader wants: all that are set must hold.
///
/// Where an entry stands in time: when it was planned, else when it started, else when it was written.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Filter {
    /// Not before this instant.
    pub from: Option<Wall>,
    /// Before this instant.
    pub to: Option<Wall>,
    /// Of this zone.
    pub zone: Option<String>,
    /// Of this broadcast.
    pub broadcast: Option<String>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// Airings or notes only.
    pub kind: Option<Kind>,
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
        and("at >= ?", self.from.map(|at| millis(at).into()));
        and("at < ?", self.to.map(|at| millis(at).into()));
        and("zone = ?", self.zone.clone().map(Value::from));
        and("broadcast = ?", self.broadcast.clone().map(Value::from));
        and("outcome = ?", self.outcome.map(|outcome| word(outcome).to_owned().into()));
        and("kind = ?", self.kind.map(|kind| kind_word(kind).to_owned().into()));
        (sql, values)
    }
}

/// Call `with` for each entry that `filter` lets through, by number, until it says `Err`. However
/// many there are, one is in memory at a time.
pub(super) fn each<E: From<JournalError>>(
    conn: &Connection,
    filter: &Filter,
    mut with: impl FnMut(Entry) -> Result<(), E>,
) -> Result<(), E> {
    let (conditions, mut values) = filter.conditions();
    let sql = match filter.limit {
        None => format!("SELECT seq, body, hash FROM entry WHERE {conditions} ORDER BY seq"),
        Some(limit) => {
            values.push(i64::from(limit).into());
            format!(
                "SELECT * FROM (SELECT seq, body, hash FROM entry WHERE {conditions} ORDER BY seq DESC LIMIT ?) ORDER BY seq"
            )
        }
    };
    let mut statement = conn.prepare(&sql).map_err(JournalError::from)?;
    let mut rows = statement.query(params_from_iter(values)).map_err(JournalError::from)?;
    while let Some(row) = rows.next().map_err(JournalError::from)? {
        with(read(row)?)?;
    }
    Ok(())
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

/// How many entries `filter` lets through, its limit aside.
pub(super) fn count(conn: &Connection, filter: &Filter) -> Result<u64, JournalError> {
    let (conditions, values) = filter.conditions();
    let sql = format!("SELECT count(*) FROM entry WHERE {conditions}");
    let count: i64 = conn.query_row(&sql, params_from_iter(values), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The latest instant at which a row was written by a clock that was believed, to the millisecond. Of the
/// marks the last hundred count, from the last word on the clock on: an airing that was cut off by the power
/// has no entry yet.
///
/// Three kinds of row say nothing about what time it has been: those written while the clock was not
/// believed (behind a note `clock_untrusted`), those before a person set a clock right that had been ahead
/// (behind which a note `clock_confirmed` stands with an earlier time), and those that a start writes
/// before it has looked at the clock: of itself, and for what the power cut off. A simulated day has no word
/// on its clock, and there they count.
pub(super) fn newest(conn: &Connection) -> Result<Option<Wall>, JournalError> {
    let millis: Option<i64> = conn.query_row(
        "WITH
         word(seq, reason) AS (
           SELECT seq, reason FROM entry WHERE kind = 'note'
             AND (reason LIKE 'clock_untrusted:%' OR reason LIKE 'clock_trusted:%' OR reason LIKE 'clock_confirmed:%')
           ORDER BY seq DESC LIMIT 1
         ),
         confirmed(seq) AS (
           SELECT coalesce(max(seq), 0) FROM entry
           WHERE seq > (SELECT seq FROM entry ORDER BY written DESC LIMIT 1)
             AND kind = 'note' AND reason LIKE 'clock_confirmed:%'
         ),
         believed(written) AS (
           SELECT written FROM entry WHERE seq >= (SELECT seq FROM confirmed)
             AND (coalesce(reason, '') NOT IN ('power_lost', 'started') OR NOT EXISTS (SELECT 1 FROM word))
             AND coalesce((
               SELECT reason FROM entry AS note WHERE note.seq <= entry.seq AND note.kind = 'note'
                 AND (note.reason LIKE 'clock_untrusted:%' OR note.reason LIKE 'clock_trusted:%'
                      OR note.reason LIKE 'clock_confirmed:%')
               ORDER BY note.seq DESC LIMIT 1
             ), '') NOT LIKE 'clock_untrusted:%'
           ORDER BY written DESC LIMIT 1
         )
         SELECT max(written) FROM (
           SELECT written FROM believed
           UNION ALL
           SELECT CAST(round((julianday(json_extract(body, '$.written')) - 2440587.5) * 86400000.0) AS INTEGER)
           FROM (SELECT body FROM mark ORDER BY id DESC LIMIT 100) WHERE json_valid(body)
             AND NOT EXISTS (SELECT 1 FROM word WHERE reason LIKE 'clock_untrusted:%')
             AND (NOT EXISTS (SELECT 1 FROM word)
                  OR json_extract(body, '$.entries') IN (SELECT hash FROM entry WHERE seq >= (SELECT seq FROM word)))
         )",
        [],
        |row| row.get(0),
    )?;
    Ok(millis.map(|millis| Wall::from_nanos(millis.saturating_mul(1_000_000))))
}

/// When the station last said that it was on, if it ever did.
pub(super) fn alive(conn: &Connection) -> Result<Option<Wall>, JournalError> {
    let mut statement = conn.prepare("SELECT written FROM position WHERE key = ?1")?;
    let written: Option<String> = statement.query_row([ALIVE], |row| row.get(0)).optional()?;
    Ok(written.as_deref().and_then(read_instant))
}

pub(super) fn read(row: &rusqlite::Row) -> Result<Entry, JournalError> {
    let seq = row.get::<_, i64>(0)?.unsigned_abs();
    let damaged = |what: String| JournalError::Damaged { seq, what };
    let body: String = row.get(1).map_err(|error| damaged(error.to_string()))?;
    let hash: String = row.get(2).map_err(|error| damaged(error.to_string()))?;
    let body: Body = serde_json::from_str(&body).map_err(|error| damaged(error.to_string()))?;
    body.entry(hash).map_err(|field| damaged(field.to_owned()))
}

/// Milliseconds since the epoch, rounded up: what lies in the middle of one is after its beginning.
fn millis(at: Wall) -> i64 {
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

const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Airing => "airing",
        Kind::Note => "note",
    }
}
