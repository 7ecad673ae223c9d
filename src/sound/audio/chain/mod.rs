//! What a recording goes through on its way to the horns: brought to the zone's loudness, shaped for
//! speech where the zone asks for it, kept under the ceiling that a converter can follow. Works on one
//! mono stream at the output's rate, piece by piece, with flat memory; the number of samples never
//! changes, and where nothing is to be done the very samples pass. Opens files only to find a gain
//! ([`GainSearch`]), on threads that may take their time; never in an audio callback. Called by the reel.

mod gain_search;
mod limiter;
mod live_tone;
mod memory;
mod search;
mod settings;
mod speech;

pub use gain_search::{GainSearch, Treatment};
pub(super) use limiter::Limiter;
pub(super) use live_tone::LiveTone;
pub(super) use search::LoudnessProbe;
pub(super) use settings::ChainSettings;
pub use settings::{CEILING_DBTP, GAIN_MOST_DB};

use crate::instant::Rate;
use speech::Speech;

/// One recording's way through the chain.
pub(super) struct SoundChain {
    before: f32,
    speech: Option<Speech>,
    after: f32,
    limiter: Option<Limiter>,
    work: Vec<f32>,
}

impl SoundChain {
    /// `None` where nothing is to be done.
    pub(super) fn new(rate: Rate, recipe: ChainSettings) -> Option<Self> {
        (!recipe.is_nothing()).then(|| Self {
            before: amplitude(recipe.before_db),
            speech: recipe.speech.then(|| Speech::new(rate)),
            after: amplitude(recipe.after_db),
            limiter: recipe.limit.then(|| Limiter::new(rate)),
            work: Vec::new(),
        })
    }

    /// Takes `input` in and appends what is ready to `out`.
    pub(super) fn push(&mut self, input: &[f32], out: &mut Vec<f32>) {
        let (before, after) = (self.before, self.after);
        self.work.clear();
        match &mut self.speech {
            Some(speech) => self.work.extend(input.iter().map(|sample| speech.shape(sample * before) * after)),
            None => self.work.extend(input.iter().map(|sample| sample * after)),
        }
        match &mut self.limiter {
            Some(limiter) => limiter.push(&self.work, out),
            None => out.extend_from_slice(&self.work),
        }
    }

    /// Appends the rest: all that was taken in has then come out.
    pub(super) fn finish(&mut self, out: &mut Vec<f32>) {
        if let Some(limiter) = &mut self.limiter {
            limiter.finish(out);
        }
    }
}

/// Zero decibels are one, exactly.
fn amplitude(db: f64) -> f32 {
    10.0_f64.powf(db / 20.0) as f32
}
