/// How much the pace changes for each second that more is held than should be, and for each second of that over time. Slow:
/// two clocks differ by a few ten-thousandths, and nobody hears what changes so little.
const AT_ONCE: f64 = 0.002;
const OVER_TIME: f64 = 0.000_02;
/// Seconds over which what is held is averaged: packets and segments come in bursts.
const AVERAGE_S: f64 = 10.0;
/// Most that the pace is changed: less than two hundredths of a semitone.
const MOST: f64 = 0.001;

/// Keeps what is held of a live sound where it should be, by the pace at which it is played.
///
/// A PI loop on the average of what is held, in seconds. The ratio that it gives is output to input: below one, more is taken
/// than is given.
#[derive(Debug)]
pub(super) struct DriftLoop {
    wanted: f64,
    average: Option<f64>,
    sum: f64,
}

impl DriftLoop {
    /// So many seconds are to be held.
    pub(super) const fn new(wanted: f64) -> Self {
        Self { wanted, average: None, sum: 0.0 }
    }

    /// Another `passed` seconds are over, and so much is held: the ratio for the next.
    pub(super) fn step(&mut self, held: f64, passed: f64) -> f64 {
        let average = self.average.get_or_insert(held);
        *average += (held - *average) * (passed / AVERAGE_S).min(1.0);
        let off = *average - self.wanted;
        let most = MOST / OVER_TIME;
        self.sum = (self.sum + off * passed).clamp(-most, most);
        1.0 - (AT_ONCE * off + OVER_TIME * self.sum).clamp(-MOST, MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_200_ppm_off_is_followed_with_jitter_and_in_segments() {
        // Packets of 24 ms with jitter, and segments of six seconds at once.
        for (packet, wanted) in [(0.024, 0.5), (6.0, 7.0)] {
            for ppm in [-200.0, -80.0, 0.0, 80.0, 200.0] {
                let mut drift = DriftLoop::new(wanted);
                let (mut held, mut count, mut due, mut seed) = (wanted, 0.0_f64, 0.0_f64, 7_u64);
                let (mut least, mut most) = (f64::MAX, 0.0_f64);
                for step in 0..360_000_u32 {
                    let at = f64::from(step) * 0.01;
                    while due <= at {
                        held += packet * (1.0 + ppm * 1e-6);
                        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        count += 1.0;
                        due = count * packet + ((seed >> 40) as f64 / 16_777_216.0 - 0.5) * 0.02;
                    }
                    held -= 0.01 / drift.step(held, 0.01);
                    if at > 1_200.0 {
                        (least, most) = (least.min(held), most.max(held));
                    }
                }
                let middle = f64::midpoint(least, most);
                assert!((middle - wanted).abs() < 0.2 * wanted, "{ppm} ppm, {packet} s: {least}..{most}");
                assert!(least > 0.02, "{ppm} ppm, {packet} s: runs dry ({least})");
            }
        }
    }
}
