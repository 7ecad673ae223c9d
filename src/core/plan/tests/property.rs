//! What holds for every station, schedule and library.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::calendar::Calendar;
use crate::plan::{Guard, PlanLane, Verdict, jobs, resolve};
use crate::schedule::{IfInterrupted, Recurrence};
use crate::station::ZoneIx;

/// A made-up station: what is needed to plan it.
#[derive(Clone, Debug)]
struct Case {
    schedule: Schedule,
    library: Library,
    station: Station,
}

const ZONES: u16 = 3;

fn broadcast() -> impl Strategy<Value = Broadcast> {
    let class = prop_oneof![4 => Just(Class::Normal), 2 => Just(Class::Priority), 1 => Just(Class::Emergency)];
    let rule = prop_oneof![Just(IfInterrupted::Resume), Just(IfInterrupted::Restart), Just(IfInterrupted::Drop)];
    let zones = proptest::sample::subsequence((0..ZONES).map(ZoneIx).collect::<Vec<_>>(), 1..=usize::from(ZONES));
    let times = proptest::collection::btree_set(280u32..430, 1..4);
    (class, rule, zones, times, 0u64..40, 1u8..128, any::<bool>()).prop_map(
        |(class, if_interrupted, zones, times, wait, mask, by_night)| {
            let shift = if by_night { 1440 - 60 } else { 0 };
            let times: Vec<String> = times
                .iter()
                .map(|minute| (minute + shift) % 1440)
                .map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60))
                .collect();
            let sample = daily("x", &times.iter().map(String::as_str).collect::<Vec<_>>());
            let Recurrence::At { times, .. } = sample.recurrence.clone() else { unreachable!("the sample has times") };
            let recurrence = Recurrence::At { times, days: crate::schedule::DaySet::Weekdays(mask) };
            Broadcast { class, if_interrupted, zones, recurrence, wait: Duration::from_secs(wait * 60), ..sample }
        },
    )
}

fn case() -> impl Strategy<Value = Case> {
    let lengths = proptest::collection::vec(0u64..30, 1..12);
    let broadcasts = proptest::collection::vec(broadcast(), 1..12);
    let rules =
        prop_oneof![Just(hours(&[(0, 24)])), Just(hours(&[(5, 6), (7, 8)])), Just(hours(&[(0, 1), (5, 7), (22, 24)]))];
    let limits = (proptest::option::of(5u64..60), proptest::option::of(1u32..4));
    (broadcasts, lengths, rules, limits).prop_map(|(mut broadcasts, lengths, rules, (longest, most))| {
        let rules = Rules { max_session: longest.map(Duration::from_mins), max_sessions_per_day: most, ..rules };
        for (ix, broadcast) in broadcasts.iter_mut().enumerate() {
            broadcast.id = format!("b{ix}");
            broadcast.order = ix as i64;
            broadcast.play = vec![crate::schedule::Play::Sound(format!("s{}", ix % (lengths.len() + 1)))];
        }
        let files: Vec<(String, u64)> =
            lengths.iter().enumerate().map(|(ix, min)| (format!("s{ix}.mp3"), min * 60)).collect();
        let library = library(&files.iter().map(|(file, seconds)| (file.as_str(), *seconds)).collect::<Vec<_>>());
        let schedule = Schedule { rules: rules.into(), ..schedule(broadcasts) };
        Case { schedule, library, station: station(ZONES) }
    })
}

impl Case {
    /// The plan of minutes since Monday, 30 November 2026, 00:00.
    fn plan(&self, from: i64, to: i64) -> Vec<Airing> {
        plan(&self.schedule, &self.station, &self.library, minute(from), minute(to))
    }
}

fn minute(minute: i64) -> Wall {
    at("2026-11-30T00:00", &station(1).timezone) + Duration::from_secs(minute as u64 * 60)
}

/// Longer than the stretch in which zones are joined.
const SPAN: i64 = 19 * 1440;

/// A minute of a morning or a midnight at which the made-up broadcasts crowd.
fn busy_minute() -> impl Strategy<Value = i64> {
    (0..SPAN / 1440, prop_oneof![280i64..480, 220i64..400]).prop_map(|(day, minute)| day * 1440 + minute)
}

