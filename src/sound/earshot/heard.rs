use std::collections::VecDeque;
use std::sync::Arc;

use super::correlate::HEARING_RATE;
use crate::audio::Resampler;
use crate::diag::Text;
use crate::incoming::LiveBuffer;
use crate::incoming::wire::WIRE_RATE;
use crate::instant::{Rate, Wall};

/// Samples that come for one of ours.
const EACH: u64 = (WIRE_RATE / HEARING_RATE) as u64;
/// Kept, in samples: half a minute. A stretch is looked at ten seconds after it began.
const KEPT: usize = 30 * HEARING_RATE as usize;
/// Seconds for which it is known when each began to come.
const SECONDS: usize = 40;
/// From one part of a stretch to the next the way here may change by so much, in seconds; where it changes by more, sound was lost
/// or came at once, and nobody knows which sample belongs where.
const UNSTEADY: f64 = 0.025;
/// Seconds of which the one that came soonest counts for that.
const STEADY_S: usize = 4;

/// What a microphone hears, at 8 kHz, each sample with its instant.
///
/// Samples come in pieces, late by what lies between: none comes before its time, so of each second the one that came soonest
/// tells when the rest was heard.
pub struct MicrophoneSound {
    buffer: Arc<LiveBuffer>,
    resampler: Option<Resampler>,
    /// The number of the next sample to be taken, of those that come.
    next: u64,
    /// The number of the first that is kept, of ours.
    first: u64,
    kept: VecDeque<f32>,
    fresh: Vec<f32>,
    /// The instant of sample zero, by the second in which it was found, in seconds from `epoch`.
    origins: VecDeque<(i64, f64)>,
    epoch: Option<Wall>,
}

impl MicrophoneSound {
    /// Listen from now on.
    pub fn new(buffer: Arc<LiveBuffer>) -> Self {
        let next = buffer.next_number().div_ceil(EACH) * EACH;
        Self {
            buffer,
            resampler: new_resampler(),
            next,
            first: next / EACH,
            kept: VecDeque::new(),
            fresh: Vec::new(),
            origins: VecDeque::new(),
            epoch: None,
        }
    }

    /// Why nothing came at one time or another since it is listened to, as it was last said.
    pub fn trouble(&self) -> Option<Text> {
        self.buffer.last_trouble()
    }

    /// Whether anything has come since it is listened to.
    pub fn has_come(&self) -> bool {
        self.buffer.next_number() > 0
    }

    /// Take in what has come.
    pub fn look(&mut self) {
        for (end, at) in self.buffer.arrivals() {
            let epoch = *self.epoch.get_or_insert(at);
            let now = at.since(epoch).as_secs_f64();
            let origin = now - end as f64 / f64::from(WIRE_RATE);
            let second = now.floor() as i64;
            match self.origins.back_mut() {
                Some((known, least)) if *known == second => *least = least.min(origin),
                _ => self.origins.push_back((second, origin)),
            }
        }
        while self.origins.len() > SECONDS {
            self.origins.pop_front();
        }
        let end = self.buffer.next_number();
        let count = end.saturating_sub(self.next) as usize;
        self.fresh.clear();
        if count == 0 {
            return;
        }
        if !self.buffer.copy(self.next, count, &mut self.fresh) {
            // Nobody has looked for too long: begin anew.
            *self = Self {
                origins: std::mem::take(&mut self.origins),
                epoch: self.epoch,
                ..Self::new(self.buffer.clone())
            };
            return;
        }
        self.next = end;
        let mut made = Vec::with_capacity(count / EACH as usize + 1);
        if let Some(resampler) = &mut self.resampler
            && resampler.push(&self.fresh, &mut made).is_ok()
        {
            self.kept.extend(made);
        }
        let over = self.kept.len().saturating_sub(KEPT);
        self.kept.drain(..over);
        self.first += over as u64;
    }

