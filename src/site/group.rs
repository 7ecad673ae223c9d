use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{Gid, Mode, fchmod, fchown, fstat};

use crate::{Draft, Folder};

/// For its account to write and for its group to read.
const MODE: u32 = 0o640;

impl Folder {
    /// Begin a file that the group of this directory may read, and nobody else: the program that needs it runs as another of
    /// its members, whoever makes it.
    pub fn draft_for_group(&self, name: impl AsRef<Path>) -> io::Result<Draft<'_>> {
        let mut draft = self.draft(name, MODE)?;
        if rustix::process::geteuid().is_root() {
            let group = std::fs::metadata(self.path())?.gid();
            fchown(draft.file(), None, Some(Gid::from_raw(group)))?;
        }
        Ok(draft)
    }
}

/// A directory whose group reads and writes, and gives itself to what is made in it.
const SHARED_DIR: u32 = 0o2770;
/// A file of such a directory.
const SHARED_FILE: u32 = 0o660;
/// The machine's groups: a few hundred lines.
const GROUPS_MOST: u64 = 1 << 20;

impl Folder {
    /// Let this group, and nobody else beside the owner, read and write in it; whoever it is of now where there is no such group, or this account is
    /// not in it. What belongs to another account is left as it is.
    pub fn share_with(&self, group: &str) {
        share(self, group, SHARED_DIR);
    }
}

/// The same for a file.
pub fn share_file_with(file: &File, group: &str) {
    share(file, group, SHARED_FILE);
}

/// Where it cannot be done, who cannot write says so.
fn share(what: &impl AsFd, group: &str, mode: u32) {
    let Ok(stat) = fstat(what) else { return };
    if stat.st_uid != Folder::own_account() {
        return;
    }
    if let Some(group) = group_number(group).filter(|group| *group != stat.st_gid) {
        let _ = fchown(what, None, Some(Gid::from_raw(group)));
    }
    if stat.st_mode & 0o7777 != mode {
        let _ = fchmod(what, Mode::from_raw_mode(mode));
    }
}

/// The number of a group of this machine.
fn group_number(name: &str) -> Option<u32> {
    let groups = crate::read(Path::new("/etc/group"), GROUPS_MOST).ok()?;
    let groups = String::from_utf8_lossy(&groups).into_owned();
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then(|| fields.nth(1)?.parse().ok()).flatten()
    })
}
