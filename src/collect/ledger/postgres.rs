use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use loa_core::fact::body::millis;
use loa_core::instant::Wall;
use loa_core::signature::Locality;
use loa_core::uplink::{RowMark, SentRow, Watermark};
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::ToSql;
use postgres::{Client, Row, Transaction};

use super::postgres_tls;
use super::schema::{FORM, POSTGRES_ADDED, POSTGRES_LAST_STARTS, POSTGRES_TABLES};
use super::taking::{
    FINDINGS_MOST, GAPS_MOST, JOURNALS_MOST, JournalPlace, LedgerSheet, NewRow, REFUSED_MOST, TOLD_MOST, take,
};
use super::{
    BookKind, BookPage, Haul, JournalState, Ledger, LedgerError, LedgerFinding, LedgerFindingKind, LedgerRow,
    RefusedMessages, TakenHaul, Way,
};

/// Who makes the tables keeps others from it meanwhile.
const LOCK: i64 = 0x6c6f_6143;
/// Who collects keeps others from it.
const CLAIM: i64 = 0x6c6f_6144;

/// The database on a PostgreSQL server, in a schema of its own (`loa_collect`). With TLS where the address or an authority's certificate asks for it.
pub struct PostgresLedger {
    url: String,
    /// By which the server is known; none: as the address says.
    authority: Option<PathBuf>,
    client: Client,
    /// It collects, and nobody else does: claimed anew with every connection.
    is_claimed: bool,
}

impl PostgresLedger {
    /// Connect to `postgres://…`; the tables are made where they are not there.
    pub fn open(url: &str) -> Result<Self, LedgerError> {
        Self::open_with(url, None)
    }

    /// The same over TLS and nothing else, to a server with a certificate of this authority, where one is named.
    pub fn open_with(url: &str, authority: Option<&Path>) -> Result<Self, LedgerError> {
        let client = connect(url, authority)?;
        Ok(Self { url: url.to_owned(), authority: authority.map(Path::to_owned), client, is_claimed: false })
    }

    /// The connection, made anew where the server has gone meanwhile.
    fn client(&mut self) -> Result<&mut Client, LedgerError> {
        if self.client.is_closed() {
            self.client = connect(&self.url, self.authority.as_deref())?;
            if self.is_claimed {
                claim(&mut self.client)?;
            }
        }
        Ok(&mut self.client)
    }
}

fn connect(url: &str, authority: Option<&Path>) -> Result<Client, LedgerError> {
    let mut client = postgres_tls::connect(url, authority)?;
    let mut tx = client.transaction()?;
    tx.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    tx.batch_execute("CREATE SCHEMA IF NOT EXISTS loa_collect; SET LOCAL search_path TO loa_collect")?;
    let made = tx.query_opt("SELECT 1 FROM pg_tables WHERE schemaname = 'loa_collect' AND tablename = 'form'", &[])?;
    if made.is_none() {
        tx.batch_execute(POSTGRES_TABLES)?;
        tx.execute("INSERT INTO form (form) VALUES ($1)", &[&FORM])?;
    }
    let form: i64 = tx.query_one("SELECT form FROM form", &[])?.get(0);
    if form != FORM {
        return Err(LedgerError::Newer(form));
    }
    tx.batch_execute(POSTGRES_ADDED)?;
    tx.commit()?;
    // A commit is on the disk, whatever the server is used to: boxes are told so.
    client.batch_execute("SET search_path TO loa_collect; SET synchronous_commit TO on")?;
    Ok(client)
}

/// The server keeps it for this connection, and for no other one.
fn claim(client: &mut Client) -> Result<(), LedgerError> {
    let is_ours: bool = client.query_one("SELECT pg_try_advisory_lock($1)", &[&CLAIM])?.get(0);
    if is_ours { Ok(()) } else { Err(LedgerError::Claimed("loa_collect".to_owned())) }
}

impl Ledger for PostgresLedger {
    fn take(&mut self, hauls: &[Haul], now: Wall) -> Result<Vec<TakenHaul>, LedgerError> {
        let mut sheet = PostgresSheet(self.client()?.transaction()?);
        let taken = hauls.iter().map(|haul| take(&mut sheet, haul, now)).collect::<Result<Vec<_>, _>>()?;
        sheet.0.commit()?;
        Ok(taken)
    }

    fn refuse(&mut self, station: &str, why: &str, now: Wall) -> Result<(), LedgerError> {
        let station = station.replace('\0', "");
        self.client()?.execute(
            "INSERT INTO refused AS own (station, why, count, last) SELECT $1, $2, 1, $3
               WHERE (SELECT count(*) FROM refused) < $4 OR EXISTS (SELECT 1 FROM refused WHERE station = $1)
             ON CONFLICT (station) DO UPDATE SET why = excluded.why, count = own.count + 1, last = excluded.last, closed = NULL",
            &[&station, &why, &millis(now), &REFUSED_MOST],
        )?;
        Ok(())
    }

