use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::diag::{Text, text};
use crate::site::{Folder, OWN_DIR_MODE, ReadRefused};

/// A file written by this version.
const VERSION: i64 = 2;

/// Nobody else reads hashes of passwords, the group neither.
const MODE: u32 = 0o600;

/// `loa user` and the page write for milliseconds each.
const PATIENCE: Duration = Duration::from_secs(5);

/// What went wrong with the people's file.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The database.
    #[error("people: {0}")]
    Database(#[from] rusqlite::Error),
    /// The file.
    #[error("people: {0}")]
    File(#[from] ReadRefused),
    /// Chance.
    #[error("people: no randomness: {0}")]
    Chance(#[from] getrandom::Error),
    /// It was written by a later loa.
    #[error("people: made by a later loa (version {0})")]
    Later(i64),
    /// A password could not be hashed.
    #[error("people: the password cannot be hashed")]
    Hash,
}

impl PeopleError {
    /// The disk has no room, or cannot be written: what is read still holds.
    pub(super) fn is_of_the_disk(&self) -> bool {
        use rusqlite::ErrorCode::{CannotOpen, DiskFull, ReadOnly, SystemIoFailure};
        let Self::Database(error) = self else { return false };
        let code = error.sqlite_error_code();
        code.is_some_and(|code| matches!(code, DiskFull | SystemIoFailure | ReadOnly | CannotOpen))
    }

    /// What to tell a person.
    pub fn text(&self) -> Text {
        let detail = self.to_string();
        match self {
            Self::Later(version) => text!(
                "danh sách người dùng do bản loa mới hơn ghi (kiểu {version}): hãy dùng bản loa ấy",
                "the list of people was written by a later loa (version {version}): use that one"
            ),
            Self::Database(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) => text!(
                "ổ đĩa của đài đầy nên việc này chưa ghi được; báo người quản trị dọn ổ đĩa rồi làm lại, lịch phát không bị ảnh hưởng",
                "the station's disk is full, and this could not be written; tell the administrator to make room, then do it again; the schedule goes on"
            ),
            _ => text!(
                "không mở được danh sách người dùng state/console.db ({detail}); xem quyền của thư mục state/",
                "the list of people state/console.db cannot be opened ({detail}); look at the rights of state/"
            ),
        }
    }
}

/// Open the file, or make it. Nobody but its owner reads it. It keeps no log beside it, so that whoever writes
/// (`loa user` as root, too) leaves no file behind that the page could not open.
pub(super) fn open(path: &Path) -> Result<Connection, PeopleError> {
    let (folder, name) = (path.parent().unwrap_or(Path::new(".")), path.file_name().unwrap_or_default());
    let folder = Folder::make(folder, OWN_DIR_MODE).map_err(ReadRefused::Io)?;
    // One that is as it should be is not opened beside SQLite: this process may hold a lock on it.
    let is_private =
        || path.symlink_metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o7777 == MODE);
    let file = match folder.make_once(name).map_err(ReadRefused::Io)? {
        None if is_private() => None,
        None => Some(folder.make_file(name)?),
        made => made,
    };
    if let Some(file) = file {
        file.set_permissions(Permissions::from_mode(MODE)).map_err(ReadRefused::Io)?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let db = Connection::open_with_flags(path, flags)?;
    prepare(&db)?;
    Ok(db)
}

pub(super) fn prepare(db: &Connection) -> Result<(), PeopleError> {
    db.busy_timeout(PATIENCE)?;
    db.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;")?;
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > VERSION {
        return Err(PeopleError::Later(version));
    }
    // Beside what a version is counted for: an older loa reads the rest as before.
    db.execute_batch(
        "CREATE TABLE IF NOT EXISTS night (
             id INTEGER PRIMARY KEY,
             number INTEGER NOT NULL,
             hash BLOB NOT NULL UNIQUE,
             made INTEGER NOT NULL,
             void INTEGER NOT NULL DEFAULT 0,
             used INTEGER,
             taker TEXT NOT NULL DEFAULT '',
             session BLOB
         );
         CREATE TABLE IF NOT EXISTS by_token (
             id INTEGER PRIMARY KEY AUTOINCREMENT,
             what TEXT NOT NULL,
             key TEXT NOT NULL,
             token INTEGER NOT NULL,
             at INTEGER NOT NULL,
             UNIQUE (what, key)
         );",
    )?;
    if version < 1 {
        db.execute_batch(
            "BEGIN IMMEDIATE;
             CREATE TABLE IF NOT EXISTS person (
                 id INTEGER PRIMARY KEY,
                 name TEXT NOT NULL,
                 login TEXT NOT NULL UNIQUE,
                 role TEXT NOT NULL,
                 zones TEXT NOT NULL,
                 approves INTEGER NOT NULL DEFAULT 0,
                 phone TEXT NOT NULL DEFAULT '',
                 password TEXT,
                 made INTEGER NOT NULL,
                 ended INTEGER
             );
             CREATE TABLE IF NOT EXISTS invite (
                 hash BLOB PRIMARY KEY,
                 person INTEGER NOT NULL REFERENCES person (id),
                 until INTEGER NOT NULL,
                 used INTEGER
             ) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS session (
                 hash BLOB PRIMARY KEY,
                 person INTEGER NOT NULL REFERENCES person (id),
                 made INTEGER NOT NULL,
                 seen INTEGER NOT NULL,
                 sure INTEGER NOT NULL,
                 agent TEXT NOT NULL,
                 address TEXT NOT NULL
             ) WITHOUT ROWID;
             CREATE INDEX IF NOT EXISTS session_person ON session (person);
             PRAGMA user_version = 1;
             COMMIT;",
        )?;
    }
    if version < 2 {
        db.execute_batch(
            "BEGIN IMMEDIATE;
             CREATE TABLE IF NOT EXISTS token (
                 id INTEGER PRIMARY KEY AUTOINCREMENT,
                 hash BLOB NOT NULL UNIQUE,
                 person INTEGER NOT NULL REFERENCES person (id),
                 purpose TEXT NOT NULL,
                 role TEXT NOT NULL,
                 zones TEXT NOT NULL,
                 approves INTEGER NOT NULL DEFAULT 0,
                 made INTEGER NOT NULL,
                 until INTEGER NOT NULL,
                 seen INTEGER,
                 ended INTEGER
             );
             CREATE TABLE IF NOT EXISTS act (
                 id INTEGER PRIMARY KEY AUTOINCREMENT,
                 at INTEGER NOT NULL,
                 who TEXT NOT NULL,
                 token TEXT NOT NULL DEFAULT '',
                 deed TEXT NOT NULL,
                 about TEXT NOT NULL
             );
             CREATE INDEX IF NOT EXISTS act_at ON act (at);
             PRAGMA user_version = 2;
             COMMIT;",
        )?;
    }
    Ok(())
}
