use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::Path;

use tar::{Archive, EntryType};

use super::list::Listed;
use super::own::{is_own, is_taken_along};
use super::pack::Summed;
use super::{BackupError, LIST, List, PIECES_MOST};

/// A list of as many files as a station may have, with names as long as they come.
const LIST_MOST: u64 = 128 << 20;

/// Read all of a backup and compare it with its own list; nothing is unpacked. What it says, where it is as it was made.
pub fn look(from: impl Read) -> Result<List, BackupError> {
    let mut archive = Archive::new(from);
    let (mut files, mut names, mut list) = (Vec::new(), BTreeSet::new(), None);
    for entry in archive.entries()? {
        let entry = entry.map_err(|error| broken(&files, &error))?;
        let name = entry.path_bytes().into_owned();
        let shown = String::from_utf8_lossy(&name).into_owned();
        let path = entry.path().map_err(|error| broken(&files, &error))?.into_owned();
        if list.is_some() || names.len() > PIECES_MOST {
            return Err(BackupError::Foreign(shown));
        }
        if path == Path::new(LIST) {
            list = Some(read_list(entry)?);
            continue;
        }
        let kind = entry.header().entry_type();
        let is_ours = match kind {
            EntryType::Regular => is_taken_along(&path),
            EntryType::Directory => is_own(&path),
            _ => false,
        };
        if !is_ours || !names.insert(name) {
            // What does not begin like a backup was never one.
            return Err(if files.is_empty() { BackupError::NoBackup } else { BackupError::Foreign(shown) });
        }
        if kind == EntryType::Regular {
            let bytes = entry.size();
            let mut reading = Summed::of(entry);
            io::copy(&mut reading, &mut io::sink()).map_err(|error| broken(&files, &error))?;
            if reading.count != bytes {
                return Err(BackupError::Damaged(shown));
            }
            files.push(Listed { name: shown, bytes, sha256: reading.digest() });
        }
    }
    let Some(list) = list else {
        return Err(files
            .last()
            .map_or(BackupError::NoBackup, |last: &Listed| BackupError::Damaged(last.name.clone())));
    };
    if list.files == files {
        return Ok(list);
    }
    let differs = list.files.iter().zip(&files).find(|(said, found)| said != found).map(|(said, _)| &said.name);
    let missing = list.files.get(files.len()).or(files.get(list.files.len())).map(|file| &file.name);
    Err(BackupError::Damaged(differs.or(missing).map_or_else(|| LIST.to_owned(), Clone::clone)))
}

/// Cut off, or not a tar archive from the first byte.
fn broken(before: &[Listed], error: &io::Error) -> BackupError {
    match before.last() {
        None if error.kind() != io::ErrorKind::UnexpectedEof => BackupError::NoBackup,
        None => BackupError::Damaged("?".to_owned()),
        Some(last) => BackupError::Damaged(last.name.clone()),
    }
}

fn read_list(entry: impl Read) -> Result<List, BackupError> {
    let mut text = Vec::new();
    entry.take(LIST_MOST).read_to_end(&mut text).map_err(|_| BackupError::Damaged(LIST.to_owned()))?;
    serde_json::from_slice(&text).map_err(|_| BackupError::Damaged(LIST.to_owned()))
}
