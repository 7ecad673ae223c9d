use std::collections::BTreeSet;
use std::sync::Arc;

use super::SoundIndex;
use crate::schedule::{Broadcast, Class, Kind, Play, Schedule};

/// The sounds that are music, whoever asks for them: that is a fact of the sound, so it holds for a say and
/// for a bulletin too. A file is music where some broadcast plays it as music (`kind = "music"`, of the
/// broadcast or of the item) or lays it under words (`bed`). It goes by what is in the file, so that a copy
/// under another name is the same tune.
#[derive(Debug)]
pub(super) struct Tunes<'l>(BTreeSet<&'l str>);

/// The names that a schedule gives to music.
pub(super) fn names(schedule: &Schedule) -> BTreeSet<&str> {
    naming(schedule).flat_map(|broadcast| named(broadcast)).collect()
}

/// The broadcasts whose word on what is music counts. The kind of an emergency means nothing: it passes. What was over
/// before anybody mourns is nobody's word any more.
fn naming(schedule: &Schedule) -> impl Iterator<Item = &Arc<Broadcast>> {
    let first = schedule.mourning.iter().map(|mourning| mourning.from.date()).min();
    let is_over = move |broadcast: &Broadcast| first.zip(broadcast.until).is_some_and(|(first, until)| until < first);
    schedule.broadcasts.iter().filter(move |one| one.class != Class::Emergency && !is_over(one))
}

/// What one broadcast calls music.
fn named(broadcast: &Broadcast) -> impl Iterator<Item = &str> {
    let all = broadcast.kind == Kind::Music;
    let played = broadcast.play.iter().filter_map(move |play| match play {
        Play::Music(name) => Some(name.as_str()),
        Play::Sound(name) if all => Some(name.as_str()),
        Play::Sound(_) | Play::Chime(_) | Play::Pause(_) | Play::Relay(..) => None,
    });
    played.chain(broadcast.bed.as_deref())
}

/// The first other broadcast that calls music what this one plays as words.
pub(super) fn named_by<'s>(
    schedule: &'s Schedule,
    shelf: &SoundIndex<'_>,
    broadcast: &Broadcast,
) -> Option<&'s Arc<Broadcast>> {
    let digests = |name: &str| -> Vec<&str> {
        let known = shelf.all(name).into_iter().filter_map(|sound| Some(sound.facts.as_ref().ok()?.sha256.as_str()));
        known.filter(|digest| !digest.is_empty()).collect()
    };
    let words = broadcast.play.iter().filter_map(|play| match play {
        Play::Sound(name) if broadcast.kind != Kind::Music => Some(name.as_str()),
        _ => None,
    });
    let said: BTreeSet<&str> = words.flat_map(digests).collect();
    let is_same = |name: &str| digests(name).iter().any(|digest| said.contains(digest));
    naming(schedule).find(|other| other.id != broadcast.id && named(other).any(is_same))
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
