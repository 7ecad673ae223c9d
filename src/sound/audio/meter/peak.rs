use super::sums::Sums;

/// Rate, in Hz, at which the curve is looked at: what BS.1770-4 Annex 2 asks for sound at 48 kHz, four
/// times as dense. A lower rate gets more points between its samples.
const DENSE_RATE: u32 = 192_000;

/// Most points per sample, so that a telephone's rate costs no more than three times the usual.
const FACTOR_MOST: u32 = 12;

/// Samples on each side of a point that it is computed from: nearly three times those of the Annex, so
/// that sound up to nine tenths of the band comes out within 0.1 dB.
pub(in crate::audio) const REACH: usize = 16;
const TAPS: usize = 2 * REACH;

/// Points computed or skipped together.
pub(in crate::audio) const GROUP: usize = 64;

/// The filters, one per point between two samples, and by how much the curve can at most be higher than
/// the samples around it.
pub(in crate::audio) struct Filters {
    taps: Vec<[f32; TAPS]>,
    most: f32,
}

impl Filters {
    pub(in crate::audio) fn new(rate: u32) -> Self {
        let factor = DENSE_RATE.div_ceil(rate.max(1)).min(FACTOR_MOST);
        let mut most = 0.0_f64;
        let mut filter = |point: u32| {
            let between = f64::from(point) / f64::from(factor);
            let raw: Vec<f64> = (0..TAPS).map(|tap| windowed_sinc(tap as f64 - (REACH - 1) as f64 - between)).collect();
            let sum: f64 = raw.iter().sum();
            most = most.max(raw.iter().map(|value| (value / sum).abs()).sum());
            std::array::from_fn(|tap| (raw[tap] / sum) as f32)
        };
        let taps = (1..factor).map(&mut filter).collect();
        Self { taps, most: most as f32 }
    }

    /// Whether the curve through these samples could be higher than `limit` anywhere.
    pub(in crate::audio) fn may_exceed(&self, around: &[f32], limit: f32) -> bool {
        Sums::of(around).peak * self.most.max(1.0) > limit
    }

    /// The height of the curve after each sample but the first [`REACH`] less one, at most [`GROUP`] of them.
    pub(in crate::audio) fn heights(&self, around: &[f32], heights: &mut [f32]) {
        let group = heights.len();
        heights.fill(0.0);
        for filter in &self.taps {
            let mut sums = [0.0_f32; GROUP];
            for (tap, weight) in filter.iter().enumerate() {
                for (sum, sample) in sums[..group].iter_mut().zip(&around[tap..tap + group]) {
                    *sum += sample * weight;
                }
            }
            for (height, sum) in heights.iter_mut().zip(&sums[..group]) {
                *height = height.max(sum.abs());
            }
        }
    }

    /// The highest of the points between samples, `group` times as many as there are filters.
    fn highest_between(&self, around: &[f32], group: usize) -> f32 {
        let mut heights = [0.0_f32; GROUP];
        self.heights(around, &mut heights[..group]);
        heights[..group].iter().copied().fold(0.0, f32::max)
    }
}

/// A sinc under a Blackman window of the filter's width, at `x` samples from its middle.
fn windowed_sinc(x: f64) -> f64 {
    let phase = x * std::f64::consts::PI / REACH as f64;
    let window = 0.42 + 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos();
    let angle = x * std::f64::consts::PI;
    window * if angle.abs() < 1e-9 { 1.0 } else { angle.sin() / angle }
}

/// The highest point of the curve that a channel's samples stand for.
///
/// No point can be higher than the samples around it times a constant of the filter, so most of a sound
/// is passed over after one look at its samples, with the same result.
///
/// The last few points, which would need samples beyond the end, are not looked at; no meter does.
pub(super) struct TruePeak {
    filters: Filters,
    recent: Vec<f32>,
    highest: f32,
    highest_sample: f32,
    /// Points computed so far, for the tests.
    computed: u64,
}

impl TruePeak {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            filters: Filters::new(rate),
            recent: vec![0.0; TAPS - 1],
            highest: 0.0,
            highest_sample: 0.0,
            computed: 0,
        }
    }

    /// The highest point so far, of the curve.
    pub(super) fn highest(&self) -> f32 {
        self.highest
    }

    /// The highest sample so far.
    pub(super) fn highest_sample(&self) -> f32 {
        self.highest_sample
    }

    /// Takes in the next samples, of which the highest absolute value is `peak`.
    pub(super) fn push(&mut self, samples: &[f32], peak: f32) {
        self.highest_sample = self.highest_sample.max(peak);
        self.highest = self.highest.max(peak);
        if self.filters.taps.is_empty() {
            return;
        }
        // `recent` begins with the samples that points still to come reach back to.
        self.recent.extend_from_slice(samples);
        let points = self.recent.len() - (TAPS - 1);
        let mut at = 0;
        while at < points {
            let group = GROUP.min(points - at);
            let around = &self.recent[at..at + group + TAPS - 1];
            if Sums::of(around).peak * self.filters.most > self.highest {
                self.highest = self.highest.max(self.filters.highest_between(around, group));
                self.computed += group as u64;
            }
            at += group;
        }
        self.recent.drain(..points);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peak(samples: &[f32]) -> TruePeak {
        let mut peak = TruePeak::new(48_000);
        for piece in samples.chunks(1_152) {
            peak.push(piece, Sums::of(piece).peak);
        }
        peak
    }

    fn noise(count: usize) -> Vec<f32> {
        let mut state = 1_u32;
        (0..count)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            })
            .collect()
    }

    #[test]
    fn a_tone_that_no_sample_catches_at_its_top_is_measured_there() {
        // A quarter of the rate, caught at 45 degrees: samples at 0.707, the top at 1.
        let samples: Vec<f32> = (0..4_800).map(|n| (std::f32::consts::TAU * (n as f32 / 4.0 + 0.125)).sin()).collect();
        let peak = peak(&samples[..4_800]);
        assert!((peak.highest_sample() - 0.707).abs() < 0.001);
        // The sudden start overshoots a little, as it does in any converter.
        assert!((1.0..1.1).contains(&peak.highest()), "{}", peak.highest());
    }

    #[test]
    fn passing_over_what_cannot_matter_changes_nothing() {
        let mut sound = noise(48_000);
        for (n, sample) in sound.iter_mut().enumerate() {
            *sample *= 0.2 + 0.8 * ((n as f32 / 9_000.0).sin().powi(8));
        }
        let peak = peak(&sound);
        let mut padded = vec![0.0; TAPS - 1];
        padded.extend_from_slice(&sound);
        let points = padded.len() - (TAPS - 1);
        let filters = Filters::new(48_000);
        let all = (0..points).map(|at| filters.highest_between(&padded[at..at + TAPS], 1)).fold(0.0, f32::max);
        assert!((peak.highest() - all.max(peak.highest_sample())).abs() < 1e-6);
        assert!(peak.computed < points as u64 / 2, "{} of {points}", peak.computed);
    }

    #[test]
    fn dense_samples_are_taken_as_they_are() {
        let mut peak = TruePeak::new(192_000);
        peak.push(&[0.1, -0.7, 0.2], 0.7);
        assert!((peak.highest() - 0.7).abs() < 1e-6);
    }
}
