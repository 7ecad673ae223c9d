use rusqlite::{Connection, params};

use super::error::JournalError;
use super::select::read;
use crate::fact::Entry;
use crate::fact::body::millis;
use crate::instant::Wall;

/// By where rows stand in time, the latest first, from a place on.
pub(super) const BACK: &str = "SELECT seq, body, hash, at FROM entry INDEXED BY entry_at
  WHERE at >= ?1 AND at <= ?2 AND (at < ?2 OR seq < ?3) ORDER BY at DESC, seq DESC LIMIT ?4";
/// By when rows were written.
pub(super) const NEXT: &str = "SELECT seq, body, hash FROM entry INDEXED BY entry_written
  WHERE written >= ?1 ORDER BY written, seq LIMIT ?2";

/// A place among the rows as they stand in time: when, and of those of one moment which.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bookmark {
    at: i64,
    seq: u64,
}

impl Bookmark {
    /// Behind all rows that stand before `to`.
    pub const fn before(to: Wall) -> Self {
        Self::until(Wall::from_nanos(to.nanos().saturating_sub(1)))
    }

    /// Behind all rows that stand up to `to`.
    pub const fn until(to: Wall) -> Self {
        // Rows stand at whole milliseconds: one that comes after `to` is not up to it, however near it is.
        Self { at: to.nanos().div_euclid(1_000_000), seq: i64::MAX as u64 }
    }

    /// In a link: `1796000000000.873`.
    pub fn written(self) -> String {
        format!("{}.{}", self.at, self.seq)
    }

    /// Out of a link.
    pub fn read(written: &str) -> Option<Self> {
        let (at, seq) = written.split_once('.')?;
        let seq = seq.parse().ok().filter(|seq| i64::try_from(*seq).is_ok())?;
        Some(Self { at: at.parse().ok()?, seq })
    }
}

/// Call `with` for the rows from `place` back to `from`, the latest first, until it says no or `most` were read. Where it
/// ended before it was through: the place from which to go on.
pub(super) fn back(
    conn: &Connection,
    from: Wall,
    place: Bookmark,
    most: u32,
    mut with: impl FnMut(Entry) -> bool,
) -> Result<Option<Bookmark>, JournalError> {
    let mut statement = conn.prepare_cached(BACK)?;
    let mut rows = statement.query(params![millis(from), place.at, place.seq as i64, most])?;
    let (mut count, mut last) = (0, None);
    while let Some(row) = rows.next()? {
        let here = Bookmark { at: row.get(3)?, seq: row.get::<_, i64>(0)?.unsigned_abs() };
        if !with(read(row)?) {
            // This one was not taken: it is the first of what comes.
            return Ok(last.or(Some(place)));
        }
        (count, last) = (count + 1, Some(here));
    }
    Ok(last.filter(|_| count == most))
}

/// The first `most` rows that were written at `from` or later.
pub(super) fn written_from(conn: &Connection, from: Wall, most: u32) -> Result<Vec<Entry>, JournalError> {
    let mut statement = conn.prepare_cached(NEXT)?;
    let mut rows = statement.query(params![millis(from), most])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(read(row)?);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::tz::TimeZone;
    use rusqlite::StatementStatus::{AutoIndex, FullscanStep, Sort, VmStep};

    use super::super::Journal;
    use super::*;
    use crate::fact::EntryKind;

    const BEGINNING: Wall = Wall::from_secs(1_796_000_000);

    fn at(minute: u64) -> Wall {
        BEGINNING + Duration::from_secs(minute * 60)
    }

    /// Four zones at each minute.
    fn journal(rows: u64) -> Journal {
        let mut journal = Journal::in_memory(BEGINNING, &TimeZone::UTC).unwrap();
        let row = |ix: u64| Entry {
            kind: EntryKind::Airing,
            written: at(ix / 4),
            zone: Some(format!("thon-{}", ix % 4)),
            broadcast: Some("ban-tin".into()),
            planned: Some(at(ix / 4)),
            ..Entry::default()
        };
        journal.batch(|batch| (0..rows).try_for_each(|ix| batch.note(&row(ix)).map(drop))).unwrap();
        journal
    }

    #[test]
    fn pages_follow_each_other_without_a_gap_and_without_a_row_twice() {
        let journal = journal(1_003);
        let (from, mut place) = (at(10), Some(Bookmark::before(at(200))));
        let mut seen = Vec::new();
        while let Some(here) = place {
            let here = Bookmark::read(&here.written()).unwrap();
            place = back(journal.connection(), from, here, 70, |entry| {
                seen.push(entry.seq);
                true
            })
            .unwrap();
        }
        // Minutes 10 to 199, four rows each, numbered from 1.
        assert_eq!(seen, (41..=800).rev().collect::<Vec<u64>>());
    }

    #[test]
    fn what_was_not_taken_is_the_first_of_the_next_page() {
        let journal = journal(20);
        let mut taken = Vec::new();
        let mut take = |place, most: usize| {
            let mut count = 0;
            back(journal.connection(), BEGINNING, place, 100, |entry| {
                count += 1;
                if count > most {
                    return false;
                }
                taken.push(entry.seq);
                true
            })
            .unwrap()
        };
        let place = take(Bookmark::before(at(99)), 7).unwrap();
        // None fits: the same place again.
        assert_eq!(take(place, 0), Some(place));
        assert_eq!(take(place, 50), None);
        assert_eq!(taken, (1..=20).rev().collect::<Vec<u64>>());
    }

    #[test]
    fn a_page_of_two_hundred_thousand_rows_costs_what_one_of_a_thousand_does() {
        // Rows by the file's own hand: it is the way to them that is measured, and not what stands in them.
        const FILL: &str = "WITH RECURSIVE row(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM row WHERE seq < ?1)
          INSERT INTO entry (seq, body, hash) SELECT seq, json_object('kind', 'airing', 'written', written, 'planned', written), ''
          FROM (SELECT seq, strftime('%Y-%m-%dT%H:%M:%SZ', 1796000000 + seq / 4 * 60, 'unixepoch') AS written FROM row)";
        let work = |rows: u64| {
            let journal = Journal::in_memory(BEGINNING, &TimeZone::UTC).unwrap();
            journal.connection().execute(FILL, [rows as i64]).unwrap();
            let conn = journal.connection();
            let end = millis(at(rows / 4));
            let measure = |sql: &str, values: &[i64]| {
                let mut statement = conn.prepare(sql).unwrap();
                let mut found = statement.query(rusqlite::params_from_iter(values)).unwrap();
                let mut count = 0;
                while found.next().unwrap().is_some() {
                    count += 1;
                }
                drop(found);
                for costly in [FullscanStep, Sort, AutoIndex] {
                    assert_eq!(statement.get_status(costly), 0, "{sql}");
                }
                (count, statement.get_status(VmStep))
            };
            [
                measure(BACK, &[0, end, i64::MAX, 500]),
                measure(BACK, &[0, end - 600_000, 700, 500]),
                measure(NEXT, &[millis(at(rows / 8)), 300]),
            ]
        };
        let (short, long) = (work(5_000), work(200_000));
        for ((rows, short), (same, long)) in short.into_iter().zip(long) {
            assert!(rows == same && long <= short * 3 / 2, "{rows} rows in {short} steps, then {same} in {long}");
        }
    }
}
