use super::SoundSpan;
use super::sums::Sums;

/// Levels per second of sound.
pub(super) const BLOCKS_PER_SECOND: u32 = 100;

/// Steps of a stored level, per decibel.
const STEPS: f32 = 2.0;

/// Below this, in dBFS, nothing is heard on any horn.
const INAUDIBLE: f64 = -60.0;

/// A pause lies this far under the speech at least, or it is no pause but soft speech.
const PAUSE_UNDER_SPEECH: f64 = 20.0;

/// What a pause may exceed the noise by.
const OVER_NOISE: f64 = 6.0;

/// Blocks of steady sound that count as background noise: longer than any syllable.
const STEADY: usize = 30;

/// How far the level of steady noise moves, in stored steps.
const STEADY_STEPS: u8 = 12;

/// Shortest silence that is marked, in blocks.
const MARKED: usize = 100;

/// Shortest stretch of nothing at all, in blocks, that looks like a hole in a file: a machine's voice pauses for up to
/// 0.4 s so.
const HOLE: usize = 50;

/// Such a stretch is a hole where the sound stops and starts at once: at -34 dBFS or more.
const EDGE: u8 = 187;

/// Shortest stretch of nothing at all, in blocks, that shows how a sound pauses.
const PAUSE: usize = 12;

/// So many of them, between sounds that fade, are how a machine's voice or a noise gate pauses: nothing at all is usual
/// there then, and only what is so many times as long as the longest of them is a hole.
const PAUSES: usize = 2;
const LONGER: usize = 2;

/// Level and height of a hundredth of a second, in half decibels over -127.5 dBFS; 0 is at or below it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MeterLevel {
    rms: u8,
    peak: u8,
}

fn step(amplitude: f32) -> u8 {
    // Full scale is step 255.
    (amplitude.max(1e-9).log10() * 20.0 * STEPS + 255.0).round().clamp(0.0, 255.0) as u8
}

fn decibels(step: u8) -> f64 {
    (f64::from(step) - 255.0) / f64::from(STEPS)
}

impl MeterLevel {
    /// The highest sample, as an amplitude.
    pub fn peak(self) -> f64 {
        if self.peak == 0 { 0.0 } else { 10.0_f64.powf(decibels(self.peak) / 20.0) }
    }
}

/// The level of a sound, folded to one channel, along its length.
pub(super) struct Levels {
    /// Frames per second, and where the block that is being filled ends, in frames times blocks.
    rate: u64,
    due: u64,
    sums: Sums,
    count: usize,
    blocks: Vec<MeterLevel>,
}

/// Where nothing is to be heard.
#[derive(Default)]
pub(super) struct Gaps {
    pub(super) head: f64,
    pub(super) tail: f64,
    pub(super) longest: Option<SoundSpan>,
    pub(super) total: f64,
    pub(super) places: Vec<SoundSpan>,
    /// The first place where the sound is gone from one moment to the next.
    pub(super) hole: Option<SoundSpan>,
}

impl Levels {
    pub(super) fn new(rate: u32) -> Self {
        let rate = u64::from(rate);
        Self { rate, due: rate, sums: Sums::default(), count: 0, blocks: Vec::new() }
    }

    /// Takes in the next samples. Blocks of 441 frames at 44.1 kHz, of 110 or 111 at 11,025 Hz.
    pub(super) fn push(&mut self, mut samples: &[f32]) {
        let per_second = u64::from(BLOCKS_PER_SECOND);
        while !samples.is_empty() {
            let missing = (self.due.div_ceil(per_second) as usize).saturating_sub(self.count).max(1);
            let (now, later) = samples.split_at(missing.min(samples.len()));
            let sums = Sums::of(now);
            self.sums.square += sums.square;
            self.sums.peak = self.sums.peak.max(sums.peak);
            self.count += now.len();
            if now.len() == missing {
                self.note();
            }
            samples = later;
        }
    }

    fn note(&mut self) {
        let rms = (self.sums.square / self.count.max(1) as f32).sqrt();
        self.blocks.push(MeterLevel { rms: step(rms), peak: step(self.sums.peak) });
        // What was taken too much of a frame is owed to the next block.
        self.due = self.due + self.rate - self.count as u64 * u64::from(BLOCKS_PER_SECOND);
        self.sums = Sums::default();
        self.count = 0;
    }

    /// The end: a last block that is not full.
    pub(super) fn finish(&mut self) {
        if self.count > 0 {
            self.note();
        }
    }

    pub(super) fn into_levels(self) -> Vec<MeterLevel> {
        self.blocks
    }

