use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::digest::RunningDigest;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use tar::{Builder, EntryType, Header};

use super::content::{Belonging, Sort, content};
use super::list::Listed;
use super::own::is_taken_along;
use super::{BackupError, LIST, LastRow, List, Owners};
use crate::journal::last_row;
use crate::site::{Draft, Folder, Site};

/// So long a database may keep its copy waiting: its writer holds it for a few milliseconds at a time.
const PATIENCE: Duration = Duration::from_secs(10);
/// All pages in one step, so that nothing is written between them.
const ALL: i32 = -1;
/// Damage is no reason to leave a journal behind: it is taken byte for byte then.
const DAMAGED: [rusqlite::ErrorCode; 2] = [rusqlite::ErrorCode::DatabaseCorrupt, rusqlite::ErrorCode::NotADatabase];

/// What was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Packed {
    /// What it holds.
    pub list: List,
    /// What it does not hold although it lies there.
    pub left: LeftBehind,
}

/// What lies among the station's files and was not taken.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LeftBehind {
    /// Links that lead anywhere, pipes, devices.
    pub other: Vec<PathBuf>,
    /// Databases that are damaged: taken byte for byte.
    pub damaged: Vec<PathBuf>,
    /// Files that `loa.toml` names and that lie elsewhere.
    pub elsewhere: Vec<PathBuf>,
}

/// Write all that the station needs into `out`, as a tar archive. `beside` is where copies of databases may lie for a
/// moment; `station` and `made` are what the list says, `named` the
/// files that `loa.toml` names.
pub fn pack(
    site: &Site,
    out: &mut impl Write,
    beside: &Folder,
    owners: &Owners,
    (station, made): (&str, &str),
    named: &[PathBuf],
) -> Result<Packed, BackupError> {
    let mut archive = Archive { builder: Builder::new(out), owners, files: Vec::new() };
    let (mut left, mut journal) = (LeftBehind::default(), None);
    left.elsewhere = named.iter().filter(|name| !is_taken_along(name)).cloned().collect();
    for Belonging { name, kind } in content(site, named)? {
        let path = site.dir().join(&name);
        match kind {
            Sort::Directory => archive.directory(&name, &path)?,
            Sort::File => archive.file(&name, &path, None)?,
            Sort::Other => left.other.push(name),
            Sort::Database => {
                let draft = beside.closed_draft(name.file_name().unwrap_or_default())?;
                let copy = draft.reread().map_err(io::Error::other)?;
                match copied(&path, &draft) {
                    Ok(last) => {
                        journal = last.filter(|_| path == site.journal()).or(journal);
                        archive.file(&name, &path, Some(copy))?;
                    }
                    Err(error) if error.sqlite_error_code().is_some_and(|code| DAMAGED.contains(&code)) => {
                        archive.file(&name, &path, None)?;
                        left.damaged.push(name);
                    }
                    Err(error) => return Err(BackupError::Database(name, error.to_string())),
                }
            }
        }
    }
    let list = List {
        loa: env!("CARGO_PKG_VERSION").to_owned(),
        station: station.to_owned(),
        made: made.to_owned(),
        journal,
        files: std::mem::take(&mut archive.files),
    };
    archive.close(&list)?;
    Ok(Packed { list, left })
}

/// As it stood at one instant, whoever writes it; and its last row, where it is a journal. The copy is written into `draft`,
/// which has no name any more when this returns: nothing is left of it however this ends.
fn copied(from: &Path, draft: &Draft<'_>) -> rusqlite::Result<Option<LastRow>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags)?;
    source.busy_timeout(PATIENCE)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut copy = Connection::open_with_flags(draft.path(), flags)?;
    // Nothing beside it: where its copying is cut off it is worth nothing anyway.
    copy.pragma_update_and_check(None, "journal_mode", "off", |row| row.get::<_, String>(0))?;
    copy.pragma_update(None, "synchronous", "off")?;
    // Where the name stays it goes with the draft.
    let _ = draft.unname();
    // The row and all pages out of one state of the file.
    let held = source.unchecked_transaction()?;
    let head = last_row(&held).map(|(row, hash)| LastRow { row, hash });
    match Backup::new(&held, &mut copy)?.step(ALL)? {
        StepResult::Done => Ok(head),
        _ => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None)),
    }
}

struct Archive<'a, W: Write> {
    builder: Builder<W>,
    owners: &'a Owners,
    files: Vec<Listed>,
}

