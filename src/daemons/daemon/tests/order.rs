//! What is ordered by hand sounds, whatever the clock says, said or will say.

use super::*;
use crate::fact::Outcome;
use crate::player::ClockTrust;

const DAY: i64 = 86_400;

/// How far a clock is found wrong: by hours, days, years; as far as 2099 and 1970.
const AWRY: [i64; 8] = [2 * DAY, 10 * DAY, 30 * DAY, 365 * DAY, 26_663 * DAY, -3 * DAY, -365 * DAY, -20_788 * DAY];

fn after(at: &str) -> Duration {
    clock(at).after(clock("04:00:00"))
}

fn event(at: &str, event: Event) -> (Duration, Mishap) {
    (after(at), Mishap::Event(event))
}

fn step(at: &str, seconds: i64) -> (Duration, Mishap) {
    (after(at), Mishap::Step(SignedDuration::from_secs(seconds)))
}

fn cut(from: &str, to: &str) -> (Duration, Mishap) {
    (after(from), Mishap::PowerCut(clock(to).after(clock(from))))
}

fn judged(at: &str, believed: bool) -> (Duration, Mishap) {
    let because = if believed { vec![Reason::Ntp] } else { vec![Reason::NoNtp, Reason::NoBattery] };
    event(at, Event::Clock { trust: ClockTrust { believed, because }, drift: None })
}

fn morning(newest: Wall, mishaps: Vec<(Duration, Mishap)>) -> Day {
    play(&simple(vec![]), clock("04:00:00"), clock("06:30:00"), newest, mishaps)
}

/// The rows of orders: in full, once, and so long after they were given.
fn heard(day: &Day, name: &str) -> Vec<(String, Duration)> {
    let rows = day.airings().into_iter().map(|row| {
        assert_eq!(
            (row.outcome, row.seconds_played),
            (Some(Outcome::Played), Some(60.0)),
            "{name}: {:#?}",
            day.lines()
        );
        (row.reason_text().unwrap_or_default(), row.started.unwrap().after(row.planned.unwrap()))
    });
    let rows = rows.collect();
    let verified = day.journal.verify().unwrap();
    assert!(verified.is_sound(), "{name}: {:?}", verified.breaches);
    rows
}

const ALERT: &str = "alert: chi-lan: lũ";
const SAY: &str = "say: chi-lan";

/// Each of these orders, once, and within a second.
fn at_once(day: &Day, name: &str, expected: &[&str]) {
    let rows = heard(day, name);
    assert_eq!(rows.iter().map(|(reason, _)| reason.as_str()).collect::<Vec<_>>(), expected, "{name}");
    assert!(rows.iter().all(|(_, late)| *late < Duration::from_secs(1)), "{name}: {rows:?}");
}

#[test]
fn an_order_sounds_at_once_whatever_the_clock_was_before() {
    for awry in AWRY {
        for (believed, restart) in [(true, false), (false, false), (true, true), (false, true)] {
            let mut mishaps = vec![
                step("04:05:00", awry),
                judged("04:05:01", believed),
                // Rows that the wrong clock dates; an alert of that time among them.
                event("04:06:00", say(Class::Emergency, "c")),
                step("04:10:00", -awry),
                event("05:15:00", say(Class::Emergency, "c")),
                event("05:20:00", say(Class::Normal, "c")),
            ];
            if restart {
                mishaps.extend([cut("04:08:00", "04:09:00"), cut("04:20:00", "04:21:00")]);
            }
            let day = morning(Wall::MIN, mishaps);
            at_once(&day, &format!("{awry} {believed} {restart}"), &[ALERT, ALERT, SAY]);
        }
    }
}

#[test]
fn an_order_sounds_at_once_on_a_clock_that_stays_wrong() {
    for awry in AWRY {
        let day = morning(
            Wall::MIN,
            vec![
                judged("04:30:00", true),
                step("05:05:00", awry),
                event("05:15:00", say(Class::Emergency, "c")),
                event("05:20:00", say(Class::Normal, "c")),
                // Else a year would go by before this day is over.
                step("05:50:00", -awry),
            ],
        );
        at_once(&day, &awry.to_string(), &[ALERT, SAY]);
    }
}

#[test]
fn an_order_sounds_at_once_though_the_newest_row_lies_years_ahead() {
    for ahead in [1, 2, 3, 10, 365, 26_663] {
        let orders = vec![event("05:15:00", say(Class::Emergency, "c")), event("05:20:00", say(Class::Normal, "c"))];
        let day = morning(clock("04:00:00") + Duration::from_hours(24 * ahead), orders);
        at_once(&day, &ahead.to_string(), &[ALERT, SAY]);
    }
}

#[test]
fn an_order_that_waits_or_sounds_goes_through_a_step_of_the_clock_as_if_there_was_none() {
    let stepped =
        ["05:19:59.900", "05:20:00.010", "05:20:00.200", "05:20:30", "05:20:40.100", "05:20:40.400", "05:20:59"];
    for awry in AWRY {
        for at in stepped {
            let mishaps = vec![
                event("05:20:00", say(Class::Emergency, "c")),
                event("05:20:40", say(Class::Normal, "c")),
                step(at, awry),
                step("05:30:00", -awry),
            ];
            let name = format!("{awry} at {at}");
            let day = morning(Wall::MIN, mishaps);
            let rows = heard(&day, &name);
            assert_eq!(rows.iter().map(|(reason, _)| reason.as_str()).collect::<Vec<_>>(), [ALERT, SAY], "{name}");
            let began: Vec<Mono> = day
                .log
                .notices
                .iter()
                .filter(|(.., notice)| matches!(notice, Notice::Started(..)))
                .map(|(at, ..)| *at)
                .collect();
            // What was armed for the old time is prepared again for the new one.
            let expected = [after("05:20:00"), after("05:21:00")].map(Mono::from_origin);
            for (began, expected) in began.iter().zip(expected) {
                assert!(began.after(expected) < Duration::from_secs(1), "{name}: {began:?} {expected:?}");
            }
            assert_eq!(began.len(), 2, "{name}");
        }
    }
}

