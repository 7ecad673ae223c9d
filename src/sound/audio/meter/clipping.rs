use super::SoundSpan;

/// Height from which a sample is at the top: the highest of 16 bits. A loud but whole wave does not stay
/// there for three samples; what a lossy codec makes of a cut lies above it.
const TOP: f32 = 0.9999;

/// Lower tops count where samples stand there exactly alike and none is higher: the highest that 8 bits
/// or a telephone's codec can say, or a recorder that cuts a little below full scale.
const FLAT: f32 = 0.97;

/// No lossy codec makes so much (6 dB) of a wave that was cut at full scale: one that goes higher was not cut there.
const TALL: f32 = 2.0;

/// Samples in a row at the top that make a cut: one or two happen in a loud but whole sound.
const RUN: u32 = 3;

/// Places remembered; cuts in the same tenth of a second are one place. More do not help to find them.
const PLACES: usize = 256;
const NEAR_S: f64 = 0.1;

/// Tops of the wave that were cut off, in one channel.
pub(super) struct Clipping {
    rate: f64,
    /// What samples are multiplied by, so that 1 is where the recorder's full scale was.
    scale: f32,
    /// Only flat tops count: floats say what lies over full scale as it is.
    is_float: bool,
    frames: u64,
    run: u32,
    last: f32,
    highest: f32,
    runs: u64,
    places: Vec<SoundSpan>,
}

impl Clipping {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            rate: f64::from(rate),
            scale: 1.0,
            is_float: false,
            frames: 0,
            run: 0,
            last: 0.0,
            highest: 0.0,
            runs: 0,
            places: Vec::new(),
        }
    }

    /// Before the first sample: what full scale is.
    pub(super) fn expect(&mut self, scale: f32, is_float: bool) {
        (self.scale, self.is_float) = (scale, is_float);
    }

    /// Takes in the next samples, of which the highest absolute value is `peak`.
    pub(super) fn push(&mut self, samples: &[f32], peak: f32) {
        if peak * self.scale < FLAT {
            self.run = 0;
        } else {
            for (at, sample) in samples.iter().enumerate() {
                let value = sample * self.scale;
                let height = value.abs();
                self.highest = self.highest.max(height);
                // From the top to the bottom at once: another cut begins.
                if value.is_sign_negative() != self.last.is_sign_negative() {
                    self.run = 0;
                }
                let flat = height >= FLAT && same(height, self.highest) && (self.run == 0 || same(value, self.last));
                self.run = if (height >= TOP && !self.is_float) || flat { self.run.saturating_add(1) } else { 0 };
                self.last = value;
                if self.run == RUN {
                    self.note(self.frames + at as u64);
                }
            }
        }
        self.frames += samples.len() as u64;
    }

    fn note(&mut self, frame: u64) {
        self.runs += 1;
        let at = frame as f64 / self.rate;
        if let Some(last) = self.places.last_mut().filter(|last| at - last.to < NEAR_S) {
            last.to = at;
        } else if self.places.len() < PLACES {
            self.places.push(SoundSpan { from: at, to: at });
        }
    }

    /// The places of several channels in order, and the number of cuts in the worst of them.
    pub(super) fn all<'c>(channels: impl Iterator<Item = &'c Self>) -> (Vec<SoundSpan>, u64) {
        let (mut places, mut runs) = (Vec::new(), 0);
        for channel in channels.filter(|channel| channel.is_float || channel.highest < TALL) {
            places.extend_from_slice(&channel.places);
            runs = runs.max(channel.runs);
        }
        places.sort_by(|a: &SoundSpan, b: &SoundSpan| a.from.total_cmp(&b.from));
        places.dedup_by(|next, first| {
            let near = next.from - first.to < NEAR_S;
            if near {
                first.to = first.to.max(next.to);
            }
            near
        });
        (places, runs)
    }
}

/// To the bit: a cut top is one number again and again.
fn same(a: f32, b: f32) -> bool {
    a.to_bits() == b.to_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(samples: &[f32]) -> (Vec<SoundSpan>, u64) {
        let mut clipping = Clipping::new(1_000);
        for piece in samples.chunks(2) {
            clipping.push(piece, piece.iter().fold(0.0, |peak, sample| sample.abs().max(peak)));
        }
        Clipping::all([clipping].iter())
    }

    #[test]
    fn three_samples_in_a_row_at_the_top_are_a_cut_and_two_are_not() {
        assert_eq!(found(&[0.0, 1.0, 1.0, 0.2, 1.0, 0.1]).1, 0);
        assert_eq!(found(&[0.0, 1.0, 1.0, 1.0, 1.0, 0.1, -1.0, -1.0, -1.2]).1, 2);
    }

    #[test]
    fn a_whole_wave_that_reaches_the_top_is_not_cut_and_a_flat_one_below_it_is() {
        let wave = |hz: f32, height: f32, most: f32| -> Vec<f32> {
            let at = |n: usize| (height * (n as f32 / 48_000.0 * hz * std::f32::consts::TAU).sin()).clamp(-most, most);
            (0..9_600).map(|n| (at(n) * 32_767.0).round() / 32_768.0).collect()
        };
        assert_eq!(found(&wave(200.0, 1.0, 1.0)).1, 0);
        assert!(found(&wave(200.0, 1.3, 1.0)).1 >= 70);
        assert!(found(&wave(200.0, 1.3, 0.98)).1 >= 70);
        // Cut so hard that nothing is left between top and bottom.
        assert!(found(&wave(200.0, 1.0e6, 1.0)).1 >= 70);
    }

    #[test]
    fn a_whole_wave_over_full_scale_is_not_cut_and_a_flat_one_there_is() {
        let found = |most: f32, scale: f32, is_float: bool| {
            let mut clipping = Clipping::new(48_000);
            clipping.expect(scale, is_float);
            let at = |n: usize| (4.0 * (n as f32 / 48_000.0 * 1_257.0).sin()).clamp(-most, most);
            let samples: Vec<f32> = (0..9_600).map(at).collect();
            clipping.push(&samples, most);
            Clipping::all([clipping].iter()).1
        };
        assert_eq!(found(4.0, 1.0, true), 0);
        assert_eq!(found(4.0, 1.0, false), 0, "a lossy codec of such a wave");
        assert_eq!(found(4.0, 0.24, false), 0, "turned up by the file itself");
        assert!(found(3.0, 1.0, true) >= 50);
        assert!(found(1.0, 1.0, true) >= 50);
        assert!(found(3.0, 1.0 / 3.0, false) >= 50);
    }

    #[test]
    fn cuts_near_each_other_are_one_place() {
        let mut samples = vec![0.0; 1_000];
        for at in [100, 110, 120, 700] {
            samples[at..at + 4].fill(1.0);
        }
        let (places, runs) = found(&samples);
        assert_eq!((places.len(), runs), (2, 4));
        assert!((places[0].from - 0.102).abs() < 0.001 && (places[0].to - 0.122).abs() < 0.001);
    }
}