impl<W: Write> Archive<'_, W> {
    /// A header with the times, rights and owners of what `meta` is of.
    fn header(&self, meta: &std::fs::Metadata, kind: EntryType, bytes: u64) -> Header {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(bytes);
        header.set_mode(meta.permissions().mode() & 0o7777);
        header.set_mtime(u64::try_from(meta.mtime()).unwrap_or(0));
        header.set_uid(meta.uid().into());
        header.set_gid(meta.gid().into());
        // A name that is too long for the format is one that nobody has; the number stays.
        let _ = (self.owners.account_name)(meta.uid()).map(|name| header.set_username(&name));
        let _ = (self.owners.group_name)(meta.gid()).map(|name| header.set_groupname(&name));
        header
    }

    fn directory(&mut self, name: &Path, path: &Path) -> Result<(), BackupError> {
        let meta = path.metadata().map_err(|error| BackupError::Unread(name.to_owned(), error))?;
        let mut header = self.header(&meta, EntryType::Directory, 0);
        Ok(self.builder.append_data(&mut header, name, io::empty())?)
    }

    /// The file at `path`; its bytes from `copy`, where there is one.
    fn file(&mut self, name: &Path, path: &Path, copy: Option<File>) -> Result<(), BackupError> {
        let unread = |error| BackupError::Unread(name.to_owned(), error);
        let refused = |refused: crate::site::ReadRefused| unread(io::Error::other(refused));
        let (folder, own) = (path.parent().unwrap_or(path), path.file_name().unwrap_or_default());
        let original = Folder::open(folder).map_err(unread)?.file_or_trusted_link(own).map_err(refused)?;
        let meta = original.metadata().map_err(unread)?;
        let file = match copy {
            None => original,
            Some(copy) => copy,
        };
        let bytes = file.metadata().map_err(unread)?.len();
        let mut header = self.header(&meta, EntryType::Regular, bytes);
        let mut reading = Summed::of(file.take(bytes));
        self.builder.append_data(&mut header, name, &mut reading)?;
        if reading.count < bytes {
            return Err(BackupError::Changing(name.to_owned()));
        }
        let sha256 = reading.digest();
        self.files.push(Listed { name: name.to_string_lossy().into_owned(), bytes, sha256 });
        Ok(())
    }

    fn close(mut self, list: &List) -> Result<(), BackupError> {
        let text = serde_json::to_vec_pretty(list).map_err(io::Error::from)?;
        let mut header = Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        self.builder.append_data(&mut header, LIST, &text[..])?;
        self.builder.into_inner()?.flush()?;
        Ok(())
    }
}

/// Counts and sums what is read through it.
pub(super) struct Summed<R> {
    from: R,
    sum: RunningDigest,
    pub(super) count: u64,
}

impl<R> Summed<R> {
    pub(super) fn of(from: R) -> Self {
        Self { from, sum: RunningDigest::new(), count: 0 }
    }

    /// In hexadecimal digits.
    pub(super) fn digest(self) -> String {
        self.sum.written()
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(into)?;
        self.sum.add(&into[..count]);
        self.count += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sees at each write what lies beside the archive.
    struct Watching<'a>(&'a Path, usize);

    impl Write for Watching<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let there: Vec<_> = self.0.read_dir()?.map(|one| one.unwrap().file_name()).collect();
            assert!(there.is_empty(), "{there:?}");
            self.1 += 1;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_copy_of_a_database_is_closed_to_others_and_has_no_name_while_it_is_read() {
        let (station, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (site, beside) = (Site::new(station.path()), Folder::open(target.path()).unwrap());
        std::fs::create_dir(site.state()).unwrap();
        for (name, mode) in [("console.db", "wal"), ("versions.db", "delete")] {
            let database = Connection::open(site.state().join(name)).unwrap();
            database.execute_batch(&format!("PRAGMA journal_mode = {mode}; CREATE TABLE account (name TEXT)")).unwrap();
        }
        let draft = beside.closed_draft("console.db").unwrap();
        assert_eq!(draft.path().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        drop(draft);
        let owners = Owners { account_name: |_| None, group_name: |_| None, account: |_| None, group: |_| None };
        let mut out = Watching(target.path(), 0);
        let packed = pack(&site, &mut out, &beside, &owners, ("Đài", "2026"), &[]).unwrap();
        assert_eq!(packed.list.files.iter().filter(|file| file.bytes > 0).count(), 2);
        assert!(out.1 > 0 && packed.left == LeftBehind::default());
        assert_eq!(target.path().read_dir().unwrap().count(), 0);
    }
}
