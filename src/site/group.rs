use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{Gid, fchown};

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
