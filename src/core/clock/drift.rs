use std::time::Duration;

use jiff::SignedDuration;

use crate::instant::{Mono, Wall};

/// A clock left alone for less than this has not gone wrong enough to be worth a row.
const ALONE_LEAST: Duration = Duration::from_hours(1);

/// A smaller error nobody hears.
const ERROR_LEAST: SignedDuration = SignedDuration::from_millis(100);

/// How far the clock had run away while nobody synchronised it, as far as it was then set by steps:
/// what is corrected by running faster or slower for a while is not seen.
#[derive(Clone, Copy, Debug)]
pub struct Drift {
    /// When it was last synchronised, or first looked at: by both clocks.
    base: (Wall, Mono),
    alone: bool,
}

impl Drift {
    /// Begin to measure.
    pub const fn new(wall: Wall, mono: Mono) -> Self {
        Self { base: (wall, mono), alone: true }
    }

    /// A look at both clocks. At the first one that finds the clock synchronised again: by how much it has
    /// been set meanwhile (positive where it was slow), and how long nobody had synchronised it.
    pub fn look(&mut self, wall: Wall, mono: Mono, synchronised: bool) -> Option<(SignedDuration, Duration)> {
        if !synchronised {
            self.alone = true;
            return None;
        }
        let (then, begun) = std::mem::replace(&mut self.base, (wall, mono));
        let alone_for = mono.after(begun);
        let set_by = wall.since(then + alone_for);
        let told = std::mem::take(&mut self.alone) && alone_for >= ALONE_LEAST && set_by.abs() >= ERROR_LEAST;
        told.then_some((set_by, alone_for))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, SimClock};

    #[test]
    fn a_clock_that_ran_slow_for_days_is_measured_when_ntp_is_back() {
        let clock = SimClock::at(Wall::from_secs(1_796_100_000));
        let mut drift = Drift::new(clock.wall(), clock.mono());
        let look = |drift: &mut Drift, synchronised| drift.look(clock.wall(), clock.mono(), synchronised);
        assert_eq!(look(&mut drift, true), None, "the first look");
        let days = Duration::from_hours(72);
        for _ in 0..72 {
            clock.advance(Duration::from_hours(1));
            assert_eq!(look(&mut drift, false), None);
        }
        clock.step(clock.wall() + Duration::from_millis(12_300));
        assert_eq!(look(&mut drift, false), None, "stepped, and not yet said to be synchronised");
        assert_eq!(look(&mut drift, true), Some((SignedDuration::from_millis(12_300), days)));
        clock.advance(Duration::from_hours(2));
        assert_eq!(look(&mut drift, true), None, "told once");
    }

    #[test]
    fn a_short_absence_or_a_good_quartz_is_not_worth_a_row() {
        for (alone, set_by) in [(Duration::from_mins(30), 5_000), (Duration::from_hours(5), 80)] {
            let clock = SimClock::at(Wall::from_secs(1_796_100_000));
            let mut drift = Drift::new(clock.wall(), clock.mono());
            clock.advance(alone);
            clock.step(clock.wall() + Duration::from_millis(set_by));
            assert_eq!(drift.look(clock.wall(), clock.mono(), true), None, "{alone:?} {set_by}");
        }
    }
}
