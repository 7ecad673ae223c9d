use std::sync::Arc;
use std::time::Duration;

use super::{Facts, Loudness, SoundIndex, ZoneVoices};
use crate::approval::Clearance;
use crate::schedule::{Chime, Mourning, Play};
use crate::station::{Relay, RelayElse};

/// The length of the chime that loa makes: the sound of it honours this, so that the plan knows it.
pub const CHIME_LENGTH: Duration = Duration::from_secs(3);

/// The length of the tone that an alarm begins with: long enough to end an alert that was given by mistake before a word of
/// it is heard, and to be listened to; it is heard at once, so that it keeps nobody waiting.
pub const ALARM_LENGTH: Duration = Duration::from_secs(6);
/// The sweep by which a microphone learns how late it hears a horn: no longer than it needs.
pub const SWEEP_LENGTH: Duration = Duration::from_secs(1);

/// What an item is called that `play` calls so.
const CHIME: &str = "chime";
/// What the tone of an alarm is called among the items.
const ALARM: &str = "alarm";
const SWEEP: &str = "sweep";

/// What one airing plays in one zone: items joined without a gap.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Programme {
    /// In order of playing.
    pub items: Vec<Item>,
    /// The sum of the items' lengths.
    pub length: Duration,
    /// Music that sounds under the items, from its beginning again as often as it takes.
    pub bed: Option<Item>,
    /// Names in `play` for which no sound is loaded. Not empty: the airing cannot play.
    pub missing: Vec<String>,
    /// All that is missing is there, and still being copied.
    pub is_coming: bool,
    /// The mourning in which nothing of it may sound: it is all music.
    pub silenced: Option<Arc<Mourning>>,
    /// Whether somebody has let it sound, where that is asked for.
    pub standing: Clearance,
}

/// One thing an airing plays.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// As written in `play`: `nop-ho-so`, `pause 2s`; `chime` for every chime.
    pub name: String,
    /// What it sounds like.
    pub sound: ItemSound,
    /// Its length.
    pub length: Duration,
    /// What becomes of the programme's bed meanwhile.
    pub bed: Under,
}

/// What becomes of a bed of music while an item sounds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Under {
    /// It is silent: two tunes at once are none.
    Silent,
    /// It is low: somebody speaks.
    Low,
    /// It has the room to itself.
    Full,
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
    Chime(Chime),
    /// Silence.
    Pause,
    /// A higher station, as it comes.
    Relay {
        /// Which.
        relay: Arc<Relay>,
        /// What is heard while it is silent, in this order.
        otherwise: Arc<[Instead]>,
    },
}

/// What is heard in place of a relay that is silent.
#[derive(Clone, PartialEq, Debug)]
pub enum Instead {
    /// A sound, once.
    Sound(Item),
    /// Another relay, by its id.
    Relay(Arc<str>),
    /// Nothing, however long it takes.
    Silence,
}

impl Item {
    /// A file that is spoken, of which these are the facts; named like it.
    pub fn file(file: &str, facts: &Facts) -> Self {
        let sound = ItemSound::File {
            file: Arc::from(file),
            sha256: Arc::from(facts.sha256.as_str()),
            loudness: facts.loudness,
        };
        Self { name: file.to_owned(), sound, length: facts.length(), bed: Under::Low }
    }

    fn chime(way: Chime) -> Self {
        let (name, length) = match way {
            Chime::Alarm => (ALARM, ALARM_LENGTH),
            Chime::Sweep => (SWEEP, SWEEP_LENGTH),
            Chime::Rising | Chime::Falling => (CHIME, CHIME_LENGTH),
        };
        Self { name: name.to_owned(), sound: ItemSound::Chime(way), length, bed: Under::Silent }
    }

    fn relay(relay: &Arc<Relay>, length: Duration, otherwise: Arc<[Instead]>) -> Self {
        let sound = ItemSound::Relay { relay: Arc::clone(relay), otherwise };
        Self { name: relay_name(&relay.id), sound, length, bed: Under::Silent }
    }

    /// The sounds that it may need beside its own.
    pub fn instead(&self) -> impl Iterator<Item = &Self> {
        let otherwise: &[Instead] = match &self.sound {
            ItemSound::Relay { otherwise, .. } => otherwise,
            ItemSound::File { .. } | ItemSound::Chime(_) | ItemSound::Pause => &[],
        };
        otherwise.iter().filter_map(|instead| match instead {
            Instead::Sound(item) => Some(item),
            Instead::Relay(_) | Instead::Silence => None,
        })
    }

