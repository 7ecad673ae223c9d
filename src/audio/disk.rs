use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use super::{fault, limit};
use crate::plan::Fault;
use crate::site::{self, Refused};

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    /// In bytes.
    pub(super) size: u64,
    /// Last modification, in nanoseconds since 1970.
    pub(super) modified: i64,
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        let nanos = |length: std::time::Duration| i64::try_from(length.as_nanos()).unwrap_or(i64::MAX);
        let modified = match metadata.modified().map(|at| at.duration_since(UNIX_EPOCH)) {
            Ok(Ok(after)) => nanos(after),
            Ok(Err(before)) => -nanos(before.duration()),
            Err(_) => 0,
        };
        Self { size: metadata.len(), modified }
    }
}

/// An open sound file.
pub(super) struct SoundFile {
    file: File,
    stamp: Stamp,
}

impl SoundFile {
    /// Opens a regular file of bearable size.
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        Self::of(site::open(path))
    }

    /// A file that was opened, or was not.
    pub(super) fn of(opened: Result<File, Refused>) -> Result<Self, Fault> {
        let file = opened.map_err(|refused| match refused {
            Refused::Io(error) => fault::unreadable(&error),
            _ => fault::not_audio(),
        })?;
        let metadata = file.metadata().map_err(|error| fault::unreadable(&error))?;
        if !metadata.is_file() {
            return Err(fault::not_audio());
        }
        if metadata.len() > limit::FILE_BYTES {
            return Err(fault::too_large());
        }
        Ok(Self { file, stamp: Stamp::of(&metadata) })
    }

    /// Its state when it was opened.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// SHA-256 of its bytes in lower-case hex; leaves it at its beginning.
    pub(super) fn digest(&mut self) -> Result<String, Fault> {
        let unreadable = |error: io::Error| fault::unreadable(&error);
        self.file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let mut digest = Sha256::new();
        let mut block = vec![0; 128 * 1024];
        loop {
            match self.file.read(&mut block) {
                Ok(0) => break,
                Ok(count) => digest.update(&block[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(error)),
            }
        }
        self.file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        Ok(hex(&digest.finalize()))
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// SHA-256 of bytes in lower-case hex.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

impl Read for SoundFile {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        self.file.read(block)
    }
}

impl Seek for SoundFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// The state of a file, through symbolic links; `None` where there is no regular file.
pub(super) fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    metadata.is_file().then(|| Stamp::of(&metadata))
}

/// The regular files directly in a directory that may be sounds, by name. A directory that is not
/// there is an empty one.
pub(super) fn list(directory: &Path) -> Vec<(String, Stamp)> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let names = entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
    let mut found: Vec<_> = names
        .filter(|name| !is_ignored(name))
        .filter_map(|name| Some((stamp(&directory.join(&name))?, name)))
        .map(|(stamp, name)| (name, stamp))
        .take(limit::FILES)
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Hidden files, notes beside the sounds, half-done downloads, and what Windows leaves on sticks.
fn is_ignored(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with('.')
        || [".txt", ".md", ".part", ".tmp", "~"].iter().any(|end| lower.ends_with(end))
        || ["thumbs.db", "desktop.ini"].contains(&lower.as_str())
}
