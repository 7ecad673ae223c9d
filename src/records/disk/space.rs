//! Room on the disks that the station writes to, judged once: `loa doctor`, `/healthz` and the pages say the same of it, and
//! each disk by the directory that lies on it.

use crate::checkup::Finding;
use crate::checkup::space::{Space, judge};
use crate::site::{DiskLeft, Site};

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
        let Some(left) = DiskLeft::of(&path).or_else(|| DiskLeft::of(site.dir())) else { continue };
        if !known.contains(&left.device) {
            known.push(left.device);
            let DiskLeft { bytes, inodes, read_only, .. } = left;
            disks.push(Disk { place, left: Space { bytes, inodes, read_only } });
        }
    }
    disks
}

/// What is short on them.
pub fn short(disks: &[Disk]) -> Vec<Finding> {
    disks.iter().flat_map(|disk| judge(disk.place, disk.left)).collect()
}
