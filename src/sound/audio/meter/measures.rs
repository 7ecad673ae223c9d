use serde::{Deserialize, Serialize};

/// What a sound is like, in numbers. Levels in dBFS: 0 is the highest that a file can hold.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Measures {
    /// Length.
    pub seconds: f64,
    /// Integrated loudness by EBU R128; `None` where nothing is loud enough, or the sound is shorter
    /// than 0.4 s.
    pub loudness_lufs: Option<f64>,
    /// Loudness range by EBU Tech 3342, in LU.
    pub range_lu: f64,
    /// True peak (ITU-R BS.1770-4, annex 2): the highest point between the samples, in dBTP.
    pub true_peak_db: f64,
    /// Highest sample.
    pub sample_peak_db: f64,
    /// How often the tops of the wave are cut off.
    pub clipped_runs: u64,
    /// Where that happens first.
    pub clipped_first: Option<SoundSpan>,
    /// Silence before the first sound, in seconds.
    pub head_s: f64,
    /// Silence after the last sound, in seconds.
    pub tail_s: f64,
    /// The longest silence inside.
    pub gap: Option<SoundSpan>,
    /// The first place where the sound is gone from one moment to the next and comes back so, as zeros in a damaged
    /// file make it.
    #[serde(default)]
    pub hole: Option<SoundSpan>,
    /// All silence together, in seconds.
    pub silent_s: f64,
    /// Level of the loudest tenth: that of the speech.
    pub speech_db: f64,
    /// Level of the background in the pauses; `None` where there is no pause to hear it in.
    pub noise_db: Option<f64>,
    /// How far the voice lies above steady noise, where there is some.
    #[serde(default)]
    pub over_noise_db: Option<f64>,
    /// Noise is all there is.
    #[serde(default)]
    pub noise_alone: bool,
    /// Highest frequency with sound in it, in Hz.
    pub band_hz: f64,
    /// Offset of the zero line, as a share of full scale, in the worst channel.
    pub dc: f64,
    /// A channel (from 1) in which there is nothing while there is sound in another.
    pub dead_channel: Option<u16>,
    /// What is lost of the power when the channels are made one: near 0 for the same voice in both, very
    /// low where one is the other upside down. `None` for one channel.
    pub cancelled_db: Option<f64>,
    /// Level of the sound as horns get it, folded to one channel: the highest sample.
    pub folded_peak_db: f64,
    /// Its loudness then, in LUFS; of a sound too short for that, its power on the same scale.
    pub folded_lufs: f64,
    /// The highest point of its curve then, in dBTP.
    pub folded_true_peak_db: f64,
    /// Packets that could not be decoded: each a gap of some hundredths of a second.
    pub gaps: u64,
    /// What is missing inside: where it would be heard, and how long it is. The first places only.
    #[serde(default)]
    pub lost: Vec<SoundSpan>,
    /// By how much the file's own header turns it up or down, which is in all these levels.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gain_db: f64,
    /// The file ends in the middle of a packet, or sooner than it says: its last words may be missing.
    #[serde(default)]
    pub unfinished: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(gain: &f64) -> bool {
    *gain == 0.0
}

/// A stretch of a sound, in seconds from its start.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct SoundSpan {
    /// Its start.
    pub from: f64,
    /// Its end.
    pub to: f64,
}

impl Measures {
    /// How loud it is as horns get it.
    pub fn folded(&self) -> crate::plan::Loudness {
        crate::plan::Loudness::new(self.folded_lufs, self.folded_true_peak_db)
    }

    /// Whether it is long enough to have a loudness.
    pub fn has_loudness(&self) -> bool {
        super::loudness::is_long_enough(self.seconds)
    }
}
