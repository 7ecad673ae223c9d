//! The tone before an alert, and drills: what sounds, and what the journal has of it.

use super::bench::Bench;
use super::*;
use crate::daemon::status::orders;
use crate::fact::Outcome;
use crate::player::{OrderLeft, OrderRefusal, Stand};
use crate::schedule::{Chime, Kind as Sort, Play};
use crate::voice::Ending;

/// One zone; lawful from 5 to 21.
fn bench(at: &str) -> Bench {
    Bench::new(world(1, Vec::new(), &[(300, 1260)], &[("lu", 1), ("dien-tap", 1), ("dien-tap-lu", 1)]), at)
}

fn alarm() -> Request {
    let (by, why) = ("ông Năm".to_owned(), "lũ".to_owned());
    Request { class: Class::Emergency, tone: true, times: 2, by, why, ..Request::of("lu", vec![ZoneIx(0)]) }
}

fn drill(between: &str) -> Request {
    let drill = Some("dien-tap".to_owned());
    Request { drill, by: "ông Năm".to_owned(), ..Request::of(between, vec![ZoneIx(0)]) }
}

#[test]
fn the_tone_of_an_alarm_is_heard_once_before_the_first_word() {
    let mut bench = bench("02:00:00");
    let stands = bench.order(alarm());
    assert!((stands[0].seconds - (6.0 + 60.0 + 2.0 + 60.0)).abs() < 0.001, "{stands:?}");
    let order = &bench.player.snapshot(bench.now).orders[0];
    let play = &order.broadcast.as_ref().unwrap().play;
    assert_eq!((play[0].clone(), play.len()), (Play::Chime(Chime::Alarm), 4));
    bench.sound(0);
    assert!(matches!(bench.stand(1), Stand::Sounds { started } if started == bench.now.wall), "it begins at once");
}

#[test]
fn an_alarm_that_is_stopped_in_its_tone_says_no_word_and_the_journal_has_both() {
    let mut bench = bench("02:00:00");
    bench.order(alarm());
    bench.sound(0);
    let voice = bench.voice(0);
    bench.pass(Duration::from_secs(3));
    bench.stop(&[0]);
    bench.end(voice, Duration::from_secs(3), Ending::Cut);
    let rows = bench.rows();
    assert_eq!((rows[0].outcome, rows[0].seconds_played), (Some(Outcome::Partial), Some(3.0)));
    assert_eq!(rows[0].reason_text().as_deref(), Some("recalled: hoa"));
    assert_eq!(bench.reasons(), ["alert: ông Năm (hoa): lũ", "passed_as_emergency: outside_hours", "stopped: hoa"]);
}

#[test]
fn an_alarm_that_is_stopped_behind_its_tone_or_has_none_is_not_recalled() {
    for (tone, heard) in [(true, 7), (false, 3)] {
        let mut bench = bench("02:00:00");
        bench.order(Request { tone, ..alarm() });
        bench.sound(0);
        let voice = bench.voice(0);
        bench.pass(Duration::from_secs(heard));
        bench.stop(&[0]);
        bench.end(voice, Duration::from_secs(heard), Ending::Cut);
        assert_eq!(bench.rows()[0].reason_text().as_deref(), Some("stopped: hoa"), "{tone}");
    }
}

#[test]
fn ending_an_alarm_lets_what_it_interrupted_go_on_and_a_stop_does_not() {
    for ends_all in [false, true] {
        let mut bench = bench("06:00:00");
        bench.say("dien-tap", &[0]);
        bench.pass(Duration::from_millis(300));
        bench.sound(0);
        let words = bench.voice(0);
        bench.pass(Duration::from_secs(10));
        bench.order(alarm());
        bench.end(words, Duration::from_secs(10), Ending::Cut);
        bench.sound(0);
        let tone = bench.voice(0);
        bench.pass(Duration::from_secs(3));
        let id = bench.player.snapshot(bench.now).orders.last().unwrap().id.clone();
        let orders = if ends_all { Vec::new() } else { vec![id] };
        bench.tell(Event::Stop { zones: vec![ZoneIx(0)], by: "hoa".to_owned(), orders, ticket: 9 });
        let Stand::Stopped { what, .. } = bench.stand(9) else { panic!("a stop always works") };
        assert_eq!(what.len(), if ends_all { 2 } else { 1 }, "{what:?}");
        bench.end(tone, Duration::from_secs(3), Ending::Cut);
        bench.pass(Duration::from_secs(1));
        let rows = bench.rows().len();
        if ends_all {
            assert_eq!((rows, bench.voice(0)), (2, tone), "nothing sounds any more");
            continue;
        }
        assert_eq!(rows, 1, "only the alarm is over");
        bench.sound(0);
        let again = bench.voice(0);
        assert_ne!(again, tone);
        bench.pass(Duration::from_secs(50));
        bench.end(again, Duration::from_secs(50), Ending::Finished);
        let row = bench.rows()[1];
        assert_eq!(
            (row.title.as_str(), row.outcome, row.seconds_played),
            ("dien-tap", Some(Outcome::Played), Some(60.0))
        );
    }
}

