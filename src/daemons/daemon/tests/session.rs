//! The law at the instant of playing, whatever asked for the sound.

use super::*;

/// The world of [`simple`] with sessions of at most so many minutes, so many a day.
fn limited(broadcasts: Vec<Broadcast>, minutes: u64, most: u32) -> World {
    let mut world = simple(broadcasts);
    let mut schedule = (*world.schedule).clone();
    schedule.rules.station.max_session = Some(Duration::from_mins(minutes));
    schedule.rules.station.max_sessions_per_day = Some(most);
    world.schedule = Arc::new(schedule);
    world
}

fn morning(world: &World, heard: &[Heard], mishaps: &[(&str, Event)]) -> Day {
    let from = clock("04:59:00");
    let mishaps = mishaps.iter().map(|(time, event)| (clock(time).after(from), Mishap::Event(event.clone()))).collect();
    play_after(heard, world, from, clock("06:30:00"), Wall::MIN, mishaps)
}

fn a() -> Vec<Broadcast> {
    vec![daily("a", &["05:00"])]
}

fn say_c() -> Event {
    say(Class::Normal, "c")
}

#[test]
fn a_say_keeps_the_rule_of_sessions() {
    let table = [
        // One minute after ten, in a session of at most fifteen.
        ("05:12:00", 15, 1, "c 05:12:00 > 05:12:00-05:13:00 played 60 say: chi-lan"),
        ("05:12:00", 12, 1, "order_refused: session_too_long: say: chi-lan"),
        ("05:20:00", 15, 1, "order_refused: too_many_sessions: say: chi-lan"),
        ("05:20:00", 15, 2, "c 05:20:00 > 05:20:00-05:21:00 played 60 say: chi-lan"),
        // It waits for the one that sounds, and then there is no room left.
        ("05:05:00", 10, 1, "order_refused: session_too_long: say: chi-lan"),
    ];
    for (time, minutes, most, expected) in table {
        let day = morning(&limited(a(), minutes, most), &[], &[(time, say_c())]);
        let refused = day.notes().into_iter().find(|note| note.starts_with("order_refused"));
        let said = day.lines().into_iter().find(|line| line.starts_with("c ")).or(refused);
        assert_eq!(said.as_deref(), Some(expected), "{time} {minutes} {most}");
    }
}

#[test]
fn what_was_heard_before_a_restart_counts() {
    let heard = |from, to| Heard { from: clock(from), to: clock(to), emergency: false };
    let yesterday = Heard { from: clock("04:00:00") - Duration::from_hours(10), ..heard("04:00:00", "04:00:00") };
    let table = [
        (heard("04:30:00", "04:40:00"), "a 05:00:00 > --- refused 0 too_many_sessions"),
        (heard("04:50:00", "04:58:00"), "a 05:00:00 > --- refused 0 session_too_long"),
        (heard("04:55:00", "04:58:00"), "a 05:00:00 > 05:00:00-05:10:00 played 600"),
        (Heard { emergency: true, ..heard("04:30:00", "04:40:00") }, "a 05:00:00 > 05:00:00-05:10:00 played 600"),
        (yesterday, "a 05:00:00 > 05:00:00-05:10:00 played 600"),
    ];
    for (heard, expected) in table {
        assert_eq!(morning(&limited(a(), 15, 1), &[heard], &[]).lines(), [expected], "{heard:?}");
    }
}

#[test]
fn a_resumed_one_is_cut_when_its_session_is_full() {
    let p = Broadcast { class: Class::Priority, ..daily("b", &["05:04"]) };
    let both = [a(), vec![p]].concat();
    assert_eq!(
        morning(&limited(both, 12, 1), &[], &[]).lines(),
        ["b 05:04:00 > 05:04:00-05:09:00 played 300", "a 05:00:00 > 05:00:00-05:12:00 partial 420 session_too_long"]
    );
}

#[test]
fn an_alert_takes_nothing_from_the_session_that_it_interrupts() {
    let day = morning(&limited(a(), 10, 1), &[], &[("05:04:00", say(Class::Emergency, "c"))]);
    assert_eq!(
        day.lines(),
        [
            "c 05:04:00 > 05:04:00-05:05:00 played 60 alert: chi-lan: lũ",
            "a 05:00:00 > 05:00:00-05:11:00 played 600 interrupted: c",
        ]
    );
}

#[test]
fn new_rules_bind_what_is_sounding() {
    let narrower = Event::World(limited(a(), 5, 1));
    assert_eq!(
        morning(&limited(a(), 10, 1), &[], &[("05:02:00", narrower)]).lines(),
        ["a 05:00:00 > 05:00:00-05:05:00 partial 300 session_too_long"]
    );
}

