use std::path::{Path, PathBuf};
use std::time::Duration;

use loa_core::fact::body::millis;
use loa_core::instant::Wall;
use loa_core::signature::Locality;
use loa_core::uplink::{SentRow, Watermark};
use loa_site::{Folder, Identity, Lock};
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use super::schema::{ADDED, APPLICATION, FORM, LAST_STARTS, TABLES};
use super::sqlite_sheet::{SqliteSheet, number, signed, wall};
use super::taking::{GAPS_MOST, LedgerSheet as _, REFUSED_MOST, TOLD_MOST, take};
use super::{
    BookKind, BookPage, Haul, JournalState, Ledger, LedgerError, LedgerFinding, LedgerFindingKind, LedgerRow,
    RefusedMessages, TakenHaul, Way,
};

/// A reader that holds the file longer is stuck.
const BUSY_MOST: Duration = Duration::from_secs(20);
/// The database in a file of its own.
#[derive(Debug)]
pub struct SqliteLedger {
    conn: Connection,
    /// Where it lies, and which file it was there when it was opened; none in memory.
    file: Option<(PathBuf, Identity)>,
    /// Nobody else collects into it meanwhile.
    claim: Option<Lock>,
}

impl SqliteLedger {
    /// Open it; made where it is not there.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        // SQLite would make one that the group may only read.
        if let Some((above, name)) =
            std::path::absolute(path).ok().as_deref().and_then(|path| path.parent().zip(path.file_name()))
            && let Ok(above) = Folder::open(above)
        {
            let _ = above.make_once(name);
        }
        let mut ledger = Self::prepare(Connection::open(path)?)?;
        let mark = Identity::of(path).ok_or_else(|| LedgerError::Gone(path.to_string_lossy().into_owned()))?;
        // Whoever goes to another directory later means the same file.
        ledger.file = Some((std::path::absolute(path).unwrap_or_else(|_| path.to_owned()), mark));
        Ok(ledger)
    }

    /// One that is gone with the process.
    pub fn in_memory() -> Result<Self, LedgerError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(conn: Connection) -> Result<Self, LedgerError> {
        conn.busy_timeout(BUSY_MOST)?;
        conn.pragma_update(None, "journal_mode", "WAL")?;
        // A commit is on the disk: boxes are told so.
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "foreign_keys", "ON")?;
        let mut ledger = Self { conn, file: None, claim: None };
        let tx = ledger.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let application: i64 = tx.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let form: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let tables: i64 = tx.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        match (application, form, tables) {
            (0, 0, 0) => {
                tx.execute_batch(TABLES)?;
                tx.pragma_update(None, "application_id", APPLICATION)?;
                tx.pragma_update(None, "user_version", FORM)?;
            }
            (APPLICATION, FORM, _) => {}
            (APPLICATION, newer, _) => return Err(LedgerError::Newer(newer)),
            _ => return Err(LedgerError::Foreign),
        }
        tx.execute_batch(ADDED)?;
        tx.commit()?;
        Ok(ledger)
    }
}

impl Ledger for SqliteLedger {
    fn is_there(&mut self) -> Result<(), LedgerError> {
        match &self.file {
            Some((path, own)) if Identity::of(path) != Some(*own) => {
                Err(LedgerError::Gone(path.to_string_lossy().into_owned()))
            }
            _ => Ok(()),
        }
    }