    /// `count` samples from an instant on, and which part of them never came. Whoever asks has waited until they could
    /// have come.
    pub fn segment(&self, from: Wall, count: usize) -> (Vec<f32>, f32) {
        let nothing = || (vec![0.0; count], 1.0);
        let Some(epoch) = self.epoch else { return nothing() };
        let from = from.since(epoch).as_secs_f64();
        let until = from + count as f64 / f64::from(HEARING_RATE);
        let about = |second: &&(i64, f64)| second.0 as f64 >= from - 1.0 && (second.0 as f64) <= until + 1.0;
        let origins: Vec<f64> = self.origins.iter().filter(about).map(|(_, origin)| *origin).collect();
        // A machine that is busy is late and comes back; what was lost stays lost.
        let parts = origins.chunks(STEADY_S).map(|part| part.iter().copied().fold(f64::MAX, f64::min));
        let (least, most) = parts.fold((f64::MAX, f64::MIN), |(least, most), one| (least.min(one), most.max(one)));
        if origins.is_empty() || most - least > UNSTEADY {
            return nothing();
        }
        let start = ((from - least) * f64::from(HEARING_RATE)).round() as i64 - self.first as i64;
        let mut missing = 0_usize;
        let samples = (start..start + count as i64)
            .map(|place| {
                let sample = usize::try_from(place).ok().and_then(|place| self.kept.get(place));
                missing += usize::from(sample.is_none());
                sample.copied().unwrap_or(0.0)
            })
            .collect();
        (samples, missing as f32 / count.max(1) as f32)
    }
}

fn new_resampler() -> Option<Resampler> {
    Resampler::new(Rate::new(WIRE_RATE)?, Rate::new(HEARING_RATE)?).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const START: Wall = Wall::from_secs(1_800_000_000);

    /// A slow ramp, by the number of the sample.
    fn sample(at: u64) -> i16 {
        (at / 48 % 20_000) as i16
    }

    /// A recorder: pieces of 50 ms that come 5 to 40 ms late.
    fn hear(heard: &mut MicrophoneSound, buffer: &LiveBuffer, from: u64, pieces: std::ops::Range<u64>) {
        for piece in pieces {
            let samples: Vec<i16> = (0..2_400).map(|place| sample(from + piece * 2_400 + place)).collect();
            let late = Duration::from_millis(5 + piece * 7 % 35);
            let at = START + Duration::from_millis((piece + 1) * 50) + late;
            buffer.push_at(&samples, at);
            heard.look();
        }
    }

    #[test]
    fn a_segment_is_found_by_its_instant_however_its_pieces_came() {
        let buffer = Arc::new(LiveBuffer::default());
        let mut heard = MicrophoneSound::new(buffer.clone());
        hear(&mut heard, &buffer, 0, 0..400);
        let (segment, missing) = heard.segment(START + Duration::from_millis(7_505), 8_000);
        assert!(missing == 0.0, "{missing}");
        let wanted = f32::from(sample(7_500 * 48)) / 32_768.0;
        assert!((segment[0] - wanted).abs() < 8.0 / 32_768.0, "{} for {wanted}", segment[0]);
        // What has not come is missing.
        let (_, missing) = heard.segment(START + Duration::from_millis(19_500), 8_000);
        assert!((0.45..0.55).contains(&missing), "{missing}");
    }

    #[test]
    fn where_sound_was_lost_or_came_at_once_nobody_says_which_is_which() {
        let buffer = Arc::new(LiveBuffer::default());
        let mut heard = MicrophoneSound::new(buffer.clone());
        hear(&mut heard, &buffer, 0, 0..100);
        // Half a second is lost.
        hear(&mut heard, &buffer, 0, 110..400);
        assert!(heard.segment(START + Duration::from_secs(4), 32_000).1 > 0.999);
        assert!(heard.segment(START + Duration::from_secs(9), 32_000).1 == 0.0);
        let empty = MicrophoneSound::new(Arc::new(LiveBuffer::default()));
        assert!(empty.segment(START, 8_000) == (vec![0.0; 8_000], 1.0));
    }
}
