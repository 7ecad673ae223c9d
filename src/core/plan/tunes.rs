use std::collections::BTreeSet;

use super::SoundIndex;
use crate::schedule::{Class, Kind, Play, Schedule};

/// The sounds that are music, whoever asks for them: that is a fact of the sound, so it holds for a say and
/// for a bulletin too. A file is music where some broadcast plays it as music (`kind = "music"`, of the
/// broadcast or of the item) or lays it under words (`bed`). It goes by what is in the file, so that a copy
/// under another name is the same tune.
#[derive(Debug)]
pub(super) struct Tunes<'l>(BTreeSet<&'l str>);

/// The names that a schedule gives to music.
pub(super) fn names(schedule: &Schedule) -> BTreeSet<&str> {
    // The kind of an emergency means nothing: it passes.
    let ordinary = schedule.broadcasts.iter().filter(|broadcast| broadcast.class != Class::Emergency);
    let named = ordinary.flat_map(|broadcast| {
        let all = broadcast.kind == Kind::Music;
        let played = broadcast.play.iter().filter_map(move |play| match play {
            Play::Music(name) => Some(name.as_str()),
            Play::Sound(name) if all => Some(name.as_str()),
            Play::Sound(_) | Play::Chime(_) | Play::Pause(_) | Play::Relay(..) => None,
        });
        played.chain(broadcast.bed.as_deref())
    });
    named.collect()
}

impl<'l> Tunes<'l> {
    /// Those of a schedule, among the sounds of a shelf.
    pub(super) fn of(schedule: &Schedule, shelf: &SoundIndex<'l>) -> Self {
        let files = names(schedule).into_iter().flat_map(|name| shelf.all(name));
        Self(
            files
                .filter_map(|sound| Some(sound.facts.as_ref().ok()?.sha256.as_str()))
                .filter(|digest| !digest.is_empty())
                .collect(),
        )
    }

    /// Whether one of the files that `name` means is music.
    pub(super) fn has(&self, name: &str, languages: &[String], shelf: &SoundIndex<'l>) -> bool {
        !self.0.is_empty()
            && shelf.find(name, languages).playable.iter().any(|(_, facts)| self.0.contains(facts.sha256.as_str()))
    }
}
