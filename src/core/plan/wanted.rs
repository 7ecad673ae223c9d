use std::collections::HashSet;

use super::named::without_ending;
use super::{Setting, wants};
use crate::schedule::Schedule;
use crate::station::Station;

/// The names that the schedules play: their files go before all others, however many strangers lie beside them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted(HashSet<String>);

impl Wanted {
    /// All names that broadcasts and zones use.
    pub fn new(schedule: &Schedule, station: &Station) -> Self {
        let chimes = station.zones.iter().filter_map(|zone| zone.chime.as_ref()).map(|chime| chime.name.as_str());
        let words = schedule.broadcasts.iter().flat_map(|broadcast| {
            let (chime, bed) = (broadcast.chime.as_deref(), broadcast.bed.as_deref());
            wants(broadcast, Setting { languages: &[], chime, bed }).map(|want| want.name)
        });
        Self(chimes.chain(words).map(spelled).collect())
    }

    /// One name only.
    pub fn only(name: &str) -> Self {
        Self([spelled(name)].into())
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

/// A name as all its spellings have it: two that are alike here are one sound's.
pub fn spelled(name: &str) -> String {
    super::named::composed(name).to_lowercase()
}
