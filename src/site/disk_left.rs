use std::path::Path;

use rustix::fs::StatVfsMountFlags;

/// What a disk has left for others than root.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DiskLeft {
    /// Bytes.
    pub bytes: u64,
    /// Files; none where the file system makes them as it needs them, and counts none.
    pub inodes: Option<u64>,
    /// It can only be read.
    pub read_only: bool,
    /// Which disk it is.
    pub device: u64,
}

impl DiskLeft {
    /// Of the disk that `path` lies on; none where nobody can tell.
    pub fn of(path: &Path) -> Option<Self> {
        let left = rustix::fs::statvfs(path).ok()?;
        Some(Self {
            bytes: left.f_bavail.saturating_mul(left.f_frsize),
            inodes: (left.f_files > 0).then_some(left.f_favail),
            read_only: left.f_flag.contains(StatVfsMountFlags::RDONLY),
            device: rustix::fs::stat(path).ok()?.st_dev,
        })
    }
}
