use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::disk::{Links, SoundFile, Spoilt};
use super::loan::{Lender, Loan};
use super::{Decoder, fault, limit};
use crate::digest;
use crate::incoming::RelayHub;
use crate::plan::{Fault, Item, Programme};

/// The sound files of a directory, of which some are held in memory, so that they play at once and without a disk.
///
/// Clones share what is held.
#[derive(Clone)]
pub struct Sounds {
    directory: Arc<Path>,
    /// Whole files by their digest.
    held: Arc<Mutex<HashMap<String, Arc<[u8]>>>>,
    lender: Lender,
    relays: Option<RelayHub>,
}

/// A sound that is open.
pub(super) struct OpenSound {
    pub(super) decoder: Decoder,
    /// Tells whether somebody has written to its file since; never where it is read from memory.
    pub(super) spoilt: Spoilt,
}

impl Sounds {
    /// Those of this directory, none held.
    pub fn new(directory: impl AsRef<Path>) -> Self {
        Self { directory: directory.as_ref().into(), held: Arc::default(), lender: Lender::default(), relays: None }
    }

    /// The same, with higher stations as they come.
    #[must_use]
    pub fn with_relays(self, relays: RelayHub) -> Self {
        Self { relays: Some(relays), ..self }
    }

    pub(super) const fn relays(&self) -> Option<&RelayHub> {
        self.relays.as_ref()
    }

    /// Opens the file of this name, whose bytes must have this digest: what plays is what was approved, and what the
    /// journal says.
    pub(super) fn open(&self, file: &str, sha256: &str) -> Result<OpenSound, Fault> {
        if let Some(bytes) = self.held(sha256) {
            return Decoder::open_source(Cursor::new(bytes)).map(OpenSound::from_memory);
        }
        if let Some(loan) = self.lend(file, sha256) {
            return Decoder::open_source(loan.cursor()).map(OpenSound::from_memory);
        }
        let mut opened = SoundFile::open(&self.path(file)?, Links::Refuse)?;
        if !opened.vouch(sha256)? {
            return Err(fault::changed());
        }
        let spoilt = opened.spoilt();
        Ok(OpenSound { decoder: Decoder::open_file(opened)?, spoilt })
    }

    /// What a programme plays, as far as there is room for it: who keeps this hears it to its end, from the first to
    /// the last repeat, whatever becomes of its files.
    pub(super) fn borrow(&self, programme: &Programme) -> Vec<Loan> {
        let mut seen = HashSet::new();
        let files = programme.needed().filter_map(Item::source).filter(|(_, sha256)| seen.insert(sha256.to_string()));
        files
            .filter(|(_, sha256)| self.held(sha256).is_none())
            .filter_map(|(file, sha256)| self.lend(file, sha256))
            .collect()
    }

    fn lend(&self, file: &str, sha256: &str) -> Option<Loan> {
        self.lender.lend(sha256, |room| self.read(file, sha256, room))
    }

    /// A name is a name in the directory, never a way out of it.
    fn path(&self, file: &str) -> Result<std::path::PathBuf, Fault> {
        if Path::new(file).file_name().is_none_or(|name| name != file) {
            return Err(fault::not_audio());
        }
        Ok(self.directory.join(file))
    }

    /// Reads these files into memory, names with digests, the most important first: as many as there is room for
    /// ([`limit::HELD_BYTES`]). Each is held as soon as it has been read. Lets go of all others. A file that cannot be read or is another by now is left out.
    pub fn hold<'a>(&self, wanted: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.hold_within(limit::HELD_BYTES, wanted);
    }

    fn hold_within<'a>(&self, mut room: u64, wanted: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let wanted: Vec<_> = wanted.into_iter().collect();
        let digests: HashSet<_> = wanted.iter().map(|(_, sha256)| *sha256).collect();
        self.all_held().retain(|sha256, _| digests.contains(sha256.as_str()));
        let mut seen = HashSet::new();
        for (file, sha256) in wanted.into_iter().filter(|(_, sha256)| seen.insert(*sha256)) {
            let bytes = self.held(sha256).or_else(|| self.read(file, sha256, room).map(Arc::from));
            match bytes.filter(|bytes| bytes.len() as u64 <= room) {
                Some(bytes) => {
                    room -= bytes.len() as u64;
                    self.all_held().insert(sha256.to_owned(), bytes);
                }
                None => drop(self.all_held().remove(sha256)),
            }
        }
    }

    fn held(&self, sha256: &str) -> Option<Arc<[u8]>> {
        self.all_held().get(sha256).cloned()
    }

    fn all_held(&self) -> MutexGuard<'_, HashMap<String, Arc<[u8]>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of a file, if they have this digest and are not more than that.
    fn read(&self, file: &str, sha256: &str, most: u64) -> Option<Vec<u8>> {
        let opened = SoundFile::open(&self.path(file).ok()?, Links::Refuse).ok()?;
        if opened.stamp().size > most {
            return None;
        }
        // Nothing to spare: it may be kept for an hour.
        let mut bytes = Vec::with_capacity(opened.stamp().size as usize);
        opened.take(most).read_to_end(&mut bytes).ok()?;
        (digest::sha256(&bytes) == sha256).then_some(bytes)
    }
}

impl OpenSound {
    fn from_memory(decoder: Decoder) -> Self {
        Self { decoder, spoilt: Spoilt::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three files, `a` of ten bytes, `b` of eleven, `c` of five, with their digests.
    fn three(dir: &Path) -> Vec<(&'static str, String)> {
        let bytes = [("a", vec![1; 10]), ("b", vec![2; 11]), ("c", vec![3; 5])];
        let write = |(name, bytes): &(&'static str, Vec<u8>)| {
            std::fs::write(dir.join(name), bytes).unwrap();
            (*name, digest::sha256(bytes))
        };
        bytes.iter().map(write).collect()
    }

    fn held(sounds: &Sounds, files: &[(&'static str, String)], room: u64) -> Vec<&'static str> {
        sounds.hold_within(room, files.iter().map(|(name, sha256)| (*name, sha256.as_str())));
        files.iter().filter(|(_, sha256)| sounds.held(sha256).is_some()).map(|(name, _)| *name).collect()
    }

    #[test]
    fn the_most_important_are_held_up_to_the_last_byte_of_room_and_what_is_too_large_makes_way() {
        let dir = tempfile::tempdir().unwrap();
        let (sounds, files) = (Sounds::new(dir.path()), three(dir.path()));
        assert_eq!(held(&sounds, &files, 26), ["a", "b", "c"]);
        assert_eq!(held(&sounds, &files, 25), ["a", "b"]);
        assert_eq!(held(&sounds, &files, 20), ["a", "c"]);
        assert_eq!(held(&sounds, &files, 4), [""; 0]);
    }

    #[test]
    fn what_is_held_outlives_its_file_and_what_is_another_by_now_is_not_held() {
        let dir = tempfile::tempdir().unwrap();
        let (sounds, files) = (Sounds::new(dir.path()), three(dir.path()));
        assert_eq!(held(&sounds, &files[..1], 100), ["a"]);
        std::fs::remove_file(dir.path().join("a")).unwrap();
        std::fs::write(dir.path().join("b"), [9; 11]).unwrap();
        assert_eq!(held(&sounds, &files, 100), ["a", "c"]);
        assert_eq!(held(&sounds, &files[1..], 100), ["c"]);
    }
}
