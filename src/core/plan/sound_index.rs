use std::collections::{BTreeMap, BTreeSet};

use super::named::{composed, without_ending};
use super::{Aside, Facts, Library, Sound};
use crate::diag::fold;
use crate::station::Station;

/// Endings whose sound has lost nothing: of two files of one stem, one of these is taken.
const LOSSLESS: [&str; 5] = ["wav", "flac", "aif", "aiff", "caf"];

/// What is understood nearly everywhere: its version plays where a zone's own language has none, whatever others speak.
pub const COMMON_LANGUAGE: &str = "vi";

/// Names at least this alike (Jaro-Winkler) are taken for slips of one another.
const NEAR: f64 = 0.88;

/// The sounds of a [`Library`], found by the names that `play` uses.
///
/// Names are compared in Unicode NFC and with plain blanks, since a phone and a laptop write «ố» differently; first as they
/// are, then without regard to case.
#[derive(Clone, Debug)]
pub struct SoundIndex<'l> {
    by_file: BTreeMap<String, &'l Sound>,
    by_stem: BTreeMap<String, Vec<&'l Sound>>,
    /// Lower-cased to each spelling, ascending.
    spellings: BTreeMap<String, Vec<String>>,
    /// Languages that some zone speaks, and the common one, in lower case: nothing else behind a name is one.
    spoken: BTreeSet<String>,
    aside: &'l BTreeMap<String, Aside>,
}

/// What a name in `play` means in a zone.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Found<'l> {
    /// What plays, in order; empty where nothing can.
    pub playable: Vec<(&'l Sound, &'l Facts)>,
    /// Files that would have played, had they been sound.
    pub faulty: Vec<&'l Sound>,
    /// Languages of the zone that have no version, where there are versions at all.
    pub languages_missing: Vec<String>,
    /// Files of the same stem as one that plays, passed over for it.
    pub passed_over: Vec<&'l Sound>,
}

