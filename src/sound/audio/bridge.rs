use super::{Resampler, fault, limit};
use crate::diag::text;
use crate::instant::Rate;
use crate::plan::Fault;

/// Brings frames of another rate or another number of channels to those of a sound's beginning. Goes by way of one
/// channel, as horns do.
pub(super) struct Bridge {
    from: (Rate, usize),
    channels: usize,
    resampler: Resampler,
    folded: Vec<f32>,
    ready: Vec<f32>,
}

impl Bridge {
    pub(super) fn new(from: (Rate, usize), (rate, channels): (Rate, usize)) -> Result<Self, Fault> {
        let resampler = Resampler::new(from.0, rate).map_err(|_| fault::damaged())?;
        Ok(Self { from, channels, resampler, folded: Vec::new(), ready: Vec::new() })
    }

    /// Whether it was made for this.
    pub(super) fn takes(&self, rate: u32, channels: usize) -> bool {
        self.from.0.hz() == rate && self.from.1 == channels
    }

    /// Takes interleaved frames in and puts those that are ready in their place.
    pub(super) fn push(&mut self, frames: &mut Vec<f32>) -> Result<(), Fault> {
        self.folded.clear();
        fold(frames, self.from.1, &mut self.folded);
        self.ready.clear();
        self.resampler.push(&self.folded, &mut self.ready).map_err(|_| fault::damaged())?;
        frames.clear();
        self.spread(frames);
        Ok(())
    }

    /// Appends the rest.
    pub(super) fn finish(&mut self, frames: &mut Vec<f32>) -> Result<(), Fault> {
        self.ready.clear();
        self.resampler.finish(&mut self.ready).map_err(|_| fault::damaged())?;
        self.spread(frames);
        Ok(())
    }

    fn spread(&self, frames: &mut Vec<f32>) {
        frames.extend(self.ready.iter().flat_map(|sample| std::iter::repeat_n(*sample, self.channels)));
    }
}

/// Refuses what no recorder makes.
pub(super) fn check_shape(rate: u32, channels: usize) -> Result<(), Fault> {
    if channels == 0 || channels > limit::CHANNELS {
        return Err(fault::channels("", channels));
    }
    if !limit::RATES.contains(&rate) {
        return Err(fault::unsupported(&text!("{rate} Hz", "{rate} Hz")));
    }
    Ok(())
}

/// Averages the channels: never louder than the loudest of them, so it cannot clip.
pub(super) fn fold(interleaved: &[f32], channels: usize, out: &mut Vec<f32>) {
    let share = 1.0 / channels as f32;
    if channels == 1 {
        return out.extend_from_slice(interleaved);
    }
    out.extend(interleaved.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() * share));
}
