use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::audio::limit;
use crate::site::{self, Site};
use crate::station::SoundTarget;

/// Rises whenever the same sound could need another gain than before; the file's own form included.
const VERSION: u32 = 1;

/// Most gains remembered: every file that is looked at, for two tones. It keeps the file under 6 MB.
const GAINS: usize = 2 * limit::FILES;

/// Gains beyond these bounds, in dB, cannot have been found here.
const PLAUSIBLE_DB: std::ops::RangeInclusive<f64> = -80.0..=80.0;

/// Digest of a sound's bytes, and the tone it is brought to.
pub(super) type GainKey = (String, String);

/// `state/gains.json`: the gains that were found for sounds. Only a help: what is lost with it is found
/// again.
#[derive(Serialize, Deserialize)]
struct Raw {
    version: u32,
    gains: Vec<RawGain>,
}

#[derive(Serialize, Deserialize)]
struct RawGain {
    sha256: String,
    tone: String,
    gain_db: f64,
}

/// A tone in a word; two tones are the same if the word is.
pub(super) fn word(tone: SoundTarget) -> String {
    let target = tone.loudness_lufs.map_or_else(|| "off".to_owned(), |lufs| format!("{lufs:.2}"));
    format!("{target} {}", if tone.speech { "speech" } else { "plain" })
}

/// What is remembered; nothing of a damaged file, or of one by another version.
pub(super) fn read(station_dir: &Path) -> BTreeMap<GainKey, f64> {
    site::read(&Site::new(station_dir).gains(), limit::CACHE_BYTES).map(|bytes| parse(&bytes)).unwrap_or_default()
}

fn parse(bytes: &[u8]) -> BTreeMap<GainKey, f64> {
    let Some(raw) = serde_json::from_slice::<Raw>(bytes).ok().filter(|raw| raw.version == VERSION) else {
        return BTreeMap::new();
    };
    let plausible = raw.gains.into_iter().filter(|gain| PLAUSIBLE_DB.contains(&gain.gain_db)).take(GAINS);
    plausible.map(|gain| ((gain.sha256, gain.tone), gain.gain_db)).collect()
}

/// Writes them down, the whole or nothing. That it cannot be done (`state/` is read-only, the disk is full)
/// costs no more than finding them again.
pub(super) fn write(station_dir: &Path, gains: &BTreeMap<GainKey, f64>) {
    let _ = site::replace(&Site::new(station_dir).gains(), &bytes(gains));
}

fn bytes(gains: &BTreeMap<GainKey, f64>) -> Vec<u8> {
    let gains = gains.iter().take(GAINS);
    let gains = gains.map(|((sha256, tone), gain_db)| RawGain {
        sha256: sha256.clone(),
        tone: tone.clone(),
        gain_db: *gain_db,
    });
    serde_json::to_vec(&Raw { version: VERSION, gains: gains.collect() }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_come_back_and_damage_does_not() {
        let gains = BTreeMap::from([(("ab".to_owned(), "-16.00 plain".to_owned()), 3.25)]);
        let written = String::from_utf8(bytes(&gains)).unwrap();
        assert_eq!(parse(written.as_bytes()), gains);
        for damaged in [
            written[..written.len() / 2].to_owned(),
            written.replace("\"version\":1", "\"version\":0"),
            written.replace("3.25", "1e9"),
            written.replace("3.25", "null"),
            String::new(),
        ] {
            assert!(parse(damaged.as_bytes()).is_empty(), "{damaged}");
        }
    }

    #[test]
    fn gains_that_the_loa_before_wrote_are_read() {
        let written = include_bytes!("../../../../tests/it/earlier/gains.json");
        let sha256 = "48e0eb2a248a1252ae2203dd98703d9044aac4a3f432d53328923ae77c36f180".to_owned();
        assert_eq!(parse(written), BTreeMap::from([((sha256, "-16.00 plain".to_owned()), 5.1)]));
    }

    #[test]
    fn tones_differ_in_a_word() {
        let tone = |loudness_lufs, speech| word(SoundTarget { loudness_lufs, speech });
        let all = [tone(Some(-16.0), false), tone(Some(-16.5), false), tone(Some(-16.0), true), tone(None, true)];
        assert_eq!(all, ["-16.00 plain", "-16.50 plain", "-16.00 speech", "off speech"]);
    }
}
