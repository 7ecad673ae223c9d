use std::sync::Arc;
use std::time::Duration;

use super::{Facts, Loudness, Shelf};
use crate::schedule::{Mourning, Play};

/// The length of the chime that loa makes: the sound of it honours this, so that the plan knows it.
pub const CHIME_LENGTH: Duration = Duration::from_secs(3);

/// What one airing plays in one zone: items joined without a gap.
#[derive(Clone, PartialEq, Debug)]
pub struct Programme {
    /// In order of playing.
    pub items: Vec<Item>,
    /// The sum of the items' lengths.
    pub length: Duration,
    /// Names in `play` for which no sound is loaded. Not empty: the airing cannot play.
    pub missing: Vec<String>,
    /// The mourning in which nothing of it may sound: it is all music.
    pub silenced: Option<Arc<Mourning>>,
}

/// One thing an airing plays.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// As written in `play`: `nop-ho-so`, `chime`, `pause 2s`.
    pub name: String,
    /// What it sounds like.
    pub sound: ItemSound,
    /// Its length.
    pub length: Duration,
}

/// What an item sounds like.
#[derive(Clone, PartialEq, Debug)]
pub enum ItemSound {
    /// A file in `audio/`.
    File {
        /// Its name, as on disk.
        file: Arc<str>,
        /// SHA-256 of its bytes, lower-case hex.
        sha256: Arc<str>,
        /// How loud it is, if that is known.
        loudness: Option<Loudness>,
    },
    /// The chime that loa makes.
    Chime,
    /// Silence.
    Pause,
}

impl Item {
    /// A file, of which these are the facts; named like it.
    pub fn file(file: &str, facts: &Facts) -> Self {
        let sound = ItemSound::File {
            file: Arc::from(file),
            sha256: Arc::from(facts.sha256.as_str()),
            loudness: facts.loudness,
        };
        Self { name: file.to_owned(), sound, length: facts.length() }
    }
}

impl Programme {
    /// What `play` sounds like in a zone that speaks `languages`, in their order.
    pub fn new(play: &[Play], languages: &[String], shelf: &Shelf<'_>) -> Self {
        let mut items = Vec::with_capacity(play.len());
        let mut missing = Vec::new();
        for play in play {
            match play {
                Play::Chime => {
                    items.push(Item { name: "chime".to_owned(), sound: ItemSound::Chime, length: CHIME_LENGTH });
                }
                Play::Pause(length) => {
                    items.push(Item { name: pause_name(*length), sound: ItemSound::Pause, length: *length });
                }
                Play::Sound(name) | Play::Music(name) => {
                    let found = shelf.find(name, languages);
                    if found.playable.is_empty() && !missing.contains(name) {
                        missing.push(name.clone());
                    }
                    let files = found.playable.into_iter().map(|(sound, facts)| Item::file(&sound.file, facts));
                    items.extend(files.map(|item| Item { name: name.clone(), ..item }));
                }
            }
        }
        let length = items.iter().fold(Duration::ZERO, |sum, item| sum.saturating_add(item.length));
        Self { items, length, missing, silenced: None }
    }

    /// Whether it can play: all of it is loaded, and it has a length.
    pub fn is_playable(&self) -> bool {
        self.missing.is_empty() && !self.length.is_zero()
    }
}

/// A pause as people write it: `pause 2s`, `pause 1m 30s`, `pause 500ms`.
fn pause_name(length: Duration) -> String {
    let (minutes, seconds, millis) = (length.as_secs() / 60, length.as_secs() % 60, length.subsec_millis());
    let parts = [(minutes, "m"), (seconds, "s"), (u64::from(millis), "ms")];
    let written: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    format!("pause {}", if written.is_empty() { "0s".to_owned() } else { written.join(" ") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::library;

    fn files(programme: &Programme) -> Vec<&str> {
        let name = |item: &'_ Item| match &item.sound {
            ItemSound::File { file, .. } => file.to_string().leak() as &str,
            ItemSound::Chime => "*",
            ItemSound::Pause => "_",
        };
        programme.items.iter().map(name).collect()
    }

    #[test]
    fn a_programme_is_the_sum_of_its_items() {
        let library = library(&[("nop-ho-so.vi.mp3", 60), ("nop-ho-so.kho.m4a", 70)]);
        let play =
            [Play::Chime, Play::Sound("nop-ho-so".to_owned()), Play::Pause(Duration::from_millis(62_500)), Play::Chime];
        let both = Programme::new(&play, &["vi".to_owned(), "kho".to_owned()], &Shelf::new(&library));
        assert_eq!(files(&both), ["*", "nop-ho-so.vi.mp3", "nop-ho-so.kho.m4a", "_", "*"]);
        assert_eq!(both.length, Duration::from_millis(3_000 + 60_000 + 70_000 + 62_500 + 3_000));
        assert_eq!(both.items[3].name, "pause 1m 2s 500ms");
        assert!(both.is_playable());
        let other_way = Programme::new(&play, &["kho".to_owned(), "vi".to_owned()], &Shelf::new(&library));
        assert_eq!(files(&other_way)[1..3], ["nop-ho-so.kho.m4a", "nop-ho-so.vi.mp3"]);
    }

    #[test]
    fn a_name_without_sound_is_missing_once() {
        let library = library(&[("co.mp3", 60), ("hong.mp3", 0)]);
        let play = ["khong", "co", "khong", "hong"].map(|name| Play::Sound(name.to_owned()));
        let programme = Programme::new(&play, &["vi".to_owned()], &Shelf::new(&library));
        assert_eq!(programme.missing, ["khong", "hong"]);
        assert!(!programme.is_playable());
    }

    #[test]
    fn nothing_but_an_empty_pause_cannot_play() {
        let programme = Programme::new(&[Play::Pause(Duration::ZERO)], &[], &Shelf::new(&library(&[])));
        assert!(programme.missing.is_empty());
        assert!(!programme.is_playable());
    }
}
