use std::io::ErrorKind;
use std::path::Path;

use jiff::tz::TimeZone;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::approved;
use super::batch::Batch;
use super::belief::Belief;
use super::denied::Denied;
use super::error::JournalError;
use super::findings::Verified;
use super::orders;
use super::recent;
use super::recover::Recovered;
use super::schema::{self, Durability};
use super::select::{self, Filter};
use super::set_aside::SetAside;
use super::verify;
use crate::approval::Approvals;
use crate::diag::Text;
use crate::fact::{Entry, Intent};
use crate::instant::Wall;
use crate::site::{Folder, OWN_DIR_MODE};

/// The owner writes, the group reads, nobody else.
const FILE_MODE: u32 = 0o640;

/// The journal as its one writer holds it.
///
/// What a method has written is on the disk when it returns (unless opened [loosely](Self::open_loose)).
/// A second writer does no harm: each write takes the file's lock and reads the head of the chain
/// under it, so the chain never forks; it waits for the lock for five seconds, then fails.
#[derive(Debug)]
pub struct Journal {
    conn: Connection,
    tz: TimeZone,
}

/// How a journal is opened.
#[derive(Debug)]
pub(super) struct OpenMode<'a> {
    pub(super) durability: Durability,
    /// Stands in it before it is anything at all.
    pub(super) first: &'a [Entry],
    /// Opened again in the middle of a run: what is under way is under way.
    pub(super) same_life: bool,
}

impl OpenMode<'_> {
    pub(super) const fn usual(durability: Durability) -> Self {
        Self { durability, first: &[], same_life: false }
    }
}

/// A journal, and what opening it had to put right.
#[derive(Debug)]
pub struct Opened {
    /// Ready to be written.
    pub journal: Journal,
    /// What was under way when the power went.
    pub recovered: Recovered,
    /// The damaged journal whose place it took (see [`Journal::open_or_replace`]).
    pub set_aside: Option<SetAside>,
    /// How it is not as it was left, where it is not: a note in it says so too.
    pub misfit: Option<Text>,
}

impl Journal {
    /// Open the journal at `path`, or make it (file mode 0640). `now` dates what has to be put right,
    /// and instants are written in `tz`.
    pub fn open(path: &Path, now: Wall, tz: &TimeZone) -> Result<Opened, JournalError> {
        Self::open_with(path, &OpenMode::usual(Durability::Synced), now, tz)
    }

    /// Like [`open`](Self::open), for simulated runs: nothing waits for the disk.
    pub fn open_loose(path: &Path, now: Wall, tz: &TimeZone) -> Result<Opened, JournalError> {
        Self::open_with(path, &OpenMode::usual(Durability::Loose), now, tz)
    }

    /// Open the journal at `path` in the middle of a run, with these as its next entries.
    pub(super) fn go_on(path: &Path, first: &[Entry], now: Wall, tz: &TimeZone) -> Result<Opened, JournalError> {
        Self::open_with(path, &OpenMode { durability: Durability::Synced, first, same_life: true }, now, tz)
    }

    /// A journal that is gone with the process: for simulations and tests.
    pub fn in_memory(now: Wall, tz: &TimeZone) -> Result<Self, JournalError> {
        Ok(Self::begin_with(Connection::open_in_memory()?, &OpenMode::usual(Durability::Loose), now, tz)?.journal)
    }

    pub(super) fn open_with(path: &Path, how: &OpenMode, now: Wall, tz: &TimeZone) -> Result<Opened, JournalError> {
        let opened =
            ensure_file(path).map_err(|source| JournalError::File { path: path.to_owned(), source }).and_then(|()| {
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                Self::begin_with(Connection::open_with_flags(path, flags)?, how, now, tz)
            });
        opened.map_err(|error| Denied::to_write(path).map_or(error, JournalError::Denied))
    }

    fn begin_with(mut conn: Connection, how: &OpenMode, now: Wall, tz: &TimeZone) -> Result<Opened, JournalError> {
        schema::tune(&conn, how.durability)?;
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        schema::settle(&tx, now)?;
        orders::begin(&tx)?;
        let mut batch = Batch::on(&tx, tz)?;
        for entry in how.first {
            batch.note(entry)?;
        }
        let recovered = if how.same_life { Recovered::default() } else { batch.recover(now)? };
        batch.settle()?;
        tx.commit()?;
        Ok(Opened { journal: Self { conn, tz: tz.clone() }, recovered, set_aside: None, misfit: None })
    }

