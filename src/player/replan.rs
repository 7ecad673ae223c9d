//! Planning again in the middle of the day: what is under way becomes jobs beside what is to come, and
//! the plan's own engine settles them all. So the preview and the player never disagree on a rule.

use std::sync::Arc;
use std::time::Duration;

use super::event::{Action, Request, World};
use super::lane::{Key, key_of};
use super::machine::{HORIZON, Player, journal_key};
use super::record;
use super::run::Run;
use crate::instant::Wall;
use crate::plan::{self, Airing, Carried, Job, Lane as PlanLane, Rival, Verdict};
use crate::schedule::{Broadcast, Class, IfInterrupted, IfMissed, Place, Play, Recurrence};
use crate::station::ZoneIx;

/// A say is heard this long after it is ordered: enough to decode it, so that its start is exact.
const SAY_LEAD: Duration = Duration::from_millis(300);

/// Silence between the repeats of an alert.
const REPEAT_GAP: Duration = Duration::from_secs(2);

/// How long a say may queue behind what is playing.
const SAY_WAIT: Duration = Duration::from_mins(10);

/// Joining in the middle takes this long to decode up to the place and be exact.
const JOIN_LEAD: Duration = Duration::from_secs(3);

/// After an outage, at most this many missed airings a zone get an entry of their own; the oldest
/// beyond are counted in one note. A week without power is 200 or so.
const MISSED_MOST: usize = 1000;

impl Player {
    /// Plan all zones anew, a day ahead.
    pub(super) fn replan(&mut self, now: Wall, actions: &mut Vec<Action>) {
        self.planned_to = (now + HORIZON).min(self.until);
        let World { schedule, station, library } = &self.world;
        self.coming = plan::jobs(schedule, station, library, now, self.planned_to);
        for place in 0..self.lanes.len() {
            self.replan_lane(place, now, Vec::new(), actions);
        }
        self.requests.retain(|(_, (scheduled, _)), _| *scheduled + HORIZON > now);
    }

    /// Plan one zone anew from what is under way, with `more` jobs beside what is known.
    pub(super) fn replan_lane(&mut self, place: usize, now: Wall, more: Vec<Job>, actions: &mut Vec<Action>) {
        let zone = self.lanes[place].zone;
        let mut jobs = more;
        jobs.extend(self.carried(place, now, actions));
        let lane = &self.lanes[place];
        let is_known = |key: &Key| {
            lane.is_settled(key) || lane.runs.iter().any(|run| key_of(&run.airing) == *key && run.is_carried(now))
        };
        let coming = &self.coming[place];
        let first = coming.partition_point(|job| job.scheduled < now);
        jobs.extend(
            coming[first..].iter().filter(|job| !is_known(&(job.scheduled, job.broadcast.id.clone()))).cloned(),
        );
        let airings = plan::resolve(&PlanLane { zone, guard: &self.guard, from: now }, jobs);
        self.take_plan(place, airings, now, actions);
    }

