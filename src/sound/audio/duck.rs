use std::f32::consts::PI;
use std::time::Duration;

use crate::instant::Rate;
use crate::plan::{Item, Under};

/// How much lower a bed is under speech, in dB: what WCAG 2.2 (1.4.7) asks, so that who hears badly
/// understands.
const LOW_DB: f32 = -20.0;

/// In which it goes down before somebody speaks, and comes up after.
const FALL: Duration = Duration::from_millis(500);
const RISE: Duration = Duration::from_secs(1);

/// In which it appears and disappears.
const FADE: Duration = Duration::from_secs(3);

/// How loud a bed of music is at each frame of a programme.
///
/// The plan knows when each item begins, so the bed has gone down when somebody begins to speak; nothing
/// has to be listened to, and the same programme gives the same samples.
pub(super) struct Duck {
    holds: Vec<Hold>,
    begins: u64,
}

/// A stretch in which it is kept down, and the ways down to it and up from it, in frames.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Hold {
    from: u64,
    to: u64,
    gain: f32,
    fall: u64,
    rise: u64,
}

impl Duck {
    pub(super) fn new(items: &[Item], rate: Rate) -> Self {
        let frames = |length| rate.frames(length).0;
        let mut spans: Vec<(Under, u64)> = Vec::new();
        for item in items {
            let length = frames(item.length);
            match spans.last_mut() {
                Some((under, sum)) if *under == item.bed => *sum += length,
                _ => spans.push((item.bed, length)),
            }
        }
        // Up and at once down again would be heard as a mistake.
        for at in 0..spans.len() {
            if spans[at].0 == Under::Full && spans[at].1 < frames(FALL) + frames(RISE) {
                let beside = [at.checked_sub(1).and_then(|at| spans.get(at)), spans.get(at + 1)];
                spans[at].0 = beside.into_iter().flatten().map(|(under, _)| *under).max().unwrap_or(Under::Full);
            }
        }
        let mut this = Self { holds: Vec::new(), begins: 0 };
        this.hold(Under::Silent, 0, 0, rate);
        let mut at = 0;
        for (under, length) in spans {
            this.hold(under, at, at + length, rate);
            if under == Under::Silent && at == this.begins {
                this.begins = at + length;
            }
            at += length;
        }
        this.hold(Under::Silent, at, u64::MAX, rate);
        this
    }

    fn hold(&mut self, under: Under, from: u64, to: u64, rate: Rate) {
        let (gain, fall, rise) = match under {
            Under::Silent => (0.0, FADE, FADE),
            Under::Low => (10.0_f32.powf(LOW_DB / 20.0), FALL, RISE),
            Under::Full => return,
        };
        self.holds.push(Hold { from, to, gain, fall: rate.frames(fall).0, rise: rate.frames(rise).0 });
    }

    /// The first frame at which it can be heard.
    pub(super) const fn begins(&self) -> u64 {
        self.begins
    }

    /// The gains of the frames from `first` on.
    pub(super) fn gains(&self, first: u64, gains: &mut [f32]) {
        gains.fill(1.0);
        let end = first + gains.len() as u64;
        let near =
            |hold: &&Hold| hold.from < end.saturating_add(hold.fall) && first < hold.to.saturating_add(hold.rise);
        for hold in self.holds.iter().filter(near) {
            for (gain, frame) in gains.iter_mut().zip(first..) {
                *gain = gain.min(hold.gain(frame));
            }
        }
    }
}

impl Hold {
    /// The gain that it allows at a frame: a raised cosine on both sides.
    fn gain(&self, frame: u64) -> f32 {
        let part = if frame < self.from {
            (self.from - frame) as f32 / self.fall as f32
        } else if frame < self.to {
            return self.gain;
        } else {
            (frame - self.to) as f32 / self.rise as f32
        };
        self.gain + (1.0 - self.gain) * (0.5 - 0.5 * (PI * part.min(1.0)).cos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::ItemSound;

    fn gains(items: &[(Under, u64)]) -> Vec<f32> {
        let item = |(bed, millis): &(Under, u64)| Item {
            name: String::new(),
            sound: ItemSound::Pause,
            length: Duration::from_millis(*millis),
            bed: *bed,
        };
        let items: Vec<Item> = items.iter().map(item).collect();
        let duck = Duck::new(&items, Rate::STANDARD);
        let mut gains = vec![0.0; 48 * items.iter().map(|item| item.length.as_millis() as usize).sum::<usize>()];
        for (place, piece) in gains.chunks_mut(1_000).enumerate() {
            duck.gains(place as u64 * 1_000, piece);
        }
        gains
    }

    fn is(gain: f32, expected: f32) -> bool {
        (gain - expected).abs() < 1e-6
    }

    #[test]
    fn it_is_low_under_every_word_full_between_and_gone_under_chimes_and_at_both_ends() {
        let heard = gains(&[
            (Under::Silent, 3_000),
            (Under::Low, 20_000),
            (Under::Full, 10_000),
            (Under::Low, 5_000),
            (Under::Low, 5_000),
            (Under::Full, 5_000),
        ]);
        let at = |seconds: f64| heard[(seconds * 48_000.0) as usize];
        let whole = |from: usize, to: usize, gain| heard[from * 48_000..to * 48_000].iter().all(|one| is(*one, gain));
        assert!(whole(0, 3, 0.0), "under the chime");
        assert!(whole(5, 23, 0.1) && whole(33, 43, 0.1), "under speech, from its first word on");
        assert!(is(at(23.5), 0.55) && whole(24, 32, 1.0), "between");
        assert!(is(at(32.75), 0.55) && is(at(32.999_99), 0.1));
        assert!(is(at(44.0), 1.0) && is(at(46.5), 0.5) && *heard.last().unwrap() < 1e-6, "faded out at the end");
        let step = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(step < PI / 2.0 / 24_000.0 * 1.01, "no step above the steepest ramp's: {step}");
    }

    #[test]
    fn a_breath_between_words_does_not_make_it_pump() {
        let heard = gains(&[(Under::Low, 10_000), (Under::Full, 1_400), (Under::Low, 10_000)]);
        assert!(heard[3 * 48_000..18 * 48_000].iter().all(|gain| is(*gain, 0.1)));
        let longer = gains(&[(Under::Low, 10_000), (Under::Full, 1_600), (Under::Low, 10_000)]);
        assert!(longer.iter().any(|gain| *gain > 0.9));
    }

    #[test]
    fn it_begins_where_it_can_first_be_heard() {
        let begins = |beds: &[Under]| {
            let item = |bed: &Under| Item {
                name: String::new(),
                sound: ItemSound::Pause,
                length: Duration::from_secs(3),
                bed: *bed,
            };
            Duck::new(&beds.iter().map(item).collect::<Vec<_>>(), Rate::STANDARD).begins()
        };
        assert_eq!(begins(&[Under::Low, Under::Silent]), 0);
        assert_eq!(begins(&[Under::Silent, Under::Silent, Under::Low]), 2 * 144_000);
    }
}
