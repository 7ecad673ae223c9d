use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rtrb::{Consumer, Producer};

use crate::instant::{Frames, Rate};

/// How often a feeder looks whether more of something live is to be pulled.
pub(super) const LIVE_LOOK: Duration = Duration::from_millis(20);
/// Pulled ahead of what is heard of something live: enough for a busy moment of the machine, and no more, since what is
/// pulled now is heard so much later.
pub(super) const LIVE_LEAD: Duration = Duration::from_millis(500);
/// The same of somebody who speaks and hears himself.
pub(super) const VOICE_LEAD: Duration = Duration::from_millis(150);
/// What has come of something live between the order to start and the start itself waits in the ring, up to this.
const ROLLED: Duration = Duration::from_secs(8);
/// Less than this is not worth a pull.
const LEAST: usize = 240;

/// What of something live is to be pulled.
pub(super) enum LivePull {
    /// It is not its time.
    Nothing,
    /// It is about to begin: of what has come so much at most; where nothing has, what is ahead of the card.
    Early { most: usize, lead: usize },
    /// It is heard: so much more, and so many frames of it were pulled before and are heard.
    Now { early: u64, most: usize },
}

/// How something live joins a voice on its very first frame: between the order to start and the start what comes is pulled
/// into the ring as it comes; with the first sample that the card takes, all but the newest half second of that is let go.
#[derive(Debug, Default)]
pub(super) struct LiveStart {
    /// The order to start was given.
    armed: AtomicBool,
    /// The card has taken a sample.
    begun: AtomicBool,
    /// Frames that were let go then. Set before `begun`.
    dropped: AtomicU64,
    /// The programme begins with what is live: what was pulled of it early may be let go.
    rolls: AtomicBool,
    /// What was pulled of it early is counted as heard.
    counted: AtomicBool,
}

impl LiveStart {
    pub(super) fn arm(&self) {
        self.armed.store(true, Ordering::Release);
    }

    /// The card takes its first sample. For a callback: neither locks nor frees.
    pub(super) fn begin(&self, ring: &mut Consumer<f32>, rate: Rate) {
        if self.rolls.load(Ordering::Acquire) {
            let over = ring.slots().saturating_sub(rate.frames(LIVE_LEAD).0 as usize);
            if let Ok(chunk) = ring.read_chunk(over) {
                chunk.commit_all();
                self.dropped.store(over as u64, Ordering::Relaxed);
            }
        }
        self.begun.store(true, Ordering::Release);
    }

    /// What of something live is to be pulled now, where so many frames were pulled before; so far ahead of the card.
    pub(super) fn pull(&self, ring: &Producer<f32>, pulled: Frames, (rate, lead): (Rate, Duration)) -> LivePull {
        if pulled == Frames(0) {
            self.rolls.store(true, Ordering::Release);
        }
        let held = ring.buffer().capacity() - ring.slots();
        let room = (rate.frames(lead).0 as usize).saturating_sub(held);
        let rolls = self.rolls.load(Ordering::Acquire);
        if self.begun.load(Ordering::Acquire) {
            let counts = rolls && !self.counted.swap(true, Ordering::Relaxed);
            let early = if counts { pulled.0.saturating_sub(self.dropped.load(Ordering::Relaxed)) } else { 0 };
            return LivePull::Now { early, most: if room < LEAST { 0 } else { room } };
        }
        if !rolls || !self.armed.load(Ordering::Acquire) {
            return LivePull::Nothing;
        }
        LivePull::Early { most: (rate.frames(ROLLED).0 as usize).saturating_sub(held), lead: room }
    }
}
