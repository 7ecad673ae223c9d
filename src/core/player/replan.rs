//! Planning again in the middle of the day: what is under way becomes jobs beside what is to come, and
//! the plan's own engine settles them all. So the preview and the player never disagree on a rule.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::event::{Action, World};
use super::lane::{Key, REMEMBER, key_of, lacks_sound, will_sound};
use super::machine::{HORIZON, Player};
use super::order::SAY_LEAD;
use super::run::Run;
use super::{outcome, record};
use crate::instant::Wall;
use crate::plan::{self, Airing, Carried, Cause, Guards, Heard, Job, PlanLane, Verdict, Wanted};
use crate::reason::Reason;
use crate::schedule::{Broadcast, Class};
use crate::station::ZoneIx;

impl Player {
    /// Count the sessions as if all had gone as planned until `now`: for a simulation, which begins in the
    /// middle of a day that nobody has heard.
    pub fn assume_heard_as_planned(&mut self, now: Wall) {
        if self.lanes.iter().all(|lane| self.guards.of(lane.zone).sessions().is_none()) {
            return;
        }
        let World { schedule, station, library } = self.world.clone();
        for airing in plan::plan(&schedule, &station, &library, now - REMEMBER, now) {
            let emergency = airing.broadcast.class == Class::Emergency;
            for piece in airing.pieces() {
                self.already_heard(airing.zone, Heard { from: piece.start, to: piece.end.min(now), emergency });
            }
        }
    }

    /// Plan all zones anew, a day ahead.
    pub(super) fn replan(&mut self, now: Wall, actions: &mut Vec<Action>) {
        if self.ending {
            return;
        }
        self.planned_to = (now + HORIZON).min(self.until);
        let World { schedule, station, library } = &self.world;
        self.coming = plan::jobs(schedule, station, library, now, self.planned_to);
        for place in 0..self.lanes.len() {
            self.replan_lane(place, now, Vec::new(), actions);
        }
    }

    /// The names that the schedules play, and the orders that are under way.
    fn wanted(&self) -> Wanted {
        let World { schedule, station, .. } = &self.world;
        let mut wanted = Wanted::new(schedule, station);
        for lane in &self.lanes {
            let airings = lane.future.iter().chain(lane.runs.iter().map(|run| &run.airing));
            for airing in airings.filter(|airing| airing.broadcast.ordered().is_some()) {
                wanted.add(&airing.broadcast);
            }
        }
        wanted
    }

    /// Take a new world: plan the zones anew that it touches.
    pub(super) fn change(&mut self, now: Wall, world: World, actions: &mut Vec<Action>) {
        // What was due under the old files is begun under them.
        self.step(now, actions);
        let old = std::mem::replace(&mut self.world, world);
        let World { schedule, station, library } = &self.world;
        // Sounds that no schedule names change no plan, however many somebody copies there.
        self.new_sounds = !Arc::ptr_eq(&old.library, library) && self.wanted().differ_in(&old.library, library);
        let same = old.station == *station && !self.new_sounds;
        let touched = if same { plan::touched(&old.schedule, schedule) } else { None };
        let Some(touched) = touched.filter(|_| !self.ending) else {
            self.guards = Guards::new(&schedule.rules, station);
            self.replan(now, actions);
            self.new_sounds = false;
            return;
        };
        let mut jobs = plan::jobs_in(&touched, schedule, station, library, now, self.planned_to);
        for zone in touched {
            let place = usize::from(zone.0);
            if let (Some(coming), Some(jobs)) = (self.coming.get_mut(place), jobs.get_mut(place)) {
                *coming = std::mem::take(jobs);
                self.replan_lane(place, now, Vec::new(), actions);
            }
        }
        self.rank_again();
    }

    /// A broadcast more or less moves all after it in file order, which settles ties.
    fn rank_again(&mut self) {
        let broadcasts = self.world.schedule.broadcasts.iter().zip(0u32..);
        let ranks: HashMap<&str, u32> = broadcasts.map(|(broadcast, rank)| (broadcast.id.as_str(), rank)).collect();
        for job in self.coming.iter_mut().flatten() {
            job.rank = ranks.get(job.broadcast.id.as_str()).copied().unwrap_or(job.rank);
        }
    }

