use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::own::is_beside;
use super::{BackupError, PARTS, PIECES_MOST};
use crate::site::{CLOCK, FACTS, FACTS_ADDED, Folder, GAINS, ReadRefused, SEAL_KEY, Site};

/// Directories stand in each other at most so deep.
const DEPTH_MOST: usize = 8;

/// What of `state/` loa finds again by itself, and what is this machine's: what was measured of the sounds, the socket,
/// locks, who vouched for this very clock, recordings that are still coming in, what is kept of relays for some weeks, the journal's head, which the next
/// start writes down anew, and the key that signs for this machine: no two sign as one.
const LEFT_OUT: [&str; 8] = [FACTS, FACTS_ADDED, GAINS, CLOCK, "uploads", "kept", "journal.head", SEAL_KEY];
/// Endings of such files.
const ENDINGS: [&str; 6] = [".lock", ".sock", ".tmp", ".new", "-wal", "-shm"];

/// Something of a station.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Belonging {
    /// Relative to the station.
    pub(super) name: PathBuf,
    pub(super) kind: Sort,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Sort {
    Directory,
    File,
    /// Others may be writing it: copied as it stood at one instant.
    Database,
    /// Neither: a link that leads anywhere, a pipe. It is not taken, and that is told.
    Other,
}

/// All that belongs to the station, directories before what is in them.
/// `beside` are files that `loa.toml` names: those that lie at the top of the station belong to it too.
pub(super) fn content(site: &Site, beside: &[PathBuf]) -> Result<Vec<Belonging>, BackupError> {
    let mut pieces = Vec::new();
    let top = Folder::open(site.dir()).map_err(|error| BackupError::Unread(site.dir().to_owned(), error))?;
    for name in PARTS {
        add(site, &top, Path::new(name), 0, &mut pieces)?;
    }
    for name in beside.iter().filter(|name| is_beside(name)) {
        if !pieces.iter().any(|piece| piece.name == *name) {
            add(site, &top, name, 0, &mut pieces)?;
        }
    }
    Ok(pieces)
}

fn add(
    site: &Site,
    within: &Folder,
    name: &Path,
    depth: usize,
    pieces: &mut Vec<Belonging>,
) -> Result<(), BackupError> {
    let own = name.file_name().unwrap_or_default();
    let kind = match within.file_or_trusted_link(own) {
        Ok(_) if is_database(name) => Sort::Database,
        Ok(_) => Sort::File,
        Err(ReadRefused::Directory) => Sort::Directory,
        Err(gone) if gone.is_absent() => return Ok(()),
        // A trusted link to a directory, such as `audio` on a disk of its own.
        Err(ReadRefused::Link) if Folder::open(site.dir().join(name)).is_ok() => Sort::Directory,
        Err(ReadRefused::Io(error)) => return Err(BackupError::Unread(name.to_owned(), error)),
        Err(_) => Sort::Other,
    };
    if pieces.len() == PIECES_MOST {
        return Err(BackupError::TooMany);
    }
    pieces.push(Belonging { name: name.to_owned(), kind });
    if kind != Sort::Directory || depth == DEPTH_MOST {
        return Ok(());
    }
    let unread = |error| BackupError::Unread(name.to_owned(), error);
    let folder = Folder::open(site.dir().join(name)).map_err(unread)?;
    let mut entries = folder.entries(PIECES_MOST).map_err(unread)?;
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    for entry in entries.into_iter().filter(|entry| !is_left_out(name, &entry.name)) {
        let inner = name.join(&entry.name);
        if entry.link && leads_out(site, &inner) {
            pieces.push(Belonging { name: inner, kind: Sort::Other });
        } else {
            add(site, &folder, &inner, depth + 1, pieces)?;
        }
    }
    Ok(())
}

/// Whether what lies in a part of the station leads out of it, whoever has made it: loa reads no such link either. A part
/// itself may lie on another disk.
fn leads_out(site: &Site, name: &Path) -> bool {
    let part = name.components().next().map(|part| site.dir().join(part));
    let home = part.and_then(|part| part.canonicalize().ok());
    let target = site.dir().join(name).canonicalize();
    target.is_ok_and(|target| home.is_none_or(|home| !target.starts_with(home)))
}

fn is_database(name: &Path) -> bool {
    name.starts_with("state") && name.extension().is_some_and(|ending| ending == "db")
}

fn is_left_out(within: &Path, name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    if !within.starts_with("state") {
        // Drafts that a power cut left.
        return name.starts_with('.') && name.ends_with(".tmp");
    }
    LEFT_OUT.contains(&&*name) || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Bytes that a backup of the station takes, about: headers are small, and a log of a database may add a little.
pub fn size(site: &Site, beside: &[PathBuf]) -> Result<u64, BackupError> {
    let files = content(site, beside)?.into_iter().filter(|piece| piece.kind != Sort::Directory);
    Ok(files.filter_map(|piece| site.dir().join(piece.name).metadata().ok()).map(|meta| meta.len()).sum())
}