impl<'l> SoundIndex<'l> {
    /// The shelf of a library, in a station whose zones speak their languages.
    pub fn new(library: &'l Library, station: &Station) -> Self {
        let spoken = station.zones.iter().flat_map(|zone| &zone.languages).map(|language| language.to_lowercase());
        let spoken = spoken.chain([COMMON_LANGUAGE.to_owned()]);
        let mut shelf = Self {
            by_file: BTreeMap::new(),
            by_stem: BTreeMap::new(),
            spellings: BTreeMap::new(),
            spoken: spoken.collect(),
            aside: &library.aside,
        };
        for (file, sound) in &library.sounds {
            let file = composed(file);
            // The part after the last dot is the ending; a name without one is all stem.
            let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem).to_owned();
            shelf.spellings.entry(stem.to_lowercase()).or_default().push(stem.clone());
            shelf.by_stem.entry(stem).or_default().push(sound);
            // Of two files whose names look the same, the one that is written plainly.
            if file == sound.file || !shelf.by_file.contains_key(&file) {
                shelf.by_file.insert(file, sound);
            }
        }
        for sounds in shelf.by_stem.values_mut() {
            sounds.sort_by_cached_key(|sound| {
                let file = &sound.file;
                (sound.facts.is_err(), !is_lossless(file), !is_plain(file), file.clone())
            });
        }
        for spellings in shelf.spellings.values_mut() {
            spellings.sort_unstable();
            spellings.dedup();
        }
        shelf
    }

    /// What `name` means in a zone that speaks `languages`.
    ///
    /// A whole file name is that file. Otherwise every language of the zone that has a version, in
    /// the zone's order, where a plain file speaks its first language; else the plain file; else the
    /// version in the common language, else the first in a language of another zone: a notice in another language beats silence.
    pub fn find(&self, name: &str, languages: &[String]) -> Found<'l> {
        let name = composed(name);
        let mut found = Found::default();
        if let Some(sound) = self.file(&name) {
            found.take(&[sound]);
            return found;
        }
        let plain = self.stem(&name);
        let mut for_everybody = false;
        for (place, language) in languages.iter().enumerate() {
            if self.stem(&format!("{name}.{language}")).is_some_and(|sounds| found.take(sounds)) {
                continue;
            }
            if place == 0 && plain.is_some_and(|sounds| found.take(sounds)) {
                for_everybody = true;
            } else {
                found.languages_missing.push(language.clone());
            }
        }
        if for_everybody && found.playable.len() == 1 {
            // One file for everybody is nothing to complain about.
            found.languages_missing.clear();
        }
        if !found.playable.is_empty() {
            return found;
        }
        if self.stem(&name).is_some_and(|sounds| found.take(sounds)) {
            // One file for everybody is nothing to complain about.
            found.languages_missing.clear();
            return found;
        }
        // Of languages that nobody speaks there, the one that is understood nearly everywhere.
        let common = self.stem(&format!("{name}.{COMMON_LANGUAGE}"));
        if !common.into_iter().chain(self.versions(&name)).any(|sounds| found.take(sounds)) {
            found.languages_missing.clear();
        }
        found
    }

    /// The name of a loaded sound that `name` may be a slip of.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        // Accents, blanks and hyphens are what slips most.
        let bare = fold(name);
        let same = |stem: &&String| !bare.is_empty() && fold(stem) == bare;
        if let Some(stem) = self.by_stem.keys().find(same) {
            return Some(stem);
        }
        let name = composed(name).to_lowercase();
        let near = self.by_stem.keys().map(|stem| (strsim::jaro_winkler(&name, &stem.to_lowercase()), stem));
        near.filter(|(score, _)| *score >= NEAR).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, stem)| stem.as_str())
    }

    /// Every file that `name` can mean, in whatever language, whether it can play or not.
    pub fn all(&self, name: &str) -> Vec<&'l Sound> {
        let name = composed(name);
        if let Some(sound) = self.file(&name) {
            return vec![sound];
        }
        let plain = self.stem(&name).into_iter();
        plain.chain(self.versions(&name)).flatten().copied().collect()
    }

    /// A file that can play of this very stem.
    pub(super) fn file_of(&self, stem: &str) -> Option<&'l str> {
        let first = self.stem(&composed(stem))?.iter().find(|sound| sound.facts.is_ok())?;
        Some(first.file.as_str())
    }

    /// Every file that can play, by name.
    pub(super) fn files(&self) -> impl Iterator<Item = &'l str> {
        self.by_file.values().filter(|sound| sound.facts.is_ok()).map(|sound| sound.file.as_str())
    }

    /// Files that are passed over.
    pub(super) fn aside(&self) -> &'l BTreeMap<String, Aside> {
        self.aside
    }

    fn file(&self, name: &str) -> Option<&'l Sound> {
        if let Some(sound) = self.by_file.get(name) {
            return Some(sound);
        }
        let lower = name.to_lowercase();
        let (stem, _) = lower.rsplit_once('.')?;
        let spellings = self.spellings.get(stem)?.iter();
        let mut files = spellings.filter_map(|spelling| self.by_stem.get(spelling)).flatten();
        files.find(|sound| composed(&sound.file).to_lowercase() == lower).copied()
    }

    fn stem(&self, name: &str) -> Option<&[&'l Sound]> {
        let exact = self.by_stem.get(name);
        let found = exact.or_else(|| self.by_stem.get(self.spellings.get(&name.to_lowercase())?.first()?));
        found.map(Vec::as_slice)
    }

    /// Versions of `name` in any language, in file order.
    fn versions(&self, name: &str) -> impl Iterator<Item = &[&'l Sound]> {
        let prefix = format!("{}.", name.to_lowercase());
        let lower = self.spellings.range(prefix.clone()..).take_while(move |(stem, _)| stem.starts_with(&prefix));
        let skip = prefix_length(name);
        let direct = lower.filter(move |(stem, _)| stem.get(skip..).is_some_and(|tag| self.spoken.contains(tag)));
        direct.filter_map(|(_, spellings)| self.by_stem.get(spellings.first()?)).map(Vec::as_slice)
    }
}

impl<'l> Found<'l> {
    /// It is there, and still being copied.
    pub fn is_changing(&self) -> bool {
        self.playable.is_empty() && self.faulty.iter().any(|sound| sound.is_changing())
    }

