//! What should have begun and did not, because the station was off, its clock stepped, or its loop
//! was held up: missed and recorded, or brought back as its rule says.

use std::collections::BTreeMap;
use std::time::Duration;

use super::event::{Action, World};
use super::lane::{Lane, key_of, lacks_sound, patience, will_sound};
use super::machine::Player;
use super::record;
use super::run::START_GRACE;
use crate::instant::Wall;
use crate::plan::{self, Airing, Carried, Interruption, Job};
use crate::reason::{Off, Reason};
use crate::schedule::{Broadcast, Class, IfMissed};
use crate::station::{Station, ZoneIx};

/// Of an outage, or a jump of the clock, at most this much is told airing by airing; what is older is
/// counted in one note. Nobody reads ten thousand rows of a year in a cupboard.
const TOLD_MOST: Duration = Duration::from_hours(7 * 24);

/// So much of it is planned at once where it is only counted: a year of a large station would fill the
/// memory of a small box.
const COUNTED_AT_ONCE: Duration = Duration::from_hours(16 * 24);

/// Of a longer one at most this much is counted, at its beginning and at its end: a clock may come back from
/// 2099, and a box whose battery is dead starts in 1970.
const COUNTED_MOST: Duration = Duration::from_hours(366 * 24);

/// As many pieces as that makes, and one for the hours before it.
const STRIDES_MOST: usize = (COUNTED_MOST.as_secs() / COUNTED_AT_ONCE.as_secs()) as usize + 2;

/// At most this many missed airings a zone get an entry of their own; the oldest beyond are counted
/// with what is too old. A week without power is 200 or so.
const MISSED_MOST: usize = 1000;

/// How far before an outage an airing may have been scheduled that was still waiting when it came.
const WAIT_MOST: Duration = Duration::from_hours(12);

/// A shorter silence is a restart, of which the journal's first note tells enough.
const OUTAGE_LEAST: Duration = Duration::from_secs(1);

impl Player {
    /// The station was off, or has not known the time, since `since`, its last sign of life.
    pub(super) fn was_off(&mut self, now: Wall, since: Wall, actions: &mut Vec<Action>) {
        self.passed = self.passed.max(since);
        // What the last life was heard to play is a sign of life too; what a wrong clock dated is none.
        let dark = if self.heard_before <= now { since.max(self.heard_before) } else { since };
        let span = record::span(dark, now, &self.world.station.timezone);
        let because = Reason::StationOff(Off { span: Some(span), ..Off::default() });
        if now.after(dark) >= OUTAGE_LEAST && self.distrust(now).is_none() {
            let mut note = record::note(now, because.clone(), "đài không hoạt động");
            (note.started, note.ended) = (Some(dark), Some(now));
            actions.push(record::noted(note));
        }
        self.catch_up(now, &because, actions);
        self.come_back(now, since, &because, actions);
    }

    /// The clock went from `since` to `now` without the station: record what was missed, and bring back
    /// what may still be heard. While the clock is not believed this waits until it is.
    pub(super) fn come_back(&mut self, now: Wall, since: Wall, because: &Reason, actions: &mut Vec<Action>) {
        if since >= now || self.distrust(now).is_some() {
            return;
        }
        let World { schedule, station, library } = self.world.clone();
        // A first start under a clock that ran ahead says nothing of what came later.
        let first_on = if self.first_on <= since { self.first_on } else { Wall::MIN };
        let is_missed = |lanes: &[Lane], airing: &Airing| {
            airing.scheduled >= first_on
                && is_owed(airing, since)
                && !lanes[usize::from(airing.zone.0)].knows(&key_of(airing))
        };
        // What was written while the station was off counts from its start on.
        let start = now - self.last.mono.after(self.belief.born);
        let owed = |from: Wall, to: Wall| {
            let mut airings = plan::plan(&schedule, &station, &library, from, to);
            airings.retain(|airing| is_missed(&self.lanes, airing));
            if let Some(went_by) = &self.went_by {
                went_by.retain(&mut airings, &self.world, (from, to), start);
            }
            airings
        };
        let mut old = Counted::default();
        let (first, last) = (since - WAIT_MOST, now.min(self.until) - TOLD_MOST);
        // Of a longer one, how it began and how it ended.
        let pieces = if now.after(since) <= COUNTED_MOST {
            strides(first, last)
        } else {
            [strides(first, last.min(since + COUNTED_MOST / 2)), strides(now - COUNTED_MOST / 2, last)].concat()
        };
        for (from, to) in pieces {
            for airing in &owed(from, to) {
                old.add(airing);
            }
        }
        let missed = owed(first.max(last), now.min(self.until));
        self.bring_back(old, missed, now, because, actions);
    }