    fn pause(length: Duration) -> Self {
        Self { name: pause_name(length), sound: ItemSound::Pause, length, bed: Under::Full }
    }

    /// Its file in `audio/`, and the digest of what is in it.
    pub fn source(&self) -> Option<(&str, &str)> {
        match &self.sound {
            ItemSound::File { file, sha256, .. } => Some((file, sha256)),
            ItemSound::Chime(_) | ItemSound::Pause | ItemSound::Relay { .. } => None,
        }
    }
}

impl Programme {
    /// What `play` sounds like in a setting.
    ///
    /// A chime or a bed that is not loaded or cannot play leaves the words be: loa's own chime sounds, and
    /// no music.
    pub fn new(play: &[Play], setting: ZoneVoices<'_>, shelf: &SoundIndex<'_>) -> Self {
        let mut items = Vec::with_capacity(play.len());
        let (mut missing, mut is_coming) = (Vec::new(), true);
        let first = |name: &str, bed| {
            let (sound, facts) = shelf.find(name, setting.languages).playable.into_iter().next()?;
            Some(Item { bed, ..Item::file(&sound.file, facts) })
        };
        for play in play {
            match play {
                // No file takes the place of what says that there is an alarm.
                Play::Chime(way @ (Chime::Alarm | Chime::Sweep)) => items.push(Item::chime(*way)),
                Play::Chime(way) => {
                    let own = setting.chime.and_then(|name| first(name, Under::Silent));
                    items.push(own.map_or_else(|| Item::chime(*way), |own| Item { name: CHIME.to_owned(), ..own }));
                }
                Play::Pause(length) => items.push(Item::pause(*length)),
                Play::Relay(relay, length) => {
                    let instead = |instead: &RelayElse| match instead {
                        RelayElse::Sound(name) => first(name, Under::Silent).map(Instead::Sound),
                        RelayElse::Relay(id) => Some(Instead::Relay(Arc::from(id.as_str()))),
                        RelayElse::Silence => Some(Instead::Silence),
                    };
                    items.push(Item::relay(relay, *length, relay.otherwise.iter().filter_map(instead).collect()));
                }
                Play::Sound(name) | Play::Music(name) => {
                    let found = shelf.find(name, setting.languages);
                    if found.playable.is_empty() && !missing.contains(name) {
                        missing.push(name.clone());
                        is_coming &= found.is_changing();
                    }
                    let bed = if matches!(play, Play::Music(_)) { Under::Silent } else { Under::Low };
                    let files = found.playable.into_iter().map(|(sound, facts)| Item::file(&sound.file, facts));
                    items.extend(files.map(|item| Item { name: name.clone(), bed, ..item }));
                }
            }
        }
        let length = items.iter().fold(Duration::ZERO, |sum, item| sum.saturating_add(item.length));
        // What comes live has its own music, if any.
        let is_relayed = items.iter().any(|item| matches!(item.sound, ItemSound::Relay { .. }));
        let bed = setting
            .bed
            .filter(|_| !is_relayed)
            .and_then(|name| first(name, Under::Full))
            .filter(|bed| !bed.length.is_zero());
        let is_coming = is_coming && !missing.is_empty();
        Self { items, length, bed, missing, is_coming, silenced: None, standing: Clearance::Free }
    }

    /// Whether it can play: all of it is loaded, and it has a length.
    pub fn is_playable(&self) -> bool {
        self.missing.is_empty() && !self.length.is_zero()
    }

    /// Every item with a sound of its own, and the bed.
    pub fn sounds(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().chain(&self.bed)
    }

    /// The same, with what is heard where a relay is silent.
    pub fn needed(&self) -> impl Iterator<Item = &Item> {
        self.sounds().chain(self.items.iter().flat_map(Item::instead))
    }
}

