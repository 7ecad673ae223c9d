//! Whether the clock is believed, and what follows when that changes.

use std::time::Duration;

use jiff::SignedDuration;

use super::event::{Action, ClockTrust};
use super::lane::Key;
use super::machine::Player;
use super::record;
use crate::fact::Record;
use crate::instant::{Now, Wall};
use crate::reason::{Confirmed, Reason};
use crate::station::ZoneIx;

impl Player {
    /// The same player with this found of its clock. Where there is no reason to believe it, nothing
    /// is known to have passed but what the journal has.
    #[must_use]
    pub fn with_trust(mut self, now: Now, trust: ClockTrust) -> Self {
        let believed = trust.believed;
        self.belief.trust = trust;
        if !believed {
            self.belief.owes = true;
            self.passed = self.newest;
            self.lanes.iter_mut().for_each(|lane| lane.future.clear());
            self.replan(now.wall, &mut Vec::new());
        }
        self
    }

    /// Why the clock is not believed at `now`, if it is not.
    pub(super) fn distrust(&self, now: Wall) -> Option<Reason> {
        (now < self.trusted_from()).then(Reason::untrusted)
    }

    /// What the clock says earlier than this is not believed.
    pub(super) fn trusted_from(&self) -> Wall {
        if self.belief.trust.believed {
            // The clocks of two looks may disagree by the length of a write.
            self.newest - Duration::from_secs(1)
        } else {
            Wall::MAX
        }
    }

    /// The same as the journal would have it, for readers.
    pub(super) fn distrust_told(&self, now: Wall) -> Option<Reason> {
        self.distrust(now)?;
        // A clock behind the journal has no other reason to be doubted that would matter.
        let behind = self.belief.trust.believed.then(|| vec![Reason::EarlierThanJournal]);
        Some(Reason::ClockUntrusted(behind.unwrap_or_else(|| self.belief.trust.because.clone())))
    }

    /// The clock has been looked at again.
    pub(super) fn judged(
        &mut self,
        now: Now,
        trust: ClockTrust,
        drift: Option<(SignedDuration, Duration)>,
        actions: &mut Vec<Action>,
    ) {
        if let Some((drift, since)) = drift {
            let since = SignedDuration::try_from(since).unwrap_or(SignedDuration::MAX);
            let reason = Reason::ClockDrift(format!("{:+.3} s: {since:#}", drift.as_secs_f64()));
            self.belief.drift = Some(reason.clone());
            actions.push(record::noted(record::note(now.wall, reason, "đồng hồ đã chạy lệch khi không có NTP")));
        }
        self.believe(now, trust, actions);
    }

    /// A person vouches for the clock as it stands, also where it is earlier than the journal: then the
    /// clock was wrong before, and what was written down in that time is no measure any more. What has
    /// its outcome keeps it.
    pub(super) fn confirmed(
        &mut self,
        now: Now,
        by: &str,
        settled: Vec<(ZoneIx, Wall, String)>,
        actions: &mut Vec<Action>,
    ) {
        let wall = now.wall;
        let is_behind = wall < self.newest - Duration::from_secs(1);
        let span = record::span(self.newest, wall, &self.world.station.timezone);
        let reason = Reason::ClockConfirmed(Confirmed { by: by.to_owned(), span: is_behind.then_some(span) });
        actions.push(record::noted(record::note(wall, reason, "có người xác nhận giờ đúng")));
        if is_behind {
            (self.newest, self.passed) = (wall, wall);
            for lane in &mut self.lanes {
                lane.turn_back(wall);
            }
            for (zone, scheduled, broadcast) in settled {
                if let Some(lane) = self.lanes.get_mut(usize::from(zone.0)) {
                    lane.settle(Key::Due(scheduled, broadcast));
                }
            }
            self.trusted_once = true;
            // The last sign of life was the wrong clock's too.
            actions.push(Action::Record(Record::Alive(wall)));
        }
        self.believe(now, ClockTrust { believed: true, because: vec![Reason::Person(by.to_owned())] }, actions);
        self.replan(wall, actions);
    }

    fn believe(&mut self, now: Now, trust: ClockTrust, actions: &mut Vec<Action>) {
        let before = std::mem::replace(&mut self.belief.trust, trust);
        self.tell_trust(now.wall, actions);
        match (before.believed, self.belief.trust.believed) {
            (true, false) => self.doubt(now.wall, actions),
            // Behind the journal each has its outcome when its time comes.
            (false, true) => self.replan(now.wall, actions),
            (true, true) | (false, false) => {}
        }
    }

    /// The journal gets what was found of the clock before any row that was dated by it.
    pub(super) fn tell_trust(&mut self, now: Wall, actions: &mut Vec<Action>) {
        if !self.belief.trust.because.is_empty() && self.belief.told.as_ref() != Some(&self.belief.trust) {
            actions.push(record::noted(note(now, &self.belief.trust)));
            self.belief.told = Some(self.belief.trust.clone());
        }
    }

    /// What is only prepared, and what is yet to come, waits until the time is known.
    fn doubt(&mut self, now: Wall, actions: &mut Vec<Action>) {
        self.belief.owes = true;
        // Behind a clock that has stepped back lies what has not come again yet.
        self.passed = self.passed.min(now);
        let passed = self.passed;
        for lane in &mut self.lanes {
            lane.runs.retain_mut(|run| {
                // What was due before has its outcome now; what comes is told once the time is known.
                let comes = !run.airing.is_ordered() && run.airing.scheduled >= passed;
                let waits = comes && run.is_untouched(now) && !run.is_intended();
                if waits {
                    run.forget_voice(actions);
                }
                !waits
            });
            lane.future.retain(|airing| airing.scheduled < passed || airing.is_ordered());
        }
        self.replan(now, actions);
    }

    /// Where time is known again, and past the journal: what came due meanwhile is told, or brought back by
    /// its own rule.
    pub(super) fn regain(&mut self, now: Now, actions: &mut Vec<Action>) {
        let wall = now.wall;
        if self.ending || self.distrust(wall).is_some() || !std::mem::take(&mut self.belief.owes) {
            return;
        }
        let on_for = now.mono.after(self.belief.born);
        if self.passed == Wall::MIN {
            // A first start: it has been on for so long, by a clock that has never been asked before.
            self.passed = wall - on_for;
            self.trusted_once = true;
        }
        let since = self.passed;
        if self.trusted_once {
            self.come_back(wall, since, &Reason::untrusted(), actions);
        } else {
            self.was_off(wall, since, actions);
        }
        self.replan(wall, actions);
    }
}

fn note(now: Wall, trust: &ClockTrust) -> crate::fact::Entry {
    let because = trust.because.clone();
    if trust.believed {
        return record::note(now, Reason::ClockTrusted(because), "đồng hồ đáng tin");
    }
    let title = "đồng hồ chưa đáng tin, chưa phát gì theo lịch; gõ: loa clock confirm";
    record::note(now, Reason::ClockUntrusted(because), title)
}