    /// How many blocks have each level.
    fn counts(&self) -> [u32; 256] {
        let mut counts = [0; 256];
        for level in &self.blocks {
            counts[usize::from(level.rms)] += 1;
        }
        counts
    }

    /// Level that the loudest tenth of the sound exceeds, in dBFS: that of the speech.
    pub(super) fn speech(&self) -> f64 {
        let mut left = self.blocks.len() as u32 / 10;
        for (level, count) in self.counts().into_iter().enumerate().rev() {
            if count > left {
                return decibels(level as u8);
            }
            left -= count;
        }
        decibels(0)
    }

    /// Level of the background in the pauses, in dBFS: the quietest tenth of what stays steady for a
    /// third of a second, well under the speech. `None` where there is no such pause.
    pub(super) fn noise(&self) -> Option<f64> {
        let under = self.speech() - OVER_NOISE;
        let mut steady: Vec<u8> = self
            .blocks
            .windows(STEADY)
            .step_by(STEADY / 3)
            .filter_map(|window| {
                let (low, high) =
                    window.iter().fold((u8::MAX, 0), |(low, high), level| (low.min(level.rms), high.max(level.rms)));
                (high - low <= STEADY_STEPS && decibels(high) < under).then_some(low + (high - low) / 2)
            })
            .collect();
        steady.sort_unstable();
        steady.get(steady.len() / 10).map(|level| decibels(*level))
    }

    /// Whether the blocks of this stretch are empty to the last bit, between others.
    fn is_empty(&self, from: usize, to: usize) -> bool {
        // The blocks at its ends may hold the last and the first of the sound.
        let inner = self.blocks.get(from + 1..to.saturating_sub(1)).unwrap_or_default();
        let is_inside = from > 0 && to < self.blocks.len();
        is_inside && inner.iter().filter(|level| level.peak == 0).count() + 2 >= PAUSE
    }

    /// The first of these stretches where the sound is gone from one moment to the next.
    fn hole(&self, stretches: &[(usize, usize)]) -> Option<(usize, usize)> {
        let empty = stretches.iter().copied().filter(|(from, to)| self.is_empty(*from, *to));
        let (holes, pauses): (Vec<_>, Vec<_>) = empty.partition(|(from, to)| self.has_edges(*from, *to));
        let longest = pauses.iter().map(|(from, to)| to - from).max().unwrap_or_default();
        let least = if pauses.len() >= PAUSES { LONGER * longest } else { 0 };
        holes.into_iter().find(|(from, to)| to - from >= least.max(1) && self.is_hole(*from, *to))
    }

    /// Whether the sound is loud at both ends of this stretch.
    fn has_edges(&self, from: usize, to: usize) -> bool {
        let loud = |at: Option<usize>| {
            let near = at.and_then(|at| self.blocks.get(at..(at + 2).min(self.blocks.len())));
            near.is_some_and(|near| near.iter().any(|level| level.peak >= EDGE))
        };
        loud(from.checked_sub(1)) && loud(Some(to.saturating_sub(1))) && to < self.blocks.len()
    }

    /// Whether a stretch between loud ones is empty to the last bit, and long.
    fn is_hole(&self, from: usize, to: usize) -> bool {
        let inner = self.blocks.get(from + 1..to.saturating_sub(1)).unwrap_or_default();
        inner.len() + 2 >= HOLE && inner.iter().all(|level| level.peak == 0)
    }

