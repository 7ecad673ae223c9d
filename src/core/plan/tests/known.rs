//! The rest of a day goes by what was heard of it, and not by what was to be heard.

use super::*;
use crate::plan::{Heard, HeardSoFar, PlanContext, Verdict, plan_knowing};
use crate::schedule::Class::{Emergency, Normal};
use crate::station::ZoneIx;

const HOUR: Duration = Duration::from_hours(1);

fn noon() -> Wall {
    at("2026-12-01T12:00", &crate::calendar::sample::zone("Asia/Ho_Chi_Minh"))
}

/// Two sessions a day, of half an hour.
fn schedule() -> Schedule {
    let mut rules = hours(&[(5, 22)]);
    rules.max_sessions_per_day = Some(2);
    rules.max_session = Some(Duration::from_mins(30));
    let all = [
        one("a", "06:00", Normal, 0),
        one("b", "08:00", Normal, 0),
        one("c", "17:00", Normal, 0),
        one("d", "19:00", Normal, 0),
    ];
    Schedule { rules: rules.into(), ..super::schedule(all) }
}

/// What becomes of the airings from noon on, for two days: the first letters of the verdicts.
fn told(known: &HeardSoFar, schedule: &Schedule) -> String {
    let (station, library) = (station(2), sounds(&[("a", 10), ("b", 10), ("c", 10), ("d", 10)]));
    let airings = plan_knowing(schedule, &station, &library, known, noon(), noon() + HOUR * 72);
    let mut days: Vec<String> = airings
        .iter()
        .filter(|airing| airing.zone == ZoneIx(0))
        .map(|airing| format!("{}{}", airing.broadcast.id, if airing.verdict == Verdict::Play { "+" } else { "-" }))
        .collect();
    assert_eq!(days.len(), 12);
    days.truncate(6);
    days.join(" ")
}

fn heard(hour: u64, minutes: u64, emergency: bool) -> Heard {
    let from = noon() - HOUR * 12 + HOUR * u32::try_from(hour).unwrap();
    Heard { from, to: from + Duration::from_mins(minutes), emergency }
}

#[test]
fn the_sessions_of_today_are_those_that_were_heard() {
    let schedule = schedule();
    let by_plan = "c- d- a+ b+ c- d-";
    assert_eq!(told(&HeardSoFar::at(noon()), &schedule), by_plan);
    // The station was off all morning, or its first schedule was written at noon.
    assert_eq!(told(&HeardSoFar::written(noon()), &schedule), "c+ d+ a+ b+ c- d-");
    let of = |all: &[Heard]| {
        let mut known = HeardSoFar::written(noon());
        for heard in all {
            known.heard(ZoneIx(0), *heard);
        }
        told(&known, &schedule)
    };
    assert_eq!(of(&[heard(6, 10, false)]), "c+ d- a+ b+ c- d-");
    assert_eq!(of(&[heard(6, 10, false), heard(8, 10, false)]), by_plan);
    // An emergency is no session; what was said by hand is one.
    assert_eq!(of(&[heard(6, 10, true), heard(9, 10, false)]), "c+ d- a+ b+ c- d-");
    // Yesterday's count for nothing, and no more does what a clock that ran ahead wrote down.
    let yesterday = Heard { from: noon() - HOUR * 30, to: noon() - HOUR * 29, emergency: false };
    let ahead = Heard { from: noon() + HOUR, to: noon() + HOUR * 2, emergency: false };
    assert_eq!(of(&[yesterday, ahead]), "c+ d+ a+ b+ c- d-");
    // Another zone's, such as one that was added today, are its own.
    let mut known = HeardSoFar::written(noon());
    known.heard(ZoneIx(1), heard(6, 10, false));
    assert_eq!(told(&known, &schedule), "c+ d+ a+ b+ c- d-");
}

#[test]
fn what_is_not_over_goes_on_and_what_has_its_outcome_does_not() {
    let mut schedule = schedule();
    schedule.broadcasts.push(Arc::new(one("n", "11:50", Normal, 900)));
    schedule.broadcasts.push(Arc::new(one("e", "11:59", Emergency, 0)));
    schedule.broadcasts.push(Arc::new(one("x", "12:05", Normal, 900)));
    let (station, library) =
        (station(1), sounds(&[("a", 10), ("b", 10), ("c", 10), ("d", 10), ("n", 20), ("e", 1), ("x", 2)]));
    let start = |known: &HeardSoFar| {
        let airings = plan_knowing(&schedule, &station, &library, known, noon(), noon() + HOUR);
        let one = airings.iter().find(|airing| airing.broadcast.id == "x").unwrap();
        one.start.zoned(&station.timezone).strftime("%H:%M").to_string()
    };
    // It is in the middle, broken into for a minute.
    let mut known = HeardSoFar::written(noon());
    assert_eq!(start(&known), "12:11");
    let scheduled = noon() - Duration::from_mins(10);
    known.settled(ZoneIx(0), "n", scheduled);
    known.heard(ZoneIx(0), Heard { from: scheduled, to: scheduled + Duration::from_mins(9), emergency: false });
    assert_eq!(start(&known), "12:05");
}

#[test]
fn where_nothing_is_limited_the_plan_is_the_plan() {
    let schedule = Schedule { rules: hours(&[(5, 22)]).into(), ..schedule() };
    let (station, library) = (station(2), sounds(&[("a", 10), ("b", 10), ("c", 10), ("d", 10)]));
    let (from, to) = (noon() - HOUR * 12, noon() + HOUR * 48);
    let known = plan_knowing(&schedule, &station, &library, &HeardSoFar::written(noon()), from, to);
    assert_eq!(known, plan(&schedule, &station, &library, from, to));
}

#[test]
fn the_nearest_lawful_time_counts_what_was_heard_as_well() {
    let schedule = schedule();
    let (station, library) = (station(1), sounds(&[("a", 10), ("b", 10), ("c", 10), ("d", 10)]));
    let mut known = HeardSoFar::written(noon());
    known.heard(ZoneIx(0), heard(6, 10, false));
    let ground = PlanContext::knowing(&schedule, &station, &library, known);
    let airings = ground.plan(noon(), noon() + HOUR * 12);
    let refused = airings.iter().find(|airing| airing.verdict == Verdict::Refuse).unwrap();
    let nearest = ground.nearest(refused).unwrap().zoned(&station.timezone).strftime("%d %H:%M").to_string();
    assert_eq!((refused.broadcast.id.as_str(), nearest.as_str()), ("d", "01 17:14"));
}
