use std::collections::VecDeque;

use super::amplitude;
use super::settings::CEILING_DBTP;
use crate::audio::meter::{GROUP, PeakFilters, REACH};
use crate::instant::Rate;

/// How far ahead a peak is seen: the gain has this long to go down, which is too slow for a click and too
/// fast to be heard before the peak.
const AHEAD_S: f64 = 0.005;

/// In which the gain has come back by two thirds: longer than a period of the lowest voice, shorter than a
/// syllable.
const RELEASE_S: f64 = 0.12;

/// Kept free under the ceiling: the curve is looked at in four places per sample, and another meter looks
/// in four others.
const MARGIN_DB: f64 = 0.25;

/// A gain of one in the fixed point in which gains are added up, so that what was added can be taken away
/// again without a rest.
const ONE: u32 = 1 << 24;

/// Keeps the curve that the samples stand for under [`CEILING_DBTP`], by turning the sound down around its
/// peaks. Delays nothing: what is taken in comes out at its own place, a few milliseconds later in time.
/// While no peak is near, samples pass bit for bit.
pub(in crate::audio) struct Limiter {
    ceiling: f32,
    filters: PeakFilters,
    /// Samples around which the curve has still to be looked at, after those that it reaches back to.
    recent: Vec<f32>,
    /// The highest of the curve before the first of the next points.
    before: f32,
    /// Points that lie before the first sample.
    early: usize,
    /// Samples whose gain is not known yet.
    waiting: VecDeque<f32>,
    /// Gains that would do, of the samples seen ahead: place and gain, rising.
    needs: VecDeque<(u64, f32)>,
    seen: u64,
    ahead: usize,
    release: f64,
    /// In double precision: in single, the last steps back to one would be too small to be taken.
    held: f64,
    /// The last gains, and their sum.
    gains: VecDeque<u32>,
    sum: u64,
}

impl Limiter {
    pub(in crate::audio) fn new(rate: Rate) -> Self {
        let hz = f64::from(rate.hz());
        let ahead = ((AHEAD_S * hz) as usize).max(1);
        let filters = PeakFilters::new(rate.hz());
        Self {
            ceiling: amplitude(CEILING_DBTP - MARGIN_DB),
            filters,
            recent: vec![0.0; 2 * REACH - 1],
            before: 0.0,
            early: REACH,
            waiting: VecDeque::new(),
            needs: VecDeque::new(),
            seen: 0,
            ahead,
            release: 1.0 - (-1.0 / (RELEASE_S * hz)).exp(),
            held: 1.0,
            gains: std::iter::repeat_n(ONE, ahead + 1).collect(),
            sum: u64::from(ONE) * (ahead as u64 + 1),
        }
    }

    pub(in crate::audio) fn push(&mut self, input: &[f32], out: &mut Vec<f32>) {
        self.waiting.extend(input);
        self.recent.extend_from_slice(input);
        self.look(out);
    }

    /// The end: as if silence followed.
    pub(in crate::audio) fn finish(&mut self, out: &mut Vec<f32>) {
        self.recent.extend([0.0; REACH]);
        self.look(out);
        for _ in 0..self.ahead {
            self.note(1.0, out);
        }
    }

    /// Finds the gains that the samples need whose surroundings are complete.
    fn look(&mut self, out: &mut Vec<f32>) {
        const TAPS: usize = 2 * REACH;
        let recent = std::mem::take(&mut self.recent);
        let points = recent.len() - (TAPS - 1);
        let mut heights = [0.0; GROUP];
        let mut at = 0;
        while at < points {
            let group = GROUP.min(points - at);
            let around = &recent[at..at + group + TAPS - 1];
            let near = self.filters.may_exceed(around, self.ceiling);
            if near {
                self.filters.heights(around, &mut heights[..group]);
            } else {
                heights[..group].fill(0.0);
            }
            for (point, height) in heights[..group].iter().enumerate() {
                // The point lies after sample `REACH - 1` of its surroundings; that sample now has both
                // of its sides.
                let sample = around[point + REACH - 1];
                let highest = sample.abs().max(self.before).max(*height);
                self.before = *height;
                if self.early > 0 {
                    self.early -= 1;
                } else {
                    self.note(if highest > self.ceiling { self.ceiling / highest } else { 1.0 }, out);
                }
            }
            at += group;
        }
        self.recent = recent;
        self.recent.drain(..points);
    }

