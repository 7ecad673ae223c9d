use std::collections::BTreeMap;

use loa_core::instant::Wall;
use loa_core::uplink::RowMark;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::taking::{FINDINGS_MOST, JOURNALS_MOST, JournalPlace, LedgerSheet, NewRow};
use super::{LedgerError, LedgerFindingKind};

/// A transaction of the file.
pub(super) struct SqliteSheet<'c>(pub(super) Transaction<'c>);

impl LedgerSheet for SqliteSheet<'_> {
    fn journal(&mut self, station: &str, epoch: &str, now: i64) -> Result<Option<JournalPlace>, LedgerError> {
        let find = "SELECT id, watermark, head FROM journal WHERE station = ?1 AND epoch = ?2";
        let read = |row: &Row<'_>| Ok(JournalPlace { id: row.get(0)?, watermark: number(row, 1)?, head: row.get(2)? });
        if let Some(place) = self.0.prepare_cached(find)?.query_row(params![station, epoch], read).optional()? {
            return Ok(Some(place));
        }
        let count: i64 =
            self.0.query_row("SELECT count(*) FROM journal WHERE station = ?1", [station], |row| row.get(0))?;
        if count.unsigned_abs() >= JOURNALS_MOST {
            return Ok(None);
        }
        let insert = "INSERT INTO journal (station, epoch, first_heard, last_heard) VALUES (?1, ?2, ?3, ?3)";
        self.0.prepare_cached(insert)?.execute(params![station, epoch, now])?;
        Ok(Some(JournalPlace { id: self.0.last_insert_rowid(), watermark: 0, head: String::new() }))
    }

    fn marks(&mut self, journal: i64, from: u64, to: u64) -> Result<BTreeMap<u64, RowMark>, LedgerError> {
        let mut statement =
            self.0.prepare_cached("SELECT seq, prev, hash FROM row WHERE journal = ?1 AND seq BETWEEN ?2 AND ?3")?;
        let rows = statement.query_map(params![journal, signed(from), signed(to)], |row| {
            let seq = number(row, 0)?;
            Ok((seq, RowMark { seq, prev: row.get(1)?, hash: row.get(2)? }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn insert(&mut self, journal: i64, rows: &[NewRow<'_>], way: &str, now: i64) -> Result<(), LedgerError> {
        let mut statement = self.0.prepare_cached(
            "INSERT OR IGNORE INTO row (journal, seq, body, hash, prev, at, came, way) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        for NewRow { row, prev, at } in rows {
            statement.execute(params![journal, signed(row.seq), row.body, row.hash, prev, at, now, way])?;
        }
        Ok(())
    }

    fn find(
        &mut self,
        journal: i64,
        kind: LedgerFindingKind,
        seq: u64,
        body: &str,
        now: i64,
    ) -> Result<(), LedgerError> {
        self.0
            .prepare_cached(
                "INSERT OR IGNORE INTO finding (journal, seq, kind, body, at) SELECT ?1, ?2, ?3, ?4, ?5
                   WHERE (SELECT count(*) FROM finding WHERE journal = ?1 AND kind = ?3) < ?6",
            )?
            .execute(params![journal, signed(seq), kind.code(), body, now, FINDINGS_MOST as i64])?;
        Ok(())
    }

    fn run_end(&mut self, journal: i64, from: u64) -> Result<(u64, String), LedgerError> {
        let mut statement = self.0.prepare_cached(
            "SELECT seq, hash FROM row AS own WHERE journal = ?1 AND seq >= ?2
               AND NOT EXISTS (SELECT 1 FROM row AS next WHERE next.journal = ?1 AND next.seq = own.seq + 1)
             ORDER BY seq LIMIT 1",
        )?;
        Ok(statement.query_row(params![journal, signed(from)], |row| Ok((number(row, 0)?, row.get(1)?)))?)
    }

    fn advance(&mut self, to: &JournalPlace, top: u64, new: u64, now: i64) -> Result<(), LedgerError> {
        self.0
            .prepare_cached(
                "UPDATE journal SET watermark = ?2, head = ?3, top = max(top, ?4), rows = rows + ?5,
                   last_heard = max(last_heard, ?6) WHERE id = ?1",
            )?
            .execute(params![to.id, signed(to.watermark), to.head, signed(top), signed(new), now])?;
        Ok(())
    }
}

/// Numbers of rows are below 2^63, as they come in.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.unsigned_abs())
}

pub(super) fn wall(row: &Row<'_>, column: usize) -> rusqlite::Result<Wall> {
    Ok(Wall::from_nanos(row.get::<_, i64>(column)?.saturating_mul(1_000_000)))
}