    /// Where nothing is said: below what can be heard, or no louder than the noise where that lies far
    /// enough under the speech.
    pub(super) fn gaps(&self) -> Gaps {
        let noise = self.noise().map(|noise| noise + OVER_NOISE);
        let under = noise.filter(|pause| *pause < self.speech() - PAUSE_UNDER_SPEECH);
        let limit = under.unwrap_or(INAUDIBLE).max(INAUDIBLE);
        let quiet = |level: &MeterLevel| decibels(level.rms) <= limit;
        let seconds = |blocks: usize| blocks as f64 / f64::from(BLOCKS_PER_SECOND);
        let mut gaps = Gaps::default();
        let mut stretches = Vec::new();
        let mut at = 0;
        for run in self.blocks.chunk_by(|a, b| quiet(a) == quiet(b)) {
            let (from, to) = (at, at + run.len());
            at = to;
            if !run.first().is_some_and(quiet) {
                continue;
            }
            let place = SoundSpan { from: seconds(from), to: seconds(to) };
            stretches.push((from, to));
            gaps.total += seconds(run.len());
            if run.len() >= MARKED {
                gaps.places.push(place);
            }
            if from == 0 {
                gaps.head = place.to;
            } else if to == self.blocks.len() {
                gaps.tail = place.to - place.from;
            } else if gaps.longest.is_none_or(|longest| place.to - place.from > longest.to - longest.from) {
                gaps.longest = Some(place);
            }
        }
        gaps.hole = self.hole(&stretches).map(|(from, to)| SoundSpan { from: seconds(from), to: seconds(to) });
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(rate: u32, parts: &[(f64, f32)]) -> Levels {
        let mut levels = Levels::new(rate);
        let mut state = 7_u32;
        for (seconds, amplitude) in parts {
            let samples: Vec<f32> = (0..(seconds * f64::from(rate)) as usize)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    amplitude * ((state >> 8) as f32 / 8_388_608.0 - 1.0)
                })
                .collect();
            samples.chunks(1_000).for_each(|piece| levels.push(piece));
        }
        levels.finish();
        levels
    }

    #[test]
    fn silence_is_found_at_head_tail_and_inside() {
        let gaps =
            levels(16_000, &[(1.5, 0.0), (3.0, 0.4), (2.0, 0.0), (1.0, 0.4), (0.5, 0.0), (1.0, 0.4), (4.0, 0.0)])
                .gaps();
        assert!((gaps.head - 1.5).abs() < 0.02 && (gaps.tail - 4.0).abs() < 0.02, "{} {}", gaps.head, gaps.tail);
        let longest = gaps.longest.unwrap();
        assert!((longest.from - 4.5).abs() < 0.02 && (longest.to - 6.5).abs() < 0.02, "{longest:?}");
        assert!((gaps.total - 8.0).abs() < 0.1);
        assert_eq!(gaps.places.len(), 3);
    }

    #[test]
    fn a_pause_with_noise_in_it_is_silence_too_and_its_noise_is_measured() {
        let levels = levels(16_000, &[(3.0, 0.5), (2.0, 0.005), (3.0, 0.5)]);
        // Uniform noise of height 0.005: 0.005 / sqrt(3) is -50.8 dBFS.
        assert!((levels.noise().unwrap() + 50.8).abs() < 1.0, "{:?}", levels.noise());
        let longest = levels.gaps().longest.unwrap();
        assert!((longest.to - longest.from - 2.0).abs() < 0.05, "{longest:?}");
    }

    #[test]
    fn a_sound_that_is_gone_at_once_has_a_hole_and_one_that_pauses_has_none() {
        let holed = levels(16_000, &[(2.0, 0.3), (0.8, 0.0), (2.0, 0.3)]).gaps().hole.unwrap();
        assert!((holed.from - 2.0).abs() < 0.03 && (holed.to - 2.8).abs() < 0.03, "{holed:?}");
        let noisy = levels(16_000, &[(2.0, 0.3), (0.8, 0.0005), (2.0, 0.3)]);
        let soft = levels(16_000, &[(2.0, 0.3), (0.1, 0.004), (0.8, 0.0), (0.1, 0.004), (2.0, 0.3)]);
        let short = levels(16_000, &[(2.0, 0.3), (0.3, 0.0), (2.0, 0.3)]);
        let tail = levels(16_000, &[(2.0, 0.3), (0.8, 0.0)]);
        for whole in [noisy, soft, short, tail] {
            assert_eq!(whole.gaps().hole, None);
        }
    }

    #[test]
    fn a_voice_that_pauses_with_nothing_at_all_has_no_hole_for_one_that_ends_at_once() {
        // As a machine speaks, or a noise gate leaves it: most of its pauses fade, some words end at once.
        let (word, pause) = ([(1.0, 0.3), (0.1, 0.01)], [(0.45, 0.0), (0.1, 0.01)]);
        let spoken = [&word[..], &pause[..], &word[..], &pause[..], &[(1.0, 0.3)][..]].concat();
        let gate = |seconds: f64| levels(16_000, &[&spoken[..], &[(seconds, 0.0), (2.0, 0.3)]].concat()).gaps().hole;
        assert_eq!(gate(0.55), None);
        assert_eq!(gate(0.8), None);
        assert!(gate(2.0).is_some());
    }

    #[test]
    fn sound_without_a_pause_tells_nothing_about_its_noise() {
        assert_eq!(levels(8_000, &[(3.0, 0.5)]).noise(), None);
    }

    #[test]
    fn blocks_keep_step_with_the_clock_at_odd_rates() {
        for rate in [8_000, 11_025, 22_050, 44_100, 48_000, 96_000] {
            assert_eq!(levels(rate, &[(10.0, 0.1)]).into_levels().len(), 1_000, "{rate}");
        }
    }
}
