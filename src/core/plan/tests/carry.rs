//! The engine from a carried state, as the player calls it.

use super::*;
use crate::plan::{Carried, Guard, Interruption, Job, PlanLane, Programme, Rival, SoundIndex, ZoneVoices, resolve};
use crate::schedule::Class::{Emergency, Normal, Priority};
use crate::schedule::IfInterrupted;
use crate::station::ZoneIx;

struct Desk {
    station: Station,
    library: Library,
    guard: Guard,
}

impl Desk {
    fn new(rules: &Rules) -> Self {
        let station = station(1);
        let library = sounds(&[("a", 10), ("b", 10), ("c", 1), ("e", 5)]);
        let guard = Guard::new(rules, &station.timezone);
        Self { station, library, guard }
    }

    fn at(&self, time: &str) -> Wall {
        at(&format!("2026-12-01T{time}"), &self.station.timezone)
    }

    fn job(&self, broadcast: Broadcast, rank: u32, carried: Carried) -> Job {
        let programme = Programme::new(
            &broadcast.play,
            ZoneVoices::speaking(&["vi".to_owned()]),
            &SoundIndex::new(&self.library, &station(1)),
        );
        let time = match &broadcast.recurrence {
            crate::schedule::Recurrence::At { times, .. } => times[0].to_string(),
            _ => unreachable!("the sample has times"),
        };
        let scheduled = self.at(&time);
        Job { carried, ..Job::fresh(Arc::new(broadcast), Arc::new(programme), scheduled, rank) }
    }

    fn settle(&self, now: &str, jobs: Vec<Job>) -> Vec<String> {
        let lane = PlanLane { zone: ZoneIx(0), guard: &self.guard, from: self.at(now), history: &[] };
        resolve(&lane, jobs).iter().map(|airing| line(airing, &self.station)).collect()
    }

