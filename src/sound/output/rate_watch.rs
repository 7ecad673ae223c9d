use std::ops::Range;
use std::time::Duration;

use crate::diag::{Text, text};
use crate::instant::{Mono, Rate};

/// A stream that has taken this much has woken and filled whatever buffers a server has.
const AWAKE: Duration = Duration::from_secs(3);
/// Over so long its speed is measured. Two measurements must agree, and the change may fall into the middle of one: it
/// is known within two seconds.
const WINDOW: Duration = Duration::from_millis(600);
/// How far off a wrong speed is, as a share: no crystal is, and another usual rate is (44,100 for 48,000 is 8 %).
/// What is off by more does not play at all, and is another's fault.
const WRONG: Range<f64> = 0.055..0.55;
/// So near each other two measurements agree: a callback may come a little late.
const AGREE: f64 = 0.03;

/// Whether an open stream plays as fast as its rate says. One that was set to another rate behind its back sounds too
/// high or too low. Pure.
pub(super) struct RateWatch {
    rate: Rate,
    /// Where the present measurement began: frames taken, holes until then, and when.
    from: Option<(u64, u32, Mono)>,
    /// What the last measurement found, where that was wrong.
    off: Option<f64>,
    /// What two have found in a row.
    proven: Option<f64>,
}

impl RateWatch {
    /// The speed of a stream that was opened just now.
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, from: None, off: None, proven: None }
    }

    /// The stream had taken `frames` at `at`, with so many holes since its beginning: where there was one, it is not
    /// the card's speed that is measured.
    pub(super) fn read(&mut self, frames: u64, holes: u32, at: Mono) {
        let (before, clean, then) = *self.from.get_or_insert((frames, holes, at));
        let passed = at.after(then);
        if holes == clean && passed < WINDOW {
            return;
        }
        self.from = Some((frames, holes, at));
        let off = frames.saturating_sub(before) as f64 / f64::from(self.rate.hz()) / passed.as_secs_f64() - 1.0;
        let is_measured = holes == clean && passed < 2 * WINDOW && before >= self.rate.frames(AWAKE).0;
        let off = Some(off).filter(|off| is_measured && WRONG.contains(&off.abs()));
        let last = std::mem::replace(&mut self.off, off);
        self.proven = off.filter(|off| last.is_some_and(|last| (last - off).abs() < AGREE));
    }

    /// What is wrong with it, if anything.
    pub(super) fn fault(&self) -> Option<Text> {
        let off = self.proven?;
        let percent = (off.abs() * 100.0).round();
        let (vi, en) = if off > 0.0 { ("nhanh", "fast") } else { ("chậm", "slow") };
        Some(text!(
            "thiết bị âm thanh phát {vi} hơn khoảng {percent} % so với tốc độ đã đặt; nếu tiếng vẫn sai giọng, hãy rút card âm thanh ra cắm lại",
            "the sound device plays about {percent} % too {en} for the rate that was set; if it still sounds wrong, unplug the sound card and plug it in again",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Mono {
        Mono::from_origin(Duration::from_millis(millis))
    }

    /// When a stream is found out whose callbacks take 1,024 frames as soon as there is room, at these speeds, each for
    /// so many milliseconds.
    fn found(parts: &[(u64, f64)], hole_at: Option<u64>) -> Option<(u64, String)> {
        let mut speed = RateWatch::new(Rate::STANDARD);
        let (mut millis, mut played, mut taken) = (0, 0.0, 0);
        for (length, fast) in parts {
            for _ in 0..*length {
                millis += 1;
                played += 48.0 * fast;
                while taken as f64 <= played {
                    taken += 1_024;
                    speed.read(taken, u32::from(hole_at.is_some_and(|at| millis >= at)), at(millis));
                }
                if let Some(why) = speed.fault() {
                    return Some((millis, why.en));
                }
            }
        }
        None
    }

    #[test]
    fn another_rate_is_found_out_within_two_seconds_and_neither_crystals_nor_wakings_are() {
        let (fast, slow) = (48_000.0 / 44_100.0, 44_100.0 / 48_000.0);
        for (wrong, words) in [(fast, "9 % too fast"), (slow, "8 % too slow"), (32_000.0 / 48_000.0, "33 % too slow")] {
            let (when, why) = found(&[(10_000, 1.0), (5_000, wrong)], None).expect("found out");
            assert!(when <= 11_950, "{when}");
            assert!(why.contains(words), "{why}");
        }
        assert_eq!(found(&[(60_000, 1.001)], None), None);
        assert_eq!(found(&[(60_000, 0.99)], None), None);
        assert_eq!(found(&[(1_000, 3.0), (1_000, 0.0), (60_000, 1.0)], None), None, "a server that fills its buffers");
    }

    #[test]
    fn what_rests_and_makes_up_for_it_or_has_holes_is_not_too_slow() {
        assert_eq!(found(&[(10_000, 1.0), (1_400, 0.0), (140, 11.0), (5_000, 1.0)], None), None);
        assert_eq!(found(&[(10_000, 1.0), (500, 0.9), (5_000, 1.0)], None), None, "a moment is no measurement");
        assert_eq!(found(&[(10_000, 1.0), (1_900, 0.9), (5_000, 1.0)], Some(11_000)), None);
    }
}
