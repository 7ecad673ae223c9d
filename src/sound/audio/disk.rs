use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{fault, limit};
use crate::digest::RunningDigest;
use crate::plan::Fault;
use crate::site::{self, ReadRefused};

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// In bytes.
    pub(super) size: u64,
    /// Last modification, in nanoseconds since 1970. Whoever copies a file may set it to anything.
    pub(super) modified: i64,
    /// Last change of bytes, name or attributes, in nanoseconds since 1970. Nobody can set it.
    pub(super) changed: i64,
    /// Its number in the file system: another where one file was put in the place of another.
    pub(super) inode: u64,
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        let nanos = |seconds: i64, nanos: i64| seconds.saturating_mul(1_000_000_000).saturating_add(nanos);
        Self {
            size: metadata.len(),
            modified: nanos(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanos(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// For tests: the state of no file.
    #[cfg(any(test, feature = "sample"))]
    pub const fn made_up(size: u64, modified: i64) -> Self {
        Self { size, modified, changed: modified, inode: 1 }
    }

    /// Last modification, in nanoseconds since 1970.
    pub const fn modified(&self) -> i64 {
        self.modified
    }

    /// Of the same size and the same date, which is all that a copy keeps: probably the same, and worth a look.
    pub(super) const fn is_like(&self, other: &Self) -> bool {
        self.size == other.size && self.modified == other.modified
    }
}

/// Set once a file was found to hold other bytes than it was opened with.
#[derive(Clone, Default, Debug)]
pub(super) struct Spoilt(Arc<AtomicBool>);

impl Spoilt {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// An open sound file. It is looked at after each read: bytes that were written meanwhile are never given.
pub(super) struct SoundFile {
    file: File,
    stamp: Stamp,
    /// The digest of its bytes, where somebody vouches for them.
    vouched: Option<String>,
    spoilt: Spoilt,
}

/// Whether a name may be a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Links {
    /// Wherever somebody points on the command line.
    Follow,
    /// In `audio/`, where others may write: a link there leads to whatever they like.
    Refuse,
}

impl SoundFile {
    /// Opens a regular file of bearable size.
    pub(super) fn open(path: &Path, links: Links) -> Result<Self, Fault> {
        match links {
            Links::Follow => Self::of(site::open(path)),
            Links::Refuse => Self::of(site::open_here(path)),
        }
    }

    /// A file that was opened, or was not.
    pub(super) fn of(opened: Result<File, ReadRefused>) -> Result<Self, Fault> {
        let file = opened.map_err(|refused| match refused {
            ReadRefused::Io(error) => fault::unreadable(&error),
            ReadRefused::Link => fault::is_link(),
            _ => fault::not_audio(),
        })?;
        let metadata = file.metadata().map_err(|error| fault::unreadable(&error))?;
        if !metadata.is_file() {
            return Err(fault::not_audio());
        }
        if metadata.len() > limit::FILE_BYTES {
            return Err(fault::too_large());
        }
        Ok(Self { file, stamp: Stamp::of(&metadata), vouched: None, spoilt: Spoilt::default() })
    }

    /// Its state when it was opened.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Gives a copy of it its date: that of the recording. And never one so young that the copy could be taken for a
    /// file that is still being copied.
    pub(super) fn date(&self, copy: &File) -> io::Result<()> {
        let latest = copy.metadata()?.modified()? - limit::SETTLE;
        copy.set_modified(self.file.metadata()?.modified().map_or(latest, |recorded| recorded.min(latest)))
    }

    /// Tells whether it has been found to be another.
    pub(super) fn spoilt(&self) -> Spoilt {
        self.spoilt.clone()
    }

    /// SHA-256 of its bytes in lower-case hex; leaves it where it was.
    pub(super) fn digest(&self) -> Result<String, Fault> {
        self.sum().map_err(|error| fault::unreadable(&error))
    }

    fn sum(&self) -> io::Result<String> {
        let mut digest = RunningDigest::new();
        let mut block = vec![0; 128 * 1024];
        let mut at = 0;
        loop {
            match self.file.read_at(&mut block, at) {
                Ok(0) => return Ok(digest.written()),
                Ok(count) => {
                    digest.add(&block[..count]);
                    at += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether its bytes have this digest. From then on no other ones are read from it, whatever is written to it.
    pub(super) fn vouch(&mut self, sha256: &str) -> Result<bool, Fault> {
        let vouched = self.digest()? == sha256 && self.is_unchanged().map_err(|error| fault::unreadable(&error))?;
        self.vouched = vouched.then(|| sha256.to_owned());
        Ok(vouched)
    }

    /// Whether it is as it was opened. Its last change alone says little (a new file was put over its name, somebody
    /// let others read it, or a copy was given the old date): then the bytes of one that is vouched for decide.
    fn is_unchanged(&mut self) -> io::Result<bool> {
        let now = Stamp::of(&self.file.metadata()?);
        if now == self.stamp {
            return Ok(true);
        }
        let same = now.is_like(&self.stamp) && self.vouched.is_some() && Some(self.sum()?) == self.vouched;
        if same {
            // As it was before it was looked through: what is written from there on is seen next time.
            self.stamp = now;
        }
        Ok(same)
    }
}

impl Read for SoundFile {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(block)?;
        // After the read: what was written before it is seen here.
        if self.is_unchanged()? {
            return Ok(count);
        }
        self.spoilt.0.store(true, Ordering::Release);
        Err(io::Error::other("the file was changed"))
    }
}

impl Seek for SoundFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// The state of a file; `None` where there is no regular file.
pub(super) fn stamp(path: &Path, links: Links) -> Option<Stamp> {
    let metadata = match links {
        Links::Follow => fs::metadata(path),
        Links::Refuse => fs::symlink_metadata(path),
    };
    metadata.ok().filter(fs::Metadata::is_file).map(|metadata| Stamp::of(&metadata))
}
