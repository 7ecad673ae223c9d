use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use jiff::SignedDuration;

use super::event::Action;
use super::run::{ARM_LEAD, PREPARE_LEAD, Run, START_GRACE, VoiceState};
use super::scene::ZoneContext;
pub(super) use super::want::{lacks_sound, patience};
use super::{outcome, record};
use crate::amplifier::PowerNeed;
use crate::diag::Text;
use crate::fact::Record;
use crate::instant::Wall;
use crate::plan::{Airing, Cause, Guard, Heard, Job, SessionCount, Verdict};
use crate::reason::Reason;
use crate::schedule::{Broadcast, OrderNumber};
use crate::station::ZoneIx;
use crate::voice::{Notice, VoiceId};

/// How long an airing's outcome is remembered one by one, so that neither a step of the clock nor a
/// reload plays it again. The journal remembers it for good: who asks it what is settled asks as far as this.
pub const REMEMBER: Duration = Duration::from_hours(48);

/// So many outcomes are remembered at most, the last ones. They are let go of as time is believed to pass;
/// on a box that goes on for a year without that, with 130 airings a day, this is what it comes to.
const SETTLED_MOST: usize = 50_000;
/// Stretches of sound that are remembered: one every 20 seconds for two days.
const HEARD_MOST: usize = 8_640;

/// Names an airing within its zone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Key {
    /// What the files ask for: when, and which broadcast.
    Due(Wall, String),
    /// What somebody ordered, whenever that was.
    Order(OrderNumber),
}

impl Key {
    pub(super) fn of_job(job: &Job) -> Self {
        Self::of(&job.broadcast, job.scheduled)
    }

    fn of(broadcast: &Broadcast, scheduled: Wall) -> Self {
        broadcast.number().map_or_else(|| Self::Due(scheduled, broadcast.id.clone()), Self::Order)
    }
}

/// One zone's day: what is to come, what is under way, what is settled.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) zone: ZoneIx,
    /// Planned and not yet begun, by the instant at which they want attention.
    pub(super) future: VecDeque<Airing>,
    /// Prepared, sounding or suspended, in the order they were begun.
    pub(super) runs: Vec<Run>,
    /// Have their outcome, of what the files ask for: no order comes up twice.
    settled: BTreeSet<(Wall, String)>,
    /// So has everything scheduled before this; it never goes back, whatever the clock does.
    forgotten: Wall,
    /// What was heard of late: what its sessions are counted from.
    heard: Vec<Heard>,
    /// The last stop here: what the shell calls it, and whose it was.
    pub(super) stopped: Option<(u64, String)>,
    /// How often sound had dropouts here since the start.
    pub(super) underruns: u64,
    /// What was wrong with its output when it was last used, and since when; until it is heard again.
    pub(super) trouble: Option<(Text, Wall)>,
    /// Its output has been used since the start, and has said how it is.
    pub(super) is_tried: bool,
}

pub(super) fn key_of(airing: &Airing) -> Key {
    Key::of(&airing.broadcast, airing.scheduled)
}

impl Lane {
    pub(super) fn new(zone: ZoneIx) -> Self {
        Self {
            zone,
            future: VecDeque::new(),
            runs: Vec::new(),
            settled: BTreeSet::new(),
            forgotten: Wall::MIN,
            heard: Vec::new(),
            stopped: None,
            underruns: 0,
            trouble: None,
            is_tried: false,
        }
    }

    pub(super) fn is_settled(&self, key: &Key) -> bool {
        matches!(key, Key::Due(scheduled, _) if *scheduled < self.forgotten) || self.has_outcome(key)
    }

    /// Whether the outcome of this very airing is remembered.
    pub(super) fn has_outcome(&self, key: &Key) -> bool {
        match key {
            Key::Due(scheduled, broadcast) => self.settled.contains(&(*scheduled, broadcast.clone())),
            Key::Order(_) => false,
        }
    }

    /// Let go of outcomes so old, at a time up to which everything is settled, that only a clock far
    /// behind the journal could ask for them again; it is told that all of them are settled.
    pub(super) fn forget(&mut self, passed: Wall) {
        self.forgotten = self.forgotten.max(passed - REMEMBER);
        while self.settled.first().is_some_and(|(scheduled, _)| *scheduled < self.forgotten) {
            self.settled.pop_first();
        }
    }