    fn announce(&mut self, station: &Locality, epoch: &str, rows: u64, now: Wall) -> Result<(), LedgerError> {
        let mut sheet = PostgresSheet(self.client()?.transaction()?);
        if let Some(place) = sheet.journal(station.as_str(), epoch, millis(now))? {
            let update = "UPDATE journal SET announced = greatest(announced, $2) WHERE id = $1";
            sheet.0.execute(update, &[&place.id, &signed(rows)])?;
        }
        Ok(sheet.0.commit()?)
    }

    fn signer(&mut self, station: &Locality) -> Result<Option<(String, Wall)>, LedgerError> {
        let found =
            self.client()?.query_opt("SELECT key, since FROM signer WHERE station = $1", &[&station.as_str()])?;
        Ok(found.map(|row| (row.get(0), wall(&row, 1))))
    }

    fn believe(&mut self, station: &Locality, key: &str, now: Wall) -> Result<(), LedgerError> {
        let insert = "INSERT INTO signer (station, key, since) VALUES ($1, $2, $3)
             ON CONFLICT (station) DO UPDATE SET key = excluded.key, since = excluded.since";
        self.client()?.execute(insert, &[&station.as_str(), &key, &millis(now)])?;
        Ok(())
    }

    fn watermarks(&mut self) -> Result<Vec<(Locality, Watermark)>, LedgerError> {
        let rows = self.client()?.query(
            "SELECT DISTINCT ON (station) station, epoch, watermark, head FROM journal ORDER BY station, last_heard DESC, id DESC",
            &[],
        )?;
        let mark = |row: &Row| {
            let station = Locality::read(row.get(0))?;
            Some((station, Watermark { epoch: row.get(1), row: number(row, 2), hash: row.get(3) }))
        };
        Ok(rows.iter().filter_map(mark).collect())
    }

    fn journals(&mut self) -> Result<Vec<JournalState>, LedgerError> {
        let rows = self.client()?.query(
            "SELECT id, station, epoch, first_heard, last_heard, watermark, top, announced, rows
               FROM journal ORDER BY station COLLATE \"C\", last_heard, id",
            &[],
        )?;
        let state = |row: &Row| JournalState {
            id: row.get(0),
            station: row.get(1),
            epoch: row.get(2),
            first_heard: wall(row, 3),
            last_heard: wall(row, 4),
            watermark: number(row, 5),
            top: number(row, 6),
            announced: number(row, 7),
            rows: number(row, 8),
        };
        Ok(rows.iter().map(state).collect())
    }

    fn gaps(&mut self, journal: i64) -> Result<Vec<(u64, u64)>, LedgerError> {
        let client = self.client()?;
        let rows = client.query(
            "WITH own AS (SELECT watermark FROM journal WHERE id = $1),
               step AS (SELECT seq, lag(seq, 1, (SELECT watermark FROM own)) OVER (ORDER BY seq) AS before
                 FROM journal_row WHERE journal = $1 AND seq > (SELECT watermark FROM own))
             SELECT before + 1, seq - 1 FROM step WHERE seq > before + 1 ORDER BY seq LIMIT $2",
            &[&journal, &GAPS_MOST],
        )?;
        let mut gaps: Vec<(u64, u64)> = rows.iter().map(|row| (number(row, 0), number(row, 1))).collect();
        let ends =
            client.query_one("SELECT greatest(top, watermark), announced FROM journal WHERE id = $1", &[&journal])?;
        let (top, announced) = (number(&ends, 0), number(&ends, 1));
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
        let (until, code) = (millis(until), kind.map(LedgerFindingKind::code));
        let findings = self.client()?.execute(
            "UPDATE finding SET closed = $2, closed_by = $3, closed_why = $4
               WHERE closed IS NULL AND at <= $2 AND ($5::text IS NULL OR kind = $5)
                 AND journal IN (SELECT id FROM journal WHERE station = $1)",
            &[&station, &until, &by, &why, &code],
        )?;
        Ok(findings)
    }

    fn forgive(&mut self, station: &str, by: &str, why: &str, until: Wall) -> Result<u64, LedgerError> {
        let refused = self.client()?.execute(
            "UPDATE refused SET closed = $2, closed_by = $3, closed_why = $4
               WHERE closed IS NULL AND last <= $2 AND station = $1",
            &[&station, &millis(until), &by, &why],
        )?;
        Ok(refused)
    }

