//! Recordings on their way in: parts of files that phones send, bit by bit, in the manner of tus. What has come is on the
//! disk, so that a dropped line or a console that was started again costs nothing; each belongs to the person who began
//! it. What people call their files is only shown: on the disk a recording is called by a word that the console made.
//! A recording that is whole is taken in by `loa load`, a process of its own ([`intake`]): a hostile file costs that one.

pub(super) mod child;
mod counted;
mod dated;
pub(super) mod handed;
pub(super) mod intake;
pub(super) mod note;
pub(super) mod receiver;
pub(super) mod refusal;
mod roman;
pub(super) mod speech;
pub(super) mod spoken;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use self::note::{HandState, Note};
use self::receiver::Receiver;
use self::refusal::UploadError;
use crate::audio::limit;
use crate::digest::hex;
use crate::instant::Wall;
use crate::site::{self, Folder, OWN_DIR_MODE, Site};

/// Recordings that one person may have on the way: one is sent, one is tried again, two are forgotten.
const OF_ONE_MOST: usize = 4;

/// Recordings on the way in all: as many phones as a commune has hamlets, twice.
const IN_ALL_MOST: usize = 64;

/// What is left over of finished ones, so that a page can say what became of them.
const DONE_MOST: usize = 256;

/// So long half a recording waits for its other half, and an outcome for its reader.
const KEPT_FOR_S: i64 = 24 * 3_600;

/// The journal and the schedule must still be written when the disk is full of recordings.
const RESERVE: u64 = 64 << 20;

/// A note is some hundred bytes.
const NOTE_MOST: u64 = 64 * 1024;

/// Files looked at in the directory of uploads.
const FILES_MOST: usize = 4_096;

/// Children at once that decode or speak: the sound goes before, and the machine has few hands.
const CHILDREN_AT_ONCE: usize = 1;

/// Letters of the word that a recording is called by.
const ID_LETTERS: usize = 32;

/// Every recording on its way in.
pub(super) struct Uploads {
    dir: PathBuf,
    /// Who writes into which one now: the later goes before the earlier, whose line is dead by all appearance.
    turns: Mutex<HashMap<String, Arc<Mutex<u64>>>>,
    /// One counts and begins at a time.
    beginning: Mutex<()>,
    /// Those that are being taken in.
    taking: Mutex<HashSet<String>>,
    children: Semaphore,
}

/// One that was found: its word, what is known of it, and how much of it has come.
pub(super) type OnTheWay = (String, Note, u64);

impl Uploads {
    /// Those of the station at `site`.
    pub(super) fn new(site: &Site) -> Self {
        let (turns, beginning, taking) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { dir: site.uploads(), turns, beginning, taking, children: Semaphore::new(CHILDREN_AT_ONCE) }
    }

    /// Room for a child that decodes or speaks.
    pub(super) fn children(&self) -> &Semaphore {
        &self.children
    }

    /// Begin a recording, or go on with the half of it that has come. Refused at once where it could not end well.
    pub(super) fn begin(&self, note: &Note, now: Wall) -> Result<String, UploadError> {
        if note.length == 0 {
            return Err(UploadError::Empty);
        }
        if note.length > limit::FILE_BYTES {
            return Err(UploadError::TooLarge(note.length));
        }
        let _alone = lock(&self.beginning);
        let folder = Folder::make(&self.dir, OWN_DIR_MODE)?;
        self.sweep(&folder, now);
        let mut open: Vec<OnTheWay> = self.all().into_iter().filter(|(_, note, _)| note.state.is_open()).collect();
        let is_half = |one: &Note| one.state == HandState::Receiving;
        if let Some((id, ..)) = open.iter().find(|(_, one, _)| is_half(one) && one.is_same_file(note)) {
            return Ok(id.clone());
        }
        let of_one = |open: &[OnTheWay]| open.iter().filter(|(_, one, _)| one.by == note.by).count();
        // Halves of the same sound are what is left over of earlier tries.
        open.sort_by_key(|(_, one, _)| one.made);
        while of_one(&open) >= OF_ONE_MOST {
            let is_left = |(_, one, _): &OnTheWay| one.by == note.by && one.sound == note.sound && is_half(one);
            let Some(at) = open.iter().position(is_left) else { return Err(UploadError::ManyOfOne) };
            self.forget(&open.remove(at).0);
        }
        if open.len() >= IN_ALL_MOST {
            return Err(UploadError::Many);
        }
        // Each lies here, and for a moment in `audio/` too; what has come takes no more room.
        let promised: u64 = open.iter().map(|(_, one, has)| one.length * 2 - (*has).min(one.length)).sum();
        let wanted = promised + note.length * 2 + RESERVE;
        if site::room(&self.dir).is_some_and(|left| left < wanted) {
            return Err(UploadError::NoRoom);
        }
        let id = word()?;
        drop(folder.make_file(&id)?);
        self.keep(&id, note)?;
        Ok(id)
    }

