use crate::plan::Loudness;
use crate::station::SoundTarget;

/// No point of the curve that the samples stand for is higher, in dBTP: what EBU R128 asks of a broadcast,
/// so that no converter or lossy link behind loa clips.
pub const CEILING_DBTP: f64 = -1.0;

/// Most that a recording is turned up: beyond it the noise of the room would be louder than a voice should
/// be. The recording stays softer than asked, and `loa check` says so.
pub const GAIN_MOST_DB: f64 = 20.0;

/// Most that a recording is turned down: none is so loud.
const GAIN_LEAST_DB: f64 = -60.0;

/// A gain that nobody hears: such a sound passes untouched.
const INAUDIBLE_DB: f64 = 0.1;

/// A curve this far under the ceiling, as measured at the file's own rate, needs no limiter: resampling
/// moves peaks by less.
const CLEAR_DB: f64 = 0.5;

/// What the speech chain takes from most recordings at -16 LUFS, in dB.
pub(super) const SPEECH_MAKEUP_DB: f64 = 3.0;

/// What is to be done to one recording.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(in crate::audio) struct ChainSettings {
    /// Gain before the speech chain, which expects speech at a known level.
    pub(super) before_db: f64,
    /// Whether the speech chain is in the way.
    pub(super) speech: bool,
    /// Gain after it; the only one where there is none.
    pub(super) after_db: f64,
    /// Whether the limiter is in the way.
    pub(super) limit: bool,
    /// Loudness that is to come out, where it can only be reached by trying.
    pub(super) sought_lufs: Option<f64>,
}

impl ChainSettings {
    /// The samples pass as they are.
    pub(in crate::audio) const NOTHING: Self =
        Self { before_db: 0.0, speech: false, after_db: 0.0, limit: false, sought_lufs: None };

    /// What brings a sound of this loudness to the tone, as well as can be told without listening. A sound
    /// of unknown loudness is only kept under the ceiling.
    pub(super) fn first(tone: SoundTarget, loudness: Option<Loudness>) -> Self {
        let target = tone.loudness_lufs.map(f64::from);
        let gain = match (target, loudness) {
            (Some(target), Some(loudness)) => {
                let gain = (target - loudness.lufs()).clamp(GAIN_LEAST_DB, GAIN_MOST_DB);
                if gain.abs() <= INAUDIBLE_DB { 0.0 } else { gain }
            }
            _ => 0.0,
        };
        let sought = target.filter(|_| loudness.is_some());
        if tone.speech {
            let after_db = if target.is_some() { SPEECH_MAKEUP_DB } else { 0.0 };
            return Self { before_db: gain, speech: true, after_db, limit: true, sought_lufs: sought };
        }
        let limit =
            target.is_some() && loudness.is_none_or(|loudness| loudness.peak_dbtp() + gain > CEILING_DBTP - CLEAR_DB);
        Self { before_db: 0.0, speech: false, after_db: gain, limit, sought_lufs: sought.filter(|_| limit) }
    }

    /// The same with another gain at its end.
    pub(super) fn with_gain(self, after_db: f64) -> Self {
        Self { after_db, ..self }
    }

    /// Whether samples pass as they are.
    pub(super) fn is_nothing(self) -> bool {
        self == Self { sought_lufs: self.sought_lufs, ..Self::NOTHING }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(target: Option<f32>, speech: bool, lufs: f64, peak: f64) -> ChainSettings {
        ChainSettings::first(SoundTarget { loudness_lufs: target, speech }, Some(Loudness::new(lufs, peak)))
    }

    #[test]
    fn a_sound_is_limited_only_where_its_peaks_come_near_the_ceiling() {
        let low = first(Some(-16.0), false, -30.0, -20.0);
        assert!((low.after_db - 14.0).abs() < 1e-9 && !low.limit && low.sought_lufs.is_none());
        let high = first(Some(-16.0), false, -20.0, -4.0);
        assert!(high.limit && high.sought_lufs == Some(-16.0));
        let loud = first(Some(-16.0), false, -10.0, -0.1);
        assert!(!loud.limit && (loud.after_db + 6.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_is_done_where_nothing_is_to_be_done() {
        assert!(first(Some(-16.0), false, -16.05, -2.0).is_nothing());
        assert!(first(None, false, -30.0, 3.0).is_nothing());
        assert!(!first(Some(-16.0), false, -16.0, 0.5).is_nothing(), "it is over the ceiling");
        assert!(!first(None, true, -16.0, -9.0).is_nothing());
    }

    #[test]
    fn noise_is_not_blown_up_and_the_unknown_is_kept_under_the_ceiling() {
        assert!((first(Some(-16.0), false, -60.0, -50.0).after_db - GAIN_MOST_DB).abs() < 1e-9);
        let unknown = ChainSettings::first(SoundTarget { loudness_lufs: Some(-16.0), speech: false }, None);
        assert!(unknown.limit && unknown.after_db.abs() < 1e-9 && unknown.sought_lufs.is_none());
    }
}
