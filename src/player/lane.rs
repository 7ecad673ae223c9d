use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use super::event::Action;
use super::record;
use super::run::{PREPARE_LEAD, Run, START_GRACE, Scene, VoiceState};
use crate::instant::Wall;
use crate::journal::Record;
use crate::output::{Notice, VoiceId};
use crate::plan::{Airing, Guard, Reason, Verdict};
use crate::station::ZoneIx;

/// How long an airing's outcome is remembered here, so that neither a step of the clock nor a reload
/// plays it again. The journal remembers it for good.
const REMEMBER: Duration = Duration::from_hours(48);

/// Names an airing within its zone.
pub(super) type Key = (Wall, String);

/// One zone's day: what is to come, what is under way, what is settled.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) zone: ZoneIx,
    /// Planned and not yet begun, by the instant at which they want attention.
    pub(super) future: VecDeque<Airing>,
    /// Prepared, sounding or suspended, in the order they were begun.
    pub(super) runs: Vec<Run>,
    /// Have their outcome.
    settled: BTreeSet<Key>,
}

pub(super) fn key_of(airing: &Airing) -> Key {
    (airing.scheduled, airing.broadcast.id.clone())
}

impl Lane {
    pub(super) fn new(zone: ZoneIx) -> Self {
        Self { zone, future: VecDeque::new(), runs: Vec::new(), settled: BTreeSet::new() }
    }

    pub(super) fn is_settled(&self, key: &Key) -> bool {
        self.settled.contains(key)
    }

    pub(super) fn settle(&mut self, key: Key) {
        self.settled.insert(key);
    }

    /// Replace what is to come.
    pub(super) fn replace_future(&mut self, mut airings: Vec<Airing>) {
        airings.retain(|airing| !self.settled.contains(&key_of(airing)));
        airings.sort_by_key(attention);
        self.future = airings.into();
    }

    /// Begin what is due. `name` gives an airing its journal key and who asked for it.
    pub(super) fn begin_due(&mut self, scene: &mut Scene<'_>, name: &dyn Fn(&Airing) -> (String, Option<String>)) {
        while self.future.front().is_some_and(|airing| attention(airing) <= scene.now) {
            let Some(airing) = self.future.pop_front() else { break };
            let (key, asked_by) = name(&airing);
            let distrusted = scene.distrust.filter(|_| asked_by.is_none());
            if distrusted.is_none() && matches!(airing.verdict, Verdict::Play | Verdict::Wait) {
                self.runs.push(Run::new(airing, key, asked_by));
                continue;
            }
            // An airing that will not sound gets its entry at the instant the village would notice.
            let entry = record::unplayed(&airing, scene.station, scene.now, distrusted);
            scene.actions.push(record::finish(key, entry));
            self.settled.insert(key_of(&airing));
        }
        let old = scene.now - REMEMBER;
        while self.settled.first().is_some_and(|(scheduled, _)| *scheduled < old) {
            self.settled.pop_first();
        }
    }

    /// Let every run do what is due; finish those that are over.
    pub(super) fn step(&mut self, scene: &mut Scene<'_>) {
        let mut over = Vec::new();
        for (place, run) in self.runs.iter_mut().enumerate() {
            if run.step(scene) {
                over.push(place);
            }
        }
        for place in over.into_iter().rev() {
            self.finish(place, scene);
        }
    }

    fn finish(&mut self, place: usize, scene: &mut Scene<'_>) {
        let run = self.runs.remove(place);
        let entry = record::fact(&run, scene.station, scene.now);
        self.settled.insert(key_of(&run.airing));
        scene.actions.push(record::finish(run.key, entry));
    }

    fn place_of(&self, voice: VoiceId) -> Option<usize> {
        self.runs.iter().position(|run| run.voice.is_some_and(|own| own.id == voice))
    }

    /// Take a report; `None` if the voice is not of this lane, else whether the lane is now free at
    /// another instant than planned, so that it must be planned again.
    pub(super) fn notice(&mut self, notice: &Notice, scene: &mut Scene<'_>) -> Option<bool> {
        match notice {
            Notice::Ready(voice) => {
                let place = self.place_of(*voice)?;
                self.set_state(place, VoiceState::Ready);
                self.runs[place].hindered = None;
            }
            Notice::Started(voice, at) => {
                let place = self.place_of(*voice)?;
                self.set_state(place, VoiceState::Playing);
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
                let seconds = run.heard_with(*played);
                let record = Record::Position { key: run.key.clone(), seconds, written: scene.now };
                scene.actions.push(Action::Record(record));
            }
            Notice::Hindered(voice, why) => {
                let place = self.place_of(*voice)?;
                self.runs[place].hindered = Some(why.en.clone());
            }
            Notice::Failed(voice, why) => {
                let place = self.place_of(*voice)?;
                self.runs[place].broke_off(&format!("device_failed: {}", why.en));
                self.finish(place, scene);
                return Some(true);
            }
            Notice::Ended { voice, at, played, start_error, ending } => {
                let place = self.place_of(*voice)?;
                let expected = self.runs[place].pieces.front().map_or(*at, |piece| piece.end);
                if self.runs[place].voice_ended(*at, *played, *start_error, *ending) {
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
        self.is_settled(key)
            || self.runs.iter().any(|run| key_of(&run.airing) == *key)
            || self.future.iter().any(|airing| key_of(airing) == *key)
    }

    /// The next instant at which this lane has something to do.
    pub(super) fn deadline(&self, guard: &Guard) -> Option<Wall> {
        let due = self.runs.iter().filter_map(|run| run.deadline(guard)).min();
        let begins = self.future.front().map(attention);
        due.into_iter().chain(begins).min()
    }
}

/// When an airing that has not begun wants something done.
fn attention(airing: &Airing) -> Wall {
    match (airing.verdict, airing.reason.as_deref()) {
        (Verdict::Play | Verdict::Wait, _) => airing.start - PREPARE_LEAD,
        (Verdict::Miss, Some(Reason::WaitExpired(_))) => airing.scheduled + airing.broadcast.wait,
        (Verdict::Refuse | Verdict::Miss, _) => airing.scheduled,
    }
}