    /// Plan one zone anew from what is under way, with `more` jobs beside what is known.
    pub(super) fn replan_lane(&mut self, place: usize, now: Wall, more: Vec<Job>, actions: &mut Vec<Action>) {
        if self.ending || place >= self.lanes.len() {
            return;
        }
        let zone = self.lanes[place].zone;
        let waited: BTreeMap<Key, Box<Cause>> = self.lanes[place]
            .future
            .iter()
            .filter(|airing| airing.scheduled <= now && matches!(airing.reason.as_deref(), Some(Cause::Waits(_))))
            .filter_map(|airing| Some((key_of(airing), airing.reason.clone()?)))
            .collect();
        let mut jobs = more;
        jobs.extend(self.carried(place, now, actions));
        let lane = &self.lanes[place];
        // What is taken over above is not taken from the schedule once more.
        let carried: BTreeSet<Key> = jobs.iter().map(Key::of_job).collect();
        let is_known = |key: &Key| {
            lane.is_settled(key)
                || carried.contains(key)
                || lane
                    .runs
                    .iter()
                    .any(|run| key_of(&run.airing) == *key && (run.because.is_some() || run.is_carried(now)))
        };
        // While there is no reason to believe the clock, nothing scheduled is due: it is told later.
        let coming = if self.belief.trust.believed { self.coming[place].as_slice() } else { &[] };
        let first = coming.partition_point(|job| job.scheduled < now);
        jobs.extend(coming[first..].iter().filter(|job| !is_known(&Key::of_job(job))).cloned());
        let guard = self.guards.of(zone);
        let history = if guard.sessions().is_some() { lane.history(now) } else { Vec::new() };
        let mut airings = plan::resolve(&PlanLane { zone, guard, from: now, history: &history }, jobs);
        for airing in airings.iter_mut().filter(|airing| airing.verdict == Verdict::Wait && airing.reason.is_none()) {
            // The lane was freed before its time; it waited all the same.
            airing.reason = waited.get(&key_of(airing)).cloned();
        }
        self.take_plan(place, airings, now, actions);
    }

    /// What is under way in a lane, as jobs. What the files no longer name is dropped, and recorded
    /// where its time had come.
    fn carried(&mut self, place: usize, now: Wall, actions: &mut Vec<Action>) -> Vec<Job> {
        let zone = self.lanes[place].zone;
        let mut jobs = Vec::new();
        for run in self.lanes[place].runs.iter().filter(|run| run.because.is_none()) {
            if let Some(carried) = run.carry(now) {
                jobs.push(Job { carried, ..self.job_of(&run.airing, run.airing.broadcast.clone(), now) });
            } else if run.is_carried(now) && run.started.is_none() {
                jobs.extend(self.waiting_job(zone, &run.airing, now));
            }
        }
        let due: Vec<Airing> = {
            let lane = &mut self.lanes[place];
            let (due, rest): (Vec<Airing>, Vec<Airing>) =
                lane.future.drain(..).partition(|airing| airing.scheduled <= now || airing.is_ordered());
            lane.future = rest.into();
            due
        };
        for airing in due {
            let job = self.waiting_job(zone, &airing, now);
            let because = if job.is_some() { None } else { Some(&Reason::Cancelled) };
            if let Some(job) = job.and_then(|job| self.once_it_has_sound(&airing, job, now)) {
                jobs.push(job);
            } else {
                let key = record::key(&airing, &self.world.station);
                let entry = record::unplayed(&airing, &self.world.station, now, because);
                actions.push(record::finish(key, entry));
                self.lanes[place].settle(key_of(&airing));
            }
        }
        jobs
    }

