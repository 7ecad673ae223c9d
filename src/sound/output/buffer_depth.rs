use std::sync::atomic::{AtomicU32, Ordering};

use super::realtime;

/// Frames asked for per callback at 48 kHz; cpal keeps two of these, 85 ms. An alert is heard behind what
/// is in them, so they are no larger than a loaded machine needs (docs/benchmarks.md); what has a time is
/// placed by time stamps and does not care. A power of two, since PipeWire's ALSA plugin wants it.
const PERIOD: u32 = 2_048;
/// The same where the thread that fills them may run in real time, so that no load makes it late: 43 ms.
const URGENT_PERIOD: u32 = 1_024;
/// A card that health gets twice the period at its next opening, up to this: 171 ms on the slowest.
const DEEPEST: u32 = 4_096;
/// Stumbles of one stream that ask for a deeper buffer: one or two happen to anybody.
const STUMBLES: u32 = 3;

/// How deep a card's buffer has to be: learnt from how its last stream fared.
#[derive(Debug, Default)]
pub(super) struct BufferDepth {
    /// How often the period has been doubled.
    doublings: AtomicU32,
    /// Stumbles of the present stream.
    health: AtomicU32,
}

impl BufferDepth {
    /// The period for a stream that is about to be opened.
    pub(super) fn next(&self) -> u32 {
        let mut doublings = self.doublings.load(Ordering::Relaxed);
        let least = if realtime::is_allowed() { URGENT_PERIOD } else { PERIOD };
        if self.health.swap(0, Ordering::Relaxed) >= STUMBLES && least << doublings < DEEPEST {
            doublings += 1;
            self.doublings.store(doublings, Ordering::Relaxed);
        }
        least << doublings
    }

    /// Its buffer ran dry.
    pub(super) fn stumbled(&self) {
        self.health.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_that_stumbles_gets_a_deeper_buffer_at_its_next_opening_and_keeps_it() {
        let depth = BufferDepth::default();
        let mut periods = Vec::new();
        for health in [0, 2, 3, 0, 9, 9, 9] {
            depth.health.fetch_add(health, Ordering::Relaxed);
            periods.push(depth.next());
        }
        let expected = if realtime::is_allowed() {
            [1_024, 1_024, 2_048, 2_048, 4_096, 4_096, 4_096]
        } else {
            [2_048, 2_048, 4_096, 4_096, 4_096, 4_096, 4_096]
        };
        assert_eq!(periods, expected);
    }
}
