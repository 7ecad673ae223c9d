use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::ReadRefused;
use super::draft_name::is_draft;

/// How a file is opened that is read and written.
const WRITING: OFlags = OFlags::RDWR.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// Bits by which others than the owner may write.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// A directory that is held open: what is done in it by name is done in that very directory, whatever
/// becomes of the directory's own name meanwhile.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

/// One thing in a [`Folder`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FolderEntry {
    /// Its name, as the disk has it.
    pub name: OsString,
    /// It is a link.
    pub link: bool,
}

impl Folder {
    /// Open a directory. A link in its place is followed only where the one who put it there could as well
    /// have changed whatever it leads to: this account, the administrator, or the owner of the directory that
    /// the link lies in.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let fd = match fs::open(&path, OFlags::DIRECTORY | OFlags::NOFOLLOW | reading(), Mode::empty()) {
            Err(Errno::LOOP | Errno::NOTDIR) if is_trusted_link(&path)? => {
                fs::open(&path, OFlags::DIRECTORY | reading(), Mode::empty())?
            }
            opened => opened?,
        };
        Ok(Self { fd, path })
    }

    /// The same; where there is none it is made first, and what leads to it.
    pub fn make(path: impl Into<PathBuf>, mode: u32) -> io::Result<Self> {
        let path = path.into();
        match Self::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => return opened,
        }
        let above = match path.parent() {
            Some(above) if !above.as_os_str().is_empty() => Self::make(above, mode)?,
            _ => Self::open(".")?,
        };
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        match fs::mkdirat(&above, name, Mode::from_raw_mode(mode)) {
            Ok(()) => above.give_to_its_owner(name),
            Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        Self::open(path)
    }

    /// The directory `name` in it, made where there is none; through no link, whoever made it: for a disk that others
    /// have made.
    pub fn inner(&self, name: impl AsRef<Path>) -> io::Result<Self> {
        match fs::mkdirat(&self.fd, name.as_ref(), Mode::from_raw_mode(0o755)) {
            Ok(()) | Err(Errno::EXIST) => self.find(name),
            Err(error) => Err(error.into()),
        }
    }

    /// A directory within it that is there; nothing is made.
    pub fn find(&self, name: impl AsRef<Path>) -> io::Result<Self> {
        let name = name.as_ref();
        let fd = fs::openat(&self.fd, name, OFlags::DIRECTORY | OFlags::NOFOLLOW | reading(), Mode::empty())?;
        Ok(Self { fd, path: self.path.join(name) })
    }

    /// Its path when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of the account that this process works as.
    pub fn own_account() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    /// Whom it belongs to, and whether others than its owner may write in it.
    pub fn owner(&self) -> io::Result<(u32, bool)> {
        let stat = fs::fstat(&self.fd)?;
        Ok((stat.st_uid, stat.st_mode & WRITABLE_BY_OTHERS != 0))
    }

    /// Take the right to write in it, and to write the files in it, from everybody but this account, as far as they
    /// are this account's. What an older loa left open is closed so.
    pub fn close_to_others(&self) {
        let own = rustix::process::geteuid().as_raw();
        let close = |fd: BorrowedFd<'_>| {
            if let Ok(stat) = fs::fstat(fd)
                && stat.st_uid == own
                && stat.st_mode & WRITABLE_BY_OTHERS != 0
            {
                // Where it cannot be done doctor says so.
                let _ = fs::fchmod(fd, Mode::from_raw_mode(stat.st_mode & 0o7777 & !WRITABLE_BY_OTHERS));
            }
        };
        close(self.fd.as_fd());
        for entry in self.entries(usize::MAX).unwrap_or_default() {
            if let Ok(file) = self.file(&entry.name) {
                close(file.as_fd());
            }
        }
    }

    /// The regular file `name`, to be read.
    pub fn file(&self, name: impl AsRef<Path>) -> Result<File, ReadRefused> {
        let opened = fs::openat(&self.fd, name.as_ref(), OFlags::NOFOLLOW | reading(), Mode::empty());
        match opened {
            Ok(fd) => regular(File::from(fd)),
            Err(Errno::LOOP) => Err(ReadRefused::Link),
            // A socket, or a device that nothing stands behind.
            Err(Errno::NXIO | Errno::NODEV) => Err(ReadRefused::Special),
            Err(error) => Err(ReadRefused::Io(error.into())),
        }
    }

    /// The regular file `name`, to be read and written; made where there is none.
    pub fn make_file(&self, name: impl AsRef<Path>) -> Result<File, ReadRefused> {
        match self.find_or_make(name.as_ref(), 0o664) {
            Ok(fd) => regular(File::from(fd)),
            Err(Errno::LOOP) => Err(ReadRefused::Link),
            Err(Errno::ISDIR) => Err(ReadRefused::Directory),
            Err(Errno::NXIO | Errno::NODEV) => Err(ReadRefused::Special),
            Err(error) => Err(ReadRefused::Io(error.into())),
        }
    }

    /// An empty file `name`, which was not there ([`io::ErrorKind::AlreadyExists`] where it was); its directory's owner's,
    /// also where an administrator makes it.
    pub fn new_file(&self, name: impl AsRef<Path>, mode: u32) -> io::Result<File> {
        Ok(File::from(self.made_new(name.as_ref(), mode)?))
    }

    /// What is to be read and written under `name`, made where there is none.
    pub(super) fn find_or_make(&self, name: &Path, mode: u32) -> Result<OwnedFd, Errno> {
        match self.made_new(name, mode) {
            // It is there already, as whosever it is.
            Err(Errno::EXIST) => fs::openat(&self.fd, name, WRITING | OFlags::CREATE, Mode::from_raw_mode(mode)),
            made => made,
        }
    }

    fn made_new(&self, name: &Path, mode: u32) -> Result<OwnedFd, Errno> {
        let made = fs::openat(&self.fd, name, WRITING | OFlags::CREATE | OFlags::EXCL, Mode::from_raw_mode(mode));
        made.inspect(|_| self.give_to_its_owner(name))
    }

    /// The regular file `name`, where a link is as good as the file if it can be trusted as in [`Folder::open`].
    pub fn file_or_trusted_link(&self, name: impl AsRef<Path>) -> Result<File, ReadRefused> {
        let name = name.as_ref();
        match self.file(name) {
            Err(ReadRefused::Link) if self.is_trusted_link(name)? => {
                regular(File::from(fs::openat(&self.fd, name, reading(), Mode::empty()).map_err(io::Error::from)?))
            }
            file => file,
        }
    }

    /// The bytes of the regular file `name`, at most `limit`.
    pub fn read(&self, name: impl AsRef<Path>, limit: u64) -> Result<Vec<u8>, ReadRefused> {
        whole(self.file(name)?, limit)
    }

    /// The same, through a link that can be trusted.
    pub fn read_trusted_link(&self, name: impl AsRef<Path>, limit: u64) -> Result<Vec<u8>, ReadRefused> {
        whole(self.file_or_trusted_link(name)?, limit)
    }

    /// What is in it, in no order, at most `most`; hidden files too.
    pub fn entries(&self, most: usize) -> io::Result<Vec<FolderEntry>> {
        let mut entries = Vec::new();
        for entry in fs::Dir::read_from(&self.fd)? {
            let entry = entry?;
            let name = OsString::from_vec(entry.file_name().to_bytes().to_vec());
            if name == "." || name == ".." {
                continue;
            }
            let link = match entry.file_type() {
                FileType::Symlink => true,
                // Some file systems do not tell while they list.
                FileType::Unknown => self.stat(&name).is_ok_and(|stat| kind(&stat) == FileType::Symlink),
                _ => false,
            };
            entries.push(FolderEntry { name, link });
            if entries.len() == most {
                break;
            }
        }
        Ok(entries)
    }

    /// Take `name` away, if it is there; a link is taken away itself.
    pub fn remove(&self, name: impl AsRef<Path>) -> io::Result<()> {
        match fs::unlinkat(&self.fd, name.as_ref(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Give what is `from` the name `to`, in place of what has it.
    pub fn rename(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
        Ok(fs::renameat(&self.fd, from.as_ref(), &self.fd, to.as_ref())?)
    }

    /// Let the names in it reach the disk.
    pub fn sync(&self) -> io::Result<()> {
        Ok(fs::fsync(&self.fd)?)
    }

    /// Take away the drafts that a power cut left. Only for one who knows that nobody else writes here now.
    pub fn sweep(&self) {
        for FolderEntry { name, .. } in self.entries(usize::MAX).unwrap_or_default() {
            if is_draft(&name.to_string_lossy()) {
                // A leftover harms nobody.
                let _ = self.remove(&name);
            }
        }
    }

    /// The number of the account that `name` belongs to, where it is there.
    pub fn owner_of(&self, name: impl AsRef<Path>) -> Option<u32> {
        self.stat(name).ok().map(|stat| stat.st_uid)
    }

    /// Whether others than its owner may write into `name`; also where it cannot be looked at.
    pub fn is_open_to_others(&self, name: impl AsRef<Path>) -> bool {
        self.stat(name).map_or(true, |stat| stat.st_mode & 0o022 != 0)
    }

    /// The state of `name` itself, a link's own.
    pub(super) fn stat(&self, name: impl AsRef<Path>) -> io::Result<Stat> {
        Ok(fs::statat(&self.fd, name.as_ref(), AtFlags::SYMLINK_NOFOLLOW)?)
    }

    fn is_trusted_link(&self, name: &Path) -> io::Result<bool> {
        let link = self.stat(name)?;
        Ok(kind(&link) == FileType::Symlink && trusts(link.st_uid, fs::fstat(&self.fd)?.st_uid))
    }

    /// What an administrator makes by hand in a directory of loa's account is that account's.
    pub(super) fn give_to_its_owner(&self, name: impl AsRef<Path>) {
        if rustix::process::geteuid().is_root()
            && let Ok((owner, _)) = self.owner()
        {
            // Without it the administrator has to; doctor says so.
            let _ =
                fs::chownat(&self.fd, name.as_ref(), Some(fs::Uid::from_raw(owner)), None, AtFlags::SYMLINK_NOFOLLOW);
        }
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Opening a pipe that somebody left there would wait for ever without `NONBLOCK`.
const fn reading() -> OFlags {
    OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC).union(OFlags::NOCTTY)
}

fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

/// What was opened, if it is a regular file.
fn regular(file: File) -> Result<File, ReadRefused> {
    match kind(&fs::fstat(&file).map_err(io::Error::from)?) {
        FileType::RegularFile => Ok(file),
        FileType::Directory => Err(ReadRefused::Directory),
        _ => Err(ReadRefused::Special),
    }
}

fn whole(file: File, limit: u64) -> Result<Vec<u8>, ReadRefused> {
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(ReadRefused::TooLarge(limit)) } else { Ok(bytes) }
}

/// The regular file at `path`, to be read, wherever a link leads: for what a person names.
pub(super) fn named_by_a_person(path: &Path) -> Result<File, ReadRefused> {
    match fs::open(path, reading(), Mode::empty()) {
        Ok(fd) => regular(File::from(fd)),
        Err(Errno::NXIO | Errno::NODEV) => Err(ReadRefused::Special),
        Err(error) => Err(ReadRefused::Io(error.into())),
    }
}

fn is_trusted_link(path: &Path) -> io::Result<bool> {
    let link = fs::lstat(path)?;
    let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(kind(&link) == FileType::Symlink && trusts(link.st_uid, fs::stat(above)?.st_uid))
}

/// Whether this account follows a link of `maker`'s in a directory of `owner`'s.
fn trusts(maker: u32, owner: u32) -> bool {
    let own = rustix::process::geteuid().as_raw();
    maker == 0 || maker == own || (own != 0 && maker == owner)
}
