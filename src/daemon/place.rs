use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Which file a path leads to, so that one that was taken away, and another in its place, are noticed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    device: u64,
    inode: u64,
}

impl Place {
    /// Of what is at `path`; `None` where there is nothing.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let meta = fs::symlink_metadata(path).ok()?;
        Some(Self { device: meta.dev(), inode: meta.ino() })
    }
}
