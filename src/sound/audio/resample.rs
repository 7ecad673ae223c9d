use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

use super::AudioError;
use crate::instant::{Frames, Rate};

/// Frames taken in at a time: four blocks of the transform, a hundredth of a second's delay.
const CHUNK: usize = 1_024;

/// Brings a mono stream from one sample rate to another, without moving its onset and without
/// changing its length by more than the rounding to a whole frame. Equal rates pass untouched. Its filter
/// rings past full scale at an edge that was at full scale: whoever plays the samples holds them.
pub struct Resampler {
    from: Rate,
    to: Rate,
    inner: Option<Inner>,
    fed: u64,
    made: u64,
}

struct Inner {
    fft: Fft<f32>,
    pending: Vec<f32>,
    fresh: Vec<f32>,
    delay: usize,
}

impl Resampler {
    /// From the file's rate to the output's.
    pub fn new(from: Rate, to: Rate) -> Result<Self, AudioError> {
        let inner = if from == to { None } else { Some(Inner::new(from, to)?) };
        Ok(Self { from, to, inner, fed: 0, made: 0 })
    }

    /// The length at rate `to` of `frames` at rate `from`, to the nearest frame, halves up.
    pub fn length(frames: Frames, from: Rate, to: Rate) -> Frames {
        let (from, to) = (u128::from(from.hz()), u128::from(to.hz()));
        Frames(((u128::from(frames.0) * to * 2 + from) / (from * 2)) as u64)
    }

    /// Takes `input` in and appends what is ready to `out`.
    pub fn push(&mut self, input: &[f32], out: &mut Vec<f32>) -> Result<(), AudioError> {
        self.fed += input.len() as u64;
        let Some(inner) = &mut self.inner else {
            out.extend_from_slice(input);
            return Ok(());
        };
        let before = out.len();
        inner.pending.extend_from_slice(input);
        let mut used = 0;
        while inner.pending.len() - used >= inner.fft.input_frames_next() {
            used += inner.step(used, None, out)?;
        }
        inner.pending.drain(..used);
        self.made += (out.len() - before) as u64;
        Ok(())
    }

    /// Appends the rest, so that the whole is exactly [`Resampler::length`] of what was taken in.
    pub fn finish(&mut self, out: &mut Vec<f32>) -> Result<(), AudioError> {
        let Some(inner) = &mut self.inner else { return Ok(()) };
        let whole = Self::length(Frames(self.fed), self.from, self.to).0;
        let before = out.len();
        let missing = whole.saturating_sub(self.made) as usize;
        let mut left = inner.pending.len();
        while out.len() - before < missing {
            inner.step(0, Some(left), out)?;
            inner.pending.clear();
            left = 0;
        }
        out.truncate(before + missing);
        self.made += missing as u64;
        Ok(())
    }
}

impl Inner {
    fn new(from: Rate, to: Rate) -> Result<Self, AudioError> {
        let fft = Fft::new(from.hz() as usize, to.hz() as usize, CHUNK, 1, FixedSync::Input)
            .map_err(|error| AudioError::Resample(error.to_string()))?;
        Ok(Self { delay: fft.output_delay(), fresh: vec![0.0; fft.output_frames_max()], fft, pending: Vec::new() })
    }

