use std::sync::Arc;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Adjustable as _, Async, FixedAsync, Resampler as _, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

use super::LiveBuffer;
use super::buffer::BufferLevel;
use super::drift::DriftLoop;
use super::wire::WIRE_RATE;
use crate::diag::{Text, text};
use crate::instant::Rate;

/// The filter: 78 dB of signal to noise, 64 samples long.
const TAPS: usize = 64;
const OVERSAMPLING: usize = 128;
/// The drift loop changes the pace by less.
const PACE_MOST: f64 = 1.01;
/// More than this beyond what is to be held is no drift: what had stood still has come at once.
const TOO_MUCH_S: u64 = 6;
/// A source that runs dry again and again is held for eight times as long, and for no more than this.
const DEEPER_MOST: u64 = 8;
const HELD_MOST: u64 = 40 * WIRE_RATE as u64;
/// The same of somebody who speaks: he is not heard so late.
const VOICE_TOO_MUCH_S: u64 = 1;
/// Blocks that must be there, so that the last can be faded out.
const SPARE: usize = 2;

/// One listener of a relay: its samples at the rate, and at the pace, of the card that plays them.
pub struct Tap {
    buffer: Arc<LiveBuffer>,
    resampler: Async<f32>,
    drift: DriftLoop,
    /// Frames given at a time.
    block: usize,
    rate: Rate,
    /// The number of the next sample to be taken; none while it does not listen.
    at: Option<u64>,
    /// Before this one nothing is listened to again.
    floor: u64,
    /// What it gives is sent to the horns.
    is_sent: bool,
    /// So many times what its source asks for is held: it has run dry, and would again.
    deeper: u64,
    input: Vec<f32>,
    /// More than this beyond what is to be held has come at once.
    too_much: u64,
}

impl Tap {
    /// A listener that does not listen yet, for a card of this rate; `None` where that rate cannot be had.
    pub fn new(buffer: Arc<LiveBuffer>, rate: Rate) -> Option<Self> {
        let block = (rate.hz() / 100).max(1) as usize;
        let filter = SincInterpolationParameters {
            sinc_len: TAPS,
            f_cutoff: None,
            interpolation: SincInterpolationType::Linear,
            oversampling_factor: OVERSAMPLING,
            window: WindowFunction::BlackmanHarris2,
        };
        let ratio = f64::from(rate.hz()) / f64::from(WIRE_RATE);
        let resampler = Async::new_sinc(ratio, PACE_MOST, &filter, block, 1, FixedAsync::Output).ok()?;
        let seconds = if buffer.is_voice() { VOICE_TOO_MUCH_S } else { TOO_MUCH_S };
        let too_much = seconds * u64::from(WIRE_RATE);
        let (drift, input) = (DriftLoop::new(0.0), Vec::new());
        Some(Self {
            buffer,
            resampler,
            drift,
            block,
            rate,
            at: None,
            floor: 0,
            is_sent: false,
            deeper: 1,
            input,
            too_much,
        })
    }

    /// Frames that it gives at a time: a hundredth of a second.
    pub const fn block(&self) -> usize {
        self.block
    }

    /// Enough has come to listen from here on, and there is something in it.
    pub fn can_join(&self) -> bool {
        let level = self.buffer.level();
        level.end >= self.floor.max(level.fresh) + self.hold(level) && !level.is_silent && !self.is_late()
    }

    /// Samples that are to be held.
    fn hold(&self, level: BufferLevel) -> u64 {
        (level.hold * self.deeper).min(HELD_MOST)
    }

    /// Nothing has come for as long as it is to be held: what is there is old.
    fn is_late(&self) -> bool {
        self.buffer.why().is_some()
    }

    /// Listen from now on, and hand over what has come lately, to learn from: the last two seconds, or less.
    pub fn join(&mut self) -> Vec<f32> {
        let level = self.buffer.level();
        let hold = self.hold(level);
        let at = level.end - hold.min(level.end);
        self.at = Some(at);
        self.buffer.taken(at);
        self.resampler.reset();
        self.drift = DriftLoop::new(hold as f64 / f64::from(WIRE_RATE));
        let mut lately = Vec::new();
        let count = hold.min(level.end).min(2 * u64::from(WIRE_RATE)) as usize;
        self.buffer.copy(level.end - count as u64, count, &mut lately);
        lately
    }

