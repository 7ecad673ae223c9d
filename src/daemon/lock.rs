use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

/// Held while a daemon runs on a station, so that a second one refuses to start. The kernel lets go
/// of it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Take the lock of the station whose state directory is `state`; `None` if another process has it.
    pub(super) fn take(state: &Path) -> io::Result<Option<Self>> {
        let named =
            OpenOptions::new().create(true).truncate(false).write(true).mode(0o640).open(state.join("loa.lock"));
        // On a disk that is full or may not be written the directory itself can still be locked.
        let file = named.or_else(|_| File::open(state))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_on_one_station_is_refused_until_the_first_is_gone() {
        let state = tempfile::tempdir().unwrap();
        let first = Lock::take(state.path()).unwrap();
        assert!(first.is_some());
        assert!(Lock::take(state.path()).unwrap().is_none());
        drop(first);
        assert!(Lock::take(state.path()).unwrap().is_some());
    }
}