    /// The clock was wrong, and stands at `now` after all: what was let go of by the wrong one is not
    /// settled for that. What is, is told by [`Self::settle`].
    pub(super) fn turn_back(&mut self, now: Wall) {
        self.forgotten = self.forgotten.min(now - REMEMBER);
    }

    pub(super) fn settle(&mut self, key: Key) {
        if let Key::Due(scheduled, broadcast) = key {
            self.settled.insert((scheduled, broadcast));
        }
        while self.settled.len() > SETTLED_MOST {
            self.settled.pop_first();
        }
    }

    /// Who has stopped this lane since the order `ticket` was given, if somebody has.
    pub(super) fn stopped_since(&self, ticket: u64) -> Option<&str> {
        self.stopped.as_ref().filter(|(stop, _)| ticket < *stop).map(|(_, by)| by.as_str())
    }

    /// Nothing that was given up is on its way to silence any more.
    pub(super) fn is_quiet(&self) -> bool {
        !self.runs.iter().any(|run| run.because.is_some() && run.voice.is_some())
    }

    /// What a stop ends here, by title: what sounds, what was interrupted, what waits.
    pub(super) fn due(&self, now: Wall, meant: &dyn Fn(&Airing) -> bool) -> Vec<String> {
        let runs = self.runs.iter().filter(|run| run.because.is_none() && run.is_carried(now)).map(|run| &run.airing);
        let waits = |airing: &&Airing| will_sound(airing) && (airing.scheduled <= now || airing.is_ordered());
        let mut titles: Vec<String> = Vec::new();
        for airing in runs.chain(self.future.iter().filter(waits)).filter(|airing| meant(airing)) {
            if !titles.contains(&airing.broadcast.title) {
                titles.push(airing.broadcast.title.clone());
            }
        }
        titles
    }

    /// What is heard now, or about to be.
    pub(super) fn on_air(&self, now: Wall) -> Option<&Airing> {
        self.runs.iter().find(|run| run.because.is_none() && run.is_on_air(now)).map(|run| &run.airing)
    }

    /// What is to come here, or under way.
    pub(super) fn airings(&self) -> impl Iterator<Item = &Airing> {
        self.runs.iter().map(|run| &run.airing).chain(&self.future)
    }

    /// The wall clock has stepped by `moved`: orders go by what has passed, not by what it says.
    pub(super) fn take_orders_along(&mut self, moved: SignedDuration) {
        self.future.iter_mut().filter(|airing| airing.is_ordered()).for_each(|airing| airing.shift(moved));
        self.future.make_contiguous().sort_by_key(attention);
        self.runs.iter_mut().for_each(|run| run.take_along(moved));
    }

    /// Take down what was heard, and forget what is old.
    pub(super) fn remember(&mut self, heard: Heard) {
        self.heard.retain(|old| old.to + REMEMBER > heard.from);
        if heard.from < heard.to {
            self.heard.push(heard);
        }
        // Oldest first, so that it is the oldest that go.
        self.heard.drain(..self.heard.len().saturating_sub(HEARD_MOST));
    }

    /// What was heard up to `now`, what sounds now included; what lies ahead was dated by a clock that was
    /// wrong, and counts for no session.
    pub(super) fn history(&self, now: Wall) -> Vec<Heard> {
        self.heard_with(now, now)
    }

    fn heard_with(&self, now: Wall, until: Wall) -> Vec<Heard> {
        let sounding = self.runs.iter().filter_map(|run| run.hearing(now, until));
        self.heard.iter().filter(|heard| heard.from <= now).copied().chain(sounding).collect()
    }

    /// How far the sessions have come by `now`; `None` where they are not limited.
    pub(super) fn tally(&self, now: Wall, guard: &Guard) -> Option<SessionCount> {
        guard.sessions().map(|rule| rule.tally(&self.history(now)))
    }

