//! Many alerts of one night, and those who stop them.

use super::bench::Bench;
use super::*;
use crate::fact::Outcome;
use crate::player::{OrderRefusal, Stand};
use crate::voice::Ending;

const NAMES: [&str; 20] = [
    "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8",
    "b9",
];

fn bench() -> Bench {
    Bench::new(world(2, Vec::new(), &[(300, 1260)], &NAMES.map(|name| (name, 1))), "02:00:00")
}

/// Order it, and let it be heard; what sounds there is cut after five seconds.
fn sounds(bench: &mut Bench, name: &str) -> Vec<String> {
    let before = bench.last_voice(0);
    let stands = bench.alert(name, &[0]);
    assert_eq!((&stands[0].stand, &stands[0].same_as), (&Stand::Begins, &None), "{name}");
    bench.sound(0);
    assert!(matches!(bench.stand(bench.ticket), Stand::Sounds { .. }), "{name}");
    if let Some(before) = before {
        bench.end(before, Duration::from_secs(5), Ending::Cut);
    }
    stands[0].dropped.clone()
}

#[test]
fn on_a_bad_night_each_new_alert_of_one_account_sounds_at_once_and_the_older_ones_go_on_after_it() {
    let mut bench = bench();
    for name in &NAMES[..8] {
        assert!(sounds(&mut bench, name).is_empty(), "{name}");
        bench.pass(Duration::from_secs(5));
    }
    assert_eq!(bench.reasons().iter().filter(|reason| reason.starts_with("alert")).count(), 8);
    assert!(bench.rows().is_empty(), "each of them is still to be heard to its end");
    let newest = bench.voice(0);
    bench.pass(Duration::from_mins(1));
    bench.end(newest, Duration::from_mins(1), Ending::Finished);
    bench.sound(0);
    assert_eq!(bench.player.snapshot(bench.now).zones[0].playing.as_ref().unwrap().broadcast, "a6");
}

#[test]
fn beyond_eight_the_oldest_of_the_same_account_ends_and_its_row_and_both_senders_are_told() {
    let mut bench = bench();
    NAMES[..8].iter().for_each(|name| drop(sounds(&mut bench, name)));
    let first = bench.stand(1);
    assert!(matches!(first, Stand::Waits { .. }), "{first:?}");
    assert_eq!(sounds(&mut bench, "a8"), ["a0"]);
    let row = bench.rows()[0];
    let reason = row.reason_text();
    assert_eq!((row.title.as_str(), reason.as_deref()), ("a0", Some("superseded: 20261201-020000-9")));
    assert_eq!(row.order.as_deref(), Some("20261201-020000-1"));
    // Another account's stay, and so do those of another zone.
    bench.ticket += 1;
    let other = Request { class: Class::Emergency, account: "lan".to_owned(), ..Request::of("b0", vec![ZoneIx(0)]) };
    bench.tell(Event::Request(Request { ticket: bench.ticket, ..other }));
    assert!(bench.stands(bench.ticket).unwrap()[0].dropped.is_empty());
    assert!(bench.alert("b1", &[1])[0].dropped.is_empty());
    assert_eq!(bench.rows().len(), 1);
}

#[test]
fn an_all_clear_ends_with_the_next_alert_and_is_not_the_last_word_of_the_night() {
    let sounds_of = [("het-bao-dong", 1), ("a0", 1), ("a1", 1)];
    let mut bench = Bench::new(world(1, Vec::new(), &[(300, 1260)], &sounds_of), "02:00:00");
    assert!(sounds(&mut bench, "a0").is_empty());
    bench.pass(Duration::from_secs(5));
    assert!(sounds(&mut bench, "het-bao-dong").is_empty(), "it goes before what it ends, and ends nothing by itself");
    bench.pass(Duration::from_secs(5));
    assert_eq!(sounds(&mut bench, "a1"), ["het-bao-dong"]);
    let row = bench.rows()[0];
    assert_eq!((row.title.as_str(), row.outcome), ("het-bao-dong", Some(Outcome::Partial)));
    assert!(row.reason_text().is_some_and(|reason| reason.starts_with("superseded: ")), "{row:?}");
    // Another account's all-clear is no more true, also where it still waits.
    bench.ticket += 1;
    let other =
        Request { class: Class::Emergency, account: "lan".to_owned(), ..Request::of("het-bao-dong", vec![ZoneIx(0)]) };
    bench.tell(Event::Request(Request { ticket: bench.ticket, ..other }));
    assert_eq!(bench.alert("a0", &[0])[0].dropped, ["het-bao-dong"]);
}

#[test]
fn a_program_that_never_stops_ordering_leaves_eight_under_way_and_one_row_for_each_that_ended() {
    let mut bench = bench();
    for round in 0..400 {
        sounds(&mut bench, NAMES[round % NAMES.len()]);
        bench.pass(Duration::from_secs(1));
    }
    let open = bench.player.snapshot(bench.now).orders.len();
    assert!(open <= 9, "{open}");
    assert_eq!(bench.rows().len(), 400 - 8);
}

