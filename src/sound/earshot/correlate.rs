use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::output::SENT_RATE;

/// Samples a second of both sides.
pub const HEARING_RATE: u32 = SENT_RATE;
/// The least and the largest lag that is looked at: a card may be ahead of its stamps, a recorder hands its samples over in
/// pieces, and sound takes 0.3 s for 100 m.
pub const LAG_LEAST_MS: f32 = -100.0;
/// See [`LAG_LEAST_MS`].
pub const LAG_MOST_MS: f32 = 1_000.0;

/// The band that counts, in Hz: what a horn carries and a room does not shake with.
const BAND_HZ: (f32, f32) = (300.0, 3_000.0);
/// How much of the spectrum's shape is taken away: all of it makes noise as strong as speech, nothing of it makes one vowel
/// drown the rest.
const WHITENING: f32 = 0.7;
/// Points of the transform: 16.4 s, so that eight seconds and the lags beside them never meet themselves.
const POINTS: usize = 1 << 17;
/// The longest stretch that fits, in samples.
const LONGEST: usize = POINTS / 2;

/// Lays what was sent over what was heard, at all lags at once.
///
/// Generalised cross-correlation with phase transform (Knapp & Carter 1976), weighted by |X·Y|^-0.7 within the band. Holds
/// its plans and its memory: 1.6 MB, allocated once.
pub struct Correlator {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    time: Vec<f32>,
    sent: Vec<Complex<f32>>,
    heard: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

/// How alike the two are, lag by lag.
#[derive(Clone, PartialEq, Debug)]
pub struct Correlation {
    /// One value for each eighth of a millisecond, from [`LAG_LEAST_MS`] on, of no unit.
    pub lags: Vec<f32>,
    /// Over how many Hz what was sent is spread: a hundred for a voice, less than one for a held tone.
    pub spread_hz: f32,
    /// Level of what was sent within the band, in dB over one sample's square.
    pub sent_db: f32,
    /// The same of what was heard.
    pub heard_db: f32,
}

/// A number of samples for a lag.
pub(super) fn samples(lag_ms: f32) -> isize {
    (lag_ms * HEARING_RATE as f32 / 1_000.0).round() as isize
}

impl Default for Correlator {
    fn default() -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(POINTS);
        let inverse = planner.plan_fft_inverse(POINTS);
        let longest = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            time: forward.make_input_vec(),
            sent: forward.make_output_vec(),
            heard: forward.make_output_vec(),
            scratch: vec![Complex::default(); longest],
            forward,
            inverse,
        }
    }
}

impl Correlator {
    /// Lay `sent` over `heard`, which begins where the least lag has the first sample of `sent`. Of stretches longer than
    /// eight seconds the rest is not looked at.
    pub fn correlate(&mut self, sent: &[f32], heard: &[f32]) -> Correlation {
        let sent = &sent[..sent.len().min(LONGEST)];
        let wanted = samples(LAG_MOST_MS) - samples(LAG_LEAST_MS);
        let span = (wanted as usize).min(POINTS - LONGEST);
        let heard = &heard[..heard.len().min(LONGEST + span)];
        self.spectrum(sent, Side::Sent);
        self.spectrum(heard, Side::Heard);
        let (sent_db, heard_db) = (level(&self.sent, sent.len()), level(&self.heard, heard.len()));
        let spread_hz = spread(&self.sent);
        for (heard, sent) in self.heard.iter_mut().zip(&self.sent) {
            *heard = whitened(*heard * sent.conj());
        }
        let _ = self.inverse.process_with_scratch(&mut self.heard, &mut self.time, &mut self.scratch);
        Correlation { lags: self.time[..span].to_vec(), spread_hz, sent_db, heard_db }
    }

    fn spectrum(&mut self, samples: &[f32], side: Side) {
        self.time.fill(0.0);
        self.time[..samples.len()].copy_from_slice(samples);
        let out = match side {
            Side::Sent => &mut self.sent,
            Side::Heard => &mut self.heard,
        };
        // Lengths are those of the plan.
        let _ = self.forward.process_with_scratch(&mut self.time, out, &mut self.scratch);
        let bin = |hz: f32| (hz * POINTS as f32 / HEARING_RATE as f32) as usize;
        let (low, high) = (bin(BAND_HZ.0), bin(BAND_HZ.1));
        out[..low].fill(Complex::default());
        out[high..].fill(Complex::default());
    }
}

#[derive(Clone, Copy)]
enum Side {
    Sent,
    Heard,
}

fn whitened(product: Complex<f32>) -> Complex<f32> {
    let size = product.norm();
    if size > 1e-20 { product * size.powf(-WHITENING) } else { Complex::default() }
}

/// Mean power of so many samples by their spectrum, in dB.
fn level(spectrum: &[Complex<f32>], count: usize) -> f32 {
    let power: f64 = spectrum.iter().map(|one| f64::from(one.norm_sqr())).sum();
    let mean = 2.0 * power / POINTS as f64 / count.max(1) as f64;
    (10.0 * mean.max(1e-20).log10()) as f32
}

/// The width of a flat spectrum that would be as uneven: the sum of powers squared over the sum of their squares.
fn spread(spectrum: &[Complex<f32>]) -> f32 {
    let power = |one: &Complex<f32>| f64::from(one.norm_sqr());
    let (sum, squares) =
        spectrum.iter().map(power).fold((0.0, 0.0), |(sum, squares), one| (sum + one, squares + one * one));
    (sum * sum / squares.max(1e-30) * f64::from(HEARING_RATE) / POINTS as f64) as f32
}

pub(super) fn rms(values: &[f32]) -> f32 {
    let sum: f64 = values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum();
    ((sum / values.len().max(1) as f64).sqrt() as f32).max(f32::MIN_POSITIVE)
}

impl Correlation {
    /// The highest place between two lags; a score of zero where there is none.
    pub fn peak(&self, from_ms: f32, to_ms: f32) -> (f32, f32) {
        let at = |lag: f32| (samples(lag) - samples(LAG_LEAST_MS)).clamp(0, self.lags.len() as isize) as usize;
        let (from, to) = (at(from_ms), at(to_ms));
        let best = (from..to).max_by(|a, b| self.lags[*a].total_cmp(&self.lags[*b]));
        let lag = |place: usize| place as f32 * 1_000.0 / HEARING_RATE as f32 + LAG_LEAST_MS;
        best.map_or((from_ms, 0.0), |place| (lag(place), self.lags[place] / rms(&self.lags)))
    }
}
