use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::{self, Links, Stamp};
use super::limit;
use super::memory::Memory;
use crate::site::{self, FACTS, FACTS_ADDED, Folder, OWN_DIR_MODE, Site, Unlocked};

/// In `state/`: who has it may change the two files.
const LOCK: &str = "facts.lock";

/// Whoever has that lock holds it for some milliseconds. One that does not let go has been stopped, and what
/// was found is found again another time.
const LOCK_WAIT: Duration = Duration::from_secs(2);

/// What is added may grow to this, or to the size of the whole: then the whole is written anew. So all writing together
/// is a few times what there is to write, whether sounds come one by one or ten thousand at once.
const ADDED_LEAST: u64 = 64 * 1024;

/// What is remembered of sounds, as it stands in `state/`: `facts.json`, and `facts.log` with what was found since.
///
/// Read again only where somebody has written it. Nobody else may write while somebody does; a reader may find less
/// than there is, and then a sound is examined once more.
pub(super) struct Notebook {
    state: PathBuf,
    memory: Memory,
    /// The state of the two files that `memory` was read from.
    read: Option<[Option<Stamp>; 2]>,
}

impl Notebook {
    /// That of a station.
    pub(super) fn new(station_dir: &Path) -> Self {
        Self { state: Site::new(station_dir).state(), memory: Memory::default(), read: None }
    }

    /// What is remembered now.
    pub(super) fn memory(&mut self) -> &mut Memory {
        let found = self.stamps();
        if self.read != Some(found) {
            let read = |name| site::read(&self.state.join(name), limit::CACHE_BYTES).unwrap_or_default();
            self.memory = Memory::parse(&read(FACTS), &read(FACTS_ADDED));
            self.read = Some(found);
        }
        &mut self.memory
    }

    /// Lets `change` note things; it gives the files that it has something new of. `is_there` tells whether a file is
    /// still to be remembered. False where it could not be written down.
    pub(super) fn add(
        &mut self,
        change: impl FnOnce(&mut Memory) -> Vec<String>,
        is_there: impl Fn(&str) -> bool,
    ) -> bool {
        // Several find things at the same time; none may take back what another has just added.
        let state = Folder::make(&self.state, OWN_DIR_MODE);
        let alone =
            state.as_ref().map_err(|_| ()).and_then(|state| state.lock(LOCK, LOCK_WAIT).map_err(|_: Unlocked| ()));
        let news = change(self.memory());
        if news.is_empty() {
            return true;
        }
        let (Ok(state), Ok(_)) = (&state, &alone) else { return false };
        let lines: Vec<u8> = news.iter().flat_map(|file| self.memory.line(file)).collect();
        let [whole, added] = self.stamps().map(|stamp| stamp.map_or(0, |stamp| stamp.size));
        let written = if self.memory.is_readable() && added + lines.len() as u64 <= whole.max(ADDED_LEAST) {
            if added == 0 { state.replace(FACTS_ADDED, &lines) } else { append(state, &lines) }
        } else {
            self.memory.retain(is_there);
            // What the power leaves of both says the same twice.
            state.replace(FACTS, &self.memory.write()).and_then(|()| state.remove(FACTS_ADDED))
        };
        // Where it could not be written down it is remembered as long as this lives.
        self.memory.set_readable(written.is_ok());
        self.read = Some(self.stamps());
        written.is_ok()
    }

    fn stamps(&self) -> [Option<Stamp>; 2] {
        [FACTS, FACTS_ADDED].map(|name| disk::stamp(&self.state.join(name), Links::Refuse))
    }
}

/// Adds to what was added. A power cut may leave half of it.
fn append(state: &Folder, lines: &[u8]) -> std::io::Result<()> {
    let mut file = state.make_file(FACTS_ADDED)?;
    file.seek(SeekFrom::End(0))?;
    file.write_all(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::fault;

    fn note(notebook: &mut Notebook, number: usize) -> bool {
        let file = format!("{number:05}.mp3");
        let stamp = Stamp { size: number as u64, modified: 1, changed: 1, inode: 1 };
        let note = |memory: &mut Memory| {
            let news = memory.note(&file, stamp, Err(fault::silent()), None);
            if news { vec![file.clone()] } else { Vec::new() }
        };
        // Those of the first hundred are gone by the time anybody asks.
        notebook.add(note, |file| file >= "00100.mp3")
    }

    #[test]
    fn all_writing_together_is_a_few_times_what_there_is_to_write() {
        let dir = tempfile::tempdir().unwrap();
        let mut notebook = Notebook::new(dir.path());
        let (mut written, mut before) = (0, [0, 0]);
        for number in 0..2_000 {
            assert!(note(&mut notebook, number));
            let now = notebook.stamps().map(|stamp| stamp.map_or(0, |stamp| stamp.size));
            written += if now[1] > before[1] { now[1] - before[1] } else { now[0] };
            before = now;
            // The same again is nothing to write, unless it is gone.
            assert!(number < 100 || note(&mut notebook, number));
            assert_eq!(notebook.stamps().map(|stamp| stamp.map_or(0, |stamp| stamp.size)), now);
        }
        let whole = before[0] + before[1];
        assert!(written < 6 * whole, "{written} bytes written for {whole}");
        assert!(std::fs::read_to_string(dir.path().join("state/facts.json")).unwrap().find("00099.mp3").is_none());
        // Another reader finds it all.
        let mut other = Notebook::new(dir.path());
        for number in 100..2_000 {
            let stamp = Stamp { size: number, modified: 1, changed: 1, inode: 1 };
            let known =
                other.memory().recall(&format!("{number:05}.mp3"), stamp) != crate::audio::memory::Recalled::Nothing;
            assert!(known, "{number}");
        }
    }
}