/// What an item is called that is a relay: `relay dai-tinh`.
pub(super) fn relay_name(id: &str) -> String {
    format!("relay {id}")
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
    use crate::plan::sample::{library, station};

    fn files(programme: &Programme) -> Vec<&str> {
        let name = |item: &'_ Item| match &item.sound {
            ItemSound::File { file, .. } => file.to_string().leak() as &str,
            ItemSound::Chime(Chime::Rising) => "/",
            ItemSound::Chime(Chime::Falling) => "\\",
            ItemSound::Chime(Chime::Alarm) => "!",
            ItemSound::Pause => "_",
            ItemSound::Chime(Chime::Sweep) | ItemSound::Relay { .. } => "~",
        };
        programme.items.iter().map(name).collect()
    }

    const UP: Play = Play::Chime(Chime::Rising);
    const DOWN: Play = Play::Chime(Chime::Falling);

    #[test]
    fn a_programme_is_the_sum_of_its_items() {
        let library = library(&[("nop-ho-so.vi.mp3", 60), ("nop-ho-so.kho.m4a", 70)]);
        let play = [UP, Play::Sound("nop-ho-so".to_owned()), Play::Pause(Duration::from_millis(62_500)), DOWN];
        let in_languages = |languages: [&str; 2]| {
            let languages = languages.map(str::to_owned);
            Programme::new(&play, ZoneVoices::speaking(&languages), &SoundIndex::new(&library, &station(1)))
        };
        let both = in_languages(["vi", "kho"]);
        assert_eq!(files(&both), ["/", "nop-ho-so.vi.mp3", "nop-ho-so.kho.m4a", "_", "\\"]);
        assert_eq!(both.length, Duration::from_millis(3_000 + 60_000 + 70_000 + 62_500 + 3_000));
        assert_eq!((both.items[0].name.as_str(), both.items[3].name.as_str()), ("chime", "pause 1m 2s 500ms"));
        assert!(both.is_playable());
        assert_eq!(files(&in_languages(["kho", "vi"]))[1..3], ["nop-ho-so.kho.m4a", "nop-ho-so.vi.mp3"]);
    }

    #[test]
    fn a_name_without_sound_is_missing_once() {
        let library = library(&[("co.mp3", 60), ("hong.mp3", 0)]);
        let play = ["khong", "co", "khong", "hong"].map(|name| Play::Sound(name.to_owned()));
        let programme =
            Programme::new(&play, ZoneVoices::speaking(&["vi".to_owned()]), &SoundIndex::new(&library, &station(1)));
        assert_eq!(programme.missing, ["khong", "hong"]);
        assert!(!programme.is_playable());
    }

    #[test]
    fn nothing_but_an_empty_pause_cannot_play() {
        let pause = [Play::Pause(Duration::ZERO)];
        let programme = Programme::new(&pause, ZoneVoices::speaking(&[]), &SoundIndex::new(&library(&[]), &station(1)));
        assert!(programme.missing.is_empty());
        assert!(!programme.is_playable());
    }

    #[test]
    fn a_bed_lies_under_words_and_takes_no_time_and_a_chime_may_be_a_file() {
        let library = library(&[("tin.mp3", 60), ("nen.mp3", 20), ("hieu.mp3", 7), ("hong.mp3", 0)]);
        let play = [
            UP,
            Play::Sound("tin".to_owned()),
            Play::Pause(Duration::from_secs(2)),
            Play::Music("nen".to_owned()),
            DOWN,
        ];
        let setting = ZoneVoices { languages: &[], chime: Some("hieu"), bed: Some("nen") };
        let programme = Programme::new(&play, setting, &SoundIndex::new(&library, &station(1)));
        assert_eq!(files(&programme), ["hieu.mp3", "tin.mp3", "_", "nen.mp3", "hieu.mp3"]);
        assert_eq!((programme.items[0].name.as_str(), programme.length.as_secs()), ("chime", 7 + 60 + 2 + 20 + 7));
        let under: Vec<Under> = programme.items.iter().map(|item| item.bed).collect();
        assert_eq!(under, [Under::Silent, Under::Low, Under::Full, Under::Silent, Under::Silent]);
        assert_eq!(programme.bed.as_ref().and_then(Item::source).map(|(file, _)| file), Some("nen.mp3"));
        // What only adorns never silences what is said.
        for name in ["khong-co", "hong"] {
            let setting = ZoneVoices { languages: &[], chime: Some(name), bed: Some(name) };
            let programme = Programme::new(&play, setting, &SoundIndex::new(&library, &station(1)));
            assert_eq!(files(&programme), ["/", "tin.mp3", "_", "nen.mp3", "\\"]);
            assert!(programme.bed.is_none() && programme.is_playable());
        }
    }
}
