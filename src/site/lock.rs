use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::Duration;

use rustix::fs::{self, FileType, FlockOperation, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::{Folder, Holder};

/// Between two tries: a person does not notice it, and it costs nothing.
const PAUSE: Duration = Duration::from_millis(20);

/// A lock file may be put anew this often while it is being taken; more means that somebody plays with it.
const ANEW_MOST: usize = 8;

/// Bits of a lock file that let others than its owner open it, and so hold it.
const OPEN_TO_OTHERS: u32 = 0o077;

/// A lock that is held until this is dropped; the kernel lets go of it when the process ends, however it
/// ends.
#[derive(Debug)]
pub struct Lock {
    pub(super) held: OwnedFd,
}

impl Drop for Lock {
    /// Closing would not do: a child that was started meanwhile shares the lock until it runs its own program.
    fn drop(&mut self) {
        // Closing, which follows, lets go as well.
        let _ = fs::flock(&self.held, FlockOperation::Unlock);
    }
}

/// Why a lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Unlocked {
    /// Somebody else had it all the time; who, where the kernel tells.
    #[error("somebody else holds the lock")]
    Held(Option<Holder>),
    /// There can be no lock, as on a disk that may not be written.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Folder {
    /// Take the lock file `name`, which nobody but its owner can open: whoever can open a file can lock it
    /// and keep everybody else waiting. Waits at most about `wait`. A file that others could have opened, or
    /// that is no file, is put anew; one that loses its name while it is being taken does not count.
    pub fn lock(&self, name: &str, wait: Duration) -> Result<Lock, Unlocked> {
        let mut tries = Tries::of(wait);
        for _ in 0..ANEW_MOST {
            let fd = match self.find_or_make(Path::new(name), 0o600) {
                Ok(fd) => fd,
                // A link, a directory, a socket, or somebody else's file.
                Err(error @ (Errno::LOOP | Errno::ISDIR | Errno::NXIO | Errno::ACCESS)) => {
                    let stat = self.stat(name).map_err(|_| io::Error::from(error))?;
                    self.clear(name, &stat)?;
                    continue;
                }
                Err(error) => return Err(Unlocked::Io(error.into())),
            };
            let stat = fs::fstat(&fd).map_err(io::Error::from)?;
            if !self.is_private(&stat)? {
                // Who has it already may be a daemon of an older loa.
                let _ours = self.try_kin(&fd, &stat)?;
                self.clear(name, &stat)?;
                continue;
            }
            tries.take(&fd, &stat)?;
            if self.stat(name).is_ok_and(|named| (named.st_dev, named.st_ino) == (stat.st_dev, stat.st_ino)) {
                return Ok(Lock { held: fd });
            }
        }
        Err(Unlocked::Held(None))
    }

    /// Lock the directory itself, which needs no more than the right to read it. Whoever may list it can hold
    /// this lock: good among people who may do as much harm otherwise, and for knowing of each other.
    pub fn lock_itself(&self, wait: Duration) -> Result<Lock, Unlocked> {
        let fd = fs::openat(self, ".", OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
            .map_err(io::Error::from)?;
        let stat = fs::fstat(&fd).map_err(io::Error::from)?;
        Tries::of(wait).take(&fd, &stat)?;
        Ok(Lock { held: fd })
    }

    /// Whether the holder is a process of this account, of the administrator, or of this directory's owner.
    pub fn is_kin(&self, holder: &Holder) -> bool {
        self.owner().is_ok_and(|(owner, _)| holder.is_kin(owner))
    }

    /// Those who hold locks on `name`, of any kind.
    pub fn holders(&self, name: impl AsRef<Path>) -> Vec<Holder> {
        self.stat(name).map_or_else(|_| Vec::new(), |stat| Holder::all_of(stat.st_dev, stat.st_ino))
    }

    /// Nobody but its owner can open it, and the owner is this account or this directory's.
    fn is_private(&self, stat: &Stat) -> io::Result<bool> {
        let own = rustix::process::geteuid().as_raw();
        let owner = self.owner()?.0;
        let regular = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        Ok(regular && stat.st_mode & OPEN_TO_OTHERS == 0 && (stat.st_uid == own || stat.st_uid == owner))
    }

    /// Lock it, or pass over whoever holds it and is a stranger.
    fn try_kin(&self, fd: impl AsFd, stat: &Stat) -> Result<bool, Unlocked> {
        if fs::flock(fd, FlockOperation::NonBlockingLockExclusive).is_ok() {
            return Ok(true);
        }
        let holders = Holder::all_of(stat.st_dev, stat.st_ino);
        match holders.iter().find(|holder| self.is_kin(holder)) {
            Some(kin) => Err(Unlocked::Held(Some(kin.clone()))),
            None if holders.is_empty() => Err(Unlocked::Held(None)),
            None => Ok(false),
        }
    }

    /// Take the directory `name` away, if nothing is in it.
    pub fn remove_empty(&self, name: &str) -> io::Result<()> {
        Ok(fs::unlinkat(self, name, fs::AtFlags::REMOVEDIR)?)
    }

    /// Take away what stands in a lock file's place, unless a kin holds it.
    fn clear(&self, name: &str, stat: &Stat) -> Result<(), Unlocked> {
        let kin = Holder::all_of(stat.st_dev, stat.st_ino).into_iter().find(|holder| self.is_kin(holder));
        if let Some(kin) = kin.filter(|kin| kin.pid != std::process::id()) {
            return Err(Unlocked::Held(Some(kin)));
        }
        if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
            return Ok(self.remove_empty(name)?);
        }
        Ok(self.remove(name)?)
    }
}

/// How often a lock is still tried. Counted, not timed: nobody here knows what time it is, and a wait must
/// end whatever the clock does.
struct Tries {
    left: u128,
}

impl Tries {
    fn of(wait: Duration) -> Self {
        Self { left: wait.as_millis() / PAUSE.as_millis() }
    }

    fn take(&mut self, fd: &OwnedFd, stat: &Stat) -> Result<(), Unlocked> {
        loop {
            match fs::flock(fd, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(()),
                Err(Errno::WOULDBLOCK) if self.left > 0 => {
                    self.left -= 1;
                    // Nobody wakes this thread; if somebody did, the wait would only be shorter.
                    std::thread::park_timeout(PAUSE);
                }
                Err(Errno::WOULDBLOCK) => {
                    return Err(Unlocked::Held(Holder::all_of(stat.st_dev, stat.st_ino).into_iter().next()));
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(Unlocked::Io(error.into())),
            }
        }
    }
}