#[test]
fn an_order_can_be_stopped_whatever_the_clock_did_meanwhile() {
    for awry in AWRY {
        let mishaps = vec![
            event("05:20:00", say(Class::Emergency, "c")),
            event("05:20:10", say(Class::Normal, "c")),
            step("05:20:20", awry),
            event("05:20:30", stop()),
            step("05:50:00", -awry),
        ];
        let day = morning(Wall::MIN, mishaps);
        let rows = day.airings();
        let told: Vec<_> = rows.iter().map(|row| (row.outcome.unwrap(), row.reason_text().unwrap())).collect();
        let stopped = || "stopped: chi-lan".to_owned();
        assert_eq!(told, [(Outcome::Missed, stopped()), (Outcome::Partial, stopped())], "{awry}");
    }
}

#[test]
fn orders_of_one_sound_in_one_instant_are_each_heard_and_each_has_its_row() {
    // Of different accounts: one account has no more than a few under way.
    let say = |account: u32| match say(Class::Normal, "c") {
        Event::Request(request) => Event::Request(Request { account: format!("{}", account / 4), ..request }),
        other => other,
    };
    let mut mishaps: Vec<_> = (0..150).map(|account| event("05:20:00", say(account))).collect();
    mishaps.push(event("05:25:30", stop()));
    let day = morning(Wall::MIN, mishaps);
    let mut outcomes = std::collections::BTreeMap::new();
    for row in day.airings() {
        *outcomes.entry(row.outcome.unwrap()).or_insert(0) += 1;
    }
    // Ten minutes of waiting are ten sounds of a minute; what could not have its turn within them is refused at once.
    assert_eq!(
        outcomes.into_iter().collect::<Vec<_>>(),
        [(Outcome::Played, 5), (Outcome::Partial, 1), (Outcome::Missed, 5)]
    );
    let keys: Vec<&String> = day
        .log
        .actions
        .iter()
        .filter_map(|(_, action)| match action {
            Action::Record(Record::Finish { key, .. }) => Some(key),
            _ => None,
        })
        .collect();
    assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), 11);
}

#[test]
fn what_was_ordered_is_let_go_of_once_it_has_its_row() {
    let now = |seconds: u64| Now {
        wall: clock("05:10:00") + Duration::from_secs(seconds),
        mono: Mono::from_origin(Duration::from_secs(seconds)),
    };
    let mut player = Player::new(simple(vec![]), now(0), Wall::MIN);
    for round in 0..200 {
        player.handle(now(round), say(Class::Emergency, "c"));
        player.handle(now(round), say(Class::Normal, "c"));
        assert!(player.airings_held().0 > 0);
        player.handle(now(round), stop());
    }
    // An output that does not answer is not waited for.
    player.handle(now(300), Event::Tick);
    assert_eq!(player.airings_held(), (0, 0));
}

#[test]
fn an_order_of_the_last_life_is_told_at_once_though_the_files_have_a_broadcast_of_its_name() {
    // Its intent was written a year ahead; `c` is planned there too.
    let world = simple(vec![daily("c", &["05:30"])]);
    let mishaps = vec![
        judged("04:04:00", false),
        step("04:05:00", 365 * DAY),
        // The first was interrupted by the second, which sounds, when the power goes.
        event("04:06:00", say(Class::Emergency, "c")),
        event("04:06:10", say(Class::Emergency, "b")),
        cut("04:06:30", "04:07:00"),
        step("04:10:00", -365 * DAY),
        judged("04:10:10", true),
    ];
    let day = play(&world, clock("04:00:00"), clock("06:30:00"), Wall::MIN, mishaps);
    let rows = day.airings();
    let told: Vec<_> = rows.iter().map(|row| (row.outcome.unwrap(), row.reason.clone())).collect();
    let lost = || (Outcome::Partial, Some(Reason::PowerLost));
    assert_eq!(told, [lost(), lost(), (Outcome::Played, None)], "{:#?}", day.lines());
}

#[test]
fn an_order_that_comes_while_loa_ends_is_refused_and_recorded() {
    let world = world(2, vec![], &[(300, 390)], &[("c", 1)]);
    let now = |seconds: u64| Now {
        wall: clock("05:10:00") + Duration::from_secs(seconds),
        mono: Mono::from_origin(Duration::from_secs(seconds)),
    };
    for class in [Class::Normal, Class::Emergency] {
        let Event::Request(mut request) = say(class, "c") else { unreachable!() };
        request.zones = vec![ZoneIx(0), ZoneIx(1)];
        let mut player = Player::new(world.clone(), now(0), Wall::MIN);
        player.handle(now(1), Event::Request(request.clone()));
        player.handle(now(2), Event::Shutdown);
        assert!(player.snapshot(now(2)).ending);
        let actions = player.handle(now(2), Event::Request(request));
        let notes: Vec<_> = actions
            .iter()
            .filter_map(|action| match action {
                Action::Record(Record::Note(entry)) => entry.reason_text(),
                _ => None,
            })
            .collect();
        let asked = if class == Class::Emergency { ALERT } else { SAY };
        assert_eq!(notes, [format!("order_refused: shutdown: {asked}")]);
        assert!(
            !actions
                .iter()
                .any(|action| matches!(action, Action::Voice(_, VoiceOrder::Prepare { .. } | VoiceOrder::Start(_))))
        );
    }
}