    /// The recording of this word, if it is this person's.
    pub(super) fn find(&self, id: &str, by: i64) -> Result<(Note, u64), UploadError> {
        let (note, has) = self.read(id).ok_or(UploadError::Gone)?;
        // Whose it is, nobody else learns.
        if note.by == by { Ok((note, has)) } else { Err(UploadError::Gone) }
    }

    /// What this person has on the way, the newest first.
    pub(super) fn of(&self, by: i64) -> Vec<OnTheWay> {
        let mut own: Vec<OnTheWay> = self.all().into_iter().filter(|(_, note, _)| note.by == by).collect();
        own.sort_by_key(|(_, note, _)| std::cmp::Reverse(note.made));
        own
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<OnTheWay> {
        let entries = Folder::open(&self.dir).and_then(|folder| folder.entries(FILES_MOST)).unwrap_or_default();
        let names = entries.into_iter().filter_map(|entry| entry.name.into_string().ok());
        let ids = names.filter_map(|name| name.strip_suffix(".json").filter(|id| is_word(id)).map(str::to_owned));
        ids.filter_map(|id| self.read(&id).map(|(note, has)| (id, note, has))).collect()
    }

    /// Go on writing from `at`, which is how much has come.
    pub(super) fn receive(&self, id: &str, by: i64, at: u64) -> Result<Receiver, UploadError> {
        // Looked for first, so that words that are none take no room.
        self.find(id, by)?;
        let turn = lock(&self.turns).entry(id.to_owned()).or_default().clone();
        // While this is held nobody writes.
        let mut now = lock(&turn);
        let (note, has) = self.find(id, by)?;
        if note.state != HandState::Receiving {
            return Err(UploadError::Done);
        }
        if at != has {
            return Err(UploadError::Elsewhere(has));
        }
        *now += 1;
        let mine = *now;
        drop(now);
        let file = Folder::open(&self.dir)?.make_file(id)?;
        Ok(Receiver::new(file, turn, mine, at, note.length))
    }

    /// Write down what is known of one.
    pub(super) fn keep(&self, id: &str, note: &Note) -> Result<(), UploadError> {
        let text = serde_json::to_vec(note).map_err(std::io::Error::from)?;
        Ok(Folder::open(&self.dir)?.replace(format!("{id}.json"), &text)?)
    }

    /// Begin to take it in, and write down that it is so. `false` where that has begun already, or is over: of two taps on
    /// the same button one counts.
    pub(super) fn claim(&self, id: &str, note: &Note) -> Result<bool, UploadError> {
        let mut taking = lock(&self.taking);
        let is_open = self.read(id).is_some_and(|(now, _)| now.state.is_open());
        if !is_open || taking.contains(id) {
            return Ok(false);
        }
        self.keep(id, note)?;
        Ok(taking.insert(id.to_owned()))
    }

    /// Whether it is being taken in now.
    pub(super) fn is_taking(&self, id: &str) -> bool {
        lock(&self.taking).contains(id)
    }

    /// It is taken in, or was not; what became of it is written down.
    pub(super) fn release(&self, id: &str) {
        lock(&self.taking).remove(id);
    }

    /// Where its bytes lie.
    pub(super) fn path(&self, id: &str) -> PathBuf {
        self.dir.join(id)
    }

    /// Its bytes are not needed any more; what became of it stays.
    pub(super) fn drop_bytes(&self, id: &str) {
        // What stays is taken away in a day.
        let _ = Folder::open(&self.dir).and_then(|folder| folder.remove(id));
        lock(&self.turns).remove(id);
    }

    /// Nothing of it stays.
    pub(super) fn forget(&self, id: &str) {
        self.drop_bytes(id);
        let _ = Folder::open(&self.dir).and_then(|folder| folder.remove(format!("{id}.json")));
    }

    /// A file for a while, to be written by a child.
    pub(super) fn scratch(&self) -> Result<Scratch<'_>, UploadError> {
        Folder::make(&self.dir, OWN_DIR_MODE)?;
        if site::room(&self.dir).is_some_and(|left| left < RESERVE) {
            return Err(UploadError::NoRoom);
        }
        Ok(Scratch { uploads: self, name: format!("{}.wav", word()?) })
    }

