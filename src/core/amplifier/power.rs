use std::time::Duration;

use super::PowerNeed;
use crate::diag::Text;
use crate::instant::{Mono, Now, Wall};

/// It is told to be on so much before its warm-up begins to count: the switch itself takes time, and the
/// loop may be late by a little. A relay needs milliseconds, a command that asks a box on the wall some
/// tenths of a second.
pub(super) const LEAD: Duration = Duration::from_secs(1);

/// A switch that did not obey is told again after this, then after twice as long, up to a minute: a
/// relay that came loose is pushed back by a hand, and a command every minute wears nothing out.
const AGAIN_FIRST: Duration = Duration::from_secs(5);
const AGAIN_MOST: Duration = Duration::from_mins(1);

/// At the end an answer is waited for no longer than this: two commands that run into their limit.
const ANSWER_MOST: Duration = Duration::from_secs(9);

/// One amplifier over time.
#[derive(Debug)]
pub(super) struct Power {
    warm_up: Duration,
    cool_down: Duration,
    /// What it was last told to be, when, and whether its answer is still out.
    on: bool,
    told: Mono,
    asked: bool,
    /// Since when it is known to be so.
    since: Option<Wall>,
    /// Nothing needs it: until when it stays on all the same.
    cooling: Option<Mono>,
    trouble: Option<Trouble>,
}

/// It did not obey the last time it was told to be `on`. That it can be switched off says nothing of whether it
/// will go on tomorrow, so this stands until it has.
#[derive(Debug)]
struct Trouble {
    on: bool,
    why: Text,
    wait: Duration,
    /// When it is told again; `None` while it is being told.
    again: Option<Mono>,
}

impl Power {
    /// One that is being switched off.
    pub(super) fn new(warm_up: Duration, cool_down: Duration, now: Mono) -> Self {
        Self { warm_up, cool_down, on: false, told: now, asked: true, since: None, cooling: None, trouble: None }
    }

    /// What it must be told now, if anything.
    pub(super) fn step(&mut self, now: Now, needs: &[PowerNeed], ending: bool) -> Option<bool> {
        let lead = self.warm_up + LEAD;
        if needs.iter().any(|need| need.covers(now.wall, lead)) {
            self.cooling = None;
            if !self.on {
                return Some(self.tell(true, now.mono));
            }
        } else if self.on {
            let off = *self.cooling.get_or_insert(now.mono + self.cool_down);
            if ending || now.mono >= off {
                return Some(self.tell(false, now.mono));
            }
        }
        let due = self.again(ending).is_some_and(|again| now.mono >= again);
        due.then(|| self.tell(self.on, now.mono))
    }

    /// It is not as it was told to be.
    fn disobedience(&self) -> Option<&Trouble> {
        self.trouble.as_ref().filter(|trouble| trouble.on == self.on)
    }

    /// When it is told the same again: not what nothing needs any more.
    fn again(&self, ending: bool) -> Option<Mono> {
        self.disobedience()?.again.filter(|_| !ending && self.cooling.is_none())
    }

    fn tell(&mut self, on: bool, now: Mono) -> bool {
        // Telling it the same again is no new beginning: what began to warm up then is warm by now.
        if on != self.on {
            // Since when it has been the other says nothing of this.
            (self.told, self.since) = (now, None);
        }
        (self.on, self.asked, self.cooling) = (on, true, None);
        if let Some(trouble) = &mut self.trouble {
            trouble.again = None;
        }
        on
    }

    /// It was told to be `on`, and answers. True where that is worth a word.
    pub(super) fn answered(&mut self, now: Now, on: bool, done: &Result<(), Text>) -> bool {
        // An answer to an earlier order says nothing of the last one.
        let current = on == self.on;
        match done {
            Ok(()) => {
                if current {
                    (self.asked, self.since) = (false, Some(now.wall));
                }
                self.trouble = self.trouble.take().filter(|trouble| trouble.on != on);
                true
            }
            Err(_) if !current => false,
            Err(why) => {
                self.asked = false;
                let before = self.trouble.take().filter(|trouble| trouble.on == on);
                let wait = before.as_ref().map_or(AGAIN_FIRST, |before| (before.wait * 2).min(AGAIN_MOST));
                let news = before.is_none_or(|before| before.why != *why);
                self.trouble = Some(Trouble { on, why: why.clone(), wait, again: Some(now.mono + wait) });
                news
            }
        }
    }

    /// From when on what is sent would be heard, if it is told to be on now at the latest. A switch that
    /// does not obey keeps nothing waiting: somebody may have put the amplifier on by hand.
    pub(super) fn heard_from(&self, now: Now) -> Wall {
        let warm_since = if self.on { now.mono.after(self.told) } else { Duration::ZERO };
        match self.disobedience() {
            Some(_) if self.on => Wall::MIN,
            _ => now.wall + self.warm_up.saturating_sub(warm_since),
        }
    }

