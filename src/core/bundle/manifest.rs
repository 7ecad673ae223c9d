use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::path::{is_audio, is_schedule};
use super::{FORMAT, Locality, Purpose, Rejection, UtcSecond};
use crate::diag::document::MAX_BYTES;
use crate::plan::{Facts, Loudness};

/// Files of one bundle: more than any commune has, and few enough to compare name by name.
const FILES_MOST: usize = 5_000;
/// Bytes of all files together: what a stick formatted as FAT32 holds as one file, with room for the rest.
pub const BYTES_MOST: u64 = 4_200_000_000;
/// Places that it is for.
const SCOPE_MOST: usize = 64;
/// Letters of a title.
const TITLE_MOST: usize = 200;
/// It may be taken so long after it was made: a year, and what a box in the mountains is late.
pub const VALID_MOST: Duration = Duration::from_hours(24 * 400);
/// The highest number: what every reader of JSON holds exactly.
const VERSION_MOST: u64 = (1 << 53) - 1;

/// What a bundle holds: the paper that is signed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this paper.
    pub format: u32,
    /// `bundle`: it is no other paper.
    pub kind: String,
    /// What people call it.
    pub title: String,
    /// The place that sends it: what it brings takes the place of what the same place brought before.
    pub place: Locality,
    /// The places whose boxes take it.
    pub scope: Vec<Locality>,
    /// What it brings: its keys must be allowed all of that.
    pub purposes: BTreeSet<Purpose>,
    /// Rises with each bundle that a key signs.
    pub version: u64,
    /// When it was made.
    pub made: UtcSecond,
    /// After this it is taken no more; what was taken goes on.
    pub not_after: UtcSecond,
    /// All files that the place wants on the boxes; those it brought before and does not name any more go.
    pub files: Vec<BundleFile>,
}

/// A file of a bundle.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct BundleFile {
    /// `schedules/NAME.toml` or `audio/NAME`.
    pub path: String,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, in small hexadecimal digits.
    pub sha256: String,
    /// Of a sound: what it is, so that the box need not decode it before it can judge the schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound: Option<SoundFacts>,
}

/// What is known of a sound.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SoundFacts {
    /// Its length, in frames at `rate`.
    pub frames: u64,
    /// Its sample rate in Hz.
    pub rate: u32,
    /// Its channels.
    pub channels: u16,
    /// Its codec's short name.
    pub codec: String,
    /// Its loudness in LUFS and its true peak in dBTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loudness: Option<(f64, f64)>,
}

impl SoundFacts {
    /// Of facts that were measured.
    pub fn of(facts: &Facts) -> Self {
        let loudness = facts.loudness.map(|loudness| (tame(loudness.lufs()), tame(loudness.peak_dbtp())));
        let Facts { frames, rate, channels, ref codec, .. } = *facts;
        Self { frames, rate, channels, codec: codec.clone(), loudness }
    }

    /// As the plan has them.
    pub fn facts(&self, sha256: &str) -> Facts {
        let Self { frames, rate, channels, ref codec, loudness } = *self;
        let loudness = loudness.map(|(lufs, peak)| Loudness::new(lufs, peak));
        Facts { sha256: sha256.to_owned(), frames, rate, channels, codec: codec.clone(), loudness }
    }
}

impl Manifest {
    /// Read one, and see that it is one that can be.
    pub fn read(text: &str) -> Result<Self, Rejection> {
        let form = serde_json::from_str::<FormOf>(text).map_err(|_| Rejection::Foreign("manifest.json".to_owned()))?;
        if form.format != FORMAT {
            return Err(Rejection::NewForm(form.format));
        }
        let read = serde_json::from_str::<Self>(text).ok();
        let manifest = read.ok_or_else(|| Rejection::Foreign("manifest.json".to_owned()))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).fold(0, u64::saturating_add)
    }

    /// What lies in its archive, each content once: the first file that has it.
    pub fn contents(&self) -> impl Iterator<Item = &BundleFile> {
        let mut seen = BTreeSet::new();
        self.files.iter().filter(move |file| seen.insert(&file.sha256))
    }

    fn check(&self) -> Result<(), Rejection> {
        let foreign = |what: &str| Err(Rejection::Foreign(what.to_owned()));
        if self.kind != "bundle" {
            return foreign("kind");
        }
        if self.title.len() > TITLE_MOST || !(1..=VERSION_MOST).contains(&self.version) || self.purposes.is_empty() {
            return foreign("manifest.json");
        }
        let is_inside = |place: &Locality| self.place.covers(place);
        if !(1..=SCOPE_MOST).contains(&self.scope.len()) || !self.scope.iter().all(is_inside) {
            return foreign("scope");
        }
        let valid = self.not_after.wall().since(self.made.wall());
        if !valid.is_positive() || valid.unsigned_abs() > VALID_MOST {
            return foreign("not_after");
        }
        if self.files.len() > FILES_MOST || self.bytes() > BYTES_MOST {
            return Err(Rejection::TooLarge);
        }
        let mut names = BTreeSet::new();
        let mut contents = std::collections::BTreeMap::new();
        for file in &self.files {
            let is_hex = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
            let is_sum = file.sha256.len() == 64 && file.sha256.bytes().all(is_hex);
            let is_known = match &file.sound {
                None => is_schedule(&file.path) && file.bytes <= MAX_BYTES as u64,
                Some(sound) => is_audio(&file.path) && sound.is_possible(),
            };
            // One content has one length, and is one kind of thing.
            let what = (file.bytes, file.sound.is_some());
            let is_one = *contents.entry(&file.sha256).or_insert(what) == what;
            // A stick, and a laptop, take two names for one that differ in capitals only.
            if !is_sum || !is_known || !is_one || !names.insert(file.path.to_lowercase()) {
                return foreign(&file.path);
            }
        }
        Ok(())
    }
}

impl SoundFacts {
    /// What decoders give.
    fn is_possible(&self) -> bool {
        let is_level = |level: f64| level.is_finite() && level.abs() < 1_000.0;
        self.frames > 0
            && (1_000..=768_000).contains(&self.rate)
            && self.frames / u64::from(self.rate) < 86_400
            && (1..=64).contains(&self.channels)
            && self.codec.len() <= 32
            && self.loudness.is_none_or(|(lufs, peak)| is_level(lufs) && is_level(peak))
    }
}

/// Silence has no loudness, and JSON no infinity.
const fn tame(level: f64) -> f64 {
    level.clamp(-200.0, 200.0)
}

/// What each paper says first.
#[derive(Deserialize)]
struct FormOf {
    format: u32,
}
