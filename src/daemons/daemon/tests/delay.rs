//! A zone that is heard later than its plan says, before the law: what is planned is what is heard.

use super::*;
use crate::fact::Outcome;
use crate::plan::plan;

/// The same station with zones that are heard so much later.
fn delayed(world: &World, millis: u64) -> World {
    let mut station = (*world.station).clone();
    station.zones.iter_mut().for_each(|zone| zone.delay = Duration::from_millis(millis));
    World { station: Arc::new(station), ..world.clone() }
}

fn day(world: &World, mishaps: Vec<(Duration, Mishap)>) -> Vec<String> {
    play(world, clock("04:59:00"), clock("06:40:00"), Wall::MIN, mishaps).lines()
}

#[test]
fn what_would_be_heard_beyond_the_hours_is_refused_by_the_plan_and_on_the_day() {
    // Lawful until 06:30; `b` lasts five minutes.
    let world = simple(vec![daily("b", &["06:25"])]);
    assert_eq!(day(&delayed(&world, 0), vec![]), ["b 06:25:00 > 06:25:00-06:30:00 played 300"]);
    for millis in [1, 500, 2_000] {
        let world = delayed(&world, millis);
        let planned = plan(&world.schedule, &world.station, &world.library, clock("06:00:00"), clock("07:00:00"));
        assert_eq!(planned[0].verdict, crate::plan::Verdict::Refuse, "{millis}");
        assert_eq!(day(&world, vec![]), ["b 06:25:00 > --- refused 0 past_hours"], "{millis}");
    }
}

#[test]
fn what_is_heard_to_its_end_within_the_hours_is_played() {
    for (millis, at) in [(500, "06:24:59"), (2_000, "06:24:58")] {
        let world = delayed(&simple(vec![daily("b", &[at])]), millis);
        let lines = day(&world, vec![]);
        assert!(lines[0].ends_with("played 300") && lines.len() == 1, "{millis}: {lines:?}");
    }
}

#[test]
fn a_session_of_just_the_length_that_it_may_have_is_heard_to_its_end() {
    let mut world = delayed(&simple(vec![daily("a", &["05:10"])]), 2_000);
    let mut schedule = (*world.schedule).clone();
    schedule.rules.station.max_session = Some(Duration::from_mins(10));
    world.schedule = Arc::new(schedule);
    assert_eq!(day(&world, vec![]), ["a 05:10:00 > 05:10:00-05:20:00 played 600"]);
}

#[test]
fn new_hours_end_what_sounds_in_a_delayed_zone_with_the_reason() {
    let world = delayed(&simple(vec![daily("a", &["05:00"])]), 2_000);
    let short = self::world(1, vec![daily("a", &["05:00"])], &[(300, 305)], &[("a", 10)]);
    let change = Mishap::Event(Event::World(delayed(&short, 2_000)));
    let lines = day(&world, vec![(Duration::from_mins(3), change)]);
    assert_eq!(lines, ["a 05:00:00 > 05:00:00-05:04:58 partial 298 past_hours"]);
}

#[test]
fn no_outcome_is_without_a_reason_in_a_delayed_zone_whatever_cuts_it() {
    for millis in [500, 2_000] {
        for at in ["05:04:59", "05:05:00", "05:05:01", "05:09:59", "06:24:59", "06:25:01", "06:27:00"] {
            for mishap in [say(Class::Emergency, "c"), say(Class::Normal, "c"), stop(), Event::Shutdown] {
                let drop = crate::schedule::IfInterrupted::Drop;
                let broadcasts = vec![
                    daily("a", &["05:00"]),
                    Broadcast { if_interrupted: drop, ..daily("b", &["05:05", "06:24:57"]) },
                ];
                let world = delayed(&simple(broadcasts), millis);
                let mishaps = vec![(clock(at).after(clock("04:59:00")), Mishap::Event(mishap))];
                let day = play(&world, clock("04:59:00"), clock("06:40:00"), Wall::MIN, mishaps);
                for row in day.airings() {
                    let told = row.outcome == Some(Outcome::Played) || row.reason.is_some();
                    assert!(
                        told && row.reason_text().as_deref() != Some("cut_short"),
                        "{millis} {at}: {:#?}",
                        day.lines()
                    );
                }
            }
        }
    }
}
