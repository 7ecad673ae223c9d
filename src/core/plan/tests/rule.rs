//! One table for each rule of who sounds when.

use super::*;
use crate::schedule::Class::{Emergency, Normal, Priority};
use crate::schedule::{IfInterrupted, Play, Recurrence};
use crate::station::{Relay, RelaySource};

#[test]
fn airings_that_do_not_meet_play_at_their_time() {
    let schedule = schedule([one("a", "05:00", Normal, 0), one("b", "05:10", Normal, 0)]);
    assert_eq!(day(&schedule, &sounds(&[("a", 10), ("b", 10)])), ["a 05:00-05:10 play", "b 05:10-05:20 play"]);
}

#[test]
fn a_chain_of_waits_names_each_the_one_before() {
    let schedule =
        schedule([one("a", "05:00", Normal, 600), one("b", "05:05", Normal, 600), one("c", "05:08", Normal, 3600)]);
    assert_eq!(
        day(&schedule, &sounds(&[("a", 10), ("b", 10), ("c", 10)])),
        ["a 05:00-05:10 play", "b 05:10-05:20 wait waits:a", "c 05:20-05:30 wait waits:b"]
    );
}

#[test]
fn who_waits_exactly_its_wait_still_plays_and_a_second_less_is_missed() {
    let sounds = sounds(&[("a", 10), ("b", 10)]);
    let with = |wait| schedule([one("a", "05:00", Normal, 0), one("b", "05:00", Normal, wait)]);
    assert_eq!(day(&with(600), &sounds), ["a 05:00-05:10 play", "b 05:10-05:20 wait waits:a"]);
    assert_eq!(day(&with(599), &sounds), ["a 05:00-05:10 play", "b 05:10-05:20 miss wait_expired:a"]);
}

#[test]
fn who_expires_names_the_one_that_held_the_lane_then() {
    let schedule =
        schedule([one("a", "05:00", Normal, 0), one("b", "05:05", Normal, 600), one("c", "05:08", Normal, 600)]);
    assert_eq!(
        day(&schedule, &sounds(&[("a", 10), ("b", 10), ("c", 10)])),
        ["a 05:00-05:10 play", "b 05:10-05:20 wait waits:a", "c 05:20-05:30 miss wait_expired:b"]
    );
}

#[test]
fn a_miss_frees_its_place_for_the_next() {
    let schedule =
        schedule([one("a", "05:00", Normal, 0), one("b", "05:01", Normal, 60), one("c", "05:02", Normal, 900)]);
    assert_eq!(
        day(&schedule, &sounds(&[("a", 10), ("b", 10), ("c", 10)])),
        ["a 05:00-05:10 play", "b 05:10-05:20 miss wait_expired:a", "c 05:10-05:20 wait waits:a"]
    );
}

#[test]
fn ties_go_by_class_then_scheduled_then_order_then_file() {
    let mut broadcasts = [
        one("a", "05:00", Normal, 3600),
        one("b", "05:00", Normal, 3600),
        one("c", "05:00", Normal, 3600),
        one("d", "05:00", Priority, 3600),
        one("e", "04:59", Normal, 3600),
        one("f", "05:00", Emergency, 3600),
    ];
    broadcasts[2].order = -1;
    broadcasts[4].if_interrupted = IfInterrupted::Drop;
    let lengths: Vec<(&str, u64)> = ["a", "b", "c", "d", "e", "f"].map(|name| (name, 1)).to_vec();
    assert_eq!(
        day(&schedule(broadcasts), &sounds(&lengths)),
        [
            "e 04:59-05:00 play",
            "f 05:00-05:01 play",
            "d 05:01-05:02 wait waits:f",
            "c 05:02-05:03 wait waits:d",
            "a 05:03-05:04 wait waits:c",
            "b 05:04-05:05 wait waits:a",
        ]
    );
}