    /// The same for what is armed now, as far ahead as that is.
    pub(super) fn tally_ahead(&self, now: Wall, guard: &Guard) -> Option<SessionCount> {
        let rule = guard.sessions()?;
        Some(rule.tally(&self.heard_with(now, now + ARM_LEAD)))
    }

    /// The stretches in which it sounds, or is about to.
    pub(super) fn needs(&self, now: Wall) -> impl Iterator<Item = PowerNeed> {
        self.runs.iter().flat_map(move |run| run.stretches(now)).map(|(from, to)| PowerNeed {
            zone: self.zone,
            from,
            to,
        })
    }

    /// What was prepared cannot play for want of its sound: as if it had not been begun, until that is there or its
    /// rule says that it is missed.
    fn await_sound(&mut self, place: usize, reason: Cause) {
        let mut airing = self.runs.remove(place).airing;
        (airing.verdict, airing.reason) = (Verdict::Miss, Some(Box::new(reason)));
        let at = self.future.partition_point(|other| attention(other) <= attention(&airing));
        self.future.insert(at, airing);
    }

    /// Replace what is to come.
    pub(super) fn replace_future(&mut self, mut airings: Vec<Airing>) {
        airings.retain(|airing| !self.is_settled(&key_of(airing)));
        airings.sort_by_key(attention);
        self.future = airings.into();
    }

    /// Begin what is due.
    pub(super) fn begin_due(&mut self, scene: &mut ZoneContext<'_>) {
        while self.future.front().is_some_and(|airing| attention(airing) <= scene.now) {
            let Some(airing) = self.future.pop_front() else { break };
            let key = record::key(&airing, &scene.world.station);
            let distrusted = scene.distrust(&airing, airing.start);
            if distrusted.is_none() && matches!(airing.verdict, Verdict::Play | Verdict::Wait) {
                self.runs.push(Run::new(airing, key));
                continue;
            }
            // An airing that will not sound gets its entry at the instant the village would notice.
            let entry = record::unplayed(&airing, &scene.world.station, scene.now, distrusted.as_ref());
            scene.actions.push(record::finish(key, entry));
            self.settle(key_of(&airing));
        }
    }

    pub(super) fn finish(&mut self, place: usize, scene: &mut ZoneContext<'_>) {
        let mut run = self.runs.remove(place);
        run.relay_over(scene.now, scene);
        if let Some(heard) = run.heard_until(scene.now) {
            self.remember(heard);
        }
        if run.holes.0 > 0 {
            scene.actions.push(record::noted(outcome::underrun(&run, &scene.world.station, scene.now)));
        }
        let entry = outcome::fact(&run, &scene.world.station, scene.now);
        self.settle(key_of(&run.airing));
        scene.actions.push(record::finish(run.key, entry));
    }

    fn place_of(&self, voice: VoiceId) -> Option<usize> {
        self.runs.iter().position(|run| run.voice.is_some_and(|own| own.id == voice))
    }

    fn run_of(&mut self, voice: VoiceId) -> Option<&mut Run> {
        self.place_of(voice).map(|place| &mut self.runs[place])
    }

