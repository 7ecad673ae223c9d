use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::against;
use super::approved::{self, LetSound};
use super::belief::{Belief, HEAD_ENTRY};
use super::chain::Head;
use super::denied::Denied;
use super::error::JournalError;
use super::findings::{Breach, Verified};
use super::horns::Horns;
use super::key;
use super::leaf::{self, Bookmark};
use super::orders;
use super::outside::Outside;
use super::recent;
use super::schema;
use super::seal::Sealed;
use super::select::{self, Filter};
use super::verify;
use crate::approval::Approvals;
use crate::diag::{Text, text};
use crate::fact::{Entry, UncountedRows};
use crate::instant::Wall;
use crate::site;

/// The journal as everybody but its writer holds it: read-only, while the daemon writes, or from a
/// copy on a medium or in a directory where nothing can be written.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    conn: Connection,
    stale: bool,
}

impl Reader {
    /// Open the journal at `path`; `None` where there is none yet.
    pub fn open(path: &Path) -> Result<Option<Self>, JournalError> {
        match std::fs::metadata(path) {
            Ok(meta) if !meta.is_file() => return Err(JournalError::NoFile(path.to_owned())),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                let other = || JournalError::File { path: path.to_owned(), source };
                return Err(Denied::to_read(path).map_or_else(other, JournalError::Denied));
            }
        }
        let reader = Self::open_as_it_is(path).map_err(|error| {
            Denied::to_read(path).filter(|_| !error.is_damage()).map_or(error, JournalError::Denied)
        })?;
        if schema::is_empty(&reader.conn)? {
            return Ok(None);
        }
        schema::recognise(&reader.conn)?;
        Ok(Some(reader))
    }

    /// Whatever the file is; for what looks at a damaged one.
    pub(super) fn open_as_it_is(path: &Path) -> Result<Self, JournalError> {
        if std::fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
            return Err(JournalError::NoFile(path.to_owned()));
        }
        match Self::living(path) {
            Ok(conn) => Ok(Self { path: path.to_owned(), conn, stale: false }),
            Err(error) if wants_still(&error) => {
                Ok(Self { path: path.to_owned(), conn: Self::still(path)?, stale: has_log(path) })
            }
            Err(error) => Err(error),
        }
    }

    /// A second connection to the same file; none where it cannot be had.
    fn another(&self) -> Option<Connection> {
        Self::open_as_it_is(&self.path).ok().map(|reader| reader.conn)
    }

    /// Its connection.
    pub(super) const fn connection(&self) -> &Connection {
        &self.conn
    }

    /// A file that others may be writing: needs the log and its index beside it, or the right to
    /// make them.
    fn living(path: &Path) -> Result<Connection, JournalError> {
        let conn = Connection::open_with_flags(path, flags())?;
        Self::settle(&conn)?;
        Ok(conn)
    }

    /// A file that nobody can be writing. SQLite then looks at nothing beside it.
    fn still(path: &Path) -> Result<Connection, JournalError> {
        let mut uri = String::from("file:");
        for &byte in path.as_os_str().as_bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(byte as char),
                _ => {
                    let _ = write!(uri, "%{byte:02X}");
                }
            }
        }
        uri.push_str("?immutable=1");
        let conn = Connection::open_with_flags(uri, flags() | OpenFlags::SQLITE_OPEN_URI)?;
        Self::settle(&conn)?;
        Ok(conn)
    }

    fn settle(conn: &Connection) -> Result<(), JournalError> {
        schema::guard(conn)?;
        conn.pragma_update(None, "query_only", true)?;
        // The first look at the file: a log that cannot be read shows itself here.
        schema::is_empty(conn)?;
        Ok(())
    }

    /// Whether the newest rows may be missing: they stand in a log (`journal.db-wal`) that cannot be
    /// read here. The cure is a copy in a directory that can be written.
    pub const fn is_stale(&self) -> bool {
        self.stale
    }

    /// The entries that `filter` lets through, by number.
    pub fn select(&self, filter: &Filter) -> Result<Vec<Entry>, JournalError> {
        select::collect(&self.conn, filter)
    }

    /// Call `with` for each entry that `filter` lets through, by number, until it says `Err`; for
    /// exports, which may be longer than the memory is large.
    pub fn each<E: From<JournalError>>(
        &self,
        filter: &Filter,
        with: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        select::each(&self.conn, filter, with)
    }

    /// In which zones no horn was fed, from this instant on.
    pub fn horns(&self, from: Wall) -> Result<Horns, JournalError> {
        Horns::since(&self.conn, from)
    }

    /// Which airings from this instant on stand in no total: tests, drills, alarms that were ended in their tone.
    pub fn uncounted(&self, from: Wall) -> Result<UncountedRows, JournalError> {
        let ordered = self.select(&Filter { from: Some(from), orders: true, ..Filter::default() })?;
        Ok(UncountedRows::of(&ordered))
    }

    /// How many entries `filter` lets through, its limit aside; of more than `most`, `most`.
    pub fn count(&self, filter: &Filter, most: u32) -> Result<u64, JournalError> {
        select::count(&self.conn, filter, most)
    }

    /// Whether there is a row of the broadcast `id`.
    pub fn knows_broadcast(&self, id: &str) -> Result<bool, JournalError> {
        select::knows_broadcast(&self.conn, id)
    }

    /// Whether one of the last rows is of the zone `id`.
    pub fn knows_zone(&self, id: &str) -> Result<bool, JournalError> {
        select::knows_zone(&self.conn, id)
    }

    /// The ids of broadcasts that have a row, the first of them by name.
    pub fn broadcasts(&self) -> Result<Vec<String>, JournalError> {
        select::broadcasts(&self.conn)
    }

    /// The latest instant at which an entry was written; the clock must not be earlier.
    pub fn newest(&self) -> Result<Option<Wall>, JournalError> {
        Ok(Belief::of(&self.conn)?.newest())
    }

    /// As [`Journal::airings`](super::Journal::airings).
    pub fn airings(&self, from: Wall, to: Wall) -> Result<Vec<Entry>, JournalError> {
        recent::airings(&self.conn, from, to)
    }

    /// The last `count` rows, by number.
    pub fn last(&self, count: u32) -> Result<Vec<Entry>, JournalError> {
        recent::last(&self.conn, count)
    }

    /// Call `with` for the rows from `place` back to `from`, as they stand in time, the latest first, until it says no or
    /// `most` were read. Where it ended before it was through: the place from which to go on.
    pub fn back(
        &self,
        from: Wall,
        place: Bookmark,
        most: u32,
        with: impl FnMut(Entry) -> bool,
    ) -> Result<Option<Bookmark>, JournalError> {
        leaf::back(&self.conn, from, place, most, with)
    }

    /// The first `most` rows that were written at `from` or later.
    pub fn written_from(&self, from: Wall, most: u32) -> Result<Vec<Entry>, JournalError> {
        leaf::written_from(&self.conn, from, most)
    }

    /// The id of the order that was taken with this mark (words in square brackets) in its reason.
    pub fn order_marked(&self, mark: &str) -> Result<Option<String>, JournalError> {
        orders::marked(&self.conn, mark)
    }

    /// Who decided that the alarm from outside of this mark does not sound, and why.
    pub fn declined(&self, mark: &str) -> Result<Option<String>, JournalError> {
        orders::declined(&self.conn, mark)
    }

    /// The rows of an order that was taken, by number.
    pub fn rows_of_order(&self, order: &str) -> Result<Vec<Entry>, JournalError> {
        orders::rows(&self.conn, order)
    }

    /// The row of this number.
    pub fn row(&self, seq: u64) -> Result<Option<Entry>, JournalError> {
        Ok(i64::try_from(seq)
            .ok()
            .map(|seq| select::listed(&self.conn, &[seq]))
            .transpose()?
            .and_then(|mut rows| rows.pop()))
    }

    /// The first row.
    pub fn first(&self) -> Result<Option<Entry>, JournalError> {
        recent::first(&self.conn)
    }

    /// As [`Journal::approvals`](super::Journal::approvals).
    pub fn approvals(&self) -> Result<Approvals, JournalError> {
        approved::gather(&self.conn)
    }

    /// By which approval each of these airings was let sound, by its number.
    pub fn approvals_of(&self, airings: &[Entry]) -> Result<BTreeMap<u64, LetSound>, JournalError> {
        approved::of_airings(&self.conn, airings)
    }

    /// When the station last said that it was on, if it ever did.
    pub fn alive(&self) -> Result<Option<Wall>, JournalError> {
        select::alive(&self.conn, Belief::of(&self.conn)?.is_believed())
    }

    /// Rows as they stand there, from this number on: number, canonical body, hash. What whoever is elsewhere verifies.
    pub fn as_written(&self, from: u64, most: u32) -> Result<Vec<(u64, String, String)>, JournalError> {
        let sql = "SELECT seq, body, hash FROM entry WHERE seq >= ?1 ORDER BY seq LIMIT ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        let rows =
            statement.query_map((from, most), |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The journal's own name, given when it was made; a journal begun anew has another.
    pub fn epoch(&self) -> Result<String, JournalError> {
        schema::epoch(&self.conn)
    }

    /// Follow both chains from end to end, as they stand at this moment.
    pub fn verify(&self) -> Result<Verified, JournalError> {
        verify::verify(&self.conn, None, self.another())
    }

    /// The same; and rows whose time is to come, as seen from `now`, are findings too, and so is a journal
    /// that does not fit the head that was kept outside of it, or those that people have written down.
    pub fn verify_against(&self, now: Wall, written_down: &[Sealed]) -> Result<Verified, JournalError> {
        // Read before the rows are: a station that runs goes on writing both.
        let kept = Outside::read(&self.path);
        let mut verified = verify::verify(&self.conn, Some(now), self.another())?;
        if !begins_as_database(&self.path) {
            verified.breaches.push(Breach::new(0, overwritten()));
        }
        let misfit = kept.as_ref().map(|kept| kept.compare(&self.conn)).transpose()?.flatten();
        // A station that was started meanwhile has opened the journal again.
        if let Some(misfit) =
            misfit.filter(|_| Outside::read(&self.path).map(|now| now.ended) == kept.as_ref().map(|kept| kept.ended))
        {
            verified.breaches.push(Breach::new(0, misfit.text()));
        }
        let (epoch, key) = (self.epoch()?, self.station_key());
        for sealed in written_down {
            let wrong = against::against(&self.conn, sealed, &epoch, key.as_deref())?;
            let of_paper = |what| Breach { is_of_paper: true, ..Breach::new(sealed.number, what) };
            verified.breaches.extend(wrong.into_iter().map(of_paper));
        }
        Ok(verified)
    }

    /// The public half of the key of the station that it lies in, where it lies in one.
    pub fn station_key(&self) -> Option<String> {
        let state = self.path.parent()?;
        key::public_key(&site::Site::new(state.parent()?)).filter(|_| state.ends_with("state"))
    }

    /// What was kept of its head outside of it, if anything was.
    pub fn kept_head(&self) -> Option<Outside> {
        Outside::read(&self.path)
    }

    /// How it does not fit what was kept of it.
    pub(super) fn misfit(&self) -> Result<Option<super::outside::OutsideMisfit>, JournalError> {
        self.kept_head().map_or(Ok(None), |kept| kept.compare(&self.conn))
    }

    /// Number and hash of the last row.
    pub fn head(&self) -> Result<(u64, String), JournalError> {
        let head = Head::of(&self.conn, HEAD_ENTRY)?;
        Ok((head.number, head.hash))
    }
}

/// Number and hash of the last row of what is open there, where it is a journal and has one.
pub fn last_row(conn: &Connection) -> Option<(u64, String)> {
    schema::recognise(conn).ok()?;
    let head = Head::of(conn, HEAD_ENTRY).ok()?;
    (head.number > 0).then_some((head.number, head.hash))
}

fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// The first bytes of every SQLite file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Whether the file itself begins as SQLite left it. SQLite does not look where the log beside it has the first
/// page, so that rows can be read out of the log though something else was written over the file. What cannot be
/// read here was refused before.
fn begins_as_database(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = site::open(path).map_err(std::io::Error::from);
    let read = read.and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut head));
    read.is_err() || head == MAGIC
}

fn overwritten() -> Text {
    text!(
        "Tệp đã bị ghi đè bằng thứ khác: phần đầu không còn là tệp SQLite; những dòng đọc được là từ journal.db-wal bên cạnh",
        "Something else was written over the file: it no longer begins as an SQLite file; what can be read comes from journal.db-wal beside it"
    )
}

/// Errors that SQLite gives where it may not make the files beside the journal.
fn wants_still(error: &JournalError) -> bool {
    use rusqlite::ErrorCode;
    let JournalError::Database(error) = error else { return false };
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::SystemIoFailure
                | ErrorCode::FileLockingProtocolFailed
        )
    )
}

fn has_log(path: &Path) -> bool {
    let mut log = OsString::from(path.as_os_str());
    log.push("-wal");
    std::fs::metadata(PathBuf::from(log)).is_ok_and(|log| log.len() > 0)
}
