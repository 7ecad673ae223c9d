//! What holds whatever happens to a station.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::plan::{Guard, Verdict, plan};
use crate::schedule::{IfInterrupted, IfMissed};
use crate::voice::VoiceId;

fn broadcast(zones: u16) -> impl Strategy<Value = Broadcast> {
    let class = prop_oneof![4 => Just(Class::Normal), 2 => Just(Class::Priority), 1 => Just(Class::Emergency)];
    let rule = prop_oneof![Just(IfInterrupted::Resume), Just(IfInterrupted::Restart), Just(IfInterrupted::Drop)];
    let missed = prop_oneof![
        Just(IfMissed::Skip),
        (1u64..40).prop_map(|most| IfMissed::Late(Duration::from_mins(most))),
        Just(IfMissed::Join)
    ];
    let zones = proptest::sample::subsequence((0..zones).map(ZoneIx).collect::<Vec<_>>(), 1..=usize::from(zones));
    let times = proptest::collection::btree_set(285u32..400, 1..4);
    (class, rule, missed, zones, times, 0u64..30).prop_map(|(class, if_interrupted, if_missed, zones, times, wait)| {
        let times: Vec<String> = times.iter().map(|at| format!("{:02}:{:02}", at / 60, at % 60)).collect();
        let sample = daily("x", &times.iter().map(String::as_str).collect::<Vec<_>>());
        Broadcast { class, if_interrupted, if_missed, zones, wait: Duration::from_mins(wait), ..sample }
    })
}

/// What the files ask for is called `b0`, `b1` and so on here.
fn is_order(entry: &Entry) -> bool {
    entry.broadcast.as_ref().is_some_and(|id| !id.starts_with('b'))
}

fn numbered(mut broadcasts: Vec<Broadcast>, zones: u16) -> World {
    for (place, broadcast) in broadcasts.iter_mut().enumerate() {
        broadcast.id = format!("b{place}");
        broadcast.play = vec![crate::schedule::Play::Sound(["s0", "s1", "s2", "khong"][place % 4].to_owned())];
    }
    world(zones, broadcasts, &[(300, 360), (365, 420)], &[("s0", 1), ("s1", 7), ("s2", 20), ("c", 2)])
}

fn station_of(zones: u16) -> impl Strategy<Value = World> {
    let limits = (proptest::option::of(5u64..40), proptest::option::of(1u32..4));
    let delays = proptest::collection::vec(prop_oneof![3 => Just(0u64), 1 => 1u64..2_000], usize::from(zones));
    let made = (proptest::collection::vec(broadcast(zones), 1..8), limits, delays);
    made.prop_map(move |(broadcasts, (longest, most), delays)| {
        let mut world = numbered(broadcasts, zones);
        let mut station = (*world.station).clone();
        for (zone, delay) in station.zones.iter_mut().zip(delays) {
            zone.delay = Duration::from_millis(delay);
        }
        world.station = Arc::new(station);
        let mut schedule = (*world.schedule).clone();
        schedule.rules.station.max_session = longest.map(Duration::from_mins);
        schedule.rules.station.max_sessions_per_day = most;
        world.schedule = Arc::new(schedule);
        world
    })
}

fn mishap(zones: u16) -> impl Strategy<Value = (Duration, Mishap)> {
    let what = prop_oneof![
        Just(Mishap::Event(stop())),
        Just(Mishap::Event(say(Class::Emergency, "c"))),
        Just(Mishap::Event(say(Class::Normal, "c"))),
        station_of(zones).prop_map(|world| Mishap::Event(Event::World(world))),
        (-7_200i64..7_200).prop_map(|by| Mishap::Step(SignedDuration::from_secs(by))),
        Just(Mishap::DeviceLost),
    ];
    // On whole seconds, where everything else happens too, and in between.
    (prop_oneof![(0u64..9_000).prop_map(|s| s * 1000), 0u64..9_000_000], what)
        .prop_map(|(millis, what)| (Duration::from_millis(millis), what))
}

