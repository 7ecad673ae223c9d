use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::BoardError;
use crate::site::{Folder, OWN_DIR_MODE, ReadRefused, share_file_with};

/// The directory of the board, in that of the fleet: its own, so that the page's account may be let in there and nowhere else.
pub const BOARD_FOLDER: &str = "board";
/// The board.
pub const BOARD_FILE: &str = "board.db";
/// Who may read and write the board beside the centre's own account: the page's, and nobody else. Where there is no such group, whoever is in the
/// directory's.
const GROUP: &str = "loa-board";
/// What makes a file a board: `loaB`.
const APPLICATION: i64 = 0x6c6f_6142;
/// The form of the tables.
const FORM: i64 = 1;
/// The centre and the page write for milliseconds each.
const PATIENCE: Duration = Duration::from_secs(10);

const TABLES: &str = "
CREATE TABLE told (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE place (
  path TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  contact TEXT NOT NULL,
  phone TEXT NOT NULL,
  held INTEGER NOT NULL,
  is_area INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE station (
  path TEXT PRIMARY KEY,
  heard INTEGER,
  line TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE recent (path TEXT PRIMARY KEY, rows TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE wanted (sender TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE alarm (
  id INTEGER PRIMARY KEY,
  area TEXT NOT NULL,
  cause TEXT NOT NULL,
  raised INTEGER NOT NULL,
  over INTEGER,
  boxes TEXT NOT NULL,
  taken_by TEXT, taken_at INTEGER, taken_until INTEGER, taken_why TEXT,
  closed_by TEXT, closed INTEGER, closed_why TEXT,
  settled INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX alarm_open ON alarm (area, cause) WHERE closed IS NULL;
CREATE INDEX alarm_closed ON alarm (closed) WHERE closed IS NOT NULL;
CREATE TABLE sent (
  id TEXT PRIMARY KEY,
  place TEXT NOT NULL,
  title TEXT NOT NULL,
  made INTEGER NOT NULL,
  expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE answer (
  alarm TEXT NOT NULL,
  path TEXT NOT NULL,
  at INTEGER NOT NULL,
  sounds INTEGER NOT NULL,
  fate TEXT NOT NULL,
  vi TEXT NOT NULL,
  en TEXT NOT NULL,
  PRIMARY KEY (alarm, path)
) WITHOUT ROWID;
";

/// Beside those of the form; an earlier program does not look at them.
const ADDED: &str = "
CREATE TABLE IF NOT EXISTS lost (path TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rollout (id TEXT PRIMARY KEY, made INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
";

/// The board of a fleet.
#[derive(Debug)]
pub struct Board {
    pub(crate) db: Connection,
}

impl Board {
    /// Open the board of the fleet in `dir`; made where it is not there.
    pub fn open(dir: &Path) -> Result<Self, BoardError> {
        let folder = Folder::make(dir.join(BOARD_FOLDER), OWN_DIR_MODE)?;
        folder.share_with(GROUP);
        let file = folder.make_file(BOARD_FILE).map_err(|why| match why {
            ReadRefused::Io(error) => BoardError::File(error),
            why => BoardError::File(std::io::Error::other(why.to_string())),
        })?;
        share_file_with(&file, GROUP);
        Self::prepare(connect(&folder.path().join(BOARD_FILE))?)
    }

    /// The board of the fleet in `dir`, where there is one.
    pub fn find(dir: &Path) -> Result<Self, BoardError> {
        let path = dir.join(BOARD_FOLDER).join(BOARD_FILE);
        if path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return Err(BoardError::Absent);
        }
        Self::prepare(connect(&path)?)
    }

    /// One that is gone with the process.
    pub fn in_memory() -> Result<Self, BoardError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(mut db: Connection) -> Result<Self, BoardError> {
        db.busy_timeout(PATIENCE)?;
        // It keeps no log beside it: two accounts use it.
        db.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;")?;
        let form = |db: &Connection| -> rusqlite::Result<(i64, i64, i64)> {
            Ok((
                db.pragma_query_value(None, "application_id", |row| row.get(0))?,
                db.pragma_query_value(None, "user_version", |row| row.get(0))?,
                db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?,
            ))
        };
        if form(&db)? == (0, 0, 0) {
            let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            // Another process may have made it meanwhile.
            if form(&tx)? == (0, 0, 0) {
                tx.execute_batch(TABLES)?;
                tx.pragma_update(None, "application_id", APPLICATION)?;
                tx.pragma_update(None, "user_version", FORM)?;
            }
            tx.commit()?;
        }
        match form(&db)? {
            (APPLICATION, FORM, _) => {
                db.execute_batch(ADDED)?;
                Ok(Self { db })
            }
            (APPLICATION, newer, _) => Err(BoardError::Newer(newer)),
            _ => Err(BoardError::Foreign),
        }
    }
}

fn connect(path: &Path) -> Result<Connection, BoardError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    Ok(Connection::open_with_flags(path, flags)?)
}
