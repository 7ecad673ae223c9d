//! The collector's database: each row of each box once, keyed by station, journal and number. [`Ledger`] is what is asked of it,
//! [`SqliteLedger`] keeps it in a file, [`PostgresLedger`] on a server; `taking` is the one way in, in one transaction, whatever the database. A row that is
//! there is never changed: what comes again is known, what comes as another row is a finding. It knows no network and
//! no clock.

mod book;
mod error;
mod horns;
mod postgres;
mod postgres_tls;
mod schema;
mod sqlite;
mod sqlite_sheet;
mod taking;

use loa_core::diag::{Text, shown_whole};
use loa_core::instant::Wall;
use loa_core::signature::Locality;
use loa_core::uplink::{Arrived, SentRow, Watermark};

pub use self::postgres::PostgresLedger;
pub use book::{BookKind, BookPage, page};
pub use error::LedgerError;
pub(crate) use horns::LedgerHorns;
pub use sqlite::SqliteLedger;

/// Which way rows came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Over the network.
    Network,
    /// On a courier's stick.
    Stick,
}

impl Way {
    /// As the database has it.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Stick => "stick",
        }
    }

    /// Out of the database.
    pub(crate) fn read(code: &str) -> Self {
        if code == "stick" { Self::Stick } else { Self::Network }
    }
}

/// Rows of one journal that came together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Haul {
    /// Which box.
    pub station: Locality,
    /// Which of its journals.
    pub epoch: String,
    /// In order.
    pub rows: Vec<SentRow>,
    /// How they came.
    pub way: Way,
    /// When the server had them; none where they are read as they come, off a stick.
    pub heard: Option<Wall>,
}

/// What became of a haul.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TakenHaul {
    /// Which box.
    pub station: Locality,
    /// How far its journal is there now.
    pub watermark: Watermark,
    /// What became of its rows.
    pub arrived: Arrived,
    /// Rows that do not hold on to the one before them, as this haul shows.
    pub breaks: Vec<u64>,
    /// The station has had more journals than any box has: its rows were not taken.
    pub refused: bool,
}

/// A journal as the collector has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalState {
    /// Its place in the database.
    pub id: i64,
    /// Which box.
    pub station: String,
    /// Its own name.
    pub epoch: String,
    /// When a row of it came first, to the server or on a stick.
    pub first_heard: Wall,
    /// When one came last, new or known.
    pub last_heard: Wall,
    /// Every row up to this one is there.
    pub watermark: u64,
    /// The highest number that is there.
    pub top: u64,
    /// The highest number that the box is known to have.
    pub announced: u64,
    /// How many are there.
    pub rows: u64,
}

/// What is wrong with a journal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LedgerFindingKind {
    /// A row does not hold on to the one before it.
    Break,
    /// Another row came under a number that was there: the journal was made anew, or two boxes have one name.
    Other,
}

impl LedgerFindingKind {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Break => "break",
            Self::Other => "other",
        }
    }

    pub(crate) fn read(code: &str) -> Self {
        if code == "other" { Self::Other } else { Self::Break }
    }
}

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerFinding {
    /// The journal's place in the database.
    pub journal: i64,
    /// Which row.
    pub seq: u64,
    /// What.
    pub kind: LedgerFindingKind,
    /// When it was found.
    pub at: Wall,
}

/// Messages under a station's name that were none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedMessages {
    /// The name under which they came.
    pub station: String,
    /// What was wrong with the last one.
    pub why: String,
    /// How many.
    pub count: u64,
    /// When the last one came.
    pub last: Wall,
}

/// Between the two languages of what was wrong.
const PARTING: &str = " | ";

impl RefusedMessages {
    /// What was wrong, as the database has it.
    pub fn written(why: &Text) -> String {
        format!("{}{PARTING}{}", why.vi, why.en)
    }

    /// What was wrong with the last one, for people; an earlier program has written English alone.
    pub fn words(&self) -> Text {
        let (vi, en) = self.why.split_once(PARTING).unwrap_or((&self.why, &self.why));
        Text { vi: shown_whole(vi), en: shown_whole(en) }
    }
}

/// A row as a month's report reads it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerRow {
    /// The journal's place in the database.
    pub journal: i64,
    /// The row.
    pub row: SentRow,
    /// When it came.
    pub came: Wall,
}

