use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::quiet::QuietWatch;
use super::sent::SentSink;
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
/// Held of somebody who speaks: packets of 60 ms, and a wireless line that wavers.
const VOICE_HOLD_MS: u32 = 150;
/// No source needs more: three segments of HLS.
const HOLD_MOST_MS: u32 = 40_000;

/// What has come of one relay, for all who play it: a minute and a half of samples, counted from the first that came.
#[derive(Debug, Default)]
pub struct LiveBuffer {
    inner: Mutex<Inner>,
    /// Where what was sent of it is kept.
    sink: Option<SentSink>,
}

#[derive(Debug)]
struct Inner {
    samples: VecDeque<i16>,
    /// The number of the next sample that comes.
    end: u64,
    hold: u64,
    /// Up to here it was handed over to be kept.
    kept: u64,
    watch: QuietWatch,
    trouble: Option<Text>,
    /// The last of it, whatever came after.
    last_trouble: Option<Text>,
    /// What came before this number came before the last trouble.
    fresh: u64,
    /// Of somebody who speaks now.
    voice: Option<SpeakerState>,
    /// The numbers before which samples have come, and when, of the last pieces.
    arrivals: VecDeque<(u64, Wall)>,
}

/// How far somebody who speaks now has come.
#[derive(Clone, Copy, Debug, Default)]
struct SpeakerState {
    /// He is done.
    is_over: bool,
    /// The number of the first sample that anybody has taken.
    heard_from: Option<u64>,
}

impl Default for Inner {
    fn default() -> Self {
        let (samples, watch, arrivals) = (VecDeque::new(), QuietWatch::default(), VecDeque::new());
        let hold = frames(HOLD_MS);
        let (end, kept, fresh, trouble, last_trouble, voice) = (0, 0, 0, None, None, None);
        Self { samples, end, hold, kept, watch, trouble, last_trouble, fresh, voice, arrivals }
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
    /// What came before this number came before the last trouble.
    pub(super) fresh: u64,
    /// All that came lately is silence. Of somebody who speaks never: he may think.
    pub(super) is_silent: bool,
    /// No more comes.
    pub(super) is_over: bool,
}

impl LiveBuffer {
    /// One of which what was sent is kept.
    pub(super) fn kept(sink: Option<SentSink>) -> Self {
        Self { inner: Mutex::default(), sink }
    }

    /// Of somebody who speaks now: little of it is held, since he hears himself; his pauses are his own.
    pub fn of_voice() -> Self {
        let inner = Inner { hold: frames(VOICE_HOLD_MS), voice: Some(SpeakerState::default()), ..Inner::default() };
        Self { inner: Mutex::new(inner), sink: None }
    }

    /// Whoever speaks is done: what has come is heard to its end.
    pub fn end(&self) {
        if let Some(voice) = &mut self.lock().voice {
            voice.is_over = true;
        }
    }

    /// The number of the first sample of whoever speaks that anybody has taken; none before.
    pub fn heard_from(&self) -> Option<u64> {
        self.lock().voice?.heard_from
    }

    /// Appends what has come from number `from` on to `out`, as far as it is still there, and gives the number of the next.
    pub fn copy_from(&self, from: u64, out: &mut Vec<i16>) -> u64 {
        let inner = self.lock();
        let first = inner.end - inner.samples.len() as u64;
        let at = from.saturating_sub(first).min(inner.samples.len() as u64) as usize;
        out.extend(inner.samples.range(at..));
        inner.end
    }

    /// Somebody takes what is held, from this number on.
    pub(super) fn taken(&self, from: u64) {
        if let Some(voice) = &mut self.lock().voice {
            voice.heard_from.get_or_insert(from);
        }
    }

    /// Whether it is of somebody who speaks now.
    pub(super) fn is_voice(&self) -> bool {
        self.lock().voice.is_some()
    }

    /// Sound has come.
    pub fn push(&self, samples: &[i16]) {
        let mut inner = self.lock();
        let before = inner.end;
        inner.watch.hear(samples);
        inner.samples.extend(samples);
        inner.end += samples.len() as u64;
        let over = inner.samples.len().saturating_sub(KEPT);
        inner.samples.drain(..over);
        if !inner.watch.is_silent() && inner.trouble.take().is_some() {
            inner.fresh = before;
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
    pub fn next_number(&self) -> u64 {
        self.lock().end
    }

    /// So many milliseconds of it are to be held.
    pub fn hold(&self, millis: u32) {
        self.lock().hold = frames(millis.clamp(HOLD_LEAST_MS, HOLD_MOST_MS));
    }

    /// Why nothing comes.
    pub fn trouble(&self, why: Text) {
        let mut inner = self.lock();
        inner.last_trouble = Some(why.clone());
        inner.trouble = Some(why);
    }

    /// Why nothing came at one time or another, as it was last said.
    pub fn last_trouble(&self) -> Option<Text> {
        self.lock().last_trouble.clone()
    }

    /// Why nothing comes, as it was last said.
    pub(super) fn why(&self) -> Option<Text> {
        self.lock().trouble.clone()
    }

    pub(super) fn level(&self) -> BufferLevel {
        let inner = self.lock();
        let is_silent = inner.voice.is_none() && inner.watch.is_silent();
        let is_over = inner.voice.is_some_and(|voice| voice.is_over);
        BufferLevel { end: inner.end, hold: inner.hold, fresh: inner.fresh, is_silent, is_over }
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

    /// The samples from number `from` up to `to` are sent to the horns: what of them nobody has sent before is handed over.
    pub(super) fn sent(&self, from: u64, to: u64) {
        let Some(sink) = &self.sink else { return };
        let mut inner = self.lock();
        let first = inner.end - inner.samples.len() as u64;
        let (from, to) = (from.max(inner.kept).max(first), to.min(inner.end));
        if from < to {
            inner.kept = to;
            let samples = inner.samples.range((from - first) as usize..(to - first) as usize).copied().collect();
            drop(inner);
            sink.hand(from, samples);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