#[test]
fn the_earlier_scheduled_goes_before_the_better_ordered() {
    let mut late = one("b", "05:02", Normal, 3600);
    late.order = -9;
    let schedule = schedule([one("x", "05:00", Normal, 0), late, one("c", "05:01", Normal, 3600)]);
    assert_eq!(
        day(&schedule, &sounds(&[("x", 10), ("b", 1), ("c", 1)])),
        ["x 05:00-05:10 play", "c 05:10-05:11 wait waits:x", "b 05:11-05:12 wait waits:c"]
    );
}

#[test]
fn a_higher_class_interrupts_and_the_loser_does_what_it_says() {
    let table = [
        (IfInterrupted::Resume, "a 05:00-05:12 play interrupted:p 05:00-05:03@0 05:05-05:12@3"),
        (IfInterrupted::Restart, "a 05:00-05:15 play interrupted:p 05:00-05:03@0 05:05-05:15@0"),
        (IfInterrupted::Drop, "a 05:00-05:03 play interrupted:p 05:00-05:03@0"),
    ];
    for (rule, expected) in table {
        let a = Broadcast { if_interrupted: rule, ..one("a", "05:00", Normal, 600) };
        let schedule = schedule([a, one("p", "05:03", Priority, 0)]);
        assert_eq!(day(&schedule, &sounds(&[("a", 10), ("p", 2)])), [expected, "p 05:03-05:05 play"]);
    }
}

#[test]
fn the_same_class_never_interrupts_and_a_lower_one_neither() {
    for (running, coming) in [(Priority, Priority), (Priority, Normal), (Emergency, Emergency), (Emergency, Priority)] {
        let schedule = schedule([one("a", "05:00", running, 0), one("b", "05:01", coming, 600)]);
        assert_eq!(
            day(&schedule, &sounds(&[("a", 5), ("b", 1)])),
            ["a 05:00-05:05 play", "b 05:05-05:06 wait waits:a"],
            "{running:?} {coming:?}"
        );
    }
}

#[test]
fn an_emergency_in_a_priority_in_a_normal_unwinds_in_order() {
    let schedule =
        schedule([one("n", "05:00", Normal, 3600), one("p", "05:02", Priority, 3600), one("e", "05:04", Emergency, 0)]);
    assert_eq!(
        day(&schedule, &sounds(&[("n", 10), ("p", 5), ("e", 3)])),
        [
            "n 05:00-05:18 play interrupted:p 05:00-05:02@0 05:10-05:18@2",
            "p 05:02-05:10 play interrupted:e 05:02-05:04@0 05:07-05:10@2",
            "e 05:04-05:07 play",
        ]
    );
}

#[test]
fn one_that_is_interrupted_twice_keeps_its_place() {
    let schedule =
        schedule([one("n", "05:00", Normal, 600), one("p", "05:02", Priority, 0), one("e", "05:05", Emergency, 0)]);
    assert_eq!(
        day(&schedule, &sounds(&[("n", 10), ("p", 1), ("e", 1)])),
        [
            "n 05:00-05:12 play interrupted:p 05:00-05:02@0 05:03-05:05@2 05:06-05:12@4",
            "p 05:02-05:03 play",
            "e 05:05-05:06 play",
        ]
    );
}

#[test]
fn a_suspended_one_competes_by_the_same_order() {
    // b is scheduled later than n, p earlier than nobody: when p ends, n goes on before b begins.
    let schedule =
        schedule([one("n", "05:00", Normal, 600), one("p", "05:02", Priority, 0), one("b", "05:01", Normal, 3600)]);
    assert_eq!(
        day(&schedule, &sounds(&[("n", 5), ("p", 3), ("b", 1)])),
        [
            "n 05:00-05:08 play interrupted:p 05:00-05:02@0 05:05-05:08@2",
            "p 05:02-05:05 play",
            "b 05:08-05:09 wait waits:n",
        ]
    );
}

#[test]
fn a_suspended_one_waits_at_most_its_wait_from_the_cut() {
    let with = |wait| schedule([one("n", "05:00", Normal, wait), one("p", "05:02", Priority, 0)]);
    let sounds = sounds(&[("n", 10), ("p", 5)]);
    assert_eq!(day(&with(300), &sounds)[0], "n 05:00-05:15 play interrupted:p 05:00-05:02@0 05:07-05:15@2");
    assert_eq!(day(&with(299), &sounds)[0], "n 05:00-05:02 play interrupted:p 05:00-05:02@0");
}