#[test]
fn an_emergency_passes_and_the_journal_says_what_it_passed() {
    let alert = || say(Class::Emergency, "c");
    let passed = |day: &Day| day.notes().into_iter().find(|reason| reason.starts_with("passed_as_emergency"));
    let night = vec![(Duration::from_mins(1), Mishap::Event(alert()))];
    let night = play(&simple(vec![]), clock("03:15:00"), clock("04:00:00"), Wall::MIN, night);
    assert_eq!(passed(&night).as_deref(), Some("passed_as_emergency: outside_hours"));
    let table = [
        ("05:03:00", 15, 1, None),
        ("05:12:00", 10, 1, Some("passed_as_emergency: session_too_long")),
        ("05:30:00", 15, 1, Some("passed_as_emergency: too_many_sessions")),
        ("06:29:30", 15, 2, Some("passed_as_emergency: past_hours")),
    ];
    for (time, minutes, most, expected) in table {
        let day = morning(&limited(a(), minutes, most), &[], &[(time, alert())]);
        assert_eq!(passed(&day).as_deref(), expected, "{time}");
        assert!(day.lines().iter().any(|line| line.contains("played 60 alert")), "{time}: {:?}", day.lines());
    }
}

#[test]
fn trung_loc_at_0315_is_silent_by_the_file_and_by_a_say_and_recorded_both_times() {
    let world = simple(vec![daily("a", &["03:15"])]);
    let from = clock("03:14:00");
    let mishaps = vec![(Duration::from_secs(90), Mishap::Event(say_c()))];
    let day = play(&world, from, clock("04:30:00"), Wall::MIN, mishaps);
    assert_eq!(day.lines(), ["a 03:15:00 > --- refused 0 outside_hours"]);
    assert!(day.notes().contains(&"order_refused: outside_hours: say: chi-lan".to_owned()), "{:?}", day.notes());
    let asked_to_sound =
        |action: &Action| matches!(action, Action::Voice(_, VoiceOrder::Prepare { .. } | VoiceOrder::Start(_)));
    assert!(!day.log.actions.iter().any(|(_, action)| asked_to_sound(action)));
}

#[test]
fn volume_follows_the_hour_but_not_for_an_alert() {
    let mut world = simple(a());
    let mut schedule = (*world.schedule).clone();
    schedule.rules.station.volume = vec![crate::schedule::Level { hours: 18_000..18_300, db: -6.0 }];
    world.schedule = Arc::new(schedule);
    let day = morning(&world, &[], &[("05:20:00", say_c()), ("05:01:00", say(Class::Emergency, "c"))]);
    let levels: Vec<_> =
        day.log
            .actions
            .iter()
            .filter_map(|(_, action)| {
                if let Action::Voice(_, VoiceOrder::Level(volume)) = action { Some(volume.steps()) } else { None }
            })
            .collect();
    let steps = [(clock("05:00:00"), -6.0), (clock("05:05:00"), 0.0)];
    // The bulletin twice, since the alert parts it; the say when all is as loud as ever.
    assert_eq!(levels, [&steps[..], &steps[..]]);
}

#[test]
fn five_minutes_of_planned_silence_part_two_sessions_whatever_the_fades_took() {
    let sound = |id, times: &[&str], name: &str, wait| Broadcast {
        wait: Duration::from_mins(wait),
        play: vec![crate::schedule::Play::Sound(name.to_owned())],
        ..daily(id, times)
    };
    let broadcasts = vec![sound("p", &["05:01", "05:07"], "seven", 3), sound("q", &["05:22"], "twenty", 0)];
    let mut world = world(1, broadcasts, &[(300, 390)], &[("seven", 7), ("twenty", 20), ("c", 2)]);
    let mut schedule = (*world.schedule).clone();
    schedule.rules.station.max_session = Some(Duration::from_mins(20));
    world.schedule = Arc::new(schedule);
    // The second seven minutes end some milliseconds after 05:17, and 05:22 is as planned five minutes later.
    let day = morning(&world, &[], &[("05:01:00", say(Class::Emergency, "c"))]);
    assert_eq!(day.lines().last().map(String::as_str), Some("q 05:22:00 > 05:22:00-05:42:00 played 1200"));
    let sounds = day.airings().into_iter();
    let sounds = sounds.filter_map(|row| Some((row.started?, row.ended?, row.class == Some(Class::Emergency))));
    let (rules, tz) = (&world.schedule.rules.station, &world.station.timezone);
    assert_eq!(crate::plan::sample::broken_sessions(sounds.collect(), rules, tz), Vec::<String>::new());
}
