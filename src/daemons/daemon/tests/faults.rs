//! What holds through power cuts, steps of the clock, lost devices and orders, over weeks and years.

use proptest::prelude::*;

use super::promises::broken;
use super::*;
use crate::daemon::Chance;
use crate::player::ClockTrust;
use crate::schedule::{IfInterrupted, IfMissed};

/// Set to a number of cases, it makes the property a long one: a year with 200 power cuts and 50 steps
/// of the clock in each case.
const LONG: &str = "LOA_FAULT_YEARS";

/// The sound of emergencies, and of nothing else.
pub(super) const SIREN: &str = "coi";

fn broadcast(zones: u16) -> impl Strategy<Value = Broadcast> {
    let class = prop_oneof![6 => Just(Class::Normal), 3 => Just(Class::Priority), 1 => Just(Class::Emergency)];
    let rule = prop_oneof![Just(IfInterrupted::Resume), Just(IfInterrupted::Restart), Just(IfInterrupted::Drop)];
    let missed = prop_oneof![
        Just(IfMissed::Skip),
        (1u64..90).prop_map(|most| IfMissed::Late(Duration::from_mins(most))),
        Just(IfMissed::Join)
    ];
    let zones = proptest::sample::subsequence((0..zones).map(ZoneIx).collect::<Vec<_>>(), 1..=usize::from(zones));
    // Around the lawful hours, with some outside of them.
    let time = prop_oneof![9 => 290u32..390, 9 => 1010u32..1120, 1 => 0u32..1440];
    let times = proptest::collection::btree_set(time, 1..3);
    (class, rule, missed, zones, times, 0u64..40).prop_map(|(class, if_interrupted, if_missed, zones, times, wait)| {
        let times: Vec<String> = times.iter().map(|at| format!("{:02}:{:02}", at / 60, at % 60)).collect();
        let sample = daily("x", &times.iter().map(String::as_str).collect::<Vec<_>>());
        Broadcast { class, if_interrupted, if_missed, zones, wait: Duration::from_mins(wait), ..sample }
    })
}

fn station_of(zones: u16) -> impl Strategy<Value = World> {
    proptest::collection::vec(broadcast(zones), 1..7).prop_map(move |mut broadcasts| {
        for (place, broadcast) in broadcasts.iter_mut().enumerate() {
            broadcast.id = format!("b{place}");
            let sound = if broadcast.class == Class::Emergency { SIREN } else { ["s0", "s1", "s2"][place % 3] };
            broadcast.play = vec![crate::schedule::Play::Sound(sound.to_owned())];
        }
        let sounds = [("s0", 1), ("s1", 7), ("s2", 20), (SIREN, 2)];
        world(zones, broadcasts, &[(300, 390), (1020, 1110)], &sounds)
    })
}

/// How long, and how much goes wrong.
#[derive(Clone, Copy, Debug)]
struct Trouble {
    days: u64,
    cuts: usize,
    steps: usize,
    others: usize,
    doubts: usize,
    /// Times in which the clock is wrong by days to decades.
    awry: usize,
}

fn mishaps(trouble: Trouble, seed: u64, world: &World) -> Vec<(Duration, Mishap)> {
    let span = Duration::from_hours(24 * trouble.days);
    let mut chance = Chance::new(seed);
    let mut found = chance.mishaps(trouble.others, span, world);
    // An order takes a sound of its own class, so that the ear can tell them apart.
    for (_, what) in &mut found {
        if let Mishap::Event(Event::Request(request)) = what {
            let siren = request.class == Class::Emergency;
            request.name = if siren { SIREN } else { "s0" }.to_owned();
        }
    }
    for (count, what) in [(trouble.cuts, true), (trouble.steps, false)] {
        for _ in 0..count {
            let at = chance.near(span, &[Duration::from_mins(340), Duration::from_mins(1060)]);
            found.push((at, if what { chance.power_cut() } else { chance.step() }));
        }
    }
    // In the end somebody vouches for the clock, or nothing would ever be told.
    let end = Duration::from_mins(24 * 60 * trouble.days - 1);
    for _ in 0..trouble.doubts {
        // Nobody does for a while; a power cut may fall into it, or a step.
        let at = chance.near(span, &[Duration::from_mins(340), Duration::from_mins(1060)]);
        let back = chance.near(span, &[Duration::from_mins(350), Duration::from_mins(1070)]);
        found.extend([(at.min(end), judged(false)), (back.min(end), judged(true))]);
    }
    // One at a time, so that no two wrongs make another century.
    for place in 0..trouble.awry as u32 {
        let slot = end / trouble.awry as u32;
        awry(&mut chance, slot * place, slot, &mut found);
    }
    found.push((end, judged(true)));
    found
}

/// How far a clock can be wrong: a bad guess, a wrong day, month or year, a battery that is dead (1970), a
/// digit that was mistyped (2099).
const AWRY: [i64; 10] = [
    600,
    26 * 3_600,
    9 * 86_400,
    40 * 86_400,
    365 * 86_400,
    26_663 * 86_400,
    -3_600,
    -5 * 86_400,
    -365 * 86_400,
    -20_788 * 86_400,
];