    /// A due airing that has not begun, as the files name it now; `None` if they no longer do.
    fn waiting_job(&self, zone: ZoneIx, airing: &Airing, now: Wall) -> Option<Job> {
        let broadcast = if airing.is_ordered() {
            airing.broadcast.clone()
        } else {
            let mut known = self.world.schedule.broadcasts.iter();
            known.find(|known| known.id == airing.broadcast.id && known.zones.contains(&zone))?.clone()
        };
        let job = self.job_of(airing, broadcast, now);
        // It has not begun, so it sounds as the files are by now.
        let afresh = self.new_sounds || lacks_sound(airing);
        let programme = afresh.then(|| match job.broadcast.class {
            Class::Emergency if airing.is_ordered() => self.alert_programme(&job.broadcast, zone, airing.scheduled),
            _ => self.programme(&job.broadcast, zone, airing.scheduled),
        });
        Some(Job { programme: programme.unwrap_or(job.programme), ..job })
    }

    pub(super) fn job_of(&self, airing: &Airing, broadcast: Arc<Broadcast>, now: Wall) -> Job {
        // What was ordered by hand goes before what is written, where all else is equal.
        let mut written = self.world.schedule.broadcasts.iter();
        let rank = written.position(|known| !airing.is_ordered() && known.id == broadcast.id);
        let programme = if Arc::ptr_eq(&broadcast, &airing.broadcast) {
            airing.programme.clone()
        } else {
            self.programme(&broadcast, airing.zone, airing.scheduled)
        };
        Job {
            scheduled: airing.scheduled,
            rank: rank.map_or(0, |rank| rank as u32),
            // An order means now.
            not_before: if airing.is_ordered() { airing.scheduled.min(now + SAY_LEAD) } else { airing.scheduled },
            latest: self
                .late
                .get(&(airing.zone, key_of(airing)))
                .copied()
                .unwrap_or_else(|| airing.scheduled + broadcast.wait),
            carried: Carried::Waiting,
            broadcast,
            programme,
        }
    }

    pub(super) fn programme(&self, broadcast: &Broadcast, zone: ZoneIx, scheduled: Wall) -> Arc<plan::Programme> {
        let World { schedule, station, library } = &self.world;
        plan::programme(schedule, station, library, broadcast, zone, scheduled)
    }

    /// Let the lane follow a new plan.
    fn take_plan(&mut self, place: usize, airings: Vec<Airing>, now: Wall, actions: &mut Vec<Action>) {
        let lane = &mut self.lanes[place];
        let mut future = Vec::new();
        let mut kept: Vec<bool> = vec![false; lane.runs.len()];
        for airing in airings {
            let key = key_of(&airing);
            match lane.runs.iter().position(|run| key_of(&run.airing) == key) {
                // What will not sound after all gets its entry when its time comes, not before.
                Some(at) if !will_sound(&airing) && lane.runs[at].is_untouched(now) => {
                    kept.remove(at);
                    lane.runs.remove(at).forget_voice(actions);
                    future.push(airing);
                }
                Some(at) => {
                    kept[at] = true;
                    lane.runs[at].follow(airing, now, actions);
                }
                None => future.push(airing),
            }
        }
        lane.replace_future(future);
        for at in (0..kept.len()).rev().filter(|at| !kept[*at]) {
            if self.lanes[place].runs[at].because.is_some() {
                // It is ending.
                continue;
            }
            self.cancel(place, at, now, actions);
        }
    }

    /// A prepared airing that the files no longer name. Only where its time had come does the village
    /// miss it; if a file brings it back before then, it plays.
    fn cancel(&mut self, place: usize, at: usize, now: Wall, actions: &mut Vec<Action>) {
        let mut run: Run = self.lanes[place].runs.remove(at);
        run.forget_voice(actions);
        if run.airing.scheduled <= now || run.is_intended() || run.started.is_some() {
            run.because = Some(Reason::Cancelled);
            let entry = outcome::fact(&run, &self.world.station, now);
            self.lanes[place].settle(key_of(&run.airing));
            actions.push(record::finish(run.key, entry));
        }
    }
}
