use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rtrb::{Consumer, Producer, RingBuffer};

use super::Timeline;
use crate::audio::Resampler;
use crate::instant::{Rate, Wall};

/// Samples a second in which it is handed over: a horn carries nothing above 4 kHz that tells more.
pub const SENT_RATE: u32 = 8_000;

/// Seconds of sound that wait for whoever looks: he looks five times a second, and what he misses is left out.
const WAITING_S: usize = 3;
/// Fills whose marks wait: of the shortest blocks, as long.
const MARKS: usize = 2_048;
/// A stretch that is looked at as a whole: eight seconds; at the end of a sound a shorter one is better than none.
const STRETCH: usize = 8 * SENT_RATE as usize;
const STRETCH_LEAST: usize = 4 * SENT_RATE as usize;
/// Stretches that wait to be looked at. One is ten milliseconds' work.
const STRETCHES: usize = 4;

/// The sound of one zone on its way to whoever listens for it, as it leaves the mixer: the callback's side. It neither locks,
/// allocates, frees nor waits; where nobody takes the samples they are left out.
pub struct SentWriter {
    samples: Producer<f32>,
    marks: Producer<SentMark>,
    /// Samples pushed since the start.
    pushed: u64,
    /// Of this fill: its first frame with sound, and how many are pushed.
    first: Option<u64>,
    count: u64,
    lost: bool,
}

/// Where the samples of one fill belong.
#[derive(Clone, Copy)]
struct SentMark {
    frame: u64,
    before: u64,
    count: u64,
    timeline: Timeline,
}

/// The other side of it.
pub struct SentReader {
    rate: Rate,
    samples: Consumer<f32>,
    marks: Consumer<SentMark>,
    taken: u64,
    run: Option<SentRun>,
    /// What the newest mark says of time.
    timeline: Option<Timeline>,
    ready: VecDeque<SentStretch>,
}

/// Sound without a hole.
struct SentRun {
    /// The frame that comes next.
    next: u64,
    /// The frame of the first sample that is held.
    from: f64,
    resampler: Resampler,
    held: Vec<f32>,
}

/// A few seconds of what was sent, at 8 kHz.
#[derive(Clone, PartialEq, Debug)]
pub struct SentStretch {
    /// When its first sample is heard at the horn, as predicted.
    pub at: Wall,
    /// Its samples.
    pub samples: Vec<f32>,
}

/// Where an output leaves the reader of each card that it opens, for whoever listens to the zone. Clones share it.
#[derive(Clone, Default)]
pub struct SentOutlet(Arc<Mutex<Option<SentReader>>>);

impl std::fmt::Debug for SentOutlet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SentOutlet")
    }
}

impl PartialEq for SentOutlet {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl SentOutlet {
    /// A card was opened: the writer for its callback. What was left of an earlier one is forgotten.
    pub(crate) fn open(&self, rate: Rate) -> SentWriter {
        let (writer, reader) = SentWriter::new(rate);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reader);
        writer
    }

    /// The reader of a card that was opened since the last look.
    pub fn take(&self) -> Option<SentReader> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl SentWriter {
    /// Both sides, for a card of this rate.
    pub fn new(rate: Rate) -> (Self, SentReader) {
        let (sample, samples) = RingBuffer::new(WAITING_S * rate.hz() as usize);
        let (mark, marks) = RingBuffer::new(MARKS);
        let writer = Self { samples: sample, marks: mark, pushed: 0, first: None, count: 0, lost: false };
        let reader = SentReader { rate, samples, marks, taken: 0, run: None, timeline: None, ready: VecDeque::new() };
        (writer, reader)
    }

    /// A sample on this frame; frames only rise.
    pub(crate) fn put(&mut self, frame: u64, sample: f32) {
        let first = *self.first.get_or_insert(frame);
        while first + self.count < frame {
            self.push(0.0);
        }
        self.push(sample);
    }

    fn push(&mut self, sample: f32) {
        self.count += 1;
        if self.samples.push(sample).is_ok() {
            self.pushed += 1;
        } else {
            self.lost = true;
        }
    }

    /// The fill is over, before this frame.
    pub(crate) fn end(&mut self, end: u64, timeline: &Timeline) {
        let Some(frame) = self.first else { return };
        while frame + self.count < end {
            self.push(0.0);
        }
        if !self.lost {
            let mark = SentMark { frame, before: self.pushed - self.count, count: self.count, timeline: *timeline };
            // Lossy on purpose: a fill without its mark is left out.
            let _ = self.marks.push(mark);
        }
        (self.first, self.count, self.lost) = (None, 0, false);
    }
}

impl SentReader {
    /// Take in what has come.
    pub fn look(&mut self) {
        while let Ok(mark) = self.marks.pop() {
            while self.taken < mark.before && self.samples.pop().is_ok() {
                self.taken += 1;
            }
            let mut samples = Vec::with_capacity(mark.count as usize);
            while samples.len() < mark.count as usize
                && let Ok(sample) = self.samples.pop()
            {
                samples.push(sample);
            }
            self.taken += samples.len() as u64;
            self.timeline = Some(mark.timeline);
            if self.run.as_ref().is_none_or(|run| run.next != mark.frame) {
                self.finish();
                let Ok(resampler) = Resampler::new(self.rate, sent_rate()) else { return };
                self.run = Some(SentRun { next: mark.frame, from: mark.frame as f64, resampler, held: Vec::new() });
            }
            let Some(run) = &mut self.run else { continue };
            run.next += mark.count;
            if run.resampler.push(&samples, &mut run.held).is_err() {
                self.run = None;
                continue;
            }
            let step = self.step();
            while let Some(run) = &mut self.run
                && run.held.len() >= STRETCH
            {
                let rest = run.held.split_off(STRETCH);
                let whole = std::mem::replace(&mut run.held, rest);
                let from = run.from;
                run.from += STRETCH as f64 * step;
                self.keep(from, whole);
            }
        }
    }

