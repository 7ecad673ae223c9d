use super::settings::ChainSettings;
use crate::audio::clip::Clip;
use crate::audio::meter::{LoudnessMeter, Sums};
use crate::audio::{AudioError, Sounds};
use crate::instant::Rate;
use crate::plan::Item;

/// Near enough to the target, in LU: a third of what is promised.
const NEAR_LU: f64 = 0.1;

/// Times that a sound is played through for it; three are usual.
const PASSES: u32 = 8;

/// Least and most that a decibel of gain is taken to make louder: a limiter swallows part of it.
const SLOPE: (f64, f64) = (0.25, 1.0);

/// Most that is given back of what the limiter and the compressor take away, in dB. What would need more
/// is all peaks: it would sound crushed before it sounds loud.
const GIVEN_BACK_DB: f64 = 12.0;

/// Samples asked for at a time.
const BLOCK: usize = 4_800;

/// Plays the sound through the recipe, without a horn, until it comes out as loud as asked; gives the gain
/// at its end, in dB. Takes a hundredth of the sound's length, some times.
pub(super) fn search(sounds: &Sounds, item: &Item, recipe: ChainSettings) -> Result<f64, AudioError> {
    let Some(target) = recipe.sought_lufs else { return Ok(recipe.after_db) };
    let most = recipe.after_db + GIVEN_BACK_DB;
    let mut gain = recipe.after_db;
    let mut last = None;
    for _ in 0..PASSES {
        let heard = loudness(sounds, item, recipe.with_gain(gain))?;
        let off = target - heard;
        let slope = last.map_or(SLOPE.1, |(before, then): (f64, f64)| (heard - then) / (gain - before));
        let next = (gain + off / slope.clamp(SLOPE.0, SLOPE.1)).min(most);
        last = Some((gain, heard));
        // The gain that was listened to is the one that is kept.
        if off.abs() <= NEAR_LU || (next - gain).abs() < 0.01 {
            break;
        }
        gain = next;
    }
    // As it is written down.
    Ok((gain * 100.0).round() / 100.0)
}

fn loudness(sounds: &Sounds, item: &Item, recipe: ChainSettings) -> Result<f64, AudioError> {
    // Every output comes near enough to this rate.
    let rate = Rate::STANDARD;
    let mut clip = Clip::open(sounds, item, rate, recipe)?;
    let mut ear = LoudnessProbe::new(rate);
    let mut block = vec![0.0; BLOCK];
    loop {
        match clip.fill(&mut block)? {
            0 => return Ok(ear.lufs()),
            count => ear.hear(&block[..count]),
        }
    }
}

/// Hears how loud one channel is.
pub(in crate::audio) struct LoudnessProbe {
    loudness: Option<LoudnessMeter>,
    square: f64,
    frames: u64,
}

impl LoudnessProbe {
    pub(in crate::audio) fn new(rate: Rate) -> Self {
        Self { loudness: LoudnessMeter::new(rate.hz(), 1), square: 0.0, frames: 0 }
    }

    pub(in crate::audio) fn hear(&mut self, samples: &[f32]) {
        if let Some(loudness) = &mut self.loudness {
            loudness.push(samples);
        }
        self.square += f64::from(Sums::of(samples).square);
        self.frames += samples.len() as u64;
    }

    /// Of all that was heard, in LUFS; of what is too short for that, its power on the same scale.
    pub(in crate::audio) fn lufs(&self) -> f64 {
        let integrated = self.loudness.as_ref().and_then(LoudnessMeter::integrated);
        integrated.unwrap_or_else(|| LoudnessMeter::of_power(self.square / self.frames.max(1) as f64))
    }
}