/// The clock goes wrong and is set right again, believed or not meanwhile, with orders of every sort before,
/// in and after it, and perhaps a power cut in it, so that the journal's newest row is of the wrong time.
fn awry(chance: &mut Chance, from: Duration, slot: Duration, found: &mut Vec<(Duration, Mishap)>) {
    let (span, half) = (from + slot, slot / 2);
    let begin = from + chance.within(half);
    let end = begin + chance.within(half.min(Duration::from_hours(6)));
    let by = SignedDuration::from_secs(AWRY[chance.below(AWRY.len() as u64) as usize]);
    found.extend([(begin, Mishap::Step(by)), (end, Mishap::Step(-by))]);
    match chance.below(3) {
        0 => found.extend([(begin, judged(false)), (end, judged(true))]),
        1 => found.push((begin + Duration::from_secs(1), judged(true))),
        _ => {}
    }
    if chance.below(2) == 0 {
        let at = begin + chance.within(end.saturating_sub(begin) + Duration::from_secs(1));
        found.push((at, chance.power_cut()));
    }
    if chance.below(2) == 0 {
        // A person sees to it; the shell adds what the journal has.
        found.push((
            end + Duration::from_mins(1),
            Mishap::Event(Event::Confirm { by: "chi-lan".to_owned(), settled: Vec::new() }),
        ));
    }
    for _ in 0..chance.below(4) {
        let at = begin.saturating_sub(Duration::from_mins(30))
            + chance.within(end.saturating_sub(begin) + Duration::from_hours(1));
        let siren = chance.below(2) == 0;
        found.push((at.min(span), Mishap::Event(order(siren, chance.below(4) as u32 + 1))));
        if chance.below(4) == 0 {
            found.push(((at + chance.within(Duration::from_mins(3))).min(span), Mishap::Event(stop())));
        }
    }
}

/// In every zone there is; the player passes over those that there are not.
fn order(siren: bool, times: u32) -> Event {
    let class = if siren { Class::Emergency } else { Class::Normal };
    let Event::Request(request) = say(class, if siren { SIREN } else { "s0" }) else { unreachable!() };
    Event::Request(Request { zones: (0..4).map(ZoneIx).collect(), times: if siren { times } else { 1 }, ..request })
}

fn judged(believed: bool) -> Mishap {
    let because = if believed { vec![Reason::Ntp] } else { vec![Reason::NoNtp, Reason::NoBattery] };
    Mishap::Event(Event::Clock { trust: ClockTrust { believed, because }, drift: None })
}

fn holds(world: &World, trouble: Trouble, seed: u64) -> Result<(), TestCaseError> {
    let from = clock("00:00:00");
    let to = from + Duration::from_hours(24 * trouble.days);
    let once = broken(world, from, to, mishaps(trouble, seed, world));
    let once = once.map_err(|why| TestCaseError::fail(format!("{why}\nseed {seed}, {trouble:?}\n{}", told(world))))?;
    let again = broken(world, from, to, mishaps(trouble, seed, world));
    prop_assert_eq!(Ok(once), again, "the same seed gives the same journal");
    Ok(())
}

/// The broadcasts, short enough to be read.
fn told(world: &World) -> String {
    let line = |broadcast: &Arc<Broadcast>| {
        let Broadcast { id, class, if_missed, if_interrupted, wait, zones, recurrence, play, .. } = &**broadcast;
        format!("{id} {class:?} {if_missed:?} {if_interrupted:?} wait {wait:?} {zones:?} {recurrence:?} {play:?}")
    };
    world.schedule.broadcasts.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn run(cases: u32, trouble: Trouble) {
    let config =
        ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 300, ..ProptestConfig::default() };
    let stations = (1u16..4).prop_flat_map(station_of);
    let result = proptest::test_runner::TestRunner::new(config)
        .run(&(stations, any::<u64>()), |(world, seed)| holds(&world, trouble, seed));
    match result {
        Ok(()) => {}
        Err(proptest::test_runner::TestError::Fail(why, _)) => panic!("{why}"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn through_cuts_steps_and_orders_each_airing_has_one_outcome_in_lawful_hours() {
    match std::env::var(LONG).ok().and_then(|cases| cases.parse().ok()) {
        Some(cases) => run(cases, Trouble { days: 365, cuts: 200, steps: 50, others: 50, doubts: 20, awry: 0 }),
        None => run(24, Trouble { days: 12, cuts: 10, steps: 4, others: 6, doubts: 2, awry: 0 }),
    }
}

#[test]
fn through_clocks_that_are_wrong_by_minutes_to_decades_each_order_sounds_at_once_and_has_one_outcome() {
    match std::env::var(LONG).ok().and_then(|cases| cases.parse().ok()) {
        Some(cases) => run(cases, Trouble { days: 60, cuts: 20, steps: 5, others: 10, doubts: 5, awry: 20 }),
        None => run(16, Trouble { days: 4, cuts: 1, steps: 1, others: 2, doubts: 1, awry: 3 }),
    }
}
