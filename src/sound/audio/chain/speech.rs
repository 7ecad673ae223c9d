use std::f64::consts::TAU;

use crate::instant::Rate;

/// A horn makes nothing of what lies below, in Hz; it only moves the membrane.
const LOW_HZ: f64 = 180.0;
/// Butterworth: flat above.
const LOW_Q: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Consonants, which the wind takes first: middle in Hz, width, and how much they are raised.
const PRESENCE_HZ: f64 = 3_000.0;
const PRESENCE_Q: f64 = 0.8;
const PRESENCE_DB: f64 = 3.5;

/// What is louder than this, in dBFS of power, is brought nearer to it: speech at -16 LUFS lies on both sides.
const THRESHOLD_DB: f64 = -22.0;
/// Gentle: two decibels come out as one.
const RATIO: f64 = 2.0;
/// In which the compressor goes down and comes back, in seconds: as fast as a syllable, as slow as a word.
const ATTACK_S: f64 = 0.01;
const RELEASE_S: f64 = 0.2;

/// Makes speech carry over a horn: high-pass, a gentle compressor, presence. Expects speech near -16 LUFS.
pub(super) struct Speech {
    low: Biquad,
    presence: Biquad,
    power: f64,
    attack: f64,
    release: f64,
}

impl Speech {
    pub(super) fn new(rate: Rate) -> Self {
        let hz = f64::from(rate.hz());
        let in_time = |seconds: f64| 1.0 - (-1.0 / (seconds * hz)).exp();
        Self {
            low: Biquad::high_pass(hz, LOW_HZ, LOW_Q),
            // Below 8 kHz there is not that much band.
            presence: Biquad::peak(hz, PRESENCE_HZ.min(hz * 0.4), PRESENCE_Q, PRESENCE_DB),
            power: 0.0,
            attack: in_time(ATTACK_S),
            release: in_time(RELEASE_S),
        }
    }

    pub(super) fn shape(&mut self, sample: f32) -> f32 {
        let sample = self.low.filter(f64::from(sample));
        let power = sample * sample;
        let pace = if power > self.power { self.attack } else { self.release };
        self.power += (power - self.power) * pace;
        let over = 10.0 * self.power.max(1e-12).log10() - THRESHOLD_DB;
        let gain = if over > 0.0 { 10.0_f64.powf(over * (1.0 / RATIO - 1.0) / 20.0) } else { 1.0 };
        self.presence.filter(sample * gain) as f32
    }
}

/// A filter of the second order, transposed direct form II; coefficients from R. Bristow-Johnson's Audio EQ
/// Cookbook.
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    fn high_pass(rate: f64, hz: f64, q: f64) -> Self {
        let (sin, cos) = (TAU * hz / rate).sin_cos();
        let alpha = sin / (2.0 * q);
        Self::of(
            [f64::midpoint(1.0, cos), -(1.0 + cos), f64::midpoint(1.0, cos)],
            [1.0 + alpha, -2.0 * cos, 1.0 - alpha],
        )
    }

    fn peak(rate: f64, hz: f64, q: f64, db: f64) -> Self {
        let (sin, cos) = (TAU * hz / rate).sin_cos();
        let (alpha, a) = (sin / (2.0 * q), 10.0_f64.powf(db / 40.0));
        Self::of([1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a], [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a])
    }

    fn of(b: [f64; 3], a: [f64; 3]) -> Self {
        Self { b: b.map(|b| b / a[0]), a: [a[1] / a[0], a[2] / a[0]], state: [0.0; 2] }
    }

    fn filter(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        self.state[1] = self.b[2] * x - self.a[1] * y;
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a steady tone of this height and level in dBFS comes out as, in dB against what went in.
    fn change(hz: f64, level_db: f64) -> f64 {
        let rate = Rate::STANDARD;
        let mut speech = Speech::new(rate);
        let peak = 10.0_f64.powf(level_db / 20.0) * std::f64::consts::SQRT_2;
        let sample = |n: u32| (peak * (TAU * hz * f64::from(n) / f64::from(rate.hz())).sin()) as f32;
        let made: Vec<f64> = (0..96_000).map(|n| f64::from(speech.shape(sample(n)))).collect();
        let power: f64 = made[48_000..].iter().map(|sample| sample * sample).sum::<f64>() / 48_000.0;
        10.0 * power.log10() - level_db
    }

    #[test]
    fn rumble_goes_consonants_rise_and_the_middle_stays() {
        // Far under the compressor's threshold.
        assert!((-21.0..-18.0).contains(&change(60.0, -45.0)), "{}", change(60.0, -45.0));
        assert!((-3.5..-2.5).contains(&change(180.0, -45.0)));
        assert!(change(600.0, -45.0).abs() < 0.5);
        assert!((change(3_000.0, -45.0) - PRESENCE_DB).abs() < 0.2);
    }

    #[test]
    fn two_decibels_over_the_threshold_come_out_as_one() {
        let at = |level| change(800.0, level) - change(800.0, -45.0);
        assert!(at(-30.0).abs() < 0.1, "{}", at(-30.0));
        let slope = at(-6.0) - at(-14.0);
        assert!((slope + 4.0).abs() < 0.3, "{slope}");
    }
}
