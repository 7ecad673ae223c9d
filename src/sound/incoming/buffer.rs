use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::quiet::QuietWatch;
use super::wire::WIRE_RATE;
use crate::diag::Text;
use crate::instant::Wall;

/// Samples kept at most: a minute and a half, 8.6 MB. Nobody who plays is so far behind.
const KEPT: usize = 90 * WIRE_RATE as usize;
/// Pieces of which it is known when they came: ten seconds of the usual ones. Whoever wants to know asks more often.
const ARRIVALS: usize = 200;
/// Held where nothing was said.
const HOLD_MS: u32 = 2_000;
/// Less is none: half a second of it lies ahead of the card.
const HOLD_LEAST_MS: u32 = 1_000;
/// No source needs more: three segments of HLS.
const HOLD_MOST_MS: u32 = 40_000;

/// What has come of one relay, for all who play it: a minute and a half of samples, counted from the first that came.
#[derive(Debug, Default)]
pub struct LiveBuffer(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    samples: VecDeque<i16>,
    /// The number of the next sample that comes.
    end: u64,
    hold: u64,
    watch: QuietWatch,
    trouble: Option<Text>,
    /// The numbers before which samples have come, and when, of the last pieces.
    arrivals: VecDeque<(u64, Wall)>,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            samples: VecDeque::new(),
            end: 0,
            hold: frames(HOLD_MS),
            watch: QuietWatch::default(),
            trouble: None,
            arrivals: VecDeque::new(),
        }
    }
}

fn frames(millis: u32) -> u64 {
    u64::from(millis) * u64::from(WIRE_RATE) / 1_000
}

/// How a buffer stands, at one look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BufferLevel {
    /// The number of the next sample that comes.
    pub(super) end: u64,
    /// Samples that are to be held.
    pub(super) hold: u64,
    /// All that came lately is silence.
    pub(super) is_silent: bool,
}

impl LiveBuffer {
    /// Sound has come.
    pub fn push(&self, samples: &[i16]) {
        let mut inner = self.lock();
        inner.watch.hear(samples);
        inner.samples.extend(samples);
        inner.end += samples.len() as u64;
        let over = inner.samples.len().saturating_sub(KEPT);
        inner.samples.drain(..over);
        if !inner.watch.is_silent() {
            inner.trouble = None;
        }
    }

    /// Sound has come, at this instant.
    pub fn push_at(&self, samples: &[i16], at: Wall) {
        self.push(samples);
        let mut inner = self.lock();
        let end = inner.end;
        inner.arrivals.push_back((end, at));
        if inner.arrivals.len() > ARRIVALS {
            inner.arrivals.pop_front();
        }
    }

    /// Up to which number samples have come, and when, since it was last asked.
    pub fn arrivals(&self) -> VecDeque<(u64, Wall)> {
        std::mem::take(&mut self.lock().arrivals)
    }

    /// The number of the next sample that comes.
    pub fn end(&self) -> u64 {
        self.lock().end
    }

    /// So many milliseconds of it are to be held.
    pub fn hold(&self, millis: u32) {
        self.lock().hold = frames(millis.clamp(HOLD_LEAST_MS, HOLD_MOST_MS));
    }

    /// Why nothing comes.
    pub fn trouble(&self, why: Text) {
        self.lock().trouble = Some(why);
    }

    /// Why nothing comes, as it was last said.
    pub(super) fn why(&self) -> Option<Text> {
        self.lock().trouble.clone()
    }

    pub(super) fn level(&self) -> BufferLevel {
        let inner = self.lock();
        BufferLevel { end: inner.end, hold: inner.hold, is_silent: inner.watch.is_silent() }
    }

    /// Appends the `count` samples from number `from` on to `out`; false where they are gone, or not there yet.
    pub(crate) fn copy(&self, from: u64, count: usize, out: &mut Vec<f32>) -> bool {
        let inner = self.lock();
        let first = inner.end - inner.samples.len() as u64;
        let Some(at) = from.checked_sub(first).map(|at| at as usize) else { return false };
        if at + count > inner.samples.len() {
            return false;
        }
        out.extend(inner.samples.range(at..at + count).map(|sample| f32::from(*sample) / 32_768.0));
        true
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
