use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

/// Looks per second: enough to see syllables, which come at two to eight a second.
const LOOKS_PER_SECOND: u32 = 20;

/// Longest look, in parts of a second: short against a syllable, long enough to tell a tone from a hiss.
const LOOK_PART: u32 = 12;

/// Fewest looks that say anything: two seconds.
const FEWEST: usize = 40;

/// Where speech is, in Hz; below it lie hum, wind and the thump of a table.
const SPEECH_HZ: std::ops::Range<f64> = 300.0..3_400.0;

/// Bins of the spectrum in which flatness is looked at together, so that a slope of the whole makes no difference.
const GROUP: usize = 16;

/// Looks with less than this in the band of speech, in dBFS, are an encoder's silence, which is no pause of a room.
const SILENT_DB: f32 = -85.0;

/// Louder than this in all, in dBFS, it is no silence though nothing lies in the band of speech: a clean hum.
const HEARD_DB: f32 = -60.0;

/// How far the loudest tenth of speech lies above its mean power, in dB.
const CREST_DB: f64 = 6.3;

/// What noise looks like, by measurements of voices in Vietnamese and English under white, pink and brown noise, hum,
/// wind and babble at 30 to -4 dB, and of music. Flatness of the spectrum, in dB: noise of any colour has -2.3, a crowd
/// -3.3, speech -5 and music -9 or less. Movement within half a second, in dB: noise has 0.9 at most, a voice 4 dB
/// under it 2.
const STILL_DB: f64 = 0.9;
const GUSTY_DB: f64 = 1.6;
const NOISE_FLAT_DB: f64 = -2.9;
const PURE_FLAT_DB: f64 = -2.4;
const CROWD_FLAT_DB: f64 = -4.1;

/// What a background hidden under speech looks like: the quietest looks are about equally loud.
const FLOOR_DB: f64 = 2.0;
const CROWD_FLOOR_DB: f64 = 4.0;

/// A hum or a rumble, which is loud below the speech and steady.
const LOW_DB: f64 = 8.0;
const STEADY_DB: f64 = 2.5;

/// What there is of steady noise in a sound, folded to one channel.
pub(super) struct Noise {
    hop: usize,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// Makes a sine of full scale 0 dB less 3.
    scale: f64,
    bins: [usize; 2],
    pending: Vec<f32>,
    looks: Vec<Look>,
}

/// One look, in decibels.
#[derive(Clone, Copy)]
struct Look {
    /// In the band of speech.
    speech: f32,
    /// In all of it.
    all: f32,
    /// Below the speech.
    low: f32,
    flat: f32,
}

/// What was found.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct NoiseFound {
    /// Speech over noise, in dB; `None` where no steady noise was found.
    pub(super) over: Option<f64>,
    /// There is nothing but noise.
    pub(super) alone: bool,
}