    /// What the loop comes to so late that it may not simply begin.
    pub(super) fn catch_up(&mut self, now: Wall, because: &Reason, actions: &mut Vec<Action>) {
        let overdue: Vec<Airing> = self.lanes.iter_mut().flat_map(|lane| lane.take_overdue(now)).collect();
        if !overdue.is_empty() {
            self.bring_back(Counted::default(), overdue, now, because, actions);
        }
    }

    /// After a jump forward: what was only prepared is as if it had not been begun.
    pub(super) fn put_back_overdue(&mut self, now: Wall, actions: &mut Vec<Action>) {
        for lane in &mut self.lanes {
            let (back, runs) = std::mem::take(&mut lane.runs)
                .into_iter()
                .partition(|run| run.is_untouched(now) && run.airing.start + START_GRACE < now);
            lane.runs = runs;
            for mut run in back {
                run.forget_voice(actions);
                lane.future.push_front(run.airing);
            }
        }
    }

    /// After a jump back: what was only prepared and lies ahead again is left to the plan.
    pub(super) fn put_back_early(&mut self, now: Wall, actions: &mut Vec<Action>) {
        for lane in &mut self.lanes {
            lane.runs.retain_mut(|run| {
                let early = run.is_untouched(now) && !run.airing.is_ordered() && run.airing.scheduled > now;
                if early {
                    run.forget_voice(actions);
                }
                !early
            });
        }
    }

    /// Give each its second chance, or record that it was missed; `old` are only counted.
    fn bring_back(
        &mut self,
        mut old: Counted,
        missed: Vec<Airing>,
        now: Wall,
        because: &Reason,
        actions: &mut Vec<Action>,
    ) {
        let mut back: Vec<Vec<Job>> = self.lanes.iter().map(|_| Vec::new()).collect();
        let mut lost: Vec<Airing> = Vec::new();
        for airing in missed {
            match self.second_chance(&airing, now) {
                Some(job) => {
                    self.late.insert((airing.zone, key_of(&airing)), job.latest);
                    back[usize::from(airing.zone.0)].push(job);
                }
                None => lost.push(airing),
            }
        }
        lost.sort_by_key(|airing| airing.scheduled);
        let most = MISSED_MOST.saturating_mul(self.lanes.len());
        // An order by hand is told by itself, however many others there are.
        let (orders, lost): (Vec<Airing>, Vec<Airing>) = lost.into_iter().partition(Airing::is_ordered);
        let before = lost.partition_point(|airing| airing.scheduled < now - TOLD_MOST);
        let (counted, recent) = lost.split_at(before.max(lost.len().saturating_sub(most)));
        for airing in counted {
            old.add(airing);
        }
        actions.extend(old.note(&self.world.station, now, because));
        let recent = orders.iter().chain(recent);
        // Of a sound that has not been looked at since then nobody knows that it was not there; that the station was off is
        // sure.
        let is_outage = matches!(because, Reason::StationOff(_));
        for airing in recent {
            let because = (will_sound(airing) || (is_outage && lacks_sound(airing))).then_some(because);
            let entry = record::unplayed(airing, &self.world.station, now, because);
            actions.push(record::finish(record::key(airing, &self.world.station), entry));
        }
        for airing in &lost {
            self.lanes[usize::from(airing.zone.0)].settle(key_of(airing));
        }
        for (place, jobs) in back.into_iter().enumerate().filter(|(_, jobs)| !jobs.is_empty()) {
            self.replan_lane(place, now, jobs, actions);
        }
        // What joins is under way from here on, so that planning again knows it.
        self.step(now, actions);
    }

    /// A missed airing as a job, if its rule lets it be heard after all.
    fn second_chance(&self, airing: &Airing, now: Wall) -> Option<Job> {
        if lacks_sound(airing) {
            return self.chance_of_sound(airing, now);
        }
        if !will_sound(airing) {
            return None;
        }
        let job = self.job_of(airing, airing.broadcast.clone(), now);
        match airing.broadcast.if_missed {
            // An alert is given until somebody stops it; a say as long as it would have queued.
            _ if airing.is_ordered() => {
                let latest =
                    if airing.broadcast.class == Class::Emergency { now + job.broadcast.wait } else { job.latest };
                (latest >= now).then_some(Job { not_before: now, latest, ..job })
            }
            // Still waiting for its turn when the sound went away: its wait goes on.
            _ if airing.start >= now => Some(job),
            IfMissed::Skip => None,
            IfMissed::Late(most) => (airing.scheduled + most >= now).then_some(Job {
                not_before: now,
                latest: airing.scheduled + most,
                carried: Carried::Waiting,
                // A mourning may have begun meanwhile.
                programme: self.programme(&airing.broadcast, airing.zone, now),
                ..job
            }),
            IfMissed::Join => {
                let offset = now.after(airing.start);
                (offset < airing.programme.length).then_some(Job {
                    latest: now + airing.broadcast.wait,
                    carried: Carried::Suspended { since: now, offset, by: Interruption::Joined },
                    ..job
                })
            }
        }
    }
}

