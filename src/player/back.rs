//! What should have begun and did not, because the station was off, its clock stepped, or its loop
//! was held up: missed and recorded, or brought back as its rule says.

use std::time::Duration;

use super::event::Action;
use super::lane::key_of;
use super::machine::{Player, journal_key, will_sound};
use super::record;
use super::run::START_GRACE;
use crate::instant::Wall;
use crate::plan::{self, Airing, Carried, Job, Rival, Verdict};
use crate::schedule::IfMissed;

/// An outage, or a step of the clock, is gone through for at most this long; what is older is one note.
const AWAY_MOST: Duration = Duration::from_hours(7 * 24);

/// After an outage, at most this many missed airings a zone get an entry of their own; the oldest
/// beyond are counted in one note. A week without power is 200 or so.
const MISSED_MOST: usize = 1000;

/// How far before an outage an airing may have been scheduled that was still waiting when it came.
const WAIT_MOST: Duration = Duration::from_hours(12);

impl Player {
    /// The station was off from `since` until `now`: record what was missed, and bring back what may
    /// still be heard.
    pub(super) fn come_back(&mut self, now: Wall, since: Wall, actions: &mut Vec<Action>) {
        if since >= now || self.distrust(now).is_some() {
            return;
        }
        if since < now - AWAY_MOST {
            let mut note =
                record::note(now, "station_off", "đài tắt quá lâu, chỉ kể những gì bị lỡ trong bảy ngày cuối");
            note.planned = Some(since);
            actions.push(record::noted(note));
        }
        let since = since.max(now - AWAY_MOST);
        let world = self.world.clone();
        let wait = world.schedule.broadcasts.iter().map(|broadcast| broadcast.wait).max().unwrap_or_default();
        let first = since - wait.min(WAIT_MOST);
        let mut missed = plan::plan(&world.schedule, &world.station, &world.library, first, now);
        missed.retain(|airing| {
            // Before the outage only what was waiting when it came is owed.
            (airing.scheduled >= since || (airing.verdict == Verdict::Wait && airing.start >= since))
                && !self.lanes[usize::from(airing.zone.0)].knows(&key_of(airing))
        });
        self.bring_back(missed, now, "station_off", actions);
    }

    /// What the loop comes to so late that it may not simply begin.
    pub(super) fn catch_up(&mut self, now: Wall, because: &str, actions: &mut Vec<Action>) {
        let overdue: Vec<Airing> = self.lanes.iter_mut().flat_map(|lane| lane.take_overdue(now)).collect();
        if !overdue.is_empty() {
            self.bring_back(overdue, now, because, actions);
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

    /// Give each its second chance, or record that it was missed.
    fn bring_back(&mut self, missed: Vec<Airing>, now: Wall, because: &str, actions: &mut Vec<Action>) {
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
        let most = MISSED_MOST.saturating_mul(self.lanes.len());
        let (old, recent) = lost.split_at(lost.len().saturating_sub(most));
        if let Some(first) = old.first() {
            let mut note = record::note(now, format!("{because}: {}", old.len()), "lượt phát bị lỡ");
            note.planned = Some(first.scheduled);
            actions.push(record::noted(note));
        }
        for airing in recent {
            let because = will_sound(airing).then_some(because);
            let entry = record::unplayed(airing, &self.world.station, now, because);
            actions.push(record::finish(journal_key(&self.world, airing), entry));
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
        if !will_sound(airing) || self.requests.contains_key(&(airing.zone, key_of(airing))) {
            return None;
        }
        let job = self.job_of(airing, airing.broadcast.clone());
        match airing.broadcast.if_missed {
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
                // As if it had been cut just now by itself and went on where it would be by then.
                let own = Rival { broadcast: airing.broadcast.clone(), scheduled: airing.scheduled };
                (offset < airing.programme.length).then_some(Job {
                    latest: now + airing.broadcast.wait,
                    carried: Carried::Suspended { since: now, offset, by: own },
                    ..job
                })
            }
        }
    }
}