    /// Several writes in one transaction: all of them are on the disk when this returns, or none.
    pub fn batch<T>(&mut self, write: impl FnOnce(&mut Batch) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut batch = Batch::on(&tx, &self.tz)?;
        let done = write(&mut batch)?;
        batch.settle()?;
        tx.commit()?;
        Ok(done)
    }

    /// Write down what is about to sound, before it does.
    pub fn intend(&mut self, intent: &Intent) -> Result<(), JournalError> {
        self.batch(|batch| batch.intend(intent))
    }

    /// Write down that the airing `key` is heard since `started`. Called again after a break.
    pub fn begin(&mut self, key: &str, started: Wall, written: Wall) -> Result<(), JournalError> {
        self.batch(|batch| batch.begin(key, started, written))
    }

    /// Replace the last known position of an airing under way: `seconds` of it have been heard.
    /// Nothing happens where `key` is not under way.
    pub fn position(&mut self, key: &str, seconds: f64, written: Wall) -> Result<(), JournalError> {
        self.batch(|batch| batch.position(key, seconds, written))
    }

    /// Write down what became of the airing `key`, whether or not it was intended; returns the row as
    /// it stands, with number and hash.
    pub fn finish(&mut self, key: &str, entry: &Entry) -> Result<Entry, JournalError> {
        self.batch(|batch| batch.finish(key, entry))
    }

    /// Write down anything else; returns the row as it stands, with number and hash.
    pub fn note(&mut self, entry: &Entry) -> Result<Entry, JournalError> {
        self.batch(|batch| batch.note(entry))
    }

    /// The entries that `filter` lets through, by number.
    pub fn select(&self, filter: &Filter) -> Result<Vec<Entry>, JournalError> {
        select::collect(&self.conn, filter)
    }

    /// The latest instant at which an entry was written; the clock must not be earlier.
    pub fn newest(&self) -> Result<Option<Wall>, JournalError> {
        Ok(Belief::of(&self.conn)?.newest())
    }

    /// Airings whose place in time is from `from` up to `to`, by number; of more than a day of the busiest
    /// station has, the latest.
    pub fn airings(&self, from: Wall, to: Wall) -> Result<Vec<Entry>, JournalError> {
        recent::airings(&self.conn, from, to)
    }

    /// The newest decision on each broadcast.
    pub fn approvals(&self) -> Result<Approvals, JournalError> {
        approved::gather(&self.conn)
    }

    /// When the station last said that it was on, if it ever did.
    pub fn alive(&self) -> Result<Option<Wall>, JournalError> {
        select::alive(&self.conn, Belief::of(&self.conn)?.is_believed())
    }

    /// For simulations: what opening this journal anew at `now` would put right after a power cut.
    pub fn reopen(&mut self, now: Wall) -> Result<Recovered, JournalError> {
        self.batch(|batch| batch.recover(now))
    }

    pub(super) const fn connection(&self) -> &Connection {
        &self.conn
    }

    /// The journal's own name, given when it was made; a journal begun anew has another.
    pub fn epoch(&self) -> Result<String, JournalError> {
        schema::epoch(&self.conn)
    }

    /// Follow both chains from end to end.
    pub fn verify(&self) -> Result<Verified, JournalError> {
        verify::verify(&self.conn, None, None)
    }

    /// The same; and times that go back without a note, or are to come as seen from `now`, are findings too.
    pub fn verify_at(&self, now: Wall) -> Result<Verified, JournalError> {
        verify::verify(&self.conn, Some(now), None)
    }
}

/// Make the file and its directory where they are absent, so that SQLite never picks the file's mode,
/// and the names are on the disk before the first row is.
fn ensure_file(path: &Path) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = Folder::make(parent, OWN_DIR_MODE)?;
    match folder.new_file(path.file_name().unwrap_or_default(), FILE_MODE) {
        Ok(file) => {
            file.sync_all()?;
            folder.sync()
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