    /// What is under way in a lane, as jobs. What the files no longer name is dropped, and recorded
    /// where its time had come.
    fn carried(&mut self, place: usize, now: Wall, actions: &mut Vec<Action>) -> Vec<Job> {
        let zone = self.lanes[place].zone;
        let mut jobs = Vec::new();
        for run in &self.lanes[place].runs {
            if let Some(carried) = run.carry() {
                jobs.push(Job { carried, ..self.job_of(&run.airing, run.airing.broadcast.clone()) });
            } else if run.is_carried(now) {
                jobs.extend(self.waiting_job(zone, &run.airing));
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
            if let Some(job) = self.waiting_job(zone, &airing) {
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
    fn waiting_job(&self, zone: ZoneIx, airing: &Airing) -> Option<Job> {
        let broadcast = if self.requests.contains_key(&(zone, key_of(airing))) {
            airing.broadcast.clone()
        } else {
            self.world.schedule.broadcasts.iter().find(|known| known.id == airing.broadcast.id)?.clone()
        };
        Some(Job { carried: Carried::Waiting, ..self.job_of(airing, broadcast) })
    }

    fn job_of(&self, airing: &Airing, broadcast: Arc<Broadcast>) -> Job {
        let rank = self.world.schedule.broadcasts.iter().position(|known| known.id == broadcast.id);
        let programme = if Arc::ptr_eq(&broadcast, &airing.broadcast) {
            airing.programme.clone()
        } else {
            self.programme(&broadcast, airing.zone)
        };
        Job {
            scheduled: airing.scheduled,
            // What was ordered by hand goes before what is written, where all else is equal.
            rank: rank.map_or(0, |rank| rank as u32),
            not_before: airing.scheduled,
            latest: airing.scheduled + broadcast.wait,
            carried: Carried::Waiting,
            broadcast,
            programme,
        }
    }

    fn programme(&self, broadcast: &Broadcast, zone: ZoneIx) -> Arc<plan::Programme> {
        let languages = &self.world.station.zones[usize::from(zone.0)].languages;
        Arc::new(plan::Programme::new(&broadcast.play, languages, &plan::Shelf::new(&self.world.library)))
    }

    /// Let the lane follow a new plan.
    fn take_plan(&mut self, place: usize, airings: Vec<Airing>, now: Wall, actions: &mut Vec<Action>) {
        let lane = &mut self.lanes[place];
        let mut future = Vec::new();
        let mut kept: Vec<bool> = vec![false; lane.runs.len()];
        for airing in airings {
            let key = key_of(&airing);
            match lane.runs.iter().position(|run| key_of(&run.airing) == key) {
                Some(at) => {
                    kept[at] = true;
                    lane.runs[at].follow(airing, actions);
                }
                None => future.push(airing),
            }
        }
        lane.replace_future(future);
        for at in (0..kept.len()).rev().filter(|at| !kept[*at]) {
            self.cancel(place, at, now, actions);
        }
    }

    /// A prepared airing that the files no longer name. Only where its time had come does the village
    /// miss it; if a file brings it back before then, it plays.
    fn cancel(&mut self, place: usize, at: usize, now: Wall, actions: &mut Vec<Action>) {
        let mut run: Run = self.lanes[place].runs.remove(at);
        run.forget_voice(actions);
        if run.airing.scheduled <= now {
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
        let scheduled = if emergency { now } else { now + SAY_LEAD };
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
            let programme = self.programme(&broadcast, *zone);
            self.requests.insert((*zone, (scheduled, broadcast.id.clone())), asked.clone());
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

    /// The station was off from `since` until `now`: record what was missed, and bring back what may
    /// still be heard.
    pub(super) fn come_back(&mut self, now: Wall, since: Wall, actions: &mut Vec<Action>) {
        let world = self.world.clone();
        let mut missed = plan::plan(&world.schedule, &world.station, &world.library, since, now);
        missed.retain(|airing| !self.lanes[usize::from(airing.zone.0)].is_settled(&key_of(airing)));
        let mut back: Vec<Vec<Job>> = self.lanes.iter().map(|_| Vec::new()).collect();
        let mut lost: Vec<&Airing> = Vec::new();
        for airing in &missed {
            match self.second_chance(airing, now) {
                Some(job) => back[usize::from(airing.zone.0)].push(job),
                None => lost.push(airing),
            }
        }
        let most = MISSED_MOST.saturating_mul(self.lanes.len());
        let (old, recent) = lost.split_at(lost.len().saturating_sub(most));
        if let Some(first) = old.first() {
            let mut note = record::note(now, format!("station_off: {}", old.len()), "bị lỡ khi đài tắt");
            note.planned = Some(first.scheduled);
            actions.push(record::noted(note));
        }
        for airing in recent {
            let because = will_have_sounded(airing).then_some("station_off");
            let entry = record::unplayed(airing, &world.station, now, because);
            actions.push(record::finish(journal_key(&world, airing), entry));
        }
        for airing in lost {
            self.lanes[usize::from(airing.zone.0)].settle(key_of(airing));
        }
        for (place, jobs) in back.into_iter().enumerate().filter(|(_, jobs)| !jobs.is_empty()) {
            self.replan_lane(place, now, jobs, actions);
        }
    }

    /// A missed airing as a job, if its rule lets it be heard after all.
    fn second_chance(&self, airing: &Airing, now: Wall) -> Option<Job> {
        if !will_have_sounded(airing) {
            return None;
        }
        let job = self.job_of(airing, airing.broadcast.clone());
        match airing.broadcast.if_missed {
            IfMissed::Skip => None,
            IfMissed::Late(most) => (airing.scheduled + most >= now).then_some(Job {
                not_before: now,
                latest: airing.scheduled + most,
                carried: Carried::Waiting,
                ..job
            }),
            IfMissed::Join => {
                let enter = now + JOIN_LEAD;
                let offset = enter.after(airing.start);
                // As if it had been cut just now and went on at the place where it would be by then.
                let own = Rival { broadcast: airing.broadcast.clone(), scheduled: airing.scheduled };
                (offset < airing.programme.length).then_some(Job {
                    not_before: enter,
                    latest: enter + airing.broadcast.wait,
                    carried: Carried::Suspended { since: enter, offset, by: own },
                    ..job
                })
            }
        }
    }
}

fn will_have_sounded(airing: &Airing) -> bool {
    matches!(airing.verdict, Verdict::Play | Verdict::Wait)
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
        play,
        class: request.class,
        order: 0,
        wait: SAY_WAIT,
        if_missed: IfMissed::Skip,
        if_interrupted: IfInterrupted::Resume,
        place: Place::default(),
    }
}
