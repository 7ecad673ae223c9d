//! Outages and steps of the clock, worked out by hand.

use super::*;
use crate::schedule::IfMissed;

fn one(id: &str, time: &str) -> Broadcast {
    daily(id, &[time])
}

fn cut(from: &str, to: &str) -> (Duration, Mishap) {
    (clock(from).after(clock("04:00:00")), Mishap::PowerCut(clock(to).after(clock(from))))
}

fn step(at: &str, seconds: i64) -> (Duration, Mishap) {
    (clock(at).after(clock("04:00:00")), Mishap::Step(SignedDuration::from_secs(seconds)))
}

fn event(at: &str, event: Event) -> (Duration, Mishap) {
    (clock(at).after(clock("04:00:00")), Mishap::Event(event))
}

/// From 04:00 to 06:30, switched on for the first time.
fn morning(world: &World, mishaps: Vec<(Duration, Mishap)>) -> Day {
    play(world, clock("04:00:00"), clock("06:30:00"), Wall::MIN, mishaps)
}

#[test]
fn a_power_cut_ends_the_row_at_its_last_known_second_and_the_outage_begins_no_earlier() {
    let day = morning(&simple(vec![one("a", "05:00"), one("b", "05:12")]), vec![cut("05:06:40", "05:20:00")]);
    assert_eq!(
        day.lines(),
        [
            "a 05:00:00 > 05:00:00-05:06:40 partial 400 power_lost",
            "b 05:12:00 > --- missed 0 station_off: 2026-12-01 05:06:40..05:20:00",
        ]
    );
    assert_eq!(day.notes(), ["started: *", "station_off: 2026-12-01 05:06:40..05:20:00", "shutdown"]);
}

#[test]
fn what_an_outage_swallowed_is_told_so_though_its_sound_is_not_known_yet() {
    let world = simple(vec![
        one("a", "05:00"),
        Broadcast { if_missed: IfMissed::Late(Duration::from_mins(20)), ..one("b", "05:10") },
    ]);
    // New on the disk, or what was known of them is lost: they are examined once the station is up.
    let unknown = World { library: Arc::default(), ..world.clone() };
    let away = Mishap::Event(Event::Away { since: clock("04:50:00") });
    let known = (Duration::from_secs(20), Mishap::Event(Event::World(world)));
    let day = play(&unknown, clock("05:12:00"), clock("06:30:00"), Wall::MIN, vec![(Duration::ZERO, away), known]);
    assert_eq!(
        day.lines(),
        [
            "a 05:00:00 > --- missed 0 station_off: 2026-12-01 04:50:00..05:12:00",
            "b 05:10:00 > 05:12:20-05:17:20 played 300",
        ]
    );
}

#[test]
fn what_was_interrupted_when_the_power_went_ends_where_it_was_heard_last() {
    let say = Request { class: Class::Emergency, by: "chi-lan".to_owned(), ..Request::of("c", vec![ZoneIx(0)]) };
    let alert = event("05:04:00", Event::Request(say));
    let day = morning(&simple(vec![one("a", "05:00")]), vec![alert, cut("05:04:30", "05:20:00")]);
    assert!(
        day.lines().contains(&"a 05:00:00 > 05:00:00-05:04:00 partial 240 power_lost".to_owned()),
        "{:?}",
        day.lines()
    );
}

#[test]
fn what_waited_when_the_power_went_waits_on_or_is_recorded() {
    let waits = |minutes| Broadcast { wait: Duration::from_mins(minutes), ..one("b", "05:05") };
    let day = |minutes, back| {
        let day = morning(&simple(vec![one("a", "05:00"), waits(minutes)]), vec![cut("05:06:00", back)]);
        day.lines().pop().unwrap()
    };
    // Behind a programme that would have ended at 05:10.
    assert_eq!(day(10, "05:08:00"), "b 05:05:00 > 05:08:00-05:13:00 played 300");
    assert_eq!(day(10, "05:12:00"), "b 05:05:00 > --- missed 0 station_off: 2026-12-01 05:06:00..05:12:00");
    assert_eq!(day(3, "05:12:00"), "b 05:05:00 > --- missed 0 wait_expired: a");
}

