//! Room on the disks that the station writes to, judged once: `loa doctor`, `/healthz` and the pages say the same of it, and
//! each disk by the directory that lies on it.

use std::path::Path;

use crate::checkup::Finding;
use crate::checkup::space::{Space, judge};
use crate::site::Site;

/// A disk of the station's, by the first directory of its own that lies on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Disk {
    /// `state/`, or `audio/` where that lies on another one.
    pub place: &'static str,
    /// What is left of it.
    pub left: Space,
}

/// Each disk that the station writes to, once.
pub fn disks(site: &Site) -> Vec<Disk> {
    let mut known = Vec::new();
    let mut disks = Vec::new();
    for (place, path) in [("state/", site.state()), ("audio/", site.audio())] {
        // Before the first start there is no state/: it will be made beside the rest.
        let Some((device, left)) = left(&path).or_else(|| left(site.dir())) else { continue };
        if !known.contains(&device) {
            known.push(device);
            disks.push(Disk { place, left });
        }
    }
    disks
}

/// What is short on them.
pub fn short(disks: &[Disk]) -> Vec<Finding> {
    disks.iter().flat_map(|disk| judge(disk.place, disk.left)).collect()
}

/// What the file system of `path` has left, and which it is.
fn left(path: &Path) -> Option<(u64, Space)> {
    let left = rustix::fs::statvfs(path).ok()?;
    let device = rustix::fs::stat(path).ok()?.st_dev;
    let space = Space {
        bytes: left.f_bavail.saturating_mul(left.f_frsize),
        // Some file systems make files as they need them, and count none.
        inodes: (left.f_files > 0).then_some(left.f_favail),
        read_only: left.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY),
    };
    Some((device, space))
}