    fn findings(&mut self) -> Result<Vec<LedgerFinding>, LedgerError> {
        let query =
            "SELECT journal, seq, kind, at FROM finding WHERE closed IS NULL ORDER BY at DESC, journal, seq LIMIT $1";
        let rows = self.client()?.query(query, &[&TOLD_MOST])?;
        let finding = |row: &Row| LedgerFinding {
            journal: row.get(0),
            seq: number(row, 1),
            kind: LedgerFindingKind::read(row.get(2)),
            at: wall(row, 3),
        };
        Ok(rows.iter().map(finding).collect())
    }

    fn refused(&mut self) -> Result<Vec<RefusedMessages>, LedgerError> {
        let query = "SELECT station, why, count, last FROM refused WHERE closed IS NULL ORDER BY last DESC LIMIT $1";
        let rows = self.client()?.query(query, &[&TOLD_MOST])?;
        let message = |row: &Row| RefusedMessages {
            station: row.get(0),
            why: row.get(1),
            count: number(row, 2),
            last: wall(row, 3),
        };
        Ok(rows.iter().map(message).collect())
    }

    fn unread(&mut self) -> Result<Vec<(i64, u64)>, LedgerError> {
        let query = "SELECT journal, count(*) FROM journal_row WHERE at IS NULL GROUP BY journal";
        let rows = self.client()?.query(query, &[])?;
        Ok(rows.iter().map(|row| (row.get(0), number(row, 1))).collect())
    }

    fn last_rows(&mut self, journal: i64, after: u64, most: u32) -> Result<Vec<(SentRow, Way)>, LedgerError> {
        let query =
            "SELECT seq, body, hash, way FROM journal_row WHERE journal = $1 AND seq > $2 ORDER BY seq DESC LIMIT $3";
        let rows = self.client()?.query(query, &[&journal, &signed(after), &i64::from(most)])?;
        let sent =
            |row: &Row| (SentRow { seq: number(row, 0), body: row.get(1), hash: row.get(2) }, Way::read(row.get(3)));
        Ok(rows.iter().rev().map(sent).collect())
    }

    fn rows(&mut self, from: Wall, to: Wall, each: &mut dyn FnMut(LedgerRow)) -> Result<(), LedgerError> {
        let query =
            "SELECT journal, seq, body, hash, came FROM journal_row WHERE at >= $1 AND at < $2 ORDER BY journal, seq";
        let (from, to) = (millis(from), millis(to));
        let bounds: [&dyn ToSql; 2] = [&from, &to];
        // Row by row: a province's month has millions.
        let mut rows = self.client()?.query_raw(query, bounds)?;
        while let Some(row) = rows.next()? {
            let sent = SentRow { seq: number(&row, 1), body: row.get(2), hash: row.get(3) };
            each(LedgerRow { journal: row.get(0), row: sent, came: wall(&row, 4) });
        }
        Ok(())
    }

    fn last_starts(&mut self, before: Wall) -> Result<Vec<(i64, String)>, LedgerError> {
        let rows = self.client()?.query(POSTGRES_LAST_STARTS, &[&millis(before)])?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    fn claim(&mut self) -> Result<(), LedgerError> {
        claim(self.client()?)?;
        self.is_claimed = true;
        Ok(())
    }

    fn write_pages(&mut self, pages: &[BookPage]) -> Result<(), LedgerError> {
        let mut tx = self.client()?.transaction()?;
        for BookPage { kind, id, body, changed } in pages {
            tx.execute(
                "INSERT INTO book (kind, id, body, changed) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, changed = excluded.changed",
                &[&kind.code(), id, body, &millis(*changed)],
            )?;
        }
        Ok(tx.commit()?)
    }

    fn pages(&mut self, kind: BookKind, begins: &str) -> Result<Vec<BookPage>, LedgerError> {
        let rows = self.client()?.query(
            "SELECT id, body, changed FROM book WHERE kind = $1 AND starts_with(id, $2) ORDER BY id COLLATE \"C\"",
            &[&kind.code(), &begins],
        )?;
        Ok(rows.iter().map(|row| page(row, kind)).collect())
    }

    fn pages_since(&mut self, kind: BookKind, since: Wall) -> Result<Vec<BookPage>, LedgerError> {
        let rows = self.client()?.query(
            "SELECT id, body, changed FROM book WHERE kind = $1 AND changed >= $2 ORDER BY changed",
            &[&kind.code(), &millis(since)],
        )?;
        Ok(rows.iter().map(|row| page(row, kind)).collect())
    }

    fn seat(&mut self) -> Result<String, LedgerError> {
        let own = "SELECT current_database() || ' (' || oid || ')' FROM pg_database WHERE datname = current_database()";
        Ok(self.client()?.query_one(own, &[])?.get(0))
    }
}

fn page(row: &Row, kind: BookKind) -> BookPage {
    BookPage { kind, id: row.get(0), body: row.get(1), changed: wall(row, 2) }
}

struct PostgresSheet<'c>(Transaction<'c>);