    /// The next sample needs this gain or less: the gain of the one that lies [`AHEAD_S`] behind is settled.
    fn note(&mut self, need: f32, out: &mut Vec<f32>) {
        while self.needs.back().is_some_and(|(_, later)| *later >= need) {
            self.needs.pop_back();
        }
        self.needs.push_back((self.seen, need));
        self.seen += 1;
        while self.needs.front().is_some_and(|(place, _)| *place + (self.ahead as u64) + 1 < self.seen) {
            self.needs.pop_front();
        }
        let lowest = self.needs.front().map_or(1.0, |(_, need)| f64::from(*need));
        self.held = if lowest <= self.held { lowest } else { self.held + (lowest - self.held) * self.release };
        // It would come near one for ever.
        if lowest >= 1.0 && self.held > 0.999_99 {
            self.held = 1.0;
        }
        let gain = (self.held * f64::from(ONE)) as u32;
        self.gains.push_back(gain);
        self.sum = self.sum + u64::from(gain) - self.gains.pop_front().map_or(0, u64::from);
        if self.seen > self.ahead as u64
            && let Some(sample) = self.waiting.pop_front()
        {
            let mean = self.sum as f64 / ((self.ahead as f64 + 1.0) * f64::from(ONE));
            out.push(sample * mean as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(input: &[f32], hz: u32, piece: usize) -> Vec<f32> {
        let mut limiter = Limiter::new(Rate::new(hz).unwrap());
        let mut out = Vec::new();
        for piece in input.chunks(piece) {
            limiter.push(piece, &mut out);
        }
        limiter.finish(&mut out);
        out
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
    fn what_stays_under_the_ceiling_passes_bit_for_bit_whatever_came_before() {
        let quiet: Vec<f32> = noise(30_000).iter().map(|sample| sample * 0.3).collect();
        assert!(limited(&quiet, 48_000, 777) == quiet);
        let mut sound = quiet.clone();
        sound.extend(noise(5_000).iter().map(|sample| sample * 4.0));
        sound.extend(vec![0.0; 96_000]);
        sound.extend(&quiet);
        let made = limited(&sound, 48_000, 1_000);
        assert!(made[made.len() - quiet.len()..] == quiet[..]);
    }

    #[test]
    fn every_sample_comes_out_once_at_any_rate_and_in_any_pieces() {
        for hz in [4_000, 8_000, 44_100, 48_000, 192_000] {
            for count in [0, 1, 15, 16, 17, 300, 5_000] {
                let sound: Vec<f32> = noise(count).iter().map(|sample| sample * 2.0).collect();
                let made = limited(&sound, hz, 64);
                assert_eq!(made.len(), count, "{hz}");
                assert!(made == limited(&sound, hz, 1));
            }
        }
    }

    #[test]
    fn however_long_the_sound_is_only_some_hundredths_of_a_second_are_kept() {
        let mut limiter = Limiter::new(Rate::STANDARD);
        let second: Vec<f32> = noise(48_000).iter().map(|sample| sample * 2.0).collect();
        let mut out = Vec::new();
        for _ in 0..20 {
            out.clear();
            limiter.push(&second, &mut out);
            assert!(limiter.waiting.len() < 300 && limiter.needs.len() < 300 && limiter.recent.len() < 300);
            assert_eq!(limiter.gains.len(), 241);
        }
    }

    #[test]
    fn no_sample_is_over_the_ceiling_and_the_gain_glides() {
        let mut sound = vec![0.5; 20_000];
        sound[10_000] = 4.0;
        let made = limited(&sound, 48_000, 4_096);
        let ceiling = amplitude(CEILING_DBTP);
        assert!(made.iter().all(|sample| sample.abs() <= ceiling));
        assert!(made[9_500..9_700] == sound[9_500..9_700], "untouched before it is seen");
        let step = made[..9_990].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(step < 0.5 / 240.0 * 1.1, "{step}");
        assert!(made[10_040] < 0.15 && made[10_000 + 5_760] > 0.3, "it comes back slowly");
    }
}