impl Noise {
    pub(super) fn new(rate: u32) -> Self {
        let most = (rate / LOOK_PART).max(256) as usize;
        let look = 1_usize << most.ilog2();
        let turn = |n: usize| n as f32 / look as f32 * std::f32::consts::TAU;
        let window: Vec<f32> = (0..look).map(|n| 0.5 - 0.5 * turn(n).cos()).collect();
        let power: f64 = window.iter().map(|weight| f64::from(weight * weight)).sum();
        let bin = |hz: f64| ((hz * look as f64 / f64::from(rate)) as usize).min(look / 2);
        Self {
            hop: (rate / LOOKS_PER_SECOND).max(1) as usize,
            fft: RealFftPlanner::new().plan_fft_forward(look),
            scale: 2.0 / (power * look as f64),
            window,
            bins: [bin(SPEECH_HZ.start).max(2), bin(SPEECH_HZ.end)],
            pending: Vec::with_capacity(2 * look),
            looks: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, samples: &[f32]) {
        self.pending.extend_from_slice(samples);
        let look = self.window.len();
        let mut at = 0;
        while self.pending.len() >= at + look.max(self.hop) {
            self.see(at);
            at += self.hop;
        }
        self.pending.drain(..at);
    }

    fn see(&mut self, at: usize) {
        let look = self.window.len();
        let mut samples = self.pending[at..at + look].to_vec();
        let mean = samples.iter().sum::<f32>() / look as f32;
        for (sample, weight) in samples.iter_mut().zip(&self.window) {
            *sample = (*sample - mean) * weight;
        }
        let mut spectrum = self.fft.make_output_vec();
        // It refuses only wrong lengths, and these are right.
        if self.fft.process(&mut samples, &mut spectrum).is_err() {
            return;
        }
        let power: Vec<f64> = spectrum.iter().map(|bin| f64::from(bin.norm_sqr()) * self.scale).collect();
        let sum = |from: usize, to: usize| power.get(from..to).unwrap_or_default().iter().sum::<f64>();
        let [low, high] = self.bins;
        let groups = power.get(low..high).unwrap_or_default().chunks_exact(GROUP);
        let count = groups.len().max(1) as f64;
        let flat: f64 = groups
            .map(|group| {
                let mean = group.iter().sum::<f64>() / GROUP as f64 + 1e-16;
                group.iter().map(|power| ((power + 1e-16) / mean).log10()).sum::<f64>() / GROUP as f64 * 10.0
            })
            .sum::<f64>();
        let decibels = |power: f64| (10.0 * (power + 1e-14).log10()) as f32;
        self.looks.push(Look {
            speech: decibels(sum(low, high)),
            all: decibels(sum(1, power.len())),
            low: decibels(sum(1, low)),
            flat: (flat / count) as f32,
        });
    }

    pub(super) fn finish(mut self) -> NoiseFound {
        self.looks.retain(|look| look.speech > SILENT_DB || look.all > HEARD_DB);
        if self.looks.len() < FEWEST {
            return NoiseFound::default();
        }
        let movement = self.movement();
        let mut looks = self.looks;
        looks.sort_by(|a, b| a.speech.total_cmp(&b.speech));
        let count = looks.len();
        let quiet = &looks[..(count * 15 / 100).max(5)];
        let loud = &looks[count - count / 10..];
        let floor = power(quiet.iter().map(|look| look.all));
        let voice = power(loud.iter().map(|look| look.all)) - floor;
        let rise = |percent: usize| f64::from(looks[count * percent / 100].speech - looks[count * 5 / 100].speech);
        let flat = mean(looks.iter().map(|look| look.flat));
        let quiet_flat = mean(quiet.iter().map(|look| look.flat));
        let low = 10.0 * (floor / power(quiet.iter().map(|look| look.speech))).log10();
        let deviation = spread(quiet.iter().map(|look| look.all));
        let alone = (movement < STILL_DB && flat > NOISE_FLAT_DB)
            || (movement < GUSTY_DB && flat > PURE_FLAT_DB)
            || (movement < STILL_DB && is_hum(&looks));
        let is_floor = (rise(10) <= FLOOR_DB && quiet_flat > NOISE_FLAT_DB)
            || (rise(20) <= CROWD_FLOOR_DB && quiet_flat > CROWD_FLAT_DB)
            || (low > LOW_DB && deviation < STEADY_DB);
        let over = 10.0 * (voice.max(floor * 1e-3) / floor).log10() - CREST_DB;
        NoiseFound { over: (is_floor && !alone).then_some(over), alone }
    }

    /// How much the level in the band of speech moves around its mean of half a second.
    fn movement(&self) -> f64 {
        let reach = 5;
        let levels: Vec<f64> = self.looks.iter().map(|look| f64::from(look.speech)).collect();
        let moved = levels.iter().enumerate().map(|(at, level)| {
            let around = &levels[at.saturating_sub(reach)..(at + reach + 1).min(levels.len())];
            level - around.iter().sum::<f64>() / around.len() as f64
        });
        let square: f64 = moved.map(|moved| moved * moved).sum();
        (square / levels.len() as f64).sqrt()
    }
}

/// Whether nearly all of it lies below the speech, and never changes.
fn is_hum(looks: &[Look]) -> bool {
    let low = power(looks.iter().map(|look| look.low)) > 0.9 * power(looks.iter().map(|look| look.all));
    low && spread(looks.iter().map(|look| look.all)) < 1.0
}

fn power(levels: impl ExactSizeIterator<Item = f32>) -> f64 {
    let count = levels.len().max(1) as f64;
    levels.map(|level| 10.0_f64.powf(f64::from(level) / 10.0)).sum::<f64>() / count
}

fn mean(values: impl ExactSizeIterator<Item = f32>) -> f64 {
    let count = values.len().max(1) as f64;
    values.map(f64::from).sum::<f64>() / count
}

fn spread(values: impl ExactSizeIterator<Item = f32> + Clone) -> f64 {
    let middle = mean(values.clone());
    let count = values.len().max(1) as f64;
    (values.map(|value| (f64::from(value) - middle).powi(2)).sum::<f64>() / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 16_000;

    fn found(samples: &[f32]) -> NoiseFound {
        let mut noise = Noise::new(RATE);
        samples.chunks(777).for_each(|piece| noise.push(piece));
        noise.finish()
    }

    fn hiss(seconds: u32, height: f32) -> Vec<f32> {
        let mut state = 7_u32;
        (0..RATE * seconds)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                height * ((state >> 8) as f32 / 8_388_608.0 - 1.0)
            })
            .collect()
    }

    fn tone(seconds: u32, hz: f32, height: f32) -> Vec<f32> {
        let at = |n: u32| (n as f32 / RATE as f32 * hz * std::f32::consts::TAU).sin();
        (0..RATE * seconds).map(|n| height * at(n)).collect()
    }

    /// Something like speech: tones and pauses, four a second, a longer pause now and then.
    fn voice(seconds: u32) -> Vec<f32> {
        let on = |n: u32| n % 4_000 < 2_600 && n % 48_000 < 38_000;
        let carrier = tone(seconds, 700.0, 0.3);
        (0..).zip(carrier).map(|(n, sample)| if on(n) { sample } else { 0.0 }).collect()
    }

    fn mixed(a: &[f32], b: &[f32]) -> Vec<f32> {
        a.iter().zip(b).map(|(a, b)| a + b).collect()
    }

    #[test]
    fn hiss_and_hum_alone_are_noise_and_a_tone_and_silence_are_not() {
        assert!(found(&hiss(6, 0.1)).alone);
        assert!(found(&mixed(&tone(6, 50.0, 0.2), &tone(6, 150.0, 0.1))).alone);
        assert_eq!(found(&tone(6, 700.0, 0.3)), NoiseFound::default());
        assert_eq!(found(&vec![0.0; 96_000]), NoiseFound::default());
        assert_eq!(found(&hiss(1, 0.1)), NoiseFound::default(), "too short to tell");
    }

    #[test]
    fn more_noise_is_less_speech_over_it() {
        let over: Vec<f64> =
            [0.4, 0.1, 0.03].map(|height| found(&mixed(&voice(10), &hiss(10, height))).over.unwrap()).to_vec();
        assert!(over[0] < over[1] - 8.0 && over[1] < over[2] - 8.0, "{over:?}");
    }
}