impl LedgerSheet for PostgresSheet<'_> {
    fn journal(&mut self, station: &str, epoch: &str, now: i64) -> Result<Option<JournalPlace>, LedgerError> {
        // Two collectors at one journal come one after the other.
        let find = "SELECT id, watermark, head FROM journal WHERE station = $1 AND epoch = $2 FOR UPDATE";
        let place = |row: &Row| JournalPlace { id: row.get(0), watermark: number(row, 1), head: row.get(2) };
        if let Some(row) = self.0.query_opt(find, &[&station, &epoch])? {
            return Ok(Some(place(&row)));
        }
        let count: i64 = self.0.query_one("SELECT count(*) FROM journal WHERE station = $1", &[&station])?.get(0);
        if count.unsigned_abs() >= JOURNALS_MOST {
            return Ok(None);
        }
        let insert = "INSERT INTO journal (station, epoch, first_heard, last_heard) VALUES ($1, $2, $3, $3) ON CONFLICT DO NOTHING";
        self.0.execute(insert, &[&station, &epoch, &now])?;
        Ok(Some(place(&self.0.query_one(find, &[&station, &epoch])?)))
    }

    fn marks(&mut self, journal: i64, from: u64, to: u64) -> Result<BTreeMap<u64, RowMark>, LedgerError> {
        let query = "SELECT seq, prev, hash FROM journal_row WHERE journal = $1 AND seq BETWEEN $2 AND $3";
        let rows = self.0.query(query, &[&journal, &signed(from), &signed(to)])?;
        let mark = |row: &Row| (number(row, 0), RowMark { seq: number(row, 0), prev: row.get(1), hash: row.get(2) });
        Ok(rows.iter().map(mark).collect())
    }

    fn insert(&mut self, journal: i64, rows: &[NewRow<'_>], way: &str, now: i64) -> Result<(), LedgerError> {
        let seqs: Vec<i64> = rows.iter().map(|new| signed(new.row.seq)).collect();
        let bodies: Vec<&str> = rows.iter().map(|new| new.row.body.as_str()).collect();
        let hashes: Vec<&str> = rows.iter().map(|new| new.row.hash.as_str()).collect();
        let prevs: Vec<&str> = rows.iter().map(|new| new.prev.as_str()).collect();
        let instants: Vec<Option<i64>> = rows.iter().map(|new| new.at).collect();
        self.0.execute(
            "INSERT INTO journal_row (journal, seq, body, hash, prev, at, came, way)
               SELECT $1, seq, body, hash, prev, at, $7, $8
                 FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[]) AS new (seq, body, hash, prev, at)
             ON CONFLICT DO NOTHING",
            &[&journal, &seqs, &bodies, &hashes, &prevs, &instants, &now, &way],
        )?;
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
        self.0.execute(
            "INSERT INTO finding (journal, seq, kind, body, at) SELECT $1, $2, $3, $4, $5
               WHERE (SELECT count(*) FROM finding WHERE journal = $1 AND kind = $3) < $6
             ON CONFLICT DO NOTHING",
            &[&journal, &signed(seq), &kind.code(), &body, &now, &signed(FINDINGS_MOST)],
        )?;
        Ok(())
    }

    fn run_end(&mut self, journal: i64, from: u64) -> Result<(u64, String), LedgerError> {
        let row = self.0.query_one(
            "SELECT seq, hash FROM journal_row AS own WHERE journal = $1 AND seq >= $2
               AND NOT EXISTS (SELECT 1 FROM journal_row AS next WHERE next.journal = $1 AND next.seq = own.seq + 1)
             ORDER BY seq LIMIT 1",
            &[&journal, &signed(from)],
        )?;
        Ok((number(&row, 0), row.get(1)))
    }

    fn advance(&mut self, to: &JournalPlace, top: u64, new: u64, now: i64) -> Result<(), LedgerError> {
        self.0.execute(
            "UPDATE journal SET watermark = $2, head = $3, top = greatest(top, $4), rows = rows + $5,
               last_heard = greatest(last_heard, $6) WHERE id = $1",
            &[&to.id, &signed(to.watermark), &to.head, &signed(top), &signed(new), &now],
        )?;
        Ok(())
    }
}

/// Numbers of rows are below 2^63, as they come in.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn number(row: &Row, column: usize) -> u64 {
    row.get::<_, i64>(column).unsigned_abs()
}

fn wall(row: &Row, column: usize) -> Wall {
    Wall::from_nanos(row.get::<_, i64>(column).saturating_mul(1_000_000))
}
