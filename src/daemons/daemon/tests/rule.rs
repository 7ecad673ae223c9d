//! What becomes of a day with one mishap, worked out by hand.

use super::*;
use crate::schedule::{IfInterrupted, IfMissed};

fn secs(seconds: i64) -> Mishap {
    Mishap::Step(SignedDuration::from_secs(seconds))
}

fn one(id: &str, time: &str) -> Broadcast {
    daily(id, &[time])
}

/// From 04:59 to 06:00 with mishaps at these times.
fn hour(world: &World, mishaps: &[(&str, Mishap)]) -> Vec<String> {
    let from = clock("04:59:00");
    let mishaps = mishaps.iter().map(|(time, what)| (clock(time).after(from), what.clone())).collect();
    play(world, from, clock("06:30:00"), Wall::MIN, mishaps).lines()
}

/// Name, station, mishaps, what the journal says.
type Case<'a> = (&'a str, World, Vec<(&'a str, Mishap)>, &'a [&'a str]);

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn one_mishap_does_to_a_day_what_the_rules_say() {
    let a = || simple(vec![one("a", "05:00")]);
    let drop = simple(vec![Broadcast { if_interrupted: IfInterrupted::Drop, ..one("a", "05:00") }]);
    let ab = || simple(vec![one("a", "05:00"), one("b", "05:05")]);
    let alert = || Mishap::Event(say(Class::Emergency, "c"));
    let reload = |world: World| Mishap::Event(Event::World(world));
    let late = simple(vec![Broadcast { if_missed: IfMissed::Late(Duration::from_mins(30)), ..one("a", "05:00") }]);
    let join = simple(vec![Broadcast { if_missed: IfMissed::Join, ..one("a", "05:00") }]);
    let table: Vec<Case<'_>> = vec![
        ("nothing", a(), vec![], &["a 05:00:00 > 05:00:00-05:10:00 played 600"]),
        (
            "alert",
            a(),
            vec![("05:04:00", alert())],
            &[
                "c 05:04:00 > 05:04:00-05:05:00 played 60 alert: chi-lan: lũ",
                "a 05:00:00 > 05:00:00-05:11:00 played 600 interrupted: c",
            ],
        ),
        (
            "alert over drop",
            drop,
            vec![("05:04:00", alert())],
            &[
                "a 05:00:00 > 05:00:00-05:04:00 partial 240 interrupted: c",
                "c 05:04:00 > 05:04:00-05:05:00 played 60 alert: chi-lan: lũ",
            ],
        ),
        (
            "alert over armed",
            a(),
            vec![("04:59:59", alert())],
            &[
                "c 04:59:59 > 04:59:59-05:00:59 played 60 alert: chi-lan: lũ",
                "a 05:00:00 > 05:00:59-05:10:59 played 600 waits: c",
            ],
        ),
        (
            "the same alert twice",
            a(),
            vec![("05:20:00", alert()), ("05:20:30", alert())],
            &[
                "a 05:00:00 > 05:00:00-05:10:00 played 600",
                "c 05:20:00 > 05:20:00-05:21:00 played 60 alert: chi-lan: lũ",
            ],
        ),
        (
            "a newer alert",
            a(),
            vec![("05:20:00", alert()), ("05:20:30", Mishap::Event(say(Class::Emergency, "b")))],
            &[
                "a 05:00:00 > 05:00:00-05:10:00 played 600",
                "b 05:20:30 > 05:20:30-05:25:30 played 300 alert: chi-lan: lũ",
                "c 05:20:00 > 05:20:00-05:26:00 played 60 alert: chi-lan: lũ",
            ],
        ),
        (
            "stop",
            ab(),
            vec![("05:06:00", Mishap::Event(stop()))],
            &[
                "b 05:05:00 > --- missed 0 stopped: chi-lan",
                "a 05:00:00 > 05:00:00-05:06:00 partial 360 stopped: chi-lan",
            ],
        ),
        ("stop before", a(), vec![("04:59:50", Mishap::Event(stop()))], &["a 05:00:00 > 05:00:00-05:10:00 played 600"]),
        (
            "stop suspended",
            a(),
            vec![("05:04:00", alert()), ("05:04:30", Mishap::Event(stop()))],
            &[
                "a 05:00:00 > 05:00:00-05:04:00 partial 240 stopped: chi-lan",
                "c 05:04:00 > 05:04:00-05:04:30 partial 30 stopped: chi-lan",
            ],
        ),
        (
            "stop of what it would have waited for",
            a(),
            vec![("04:59:30", alert()), ("04:59:50", Mishap::Event(stop()))],
            &[
                "c 04:59:30 > 04:59:30-04:59:50 partial 20 stopped: chi-lan",
                "a 05:00:00 > 05:00:00-05:10:00 played 600",
            ],
        ),
        ("deleted before", a(), vec![("04:59:50", reload(simple(vec![])))], &[]),
        ("deleted armed", a(), vec![("04:59:59", reload(simple(vec![])))], &["a 05:00:00 > --- missed 0 cancelled"]),
        (
            "deleted playing",
            a(),
            vec![("05:01:00", reload(simple(vec![])))],
            &["a 05:00:00 > 05:00:00-05:10:00 played 600"],
        ),
        (
            "deleted waiting",
            ab(),
            vec![("05:06:00", reload(a()))],
            &["b 05:05:00 > --- missed 0 cancelled", "a 05:00:00 > 05:00:00-05:10:00 played 600"],
        ),
        (
            "begins again",
            simple(vec![Broadcast { if_interrupted: IfInterrupted::Restart, ..one("a", "05:00") }]),
            vec![("05:04:00", alert())],
            &[
                "c 05:04:00 > 05:04:00-05:05:00 played 60 alert: chi-lan: lũ",
                "a 05:00:00 > 05:00:00-05:15:00 played 600 interrupted: c",
            ],
        ),
        (
            "begins again and is stopped before it came as far as the first time",
            simple(vec![Broadcast { if_interrupted: IfInterrupted::Restart, ..one("a", "05:00") }]),
            vec![("05:04:00", alert()), ("05:06:00", Mishap::Event(stop()))],
            &[
                "c 05:04:00 > 05:04:00-05:05:00 played 60 alert: chi-lan: lũ",
                "a 05:00:00 > 05:00:00-05:06:00 partial 240 stopped: chi-lan",
            ],
        ),
        (
            "deleted suspended",
            a(),
            vec![("05:04:00", alert()), ("05:04:30", reload(simple(vec![])))],
            &[
                "c 05:04:00 > 05:04:00-05:05:00 played 60 alert: chi-lan: lũ",
                "a 05:00:00 > 05:00:00-05:11:00 played 600 interrupted: c",
            ],
        ),
        (
            "added",
            a(),
            vec![("05:06:00", reload(simple(vec![one("a", "05:00"), one("c", "05:20")])))],
            &["a 05:00:00 > 05:00:00-05:10:00 played 600", "c 05:20:00 > 05:20:00-05:21:00 played 60"],
        ),
        (
            "say waits",
            a(),
            vec![("05:08:00", Mishap::Event(say(Class::Normal, "c"))), ("05:09:00", reload(a()))],
            &["a 05:00:00 > 05:00:00-05:10:00 played 600", "c 05:08:00 > 05:10:00-05:11:00 played 60 say: chi-lan"],
        ),
        (
            "device lost",
            ab(),
            vec![("05:06:00", Mishap::DeviceLost)],
            &[
                "a 05:00:00 > 05:00:00-05:10:00 played 600 device_lost",
                "b 05:05:00 > 05:10:00-05:15:00 played 300 waits: a",
            ],
        ),
        (
            "device lost before",
            a(),
            vec![("04:59:50", Mishap::DeviceLost)],
            &["a 05:00:00 > --- missed 0 device_failed: thiết bị âm thanh đã mất | the sound device is gone"],
        ),
        (
            "shutdown",
            ab(),
            vec![("05:06:00", Mishap::Event(Event::Shutdown))],
            &["b 05:05:00 > --- missed 0 shutdown", "a 05:00:00 > 05:00:00-05:06:00 partial 360 shutdown"],
        ),
        (
            "two hours on",
            ab(),
            vec![("04:59:10", secs(1200))],
            &[
                "a 05:00:00 > --- missed 0 clock_step: 2026-12-01 04:59:10..05:19:10",
                "b 05:05:00 > --- missed 0 clock_step: 2026-12-01 04:59:10..05:19:10",
            ],
        ),
        ("on, late", late, vec![("04:59:10", secs(1200))], &["a 05:00:00 > 05:19:10-05:29:10 played 600"]),
        ("on, join", join, vec![("04:59:10", secs(300))], &["a 05:00:00 > 05:04:13-05:10:00 partial 347 joined"]),
        (
            "into the night",
            a(),
            vec![("05:05:00", secs(-7200))],
            &["a 05:00:00 > 05:00:00-03:05:00 partial 300 outside_hours"],
        ),
        ("back while playing", a(), vec![("05:05:00", secs(-120))], &["a 05:00:00 > 05:00:00-05:08:00 played 600"]),
    ];
    let mut wrong = Vec::new();
    for (name, world, mishaps, expected) in table {
        let lines = hour(&world, &mishaps);
        if lines != expected {
            wrong.push(format!("{name}:\n  {}\n  not\n  {}", lines.join("\n  "), expected.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_late_wake_is_missed_not_played() {
    let world = simple(vec![one("a", "05:00"), one("b", "05:20")]);
    let from = clock("04:59:00");
    for (woken, begins) in [("05:00:04", true), ("05:00:06", false), ("05:12:00", false)] {
        let mut player = Player::new(world.clone(), Now { wall: from, mono: Mono::default() }, Wall::MIN);
        let wall = clock(woken);
        let actions = player.handle(Now { wall, mono: Mono::from_origin(wall.after(from)) }, Event::Tick);
        let prepares = actions.iter().any(|action| matches!(action, Action::Voice(_, VoiceOrder::Prepare { .. })));
        let missed = actions.iter().any(|action| matches!(action, Action::Record(Record::Finish { entry, .. }) if entry.reason_text().as_deref() == Some("late")));
        assert_eq!((prepares, missed), (begins, !begins), "{woken}");
    }
}

#[test]
fn nothing_but_an_alert_is_asked_to_sound_at_night() {
    let night = play(
        &simple(vec![]),
        clock("03:15:00"),
        clock("04:00:00"),
        Wall::MIN,
        vec![
            (Duration::from_secs(1), Mishap::Event(say(Class::Normal, "c"))),
            (Duration::from_mins(1), Mishap::Event(say(Class::Emergency, "c"))),
        ],
    );
    assert_eq!(night.lines(), ["c 03:16:00 > 03:16:00-03:17:00 played 60 alert: chi-lan: lũ"]);
    assert!(night.notes().contains(&"order_refused: outside_hours: say: chi-lan".to_owned()), "{:?}", night.notes());
}

#[test]
fn before_the_newest_entry_only_orders_are_heard() {
    let world = simple(vec![one("a", "05:00")]);
    let mishaps = vec![(Duration::from_mins(30), Mishap::Event(say(Class::Normal, "c")))];
    let day = play(&world, clock("04:59:00"), clock("06:30:00"), clock("23:00:00"), mishaps);
    assert_eq!(
        day.lines(),
        ["a 05:00:00 > --- missed 0 clock_untrusted", "c 05:29:00 > 05:29:00-05:30:00 played 60 say: chi-lan",]
    );
}

#[test]
fn a_running_airing_ends_with_its_hours() {
    let short = world(1, vec![one("a", "05:00")], &[(300, 305)], &[("a", 10)]);
    let change = Mishap::Event(Event::World(short));
    assert_eq!(
        hour(&simple(vec![one("a", "05:00")]), &[("05:02:00", change)]),
        ["a 05:00:00 > 05:00:00-05:05:00 partial 300 past_hours",]
    );
}

#[test]
fn what_an_order_did_not_say_to_its_end_has_its_cause_and_not_who_gave_it() {
    let at = |time: &str, what: Event| (clock(time).after(clock("06:20:00")), Mishap::Event(what));
    let day = |until: u32| {
        let world = world(1, vec![], &[(300, until)], &[("a", 10), ("b", 5), ("c", 1)]);
        let mishaps = vec![at("06:20:10", say(Class::Normal, "b")), at("06:24:00", say(Class::Emergency, "b"))];
        play(&world, clock("06:20:00"), clock("06:40:00"), Wall::MIN, mishaps).lines()
    };
    let (cut, whole) = (day(386), day(400));
    assert!(cut.contains(&"b 06:20:10 > 06:20:10-06:24:00 partial 230 past_hours".to_owned()), "{cut:?}");
    assert!(whole.iter().any(|line| line.ends_with("played 300 say: chi-lan")), "{whole:?}");
}

#[test]
fn what_is_cut_where_hours_are_called_off_says_so() {
    let mut quiet = simple(vec![one("a", "05:00")]);
    let mut schedule = (*quiet.schedule).clone();
    schedule.rules.station.cancelled = vec![Arc::new(crate::schedule::Cancel {
        first: "2026-12-01".parse().unwrap(),
        last: "2026-12-01".parse().unwrap(),
        hours: Some("2026-12-01T05:04:00".parse().unwrap().."2026-12-01T05:30:00".parse().unwrap()),
        why: "tang lễ".to_owned(),
        place: crate::schedule::Place::default(),
    })];
    quiet.schedule = Arc::new(schedule);
    let change = Mishap::Event(Event::World(quiet));
    assert_eq!(
        hour(&simple(vec![one("a", "05:00")]), &[("05:02:00", change)]),
        ["a 05:00:00 > 05:00:00-05:04:00 partial 240 cancelled_day: tang lễ"]
    );
}

#[test]
fn an_outage_is_made_good_as_each_broadcast_says() {
    let rules = [
        IfMissed::Skip,
        IfMissed::Late(Duration::from_mins(10)),
        IfMissed::Late(Duration::from_mins(1)),
        IfMissed::Join,
    ];
    let expected = [
        "a 05:00:00 > --- missed 0 station_off: 2026-12-01 04:30:00..05:04:00",
        "a 05:00:00 > 05:04:00-05:14:00 played 600",
        "a 05:00:00 > --- missed 0 station_off: 2026-12-01 04:30:00..05:04:00",
        "a 05:00:00 > 05:04:03-05:10:00 partial 357 joined",
    ];
    for (if_missed, expected) in rules.into_iter().zip(expected) {
        let world = simple(vec![Broadcast { if_missed, ..one("a", "05:00") }]);
        let away = Mishap::Event(Event::Away { since: clock("04:30:00") });
        let day = play(&world, clock("05:04:00"), clock("06:30:00"), Wall::MIN, vec![(Duration::ZERO, away)]);
        assert_eq!(day.lines(), [expected]);
    }
}
