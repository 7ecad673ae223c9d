use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{self, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::draft_name::draft_name;
use super::{Folder, ReadRefused};

/// What loa writes for itself: its account writes, its group reads.
const FILE_MODE: Mode = Mode::from_raw_mode(0o640);

/// A file that is being written beside its place. Dropped before it is placed, it is gone.
#[derive(Debug)]
pub struct Draft<'a> {
    folder: &'a Folder,
    name: PathBuf,
    beside: PathBuf,
    file: File,
    placed: bool,
}

impl Draft<'_> {
    /// Where to write.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Where it is until it has its name: for what opens files by their names only.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(&self.beside)
    }

    /// Nobody but its owner may read it. On a stick there is no such thing.
    pub fn is_closed(&self) -> io::Result<bool> {
        Ok(!Mode::from_raw_mode(fs::fstat(&self.file)?.st_mode).intersects(Mode::RWXG | Mode::RWXO))
    }

    /// Take its name away, so that it is gone however this process ends; what holds it open goes on with it.
    pub fn unname(&self) -> io::Result<()> {
        self.folder.remove(&self.beside)
    }

    /// The same bytes again, to be read.
    pub fn reread(&self) -> Result<File, ReadRefused> {
        self.folder.file(&self.beside)
    }

    /// Give it its name, in place of what has it now; on the disk when this returns.
    pub fn place(self) -> io::Result<()> {
        self.place_with(RenameFlags::empty())
    }

    /// The same, unless something has the name already ([`io::ErrorKind::AlreadyExists`]).
    pub fn place_new(self) -> io::Result<()> {
        self.place_with(RenameFlags::NOREPLACE)
    }

    fn place_with(mut self, flags: RenameFlags) -> io::Result<()> {
        self.file.sync_all()?;
        let (folder, from, to) = (self.folder, &self.beside, &self.name);
        match fs::renameat_with(folder, from, folder, to, flags) {
            // A file system that does not know the flag.
            Err(Errno::INVAL | Errno::NOSYS) if flags.is_empty() || self.folder.stat(to).is_err() => {
                fs::renameat(folder, from, folder, to)?;
            }
            Err(Errno::INVAL | Errno::NOSYS) => return Err(io::ErrorKind::AlreadyExists.into()),
            renamed => renamed?,
        }
        self.placed = true;
        self.folder.sync()
    }
}

/// Give a file that was made just now its mode. It was made with no more than that; a stick has no modes, and some drivers
/// refuse to set one: the file is as good as it can be there.
pub(super) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    match fs::fchmod(file, Mode::from_raw_mode(mode)) {
        Err(Errno::NOSYS | Errno::OPNOTSUPP | Errno::PERM) => Ok(()),
        set => Ok(set?),
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if !self.placed {
            // Nothing more can be done about a leftover on a disk that refuses everything.
            let _ = self.folder.remove(&self.beside);
        }
    }
}

impl Folder {
    /// Begin a file that is to become `name`: under a name that nobody can foresee, and that nobody has.
    pub fn draft(&self, name: impl AsRef<Path>, mode: u32) -> io::Result<Draft<'_>> {
        let draft = self.begin(name.as_ref(), mode)?;
        // Whatever the habits of who runs this.
        set_mode(&draft.file, mode)?;
        Ok(draft)
    }

    /// The same for a file that is a person's and not the station's: readable for whom that person's habits say.
    pub fn draft_of_a_person(&self, name: impl AsRef<Path>) -> io::Result<Draft<'_>> {
        self.begin(name.as_ref(), 0o666)
    }

    /// The same for what nobody but its owner may ever read: it is closed from its first moment on, so that nobody has it open
    /// from before.
    pub fn closed_draft(&self, name: impl AsRef<Path>) -> io::Result<Draft<'_>> {
        self.begin(name.as_ref(), 0o600)
    }

    fn begin(&self, name: &Path, mode: u32) -> io::Result<Draft<'_>> {
        let (name, beside) = (name.to_owned(), draft_name(name));
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = fs::openat(self, &beside, flags, Mode::from_raw_mode(mode))?;
        let draft = Draft { folder: self, name, beside, file: File::from(fd), placed: false };
        if rustix::process::geteuid().is_root() {
            let owner = self.owner()?.0;
            // A stick has no owners: some drivers refuse even what is so already.
            if fs::fstat(&draft.file)?.st_uid != owner {
                fs::fchown(&draft.file, Some(fs::Uid::from_raw(owner)), None)?;
            }
        }
        Ok(draft)
    }

    /// Put `bytes` in the place of `name`: all of the old or all of the new, on the disk when this returns.
    pub fn replace(&self, name: impl AsRef<Path>, bytes: &[u8]) -> io::Result<()> {
        let mut draft = self.draft(name, FILE_MODE.bits())?;
        draft.file.write_all(bytes)?;
        draft.place()
    }
}
