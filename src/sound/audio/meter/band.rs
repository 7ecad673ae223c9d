use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

/// Frames of one look: 23 Hz apart at 48 kHz.
const LOOK: usize = 2_048;

/// Looks per second of sound: speech needs no more to show what it holds.
const LOOKS_PER_SECOND: u64 = 2;

/// What lies this far under the strongest part of the spectrum is no sound any more, in decibels.
const DEPTH: f64 = 65.0;

/// Up to which frequency there is sound: a telephone ends at 3.4 kHz, whatever rate it is saved at.
pub(super) struct Band {
    rate: f64,
    every: u64,
    frames: u64,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    look: Vec<f32>,
    power: Vec<f64>,
}

impl Band {
    pub(super) fn new(rate: u32) -> Self {
        let every = (u64::from(rate) / LOOKS_PER_SECOND).max(LOOK as u64);
        let turn = |n: usize| n as f32 / LOOK as f32 * std::f32::consts::TAU;
        // Blackman: what is strong must not shine over to the far end of the spectrum.
        let window = (0..LOOK).map(|n| 0.42 - 0.5 * turn(n).cos() + 0.08 * (2.0 * turn(n)).cos()).collect();
        Self {
            rate: f64::from(rate),
            every,
            frames: 0,
            fft: RealFftPlanner::new().plan_fft_forward(LOOK),
            window,
            look: Vec::with_capacity(LOOK),
            power: vec![0.0; LOOK / 2 + 1],
        }
    }

    pub(super) fn push(&mut self, samples: &[f32]) {
        let mut rest = samples;
        while !rest.is_empty() {
            let place = self.frames % self.every;
            // The first frames after each mark are looked at, the others passed over.
            let looking = place < LOOK as u64;
            let until = if looking { LOOK as u64 - place } else { self.every - place };
            let (now, later) = rest.split_at(rest.len().min(until as usize));
            self.frames += now.len() as u64;
            if looking {
                self.look.extend_from_slice(now);
                if self.look.len() == LOOK {
                    self.see();
                }
            }
            rest = later;
        }
    }

    fn see(&mut self) {
        for (sample, weight) in self.look.iter_mut().zip(&self.window) {
            *sample *= weight;
        }
        let mut spectrum = self.fft.make_output_vec();
        // It refuses only wrong lengths, and these are right.
        if self.fft.process(&mut self.look, &mut spectrum).is_ok() {
            for (power, bin) in self.power.iter_mut().zip(&spectrum) {
                *power += f64::from(bin.norm_sqr());
            }
        }
        self.look.clear();
    }

    /// In Hz; half the rate where the spectrum is full, or the sound too short to tell.
    pub(super) fn limit(&self) -> f64 {
        let strongest = self.power.iter().copied().fold(0.0, f64::max);
        if strongest <= 0.0 {
            return self.rate / 2.0;
        }
        let least = strongest * 10.0_f64.powf(-DEPTH / 10.0);
        let last = self.power.iter().rposition(|power| *power > least).unwrap_or(0);
        last as f64 * self.rate / LOOK as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_of_several_tones_is_the_limit() {
        let mut band = Band::new(44_100);
        let sound: Vec<f32> = (0..88_200)
            .map(|n| {
                let at = |hz: f32| (n as f32 / 44_100.0 * hz * std::f32::consts::TAU).sin();
                0.3 * at(400.0) + 0.02 * at(3_300.0)
            })
            .collect();
        sound.chunks(333).for_each(|piece| band.push(piece));
        assert!((band.limit() - 3_300.0).abs() < 120.0, "{}", band.limit());
    }

    #[test]
    fn nothing_to_look_at_is_no_limit() {
        assert!((Band::new(8_000).limit() - 4_000.0).abs() < 1.0);
    }
}
