use std::time::Duration;

use super::realtime;
use crate::instant::{Frames, Mono, Rate};

/// A stream that has taken so much more than it can have played does not sleep, and so may not run in real
/// time: no buffer is as deep.
const RUNAWAY: Duration = Duration::from_secs(1);
/// Before a stream has taken this much, long waits between two callbacks are its awakening.
const AWAKE: Duration = Duration::from_secs(3);

/// How a card's callback comes: in time, too late, or without a pause. It knows what the sound system does not
/// say itself, and gives the callback's thread its priority and takes it away.
pub(super) struct CallbackWatch {
    rate: Rate,
    /// Underruns are told by the sound system.
    told: bool,
    urgency: Urgency,
    began: Option<Mono>,
    last: Option<Mono>,
    taken: Frames,
    underruns: u32,
}

/// Whether the thread of the callback runs in real time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Urgency {
    /// Not yet.
    Unclaimed,
    /// It does.
    Claimed,
    /// It cannot, or may not any more.
    None,
}

impl CallbackWatch {
    /// The flow of a stream that is about to start; `told` where its sound system says when it runs dry.
    pub(super) fn new(rate: Rate, told: bool) -> Self {
        let urgency = if realtime::is_allowed() { Urgency::Unclaimed } else { Urgency::None };
        Self { rate, told, urgency, began: None, last: None, taken: Frames(0), underruns: 0 }
    }

    /// The callback comes at `now` for `frames`, after `underruns` that are known: whether there was one more.
    ///
    /// ALSA keeps two periods; where they were played before anybody refilled them there was silence, and its
    /// plugin for sound servers does not say so.
    pub(super) fn look(&mut self, frames: Frames, underruns: u32, now: Mono) -> bool {
        let began = *self.began.get_or_insert(now);
        let waited = self.last.replace(now).map_or(Duration::ZERO, |last| now.after(last));
        let told = self.told || underruns != self.underruns;
        let ran_dry = self.taken >= self.rate.frames(AWAKE) && !told && waited > self.rate.length(frames) * 2;
        self.underruns = underruns + u32::from(ran_dry);
        self.taken += frames;
        let runs_away = self.rate.length(self.taken) > now.after(began) + RUNAWAY;
        match self.urgency {
            Urgency::Unclaimed if realtime::claim() => self.urgency = Urgency::Claimed,
            Urgency::Claimed if runs_away => {
                realtime::release();
                self.urgency = Urgency::None;
            }
            Urgency::Unclaimed => self.urgency = Urgency::None,
            Urgency::Claimed | Urgency::None => {}
        }
        ran_dry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Frames = Frames(1_024);

    fn at(millis: u64) -> Mono {
        Mono::from_origin(Duration::from_millis(millis))
    }

    /// A stream that has been fed every 20 ms until 4 s.
    fn awake() -> CallbackWatch {
        let mut flow = CallbackWatch::new(Rate::STANDARD, false);
        for millis in (0..=4_000).step_by(20) {
            assert!(!flow.look(PERIOD, 0, at(millis)), "at {millis} ms");
        }
        flow
    }

    #[test]
    fn a_callback_later_than_the_buffer_is_deep_found_it_dry() {
        let mut flow = awake();
        assert!(!flow.look(PERIOD, 0, at(4_040)));
        assert!(flow.look(PERIOD, 0, at(4_100)));
        // It is counted now, and the next one comes in time.
        assert!(!flow.look(PERIOD, 1, at(4_120)));
    }

    #[test]
    fn what_the_sound_system_has_told_is_not_counted_again() {
        let mut flow = awake();
        assert!(!flow.look(PERIOD, 1, at(4_100)));
        assert!(flow.look(PERIOD, 1, at(4_200)));
    }

    #[test]
    fn a_sleeping_sink_may_take_its_time_to_wake() {
        let mut flow = CallbackWatch::new(Rate::STANDARD, false);
        assert!(!flow.look(PERIOD, 0, at(0)));
        assert!(!flow.look(PERIOD, 0, at(1)));
        assert!(!flow.look(PERIOD, 0, at(1_300)));
    }

    #[test]
    fn a_stream_that_does_not_let_its_thread_sleep_loses_its_priority() {
        // On a thread of its own, since the priority is the thread's.
        let urgency = std::thread::spawn(|| {
            let mut flow = CallbackWatch::new(Rate::STANDARD, false);
            let first = flow.urgency;
            for _ in 0..60 {
                flow.look(PERIOD, 0, at(0));
            }
            (first, flow.urgency)
        });
        let (first, last) = urgency.join().expect("it ends");
        assert_eq!(first == Urgency::Unclaimed, realtime::is_allowed());
        assert_eq!(last, Urgency::None);
    }
}
