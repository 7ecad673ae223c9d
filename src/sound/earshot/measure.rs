use super::correlate::{Correlation, Correlator, HEARING_RATE, LAG_LEAST_MS, LAG_MOST_MS, samples};
use loa_core::proof::{HeardAt, WindowMeasure};

/// How far from the lag that was learnt the horn may be: two clocks, a recorder that starts anew.
const NEAR_MS: f32 = 10.0;
/// A lag is learnt from a sweep that stands out so far; in noise as loud as itself one still does.
const LEARN_SCORE: f32 = 14.0;
/// And that is so much clearer than any other place.
const LEARN_CLEAR: f32 = 1.5;
/// Places so near belong to the same peak.
const SAME_PEAK_MS: f32 = 5.0;
/// A sample at its limit, of 1.
const LIMIT: f32 = 0.985;

/// What was learnt of the way from a zone's output to the microphone.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LearntLag {
    /// How much later the microphone hears the horn, in milliseconds.
    pub lag_ms: f32,
    /// How much of it arrives, in dB: what the microphone has over what was sent.
    pub gain_db: f32,
}

/// Why nothing was learnt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LearnError {
    /// The sweep is not in what was heard.
    NotFound,
    /// It is in it more than once, and nobody knows which is the horn.
    Ambiguous,
}

/// Measure one stretch. `heard` begins [`LAG_LEAST_MS`] after `sent` began (before it, that is), and is longer by all lags;
/// `missing` is the part of it that never came.
pub fn measure(
    correlator: &mut Correlator,
    sent: &[f32],
    heard: &[f32],
    missing: f32,
    learnt: Option<LearntLag>,
) -> WindowMeasure {
    let found = correlator.correlate(sent, heard);
    let place = |(lag_ms, score)| HeardAt { lag_ms, score };
    let clipped = heard.iter().filter(|sample| sample.abs() >= LIMIT).count() as f32 / heard.len().max(1) as f32;
    let power = heard.iter().map(|sample| f64::from(*sample) * f64::from(*sample)).sum::<f64>();
    WindowMeasure {
        known: learnt.map(|learnt| place(found.peak(learnt.lag_ms - NEAR_MS, learnt.lag_ms + NEAR_MS))),
        any: place(found.peak(LAG_LEAST_MS, LAG_MOST_MS)),
        spread_hz: found.spread_hz,
        sent_db: found.sent_db,
        heard_db: (10.0 * (power / heard.len().max(1) as f64).max(1e-20).log10()) as f32,
        expected_db: learnt.map(|learnt| found.sent_db + learnt.gain_db - found.heard_db),
        clipped,
        missing,
    }
}

/// Learn the way from a sweep: laid out as in [`measure`].
pub fn learn(correlator: &mut Correlator, sent: &[f32], heard: &[f32]) -> Result<LearntLag, LearnError> {
    let found = correlator.correlate(sent, heard);
    let (lag_ms, score) = found.peak(LAG_LEAST_MS, LAG_MOST_MS);
    if score < LEARN_SCORE {
        return Err(LearnError::NotFound);
    }
    if score < LEARN_CLEAR * second(&found, lag_ms) {
        return Err(LearnError::Ambiguous);
    }
    Ok(LearntLag { lag_ms, gain_db: gain(sent, heard, lag_ms) })
}

/// The best place away from the best.
fn second(found: &Correlation, lag_ms: f32) -> f32 {
    let before = found.peak(LAG_LEAST_MS, lag_ms - SAME_PEAK_MS).1;
    // What comes later may be the echo from the house across the road: only what comes first is the horn itself.
    before.max(0.0)
}

/// How much of `sent` is in `heard` at this lag, by least squares.
fn gain(sent: &[f32], heard: &[f32], lag_ms: f32) -> f32 {
    let from = (samples(lag_ms) - samples(LAG_LEAST_MS)).max(0) as usize;
    let pairs = sent.iter().zip(heard.get(from..).unwrap_or_default());
    let (both, own) = pairs.fold((0.0, 0.0), |(both, own), (sent, heard)| {
        (both + f64::from(*sent) * f64::from(*heard), own + f64::from(*sent) * f64::from(*sent))
    });
    (20.0 * (both.abs() / own.max(1e-12)).max(1e-6).log10()) as f32
}

/// For whoever lays two stretches over each other: how many samples of what was heard belong to so many that were sent.
pub const fn heard_needed(sent: usize) -> usize {
    sent + ((LAG_MOST_MS - LAG_LEAST_MS) as usize) * HEARING_RATE as usize / 1_000
}