#[test]
fn what_would_be_joined_and_has_its_turn_only_once_it_is_over_was_missed() {
    let late = Broadcast { if_missed: IfMissed::Late(Duration::from_mins(30)), ..one("b", "05:00") };
    let join = Broadcast { if_missed: IfMissed::Join, ..one("c", "05:00") };
    let world = World { library: Arc::new(library(&[("b.mp3", 6), ("c.mp3", 6)])), ..simple(vec![late, join]) };
    // Behind the late one it would have waited for its turn anyway; later it would be over when it comes.
    for (back, told) in [("05:00:04", "05:00:10-05:00:16 played 6 waits: b"), ("05:00:08", "--- missed 0 station_off")]
    {
        let mut lines = morning(&world, vec![cut("04:59:00", back)]).lines();
        lines.sort();
        assert_eq!(lines[1], format!("c 05:00:00 > {told}"), "back at {back}");
    }
}

#[test]
fn a_broadcast_added_for_a_time_that_had_passed_was_not_missed_by_an_outage() {
    let later = simple(vec![one("a", "04:20"), one("b", "05:01")]);
    let day = morning(
        &simple(vec![one("b", "05:01")]),
        vec![event("05:30:00", Event::World(later)), cut("05:50:00", "05:55:00")],
    );
    assert_eq!(day.lines(), ["b 05:01:00 > 05:01:00-05:06:00 played 300"]);
}

#[test]
fn an_outage_longer_than_a_week_is_counted_in_one_note() {
    let world = simple(vec![one("a", "05:00"), one("b", "05:30")]);
    let (from, to) = (clock("04:00:00"), clock("04:00:00") + Duration::from_hours(24 * 21));
    let off = Mishap::PowerCut(Duration::from_hours(24 * 20));
    let day = play(&world, from, to, Wall::MIN, vec![(Duration::from_secs(130), off)]);
    // Twenty days off, of which seven are told one by one, and a day played.
    let missed = |line: &&String| line.contains("missed 0 station_off: 2026-12-01 04:02:00..2026-12-21 04:02:10");
    let lines = day.lines();
    assert_eq!((lines.len(), lines.iter().filter(missed).count()), (16, 14), "{lines:#?}");
    let counted = day.notes().into_iter().find(|note| note.contains("thon-1/a")).unwrap();
    assert_eq!(counted, "station_off: 2026-12-01 04:02:00..2026-12-21 04:02:10: 26: thon-1/a 13, thon-1/b 13");
}

#[test]
fn a_step_back_plays_nothing_twice_and_forgets_nothing() {
    let world = simple(vec![one("a", "05:00"), one("c", "05:20"), one("b", "05:40")]);
    let day = morning(&world, vec![step("05:30:00", -1_800), step("05:35:00", 1_500)]);
    assert_eq!(
        day.lines(),
        [
            "a 05:00:00 > 05:00:00-05:10:00 played 600",
            "c 05:20:00 > 05:20:00-05:21:00 played 60",
            "b 05:40:00 > 05:40:00-05:45:00 played 300",
        ]
    );
    assert_eq!(
        day.notes(),
        [
            "clock_step: -1800.000 s: 2026-12-01 05:30:00..05:00:00",
            "clock_step: +1500.000 s: 2026-12-01 05:05:00..05:30:00",
            "shutdown"
        ]
    );
}

#[test]
fn a_machine_that_slept_has_missed_what_it_slept_through() {
    let late = Broadcast { if_missed: IfMissed::Late(Duration::from_mins(30)), ..one("c", "05:05") };
    let day = morning(&simple(vec![one("a", "05:00"), late]), vec![step("04:50:00", 1_260)]);
    assert_eq!(
        day.lines(),
        [
            "a 05:00:00 > --- missed 0 clock_step: 2026-12-01 04:50:00..05:11:00",
            "c 05:05:00 > 05:11:00-05:12:00 played 60",
        ]
    );
}