    /// One chunk from `pending[at..]`: whole, or its last `partial` frames and then silence. Gives
    /// the number of frames taken.
    fn step(&mut self, at: usize, partial: Option<usize>, out: &mut Vec<f32>) -> Result<usize, AudioError> {
        let wrong = |error: &dyn std::fmt::Display| AudioError::Resample(error.to_string());
        let needed = self.fft.output_frames_next();
        self.fresh.resize(needed.max(self.fresh.len()), 0.0);
        let frames = self.fresh.len();
        let indexing = Indexing { partial_len: partial, ..Indexing::default() };
        let input = &self.pending[at..];
        let input = InterleavedSlice::new(input, 1, input.len()).map_err(|error| wrong(&error))?;
        let mut output = InterleavedSlice::new_mut(&mut self.fresh, 1, frames).map_err(|error| wrong(&error))?;
        let done = self.fft.process_into_buffer(&input, &mut output, Some(&indexing));
        let (taken, made) = done.map_err(|error| wrong(&error))?;
        let late = self.delay.min(made);
        self.delay -= late;
        out.extend_from_slice(&self.fresh[late..made]);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(hz: u32) -> Rate {
        Rate::new(hz).unwrap()
    }

    fn tone(hz: f64, rate: u32, frames: usize) -> Vec<f32> {
        (0..frames).map(|n| (0.5 * (n as f64 * hz / f64::from(rate) * std::f64::consts::TAU).sin()) as f32).collect()
    }

    fn resample(input: &[f32], from: u32, to: u32, piece: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(rate(from), rate(to)).unwrap();
        let mut out = Vec::new();
        for chunk in input.chunks(piece) {
            resampler.push(chunk, &mut out).unwrap();
        }
        resampler.finish(&mut out).unwrap();
        out
    }

    fn decibels(ratio: f64) -> f64 {
        20.0 * ratio.log10()
    }

    fn rms(samples: impl Iterator<Item = f64>) -> f64 {
        let (sum, count) = samples.fold((0.0, 0_u32), |(sum, count), sample| (sum + sample * sample, count + 1));
        (sum / f64::from(count)).sqrt()
    }

    #[test]
    fn a_minute_keeps_its_length_to_the_frame() {
        let minute = vec![0.1; 44_100 * 60];
        assert_eq!(resample(&minute, 44_100, 48_000, 1_152).len(), 48_000 * 60);
        assert_eq!(resample(&minute[..44_100 * 60 - 1], 44_100, 48_000, 1_152).len(), 48_000 * 60 - 1);
    }

    #[test]
    #[ignore = "long"]
    fn an_hour_has_as_many_frames_as_an_hour_has() {
        let mut resampler = Resampler::new(rate(11_025), rate(16_000)).unwrap();
        let (second, mut out, mut made) = (vec![0.1; 11_025], Vec::new(), 0);
        for _ in 0..3_600 {
            out.clear();
            resampler.push(&second, &mut out).unwrap();
            made += out.len();
        }
        out.clear();
        resampler.finish(&mut out).unwrap();
        assert_eq!(made + out.len(), 16_000 * 3_600);
    }

    #[test]
    fn every_length_is_rounded_to_the_nearest_frame() {
        for (from, to) in
            [(44_100, 48_000), (48_000, 44_100), (8_000, 48_000), (96_000, 48_000), (44_101, 48_000), (48_000, 16_000)]
        {
            for frames in [1, 2, 3, 100, 1_023, 1_024, 1_025, 5_000] {
                let whole = (f64::from(frames) * f64::from(to) / f64::from(from)).round() as usize;
                let made = resample(&vec![0.2; frames as usize], from, to, 777);
                assert_eq!(made.len(), whole, "{frames} frames, {from} to {to}");
            }
        }
    }

    #[test]
    fn a_tone_stays_clean_and_in_place() {
        let made = resample(&tone(1_000.0, 44_100, 88_200), 44_100, 48_000, 1_152);
        let wanted = tone(1_000.0, 48_000, made.len());
        // The edges ring, since the tone begins and ends at once there.
        let middle = 4_800..made.len() - 4_800;
        let noise = rms(middle.clone().map(|n| f64::from(made[n]) - f64::from(wanted[n])));
        let signal = rms(middle.map(|n| f64::from(wanted[n])));
        assert!(decibels(signal / noise) > 100.0, "{} dB", decibels(signal / noise));
    }

    #[test]
    fn what_the_lower_rate_cannot_carry_is_gone() {
        let made = resample(&tone(10_000.0, 48_000, 96_000), 48_000, 16_000, 960);
        let left = rms(made[1_600..made.len() - 1_600].iter().map(|sample| f64::from(*sample)));
        assert!(decibels(left / 0.353_6) < -80.0, "{} dB", decibels(left / 0.353_6));
    }

    #[test]
    fn pieces_make_no_difference_and_equal_rates_pass_untouched() {
        let input = tone(440.0, 44_100, 10_000);
        assert_eq!(resample(&input, 44_100, 48_000, 1), resample(&input, 44_100, 48_000, 10_000));
        assert_eq!(resample(&input, 44_100, 44_100, 333), input);
    }

    #[test]
    fn an_onset_does_not_move() {
        let mut input = vec![0.0; 22_050];
        input.extend(vec![0.5; 22_050]);
        let made = resample(&input, 44_100, 48_000, 1_000);
        let onset = made.iter().position(|sample| *sample > 0.25).unwrap();
        assert!(onset.abs_diff(24_000) <= 1, "{onset}");
    }
}
