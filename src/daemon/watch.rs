use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// Watches the station's directories (never single files: an atomic save replaces the file and the
/// watch would stay with the dead one) and says only that something changed; what changed is found
/// by reading.
pub(super) struct Watch {
    watcher: Option<RecommendedWatcher>,
    writers: Writers,
    /// A directory that is watched was deleted, moved or put in place.
    stale: Arc<AtomicBool>,
}

impl Watch {
    /// Start to watch `dir`, its `schedules` and its `audio`; each change sends a [`Changed`].
    /// Where the kernel has no watch to give, the caller's own look every minute has to do.
    pub(super) fn start(dir: &Path, changed: Sender<Changed>) -> Self {
        // The events name whole paths, also where `dir` is `.`.
        let home = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        let (writers, stale) = (Writers::default(), Arc::new(AtomicBool::new(false)));
        let (theirs, is_stale) = (writers.clone(), Arc::clone(&stale));
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else {
                theirs.lost_track();
                is_stale.store(true, Ordering::Release);
                let _ = changed.send(Changed::OnDisk);
                return;
            };
            theirs.hear(&event, &home.join("audio"));
            if event.need_rescan() || event.paths.iter().any(|path| is_watched(path, &home)) {
                is_stale.store(true, Ordering::Release);
            }
            if matters(&event, &home) {
                // The receiver is gone only while the daemon ends.
                let _ = changed.send(Changed::OnDisk);
            }
        });
        let mut watch = Self { watcher: watcher.ok(), writers, stale };
        watch.renew(dir);
        watch
    }

    /// Who has which sound open for writing.
    pub(super) fn writers(&self) -> Writers {
        self.writers.clone()
    }

    /// Watch again what has been replaced (a directory unmounted, renamed, made anew). Not what is as it was: a
    /// watch that is put away and taken up again misses what happens in between.
    pub(super) fn renew_if_stale(&mut self, dir: &Path) {
        if self.stale.swap(false, Ordering::AcqRel) {
            self.renew(dir);
        }
    }

    /// Watch everything again, whatever has been heard of it.
    pub(super) fn renew(&mut self, dir: &Path) {
        if let Some(watcher) = &mut self.watcher {
            for path in [dir.to_path_buf(), dir.join("schedules"), dir.join("audio")] {
                let _ = watcher.unwatch(&path);
                let _ = watcher.watch(&path, RecursiveMode::NonRecursive);
            }
        }
    }
}

fn is_watched(path: &Path, home: &Path) -> bool {
    path == home || path == home.join("schedules") || path == home.join("audio")
}

/// Reading is no change, and beside the two directories and `loa.toml` nothing counts: an output may
/// write its WAV file right there. Whoever has written a file and closes it is done with it.
fn matters(event: &Event, home: &Path) -> bool {
    let counts = |path: &PathBuf| {
        let name = path.strip_prefix(home).unwrap_or(path);
        name.starts_with("schedules") || name.starts_with("audio") || name == Path::new("loa.toml")
    };
    let reads = matches!(event.kind, EventKind::Access(_)) && event.kind != CLOSED;
    !reads && (event.paths.is_empty() || event.paths.iter().any(counts))
}

const CLOSED: EventKind = EventKind::Access(AccessKind::Close(AccessMode::Write));

/// The sounds that somebody on this machine has written to and not closed since.
#[derive(Clone, Default)]
pub(super) struct Writers(Arc<Mutex<HashSet<String>>>);

impl Writers {
    pub(super) fn has(&self, file: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(file)
    }

    /// Somebody has written to it.
    pub(super) fn wrote(&self, file: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned());
    }

    /// Nobody has it open any more.
    pub(super) fn closed(&self, file: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(file)
    }

    /// Events were lost: the dates of the files have to do.
    fn lost_track(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn hear(&self, event: &Event, audio: &Path) {
        if event.need_rescan() {
            return self.lost_track();
        }
        let name = |path: &PathBuf| path.strip_prefix(audio).ok()?.to_str().map(str::to_owned);
        let names: Vec<String> = event.paths.iter().filter_map(name).collect();
        match (event.kind, names.as_slice()) {
            (EventKind::Modify(ModifyKind::Data(_)), [file]) => self.wrote(file),
            // A name that was given to a file while it was written.
            (EventKind::Modify(ModifyKind::Name(RenameMode::Both)), [from, to]) if self.closed(from) => {
                self.wrote(to);
            }
            (kind, [file]) if kind == CLOSED || kind.is_remove() => {
                self.closed(file);
            }
            (EventKind::Modify(ModifyKind::Name(RenameMode::To)), [file]) => {
                // Another file has this name now, unless the next event says that it was being written.
                self.closed(file);
            }
            _ => {}
        }
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
    use super::*;

    #[test]
    fn a_file_is_being_written_from_its_first_word_until_it_is_closed_whatever_it_is_called_meanwhile() {
        let writers = Writers::default();
        let hear = |kind, names: &[&str]| {
            let event =
                names.iter().fold(Event::new(kind), |event, name| event.add_path(Path::new("/s/audio").join(name)));
            writers.hear(&event, Path::new("/s/audio"));
        };
        let data = EventKind::Modify(ModifyKind::Data(notify::event::DataChange::Any));
        let rename = |mode| EventKind::Modify(ModifyKind::Name(mode));
        hear(data, &["a.mp3.part"]);
        hear(rename(RenameMode::From), &["a.mp3.part"]);
        hear(rename(RenameMode::To), &["a.mp3"]);
        hear(rename(RenameMode::Both), &["a.mp3.part", "a.mp3"]);
        assert!(writers.has("a.mp3") && !writers.has("a.mp3.part"));
        hear(CLOSED, &["a.mp3"]);
        assert!(!writers.has("a.mp3"));
        // One that lay ready takes the place of one that was being written.
        hear(data, &["b.mp3"]);
        hear(rename(RenameMode::To), &["b.mp3"]);
        assert!(!writers.has("b.mp3"));
        hear(data, &["c.mp3"]);
        hear(EventKind::Remove(notify::event::RemoveKind::File), &["c.mp3"]);
        assert!(!writers.has("c.mp3"));
    }
}
