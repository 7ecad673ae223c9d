use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::disk::Stamp;
use super::meter::Measures;
use crate::diag::Text;
use crate::plan::{Facts, Fault};

/// Rises whenever the same file could give other facts than before: what was measured by an older loa plays on, and
/// is measured again as soon as there is time; what it could not play is looked at afresh.
const VERSION: u32 = 2;

/// A file's state, and what was found of it in that state.
#[derive(PartialEq)]
struct Entry {
    stamp: Stamp,
    found: Result<Facts, Fault>,
    /// `None` for a fault, and for what a loa wrote that did not measure so much yet.
    measures: Option<Measures>,
}

/// What was found of files in an earlier state of `audio/`. Only a help to start quickly; nothing is lost with it.
#[derive(Default)]
pub(super) struct Memory {
    entries: HashMap<String, Entry>,
    /// The whole could be read, and what is new can be added to it.
    is_readable: bool,
}

/// What is remembered of a file.
#[derive(PartialEq, Debug)]
pub(super) enum Recalled<'a> {
    /// It was examined in this very state.
    Surely(&'a Result<Facts, Fault>),
    /// It was examined when it looked the same by size and date, or by an older loa: it is probably the same.
    /// Before it plays its digest is looked at.
    Likely(&'a Facts),
    /// Nothing.
    Nothing,
}

#[derive(Serialize, Deserialize)]
struct RawMemory {
    version: u32,
    sounds: Vec<RawEntry>,
}

/// A line of what was added.
#[derive(Serialize, Deserialize)]
struct RawLine {
    version: u32,
    sound: RawEntry,
}

#[derive(Serialize, Deserialize)]
struct RawEntry {
    file: String,
    size: u64,
    modified_ns: i64,
    /// Zero, and no state of any file, where an older loa wrote it.
    #[serde(default)]
    changed_ns: i64,
    #[serde(default)]
    inode: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    facts: Option<RawFacts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    measures: Option<Measures>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<RawFault>,
}

#[derive(Serialize, Deserialize)]
struct RawFacts {
    sha256: String,
    frames: u64,
    rate: u32,
    channels: u16,
    codec: String,
}

#[derive(Serialize, Deserialize)]
struct RawFault {
    code: String,
    vi: String,
    en: String,
}

impl Memory {
    /// From the bytes of the whole, and those of what was added since. Nothing is taken of what is damaged, such as a
    /// last line that the power cut off.
    pub(super) fn parse(whole: &[u8], added: &[u8]) -> Self {
        let mut entries = HashMap::new();
        let raw = serde_json::from_slice::<RawMemory>(whole);
        let is_readable = raw.as_ref().is_ok_and(|raw| raw.version == VERSION);
        if let Ok(raw) = raw {
            entries.extend(raw.sounds.into_iter().filter_map(|entry| entry.check(raw.version)));
        }
        for line in added.split(|byte| *byte == b'\n') {
            if let Ok(raw) = serde_json::from_slice::<RawLine>(line) {
                entries.extend(raw.sound.check(raw.version));
            }
        }
        Self { entries, is_readable }
    }

    /// Whether the whole could be read, and what is new can be added to it.
    pub(super) const fn is_readable(&self) -> bool {
        self.is_readable
    }

    /// It was written down as it is.
    pub(super) const fn set_readable(&mut self, is_readable: bool) {
        self.is_readable = is_readable;
    }

    /// What is known of a file in this state.
    pub(super) fn recall(&self, file: &str, stamp: Stamp) -> Recalled<'_> {
        match self.entries.get(file) {
            Some(known) if known.stamp == stamp && (known.measures.is_some() || known.found.is_err()) => {
                Recalled::Surely(&known.found)
            }
            Some(Entry { stamp: known, found: Ok(facts), .. }) if known.is_like(&stamp) => Recalled::Likely(facts),
            _ => Recalled::Nothing,
        }
    }

    /// What was last found of a file, whatever has become of it since, where it could play.
    pub(super) fn last(&self, file: &str) -> Option<&Facts> {
        self.entries.get(file)?.found.as_ref().ok()
    }

    /// What a file is like, if it was measured in this very state and can play.
    pub(super) fn measures(&self, file: &str, stamp: Stamp) -> Option<&Measures> {
        self.entries.get(file).filter(|known| known.stamp == stamp)?.measures.as_ref()
    }

    /// Remembers what was found, in place of anything known before. Whether that is news.
    pub(super) fn note(
        &mut self,
        file: &str,
        stamp: Stamp,
        found: Result<Facts, Fault>,
        measures: Option<Measures>,
    ) -> bool {
        let entry = Entry { stamp, found, measures };
        let news = self.entries.get(file) != Some(&entry);
        self.entries.insert(file.to_owned(), entry);
        news
    }

    /// What was found of a file is not so any more.
    pub(super) fn forget(&mut self, file: &str) {
        self.entries.remove(file);
    }

    /// Forgets the files for which `keep` is false.
    pub(super) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.entries.retain(|file, _| keep(file));
    }

    /// The bytes of the whole, the same for the same memory.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut sounds: Vec<_> = self.entries.iter().map(|(file, entry)| RawEntry::of(file, entry)).collect();
        sounds.sort_by(|a, b| a.file.cmp(&b.file));
        serde_json::to_vec(&RawMemory { version: VERSION, sounds }).unwrap_or_default()
    }

    /// The bytes that add what is known of a file.
    pub(super) fn line(&self, file: &str) -> Vec<u8> {
        let Some(entry) = self.entries.get(file) else { return Vec::new() };
        let mut line =
            serde_json::to_vec(&RawLine { version: VERSION, sound: RawEntry::of(file, entry) }).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

impl RawEntry {
    fn of(file: &str, Entry { stamp, found, measures }: &Entry) -> Self {
        Self {
            file: file.to_owned(),
            size: stamp.size,
            modified_ns: stamp.modified,
            changed_ns: stamp.changed,
            inode: stamp.inode,
            facts: found.as_ref().ok().map(|facts| RawFacts {
                sha256: facts.sha256.clone(),
                frames: facts.frames,
                rate: facts.rate,
                channels: facts.channels,
                codec: facts.codec.clone(),
            }),
            measures: measures.clone(),
            fault: found.as_ref().err().map(|fault| RawFault {
                code: fault.code.clone(),
                vi: fault.message.vi.clone(),
                en: fault.message.en.clone(),
            }),
        }
    }

    /// `None` for an entry that cannot have been written here, and for a fault that an older loa found.
    fn check(self, version: u32) -> Option<(String, Entry)> {
        let loudness = self.measures.as_ref().map(Measures::folded);
        let is_old = version < VERSION;
        let found = match (self.facts, self.fault) {
            _ if version > VERSION => return None,
            (Some(facts), None) => Ok(Facts { loudness, ..facts.check()? }),
            (None, Some(fault)) if !is_old => {
                Err(Fault { code: fault.code, message: Text { vi: fault.vi, en: fault.en } })
            }
            _ => return None,
        };
        // No file has ever been in the state that is left of an older one's.
        let (changed, inode) = if is_old { (0, 0) } else { (self.changed_ns, self.inode) };
        let stamp = Stamp { size: self.size, modified: self.modified_ns, changed, inode };
        Some((self.file, Entry { stamp, measures: self.measures.filter(|_| found.is_ok()), found }))
    }
}

impl RawFacts {
    fn check(self) -> Option<Facts> {
        let hex = self.sha256.len() == 64 && self.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let sound = hex && self.frames > 0 && self.channels > 0 && super::limit::RATES.contains(&self.rate);
        sound.then_some(Facts {
            sha256: self.sha256,
            frames: self.frames,
            rate: self.rate,
            channels: self.channels,
            codec: self.codec,
            loudness: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp = Stamp { size: 9, modified: -5, changed: 7, inode: 3 };

    fn facts() -> Facts {
        Facts { sha256: "ab".repeat(32), frames: 7, rate: 44_100, channels: 2, codec: "mp3".to_owned(), loudness: None }
    }

    /// One sound, one fault.
    fn memory() -> Memory {
        let mut memory = Memory::default();
        assert!(memory.note("tiếng.mp3", STAMP, Ok(facts()), None));
        assert!(memory.note("hỏng.mp3", STAMP, Err(super::super::fault::silent()), None));
        assert!(!memory.note("hỏng.mp3", STAMP, Err(super::super::fault::silent()), None));
        memory
    }

    #[test]
    fn what_was_noted_is_sure_only_for_the_same_state_of_the_file() {
        let lines = [memory().line("hỏng.mp3"), memory().line("tiếng.mp3")].concat();
        for memory in [Memory::parse(&memory().write(), b""), Memory::parse(b"", &lines)] {
            assert_eq!(memory.recall("hỏng.mp3", STAMP), Recalled::Surely(&Err(super::super::fault::silent())));
            // An older loa did not measure so much.
            assert_eq!(memory.recall("tiếng.mp3", STAMP), Recalled::Likely(&facts()));
            for other in [Stamp { changed: 8, ..STAMP }, Stamp { inode: 4, ..STAMP }] {
                assert_eq!(memory.recall("tiếng.mp3", other), Recalled::Likely(&facts()));
                assert_eq!(memory.recall("hỏng.mp3", other), Recalled::Nothing);
            }
            for other in [Stamp { modified: 0, ..STAMP }, Stamp { size: 10, ..STAMP }] {
                assert_eq!(memory.recall("tiếng.mp3", other), Recalled::Nothing);
            }
            assert_eq!(memory.recall("khác.mp3", STAMP), Recalled::Nothing);
        }
    }

    #[test]
    fn what_was_added_goes_before_what_was_there_and_a_line_that_was_cut_off_is_nothing() {
        let whole = memory().write();
        let mut newer = Memory::default();
        newer.note("tiếng.mp3", Stamp { size: 10, ..STAMP }, Ok(facts()), None);
        let line = newer.line("tiếng.mp3");
        let memory = Memory::parse(&whole, &line);
        assert_eq!(memory.recall("tiếng.mp3", Stamp { size: 10, ..STAMP }), Recalled::Likely(&facts()));
        let memory = Memory::parse(&whole, &line[..line.len() / 2]);
        assert_eq!(memory.recall("tiếng.mp3", STAMP), Recalled::Likely(&facts()));
    }

    #[test]
    fn what_an_older_loa_wrote_plays_on_and_what_it_refused_is_looked_at_again() {
        let old = format!(
            r#"{{"version":1,"sounds":[{{"file":"a.mp3","size":9,"modified_ns":-5,"facts":{{"sha256":"{}","frames":7,"rate":44100,"channels":2,"codec":"mp3"}}}},
               {{"file":"b.mp3","size":9,"modified_ns":-5,"fault":{{"code":"truncated","vi":"x","en":"x"}}}}]}}"#,
            "ab".repeat(32)
        );
        let memory = Memory::parse(old.as_bytes(), b"");
        assert_eq!(memory.recall("a.mp3", STAMP), Recalled::Likely(&facts()));
        assert_eq!(memory.recall("b.mp3", STAMP), Recalled::Nothing);
        assert!(memory.measures("a.mp3", STAMP).is_none());
    }

    #[test]
    fn damage_and_nonsense_are_not_believed() {
        let mut memory = Memory::default();
        memory.note("a.mp3", STAMP, Ok(facts()), None);
        let written = String::from_utf8(memory.write()).unwrap();
        let recalls = |text: &str| Memory::parse(text.as_bytes(), b"").recall("a.mp3", STAMP) != Recalled::Nothing;
        assert!(recalls(&written));
        assert!(!recalls(&written[..written.len() / 2]));
        assert!(!recalls(&written.replace("\"version\":2", "\"version\":3")));
        assert!(!recalls(&written.replace("\"frames\":7", "\"frames\":0")));
        assert!(!recalls(&written.replace("\"rate\":44100", "\"rate\":0")));
        assert!(!recalls(&written.replace("abab", "../.")));
        assert!(!recalls(""));
    }
}
