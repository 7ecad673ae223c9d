//! Sessions: what the law of a place counts.

use super::*;
use crate::schedule::Class::{Emergency, Normal, Priority};
use crate::schedule::Law;
use crate::station::ZoneIx;

/// Sessions of at most so many minutes, so many a day, at any hour of any day.
fn limits(minutes: u64, most: u32) -> Rules {
    Rules { max_session: Some(Duration::from_mins(minutes)), max_sessions_per_day: Some(most), ..hours(&[(0, 24)]) }
}

fn lawful(rules: Rules, broadcasts: impl IntoIterator<Item = Broadcast>) -> Schedule {
    Schedule { rules: rules.into(), ..schedule(broadcasts) }
}

/// The airings of a date in a station's zones, each line with its zone where there are several.
fn on(date: &str, schedule: &Schedule, station: &Station, library: &Library) -> Vec<String> {
    let from = at(&format!("{date}T00:00"), &station.timezone);
    let airings = plan(schedule, station, library, from, from + Duration::from_hours(24));
    let zone = |airing: &Airing| if station.zones.len() > 1 { format!("{} ", airing.zone.0) } else { String::new() };
    airings.iter().map(|airing| format!("{}{}", zone(airing), line(airing, station))).collect()
}

#[test]
fn the_wards_of_ha_noi_have_two_sessions_of_15_minutes_from_monday_to_friday() {
    let rules = Rules { days: 0b001_1111, ..limits(15, 2) };
    let schedule = lawful(
        rules,
        [
            one("a", "07:00", Normal, 0),
            one("b", "07:10", Normal, 0),
            one("c", "07:15", Normal, 0),
            one("d", "17:00", Normal, 0),
            one("e", "20:00", Normal, 0),
        ],
    );
    let sounds = sounds(&[("a", 10), ("b", 5), ("c", 1), ("d", 15), ("e", 1)]);
    assert_eq!(
        on("2026-12-01", &schedule, &station(1), &sounds),
        [
            "a 07:00-07:10 play",
            "b 07:10-07:15 play",
            "c 07:15-07:16 refuse session_too_long",
            "d 17:00-17:15 play",
            "e 20:00-20:01 refuse too_many_sessions",
        ]
    );
    let saturday = on("2026-12-05", &schedule, &station(1), &sounds);
    assert!(saturday.iter().all(|line| line.ends_with("refuse outside_hours")), "{saturday:?}");
}

#[test]
fn a_rural_session_of_45_minutes_holds_its_relay_too() {
    let schedule = lawful(
        limits(45, 3),
        [one("r", "05:00", Normal, 0), one("b", "05:30", Normal, 0), one("c", "05:45", Normal, 0)],
    );
    assert_eq!(
        day(&schedule, &sounds(&[("r", 30), ("b", 15), ("c", 1)])),
        ["r 05:00-05:30 play", "b 05:30-05:45 play", "c 05:45-05:46 refuse session_too_long"]
    );
}

#[test]
fn a_ward_has_its_hour_in_the_morning_and_in_the_evening() {
    let hours = crate::schedule::Hours(vec![19_800..23_400, 61_200..64_800]);
    let schedule = lawful(
        Rules { hours, ..limits(60, 2) },
        [
            one("a", "05:30", Normal, 0),
            one("b", "06:02", Normal, 0),
            one("n", "11:00", Normal, 0),
            one("d", "17:00", Normal, 0),
            one("e", "17:50", Normal, 900),
        ],
    );
    assert_eq!(
        day(&schedule, &sounds(&[("a", 30), ("b", 28), ("n", 5), ("d", 60), ("e", 5)])),
        [
            "a 05:30-06:00 play",
            "b 06:02-06:30 play",
            "n 11:00-11:05 refuse outside_hours",
            "d 17:00-18:00 play",
            "e 18:00-18:05 refuse past_hours",
        ]
    );
}

#[test]
fn the_versions_of_all_languages_count() {
    let schedule = lawful(limits(15, 2), [one("a", "05:00", Normal, 0)]);
    let library = library(&[("a.vi.mp3", 480), ("a.kho.mp3", 480)]);
    let mut both = station(1);
    assert_eq!(on("2026-12-01", &schedule, &both, &library), ["a 05:00-05:08 play"]);
    both.zones[0].languages.push("kho".to_owned());
    assert_eq!(on("2026-12-01", &schedule, &both, &library), ["a 05:00-05:16 refuse session_too_long"]);
}

