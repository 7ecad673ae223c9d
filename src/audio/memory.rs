use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::disk::Stamp;
use super::meter::Measures;
use crate::diag::Text;
use crate::plan::{Facts, Fault};

/// Rises whenever the same file could give other facts than before: what was measured by an older
/// loa is then measured again.
const VERSION: u32 = 1;

/// A file's state, and what was found of it in that state.
struct Entry {
    stamp: Stamp,
    found: Result<Facts, Fault>,
    /// `None` for a fault, and for what a loa wrote that did not measure so much yet.
    measures: Option<Measures>,
}

/// `state/facts.json`: what was found of files in an earlier state of `audio/`. Only a help to
/// start quickly; nothing is lost with it.
#[derive(Default)]
pub(super) struct Memory {
    entries: HashMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct RawMemory {
    version: u32,
    sounds: Vec<RawEntry>,
}

#[derive(Serialize, Deserialize)]
struct RawEntry {
    file: String,
    size: u64,
    modified_ns: i64,
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
    /// From the file's bytes; of a damaged or an older file nothing is taken.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let raw: RawMemory = match serde_json::from_slice(bytes) {
            Ok(raw) => raw,
            Err(_) => return Self::default(),
        };
        if raw.version != VERSION {
            return Self::default();
        }
        Self { entries: raw.sounds.into_iter().filter_map(RawEntry::check).collect() }
    }

    /// What is known of a file in this very state.
    pub(super) fn recall(&self, file: &str, stamp: Stamp) -> Option<&Result<Facts, Fault>> {
        self.entries.get(file).filter(|known| known.stamp == stamp).map(|known| &known.found)
    }

    /// What a file is like, if it was measured in this very state and can play.
    pub(super) fn measures(&self, file: &str, stamp: Stamp) -> Option<&Measures> {
        self.entries.get(file).filter(|known| known.stamp == stamp)?.measures.as_ref()
    }

    /// Remembers what was found, in place of anything known before.
    pub(super) fn note(&mut self, file: &str, stamp: Stamp, found: Result<Facts, Fault>, measures: Option<Measures>) {
        self.entries.insert(file.to_owned(), Entry { stamp, found, measures });
    }

    /// Forgets the files for which `keep` is false.
    pub(super) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.entries.retain(|file, _| keep(file));
    }

    /// The file's bytes, the same for the same memory.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut sounds: Vec<_> = self.entries.iter().map(|(file, entry)| RawEntry::of(file, entry)).collect();
        sounds.sort_by(|a, b| a.file.cmp(&b.file));
        serde_json::to_vec(&RawMemory { version: VERSION, sounds }).unwrap_or_default()
    }
}

impl RawEntry {
    fn of(file: &str, Entry { stamp, found, measures }: &Entry) -> Self {
        Self {
            file: file.to_owned(),
            size: stamp.size,
            modified_ns: stamp.modified,
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

    /// `None` for an entry that cannot have been written here.
    fn check(self) -> Option<(String, Entry)> {
        let loudness = self.measures.as_ref().map(Measures::folded);
        let found = match (self.facts, self.fault) {
            (Some(facts), None) => Ok(Facts { loudness, ..facts.check()? }),
            (None, Some(fault)) => Err(Fault { code: fault.code, message: Text { vi: fault.vi, en: fault.en } }),
            _ => return None,
        };
        let stamp = Stamp { size: self.size, modified: self.modified_ns };
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

    const STAMP: Stamp = Stamp { size: 9, modified: -5 };

    fn facts() -> Facts {
        Facts { sha256: "ab".repeat(32), frames: 7, rate: 44_100, channels: 2, codec: "mp3".to_owned(), loudness: None }
    }

    #[test]
    fn what_was_noted_is_recalled_only_for_the_same_state_of_the_file() {
        let mut memory = Memory::default();
        memory.note("tiếng.mp3", STAMP, Ok(facts()), None);
        memory.note("hỏng.mp3", STAMP, Err(super::super::fault::silent()), None);
        let memory = Memory::parse(&memory.write());
        assert_eq!(memory.recall("tiếng.mp3", STAMP), Some(&Ok(facts())));
        assert_eq!(memory.recall("hỏng.mp3", STAMP), Some(&Err(super::super::fault::silent())));
        assert_eq!(memory.recall("tiếng.mp3", Stamp { modified: 0, ..STAMP }), None);
        assert_eq!(memory.recall("tiếng.mp3", Stamp { size: 10, ..STAMP }), None);
        assert_eq!(memory.recall("khác.mp3", STAMP), None);
    }

    #[test]
    fn what_an_older_loa_wrote_is_believed_as_far_as_it_goes() {
        let old = format!(
            r#"{{"version":1,"sounds":[{{"file":"a.mp3","size":9,"modified_ns":-5,"facts":{{"sha256":"{}","frames":7,"rate":44100,"channels":2,"codec":"mp3"}}}}]}}"#,
            "ab".repeat(32)
        );
        let memory = Memory::parse(old.as_bytes());
        assert_eq!(memory.recall("a.mp3", STAMP), Some(&Ok(facts())));
        assert!(memory.measures("a.mp3", STAMP).is_none());
    }

    #[test]
    fn damage_and_nonsense_are_not_believed() {
        let mut memory = Memory::default();
        memory.note("a.mp3", STAMP, Ok(facts()), None);
        let written = String::from_utf8(memory.write()).unwrap();
        let recalls = |text: &str| Memory::parse(text.as_bytes()).recall("a.mp3", STAMP).is_some();
        assert!(recalls(&written));
        assert!(!recalls(&written[..written.len() / 2]));
        assert!(!recalls(&written.replace("\"version\":1", "\"version\":0")));
        assert!(!recalls(&written.replace("\"frames\":7", "\"frames\":0")));
        assert!(!recalls(&written.replace("\"rate\":44100", "\"rate\":0")));
        assert!(!recalls(&written.replace("abab", "../.")));
        assert!(!recalls(""));
    }
}