    /// The sound is over: what is left of it is a stretch too, if it is not too short. Those shorter than a stretch give
    /// `least` samples at least, or nothing.
    pub fn finish(&mut self) {
        self.finish_from(STRETCH_LEAST);
    }

    /// The same, with a least number of samples of one's own: a sweep is short.
    pub fn finish_from(&mut self, least: usize) {
        let Some(mut run) = self.run.take() else { return };
        if run.resampler.finish(&mut run.held).is_ok() && run.held.len() >= least {
            let samples = std::mem::take(&mut run.held);
            self.keep(run.from, samples);
        }
    }

    /// The next stretch that is whole.
    pub fn stretch(&mut self) -> Option<SentStretch> {
        self.ready.pop_front()
    }

    /// Frames for a sample.
    fn step(&self) -> f64 {
        f64::from(self.rate.hz()) / f64::from(SENT_RATE)
    }

    fn keep(&mut self, from: f64, samples: Vec<f32>) {
        let at = self.timeline.filter(Timeline::usable).and_then(|timeline| timeline.wall_at(from.round() as u64));
        if let Some(at) = at
            && self.ready.len() < STRETCHES
        {
            self.ready.push_back(SentStretch { at, samples });
        }
    }
}

/// 8 kHz, as a rate.
const fn sent_rate() -> Rate {
    match Rate::new(SENT_RATE) {
        Some(rate) => rate,
        None => Rate::STANDARD,
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    const BLOCK: u64 = 480;

    /// A timeline that is settled: frame 0 is heard at `start`.
    fn timeline(start: Wall) -> Timeline {
        let mut timeline = Timeline::new(Rate::STANDARD);
        for block in 0..20 {
            let heard = start + Rate::STANDARD.length(crate::instant::Frames(block * BLOCK));
            timeline.observe(block * BLOCK, heard);
        }
        timeline
    }

    /// So deep that half a sample at 8 kHz, by which a resampler may place all of it, makes no difference.
    fn sound(frame: u64) -> f32 {
        ((frame as f64 * 0.005).sin() * 0.5) as f32
    }

    #[test]
    fn stretches_have_the_instant_of_their_first_sample_and_holes_begin_anew() {
        let start = Wall::from_secs(1_800_000_000);
        let timeline = timeline(start);
        let (mut writer, mut reader) = SentWriter::new(Rate::STANDARD);
        let mut stretches = Vec::new();
        for block in 0..3_600_u64 {
            let first = block * BLOCK;
            // Sound from 1 s to 19 s, and from 24 s to 30 s; the second begins within a block.
            for frame in first..first + BLOCK {
                if (48_000..912_000).contains(&frame) || (1_152_100..1_440_000).contains(&frame) {
                    writer.put(frame, sound(frame));
                }
            }
            let used = allocation_counter::measure(|| writer.end(first + BLOCK, &timeline));
            assert_eq!(used.count_total, 0);
            if block % 20 == 0 {
                reader.look();
                stretches.extend(std::iter::from_fn(|| reader.stretch()));
            }
        }
        reader.look();
        reader.finish();
        stretches.extend(std::iter::from_fn(|| reader.stretch()));
        let told: Vec<_> =
            stretches.iter().map(|stretch| (stretch.at.since(start).as_secs_f64(), stretch.samples.len())).collect();
        // Two seconds of the first sound are left out, as too few.
        let expected = [(1.0, 64_000), (9.0, 64_000), (1_152_100.0 / 48_000.0, 47_984)];
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for ((at, count), (wanted, length)) in told.into_iter().zip(expected) {
            assert!((at - wanted).abs() < 0.000_1, "{at} for {wanted}");
            assert!(count.abs_diff(length) <= 2, "{count} for {length}");
        }
        // And the samples are those.
        for stretch in &stretches {
            let from = (stretch.at.since(start).as_secs_f64() * 48_000.0).round();
            for place in [500, 12_345, 30_000] {
                let wanted = sound((from + place as f64 * 6.0) as u64);
                assert!((stretch.samples[place] - wanted).abs() < 0.02, "{place}: {}", stretch.samples[place]);
            }
        }
    }

    #[test]
    fn where_nobody_looks_samples_are_left_out_and_what_comes_later_is_right_again() {
        let start = Wall::from_secs(1_800_000_000);
        let timeline = timeline(start);
        let (mut writer, mut reader) = SentWriter::new(Rate::STANDARD);
        let mut give = |blocks: std::ops::Range<u64>| {
            for block in blocks {
                for frame in block * BLOCK..(block + 1) * BLOCK {
                    writer.put(frame, sound(frame));
                }
                writer.end((block + 1) * BLOCK, &timeline);
            }
        };
        give(0..1_000);
        reader.look();
        // Ten seconds were sent, three are there; then five more are taken as they come.
        for second in 10..15 {
            give(second * 100..(second + 1) * 100);
            reader.look();
        }
        reader.finish();
        let stretches: Vec<_> = std::iter::from_fn(|| reader.stretch()).collect();
        let [stretch] = &stretches[..] else { panic!("{} stretches", stretches.len()) };
        assert!((stretch.at.since(start).as_secs_f64() - 10.0).abs() < 0.000_1);
        assert!((stretch.samples[10_000] - sound(480_000 + 60_000)).abs() < 0.02);
    }
}
