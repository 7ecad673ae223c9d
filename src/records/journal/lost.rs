use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::limits::Limit;

use super::aside::beside;
use super::error::JournalError;

/// A larger journal is not written out again when its file is taken away: its thread would be away from the
/// disk for minutes. It goes on in a new one, and says so.
const COPIED_MOST: i64 = 256 * 1024 * 1024;
/// The log of a journal that nobody reads stays below a few megabytes. One of this size is held by a reader
/// that does not end.
const LOG_MOST: u64 = 64 * 1024 * 1024;

/// Make the station's state directory again, as a start does.
pub(super) fn make_directory(path: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o750).create(path)
}

/// Write what `conn` holds, whose file has lost its name, to a new file at `path`. False where it is too large.
pub(super) fn copy(conn: &Connection, path: &Path) -> Result<bool, JournalError> {
    let bytes: i64 = conn.query_row(
        "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)",
        [],
        |row| row.get(0),
    )?;
    if bytes > COPIED_MOST {
        return Ok(false);
    }
    let name = path.to_string_lossy();
    // The copy is a second database for as long as it is made.
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 1)?;
    let copied = conn.execute("VACUUM INTO ?1", [name.as_ref()]);
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    copied?;
    Ok(true)
}

/// How large the log beside the journal at `path` is, where it is larger than it should ever be.
pub(super) fn overgrown(path: &Path) -> Option<u64> {
    fs::metadata(beside(path, "-wal")).ok().map(|log| log.len()).filter(|bytes| *bytes > LOG_MOST)
}

/// Fold the log in, all of it; false where a reader or the disk does not let it.
pub(super) fn fold_whole(conn: &Connection) -> bool {
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)).is_ok_and(|busy| busy == 0)
}

/// Fold the log in and cut it back, if no reader holds it; never waits for one.
pub(super) fn fold(conn: &Connection) -> Result<(), JournalError> {
    conn.busy_timeout(std::time::Duration::ZERO)?;
    let folded = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    super::schema::be_patient(conn)?;
    Ok(folded?)
}
