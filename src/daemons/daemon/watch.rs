use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use inotify::{Event, EventMask, Inotify, WatchDescriptor, WatchMask, Watches};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};

use super::writers::Writers;
use crate::site::Site;

/// What the kernel is asked to tell of. Not of reading: the daemon itself reads every file.
const CHANGES: WatchMask = WatchMask::MODIFY
    .union(WatchMask::ATTRIB)
    .union(WatchMask::CLOSE_WRITE)
    .union(WatchMask::CREATE)
    .union(WatchMask::DELETE)
    .union(WatchMask::MOVE)
    .union(WatchMask::DELETE_SELF)
    .union(WatchMask::MOVE_SELF);

/// Bytes of events that are read at a time: some hundred events.
const BUFFER: usize = 16 * 1024;

/// Watches the station's directories (never single files: an atomic save replaces the file and the
/// watch would stay with the dead one) and says only that something changed; what changed is found
/// by reading.
pub(super) struct Watch {
    watches: Option<Watches>,
    ear: Ear,
    /// Closed with this, which ends the thread that listens.
    _listens: Option<OwnedFd>,
}

impl Watch {
    /// Start to watch `dir`, its `schedules` and its `audio`; each change sends a [`Changed`].
    /// Where the kernel has no watch to give, the caller's own look every minute has to do.
    pub(super) fn start(dir: &Path, changed: Sender<Changed>) -> Self {
        let ear = Ear { places: Arc::default(), writers: Writers::default(), changed };
        let (watches, listens) = ear.clone().listen().ok().unzip();
        let mut watch = Self { watches, ear, _listens: listens };
        watch.renew(dir);
        watch
    }

    /// Who has which sound open for writing.
    pub(super) fn writers(&self) -> Writers {
        self.ear.writers.clone()
    }

    /// Watch what has been put in a watched directory's place (unmounted, renamed, made anew); the kernel knows what it
    /// watches already, and nothing is missed of it.
    pub(super) fn renew(&mut self, dir: &Path) {
        let Some(watches) = &mut self.watches else { return };
        // Nothing is heard until it is known where it comes from.
        let mut places = self.ear.places.lock().unwrap_or_else(PoisonError::into_inner);
        let (site, mut now) = (Site::new(dir), HashMap::new());
        for (place, path) in
            [(Place::Home, dir.to_path_buf()), (Place::Schedules, site.schedules()), (Place::Audio, site.audio())]
        {
            if let Ok(watched) = watches.add(path, CHANGES) {
                now.insert(watched, place);
            }
        }
        for (gone, _) in std::mem::replace(&mut *places, now) {
            if !places.contains_key(&gone) {
                let _ = watches.remove(gone);
            }
        }
    }
}

/// A directory that is watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Home,
    Schedules,
    Audio,
}

/// Hears what the kernel tells.
#[derive(Clone)]
struct Ear {
    places: Arc<Mutex<HashMap<WatchDescriptor, Place>>>,
    writers: Writers,
    changed: Sender<Changed>,
}

impl Ear {
    /// Listen on a thread of its own until what is given back is closed.
    fn listen(self) -> io::Result<(Watches, OwnedFd)> {
        let mut inotify = Inotify::init()?;
        let watches = inotify.watches();
        let (over, listens) = pipe_with(PipeFlags::CLOEXEC)?;
        std::thread::Builder::new().name("watch".to_owned()).spawn(move || {
            let mut buffer = vec![0; BUFFER];
            loop {
                let mut ready = [PollFd::new(&inotify, PollFlags::IN), PollFd::new(&over, PollFlags::IN)];
                match poll(&mut ready, None) {
                    Ok(_) if !ready[1].revents().is_empty() => return,
                    Ok(_) => {}
                    Err(Errno::INTR) => continue,
                    Err(_) => return self.lost(),
                }
                match inotify.read_events(&mut buffer) {
                    Ok(events) => self.hear_all(events),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(_) => return self.lost(),
                }
            }
        })?;
        Ok((watches, listens))
    }