#[test]
fn a_break_that_never_ends_closes_at_the_cut() {
    let schedule = schedule([one("n", "05:00", Normal, 0), one("p", "05:02", Priority, 0)]);
    let station = station(1);
    let from = at("2026-12-01T00:00", &station.timezone);
    let to = at("2026-12-02T00:00", &station.timezone);
    let airings = plan(&schedule, &station, &sounds(&[("n", 10), ("p", 5)]), from, to);
    let cut = at("2026-12-01T05:02", &station.timezone);
    assert_eq!((airings[0].breaks[0].from, airings[0].breaks[0].to, airings[0].end), (cut, cut, cut));
}

#[test]
fn nothing_but_an_emergency_starts_outside_the_hours() {
    let mut schedule = schedule([
        one("a", "03:15", Normal, 7200),
        one("b", "03:15", Priority, 7200),
        one("c", "03:15", Emergency, 0),
        one("d", "05:00", Normal, 0),
    ]);
    schedule.rules = hours(&[(5, 6)]).into();
    assert_eq!(
        day(&schedule, &sounds(&[("a", 1), ("b", 1), ("c", 1), ("d", 1)])),
        [
            "a 03:15-03:16 refuse outside_hours",
            "b 03:15-03:16 refuse outside_hours",
            "c 03:15-03:16 play",
            "d 05:00-05:01 play",
        ]
    );
}

#[test]
fn what_would_run_past_the_hours_is_refused_also_after_a_wait() {
    let mut schedule = schedule([
        one("a", "05:40", Normal, 0),
        one("b", "05:45", Normal, 900),
        one("c", "05:46", Normal, 900),
        one("d", "05:59:30", Priority, 900),
    ]);
    schedule.rules = hours(&[(5, 6)]).into();
    assert_eq!(
        day(&schedule, &sounds(&[("a", 10), ("b", 10), ("c", 1), ("d", 2)])),
        [
            "a 05:40-05:50 play",
            "b 05:50-06:00 wait waits:a",
            "d 05:59-06:01 refuse past_hours",
            "c 06:00-06:01 refuse past_hours",
        ]
    );
}

#[test]
fn a_refused_one_blocks_nobody_and_interrupts_nobody() {
    let mut schedule =
        schedule([one("a", "05:50", Normal, 0), one("p", "05:55", Priority, 600), one("b", "05:55", Normal, 600)]);
    schedule.rules = hours(&[(5, 6)]).into();
    assert_eq!(
        day(&schedule, &sounds(&[("a", 8), ("p", 6), ("b", 2)])),
        ["a 05:50-05:58 play", "p 05:55-06:01 refuse past_hours", "b 05:58-06:00 wait waits:a"]
    );
}

#[test]
fn a_resumed_one_is_cut_at_the_end_of_the_hours_and_not_begun_outside() {
    let mut schedule = schedule([one("n", "05:50", Normal, 600), one("e", "05:55", Emergency, 0)]);
    schedule.rules = hours(&[(5, 6)]).into();
    assert_eq!(
        day(&schedule, &sounds(&[("n", 10), ("e", 2)])),
        ["n 05:50-06:00 play past_hours 05:50-05:55@0 05:57-06:00@5", "e 05:55-05:57 play"]
    );
    assert_eq!(
        day(&schedule, &sounds(&[("n", 10), ("e", 5)])),
        ["n 05:50-05:55 play past_hours 05:50-05:55@0", "e 05:55-06:00 play"]
    );
}

