use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{self, Access, AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::Folder;

impl Folder {
    /// The regular file `name`, empty, where nothing has that name yet; nothing is opened otherwise. What a database is made by: POSIX
    /// lets go of all locks that a process has on a file once it closes any handle of it, and SQLite would not notice.
    pub fn make_once(&self, name: impl AsRef<Path>) -> io::Result<Option<File>> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        match fs::openat(self, name.as_ref(), flags, Mode::from_raw_mode(0o664)) {
            Ok(fd) => {
                self.give_to_its_owner(name.as_ref());
                Ok(Some(File::from(fd)))
            }
            // Whoever may not write in it is told so here: SQLite would read on.
            Err(Errno::EXIST) => {
                fs::accessat(self, name.as_ref(), Access::READ_OK | Access::WRITE_OK, AtFlags::empty())?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}