fn troubled() -> impl Strategy<Value = (World, Vec<(Duration, Mishap)>)> {
    (1u16..4).prop_flat_map(|zones| (station_of(zones), proptest::collection::vec(mishap(zones), 0..6)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn whatever_happens_each_airing_has_one_outcome_and_no_voices_overlap((world, mishaps) in troubled()) {
        let day = play(&world, clock("04:40:00"), clock("07:10:00"), Wall::MIN, mishaps.clone());
        let mut keys = BTreeSet::new();
        for entry in day.airings() {
            // An order goes by its number: a step of the clock may give two of them one instant.
            let is_new = is_order(&entry) || keys.insert((entry.zone.clone(), entry.broadcast.clone(), entry.planned));
            prop_assert!(is_new, "twice: {:?}", entry);
            prop_assert!(entry.outcome.is_some());
        }
        prop_assert_eq!((day.told_twice(), day.unexplained()), (None, None));
        // Where no reload took it away, none is forgotten.
        if !mishaps.iter().any(|(_, what)| matches!(what, Mishap::Event(Event::World(_)))) {
            for airing in plan(&world.schedule, &world.station, &world.library, clock("04:40:00"), clock("07:10:00")) {
                let zone = world.station.zones[usize::from(airing.zone.0)].id.clone();
                let key = (Some(zone), Some(airing.broadcast.id.clone()), Some(airing.scheduled));
                prop_assert!(keys.contains(&key), "forgotten: {:?}", key);
            }
        }
        let verified = day.journal.verify().unwrap();
        prop_assert!(verified.is_sound());
        // Intents precede begins; every open one is closed.
        let (mut open, mut begun) = (BTreeSet::new(), BTreeSet::new());
        for (_, action) in &day.log.actions {
            match action {
                Action::Record(Record::Intend(intent)) => { open.insert(intent.key.clone()); }
                Action::Record(Record::Begin { key, .. }) => {
                    prop_assert!(open.contains(key));
                    prop_assert!(begun.insert(key.clone()), "began twice: {}", key);
                }
                Action::Record(Record::Finish { key, .. }) => { open.remove(key); }
                _ => {}
            }
        }
        prop_assert!(open.is_empty(), "{open:?}");
        // No two voices of a zone at once, by the clock that never steps.
        let mut zones: BTreeMap<VoiceId, ZoneIx> = BTreeMap::new();
        for (_, action) in &day.log.actions {
            if let Action::Voice(voice, VoiceOrder::Prepare { zone, .. }) = action { zones.insert(*voice, *zone); }
        }
        let mut sounding: BTreeMap<ZoneIx, VoiceId> = BTreeMap::new();
        for (_, _, notice) in &day.log.notices {
            match notice {
                Notice::Started(voice, _) => prop_assert!(sounding.insert(zones[voice], *voice).is_none()),
                Notice::Ended { voice, .. } if sounding.get(&zones[voice]) == Some(voice) => { sounding.remove(&zones[voice]); }
                _ => {}
            }
        }
        // The hours hold where they were not changed by a step in the middle of a sound.
        let guard = Guard::new(&world.schedule.rules.station, &world.station.timezone);
        for entry in day.airings().iter().filter(|entry| entry.class != Some(Class::Emergency)) {
            prop_assert!(entry.started.is_none_or(|at| guard.allows(at)), "{entry:?}");
            if !mishaps.iter().any(|(_, what)| matches!(what, Mishap::Step(_))) && let Some(to) = entry.ended {
                prop_assert!(guard.allows(to - Duration::from_millis(6)), "{entry:?}");
            }
        }
    }

    #[test]
    fn whatever_happens_no_session_is_longer_and_no_day_has_more_than_the_law_says((world, mishaps) in troubled()) {
        // A step of the clock and a change of the law change what is counted.
        let steady = |(_, what): &(Duration, Mishap)| !matches!(what, Mishap::Event(Event::World(_)) | Mishap::Step(_));
        let mishaps = mishaps.into_iter().filter(steady).collect();
        let day = play(&world, clock("04:40:00"), clock("07:10:00"), Wall::MIN, mishaps);
        let tz = &world.station.timezone;
        for zone in &world.station.zones {
            let own = day.airings().into_iter().filter(|entry| entry.zone.as_ref() == Some(&zone.id));
            let sounds = own.filter_map(|entry| Some((entry.started?, entry.ended?, entry.class == Some(Class::Emergency))));
            let broken = crate::plan::sample::broken_sessions(sounds.collect(), &world.schedule.rules.station, tz);
            prop_assert_eq!(broken, Vec::<String>::new());
        }
    }

    #[test]
    fn without_mishaps_the_day_is_the_plan((world, _) in troubled()) {
        let (from, to) = (clock("04:40:00"), clock("07:10:00"));
        let day = play(&world, from, to, Wall::MIN, Vec::new());
        let planned = plan(&world.schedule, &world.station, &world.library, from, to);
        let zone = |zone: ZoneIx| world.station.zones[usize::from(zone.0)].id.clone();
        let said: BTreeMap<_, _> = day.airings().into_iter().map(|entry| ((entry.zone.clone().unwrap(), entry.broadcast.clone().unwrap(), entry.planned.unwrap()), entry)).collect();
        prop_assert_eq!(said.len(), planned.len());
        for airing in &planned {
            let entry = &said[&(zone(airing.zone), airing.broadcast.id.clone(), airing.scheduled)];
            let sounds = matches!(airing.verdict, Verdict::Play | Verdict::Wait);
            prop_assert_eq!(entry.started, sounds.then_some(airing.start), "{:?}\n{:?}", airing, entry);
            let told = format!("{:?}", entry.outcome.unwrap());
            let fits = match airing.verdict {
                Verdict::Refuse => told == "Refused",
                Verdict::Miss => told == "Missed",
                Verdict::Play | Verdict::Wait => told == "Played" || told == "Partial",
            };
            prop_assert!(fits, "{:?}\n{:?}", airing, entry);
        }
    }
}