    /// What it gives from now on is sent to the horns, and so are the last `lead` frames that it gave.
    pub fn send(&mut self, lead: u64) {
        self.is_sent = true;
        if let Some(at) = self.at {
            let lead = lead * u64::from(WIRE_RATE) / u64::from(self.rate.hz());
            self.buffer.sent(at.saturating_sub(lead), at);
        }
    }

    /// Listen no more.
    pub fn leave(&mut self) {
        if let Some(at) = self.at.take() {
            self.floor = at;
            let level = self.buffer.level();
            let is_dry = level.end.saturating_sub(at) < (self.resampler.input_frames_next() * SPARE) as u64;
            // It came too slowly, and nothing is the matter: the more is held the next time, the longer it lasts. Not of
            // whoever speaks now: he is not heard later for it.
            let is_slow = is_dry && !level.is_silent && self.buffer.why().is_none();
            if is_slow && !self.buffer.is_voice() {
                self.deeper = (self.deeper * 2).min(DEEPER_MOST);
            }
        }
    }

    /// It listens, and what comes next is there: neither dry nor silent.
    pub fn can_go_on(&self) -> bool {
        let Some(at) = self.at else { return false };
        let level = self.buffer.level();
        let held = level.end.saturating_sub(at);
        let needed = (self.resampler.input_frames_next() * SPARE) as u64;
        held >= needed && !level.is_silent
    }

    /// What had stood still has come at once, and it is far behind: it goes on with the newest after [`Tap::skip`].
    pub fn is_far_behind(&self) -> bool {
        let level = self.buffer.level();
        self.at.is_some_and(|at| level.end.saturating_sub(at) > self.hold(level) + self.too_much)
    }

    /// Leave out what is more than is to be held, and listen on.
    pub fn skip(&mut self) {
        self.floor = self.at.unwrap_or(self.floor);
        self.join();
        if self.is_sent {
            self.send(0);
        }
    }

    /// No more comes, and what has come is taken.
    pub fn is_over(&self) -> bool {
        self.buffer.level().is_over && !self.can_go_on()
    }

    /// Frames beyond those that are to be held, at the card's rate.
    pub fn surplus(&self) -> usize {
        let Some(at) = self.at else { return 0 };
        let level = self.buffer.level();
        let over = level.end.saturating_sub(at).saturating_sub(self.hold(level));
        (over * u64::from(self.rate.hz()) / u64::from(WIRE_RATE)) as usize
    }

    /// The next block into `out`, which has room for just that; false, and silence, where it is not there.
    pub fn give(&mut self, out: &mut [f32]) -> bool {
        out.fill(0.0);
        let Some(at) = self.at else { return false };
        let level = self.buffer.level();
        let second = f64::from(WIRE_RATE);
        let held = level.end.saturating_sub(at) as f64 / second;
        let pace = self.drift.step(held, self.block as f64 / f64::from(self.rate.hz()));
        // What it refuses is beyond its bounds, and the loop keeps within them.
        let _ = self.resampler.set_resample_ratio_relative(pace, true);
        let count = self.resampler.input_frames_next();
        self.input.clear();
        if !self.buffer.copy(at, count, &mut self.input) {
            return false;
        }
        let frames = out.len();
        let Ok(input) = InterleavedSlice::new(&self.input, 1, count) else { return false };
        let Ok(mut output) = InterleavedSlice::new_mut(out, 1, frames) else { return false };
        let Ok((taken, _)) = self.resampler.process_into_buffer(&input, &mut output, None) else { return false };
        self.at = Some(at + taken as u64);
        if self.is_sent {
            self.buffer.sent(at, at + taken as u64);
        }
        true
    }

    /// Why there is nothing to hear.
    pub fn why(&self) -> Text {
        let level = self.buffer.level();
        self.buffer.why().unwrap_or_else(|| {
            if level.is_silent && level.end > 0 {
                text!("đài đang im lặng", "it sends silence")
            } else if level.end > 0 {
                text!("đang có tiếng thì nguồn ngừng gửi", "it has stopped sending")
            } else {
                text!("chưa nhận được tiếng", "no sound comes")
            }
        })
    }
}