/// Comparable, and told apart by zone, broadcast and scheduled time.
fn set(airings: &[Airing]) -> BTreeSet<String> {
    airings.iter().map(|airing| format!("{airing:?}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_plan_does_not_depend_on_where_its_window_is_cut(case in case(), cut in busy_minute(), second in busy_minute()) {
        let whole = case.plan(0, SPAN);
        let (first, second) = (cut.min(second), cut.max(second));
        let mut parts = case.plan(0, first);
        parts.extend(case.plan(first, second));
        parts.extend(case.plan(second, SPAN));
        prop_assert_eq!(parts.len(), whole.len());
        prop_assert_eq!(set(&parts), set(&whole));
    }

    #[test]
    fn the_plan_is_what_the_rule_gives_for_each_zone(case in case()) {
        let planned = case.plan(0, SPAN);
        let guard = Guard::new(&case.schedule.rules.station, &case.station.timezone);
        // Enough before and after that every zone is idle, since no sample is longer than half an hour.
        let from = minute(0) - Duration::from_hours(48);
        let jobs = jobs(&case.schedule, &case.station, &case.library, from, minute(SPAN + 2 * 1440));
        let lanes = jobs.into_iter().zip(0u16..).map(|(jobs, zone)| (PlanLane { zone: ZoneIx(zone), guard: &guard, from, history: &[] }, jobs));
        let mut settled: Vec<Airing> = lanes.flat_map(|(lane, jobs)| resolve(&lane, jobs)).collect();
        settled.retain(|airing| (minute(0)..minute(SPAN)).contains(&airing.scheduled));
        prop_assert_eq!(set(&planned), set(&settled));
    }

    #[test]
    fn a_plan_does_not_depend_on_file_order_where_order_is_given(case in case(), seed in any::<u64>()) {
        let mut shuffled = case.clone();
        let count = shuffled.schedule.broadcasts.len();
        shuffled.schedule.broadcasts.rotate_left(seed as usize % count);
        shuffled.schedule.broadcasts.swap(0, seed as usize / 64 % count);
        prop_assert_eq!(set(&shuffled.plan(0, SPAN)), set(&case.plan(0, SPAN)));
    }

    #[test]
    fn every_occurrence_has_exactly_one_airing_in_order(case in case()) {
        let airings = case.plan(0, SPAN);
        let calendar = Calendar::new(&case.station.timezone, &case.schedule, minute(0), minute(SPAN));
        let mut expected: Vec<(u16, String, Wall)> = Vec::new();
        for broadcast in &case.schedule.broadcasts {
            for at in calendar.occurrences(broadcast, minute(0), minute(SPAN)) {
                expected.extend(broadcast.zones.iter().map(|zone| (zone.0, broadcast.id.clone(), at)));
            }
        }
        let mut planned: Vec<_> = airings.iter().map(|airing| (airing.zone.0, airing.broadcast.id.clone(), airing.scheduled)).collect();
        expected.sort();
        planned.sort();
        prop_assert_eq!(planned, expected);
        prop_assert!(airings.is_sorted_by_key(|airing| (airing.start, airing.zone, airing.scheduled)));
    }

    #[test]
    fn no_two_sound_at_once_in_a_zone(case in case()) {
        let airings = case.plan(0, SPAN);
        for zone in 0..ZONES {
            let mut pieces: Vec<_> = airings.iter().filter(|airing| airing.zone.0 == zone).flat_map(Airing::pieces).collect();
            pieces.sort_by_key(|piece| piece.start);
            for pair in pieces.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start, "{:?}", pair);
            }
        }
    }

    #[test]
    fn nothing_but_an_emergency_sounds_outside_the_hours(case in case()) {
        let guard = Guard::new(&case.schedule.rules.station, &case.station.timezone);
        for airing in case.plan(0, SPAN).iter().filter(|airing| airing.broadcast.class != Class::Emergency) {
            for piece in airing.pieces() {
                prop_assert!(guard.allows(piece.start), "{airing:?}");
                prop_assert!(guard.end_of_hours(piece.start).is_none_or(|end| piece.end <= end), "{airing:?}");
            }
        }
    }

    #[test]
    fn no_session_is_longer_and_no_day_has_more_than_the_law_says(case in case()) {
        let rules = &case.schedule.rules.station;
        let airings = case.plan(0, SPAN);
        for zone in 0..ZONES {
            let sounds = airings.iter().filter(|airing| airing.zone.0 == zone).flat_map(|airing| {
                airing.pieces().map(|piece| (piece.start, piece.end, airing.broadcast.class == Class::Emergency))
            });
            let broken = crate::plan::sample::broken_sessions(sounds.collect(), rules, &case.station.timezone);
            prop_assert_eq!(broken, Vec::<String>::new());
        }
    }

    #[test]
    fn no_wait_is_longer_than_allowed(case in case()) {
        for airing in case.plan(0, SPAN) {
            if matches!(airing.verdict, Verdict::Play | Verdict::Wait) {
                prop_assert!(airing.start.after(airing.scheduled) <= airing.broadcast.wait);
                prop_assert_eq!(airing.start > airing.scheduled, airing.verdict == Verdict::Wait);
                prop_assert!(airing.verdict == Verdict::Play || airing.reason.is_some());
                for cut in &airing.breaks {
                    prop_assert!(cut.to.after(cut.from) <= airing.broadcast.wait);
                    prop_assert!(cut.by.rival().unwrap().broadcast.class > airing.broadcast.class);
                }
            }
        }
    }

    #[test]
    fn what_is_not_cut_short_is_heard_whole(case in case()) {
        for airing in case.plan(0, SPAN) {
            let sounds = matches!(airing.verdict, Verdict::Play | Verdict::Wait);
            let pieces: Vec<_> = airing.pieces().collect();
            prop_assert_eq!(sounds, !pieces.is_empty());
            if !sounds {
                continue;
            }
            let cut_short = airing.breaks.last().is_some_and(|cut| cut.to == cut.from)
                || matches!(airing.reason.as_deref(), Some(Cause::PastHours | Cause::SessionTooLong(_) | Cause::TooManySessions(_)));
            let last = pieces[pieces.len() - 1];
            prop_assert_eq!(last.end, airing.end);
            let heard = last.offset + last.end.after(last.start);
            prop_assert!(heard <= airing.programme.length);
            prop_assert_eq!(heard == airing.programme.length, !cut_short, "{:?}", airing);
            if !airing.breaks.iter().any(|cut| cut.restart) {
                let total: Duration = pieces.iter().map(|piece| piece.end.after(piece.start)).sum();
                prop_assert_eq!(total, heard);
            }
        }
    }
}