    fn take(&mut self, hauls: &[Haul], now: Wall) -> Result<Vec<TakenHaul>, LedgerError> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut sheet = SqliteSheet(tx);
        let taken = hauls.iter().map(|haul| take(&mut sheet, haul, now)).collect::<Result<Vec<_>, _>>()?;
        sheet.0.commit()?;
        Ok(taken)
    }

    fn refuse(&mut self, station: &str, why: &str, now: Wall) -> Result<(), LedgerError> {
        self.conn.execute(
            "INSERT INTO refused (station, why, count, last) SELECT ?1, ?2, 1, ?3
               WHERE (SELECT count(*) FROM refused) < ?4 OR EXISTS (SELECT 1 FROM refused WHERE station = ?1)
             ON CONFLICT (station) DO UPDATE SET why = excluded.why, count = count + 1, last = excluded.last, closed = NULL",
            params![station, why, millis(now), REFUSED_MOST],
        )?;
        Ok(())
    }

    fn announce(&mut self, station: &Locality, epoch: &str, rows: u64, now: Wall) -> Result<(), LedgerError> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut sheet = SqliteSheet(tx);
        if let Some(place) = sheet.journal(station.as_str(), epoch, millis(now))? {
            let rows = i64::try_from(rows).unwrap_or(i64::MAX);
            sheet
                .0
                .execute("UPDATE journal SET announced = max(announced, ?2) WHERE id = ?1", params![place.id, rows])?;
        }
        sheet.0.commit()?;
        Ok(())
    }

    fn signer(&mut self, station: &Locality) -> Result<Option<(String, Wall)>, LedgerError> {
        let find = "SELECT key, since FROM signer WHERE station = ?1";
        Ok(self.conn.query_row(find, [station.as_str()], |row| Ok((row.get(0)?, wall(row, 1)?))).optional()?)
    }

    fn believe(&mut self, station: &Locality, key: &str, now: Wall) -> Result<(), LedgerError> {
        let insert = "INSERT OR REPLACE INTO signer (station, key, since) VALUES (?1, ?2, ?3)";
        self.conn.execute(insert, params![station.as_str(), key, millis(now)])?;
        Ok(())
    }

    fn watermarks(&mut self) -> Result<Vec<(Locality, Watermark)>, LedgerError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT station, epoch, watermark, head FROM journal AS own WHERE NOT EXISTS (SELECT 1 FROM journal AS other
               WHERE other.station = own.station AND (other.last_heard, other.id) > (own.last_heard, own.id))",
        )?;
        let rows = statement.query_map([], |row| {
            let mark = Watermark { epoch: row.get(1)?, row: number(row, 2)?, hash: row.get(3)? };
            Ok((row.get::<_, String>(0)?, mark))
        })?;
        let mut marks = Vec::new();
        for row in rows {
            let (station, mark) = row?;
            marks.extend(Locality::read(&station).map(|station| (station, mark)));
        }
        Ok(marks)
    }

    fn journals(&mut self) -> Result<Vec<JournalState>, LedgerError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, station, epoch, first_heard, last_heard, watermark, top, announced, rows
               FROM journal ORDER BY station, last_heard, id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(JournalState {
                id: row.get(0)?,
                station: row.get(1)?,
                epoch: row.get(2)?,
                first_heard: wall(row, 3)?,
                last_heard: wall(row, 4)?,
                watermark: number(row, 5)?,
                top: number(row, 6)?,
                announced: number(row, 7)?,
                rows: number(row, 8)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn gaps(&mut self, journal: i64) -> Result<Vec<(u64, u64)>, LedgerError> {
        let mut statement = self.conn.prepare_cached(
            "WITH own AS (SELECT watermark FROM journal WHERE id = ?1),
               step AS (SELECT seq, lag(seq, 1, (SELECT watermark FROM own)) OVER (ORDER BY seq) AS before
                 FROM row WHERE journal = ?1 AND seq > (SELECT watermark FROM own))
             SELECT before + 1, seq - 1 FROM step WHERE seq > before + 1 ORDER BY seq LIMIT ?2",
        )?;
        let rows = statement.query_map(params![journal, GAPS_MOST], |row| Ok((number(row, 0)?, number(row, 1)?)))?;
        let mut gaps = rows.collect::<Result<Vec<_>, _>>()?;
        let (top, announced): (u64, u64) = self.conn.query_row(
            "SELECT max(top, watermark), announced FROM journal WHERE id = ?1",
            [journal],
            |row| Ok((number(row, 0)?, number(row, 1)?)),
        )?;
        if announced > top {
            gaps.push((top + 1, announced));
        }
        Ok(gaps)
    }

    fn close(
        &mut self,
        station: &str,
        kind: Option<LedgerFindingKind>,
        by: &str,
        why: &str,
        until: Wall,
    ) -> Result<u64, LedgerError> {
        let findings = self.conn.execute(
            "UPDATE finding SET closed = ?2, closed_by = ?3, closed_why = ?4
               WHERE closed IS NULL AND at <= ?2 AND (?5 IS NULL OR kind = ?5)
                 AND journal IN (SELECT id FROM journal WHERE station = ?1)",
            params![station, millis(until), by, why, kind.map(LedgerFindingKind::code)],
        )?;
        Ok(findings as u64)
    }

    fn forgive(&mut self, station: &str, by: &str, why: &str, until: Wall) -> Result<u64, LedgerError> {
        let refused = self.conn.execute(
            "UPDATE refused SET closed = ?2, closed_by = ?3, closed_why = ?4
               WHERE closed IS NULL AND last <= ?2 AND station = ?1",
            params![station, millis(until), by, why],
        )?;
        Ok(refused as u64)
    }

    fn findings(&mut self) -> Result<Vec<LedgerFinding>, LedgerError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT journal, seq, kind, at FROM finding WHERE closed IS NULL ORDER BY at DESC, journal, seq LIMIT ?1",
        )?;
        let rows = statement.query_map([TOLD_MOST], |row| {
            let kind = LedgerFindingKind::read(&row.get::<_, String>(2)?);
            Ok(LedgerFinding { journal: row.get(0)?, seq: number(row, 1)?, kind, at: wall(row, 3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn refused(&mut self) -> Result<Vec<RefusedMessages>, LedgerError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT station, why, count, last FROM refused WHERE closed IS NULL ORDER BY last DESC LIMIT ?1",
        )?;
        let rows = statement.query_map([TOLD_MOST], |row| {
            let (count, last) = (number(row, 2)?, wall(row, 3)?);
            Ok(RefusedMessages { station: row.get(0)?, why: row.get(1)?, count, last })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn unread(&mut self) -> Result<Vec<(i64, u64)>, LedgerError> {
        let count = "SELECT journal, count(*) FROM row WHERE at IS NULL GROUP BY journal";
        let mut statement = self.conn.prepare_cached(count)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, number(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn last_rows(&mut self, journal: i64, after: u64, most: u32) -> Result<Vec<(SentRow, Way)>, LedgerError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT seq, body, hash, way FROM row WHERE journal = ?1 AND seq > ?2 ORDER BY seq DESC LIMIT ?3",
        )?;
        let rows = statement.query_map(params![journal, signed(after), most], |row| {
            let sent = SentRow { seq: number(row, 0)?, body: row.get(1)?, hash: row.get(2)? };
            Ok((sent, Way::read(&row.get::<_, String>(3)?)))
        })?;
        let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
        rows.reverse();
        Ok(rows)
    }

    fn rows(&mut self, from: Wall, to: Wall, each: &mut dyn FnMut(LedgerRow)) -> Result<(), LedgerError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT journal, seq, body, hash, came FROM row WHERE at >= ?1 AND at < ?2 ORDER BY journal, seq",
        )?;
        let mut rows = statement.query(params![millis(from), millis(to)])?;
        while let Some(row) = rows.next()? {
            let sent = SentRow { seq: number(row, 1)?, body: row.get(2)?, hash: row.get(3)? };
            each(LedgerRow { journal: row.get(0)?, row: sent, came: wall(row, 4)? });
        }
        Ok(())
    }

    fn last_starts(&mut self, before: Wall) -> Result<Vec<(i64, String)>, LedgerError> {
        let mut statement = self.conn.prepare_cached(LAST_STARTS)?;
        let rows = statement.query_map([millis(before)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn claim(&mut self) -> Result<(), LedgerError> {
        let Some((path, _)) = &self.file else { return Ok(()) };
        let taken = || LedgerError::Claimed(path.to_string_lossy().into_owned());
        let above = path.parent().ok_or_else(taken)?;
        let name = path.file_name().map(|name| format!("{}.lock", name.to_string_lossy())).ok_or_else(taken)?;
        let folder = Folder::open(above).map_err(|error| LedgerError::Damaged(error.to_string()))?;
        self.claim = Some(folder.lock(&name, Duration::ZERO).map_err(|_| taken())?);
        Ok(())
    }

    fn write_pages(&mut self, pages: &[BookPage]) -> Result<(), LedgerError> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for BookPage { kind, id, body, changed } in pages {
            let words = params![kind.code(), id, body, millis(*changed)];
            tx.prepare_cached("INSERT OR REPLACE INTO book (kind, id, body, changed) VALUES (?1, ?2, ?3, ?4)")?
                .execute(words)?;
        }
        Ok(tx.commit()?)
    }

    fn pages(&mut self, kind: BookKind, begins: &str) -> Result<Vec<BookPage>, LedgerError> {
        // By its key: whatever begins so stands between it and the last letter there is.
        let mut statement = self.conn.prepare_cached(
            "SELECT id, body, changed FROM book WHERE kind = ?1 AND id >= ?2 AND id < ?2 || char(0x10FFFF) ORDER BY id",
        )?;
        let rows = statement.query_map(params![kind.code(), begins], |row| page(row, kind))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn pages_since(&mut self, kind: BookKind, since: Wall) -> Result<Vec<BookPage>, LedgerError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, body, changed FROM book WHERE kind = ?1 AND changed >= ?2 ORDER BY changed")?;
        let rows = statement.query_map(params![kind.code(), millis(since)], |row| page(row, kind))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn seat(&mut self) -> Result<String, LedgerError> {
        let written = |(path, file): &(PathBuf, Identity)| format!("{} ({})", path.to_string_lossy(), file.number());
        Ok(self.file.as_ref().map_or_else(String::new, written))
    }
}

fn page(row: &Row<'_>, kind: BookKind) -> rusqlite::Result<BookPage> {
    Ok(BookPage { kind, id: row.get(0)?, body: row.get(1)?, changed: wall(row, 2)? })
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    /// Years of rows; a start every so many.
    fn filled(rows: i64) -> SqliteLedger {
        let ledger = SqliteLedger::in_memory().unwrap();
        ledger
            .conn
            .execute("INSERT INTO journal (station, epoch, first_heard, last_heard) VALUES ('p01', 'e', 0, 0)", [])
            .unwrap();
        let insert = r#"WITH RECURSIVE n (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < ?1)
            INSERT INTO row SELECT 1, seq, CASE WHEN seq % 500 = 7 THEN '{"reason":"started","seq":' ELSE '{"reason":"","seq":' END
              || seq || '}', 'h', 'p', seq * 1000, 0, 'network' FROM n"#;
        ledger.conn.execute(insert, [rows]).unwrap();
        ledger
    }

    #[test]
    fn the_last_start_is_found_by_its_index_however_many_rows_there_are() {
        let steps = |rows: i64| {
            let mut ledger = filled(rows);
            let before = Wall::from_secs(rows - 100);
            let found = ledger.last_starts(before).unwrap();
            let last = (rows - 100) - (rows - 100 - 7) % 500;
            assert_eq!(found.len(), 1);
            assert!(found[0].1.ends_with(&format!(":{last}}}")), "{found:?}");
            assert!(ledger.last_starts(Wall::from_secs(7)).unwrap().is_empty(), "none was before the first");
            let mut statement = ledger.conn.prepare(LAST_STARTS).unwrap();
            statement.query_map([millis(before)], |_| Ok(())).unwrap().count();
            (statement.get_status(StatementStatus::VmStep), statement.get_status(StatementStatus::FullscanStep))
        };
        let (few, many) = (steps(1_000), steps(40_000));
        assert_eq!(few.0, many.0, "as much work in a journal forty times as long");
        assert!(many.1 <= 1, "journals are looked through, rows are not");
    }

    #[test]
    fn pages_are_found_by_what_their_id_begins_with_and_by_when_they_changed() {
        let mut ledger = SqliteLedger::in_memory().unwrap();
        let page = |id: &str, at: i64| BookPage {
            kind: BookKind::Heard,
            id: id.to_owned(),
            body: "{}".to_owned(),
            changed: Wall::from_secs(at),
        };
        ledger.write_pages(&[page("a1 p01", 1), page("a1 p02", 5), page("a10 p01", 3), page("a2 p01", 9)]).unwrap();
        let ids = |pages: Vec<BookPage>| pages.into_iter().map(|page| page.id).collect::<Vec<_>>();
        assert_eq!(ids(ledger.pages(BookKind::Heard, "a1 ").unwrap()), ["a1 p01", "a1 p02"]);
        assert_eq!(ids(ledger.pages(BookKind::Heard, "").unwrap()).len(), 4);
        assert_eq!(ids(ledger.pages_since(BookKind::Heard, Wall::from_secs(5)).unwrap()), ["a1 p02", "a2 p01"]);
        assert!(ledger.pages_since(BookKind::Alarm, Wall::MIN).unwrap().is_empty());
    }
}
