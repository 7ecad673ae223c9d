//! The station's files: where each lies, and the ways to read, replace and lock one that hold among
//! neighbours who may write beside it. What is opened is looked at after opening and never waited for; what
//! is written is written beside and renamed; a wait for a lock ends. Knows nothing of what the files say.
//! Every room that touches a file of the station comes here.

use loa_core::diag;

mod account;
mod alike;
mod disk_left;
mod draft;
mod draft_name;
mod folder;
mod group;
mod holder;
mod identity;
mod lock;
mod once;
mod refused;
mod socket;

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

pub use account::account_name;
pub use disk_left::DiskLeft;
pub use draft::Draft;
pub use folder::{Folder, FolderEntry};
pub use group::share_file_with;
pub use holder::Holder;
pub use identity::Identity;
pub use lock::{Lock, Unlocked};
pub use refused::ReadRefused;
pub use socket::{SocketAddress, bind_socket, connect_socket};

/// Directories that loa makes for itself: its account writes, its group reads.
pub const OWN_DIR_MODE: u32 = 0o750;

/// In `state/`: whoever holds its lock is the station's daemon. It is left where a station has run, and goes into no backup.
pub const DAEMON_LOCK: &str = "loa.lock";

/// In `state/`: what was found of the sounds.
pub const FACTS: &str = "facts.json";

/// In `state/`: what was found of them since.
pub const FACTS_ADDED: &str = "facts.log";

/// In `state/`: the gains that were found for the sounds.
pub const GAINS: &str = "gains.json";

/// In `state/`: each schedule as it last was right.
pub const LAST_GOOD: &str = "last_good.json";

/// In `state/`: who vouched for the clock.
pub const CLOCK: &str = "clock.json";

/// In `state/`: the key that signs the journal's head.
pub const SEAL_KEY: &str = "seal.key";

/// In `state/`: the key with which a box has joined a fleet.
pub const LINK_SEED: &str = "link.seed";

/// A station's directory, and the names of all that lies in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Site {
    dir: PathBuf,
}

impl Site {
    /// Of the station in `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The directory itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What describes this machine.
    pub fn station(&self) -> PathBuf {
        self.dir.join("loa.toml")
    }

    /// What people want played.
    pub fn schedules(&self) -> PathBuf {
        self.dir.join("schedules")
    }

    /// The sounds.
    pub fn audio(&self) -> PathBuf {
        self.dir.join("audio")
    }

    /// What loa writes for itself.
    pub fn state(&self) -> PathBuf {
        self.dir.join("state")
    }

    /// What happened.
    pub fn journal(&self) -> PathBuf {
        self.state().join("journal.db")
    }

    /// Who may use the page. Where the page runs as an account of its own, which may not write in `state/`, it is in a
    /// directory there that is its own.
    pub fn people(&self) -> PathBuf {
        let own = self.state().join("console");
        if own.is_dir() { own.join("console.db") } else { self.state().join("console.db") }
    }

    /// The certificates that the page makes for itself; beside [`Site::people`], in what is the page's own.
    pub fn certificate(&self) -> PathBuf {
        self.people().with_file_name("cert")
    }

    /// What the disk of the sounds has left.
    pub fn room(&self) -> Option<DiskLeft> {
        DiskLeft::of(&self.audio()).or_else(|| DiskLeft::of(&self.dir))
    }

    /// What lets somebody set the station up on its page, once.
    pub fn setup(&self) -> PathBuf {
        self.state().join("setup.json")
    }

    /// What became of the files that were saved, for people of a shared folder; there where somebody has made it.
    pub fn result(&self) -> PathBuf {
        self.state().join("result")
    }

    /// Where a running daemon takes orders.
    pub fn socket(&self) -> PathBuf {
        self.state().join("loa.sock")
    }

    /// Where `loa relay` hands over what it fetches, in a directory of its own: it may run as an account of its own.
    pub fn relay_socket(&self) -> PathBuf {
        self.state().join("relay").join("relay.sock")
    }

    /// What was found of the sounds.
    pub fn facts(&self) -> PathBuf {
        self.state().join(FACTS)
    }

    /// The gains that were found for the sounds.
    pub fn gains(&self) -> PathBuf {
        self.state().join(GAINS)
    }

    /// Each schedule as it last was right.
    pub fn last_good(&self) -> PathBuf {
        self.state().join(LAST_GOOD)
    }

    /// Who changed which schedule when, and what it said before.
    pub fn versions(&self) -> PathBuf {
        let own = self.state().join("console");
        if own.is_dir() { own.join("versions.db") } else { self.state().join("versions.db") }
    }

    /// How often each book was printed; where the page runs as an account of its own, in what is its own.
    pub fn prints(&self) -> PathBuf {
        let own = self.state().join("console");
        if own.is_dir() { own.join("prints.json") } else { self.state().join("prints.json") }
    }

