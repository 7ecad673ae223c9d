use std::io::{self, Write as _};
use std::path::Path;

use rustix::fs::{self, FileType, Gid, Uid};

use super::draft::set_mode;
use super::{Folder, ReadRefused};

/// What people share: their group writes it too.
const SHARED_MODE: u32 = 0o664;

impl Folder {
    /// Put `bytes` in the place of the regular file `name`: all of the old or all of the new, on the disk when this
    /// returns. It stays whose it is and for whom it is, as far as this account may give files away; a new one is
    /// shared with the group. A link is refused.
    pub fn replace_alike(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), ReadRefused> {
        let name = name.as_ref();
        let old = match self.stat(name) {
            Ok(stat) => Some(stat),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(ReadRefused::Io(error)),
        };
        match old.as_ref().map(|stat| FileType::from_raw_mode(stat.st_mode)) {
            None | Some(FileType::RegularFile) => {}
            Some(FileType::Symlink) => return Err(ReadRefused::Link),
            Some(FileType::Directory) => return Err(ReadRefused::Directory),
            Some(_) => return Err(ReadRefused::Special),
        }
        let mode = old.as_ref().map_or(SHARED_MODE, |stat| stat.st_mode & 0o777);
        let mut draft = self.draft(name, mode)?;
        if let Some(old) = &old {
            let (owner, group) = (Uid::from_raw(old.st_uid), Gid::from_raw(old.st_gid));
            // A member of the group cannot give a file away, and keeps the group at least.
            if fs::fchown(draft.file(), Some(owner), Some(group)).is_err() {
                let _ = fs::fchown(draft.file(), None, Some(group));
            }
            set_mode(draft.file(), mode)?;
        }
        draft.file().write_all(bytes)?;
        Ok(draft.place()?)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_file_that_is_replaced_keeps_its_mode_and_owner_and_a_link_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.toml");
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let before = std::fs::metadata(&path).unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        folder.replace_alike("a.toml", b"new").unwrap();
        let after = std::fs::metadata(&path).unwrap();
        assert_eq!((after.mode(), after.uid(), after.gid()), (before.mode(), before.uid(), before.gid()));
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        symlink(&path, dir.path().join("b.toml")).unwrap();
        assert!(matches!(folder.replace_alike("b.toml", b"x"), Err(ReadRefused::Link)));
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        folder.replace_alike("c.toml", b"x").unwrap();
        assert_eq!(std::fs::metadata(dir.path().join("c.toml")).unwrap().mode() & 0o777, 0o664);
        assert_eq!(folder.entries(9).unwrap().len(), 3, "no draft is left");
    }
}
