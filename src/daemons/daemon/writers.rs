use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use inotify::EventMask;

/// The sounds that somebody on this machine has written to and not closed since.
#[derive(Clone, Default)]
pub(super) struct Writers(Arc<Mutex<Written>>);

#[derive(Default)]
struct Written {
    files: HashSet<String>,
    /// By its number, the last renaming that took one of them away from its name.
    moving: Option<u32>,
}

impl Writers {
    pub(super) fn has(&self, file: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).files.contains(file)
    }

    /// Events were lost: the dates of the files have to do.
    pub(super) fn lost_track(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Written::default();
    }

    /// What befell `file`; `renaming` is the same for both ends of one.
    pub(super) fn hear(&self, what: EventMask, renaming: u32, file: &str) {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if what.contains(EventMask::MODIFY) {
            written.files.insert(file.to_owned());
        } else if what.intersects(EventMask::CLOSE_WRITE.union(EventMask::DELETE)) {
            written.files.remove(file);
        } else if what.contains(EventMask::MOVED_FROM) {
            written.moving = written.files.remove(file).then_some(renaming);
        } else if what.contains(EventMask::MOVED_TO) {
            // Another file has this name now; it was being written if the one that moved was.
            if written.moving.take() == Some(renaming) {
                written.files.insert(file.to_owned());
            } else {
                written.files.remove(file);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_being_written_from_its_first_word_until_it_is_closed_whatever_it_is_called_meanwhile() {
        let writers = Writers::default();
        writers.hear(EventMask::MODIFY, 0, "a.mp3.part");
        writers.hear(EventMask::MOVED_FROM, 7, "a.mp3.part");
        assert!(!writers.has("a.mp3.part"));
        writers.hear(EventMask::MOVED_TO, 7, "a.mp3");
        assert!(writers.has("a.mp3"));
        writers.hear(EventMask::CLOSE_WRITE, 0, "a.mp3");
        assert!(!writers.has("a.mp3"));
        // One that lay ready, here or elsewhere, takes the place of one that was being written.
        for ready in [Some("ready.mp3"), None] {
            writers.hear(EventMask::MODIFY, 0, "b.mp3");
            if let Some(ready) = ready {
                writers.hear(EventMask::MOVED_FROM, 8, ready);
            }
            writers.hear(EventMask::MOVED_TO, 8, "b.mp3");
            assert!(!writers.has("b.mp3"));
        }
        // One that leaves the directory is nobody's there.
        writers.hear(EventMask::MODIFY, 0, "c.mp3");
        writers.hear(EventMask::MOVED_FROM, 9, "c.mp3");
        writers.hear(EventMask::MOVED_TO, 10, "d.mp3");
        assert!(!writers.has("c.mp3") && !writers.has("d.mp3"));
        writers.hear(EventMask::MODIFY, 0, "e.mp3");
        writers.hear(EventMask::DELETE, 0, "e.mp3");
        assert!(!writers.has("e.mp3"));
    }
}