    /// Which bundles were taken, whom they are believed of, and what is under way of one.
    pub fn bundle(&self) -> PathBuf {
        self.state().join("bundle.json")
    }

    /// What the link to the centre keeps, in a directory of its own: it may run as an account of its own.
    pub fn link(&self) -> PathBuf {
        self.state().join("link")
    }

    /// The key with which this box has joined a fleet, whether or not it has a link yet.
    pub fn link_seed(&self) -> PathBuf {
        self.state().join(LINK_SEED)
    }

    /// What the watch on alarms from outside keeps, in a directory of its own: it may run as an account of its own.
    pub fn cap(&self) -> PathBuf {
        self.state().join("cap")
    }

    /// The bundle that the link has brought, to be installed.
    pub fn brought(&self) -> PathBuf {
        self.link().join("goi.loa")
    }

    /// Who vouched for the clock.
    pub fn clock(&self) -> PathBuf {
        self.state().join(CLOCK)
    }

    /// What the microphones have learnt of the horns.
    pub fn proof(&self) -> PathBuf {
        self.state().join("proof.json")
    }

    /// Pictures of the sounds that were loaded.
    pub fn reports(&self) -> PathBuf {
        self.state().join("reports")
    }

    /// What was sent of higher stations, and what people have spoken live, to hear again.
    pub fn kept(&self) -> PathBuf {
        self.state().join("kept")
    }

    /// Sounds that others took the place of.
    pub fn replaced(&self) -> PathBuf {
        self.state().join("replaced")
    }

    /// The same, where whoever loads may not write `state/`.
    pub fn replaced_beside(&self) -> PathBuf {
        self.audio().join(".replaced")
    }

    /// Pictures of the sounds, where whoever loads may not write `state/`.
    pub fn reports_beside(&self) -> PathBuf {
        self.audio().join(".reports")
    }

    /// Where recordings lie that are being handed in through the page: beside the people who may use it.
    pub fn uploads(&self) -> PathBuf {
        let own = self.state().join("console");
        if own.is_dir() { own.join("uploads") } else { self.state().join("uploads") }
    }

    /// `path` as people say it: relative to the station where it lies in it.
    pub fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.dir).unwrap_or(path)
    }
}

/// The bytes of the regular file at `path`, at most `limit` of them. Follows no link, waits for nobody.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ReadRefused> {
    let (folder, name) = split(path)?;
    Folder::open(folder)?.read(name, limit)
}

/// The regular file at `path`, wherever a link leads: for what a person names, and never for what lies where
/// others write. Waits for nobody.
pub fn open(path: &Path) -> Result<File, ReadRefused> {
    folder::named_by_a_person(path)
}

/// The regular file at `path`, to be read. Follows no link, waits for nobody.
pub fn open_here(path: &Path) -> Result<File, ReadRefused> {
    let (folder, name) = split(path)?;
    Folder::open(folder)?.file(name)
}

/// The regular file at `path` to be read and written; made where there is none, and as it is where there is one.
/// Follows no link.
pub fn make_file(path: &Path) -> Result<File, ReadRefused> {
    let (folder, name) = split(path)?;
    Folder::open(folder)?.make_file(name)
}

/// When the file at `path` was last written, in seconds since 1970, as its disk has it.
pub fn saved_at(path: &Path) -> Option<i64> {
    std::fs::symlink_metadata(path).ok().map(|file| file.mtime())
}

/// Put `bytes` in the place of the file at `path`, so that a reader, or a power cut, finds all of the old
/// or all of the new. Its directory is made where it is missing.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (folder, name) = split(path)?;
    Folder::make(folder, OWN_DIR_MODE)?.replace(name, bytes)
}

/// Make a directory of loa's own, where it is missing, with those above it.
pub fn make_dir(path: &Path) -> io::Result<()> {
    Folder::make(path, OWN_DIR_MODE).map(drop)
}

/// So many bytes this account may still write on the disk that `path` lies on; none where nobody can tell.
pub fn room(path: &Path) -> Option<u64> {
    DiskLeft::of(path).map(|left| left.bytes)
}

/// Whether this account lacks the right to read what is at `path`, or to `write` it too; of a directory, to enter it and to
/// make files there. What is not there, or lies on a disk that takes no writing, is not denied.
pub fn is_denied(path: &Path, write: bool) -> bool {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    let right = match (path.is_dir(), write) {
        (true, true) => Access::WRITE_OK | Access::EXEC_OK,
        (true, false) => Access::EXEC_OK,
        (false, true) => Access::READ_OK | Access::WRITE_OK,
        (false, false) => Access::READ_OK,
    };
    accessat(CWD, path, right, AtFlags::EACCESS) == Err(rustix::io::Errno::ACCESS)
}

/// A path's directory and its last name.
fn split(path: &Path) -> io::Result<(&Path, &Path)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((folder, Path::new(name)))
}

#[cfg(test)]
mod tests;