    fn read(&self, id: &str) -> Option<(Note, u64)> {
        if !is_word(id) {
            return None;
        }
        let folder = Folder::open(&self.dir).ok()?;
        let note: Note = serde_json::from_slice(&folder.read(format!("{id}.json"), NOTE_MOST).ok()?).ok()?;
        let has = folder.file(id).ok().and_then(|file| file.metadata().ok()).map_or(note.length, |file| file.len());
        Some((note, has))
    }

    /// Take away what is a day old, and outcomes beyond what anybody reads.
    fn sweep(&self, folder: &Folder, now: Wall) {
        let now = now.timestamp().as_second();
        let mut all = self.all();
        all.sort_by_key(|(_, note, _)| std::cmp::Reverse(note.made));
        let mut done = 0;
        for (id, note, _) in &all {
            done += usize::from(!note.state.is_open());
            let is_old = now - note.made > KEPT_FOR_S && !matches!(note.state, HandState::Taking);
            if is_old || (!note.state.is_open() && done > DONE_MOST) {
                self.forget(id);
            }
        }
        // Bytes without a note: a power cut between the two.
        for entry in folder.entries(FILES_MOST).unwrap_or_default() {
            let Ok(name) = entry.name.into_string() else { continue };
            let word = name.split('.').next().unwrap_or_default();
            if is_word(word) && !all.iter().any(|(id, ..)| id == word) {
                let _ = folder.remove(&name);
            }
        }
    }
}

/// A file that is gone when nobody needs it any more; who has it open reads it to its end.
pub(super) struct Scratch<'u> {
    uploads: &'u Uploads,
    name: String,
}

impl Scratch<'_> {
    /// Where it lies.
    pub(super) fn path(&self) -> PathBuf {
        self.uploads.dir.join(&self.name)
    }

    /// What is in it.
    pub(super) fn open(&self) -> std::io::Result<std::fs::File> {
        Ok(Folder::open(&self.uploads.dir)?.file(&self.name)?)
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        let _ = Folder::open(&self.uploads.dir).and_then(|folder| folder.remove(&self.name));
    }
}

/// Whoever panicked while he held it wrote nothing half: each writing is one call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A word that nobody guesses.
fn word() -> Result<String, UploadError> {
    let mut bytes = [0u8; ID_LETTERS / 2];
    getrandom::fill(&mut bytes).map_err(|_| std::io::Error::other("no randomness"))?;
    Ok(hex(&bytes))
}

/// Whether the console made it: nothing else becomes part of a path.
fn is_word(id: &str) -> bool {
    id.len() == ID_LETTERS && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests;
