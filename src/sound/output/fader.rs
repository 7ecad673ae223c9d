use std::time::Duration;

use super::fade;
use crate::instant::Wall;

/// How long a change of level by the hour takes: heard as a change, not as a click.
pub(super) const GLIDE: Duration = Duration::from_millis(100);

/// A step back of the clock by more than so many glides brings an earlier level back; less is the
/// timeline correcting itself.
const BACK: u64 = 10;

/// From when each level in dB holds (see [`crate::plan::Volume::steps`]), and which frame is heard at an
/// instant.
#[derive(Clone, Copy)]
pub(super) struct Course<'a> {
    pub(super) steps: &'a [(Wall, f32)],
    pub(super) place: &'a dyn Fn(Wall) -> i64,
    /// Frames of a change.
    pub(super) glide: u64,
}

/// Follows a voice's level, sample by sample: from one step to the next in a short glide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fader {
    /// How many steps have been taken.
    taken: usize,
    /// The frame of the next one.
    turn: u64,
    /// The gain, and the one from which it glides since a frame.
    gain: f32,
    before: f32,
    since: u64,
    began: bool,
}

impl Fader {
    pub(super) const fn new() -> Self {
        Self { taken: 0, turn: u64::MAX, gain: 1.0, before: 1.0, since: 0, began: false }
    }

    /// A block begins at `now`: see what it holds. Steps are looked up anew, since what is known of
    /// their frames gets better.
    pub(super) fn look(&mut self, now: u64, course: Course<'_>) {
        let mut taken = self.taken;
        while taken < course.steps.len() && course.frame(taken) <= now as i64 {
            taken += 1;
        }
        let back = now.saturating_add(BACK * course.glide) as i64;
        while taken <= self.taken && taken > 0 && course.frame(taken - 1) > back {
            taken -= 1;
        }
        if taken != self.taken || !self.began {
            self.take(taken, now, course);
        }
        self.turn = course.turn(self.taken);
    }

    /// The gain of `frame`.
    #[inline]
    pub(super) fn gain(&mut self, frame: u64, course: Course<'_>) -> f32 {
        if frame >= self.turn {
            self.take(self.taken + 1, frame, course);
            self.turn = course.turn(self.taken);
        }
        self.at(frame, course.glide)
    }

    fn take(&mut self, taken: usize, frame: u64, course: Course<'_>) {
        self.before = self.at(frame, course.glide);
        self.taken = taken;
        let step = taken.checked_sub(1).and_then(|last| course.steps.get(last));
        self.gain = step.map_or(1.0, |(_, db)| 10_f32.powf(db / 20.0));
        self.since = frame;
        if !std::mem::replace(&mut self.began, true) {
            // A voice begins at its level.
            self.before = self.gain;
        }
    }

    #[inline]
    fn at(&self, frame: u64, glide: u64) -> f32 {
        if self.before.total_cmp(&self.gain).is_eq() {
            return self.gain;
        }
        self.before + (self.gain - self.before) * fade::rising(frame.saturating_sub(self.since), glide)
    }
}

impl Course<'_> {
    fn frame(self, step: usize) -> i64 {
        self.steps.get(step).map_or(i64::MAX, |(at, _)| (self.place)(*at))
    }

    /// The frame of the step after so many; never where there is none, or while it is not known.
    fn turn(self, taken: usize) -> u64 {
        match self.frame(taken) {
            i64::MAX => u64::MAX,
            frame => frame.max(0) as u64,
        }
    }
}
