use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::Time;

use super::{Guards, Library, Programme, SoundIndex, ZoneVoices};
use crate::calendar::Calendar;
use crate::instant::Wall;
use crate::schedule::{Class, Schedule};
use crate::station::{Station, ZoneIx};

/// How far ahead they are looked for: an emergency of the schedule lasts a year at most.
const AHEAD: Duration = Duration::from_hours(400 * 24);

/// An emergency of the schedule that begins, or goes on, where the rules let nothing else sound.
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
    /// At which times of the day; and until when, where it begins within the hours and goes on beyond them.
    pub times: BTreeSet<(Time, Option<Time>)>,
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

/// The emergencies that sound outside of what is lawful from `now` on, in the order of the files. It is no matter whether
/// their sounds are there: those may come later, and nobody is asked then. What is known of their length counts.
pub fn rousing(schedule: &Schedule, station: &Station, library: &Library, now: Wall) -> Vec<Rousing> {
    let urgent = || schedule.broadcasts.iter().filter(|one| one.class == Class::Emergency);
    if urgent().next().is_none() {
        return Vec::new();
    }
    let (tz, until) = (&station.timezone, now + AHEAD);
    let calendar = Calendar::new(tz, schedule, now, until);
    let guards = Guards::over(&schedule.rules, station, now, until);
    let shelf = SoundIndex::new(library, station);
    let found = urgent().filter_map(|broadcast| {
        let lasts = |zone: &ZoneIx| {
            let voices = ZoneVoices::of(broadcast, station.zones.get(usize::from(zone.0))?);
            Some((*zone, Programme::new(&broadcast.play, voices, &shelf).length))
        };
        let lengths: Vec<(ZoneIx, Duration)> = broadcast.zones.iter().filter_map(lasts).collect();
        let mut found: Option<Rousing> = None;
        for at in calendar.occurrences(broadcast, now, until) {
            let (mut zones, mut times) = (Vec::new(), BTreeSet::new());
            for (zone, length) in &lengths {
                let guard = guards.of(*zone);
                let is_over = guard.end_of_hours(at).is_some_and(|end| end < at + *length);
                if guard.allows(at) && !is_over {
                    continue;
                }
                let until = guard.allows(at).then(|| (at + *length).zoned(tz).time());
                zones.push(*zone);
                times.insert((at.zoned(tz).time(), until));
            }
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
            one.times.extend(times);
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
    use crate::plan::sample::{library, station};
    use crate::schedule::{Broadcast, Play};

    #[test]
    fn an_emergency_outside_the_hours_is_found_with_its_times_and_zones_and_nothing_else_is() {
        let station = station(2);
        let now = at("2026-12-01T04:00", &station.timezone);
        let urgent = |id: &str, times: &[&str]| Broadcast { class: Class::Emergency, ..daily(id, times) };
        let found = |broadcasts: Vec<Broadcast>| {
            let broadcasts = broadcasts.into_iter().map(Arc::new).collect();
            rousing(&Schedule { broadcasts, ..Schedule::default() }, &station, &Library::default(), now)
        };
        assert!(found(vec![urgent("dien-tap", &["06:00"]), daily("tin", &["03:15"])]).is_empty());
        let all = found(vec![daily("tin", &["03:15"]), urgent("lu", &["03:15", "06:00"])]);
        let [one] = all.as_slice() else { panic!("{all:?}") };
        let times: Vec<(Time, Option<Time>)> = one.times.iter().copied().collect();
        assert_eq!((one.broadcast.as_str(), times), ("lu", vec![(Time::constant(3, 15, 0, 0), None)]));
        assert_eq!(one.first, at("2026-12-02T03:15", &station.timezone), "the one of today is over");
        assert_eq!(one.zones.iter().copied().collect::<Vec<_>>(), [ZoneIx(0)]);
        // A title is no reason to ask again; another hour, or another zone, is.
        let again = |broadcast| found(vec![broadcast]).first().is_some_and(|new| new.is_within(one));
        assert!(again(Broadcast { title: "Lũ".to_owned(), ..urgent("lu", &["03:15"]) }));
        assert!(!again(urgent("lu", &["03:15", "22:00"])) && !again(urgent("bao", &["03:15"])));
        assert!(!again(Broadcast { zones: vec![ZoneIx(0), ZoneIx(1)], ..urgent("lu", &["03:15"]) }));
    }

    #[test]
    fn an_emergency_that_goes_on_beyond_the_hours_is_found_with_its_end() {
        let station = station(1);
        let now = at("2026-12-01T04:00", &station.timezone);
        let ten = |time: &str| {
            let play = (0..10).flat_map(|_| [Play::Sound("lu".to_owned()), Play::Pause(Duration::from_mins(10))]);
            Broadcast { class: Class::Emergency, play: play.collect(), ..daily("lu", &[time]) }
        };
        let times = |time: &str, library: &Library| {
            let schedule = Schedule { broadcasts: vec![Arc::new(ten(time))], ..Schedule::default() };
            let found = rousing(&schedule, &station, library, now).into_iter();
            let times = found.flat_map(|one| one.times);
            times.map(|(from, until)| (from, until.map(|until| until.to_string()))).collect::<Vec<_>>()
        };
        // The hours end at 21:00. A minute ten times, with ten minutes after each, is an hour and fifty minutes.
        let known = library(&[("lu.mp3", 60)]);
        let half_past = Time::constant(20, 30, 0, 0);
        assert_eq!(times("20:30", &known), [(half_past, Some("22:20:00".to_owned()))]);
        assert!(times("19:10", &known).is_empty());
        // Of a sound that is still to come only the pauses are known.
        assert_eq!(times("20:30", &Library::default()), [(half_past, Some("22:10:00".to_owned()))]);
        assert!(times("19:15", &Library::default()).is_empty());
        assert_eq!(times("03:15", &known), [(Time::constant(3, 15, 0, 0), None)]);
    }
}
