use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::memory::{self, GainKey};
use super::search::search;
use super::settings::ChainSettings;
use crate::audio::Sounds;
use crate::audio::library::audio_dir;
use crate::plan::{Item, ItemSound, Library};
use crate::station::SoundTarget;

/// Gains found before they are written down.
const BATCH: usize = 16;

/// Knows which gain brings which sound to which loudness, as far as it had to be tried out; remembers it in
/// `state/gains.json`.
///
/// The gain is all that has to be prepared: the samples follow from it, the same every time, at a cost of
/// a thousandth of their length. So nothing but a number is kept per sound, and a long programme takes no
/// room on the card.
pub struct GainSearch {
    station_dir: PathBuf,
    patient: bool,
    gains: Mutex<BTreeMap<GainKey, f64>>,
}

/// How the sounds of one zone are to be brought to its tone.
#[derive(Clone)]
pub struct Treatment {
    tone: SoundTarget,
    tuner: Option<Arc<GainSearch>>,
}

impl GainSearch {
    /// For live sound, which never waits: a sound whose gain has not been found yet is played with the
    /// first guess, a little softer than asked.
    pub fn live(station_dir: &Path) -> Arc<Self> {
        Arc::new(Self::new(station_dir, false))
    }

    /// For sound that has time: a gain that is not known is found first.
    pub fn patient(station_dir: &Path) -> Arc<Self> {
        Arc::new(Self::new(station_dir, true))
    }

    fn new(station_dir: &Path, patient: bool) -> Self {
        Self { station_dir: station_dir.to_owned(), patient, gains: Mutex::new(memory::read(station_dir)) }
    }

    /// Finds the gains that are not known yet for all sounds that can play, until `enough` says so;
    /// forgets those of sounds that are gone. Decodes each such sound some times over: for a thread that
    /// has nothing else to do.
    pub fn prepare(&self, library: &Library, tones: &[SoundTarget], enough: &mut dyn FnMut() -> bool) {
        let sounds = library.sounds.values();
        let playable: Vec<_> = sounds.filter_map(|sound| Some((sound, sound.facts.as_ref().ok()?))).collect();
        let present: HashSet<&str> = playable.iter().map(|(_, facts)| facts.sha256.as_str()).collect();
        let mut unwritten = {
            let mut gains = self.gains.lock().unwrap_or_else(PoisonError::into_inner);
            let before = gains.len();
            gains.retain(|(sha256, _), _| present.contains(sha256.as_str()));
            usize::from(gains.len() != before) * BATCH
        };
        for (sound, facts) in &playable {
            for tone in tones {
                if enough() {
                    break;
                }
                let item = Item::file(&sound.file, facts);
                unwritten += usize::from(self.find(*tone, &item).is_some());
                if unwritten >= BATCH {
                    self.write();
                    unwritten = 0;
                }
            }
        }
        if unwritten > 0 {
            self.write();
        }
    }

    /// Finds the gain of a sound, if it has to be tried out and is not known; `None` where there was nothing
    /// to find, or it cannot be decoded.
    fn find(&self, tone: SoundTarget, item: &Item) -> Option<f64> {
        let ItemSound::File { sha256, loudness, .. } = &item.sound else { return None };
        let recipe = ChainSettings::first(tone, *loudness);
        recipe.sought_lufs?;
        let key = (sha256.to_string(), memory::word(tone));
        if self.known(&key).is_some() {
            return None;
        }
        let gain = search(&Sounds::new(audio_dir(&self.station_dir)), item, recipe).ok()?;
        self.gains.lock().unwrap_or_else(PoisonError::into_inner).insert(key, gain);
        Some(gain)
    }

    fn known(&self, key: &GainKey) -> Option<f64> {
        self.gains.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied()
    }

    fn write(&self) {
        let gains = self.gains.lock().unwrap_or_else(PoisonError::into_inner).clone();
        memory::write(&self.station_dir, &gains);
    }

    fn recipe(&self, tone: SoundTarget, item: &Item) -> ChainSettings {
        let ItemSound::File { sha256, loudness, .. } = &item.sound else { return ChainSettings::NOTHING };
        let first = ChainSettings::first(tone, *loudness);
        if first.sought_lufs.is_none() {
            return first;
        }
        if self.patient && self.find(tone, item).is_some() {
            self.write();
        }
        let gain = self.known(&(sha256.to_string(), memory::word(tone)));
        gain.map_or(first, |gain| first.with_gain(gain))
    }
}

impl Treatment {
    /// To this tone, with what the tuner knows.
    pub fn new(tone: SoundTarget, tuner: Arc<GainSearch>) -> Self {
        Self { tone, tuner: Some(tuner) }
    }

    /// Samples pass as they are.
    pub fn untouched() -> Self {
        Self { tone: SoundTarget { loudness_lufs: None, speech: false }, tuner: None }
    }

    /// Loudness that is aimed at, in LUFS.
    pub(in crate::audio) fn target_lufs(&self) -> Option<f64> {
        self.tone.loudness_lufs.map(f64::from)
    }

    /// What sound is brought to.
    pub(in crate::audio) const fn tone(&self) -> SoundTarget {
        self.tone
    }

    /// What is to be done to a file.
    pub(in crate::audio) fn recipe(&self, item: &Item) -> ChainSettings {
        self.tuner.as_ref().map_or(ChainSettings::NOTHING, |tuner| tuner.recipe(self.tone, item))
    }
}
