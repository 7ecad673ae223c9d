use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use super::{fault, limit};
use crate::plan::Fault;

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
        // Opening a pipe that somebody left in the directory would wait for ever without this.
        let nonblock = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        let opened = OpenOptions::new().read(true).custom_flags(nonblock).open(path);
        let file = opened.map_err(|error| fault::unreadable(&error))?;
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

/// A file of at most `most` bytes, whole; `None` where there is none to read, or more.
pub(crate) fn read_small(path: &Path, most: u64) -> Option<Vec<u8>> {
    let file = File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= most).then_some(bytes)
}

/// Puts `bytes` in the place of a file so that a reader, or a power cut, finds all of the old or
/// all of the new.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let beside = beside(path);
    let written = (|| {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        File::open(directory)?.sync_all()
    })();
    if written.is_err() {
        // Nothing more can be done about a leftover on a disk that refuses everything.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Held while a file of `state/` is read and written anew, by this process and every other one. `None`
/// where there can be no lock, as on a disk that may not be written: then nothing is written either.
pub(super) fn alone(path: &Path) -> Option<File> {
    fs::create_dir_all(path.parent()?).ok()?;
    // Somebody else's lock may be locked without the right to write it.
    let lock = File::open(path).or_else(|_| File::create(path)).ok()?;
    lock.lock().ok()?;
    Some(lock)
}

/// A name in the same directory that no other process of loa writes to.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}
