use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Which file a path leads to, so that one that was taken away, and another in its place, are noticed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// Of what is at `path`, a link itself rather than what it leads to; `None` where there is nothing.
    pub fn of(path: &Path) -> Option<Self> {
        let meta = fs::symlink_metadata(path).ok()?;
        Some(Self { device: meta.dev(), inode: meta.ino() })
    }

    /// Its number on its disk: a copy of it has another one.
    pub const fn number(self) -> u64 {
        self.inode
    }
}
