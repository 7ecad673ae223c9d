use std::time::Duration;

use crate::site::{DAEMON_LOCK, Folder, Holder, Lock, OWN_DIR_MODE, Site, Unlocked};

/// Held while a daemon runs on a station, so that a second one refuses to start. Twice, since either can be
/// taken away: a file in `state/`, which only the daemon's account can open, and the station's directory, which
/// has no other name to be deleted and made anew.
#[derive(Debug)]
pub(super) struct StationLock {
    _file: Option<Lock>,
    _directory: Option<Lock>,
}

/// Why a daemon does not get its station.
#[derive(Debug)]
pub(super) enum NotTaken {
    /// Another one has it; which process, where that can be seen.
    Running(Option<Holder>),
    /// What the system said.
    Io(std::io::Error),
}

impl StationLock {
    /// Take the locks of the station. A stranger who holds the directory's (whoever may list it can) keeps
    /// nobody out.
    pub(super) fn take(site: &Site) -> Result<Self, NotTaken> {
        let top = Folder::open(site.dir()).map_err(NotTaken::Io)?;
        let directory = match top.lock_itself(Duration::ZERO) {
            Ok(lock) => Some(lock),
            Err(Unlocked::Held(Some(holder))) if top.is_kin(&holder) => return Err(NotTaken::Running(Some(holder))),
            Err(_) => None,
        };
        let state = Folder::make(site.state(), OWN_DIR_MODE).map_err(NotTaken::Io)?;
        let file = match state.lock(DAEMON_LOCK, Duration::ZERO) {
            Ok(lock) => {
                state.sweep();
                state.close_to_others();
                Some(lock)
            }
            Err(Unlocked::Held(holder)) => return Err(NotTaken::Running(holder)),
            // On a disk that is full or may not be written the directory itself can still be locked.
            Err(Unlocked::Io(_)) if directory.is_some() => None,
            Err(Unlocked::Io(error)) => return Err(NotTaken::Io(error)),
        };
        Ok(Self { _file: file, _directory: directory })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_on_one_station_is_refused_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        let first = StationLock::take(&site).unwrap();
        assert!(matches!(StationLock::take(&site), Err(NotTaken::Running(_))));
        drop(first);
        StationLock::take(&site).unwrap();
    }

    #[test]
    fn a_lock_whose_file_or_directory_was_deleted_holds_on() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        let _first = StationLock::take(&site).unwrap();
        std::fs::remove_file(site.state().join(DAEMON_LOCK)).unwrap();
        assert!(matches!(StationLock::take(&site), Err(NotTaken::Running(_))));
        std::fs::remove_dir_all(site.state()).unwrap();
        assert!(matches!(StationLock::take(&site), Err(NotTaken::Running(_))));
    }
}
