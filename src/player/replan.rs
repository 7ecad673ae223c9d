//! Planning again in the middle of the day: what is under way becomes jobs beside what is to come, and
//! the plan's own engine settles them all. So the preview and the player never disagree on a rule.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use super::event::{Action, Request, World};
use super::lane::{Key, REMEMBER, journal_key, key_of, will_sound};
use super::machine::{HORIZON, Player};
use super::record;
use super::run::Run;
use crate::instant::Wall;
use crate::journal::{Intent, Record};
use crate::plan::{self, Airing, Carried, Guards, Heard, Job, Lane as PlanLane, Reason, Verdict};
use crate::schedule::{Broadcast, Class, IfInterrupted, IfMissed, Kind, Place, Play, Recurrence};
use crate::station::ZoneIx;

/// A say is heard this long after it is ordered: enough to decode it, so that its start is exact.
const SAY_LEAD: Duration = Duration::from_millis(300);

/// Silence between the repeats of an alert.
const REPEAT_GAP: Duration = Duration::from_secs(2);

/// How long a say may queue behind what is playing.
const SAY_WAIT: Duration = Duration::from_mins(10);

/// How long an alert may queue behind another alert, which may be twenty long repeats: it is not
/// dropped before somebody stops it.
const ALERT_WAIT: Duration = Duration::from_hours(12);

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
        let lanes = &self.lanes;
        self.requests.retain(|(zone, key), _| key.0 + HORIZON > now || !lanes[usize::from(zone.0)].is_settled(key));
        self.late.retain(|_, latest| *latest + HORIZON > now);
    }

    /// Take a new world: plan the zones anew that it touches.
    pub(super) fn change(&mut self, now: Wall, world: World, actions: &mut Vec<Action>) {
        // What was due under the old files is begun under them.
        self.step(now, actions);
        let old = std::mem::replace(&mut self.world, world);
        let World { schedule, station, library } = &self.world;
        let same = old.station == *station && (Arc::ptr_eq(&old.library, library) || old.library == *library);
        let touched = if same { plan::touched(&old.schedule, schedule) } else { None };
        let Some(touched) = touched.filter(|_| !self.ending) else {
            self.guards = Guards::new(&schedule.rules, station);
            return self.replan(now, actions);
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
        let waited: BTreeMap<Key, Box<Reason>> = self.lanes[place]
            .future
            .iter()
            .filter(|airing| airing.scheduled <= now && matches!(airing.reason.as_deref(), Some(Reason::Waits(_))))
            .filter_map(|airing| Some((key_of(airing), airing.reason.clone()?)))
            .collect();
        let mut jobs = more;
        jobs.extend(self.carried(place, now, actions));
        let lane = &self.lanes[place];
        // What is taken over above is not taken from the schedule once more.
        let carried: BTreeSet<Key> = jobs.iter().map(|job| (job.scheduled, job.broadcast.id.clone())).collect();
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
        jobs.extend(
            coming[first..].iter().filter(|job| !is_known(&(job.scheduled, job.broadcast.id.clone()))).cloned(),
        );
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
            let requests = &self.requests;
            let (due, rest): (Vec<Airing>, Vec<Airing>) = lane
                .future
                .drain(..)
                .partition(|airing| airing.scheduled <= now || requests.contains_key(&(zone, key_of(airing))));
            lane.future = rest.into();
            due
        };
        for airing in due {
            if let Some(job) = self.waiting_job(zone, &airing, now) {
                jobs.push(job);
            } else {
                let entry = record::unplayed(&airing, &self.world.station, now, Some("cancelled"));
                actions.push(record::finish(journal_key(&self.world, &airing), entry));
                self.lanes[place].settle(key_of(&airing));
            }
        }
        jobs
    }

    /// A due airing that has not begun, as the files name it now; `None` if they no longer do.
    fn waiting_job(&self, zone: ZoneIx, airing: &Airing, now: Wall) -> Option<Job> {
        let broadcast = if self.requests.contains_key(&(zone, key_of(airing))) {
            airing.broadcast.clone()
        } else {
            let mut known = self.world.schedule.broadcasts.iter();
            known.find(|known| known.id == airing.broadcast.id && known.zones.contains(&zone))?.clone()
        };
        Some(self.job_of(airing, broadcast, now))
    }

    pub(super) fn job_of(&self, airing: &Airing, broadcast: Arc<Broadcast>, now: Wall) -> Job {
        let ordered = self.requests.contains_key(&(airing.zone, key_of(airing)));
        let rank = self.world.schedule.broadcasts.iter().position(|known| known.id == broadcast.id);
        let programme = if Arc::ptr_eq(&broadcast, &airing.broadcast) {
            airing.programme.clone()
        } else {
            self.programme(&broadcast, airing.zone, airing.scheduled)
        };
        Job {
            scheduled: airing.scheduled,
            // What was ordered by hand goes before what is written, where all else is equal.
            rank: rank.map_or(0, |rank| rank as u32),
            // An order means now, wherever the clock has stepped since.
            not_before: if ordered { airing.scheduled.min(now + SAY_LEAD) } else { airing.scheduled },
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
            run.because = Some("cancelled".to_owned());
            let entry = record::fact(&run, &self.world.station, now);
            self.lanes[place].settle(key_of(&run.airing));
            actions.push(record::finish(run.key, entry));
        }
    }

    /// Take an order by hand.
    pub(super) fn request(&mut self, now: Wall, request: &Request, actions: &mut Vec<Action>) {
        let emergency = request.class == Class::Emergency;
        let broadcast = Arc::new(broadcast_of(request));
        let mut scheduled = if emergency { now } else { now + SAY_LEAD };
        // Two orders of one sound in one millisecond are still two.
        while request.zones.iter().filter_map(|zone| self.lanes.get(usize::from(zone.0))).any(|lane| {
            let key = (scheduled, broadcast.id.clone());
            lane.knows(&key) || self.requests.contains_key(&(lane.zone, key))
        }) {
            scheduled = scheduled + Duration::from_millis(1);
        }
        let asked =
            if emergency { format!("alert: {}: {}", request.by, request.why) } else { format!("say: {}", request.by) };
        let mut note = record::note(now, asked.clone(), broadcast.title.clone());
        note.broadcast = Some(broadcast.id.clone());
        note.class = Some(request.class);
        actions.push(record::noted(note));
        for zone in &request.zones {
            let place = usize::from(zone.0);
            if place >= self.lanes.len() {
                continue;
            }
            let programme = self.programme(&broadcast, *zone, scheduled);
            self.requests.insert((*zone, (scheduled, broadcast.id.clone())), asked.clone());
            let airing = Airing {
                zone: *zone,
                broadcast: broadcast.clone(),
                programme: programme.clone(),
                scheduled,
                start: scheduled,
                end: scheduled + programme.length,
                breaks: Box::default(),
                verdict: Verdict::Play,
                reason: None,
            };
            // An order has its outcome even if the power goes before its turn comes.
            let draft = record::draft(&airing, &self.world.station, now);
            let intent = Intent { key: journal_key(&self.world, &airing), at: scheduled, draft };
            actions.push(Action::Record(Record::Intend(Box::new(intent))));
            let job = Job {
                broadcast: broadcast.clone(),
                programme,
                scheduled,
                rank: 0,
                not_before: scheduled,
                latest: scheduled + broadcast.wait,
                carried: Carried::Waiting,
            };
            self.replan_lane(place, now, vec![job], actions);
        }
    }
}

/// The broadcast that an order amounts to.
fn broadcast_of(request: &Request) -> Broadcast {
    let mut play = vec![Play::Sound(request.name.clone())];
    for _ in 1..request.times {
        play.extend([Play::Pause(REPEAT_GAP), Play::Sound(request.name.clone())]);
    }
    let stem = request.name.split('.').next().unwrap_or(&request.name).to_owned();
    Broadcast {
        id: stem.clone(),
        title: stem,
        campaign: None,
        zones: request.zones.clone(),
        recurrence: Recurrence::At { times: Vec::new(), days: crate::schedule::DaySet::Weekdays(0) },
        from: None,
        until: None,
        except: Vec::new(),
        only: Vec::new(),
        kind: Kind::Bulletin,
        play,
        chime: None,
        bed: None,
        class: request.class,
        warrant: None,
        order: 0,
        wait: if request.class == Class::Emergency { ALERT_WAIT } else { SAY_WAIT },
        if_missed: IfMissed::Skip,
        if_interrupted: IfInterrupted::Resume,
        place: Place::default(),
    }
}
