use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::Time;

use super::Guards;
use crate::calendar::Calendar;
use crate::instant::Wall;
use crate::schedule::{Class, Schedule};
use crate::station::{Station, ZoneIx};

/// How far ahead they are looked for: an emergency of the schedule lasts a year at most.
const AHEAD: Duration = Duration::from_hours(400 * 24);

/// An emergency of the schedule that begins where the rules let nothing else sound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rousing {
    /// Broadcast id.
    pub broadcast: String,
    /// What people call it.
    pub title: String,
    /// When it does so first.
    pub first: Wall,
    /// When it does so last, as far as is looked ahead.
    pub last: Wall,
    /// How often.
    pub count: usize,
    /// At which times of the day.
    pub times: BTreeSet<Time>,
    /// Where.
    pub zones: BTreeSet<ZoneIx>,
}

impl Rousing {
    /// Whether it adds nothing to what is known of the same broadcast.
    pub fn is_within(&self, known: &Self) -> bool {
        self.broadcast == known.broadcast
            && self.first >= known.first
            && self.last <= known.last
            && self.count <= known.count
            && self.times.is_subset(&known.times)
            && self.zones.is_subset(&known.zones)
    }
}

/// The emergencies that begin outside of what is lawful from `now` on, in the order of the files. It is no matter whether
/// their sounds are there: those may come later, and nobody is asked then.
pub fn rousing(schedule: &Schedule, station: &Station, now: Wall) -> Vec<Rousing> {
    let urgent = || schedule.broadcasts.iter().filter(|one| one.class == Class::Emergency);
    if urgent().next().is_none() {
        return Vec::new();
    }
    let (tz, until) = (&station.timezone, now + AHEAD);
    let calendar = Calendar::new(tz, schedule, now, until);
    let guards = Guards::over(&schedule.rules, station, now, until);
    let found = urgent().filter_map(|broadcast| {
        let mut found: Option<Rousing> = None;
        for at in calendar.occurrences(broadcast, now, until) {
            let closed = |zone: &ZoneIx| !guards.of(*zone).allows(at);
            let zones: Vec<ZoneIx> = broadcast.zones.iter().copied().filter(closed).collect();
            if zones.is_empty() {
                continue;
            }
            let one = found.get_or_insert_with(|| Rousing {
                broadcast: broadcast.id.clone(),
                title: broadcast.title.clone(),
                first: at,
                last: at,
                count: 0,
                times: BTreeSet::new(),
                zones: BTreeSet::new(),
            });
            one.last = at;
            one.count += 1;
            one.times.insert(at.zoned(tz).time());
            one.zones.extend(zones);
        }
        found
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::calendar::sample::{at, daily};
    use crate::plan::sample::station;
    use crate::schedule::Broadcast;

    #[test]
    fn an_emergency_outside_the_hours_is_found_with_its_times_and_zones_and_nothing_else_is() {
        let station = station(2);
        let now = at("2026-12-01T04:00", &station.timezone);
        let urgent = |id: &str, times: &[&str]| Broadcast { class: Class::Emergency, ..daily(id, times) };
        let found = |broadcasts: Vec<Broadcast>| {
            let broadcasts = broadcasts.into_iter().map(Arc::new).collect();
            rousing(&Schedule { broadcasts, ..Schedule::default() }, &station, now)
        };
        assert!(found(vec![urgent("dien-tap", &["06:00"]), daily("tin", &["03:15"])]).is_empty());
        let all = found(vec![daily("tin", &["03:15"]), urgent("lu", &["03:15", "06:00"])]);
        let [one] = all.as_slice() else { panic!("{all:?}") };
        let times: Vec<Time> = one.times.iter().copied().collect();
        assert_eq!((one.broadcast.as_str(), times), ("lu", vec![Time::constant(3, 15, 0, 0)]));
        assert_eq!(one.first, at("2026-12-02T03:15", &station.timezone), "the one of today is over");
        assert_eq!(one.zones.iter().copied().collect::<Vec<_>>(), [ZoneIx(0)]);
        // A title is no reason to ask again; another hour, or another zone, is.
        let again = |broadcast| found(vec![broadcast]).first().is_some_and(|new| new.is_within(one));
        assert!(again(Broadcast { title: "Lũ".to_owned(), ..urgent("lu", &["03:15"]) }));
        assert!(!again(urgent("lu", &["03:15", "22:00"])) && !again(urgent("bao", &["03:15"])));
        assert!(!again(Broadcast { zones: vec![ZoneIx(0), ZoneIx(1)], ..urgent("lu", &["03:15"]) }));
    }
}