    fn rival(&self, id: &str, time: &str) -> Rival {
        Rival { broadcast: Arc::new(one(id, time, Emergency, 0)), scheduled: self.at(time) }
    }
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

#[test]
fn what_runs_goes_on_and_what_waits_keeps_waiting() {
    let desk = Desk::new(&hours(&[(0, 24)]));
    let running = Carried::Running { since: desk.at("05:02"), offset: Duration::ZERO };
    let jobs = vec![
        desk.job(one("b", "05:05", Normal, 600), 1, Carried::Waiting),
        desk.job(one("a", "05:00", Normal, 600), 0, running),
    ];
    assert_eq!(desk.settle("05:06", jobs), ["a 05:02-05:12 play", "b 05:12-05:22 wait waits:a"]);
}

#[test]
fn a_running_one_is_cut_now_by_an_alert_and_its_position_is_kept() {
    let desk = Desk::new(&hours(&[(0, 24)]));
    // It went on at 05:05, three minutes into its sound; now it is 05:06.
    let running = Carried::Running { since: desk.at("05:05"), offset: minutes(3) };
    let mut alert = desk.job(one("e", "05:06", Emergency, 0), 0, Carried::Waiting);
    alert.latest = Wall::MAX;
    let jobs = vec![desk.job(one("a", "05:00", Normal, 600), 1, running), alert];
    assert_eq!(
        desk.settle("05:06", jobs),
        ["a 05:02-05:17 play interrupted:e 05:02-05:06@0 05:11-05:17@4", "e 05:06-05:11 play"]
    );
}

#[test]
fn a_suspended_one_goes_on_when_the_lane_is_free_or_not_at_all() {
    let desk = Desk::new(&hours(&[(0, 24)]));
    let suspended = |wait, rule| {
        let by = Interruption::Rival(desk.rival("e", "05:04"));
        let a = Broadcast { if_interrupted: rule, ..one("a", "05:00", Normal, wait) };
        let offset = if rule == IfInterrupted::Restart { Duration::ZERO } else { minutes(4) };
        desk.job(a, 1, Carried::Suspended { since: desk.at("05:04"), offset, by })
    };
    let running = || {
        let carried = Carried::Running { since: desk.at("05:04"), offset: Duration::ZERO };
        desk.job(one("e", "05:04", Emergency, 0), 0, carried)
    };
    assert_eq!(
        desk.settle("05:06", vec![suspended(600, IfInterrupted::Resume), running()])[0],
        "a 05:00-05:15 play interrupted:e 05:00-05:04@0 05:09-05:15@4"
    );
    assert!(
        desk.settle("05:06", vec![suspended(600, IfInterrupted::Restart), running()])
            .contains(&"a 05:04-05:19 play interrupted:e 05:09-05:19@0".to_owned())
    );
    assert_eq!(
        desk.settle("05:06", vec![suspended(60, IfInterrupted::Resume), running()])[0],
        "a 05:00-05:04 play interrupted:e 05:00-05:04@0"
    );
    // The lane is free already: it goes on now.
    assert_eq!(
        desk.settle("05:06", vec![suspended(600, IfInterrupted::Resume)]),
        ["a 05:00-05:12 play interrupted:e 05:00-05:04@0 05:06-05:12@4"]
    );
}

#[test]
fn a_running_one_stops_at_the_end_of_the_hours() {
    let desk = Desk::new(&hours(&[(5, 6)]));
    let running = Carried::Running { since: desk.at("05:55"), offset: minutes(1) };
    let jobs = vec![desk.job(one("a", "05:54", Normal, 600), 0, running)];
    assert_eq!(desk.settle("05:57", jobs), ["a 05:54-06:00 play past_hours"]);
}

#[test]
fn a_late_one_starts_now_unless_its_time_is_over() {
    let desk = Desk::new(&hours(&[(0, 24)]));
    let late = |latest: &str| {
        let mut job = desk.job(one("a", "05:00", Normal, 0), 0, Carried::Waiting);
        (job.not_before, job.latest) = (desk.at("05:20"), desk.at(latest));
        desk.settle("05:20", vec![job])
    };
    assert_eq!(late("05:20"), ["a 05:20-05:30 wait"]);
    assert_eq!(late("05:19"), ["a 05:20-05:30 miss"]);
}

#[test]
fn two_that_claim_to_sound_are_settled_by_the_rules() {
    let desk = Desk::new(&hours(&[(0, 24)]));
    let running = |time: &str| Carried::Running { since: desk.at(time), offset: Duration::ZERO };
    let jobs = vec![
        desk.job(one("a", "05:00", Normal, 600), 0, running("05:00")),
        desk.job(one("b", "05:01", Priority, 600), 1, running("05:01")),
    ];
    let settled = desk.settle("05:02", jobs);
    assert_eq!(settled, ["a 05:00-05:19 play interrupted:b 05:00-05:02@0 05:11-05:19@2", "b 05:01-05:11 play"]);
}

#[test]
fn a_plan_taken_up_midway_ends_as_the_plan_did() {
    let desk = Desk::new(&hours(&[(0, 24)]));
    let all = [
        one("a", "05:00", Normal, 1200),
        one("b", "05:03", Normal, 1800),
        one("c", "05:04", Priority, 0),
        one("e", "05:12", Emergency, 0),
    ];
    let whole = day(&schedule(all.clone()), &desk.library);
    let fresh = |ix: usize| desk.job(all[ix].clone(), ix as u32, Carried::Waiting);
    let running = desk.job(all[0].clone(), 0, Carried::Running { since: desk.at("05:05"), offset: minutes(4) });
    let mut midway = desk.settle("05:08", vec![running, fresh(1), fresh(3)]);
    // What a was heard of before is behind its start: 05:05 less four minutes.
    assert_eq!(midway.remove(0), "a 05:01-05:11 play");
    assert_eq!(midway, whole[2..], "b and e: a and c, which began before, come first in the whole");
}