#[test]
fn after_a_start_with_a_clock_behind_the_journal_the_outage_is_told_once_it_is_right() {
    let world = simple(vec![daily("a", &["04:40", "05:00"]), one("b", "05:40")]);
    // Back from the outage it is 03:59 by the clock; somebody sets it right at 05:20. What the journal
    // holds already is not told again.
    let mishaps = vec![step("04:55:00", -3_600), cut("04:50:00", "04:59:00"), step("05:20:00", 3_600)];
    let day = morning(&world, mishaps);
    assert_eq!(
        day.lines(),
        [
            "a 04:40:00 > --- refused 0 outside_hours",
            "a 05:00:00 > --- missed 0 station_off: 2026-12-01 04:49:00..05:20:00",
            "b 05:40:00 > 05:40:00-05:45:00 played 300",
        ]
    );
}

#[test]
fn a_start_with_a_clock_behind_the_journal_tells_nothing_twice() {
    // Found by the property test: the first plan of such a start held what the journal knew already.
    let world = simple(vec![one("a", "04:40"), one("b", "05:40")]);
    let day = morning(&world, vec![cut("04:50:00", "04:55:00"), step("04:52:00", -1_200)]);
    assert_eq!(day.lines(), ["a 04:40:00 > --- refused 0 outside_hours", "b 05:40:00 > 05:40:00-05:45:00 played 300"]);
}

#[test]
fn an_alert_is_heard_at_once_whatever_the_clock_does_meanwhile() {
    for by in [-7_200, -30, 30, 7_200, 300_000, 1_800_000_000] {
        let orders = vec![event("05:00:10", say(Class::Emergency, "c")), event("05:00:20", say(Class::Emergency, "b"))];
        let day = morning(&simple(vec![]), [orders, vec![step("05:00:40", by)]].concat());
        let began: Vec<Duration> = day
            .log
            .notices
            .iter()
            .filter(|(_, _, notice)| matches!(notice, Notice::Started(..)))
            .map(|(mono, ..)| mono.after(Mono::from_origin(Duration::from_hours(1))))
            .collect();
        // The newer one breaks in, 5 ms after the older one begins to fade, and that one goes on after it.
        let millis = [10_000, 20_005, 320_005].map(Duration::from_millis);
        assert_eq!(began, millis, "{by}");
    }
}

#[test]
fn a_cut_between_the_intent_and_the_sound_leaves_the_rule_of_the_broadcast_in_force() {
    let rules = [
        (IfMissed::Late(Duration::from_mins(10)), "a 05:00:00 > 05:03:0", "played 600"),
        (IfMissed::Join, "a 05:00:00 > 05:03:0", "joined"),
        (IfMissed::Skip, "a 05:00:00 > --- missed 0 station_off: ", ""),
    ];
    for (if_missed, begins, ends) in rules {
        let world = simple(vec![Broadcast { if_missed, ..one("a", "05:00") }]);
        // The intent is written two seconds ahead, and on the disk 50 ms later.
        let (at, power) = cut("04:59:58", "05:03:00");
        let lines = morning(&world, vec![(at + Duration::from_millis(500), power)]).lines();
        let [line] = lines.as_slice() else { panic!("one outcome: {lines:?}") };
        assert!(line.starts_with(begins) && line.ends_with(ends), "{line}");
    }
}

#[test]
fn an_intent_whose_broadcast_was_taken_out_meanwhile_is_missed_and_told_once() {
    let world = simple(vec![one("a", "05:00"), one("b", "05:30")]);
    let emptied = Mishap::Event(Event::World(simple(vec![one("b", "05:30")])));
    let cut = (clock("04:59:59").after(clock("04:00:00")), Mishap::PowerCut(Duration::from_mins(5)));
    let edit = (clock("05:01:00").after(clock("04:00:00")), emptied);
    let day = morning(&world, vec![cut, edit]);
    assert_eq!(day.lines(), ["a 05:00:00 > --- missed 0 power_lost", "b 05:30:00 > 05:30:00-05:35:00 played 300"]);
}

#[test]
fn an_order_that_waits_when_the_power_goes_has_its_outcome() {
    let orders = event("05:02:00", say(Class::Normal, "c"));
    let day = morning(&simple(vec![one("a", "05:00")]), vec![orders, cut("05:05:00", "05:06:00")]);
    assert_eq!(
        day.lines(),
        ["a 05:00:00 > 05:00:00-05:05:00 partial 300 power_lost", "c 05:02:00 > --- missed 0 power_lost"]
    );
}

