/// Sum, sum of squares and highest absolute value of some samples.
#[derive(Clone, Copy, Default)]
pub(in crate::audio) struct Sums {
    pub(in crate::audio) sum: f32,
    pub(in crate::audio) square: f32,
    pub(in crate::audio) peak: f32,
}

/// Independent sums, so that the processor may do as many at once.
const LANES: usize = 8;

impl Sums {
    pub(in crate::audio) fn of(samples: &[f32]) -> Self {
        let (mut sum, mut square, mut peak) = ([0.0_f32; LANES], [0.0_f32; LANES], [0.0_f32; LANES]);
        let (whole, rest) = samples.as_chunks::<LANES>();
        for chunk in whole {
            for lane in 0..LANES {
                let sample = chunk[lane];
                sum[lane] += sample;
                square[lane] += sample * sample;
                let height = sample.abs();
                peak[lane] = if height > peak[lane] { height } else { peak[lane] };
            }
        }
        let whole =
            Self { sum: sum.iter().sum(), square: square.iter().sum(), peak: peak.into_iter().fold(0.0, f32::max) };
        rest.iter().fold(whole, |sums, sample| Self {
            sum: sums.sum + sample,
            square: sums.square + sample * sample,
            peak: sums.peak.max(sample.abs()),
        })
    }
}