    /// Take a report; `None` if the voice is not of this lane, else whether the lane is now free at
    /// another instant than planned, so that it must be planned again.
    pub(super) fn notice(&mut self, notice: &Notice, scene: &mut ZoneContext<'_>) -> Option<bool> {
        match notice {
            Notice::Ready(voice) => {
                let place = self.place_of(*voice)?;
                self.set_state(place, VoiceState::Ready);
                self.runs[place].hindered = None;
                // Its sound took so long that the zone has gone on: what sounds there now makes room for it.
                return Some(self.runs[place].is_emergency() && self.is_overtaken(place, scene.now));
            }
            Notice::Started(voice, at) => {
                let place = self.place_of(*voice)?;
                self.set_state(place, VoiceState::Playing);
                self.trouble = None;
                self.is_tried = true;
                let run = &mut self.runs[place];
                let again = run.voice_started(*at);
                if run.started.is_none() {
                    run.started = Some(*at);
                    let record = Record::Begin { key: run.key.clone(), started: *at, written: scene.now };
                    scene.actions.push(Action::Record(record));
                }
                return Some(again);
            }
            Notice::Position(voice, played) => {
                let run = &self.runs[self.place_of(*voice)?];
                let seconds = run.known_heard(*played, scene.now).as_secs_f64();
                let record = Record::Position { key: run.key.clone(), seconds, written: scene.now };
                scene.actions.push(Action::Record(record));
            }
            Notice::Hindered(voice, why) => {
                let place = self.place_of(*voice)?;
                self.runs[place].hindered = Some(why.clone());
                self.is_tried = true;
                let since = self.trouble.as_ref().map_or(scene.now, |(_, since)| *since);
                self.trouble = Some((why.clone(), since));
            }
            Notice::Spoiled(voice, file) => self.run_of(*voice)?.spoiled = Some(file.clone()),
            Notice::Failed(voice, why) => {
                self.is_tried = true;
                let place = self.place_of(*voice)?;
                match self.runs[place].spoiled.clone() {
                    Some(file) if self.runs[place].may_still_begin(scene.now) => {
                        self.await_sound(place, Cause::Changed(file));
                        // What is known of the file is still what it was; a new look at it brings a new plan.
                        return Some(false);
                    }
                    Some(file) => self.runs[place].broke_off(Reason::Changed(file.to_string())),
                    None => self.runs[place].broke_off(Reason::DeviceFailed(why.into())),
                }
                self.finish(place, scene);
                return Some(true);
            }
            Notice::Stumbled { voice, times, silent } => {
                self.run_of(*voice)?.had_holes(*times, *silent);
                self.underruns += u64::from(*times);
            }
            Notice::Relay(voice, news) => self.run_of(*voice)?.relay_heard(news, scene),
            Notice::Ended { voice, at, played, start_error, ending } => {
                let place = self.place_of(*voice)?;
                self.runs[place].relay_over(*at, scene);
                let expected = self.runs[place].pieces.front().map_or(*at, |piece| piece.end);
                if let Some(heard) = self.runs[place].heard_until(*at) {
                    self.remember(heard);
                }
                if self.runs[place].voice_ended(*at, *played, *start_error, *ending, scene.guard) {
                    self.finish(place, scene);
                }
                // Half a second early or late leaves the plan as it is: the output joins voices itself.
                return Some(expected.since(*at).abs() > jiff::SignedDuration::from_millis(500));
            }
        }
        Some(false)
    }

    fn set_state(&mut self, place: usize, state: VoiceState) {
        if let Some(voice) = &mut self.runs[place].voice {
            voice.state = state;
        }
    }

    /// Take out what should have begun so long before `now` that it may not simply begin.
    pub(super) fn take_overdue(&mut self, now: Wall) -> Vec<Airing> {
        let is_overdue = |airing: &Airing| {
            matches!(airing.verdict, Verdict::Play | Verdict::Wait) && airing.start + START_GRACE < now
        };
        if self.future.front().is_none_or(|first| attention(first) >= now) {
            return Vec::new();
        }
        let (overdue, rest): (Vec<Airing>, Vec<Airing>) = self.future.drain(..).partition(is_overdue);
        self.future = rest.into();
        overdue
    }

    /// Whether an airing is known here: to come, under way or settled.
    pub(super) fn knows(&self, key: &Key) -> bool {
        self.is_settled(key) || self.awaits(key)
    }

    /// Whether an airing is to come here, or under way.
    pub(super) fn awaits(&self, key: &Key) -> bool {
        self.airings().any(|airing| key_of(airing) == *key)
    }
}

/// When an airing that has not begun wants something done.
pub(super) fn attention(airing: &Airing) -> Wall {
    match (airing.verdict, airing.reason.as_deref()) {
        (Verdict::Play | Verdict::Wait, _) => airing.start - PREPARE_LEAD,
        (Verdict::Miss, Some(Cause::WaitExpired(_))) => airing.scheduled + airing.broadcast.wait,
        (Verdict::Miss, Some(reason)) if reason.is_want_of_sound() => airing.scheduled + patience(&airing.broadcast),
        (Verdict::Refuse | Verdict::Miss, _) => airing.scheduled,
    }
}

pub(super) fn will_sound(airing: &Airing) -> bool {
    matches!(airing.verdict, Verdict::Play | Verdict::Wait)
}