    /// Take the best of the files of one stem. Whether it can play.
    fn take(&mut self, sounds: &[&'l Sound]) -> bool {
        let Some((best, others)) = sounds.split_first() else { return false };
        let Ok(facts) = &best.facts else {
            // A text or a picture of that name is to blame only where there is nothing else.
            let any = sounds.iter().any(|sound| !lies_beside(sound));
            self.faulty.extend(sounds.iter().filter(|sound| !any || !lies_beside(sound)));
            return false;
        };
        self.playable.push((best, facts));
        self.passed_over.extend(others.iter().filter(|sound| !lies_beside(sound)));
        true
    }
}

/// How much of a lower-cased stem is the name and the dot behind it.
fn prefix_length(name: &str) -> usize {
    name.to_lowercase().len() + 1
}

/// Words, a picture, a list of marks: something that belongs to a sound of the same name and is none itself.
fn lies_beside(sound: &Sound) -> bool {
    without_ending(&sound.file).is_none() && sound.facts.as_ref().is_err_and(|fault| fault.code == "not_audio")
}

/// Whether a file's name is written as names are compared, each letter with its mark.
pub(super) fn is_plain(file: &str) -> bool {
    composed(file) == file
}

fn is_lossless(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, ending)| LOSSLESS.contains(&ending.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::{library, station};

    fn speaking(languages: &[&str]) -> Station {
        let mut station = station(1);
        station.zones[0].languages = languages.iter().map(|language| (*language).to_owned()).collect();
        station
    }

    fn found(files: &[&str], name: &str, languages: &[&str]) -> Vec<String> {
        // A file whose name holds "hong" is faulty.
        let files: Vec<(&str, u64)> = files.iter().map(|file| (*file, u64::from(!file.contains("hong")))).collect();
        let library = library(&files);
        let languages: Vec<String> = languages.iter().map(|language| (*language).to_owned()).collect();
        let station = speaking(&["vi", "kho", "cham"]);
        let shelf = SoundIndex::new(&library, &station);
        shelf.find(name, &languages).playable.iter().map(|(sound, _)| sound.file.clone()).collect()
    }

    /// Files, name, the zone's languages, what plays.
    type Case<'a> = (&'a [&'a str], &'a str, &'a [&'a str], &'a [&'a str]);

    #[test]
    fn a_name_finds_its_sound() {
        let table: [Case<'_>; 24] = [
            (&["a.mp3"], "a", &["vi"], &["a.mp3"]),
            (&["a.mp3"], "b", &["vi"], &[]),
            (&["a.vi.mp3", "a.kho.m4a"], "a", &["vi", "kho"], &["a.vi.mp3", "a.kho.m4a"]),
            (&["a.vi.mp3", "a.kho.m4a"], "a", &["kho", "vi"], &["a.kho.m4a", "a.vi.mp3"]),
            (&["a.vi.mp3", "a.kho.m4a"], "a", &["vi"], &["a.vi.mp3"]),
            (&["a.mp3", "a.kho.m4a"], "a", &["vi"], &["a.mp3"]),
            (&["a.mp3", "a.kho.m4a"], "a", &["vi", "kho"], &["a.mp3", "a.kho.m4a"]),
            (&["a.cham.mp3", "a.kho.m4a"], "a", &["vi"], &["a.cham.mp3"]),
            (&["a.kho.mp3", "a.vi.mp3"], "a", &["cham"], &["a.vi.mp3"]),
            (&["a.kho.mp3", "a.vi-hong.mp3"], "a", &["cham"], &["a.kho.mp3"]),
            (&["a.vi.mp3", "a.kho.m4a"], "a.kho.m4a", &["vi"], &["a.kho.m4a"]),
            (&["a.wav", "a.mp3"], "a", &["vi"], &["a.wav"]),
            (&["a.ogg", "a.mp3"], "a", &["vi"], &["a.mp3"]),
            (&["Chao-Buoi-Sang.MP3"], "chao-buoi-sang", &["vi"], &["Chao-Buoi-Sang.MP3"]),
            (&["Chao-Buoi-Sang.MP3"], "chao-buoi-sang.mp3", &["vi"], &["Chao-Buoi-Sang.MP3"]),
            (&["A.mp3", "a.mp3"], "a", &["vi"], &["a.mp3"]),
            (&["ban.tin.sang.mp3"], "ban.tin.sang", &["vi"], &["ban.tin.sang.mp3"]),
            (&["ban.tin.sang.mp3"], "ban", &["vi"], &[]),
            (&["a.phan2.mp3"], "a", &["vi"], &[]),
            (&["a.wav.wav"], "a", &["vi"], &[]),
            (&["a.old.mp3", "a.bak.mp3"], "a", &["vi"], &[]),
            (&["a.sync-conflict-20261201-053000-ABCDEFG.wav"], "a", &["vi"], &[]),
            (&["a.muong.mp3"], "a", &["vi"], &[]),
            (&["a.KHO.mp3"], "a", &["vi"], &["a.KHO.mp3"]),
        ];
        for (files, name, languages, expected) in table {
            assert_eq!(found(files, name, languages), expected, "{files:?} {name} {languages:?}");
        }
    }

    #[test]
    fn what_a_zone_hears_does_not_depend_on_what_others_speak() {
        let library = library(&[("a.vi.mp3", 60)]);
        let station = speaking(&["cham"]);
        let shelf = SoundIndex::new(&library, &station);
        assert_eq!(shelf.find("a", &["cham".to_owned()]).playable[0].0.file, "a.vi.mp3");
    }

    #[test]
    fn names_written_on_a_phone_and_on_a_laptop_are_the_same() {
        // «ố» as one character, and as o + circumflex + acute.
        assert_eq!(found(&["so\u{302}\u{301}.mp3"], "s\u{1ed1}", &["vi"]).len(), 1);
        assert_eq!(found(&["s\u{1ed1}.mp3"], "so\u{302}\u{301}", &["vi"]).len(), 1);
        for blank in ['\u{a0}', '\u{202f}', '\u{3000}', '\u{2003}'] {
            assert_eq!(found(&[&format!("tin{blank}10.wav")], "tin 10", &["vi"]).len(), 1);
            assert_eq!(found(&[&format!("tin{blank}10.wav"), "tin 10.wav"], "tin 10.wav", &["vi"]), ["tin 10.wav"]);
        }
    }

    #[test]
    fn of_two_names_that_look_the_same_the_one_that_is_written_plainly_plays() {
        let (plain, apart) = ("s\u{1ed1}.wav", "so\u{302}\u{301}.wav");
        for name in ["s\u{1ed1}", "so\u{302}\u{301}", plain, apart] {
            assert_eq!(found(&[apart, plain], name, &["vi"]), [plain], "{name}");
        }
    }

    #[test]
    fn a_faulty_file_never_stands_in_the_way_of_a_good_one() {
        let library = library(&[("a.wav", 0), ("a.mp3", 60), ("b.vi.mp3", 0), ("b.mp3", 60), ("c.mp3", 0)]);
        let station = speaking(&["vi", "kho", "cham"]);
        let shelf = SoundIndex::new(&library, &station);
        let find = |name| shelf.find(name, &["vi".to_owned()]);
        assert_eq!(find("a").playable[0].0.file, "a.mp3");
        assert_eq!(find("a").passed_over[0].file, "a.wav");
        assert_eq!(find("b").playable[0].0.file, "b.mp3");
        assert_eq!(find("b").faulty[0].file, "b.vi.mp3");
        assert!(find("c").playable.is_empty());
        assert_eq!(find("c").faulty[0].file, "c.mp3");
    }

    #[test]
    fn a_language_is_missing_only_where_there_are_versions() {
        let library = library(&[("a.vi.mp3", 60), ("b.mp3", 60), ("c.cham.mp3", 60)]);
        let station = speaking(&["vi", "kho", "cham"]);
        let shelf = SoundIndex::new(&library, &station);
        let languages = ["vi".to_owned(), "kho".to_owned()];
        assert_eq!(shelf.find("a", &languages).languages_missing, ["kho"]);
        assert!(shelf.find("b", &languages).languages_missing.is_empty());
        assert_eq!(shelf.find("c", &languages).languages_missing, ["vi", "kho"]);
        assert!(shelf.find("d", &languages).languages_missing.is_empty());
    }
}
