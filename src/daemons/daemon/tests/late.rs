//! Sounds that are not there when their time comes, and come later.

use std::sync::Arc;
use std::time::Duration;

use super::bench::Bench;
use super::{Day, clock, play, say, simple};
use crate::calendar::sample::daily;
use crate::daemon::Mishap;
use crate::diag::text;
use crate::instant::Wall;
use crate::plan::{Fault, Library};
use crate::player::{Event, World};
use crate::schedule::{Broadcast, Class, IfMissed};

/// `a` (ten minutes) at 05:05, with this rule.
fn world(rule: IfMissed) -> World {
    simple(vec![Broadcast { if_missed: rule, ..daily("a", &["05:05"]) }])
}

fn with(world: &World, change: impl FnOnce(&mut Library)) -> World {
    let mut library = (*world.library).clone();
    change(&mut library);
    World { library: Arc::new(library), ..world.clone() }
}

/// The same while its sound is being copied, or not there at all.
fn growing(world: &World) -> World {
    with(world, |library| {
        let fault = Fault { code: Fault::CHANGING.to_owned(), message: text!("đang chép", "being copied") };
        library.sounds.get_mut("a.mp3").unwrap().facts = Err(fault);
    })
}

fn without(world: &World) -> World {
    with(world, |library| {
        library.sounds.remove("a.mp3");
    })
}

/// A day that begins with `first`, and has the worlds that follow at their times.
fn day(first: &World, then: Vec<(&str, World)>) -> Day {
    let at = |(time, world): (&str, World)| (clock(time).after(clock("04:00")), Mishap::Event(Event::World(world)));
    play(first, clock("04:00"), clock("07:00"), Wall::MIN, then.into_iter().map(at).collect())
}

#[test]
fn a_sound_that_comes_after_its_time_is_heard_by_its_rule_or_missed_with_what_was_wrong() {
    let late = || world(IfMissed::Late(Duration::from_mins(10)));
    let whole = |from: &str, to: &str| format!("a 05:05:00 > {from}-{to} played 600");
    let table = [
        ("copied to the end six seconds late", late(), growing(&late()), "05:05:06", whole("05:05:06", "05:15:06")),
        ("not there at first", late(), without(&late()), "05:14:59", whole("05:14:59", "05:24:59")),
        ("too late", late(), growing(&late()), "05:15:01", "a 05:05:00 > --- missed 0 changing".to_owned()),
        (
            "never late",
            world(IfMissed::Skip),
            growing(&world(IfMissed::Skip)),
            "05:05:01",
            "a 05:05:00 > --- missed 0 changing".to_owned(),
        ),
        (
            "never late, not there",
            world(IfMissed::Skip),
            without(&world(IfMissed::Skip)),
            "05:05:01",
            "a 05:05:00 > --- missed 0 no_sound".to_owned(),
        ),
        (
            "complete just in time",
            world(IfMissed::Skip),
            growing(&world(IfMissed::Skip)),
            "05:04:57",
            whole("05:05:00", "05:15:00"),
        ),
        (
            "joins where it would be",
            world(IfMissed::Join),
            growing(&world(IfMissed::Join)),
            "05:07:00",
            "a 05:05:00 > 05:07:03-05:15:00 partial 477 joined".to_owned(),
        ),
    ];
    for (name, world, first, at, expected) in table {
        assert_eq!(day(&first, vec![(at, world)]).lines(), [expected], "{name}");
    }
}

#[test]
fn a_file_that_is_replaced_before_its_time_is_heard_as_it_is_by_then() {
    let world = world(IfMissed::Skip);
    let replaced = with(&world, |library| {
        let facts = library.sounds.get_mut("a.mp3").unwrap().facts.as_mut().unwrap();
        (facts.sha256, facts.frames) = ("cd".repeat(32), 48_000 * 30);
    });
    // While the old one is prepared.
    let day = day(&world, vec![("05:04:50", growing(&world)), ("05:04:55", replaced)]);
    assert_eq!(day.lines(), ["a 05:05:00 > 05:05:00-05:05:30 played 30"]);
    assert_eq!(day.airings()[0].audio[0].sha256, "cd".repeat(32));
}

#[test]
fn what_waits_for_its_turn_is_heard_as_its_file_is_when_the_turn_comes() {
    let world = simple(vec![daily("b", &["05:04"]), daily("a", &["05:05"])]);
    let replaced = with(&world, |library| {
        let facts = library.sounds.get_mut("a.mp3").unwrap().facts.as_mut().unwrap();
        (facts.sha256, facts.frames) = ("cd".repeat(32), 48_000 * 30);
    });
    let day = day(&world, vec![("05:06:00", replaced)]);
    assert_eq!(
        day.lines(),
        ["b 05:04:00 > 05:04:00-05:09:00 played 300", "a 05:05:00 > 05:09:00-05:09:30 played 30 waits: b"]
    );
    assert_eq!(day.airings()[1].audio[0].sha256, "cd".repeat(32));
}

#[test]
fn a_power_cut_takes_nothing_from_the_patience_of_what_waits_for_its_sound() {
    let world = world(IfMissed::Late(Duration::from_mins(10)));
    let at = |time: &str| clock(time).after(clock("04:00"));
    let mishaps = vec![
        (at("05:06:00"), Mishap::PowerCut(Duration::from_mins(1))),
        (at("05:08:00"), Mishap::Event(Event::World(world.clone()))),
    ];
    let day = play(&growing(&world), clock("04:00"), clock("07:00"), Wall::MIN, mishaps);
    assert_eq!(day.lines(), ["a 05:05:00 > 05:08:00-05:18:00 played 600"]);
}

#[test]
fn an_order_waits_for_a_sound_that_is_being_copied_as_long_as_somebody_stands_beside_it() {
    let world = world(IfMissed::Skip);
    let order = |class| (clock("05:30").after(clock("04:00")), Mishap::Event(say(class, "a")));
    let whole = |time: &str| (clock(time).after(clock("04:00")), Mishap::Event(Event::World(world.clone())));
    let lines = |class, time| {
        let mishaps = vec![order(class), whole(time)];
        play(&growing(&world), clock("04:00"), clock("07:00"), Wall::MIN, mishaps).lines().split_off(1)
    };
    assert_eq!(lines(Class::Emergency, "05:39:00"), ["a 05:30:00 > 05:39:00-05:49:00 played 600 alert: chi-lan: lũ"]);
    assert_eq!(lines(Class::Normal, "05:30:20"), ["a 05:30:00 > 05:30:20-05:40:20 played 600 say: chi-lan"]);
    assert_eq!(lines(Class::Normal, "05:31:00"), ["a 05:30:00 > --- missed 0 changing"]);
}

#[test]
fn what_will_be_silent_for_want_of_its_sound_is_known_before_and_no_more_once_it_is_there() {
    let whole = world(IfMissed::Skip);
    let mut bench = Bench::new(without(&whole), "04:00:00");
    bench.pass(Duration::from_secs(1));
    let silent = |bench: &Bench| bench.player.snapshot(bench.now).zones[0].silent.clone();
    let (airing, code) = silent(&bench).expect("it is foretold");
    assert_eq!((airing.start, code), (clock("05:05"), "no_sound"));
    bench.tell(Event::World(whole));
    assert_eq!(silent(&bench), None);
}