/// What is too old to be told one by one: how many, of what and where, from when to when.
#[derive(Debug, Default)]
struct Counted {
    counts: BTreeMap<(ZoneIx, String), usize>,
    span: Option<(Wall, Wall)>,
}

impl Counted {
    fn add(&mut self, airing: &Airing) {
        *self.counts.entry((airing.zone, airing.broadcast.id.clone())).or_default() += 1;
        let at = airing.scheduled;
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first.min(at), last.max(at)));
    }

    /// One note for all of them.
    fn note(self, station: &Station, now: Wall, because: &Reason) -> Option<Action> {
        let (first, last) = self.span?;
        let all: usize = self.counts.values().sum();
        let each = self.counts.iter().map(|((zone, id), count)| {
            let zone = station.zones.get(usize::from(zone.0)).map_or("", |zone| zone.id.as_str());
            format!("{zone}/{id} {count}")
        });
        let counts = each.collect::<Vec<_>>().join(", ");
        let because = because.clone().counting(format!("{all}: {counts}"));
        let mut note = record::note(now, because, "lượt phát bị lỡ đã lâu, chỉ đếm");
        (note.started, note.ended) = (Some(first), Some(last));
        Some(record::noted(note))
    }
}

/// A stretch of time in pieces; none where it is empty.
fn strides(from: Wall, to: Wall) -> Vec<(Wall, Wall)> {
    let mut pieces = Vec::new();
    let mut at = from;
    while at < to && pieces.len() < STRIDES_MOST {
        let end = to.min(at + COUNTED_AT_ONCE);
        pieces.push((at, end));
        at = end;
    }
    pieces
}

impl Player {
    /// One whose sound is not there, as a job that waits for it, where its rule lets it.
    fn chance_of_sound(&self, airing: &Airing, now: Wall) -> Option<Job> {
        let latest = airing.scheduled + patience(&airing.broadcast);
        (now < latest).then(|| Job { latest, ..self.job_of(airing, airing.broadcast.clone(), now) })
    }

    /// The job of a due airing that may have lacked its sound until now: by its rule it plays late, or from where it
    /// would be by now. `None` where that would be behind its end.
    pub(super) fn once_it_has_sound(&mut self, airing: &Airing, job: Job, now: Wall) -> Option<Job> {
        let key = (airing.zone, key_of(airing));
        if !lacks_sound(airing) || airing.is_ordered() {
            return Some(job);
        }
        match airing.broadcast.if_missed {
            IfMissed::Skip => Some(job),
            IfMissed::Late(most) => {
                let latest = airing.scheduled + most;
                self.late.insert(key, latest);
                Some(Job { not_before: airing.scheduled.max(now), latest, ..job })
            }
            IfMissed::Join if !job.programme.is_playable() => Some(job),
            IfMissed::Join => {
                let offset = now.after(airing.scheduled);
                (offset < job.programme.length).then_some(Job {
                    latest: now + job.broadcast.wait,
                    carried: Carried::Suspended { since: now, offset, by: Interruption::Joined },
                    ..job
                })
            }
        }
    }
}

/// How late an airing may still be played.
fn late(broadcast: &Broadcast) -> Duration {
    match broadcast.if_missed {
        IfMissed::Late(most) => most,
        IfMissed::Skip | IfMissed::Join => Duration::ZERO,
    }
}

/// An airing without an outcome is owed one if it was to come after `since`, or was then still waiting
/// for its turn. What is older than that was written into the files when its time had passed.
fn is_owed(airing: &Airing, since: Wall) -> bool {
    let join = match airing.broadcast.if_missed {
        IfMissed::Join => airing.programme.length,
        IfMissed::Skip | IfMissed::Late(_) => Duration::ZERO,
    };
    let patience = (airing.broadcast.wait + join).max(late(&airing.broadcast));
    airing.scheduled + patience + START_GRACE >= since
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_cut_into_pieces_that_meet_and_are_never_many() {
        let from = Wall::from_secs(1_796_000_000);
        for hours in [0, 1, 384, 385, 8_784, 8_796] {
            let to = from + Duration::from_hours(hours);
            let pieces = strides(from, to);
            let mut at = from;
            for (begin, end) in &pieces {
                assert!(*begin == at && *end > at && end.after(at) <= COUNTED_AT_ONCE);
                at = *end;
            }
            assert_eq!(at, to, "{hours} hours");
        }
        // Whatever two clocks may be apart.
        for (from, to) in [(Wall::MIN, Wall::MAX), (Wall::from_secs(0), Wall::MAX), (Wall::MAX, Wall::MIN)] {
            assert!(strides(from, to).len() <= STRIDES_MOST);
        }
    }
}
