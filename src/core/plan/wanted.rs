use std::collections::{BTreeMap, HashSet};

use super::named::without_ending;
use super::{Library, ZoneVoices, wants};
use crate::diag::Text;
use crate::schedule::{Broadcast, Schedule};
use crate::station::{Emergency, Station};

/// The names that the schedules play: their files go before all others, however many strangers lie beside them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted(HashSet<String>);

impl Wanted {
    /// All names that broadcasts and zones use.
    pub fn new(schedule: &Schedule, station: &Station) -> Self {
        let chimes = station.zones.iter().filter_map(|zone| zone.chime.as_ref()).map(|chime| chime.name.as_str());
        let words = schedule.broadcasts.iter().flat_map(|broadcast| names(broadcast));
        Self(chimes.chain(words).map(spelled).collect())
    }

    /// Those of a broadcast too.
    pub fn add(&mut self, broadcast: &Broadcast) {
        self.0.extend(names(broadcast).map(spelled));
    }

    /// What is heard in alarms and drills, and in broadcasts that pass the lawful hours.
    pub fn urgent(schedule: &Schedule, station: &Station) -> Self {
        // Named with an ending or without, it is heard in every version that there is of it.
        let own = station.emergency.sounds().map(|sound| without_ending(sound.name).unwrap_or(sound.name));
        let words = schedule.broadcasts.iter().filter(|broadcast| broadcast.passes_hours());
        let words = words.flat_map(|broadcast| names(broadcast));
        Self(own.chain(words).map(spelled).collect())
    }

    /// One name only.
    pub fn only(name: &str) -> Self {
        Self([spelled(name)].into())
    }

    /// Whether anything that may be meant by one of them is another in `other` than in `one`, or what was approved is.
    pub fn differ_in(&self, one: &Library, other: &Library) -> bool {
        one.approvals != other.approvals
            || self.differ(&one.sounds, &other.sounds)
            || self.differ(&one.former, &other.former)
            || self.differ(&one.aside, &other.aside)
    }

    fn differ<V: PartialEq>(&self, one: &BTreeMap<String, V>, other: &BTreeMap<String, V>) -> bool {
        let changed = one.iter().filter(|(file, value)| other.get(*file) != Some(value)).map(|(file, _)| file);
        let come = other.keys().filter(|file| !one.contains_key(*file));
        changed.chain(come).any(|file| self.has(file))
    }

    /// Whether it is this very file that is named, with its ending or without.
    pub fn has_itself(&self, file: &str) -> bool {
        let file = spelled(file);
        self.0.contains(&file) || without_ending(&file).is_some_and(|stem| self.0.contains(stem))
    }

    /// Whether a file may be meant by one of them: it has the name, with or without an ending and a language.
    pub fn has(&self, file: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let file = spelled(file);
        let dots = file.match_indices('.').map(|(at, _)| at);
        dots.chain([file.len()]).any(|end| self.0.contains(&file[..end]))
    }
}

fn names(broadcast: &Broadcast) -> impl Iterator<Item = &str> {
    let (chime, bed) = (broadcast.chime.as_deref(), broadcast.bed.as_deref());
    wants(broadcast, ZoneVoices { languages: &[], chime, bed }).map(|want| want.name)
}

/// A name as all its spellings have it: two that are alike here are one sound's.
pub fn spelled(name: &str) -> String {
    super::named::composed(name).to_lowercase()
}

/// Whether a name without its ending is found where `wanted` is looked for, in any language: as the lookup compares them,
/// without regard to case and to how an accent is kept.
pub fn is_version(stem: &str, wanted: &str) -> bool {
    let (stem, wanted) = (spelled(stem), spelled(without_ending(wanted).unwrap_or(wanted)));
    stem.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The alarms and drills that could not be given without the file of this name: each as a person calls it.
pub fn needed_by(file: &str, emergency: &Emergency) -> Vec<Text> {
    let stem = without_ending(file).unwrap_or(file);
    let own = emergency.sounds().filter(|sound| sound.role.is_needed() && is_version(stem, sound.name));
    own.map(|sound| sound.role.title()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::library;

    #[test]
    fn sounds_that_nobody_names_make_no_difference_however_many_there_are() {
        let wanted = Wanted::only("Tin");
        let one = library(&[("tin.mp3", 9), ("nhac.mp3", 9)]);
        let strangers: Vec<String> = (0..1_000).map(|number| format!("f{number}.wav")).collect();
        let mut many: Vec<(&str, u64)> = strangers.iter().map(|file| (file.as_str(), 5)).collect();
        many.push(("tin.mp3", 9));
        assert!(!wanted.differ_in(&one, &library(&many)));
        let former = [("tin.wav".to_owned(), one.sounds["tin.mp3"].facts.clone().unwrap())].into();
        for other in [
            library(&[("tin.mp3", 8)]),
            library(&[]),
            library(&[("tin.mp3", 9), ("tin.kho.mp3", 3)]),
            Library { former, ..one.clone() },
        ] {
            assert!(wanted.differ_in(&one, &other), "{other:?}");
        }
    }

    #[test]
    fn a_name_is_an_alarms_however_it_is_spelled_and_in_every_language() {
        let names = ["canh-bao-lu", "cảnh báo bão.mp3", "Dien-Tap"];
        let is = |stem: &str| names.into_iter().any(|name| is_version(stem, name));
        for stem in
            ["canh-bao-lu", "Canh-Bao-Lu", "CANH-BAO-LU.vi", "ca\u{309}nh ba\u{301}o ba\u{303}o", "dien-tap.kho"]
        {
            assert!(is(stem), "{stem}");
        }
        for stem in ["canh-bao-lut", "canh-bao", "dien-tap-2", "tin"] {
            assert!(!is(stem), "{stem}");
        }
    }
}
