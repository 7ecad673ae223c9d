use std::time::Duration;

use crate::diag::{Text, text};
use crate::instant::{Mono, Rate};

/// A stream that has taken this much has more than filled whatever buffers a server has: it plays. A
/// server that has just been started was seen to swallow a gulp and then to rest for two seconds.
const AWAKE: Duration = Duration::from_secs(3);
/// A stream that plays and then takes nothing for this long is gone: with the controller's own pace
/// that is noticed within two seconds. The deepest buffers are a tenth of it.
const STALLED: Duration = Duration::from_millis(1_500);
/// One that has just been opened may be slower: a sleeping sink takes 1.3 s to wake.
const WAKING: Duration = Duration::from_secs(4);
/// A stream that has taken so many seconds more than have passed swallows samples and plays nothing. The
/// deepest buffers are a third of it; a server that was held up and makes up for it comes out even.
const RUNAWAY: f64 = 1.0;
/// The same of one that was just opened, which may fill whatever buffers a server has.
const GULP: f64 = 3.0;
/// So long after its opening a gulp has been digested.
const DIGESTED: Duration = Duration::from_secs(5);
/// How fast the reckoning forgets, in seconds per second: more than a card gains that was set to another rate and does
/// play.
const FORGET: f64 = 0.12;
/// A controller that has not looked for this long was held up itself.
const ASLEEP: Duration = Duration::from_millis(500);

/// Whether an open stream takes its samples as something that plays them would. Pure.
///
/// The stages of a stream: just opened, awake (it has taken more than buffers hold), and at fault: it
/// takes nothing any more, or more than can be played.
pub(super) struct StallWatch {
    rate: Rate,
    opened: Mono,
    /// The newest position known, and when the stream itself was there.
    newest: Option<(u64, Mono)>,
    /// Since when no other one has come.
    moved: Mono,
    read: Mono,
    /// How much more it has taken than time has passed, in seconds.
    lead: f64,
}

impl StallWatch {
    /// The pace of a stream that was opened just now.
    pub(super) fn new(rate: Rate, now: Mono) -> Self {
        Self { rate, opened: now, newest: None, moved: now, read: now, lead: 0.0 }
    }

    /// It is `now`; the newest that is known of the stream is that it had taken `frames` at `at`. However late
    /// that is read, the two belong together.
    pub(super) fn read(&mut self, frames: u64, at: Mono, now: Mono) {
        // While nobody looked nothing is known, and a machine that was held up is not the device's fault.
        let slept = now.after(std::mem::replace(&mut self.read, now)) > ASLEEP;
        if self.taken() < frames || slept {
            self.moved = now;
        }
        if let Some((before, then)) = self.newest.replace((frames, at)) {
            let passed = at.after(then).as_secs_f64();
            self.lead += frames.saturating_sub(before) as f64 / f64::from(self.rate.hz()) - passed;
            self.lead -= self.lead.clamp(-FORGET * passed, FORGET * passed);
        }
    }

    /// What is wrong with it, if anything.
    pub(super) fn fault(&self, now: Mono) -> Option<Text> {
        let patience = if self.is_awake() { STALLED } else { WAKING };
        if now.after(self.moved) > patience {
            return Some(text!(
                "thiết bị âm thanh không nhận âm thanh nữa; hãy kiểm tra dây và card âm thanh",
                "the sound device takes no sound any more; check the cable and the sound card",
            ));
        }
        let most = if now.after(self.opened) < DIGESTED { GULP } else { RUNAWAY };
        (self.lead > most).then(|| {
            text!(
                "thiết bị âm thanh nuốt âm thanh mà không phát; hãy chọn thiết bị khác (xem bằng lệnh `loa devices`)",
                "the sound device swallows sound without playing it; choose another one (`loa devices` lists them)",
            )
        })
    }

    fn is_awake(&self) -> bool {
        self.taken() >= self.rate.frames(AWAKE).0
    }

    fn taken(&self) -> u64 {
        self.newest.map_or(0, |(frames, _)| frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Mono {
        Mono::from_origin(Duration::from_millis(millis))
    }

    /// Read every 20 ms until `until`, a stream that takes `speed` seconds a second.
    fn read(pace: &mut StallWatch, from: u64, until: u64, speed: f64) {
        let first = pace.taken();
        for millis in (from..=until).step_by(20) {
            pace.read(first + ((millis - from) as f64 * 48.0 * speed) as u64, at(millis), at(millis));
            assert_eq!(pace.fault(at(millis)).filter(|_| speed < 2.0), None, "at {millis} ms");
        }
    }

    #[test]
    fn a_sleeping_sink_has_four_seconds_to_wake() {
        let mut pace = StallWatch::new(Rate::STANDARD, at(0));
        // What fills the buffers is taken at once.
        pace.read(4_096, at(20), at(20));
        assert_eq!(pace.fault(at(3_900)), None);
        assert!(pace.fault(at(4_100)).is_some());
    }

    #[test]
    fn a_stream_that_plays_and_then_takes_nothing_is_found_out_within_two_seconds() {
        let mut pace = StallWatch::new(Rate::STANDARD, at(0));
        read(&mut pace, 0, 10_000, 1.0);
        read(&mut pace, 10_020, 11_400, 0.0);
        assert!(pace.fault(at(11_600)).is_some_and(|why| why.en.contains("takes no sound")));
    }

    #[test]
    fn a_stream_that_takes_more_than_can_be_played_is_found_out() {
        let mut pace = StallWatch::new(Rate::STANDARD, at(0));
        read(&mut pace, 0, 4_000, 5.0);
        assert!(pace.fault(at(4_000)).is_some_and(|why| why.en.contains("swallows")));
    }

    #[test]
    fn a_stream_that_plays_and_then_swallows_is_found_out_within_two_seconds() {
        let mut pace = StallWatch::new(Rate::STANDARD, at(0));
        read(&mut pace, 0, 60_000, 1.0);
        read(&mut pace, 60_020, 61_200, 2.0);
        assert!(pace.fault(at(61_200)).is_some_and(|why| why.en.contains("swallows")));
    }

    #[test]
    fn a_server_that_is_held_up_and_makes_up_for_it_is_not_at_fault() {
        let mut pace = StallWatch::new(Rate::STANDARD, at(0));
        // It sleeps for two seconds, and then takes what those were due.
        pace.read(8_192, at(20), at(20));
        pace.read(8_192, at(2_000), at(2_000));
        pace.read(100_000, at(2_020), at(2_020));
        read(&mut pace, 2_040, 6_000, 1.0);
        // The same once more, for a second.
        pace.read(pace.taken(), at(7_000), at(7_000));
        pace.read(pace.taken() + 48_000, at(7_020), at(7_020));
        read(&mut pace, 7_040, 20_000, 1.000_1);
    }

    #[test]
    fn what_was_taken_while_nobody_looked_is_no_burst() {
        let mut pace = StallWatch::new(Rate::STANDARD, at(0));
        read(&mut pace, 0, 1_000, 1.0);
        // Half a minute later the first look finds what the full ring kept, the second the truth.
        pace.read(10 * 48_000, at(10_000), at(31_000));
        pace.read(31 * 48_000, at(31_000), at(31_020));
        read(&mut pace, 31_040, 36_000, 1.0);
    }
}