#[test]
fn the_same_alert_given_again_after_another_is_the_newest_word_and_goes_first() {
    let mut bench = bench();
    sounds(&mut bench, "a0");
    bench.pass(Duration::from_secs(5));
    sounds(&mut bench, "a1");
    bench.pass(Duration::from_secs(5));
    assert_eq!(sounds(&mut bench, "a0"), [] as [&str; 0], "nothing of another kind ends");
    let row = bench.rows()[0];
    assert_eq!((row.title.as_str(), row.outcome), ("a0", Some(Outcome::Partial)));
    assert_eq!(row.reason_text().as_deref(), Some("superseded: 20261201-020010-3"));
    assert_eq!(bench.alert("a0", &[0])[0].same_as.as_deref(), Some("20261201-020010-3"), "now it is the same");
}

#[test]
fn an_alert_without_a_sound_ends_none_of_those_that_have_one() {
    let mut bench = bench();
    NAMES[..8].iter().for_each(|name| drop(sounds(&mut bench, name)));
    assert_eq!(bench.alert("khong-co", &[0])[0].stand, Stand::Refused(OrderRefusal::NoSound));
    assert!(bench.rows().is_empty());
}

#[test]
fn an_order_given_before_a_stop_never_sounds_after_it_and_a_later_one_is_not_swallowed() {
    let mut bench = bench();
    let alert = |ticket| Request { class: Class::Emergency, ticket, ..Request::of("a0", vec![ZoneIx(0)]) };
    // A stop has a way of its own: the loop hears of it before it hears of what was ordered earlier.
    bench.tell(Event::Stop { zones: vec![ZoneIx(0)], by: "hoa".to_owned(), orders: Vec::new(), ticket: 5 });
    bench.tell(Event::Request(alert(4)));
    let stopped = Stand::Refused(OrderRefusal::Stopped("hoa".to_owned()));
    assert_eq!(bench.stands(4).unwrap()[0].stand, stopped);
    let notes = bench.reasons();
    assert!(notes.last().unwrap().starts_with("order_refused: stopped: alert"), "{notes:?}");
    bench.tell(Event::Request(alert(6)));
    assert_eq!(bench.stands(6).unwrap()[0].stand, Stand::Begins);
    // And only where it was stopped.
    let elsewhere = Request { zones: vec![ZoneIx(1)], ..alert(4) };
    bench.tell(Event::Request(elsewhere));
    assert_eq!(bench.stands(4).unwrap()[0].stand, Stand::Begins);
}

#[test]
fn whoever_stops_alerts_again_and_again_stops_each_and_is_named_with_how_often() {
    let mut bench = bench();
    for round in 0..20 {
        sounds(&mut bench, NAMES[round % 3]);
        let voice = bench.voice(0);
        let Stand::Stopped { what, .. } = &bench.stop(&[0])[0].stand else { panic!("a stop always works") };
        assert_eq!(what, &[NAMES[round % 3]]);
        bench.end(voice, Duration::from_millis(100), Ending::Cut);
        bench.stop(&[0]);
    }
    let stops = bench.player.snapshot(bench.now).stops;
    assert_eq!((stops.len(), stops[0].by.as_str(), stops[0].times), (1, "hoa", 20), "stops of silence do not count");
    assert_eq!(stops[0].ended, ["a1", "a0", "a2"]);
    let rows = bench.rows();
    assert_eq!(rows.len(), 20);
    assert!(rows.iter().all(|row| row.reason_text().as_deref() == Some("stopped: hoa")));
    bench.pass(Duration::from_hours(1));
    assert_eq!(bench.player.snapshot(bench.now).stops, []);
}

#[test]
fn the_row_of_an_emergency_in_a_schedule_has_who_ordered_it_and_why() {
    let warrant = crate::schedule::Warrant { by: "Chủ tịch xã".to_owned(), why: "diễn tập lũ".to_owned() };
    let drill =
        Broadcast { class: Class::Emergency, warrant: Some(Arc::new(warrant)), ..daily("a0", &["05:10", "05:20"]) };
    let world = world(1, vec![drill], &[(300, 390)], &[("a0", 1)]);
    let day = play(&world, clock("05:00:00"), clock("05:30:00"), Wall::MIN, Vec::new());
    let rows = day.airings();
    let told: Vec<_> = rows.iter().map(|row| (row.outcome.unwrap(), row.reason_text())).collect();
    let expected = (Outcome::Played, Some("warrant: Chủ tịch xã: diễn tập lũ".to_owned()));
    assert_eq!(told, [expected.clone(), expected]);
    assert!(rows.iter().all(|row| row.order.is_none()), "it is no order by hand");
}