/// What is asked of a database.
pub trait Ledger: Send {
    /// Whether what is written goes where others find it: a file that was deleted or replaced while it was open takes rows and keeps none.
    fn is_there(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }

    /// Take rows, all or none, each once; on the disk when this returns.
    fn take(&mut self, hauls: &[Haul], now: Wall) -> Result<Vec<TakenHaul>, LedgerError>;

    /// A message that was none came under this name.
    fn refuse(&mut self, station: &str, why: &str, now: Wall) -> Result<(), LedgerError>;

    /// A box has told how many rows its journal has: signed, on a stick; or over the network before it began another one.
    fn announce(&mut self, station: &Locality, epoch: &str, rows: u64, now: Wall) -> Result<(), LedgerError>;

    /// The key by which this station's reports are believed, and since when; none where none is.
    fn signer(&mut self, station: &Locality) -> Result<Option<(String, Wall)>, LedgerError>;

    /// They are believed by this one from now on, and by no other.
    fn believe(&mut self, station: &Locality, key: &str, now: Wall) -> Result<(), LedgerError>;

    /// How far the newest journal of each station is there.
    fn watermarks(&mut self) -> Result<Vec<(Locality, Watermark)>, LedgerError>;

    /// All journals, by station, the newest last.
    fn journals(&mut self) -> Result<Vec<JournalState>, LedgerError>;

    /// Numbers of a journal that have not come though later ones have; the first hundred.
    fn gaps(&mut self, journal: i64) -> Result<Vec<(u64, u64)>, LedgerError>;

    /// Somebody has looked at what was wrong with a station's journals until then: at all of it, or at one kind of findings. It stays written down, with
    /// who and why, and is told no more; what came after is. Says how many things that were.
    fn close(
        &mut self,
        station: &str,
        kind: Option<LedgerFindingKind>,
        by: &str,
        why: &str,
        until: Wall,
    ) -> Result<u64, LedgerError>;

    /// Somebody has looked at messages that were none, of this name, that came until then. Says how many names that were.
    fn forgive(&mut self, station: &str, by: &str, why: &str, until: Wall) -> Result<u64, LedgerError>;

    /// What is wrong and nobody has closed, the newest first; the first thousand.
    fn findings(&mut self) -> Result<Vec<LedgerFinding>, LedgerError>;

    /// Messages that were none, and that nobody has closed.
    fn refused(&mut self) -> Result<Vec<RefusedMessages>, LedgerError>;

    /// How many rows of each journal stand nowhere in time: of a form that is not known here, or none.
    fn unread(&mut self) -> Result<Vec<(i64, u64)>, LedgerError>;

    /// The last rows of a journal behind this number, the first ones first, and the way in which each came; so many at most.
    fn last_rows(&mut self, journal: i64, after: u64, most: u32) -> Result<Vec<(SentRow, Way)>, LedgerError>;

    /// Hand over the rows that stand between two instants, by journal and number.
    fn rows(&mut self, from: Wall, to: Wall, each: &mut dyn FnMut(LedgerRow)) -> Result<(), LedgerError>;

    /// The bodies of the last notes of each journal, before this instant, that say that a station began to run.
    fn last_starts(&mut self, before: Wall) -> Result<Vec<(i64, String)>, LedgerError>;

    /// Nobody else collects into this database from now on, as long as this lives; refused where somebody does.
    fn claim(&mut self) -> Result<(), LedgerError>;

    /// Write pages of the book, all or none; each takes the place of the one of its kind and id.
    fn write_pages(&mut self, pages: &[BookPage]) -> Result<(), LedgerError>;

    /// The pages of a kind whose id begins so, by id.
    fn pages(&mut self, kind: BookKind, begins: &str) -> Result<Vec<BookPage>, LedgerError>;

    /// The pages of a kind that were written at this instant or later, the first ones first.
    fn pages_since(&mut self, kind: BookKind, since: Wall) -> Result<Vec<BookPage>, LedgerError>;

    /// Where it is, and which one there: the path and the number of its file, or its name and number on its server. A copy that was put back is another
    /// one. Empty where it is nowhere but in memory.
    fn seat(&mut self) -> Result<String, LedgerError>;
}
