use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::part::{CARRY_MAX, DAY};
use super::{Airing, Guards, Heard, Job, Library, PlanLane, jobs_in, plan, resolve};
use crate::instant::Wall;
use crate::schedule::Schedule;
use crate::station::{Station, ZoneIx};

/// What is past, and what is known of it: the sessions of a day count what was heard, not what was to be heard.
#[derive(Clone, Debug)]
pub struct HeardSoFar {
    now: Wall,
    /// `None` where nobody has written down what was heard: then it counts as if all had gone as planned.
    past: Option<Past>,
}

#[derive(Clone, Debug, Default)]
struct Past {
    heard: BTreeMap<ZoneIx, Vec<Heard>>,
    /// What has its outcome: zone, broadcast, and the instant in milliseconds.
    settled: HashSet<(ZoneIx, String, i64)>,
}

impl HeardSoFar {
    /// It is `now`, and nothing has been written down.
    pub const fn at(now: Wall) -> Self {
        Self { now, past: None }
    }

    /// It is `now`, and somebody writes down what is heard: tell it with [`HeardSoFar::heard`] and [`HeardSoFar::settled`].
    pub fn written(now: Wall) -> Self {
        Self { now, past: Some(Past::default()) }
    }

    /// A zone has heard this. What lies ahead of now was dated by a clock that was wrong, and does not count.
    pub fn heard(&mut self, zone: ZoneIx, heard: Heard) {
        if let Some(past) = self.past.as_mut().filter(|_| heard.from <= self.now) {
            past.heard.entry(zone).or_default().push(Heard { to: heard.to.min(self.now), ..heard });
        }
    }

    /// This airing has its outcome: it does not sound now.
    pub fn settled(&mut self, zone: ZoneIx, broadcast: &str, scheduled: Wall) {
        if let Some(past) = &mut self.past {
            past.settled.insert((zone, broadcast.to_owned(), millis(scheduled)));
        }
    }

    /// The instant up to which it is known.
    pub const fn now(&self) -> Wall {
        self.now
    }

    /// What a zone has heard up to now; `None` where nobody knows.
    pub(super) fn of(&self, zone: ZoneIx) -> Option<&[Heard]> {
        self.past.as_ref().map(|past| past.heard.get(&zone).map_or(&[][..], Vec::as_slice))
    }

    fn is_settled(&self, zone: ZoneIx, job: &Job) -> bool {
        let name = || (zone, job.broadcast.id.clone(), millis(job.scheduled));
        self.past.as_ref().is_some_and(|past| past.settled.contains(&name()))
    }
}

const fn millis(at: Wall) -> i64 {
    at.nanos().div_euclid(1_000_000)
}

/// The plan of `from..to`; from now on, by what has been heard. Only where sessions are limited does that make a
/// difference, and only until the day after this one is over.
pub fn plan_knowing(
    schedule: &Schedule,
    station: &Station,
    library: &Library,
    known: &HeardSoFar,
    from: Wall,
    to: Wall,
) -> Vec<Airing> {
    let mut airings = plan(schedule, station, library, from, to);
    let now = known.now;
    let guards = Guards::new(&schedule.rules, station);
    let zones = (0..station.zones.len()).map_while(|ix| u16::try_from(ix).ok()).map(ZoneIx);
    let limited: BTreeSet<ZoneIx> = zones.filter(|zone| guards.of(*zone).sessions().is_some()).collect();
    let end = now + DAY * 2;
    if known.past.is_none() || limited.is_empty() || to <= now || from >= end {
        return airings;
    }
    let ours = from.max(now)..to.min(end);
    airings.retain(|airing| !(limited.contains(&airing.zone) && ours.contains(&airing.scheduled)));
    // What was due before may not be over, and what is due in the second day may be settled behind the third's.
    let mut jobs = jobs_in(&limited, schedule, station, library, now - CARRY_MAX, end + DAY);
    for zone in limited {
        let Some(mut jobs) = jobs.get_mut(usize::from(zone.0)).map(std::mem::take) else { continue };
        let is_over = |job: &Job| known.is_settled(zone, job) || job.latest + job.programme.length <= now;
        let since = jobs.iter().filter(|job| !is_over(job)).map(|job| job.scheduled).min().unwrap_or(now).min(now);
        jobs.retain(|job| job.scheduled >= since && (job.scheduled >= now || !known.is_settled(zone, job)));
        let lane = PlanLane { zone, guard: guards.of(zone), from: since, history: known.of(zone).unwrap_or_default() };
        airings.extend(resolve(&lane, jobs).into_iter().filter(|airing| ours.contains(&airing.scheduled)));
    }
    airings.sort_by_key(|airing| (airing.start, airing.zone, airing.scheduled));
    airings
}