    fn hear_all<'a>(&self, events: impl Iterator<Item = Event<&'a OsStr>>) {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let mut something = false;
        for event in events {
            if event.mask.contains(EventMask::Q_OVERFLOW) {
                self.lost();
            } else if let Some(place) = places.get(&event.wd) {
                something |= self.hear(*place, event.mask, event.cookie, event.name);
            }
        }
        if something {
            // The receiver is gone only while the daemon ends.
            let _ = self.changed.send(Changed::OnDisk);
        }
    }

    /// Whether the station is another one by it. Beside the two directories and `loa.toml` nothing counts: an output may
    /// write its WAV file right there.
    fn hear(&self, place: Place, mask: EventMask, cookie: u32, name: Option<&OsStr>) -> bool {
        if place == Place::Audio
            && let Some(file) = name.and_then(OsStr::to_str)
        {
            self.writers.hear(mask, cookie, file);
        }
        let counts = || name.is_some_and(|name| name == "schedules" || name == "audio" || name == "loa.toml");
        place != Place::Home || counts()
    }

    /// Events were lost: everything is looked at.
    fn lost(&self) {
        self.writers.lost_track();
        let _ = self.changed.send(Changed::OnDisk);
    }
}

/// Why to look at the files again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Changed {
    /// Something in the station's directories changed.
    OnDisk,
    /// Somebody asked.
    ByHand,
    /// This sound is not what it is believed to be: its bytes are others.
    Sound(String),
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_change_is_told_and_no_reading_and_a_directory_made_anew_is_watched_again() {
        let dir = tempfile::tempdir().unwrap();
        let audio = dir.path().join("audio");
        fs::create_dir(dir.path().join("schedules")).unwrap();
        fs::create_dir(&audio).unwrap();
        fs::write(audio.join("a.wav"), "a").unwrap();
        fs::write(dir.path().join("loa.toml"), "").unwrap();
        let (changed, changes) = channel();
        let mut watch = Watch::start(dir.path(), changed);
        let told = |what: &str| {
            assert_eq!(changes.recv_timeout(Duration::from_secs(30)), Ok(Changed::OnDisk), "{what}");
            // One change may come as several events.
            while changes.recv_timeout(Duration::from_millis(100)).is_ok() {}
        };
        for _ in 0..50 {
            fs::read(audio.join("a.wav")).unwrap();
            assert_eq!(fs::read_dir(&audio).unwrap().count(), 1);
            watch.renew(dir.path());
        }
        fs::write(dir.path().join("out.wav"), "what an output writes beside").unwrap();
        assert_eq!(changes.recv_timeout(Duration::from_millis(300)), Err(RecvTimeoutError::Timeout));
        fs::write(audio.join("b.wav"), "b").unwrap();
        told("a new sound");
        fs::write(dir.path().join("loa.toml"), "# a\n").unwrap();
        told("the station's file");
        fs::rename(audio.join("b.wav"), dir.path().join("b.wav")).unwrap();
        told("a sound is taken out");
        fs::rename(&audio, dir.path().join("old")).unwrap();
        fs::create_dir(&audio).unwrap();
        told("another directory");
        watch.renew(dir.path());
        fs::write(audio.join("c.wav"), "c").unwrap();
        told("a sound in the new one");
        fs::write(dir.path().join("old/c.wav"), "c").unwrap();
        assert_eq!(changes.recv_timeout(Duration::from_millis(300)), Err(RecvTimeoutError::Timeout));
        // A recording that grows belongs to its writer until it is closed.
        let writers = watch.writers();
        let mut writing = fs::File::create(audio.join("d.wav")).unwrap();
        std::io::Write::write_all(&mut writing, b"d").unwrap();
        told("a recording begins");
        assert!(writers.has("d.wav"));
        drop(writing);
        told("it is closed");
        assert!(!writers.has("d.wav"));
        drop(watch);
        assert_eq!(changes.recv_timeout(Duration::from_secs(30)), Err(RecvTimeoutError::Disconnected));
    }
}