#[test]
fn the_end_of_the_hours_cuts_a_relay_like_any_item_and_refuses_one_that_would_run_past_it() {
    let relay = Arc::new(Relay {
        id: "dai-tinh".to_owned(),
        title: "Đài tỉnh".to_owned(),
        source: RelaySource::LineIn("default".to_owned()),
        otherwise: Vec::new(),
    });
    let relayed = |id, time, minutes| Broadcast {
        play: vec![Play::Relay(Arc::clone(&relay), Duration::from_mins(minutes))],
        ..one(id, time, Normal, 600)
    };
    let mut schedule =
        schedule([relayed("n", "05:50", 10), one("e", "05:55", Emergency, 0), relayed("z", "05:30", 31)]);
    schedule.rules = hours(&[(5, 6)]).into();
    assert_eq!(
        day(&schedule, &sounds(&[("e", 2)])),
        [
            "z 05:30-06:01 refuse past_hours",
            "n 05:50-06:00 play past_hours 05:50-05:55@0 05:57-06:00@5",
            "e 05:55-05:57 play",
        ]
    );
}

#[test]
fn an_end_past_midnight_is_not_clipped_and_the_next_day_waits_for_it() {
    let schedule = schedule([one("a", "23:50", Normal, 0), one("b", "00:05", Normal, 1200)]);
    assert_eq!(day(&schedule, &sounds(&[("a", 20), ("b", 1)])), ["b 00:10-00:11 wait waits:a", "a 23:50-00:10 play"]);
}

#[test]
fn overlap_sees_weekdays_two_that_meet_on_none_do_not_meet() {
    let on = |id, mask| Broadcast { recurrence: weekday(mask), ..one(id, "05:00", Normal, 0) };
    // Tuesday, and every day but Tuesday.
    let schedule = schedule([on("a", 0b000_0010), on("b", 0b111_1101)]);
    assert_eq!(day(&schedule, &sounds(&[("a", 10), ("b", 10)])), ["a 05:00-05:10 play"]);
}

fn weekday(mask: u8) -> Recurrence {
    crate::calendar::sample::weekly("a", &["05:00"], mask).recurrence
}

#[test]
fn missing_and_empty_sound_takes_no_time() {
    let mut nothing = one("b", "05:00", Priority, 0);
    nothing.play = vec![Play::Pause(Duration::ZERO)];
    let schedule = schedule([one("a", "05:00", Emergency, 0), nothing, one("c", "05:00", Normal, 0)]);
    assert_eq!(
        day(&schedule, &sounds(&[("a", 0), ("c", 1)])),
        ["a 05:00-05:00 miss no_sound", "b 05:00-05:00 miss no_sound", "c 05:00-05:01 play"]
    );
}

#[test]
fn zones_do_not_disturb_each_other() {
    let mut both = one("a", "05:00", Normal, 0);
    both.zones.push(crate::station::ZoneIx(1));
    let schedule = schedule([both, one("b", "05:00", Normal, 600)]);
    let station = station(2);
    let (from, to) = (at("2026-12-01T00:00", &station.timezone), at("2026-12-02T00:00", &station.timezone));
    let airings = plan(&schedule, &station, &sounds(&[("a", 5), ("b", 5)]), from, to);
    let lines: Vec<String> =
        airings.iter().map(|airing| format!("{} {}", airing.zone.0, line(airing, &station))).collect();
    assert_eq!(lines, ["0 a 05:00-05:05 play", "1 a 05:00-05:05 play", "0 b 05:05-05:10 wait waits:a"]);
}

#[test]
fn nothing_is_planned_to_sound_where_the_output_cannot_be_used_and_the_other_zone_plays() {
    let mut both = one("a", "05:00", Emergency, 0);
    both.zones.push(crate::station::ZoneIx(1));
    let mut station = station(2);
    station.zones[0].output = crate::station::OutputName::Unusable;
    let (from, to) = (at("2026-12-01T00:00", &station.timezone), at("2026-12-02T00:00", &station.timezone));
    let airings = plan(&schedule([both]), &station, &sounds(&[("a", 5)]), from, to);
    let lines: Vec<String> =
        airings.iter().map(|airing| format!("{} {}", airing.zone.0, line(airing, &station))).collect();
    assert_eq!(lines, ["0 a 05:00-05:05 miss device_failed", "1 a 05:00-05:05 play"]);
}