#[test]
fn play_now_is_not_scheduled_too_and_takes_nothing_from_the_schedule() {
    // The same sound, ordered by hand in the minute of its own broadcast, before, at and in it: the
    // schedule's airing and an order that is taken have one row each, told apart by who asked, and neither comes again
    // the day after.
    for (ordered, order) in [
        ("04:59:40", None),
        ("05:00:00", Some("c 05:00:00 > 05:01:00-05:02:00 played 60 say: chi-lan")),
        ("05:00:30", Some("c 05:00:30 > 05:01:00-05:02:00 played 60 say: chi-lan")),
    ] {
        let orders = vec![event(ordered, say(Class::Normal, "c"))];
        let world = simple(vec![one("c", "05:00")]);
        let to = clock("06:30:00") + Duration::from_hours(24);
        let day = play(&world, clock("04:00:00"), to, Wall::MIN, orders);
        let refused = day.notes().iter().any(|note| note == "order_refused: outside_hours: say: chi-lan");
        assert_eq!(refused, order.is_none(), "{ordered}");
        let mut lines = day.lines();
        lines.sort();
        let scheduled = "c 05:00:00 > 05:00:00-05:01:00 played 60";
        let mut expected: Vec<&str> = [scheduled, scheduled].into_iter().chain(order).collect();
        expected.sort_unstable();
        assert_eq!(lines, expected, "{ordered}");
    }
}

#[test]
fn trung_loc_0315_is_silent_and_recorded_however_it_comes_about() {
    let refused = ["a 03:15:00 > --- refused 0 outside_hours"];
    // Written into the file.
    let day = play(&simple(vec![one("a", "03:15")]), clock("03:00:00"), clock("06:30:00"), Wall::MIN, vec![]);
    assert_eq!(day.lines(), refused);
    // Played now.
    let order = vec![(Duration::from_mins(15), Mishap::Event(say(Class::Normal, "a")))];
    let day = play(&simple(vec![]), clock("03:00:00"), clock("06:30:00"), Wall::MIN, order);
    assert!(day.lines().is_empty(), "{:?}", day.lines());
    assert!(day.notes().contains(&"order_refused: outside_hours: say: chi-lan".to_owned()), "{:?}", day.notes());
    // A clock that steps two hours while one airing sounds and another waits behind it.
    let waits = Broadcast { wait: Duration::from_mins(30), ..one("b", "05:12") };
    let day = morning(&simple(vec![one("a", "05:10"), waits]), vec![step("05:15:00", -7_200)]);
    assert_eq!(
        day.lines(),
        ["a 05:10:00 > 05:10:00-03:15:00 partial 300 outside_hours", "b 05:12:00 > 05:12:00-05:17:00 played 300"]
    );
    let sounded_at_night = day
        .log
        .notices
        .iter()
        .any(|(_, wall, notice)| matches!(notice, Notice::Started(..)) && *wall < clock("05:00:00"));
    assert!(!sounded_at_night);
}

#[test]
fn of_a_jump_by_decades_the_first_half_year_and_the_last_are_counted_and_no_more() {
    // Seventy-three years of a broadcast a day: what somebody will ask after is what the next weeks had.
    let now = Now { wall: clock("04:30:00"), mono: Mono::default() };
    let mut player = Player::new(simple(vec![one("a", "05:00")]), now, Wall::MIN);
    let later =
        Now { wall: now.wall + Duration::from_hours(26_663 * 24), mono: Mono::from_origin(Duration::from_secs(1)) };
    player.handle(now, Event::Tick);
    let actions = player.handle(later, Event::Tick);
    let records =
        || actions.iter().filter_map(|action| if let Action::Record(record) = action { Some(record) } else { None });
    let notes = records().filter_map(|record| if let Record::Note(note) = record { note.reason_text() } else { None });
    let counts =
        notes.filter_map(|note| note.rsplit_once(": thon-1/a ").map(|(_, count)| count.parse::<usize>().unwrap()));
    let counted: usize = counts.sum();
    assert!((355..=366).contains(&counted), "{counted}");
    let told = records().filter(|record| matches!(record, Record::Finish { .. })).count();
    assert!((6..=8).contains(&told), "the last week is told one by one: {told}");
}