#[test]
fn a_stop_of_orders_says_which_of_them_it_has_not_ended_and_why() {
    let mut bench = Bench::new(world(2, Vec::new(), &[(300, 1260)], &[("lu", 1)]), "02:00:00");
    bench.order(alarm());
    bench.sound(0);
    let id = bench.player.snapshot(bench.now).orders.last().unwrap().id.clone();
    let left = |bench: &mut Bench, zone: u16, orders: &[&str]| {
        bench.ticket += 1;
        let (ticket, orders) = (bench.ticket, orders.iter().map(|id| (*id).to_owned()).collect());
        bench.tell(Event::Stop { zones: vec![ZoneIx(zone)], by: "hoa".to_owned(), orders, ticket });
        let stand = bench.player.snapshot(bench.now).orders.into_iter().find(|order| order.ticket == ticket).unwrap();
        (stand.zones.len(), stand.left.into_iter().map(|(_, why)| why).collect::<Vec<_>>())
    };
    let notes = bench.reasons().len();
    assert_eq!(left(&mut bench, 0, &["20260101-000000-9"]), (0, vec![OrderLeft::Unknown]));
    assert_eq!(bench.reasons().len(), notes, "what stopped nothing is no stop in the journal");
    assert!(matches!(bench.stand(1), Stand::Sounds { .. }), "and the alarm goes on");
    assert_eq!(left(&mut bench, 1, &[&id]), (1, vec![OrderLeft::Elsewhere]));
    assert_eq!(left(&mut bench, 0, &[&id, "x"]), (1, vec![OrderLeft::Unknown]));
    let voice = bench.voice(0);
    bench.end(voice, Duration::from_secs(3), Ending::Cut);
    assert_eq!(left(&mut bench, 0, &[&id]), (1, vec![OrderLeft::Over]));
}

#[test]
fn the_same_alarm_with_and_without_its_tone_is_one() {
    let mut bench = bench("02:00:00");
    bench.order(alarm());
    bench.sound(0);
    let plain = Request { tone: false, ..alarm() };
    assert!(bench.order(plain)[0].same_as.is_some());
}

#[test]
fn the_status_has_an_alarm_once_however_often_it_is_ordered() {
    let mut bench = Bench::new(world(2, Vec::new(), &[(300, 1260)], &[("lu", 1)]), "02:00:00");
    bench.alert("lu", &[0]);
    bench.alert("lu", &[0, 1]);
    bench.alert("lu", &[0]);
    let snapshot = bench.player.snapshot(bench.now);
    let station = &snapshot.world.station;
    let orders = orders(&snapshot);
    let told: Vec<Vec<&str>> =
        orders.iter().map(|order| order.zones.iter().map(|zone| zone.zone.as_str()).collect()).collect();
    assert_eq!(told, [[station.zones[0].id.as_str()], [station.zones[1].id.as_str()]]);
}

#[test]
fn a_drill_begins_and_ends_with_the_words_that_say_so_and_has_no_tone() {
    let mut bench = bench("06:00:00");
    let stands = bench.order(Request { tone: true, ..drill("dien-tap-lu") });
    assert!((stands[0].seconds - 180.0).abs() < 0.001, "{stands:?}");
    let broadcast = bench.player.snapshot(bench.now).orders[0].broadcast.clone().unwrap();
    let said: Vec<_> =
        broadcast.play.iter().map(|play| if let Play::Sound(name) = play { name.as_str() } else { "?" }).collect();
    assert_eq!(
        (said, broadcast.kind, broadcast.class),
        (vec!["dien-tap", "dien-tap-lu", "dien-tap"], Sort::Drill, Class::Normal)
    );
    bench.pass(Duration::from_millis(300));
    bench.sound(0);
    let voice = bench.voice(0);
    bench.pass(Duration::from_mins(3));
    bench.end(voice, Duration::from_mins(3), Ending::Finished);
    assert_eq!(bench.rows()[0].reason_text().as_deref(), Some("drill: ông Năm (hoa)"));
    assert_eq!(bench.reasons()[0], "drill: ông Năm (hoa)");
    let alone = bench.order(drill("dien-tap"));
    assert!((alone[0].seconds - 60.0).abs() < 0.001, "{alone:?}");
}

#[test]
fn a_drill_keeps_the_lawful_hours_and_one_that_cannot_say_that_it_is_a_drill_is_silent() {
    let mut night = bench("02:00:00");
    let stands = night.order(drill("dien-tap-lu"));
    assert!(matches!(stands[0].stand, Stand::Refused(OrderRefusal::Unlawful { .. })), "{stands:?}");
    let mut day = bench("06:00:00");
    let mute = Request { drill: Some("khong-co".to_owned()), ..drill("lu") };
    assert_eq!(day.order(mute)[0].stand, Stand::Refused(OrderRefusal::NoSound));
}

#[test]
fn what_people_did_about_an_alarm_stands_in_the_journal_with_its_order() {
    let mut bench = bench("02:00:00");
    let by = crate::reason::Ordered::by("bà Hai (loa)");
    bench.tell(Event::Mark { reason: Reason::AlarmRead(by), title: "Lũ".to_owned(), order: Some("7".to_owned()) });
    let note = bench.notes()[0];
    assert_eq!((note.order.as_deref(), note.title.as_str()), (Some("7"), "Lũ"));
    assert_eq!(note.reason_text().as_deref(), Some("alarm_read: bà Hai (loa)"));
}

#[test]
fn a_program_that_runs_wild_fills_no_journal_with_marks() {
    let mut bench = bench("02:00:00");
    let mark = || {
        let reason = Reason::AlarmRemark(crate::reason::Ordered::by("x"));
        Event::Mark { reason, title: "Lũ".to_owned(), order: None }
    };
    for _ in 0..10_000 {
        bench.tell(mark());
    }
    assert_eq!(bench.notes().len(), 120);
    bench.pass(Duration::from_mins(1));
    bench.tell(mark());
    assert_eq!(bench.notes().len(), 121, "and a minute later it is told again");
}