    /// When [`Self::step`] has something to do even if nothing happens.
    pub(super) fn deadline(&self, now: Now, needs: &[PowerNeed], ending: bool) -> Option<Wall> {
        let lead = self.warm_up + LEAD;
        let at = |mono: Mono| now.wall + mono.after(now.mono);
        let covering = || needs.iter().filter(|need| need.covers(now.wall, lead));
        let next = if !self.on {
            needs.iter().filter(|need| need.from - lead > now.wall).map(|need| need.from - lead).min()
        } else if let Some(off) = self.cooling {
            Some(at(off))
        } else if covering().all(|need| need.to.is_some()) {
            covering().filter_map(|need| need.to).max()
        } else {
            None
        };
        let again = self.again(ending).map(at);
        let answer = (ending && self.asked).then(|| at(self.told + ANSWER_MOST));
        [next, again, answer].into_iter().flatten().min()
    }

    /// At the end: it is off, or nothing more can be done about it.
    pub(super) fn is_put_off(&self, now: Mono) -> bool {
        !self.on && (!self.asked || now >= self.told + ANSWER_MOST)
    }

    pub(super) const fn is_on(&self) -> bool {
        self.on
    }

    pub(super) const fn since(&self) -> Option<Wall> {
        self.since
    }

    /// Which way it did not go the last time it was told to, and why, until it has gone that way.
    pub(super) fn trouble(&self) -> Option<(bool, &Text)> {
        self.trouble.as_ref().map(|trouble| (trouble.on, &trouble.why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::text;
    use crate::station::ZoneIx;

    fn now(seconds: f64) -> Now {
        let since = Duration::from_secs_f64(seconds);
        Now { wall: Wall::from_secs(1_000) + since, mono: Mono::from_origin(since) }
    }

    fn need(from: f64, to: Option<f64>) -> PowerNeed {
        PowerNeed { zone: ZoneIx(0), from: now(from).wall, to: to.map(|to| now(to).wall) }
    }

    /// Five seconds to warm up, three to cool down; told to be off, and off.
    fn power() -> Power {
        let mut power = Power::new(Duration::from_secs(5), Duration::from_secs(3), now(0.0).mono);
        power.answered(now(0.0), false, &Ok(()));
        power
    }

    /// Run it as its deadlines ask, as an obedient switch would be; when it is told what.
    fn told(power: &mut Power, needs: &[PowerNeed], to: f64) -> Vec<(f64, bool)> {
        let (mut told, mut at) = (Vec::new(), now(0.0));
        loop {
            if let Some(on) = power.step(at, needs, false) {
                told.push((at.mono.since_origin().as_secs_f64(), on));
                power.answered(at, on, &Ok(()));
            }
            match power.deadline(at, needs, false) {
                Some(next) if next <= now(to).wall => {
                    assert!(next > at.wall, "{next:?} is not after {at:?}");
                    at = now(next.after(now(0.0).wall).as_secs_f64());
                }
                _ => return told,
            }
        }
    }

    #[test]
    fn it_is_warm_when_the_first_sample_is_due_and_off_once_it_has_cooled_down() {
        assert_eq!(told(&mut power(), &[need(30.0, Some(40.0))], 100.0), [(24.0, true), (43.0, false)]);
    }

    #[test]
    fn it_stays_on_where_the_next_sound_would_call_it_back_at_once() {
        let near = [need(30.0, Some(40.0)), need(49.0, Some(50.0))];
        assert_eq!(told(&mut power(), &near, 100.0), [(24.0, true), (53.0, false)]);
        let far = [need(30.0, Some(40.0)), need(50.0, Some(51.0))];
        assert_eq!(told(&mut power(), &far, 100.0), [(24.0, true), (43.0, false), (44.0, true), (54.0, false)]);
    }

    #[test]
    fn what_is_called_off_lets_it_cool_down_again() {
        let mut power = power();
        assert_eq!(power.step(now(25.0), &[need(30.0, Some(40.0))], false), Some(true));
        assert_eq!(power.step(now(26.0), &[], false), None);
        assert_eq!(power.deadline(now(26.0), &[], false), Some(now(29.0).wall));
        assert_eq!(power.step(now(29.0), &[], false), Some(false));
    }

    #[test]
    fn a_sound_that_nobody_saw_coming_is_heard_once_it_is_warm() {
        let mut power = power();
        assert_eq!(power.heard_from(now(10.0)), now(15.0).wall);
        assert_eq!(power.step(now(10.0), &[need(10.0, None)], false), Some(true));
        assert_eq!(power.heard_from(now(12.0)), now(15.0).wall);
        assert_eq!(power.heard_from(now(20.0)), now(20.0).wall);
        // While it cools down it is still warm.
        assert_eq!(power.step(now(30.0), &[], false), None);
        assert_eq!(power.heard_from(now(31.0)), now(31.0).wall);
    }

    #[test]
    fn one_that_does_not_obey_is_told_again_less_and_less_often_and_keeps_nothing_waiting() {
        let mut power = power();
        let needs = [need(10.0, None)];
        assert_eq!(power.step(now(10.0), &needs, false), Some(true));
        let no = Err(text!("hỏng", "broken"));
        assert!(power.answered(now(10.0), true, &no));
        assert_eq!(power.heard_from(now(10.0)), Wall::MIN);
        let (mut at, mut tries) = (10.0, Vec::new());
        for _ in 0..6 {
            let next = power.deadline(now(at), &needs, false).unwrap().after(now(at).wall).as_secs_f64();
            tries.push(next);
            at += next;
            assert_eq!(power.step(now(at), &needs, false), Some(true));
            assert_eq!(power.step(now(at), &needs, false), None, "it is being told");
            assert!(!power.answered(now(at), true, &no), "the same complaint is told once");
        }
        assert_eq!(tries, [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]);
        assert!(power.answered(now(at), true, &Err(text!("khác", "other"))));
        assert!(power.answered(now(at), true, &Ok(())));
        assert_eq!(power.trouble(), None);
        assert_eq!(power.heard_from(now(at)), now(at).wall, "it was told long ago");
    }

    #[test]
    fn one_that_does_not_go_on_is_left_alone_once_nothing_needs_it_and_put_off_in_its_time() {
        let mut power = Power::new(Duration::from_secs(5), Duration::from_mins(1), now(0.0).mono);
        power.step(now(10.0), &[need(10.0, None)], false);
        power.answered(now(10.0), true, &Err(text!("hỏng", "broken")));
        assert_eq!(power.step(now(12.0), &[], false), None);
        assert_eq!(power.deadline(now(12.0), &[], false), Some(now(72.0).wall));
        assert_eq!(power.step(now(16.0), &[], false), None);
        assert_eq!(power.step(now(72.0), &[], false), Some(false));
        power.answered(now(72.0), false, &Ok(()));
        let broken = text!("hỏng", "broken");
        assert_eq!(power.trouble(), Some((true, &broken)), "it is still to be mended, and could not go on, not off");
        assert_eq!(power.deadline(now(73.0), &[], false), None);
        assert_eq!(power.heard_from(now(80.0)), now(85.0).wall, "it may have been, so the next sound is held");
    }

    #[test]
    fn one_that_did_not_go_on_is_on_since_never() {
        let mut power = power();
        assert_eq!(power.since(), Some(now(0.0).wall));
        let needs = [need(10.0, None)];
        power.step(now(10.0), &needs, false);
        assert_eq!(power.since(), None, "it is told to be on, and was off until then");
        power.answered(now(14.0), true, &Err(text!("hỏng", "broken")));
        assert_eq!(power.since(), None);
        let again = power.deadline(now(14.0), &needs, false).unwrap().after(now(0.0).wall).as_secs_f64();
        power.step(now(again), &needs, false);
        power.answered(now(again), true, &Ok(()));
        assert_eq!((power.since(), power.trouble()), (Some(now(again).wall), None));
    }

    #[test]
    fn the_answer_to_an_order_that_was_taken_back_changes_nothing() {
        let mut power = power();
        power.step(now(10.0), &[need(10.0, None)], false);
        assert_eq!(power.step(now(11.0), &[], true), Some(false));
        assert!(!power.answered(now(11.0), true, &Err(text!("hỏng", "broken"))));
        assert!(!power.is_put_off(now(12.0).mono));
        assert!(power.answered(now(12.0), false, &Ok(())));
        assert!(power.is_put_off(now(12.0).mono));
    }

    #[test]
    fn at_the_end_it_goes_off_at_once_and_is_not_waited_for_for_ever() {
        let mut power = power();
        power.step(now(10.0), &[need(10.0, None)], false);
        assert_eq!(power.step(now(20.0), &[], true), Some(false));
        assert_eq!(power.deadline(now(20.0), &[], true), Some(now(29.0).wall));
        assert!(!power.is_put_off(now(28.9).mono));
        assert!(power.is_put_off(now(29.0).mono));
    }

    #[test]
    fn a_step_of_the_clock_takes_nothing_from_its_warm_up_or_its_cooling_down() {
        let mut power = power();
        power.step(now(10.0), &[need(10.0, None)], false);
        let stepped = Now { wall: Wall::from_secs(90_000), mono: now(12.0).mono };
        assert_eq!(power.heard_from(stepped), stepped.wall + Duration::from_secs(3));
        assert_eq!(power.step(stepped, &[], false), None);
        assert_eq!(power.deadline(stepped, &[], false), Some(stepped.wall + Duration::from_secs(3)));
    }
}
