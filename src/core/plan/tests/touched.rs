//! What a change of one file touches, and that planning only that is planning all.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{one, schedule, sounds};
use crate::calendar::sample::at;
use crate::plan::sample::station;
use crate::plan::{jobs, jobs_in, touched};
use crate::schedule::Class::Normal;
use crate::schedule::{Broadcast, Schedule};
use crate::station::ZoneIx;

fn in_zones(id: &str, time: &str, zones: &[u16]) -> Broadcast {
    Broadcast { zones: zones.iter().copied().map(ZoneIx).collect(), ..one(id, time, Normal, 600) }
}

fn zones(zones: &[u16]) -> BTreeSet<ZoneIx> {
    zones.iter().copied().map(ZoneIx).collect()
}

fn three() -> Schedule {
    schedule([in_zones("a", "05:00", &[0]), in_zones("b", "05:10", &[1, 2]), in_zones("c", "05:20", &[2])])
}

#[test]
fn what_is_read_again_without_a_change_touches_nothing() {
    let old = three();
    assert_eq!(touched(&old, &old.clone()), Some(zones(&[])));
}

#[test]
fn a_changed_a_new_and_a_deleted_broadcast_touch_their_zones_before_and_after() {
    let old = three();
    let mut new = old.clone();
    new.broadcasts[0] = Arc::new(in_zones("a", "05:01", &[1]));
    assert_eq!(touched(&old, &new), Some(zones(&[0, 1])));
    new = old.clone();
    new.broadcasts.remove(2);
    assert_eq!(touched(&old, &new), Some(zones(&[2])));
    assert_eq!(touched(&new, &old), Some(zones(&[2])));
}

#[test]
fn the_law_touches_every_zone() {
    let old = three();
    let new = Schedule { rules: super::hours(&[(5, 6)]).into(), ..old.clone() };
    assert_eq!(touched(&old, &new), None);
}

#[test]
fn the_jobs_of_some_zones_are_those_of_all_zones() {
    let (station, library) = (station(3), sounds(&[("a", 1), ("b", 2), ("c", 3)]));
    let (from, to) = (at("2026-12-01T00:00", &station.timezone), at("2026-12-03T00:00", &station.timezone));
    let all = jobs(&three(), &station, &library, from, to);
    let some = jobs_in(&zones(&[0, 2]), &three(), &station, &library, from, to);
    assert_eq!((&some[0], &some[2]), (&all[0], &all[2]));
    assert!(some[1].is_empty() && !all[1].is_empty());
}
