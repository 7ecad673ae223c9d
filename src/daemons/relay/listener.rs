use std::io;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::diag::{Text, text};
use crate::incoming::wire::{WIRE_RATE, WireFrame};
use crate::instant::Mono;

/// Samples in a frame: a tenth of a second and a little.
const SAMPLES: usize = 4_800;
/// A server that is further ahead of the clock than this sends no live sound.
const AHEAD_MOST: Duration = Duration::from_mins(1);
/// How often it is said that somebody is there.
const ALIVE_EVERY: Duration = Duration::from_secs(1);

/// Who listens to a relay: the other end of the socket, and whether it is still there.
#[derive(Clone)]
pub(super) struct RelayListener(Arc<Shared>);

struct Shared {
    /// None until somebody listens: what comes before is left out.
    stream: Mutex<Option<UnixStream>>,
    come: AtomicBool,
    over: AtomicBool,
    too_fast: AtomicBool,
    clock: Arc<dyn Clock>,
}

/// What one source has sent since it began.
pub(super) struct SentSound {
    began: Mono,
    samples: u64,
    level: DcBlock,
}

/// Takes away what does not swing: a cable, or a bad converter, that lies off the middle is silence, and no sound at half power.
/// A high pass of first order at 5 Hz.
#[derive(Default)]
struct DcBlock {
    before: f32,
    given: f32,
}

impl DcBlock {
    /// What is left of itself after a sample, at 48,000 a second.
    const KEPT: f32 = 0.999_35;

    fn pass(&mut self, sample: i16) -> i16 {
        let sample = f32::from(sample);
        self.given = sample - self.before + Self::KEPT * self.given;
        self.before = sample;
        self.given.clamp(f32::from(i16::MIN), f32::from(i16::MAX)).round() as i16
    }
}

impl RelayListener {
    pub(super) fn new(stream: UnixStream, clock: Arc<dyn Clock>) -> Self {
        let listener = Self::nobody(clock);
        listener.hear(stream);
        listener
    }

    /// Nobody listens yet.
    pub(super) fn nobody(clock: Arc<dyn Clock>) -> Self {
        let no = || AtomicBool::new(false);
        Self(Arc::new(Shared { stream: Mutex::new(None), come: no(), over: no(), too_fast: no(), clock }))
    }

    /// From now on it is heard over this.
    pub(super) fn hear(&self, stream: UnixStream) {
        *self.0.stream.lock().unwrap_or_else(PoisonError::into_inner) = Some(stream);
    }

    /// Sound has come, whether anybody listened or not.
    pub(super) fn has_come(&self) -> bool {
        self.0.come.load(Ordering::Acquire)
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.0.clock.as_ref()
    }

    /// Nobody listens any more.
    pub(super) fn is_over(&self) -> bool {
        self.0.over.load(Ordering::Acquire)
    }

    /// Says every second that somebody is there, until nobody listens: for a thread of its own.
    pub(super) fn keep_alive(&self) {
        while !self.is_over() {
            self.say(&WireFrame::Alive);
            self.0.clock.wait(ALIVE_EVERY);
        }
    }

    pub(super) fn say(&self, frame: &WireFrame) {
        let mut stream = self.0.stream.lock().unwrap_or_else(PoisonError::into_inner);
        if stream.as_mut().is_some_and(|stream| frame.write(stream).is_err()) {
            self.0.over.store(true, Ordering::Release);
        }
    }

    /// The conversation is over.
    pub(super) fn end(&self) {
        self.0.over.store(true, Ordering::Release);
    }

    /// Whether a source has come faster than anybody could speak since this was last asked.
    pub(super) fn was_too_fast(&self) -> bool {
        self.0.too_fast.swap(false, Ordering::AcqRel)
    }

    /// Whether the source that has just ended came faster than anybody could speak.
    pub(super) fn is_too_fast(&self) -> bool {
        self.0.too_fast.load(Ordering::Acquire)
    }

    /// A source begins.
    pub(super) fn begin(&self) -> SentSound {
        SentSound { began: self.0.clock.mono(), samples: 0, level: DcBlock::default() }
    }

    /// Hand over what has come. An error where nobody listens, or where it comes faster than anybody could speak.
    pub(super) fn hand(&self, samples: &[i16], sent: &mut SentSound) -> Result<(), Text> {
        for part in samples.chunks(SAMPLES) {
            let part = part.iter().map(|sample| sent.level.pass(*sample)).collect();
            self.say(&WireFrame::Samples(part));
        }
        sent.samples += samples.len() as u64;
        self.0.come.store(true, Ordering::Release);
        let length = Duration::from_secs(sent.samples / u64::from(WIRE_RATE));
        if length > self.0.clock.mono().after(sent.began) + AHEAD_MOST {
            self.0.too_fast.store(true, Ordering::Release);
            return Err(text!(
                "máy chủ gửi nhanh hơn tiếng thật: đây không phải sóng trực tiếp",
                "the server sends faster than sound: this is no live stream"
            ));
        }
        if self.is_over() { Err(gone()) } else { Ok(()) }
    }

    /// Wait, but not longer than somebody listens.
    pub(super) fn wait(&self, length: Duration) {
        let from = self.0.clock.mono();
        while !self.is_over() && self.0.clock.mono().after(from) < length {
            self.0.clock.wait(Duration::from_millis(100).min(length));
        }
    }
}

pub(super) fn gone() -> Text {
    text!("không còn ai nghe", "nobody listens any more")
}

/// A Unix error as it is met here.
pub(super) fn broken(error: &io::Error) -> Text {
    if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) {
        return text!("máy chủ không gửi gì trong mấy giây", "nothing came for some seconds");
    }
    crate::diag::system(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_swing_is_silence_and_a_low_voice_stays_as_it_is() {
        let through = |sample: &dyn Fn(f64) -> f64| {
            let mut block = DcBlock::default();
            let passed = (0..96_000).map(|at| block.pass(sample(f64::from(at) / 48_000.0) as i16));
            let late: Vec<f64> = passed.skip(48_000).map(f64::from).collect();
            (late.iter().map(|one| one * one).sum::<f64>() / late.len() as f64).sqrt()
        };
        assert!(through(&|_| 16_000.0) < 2.0);
        let voice = |at: f64| 8_000.0 * (at * 80.0 * std::f64::consts::TAU).sin();
        let (bare, off) = (through(&voice), through(&|at| voice(at) + 12_000.0));
        for power in [bare, off] {
            assert!((power / (8_000.0 / 2.0_f64.sqrt()) - 1.0).abs() < 0.02, "{power}");
        }
    }
}