#[test]
fn who_waits_counts_from_when_it_truly_sounds() {
    let schedule = lawful(limits(15, 2), [one("a", "05:00", Normal, 0), one("b", "05:05", Normal, 900)]);
    assert_eq!(
        day(&schedule, &sounds(&[("a", 10), ("b", 6)])),
        ["a 05:00-05:10 play", "b 05:10-05:16 refuse session_too_long"]
    );
}

#[test]
fn a_gap_of_4_minutes_59_joins_and_one_of_5_minutes_does_not() {
    let with = |time, most| {
        let schedule = lawful(limits(15, most), [one("a", "05:00", Normal, 0), one("b", time, Normal, 0)]);
        day(&schedule, &sounds(&[("a", 10), ("b", 6)]))[1].clone()
    };
    assert_eq!(with("05:14:59", 2), "b 05:14-05:20 refuse session_too_long");
    assert_eq!(with("05:15:00", 2), "b 05:15-05:21 play");
    assert_eq!(with("05:15:00", 1), "b 05:15-05:21 refuse too_many_sessions");
}

#[test]
fn a_resumed_one_is_cut_when_its_session_is_full_and_an_emergency_takes_nothing_from_it() {
    let of = |class| {
        let schedule = lawful(limits(15, 1), [one("n", "05:00", Normal, 3600), one("p", "05:05", class, 0)]);
        day(&schedule, &sounds(&[("n", 10), ("p", 8)]))
    };
    assert_eq!(of(Priority), ["n 05:00-05:15 play session_too_long 05:00-05:05@0 05:13-05:15@5", "p 05:05-05:13 play"]);
    assert_eq!(of(Emergency), ["n 05:00-05:18 play interrupted:p 05:00-05:05@0 05:13-05:18@5", "p 05:05-05:13 play"]);
}

#[test]
fn an_emergency_is_never_refused_and_neither_uses_up_nor_joins_nor_parts_sessions() {
    let schedule = lawful(
        limits(15, 2),
        [
            one("a", "05:00", Normal, 0),
            one("e", "05:12", Emergency, 0),
            one("b", "05:42", Normal, 0),
            one("c", "06:10", Normal, 0),
            one("f", "07:00", Emergency, 0),
            one("d", "08:00", Normal, 0),
        ],
    );
    assert_eq!(
        day(&schedule, &sounds(&[("a", 10), ("e", 28), ("b", 1), ("c", 5), ("f", 30), ("d", 1)])),
        [
            "a 05:00-05:10 play",
            "e 05:12-05:40 play",
            "b 05:42-05:43 play",
            "c 06:10-06:15 play",
            "f 07:00-07:30 play",
            "d 08:00-08:01 refuse too_many_sessions",
        ],
        "two minutes of silence before the alert and two after it are four: a and b are one session"
    );
}

#[test]
fn a_session_over_midnight_belongs_to_the_day_on_which_it_begins() {
    let schedule = lawful(
        limits(60, 2),
        [one("a", "23:50", Normal, 0), one("b", "23:54", Normal, 600), one("c", "00:20", Normal, 0)],
    );
    let sounds = sounds(&[("a", 5), ("b", 10), ("c", 5)]);
    let expected = ["c 00:20-00:25 play", "a 23:50-23:55 play", "b 23:55-00:05 wait waits:a"];
    assert_eq!(on("2026-12-01", &schedule, &station(1), &sounds), expected);
    let one_a_day = lawful(limits(60, 1), schedule.broadcasts.iter().map(|one| (**one).clone()));
    assert_eq!(
        on("2026-12-01", &one_a_day, &station(1), &sounds),
        ["c 00:20-00:25 play", "a 23:50-23:55 refuse too_many_sessions", "b 23:54-00:04 refuse too_many_sessions",]
    );
}

#[test]
fn each_zone_keeps_its_own_rules() {
    let mut a = one("a", "05:00", Normal, 0);
    a.zones = (0..3).map(ZoneIx).collect();
    let mut law = Law::from(limits(15, 2));
    law.zones.insert(ZoneIx(1), limits(30, 2));
    law.zones.insert(ZoneIx(2), Rules { hours: hours(&[(17, 18)]).hours, ..limits(30, 2) });
    let schedule = Schedule { rules: law, ..schedule([a]) };
    assert_eq!(
        on("2026-12-01", &schedule, &station(3), &sounds(&[("a", 20)])),
        ["0 a 05:00-05:20 refuse session_too_long", "1 a 05:00-05:20 play", "2 a 05:00-05:20 refuse outside_hours",]
    );
}
