//! What the player says of orders by hand, and what the journal has of them.

use super::bench::Bench;
use super::*;
use crate::diag::text;
use crate::fact::Outcome;
use crate::plan::Cause;
use crate::player::{OrderRefusal, Stand, Talk};
use crate::reason::Ordered;
use crate::voice::Ending;

/// Two zones; lawful from 5 to 21.
fn bench(at: &str) -> Bench {
    Bench::new(world(3, Vec::new(), &[(300, 1260)], &[("lu", 1), ("vo-dap", 1), ("tin", 1), ("dai", 20)]), at)
}

#[test]
fn an_alert_is_told_per_zone_as_its_output_has_it() {
    let mut bench = bench("02:00:00");
    let stands = bench.alert("lu", &[0, 1]);
    assert!(stands.iter().all(|zone| zone.stand == Stand::Begins && (zone.seconds - 60.0).abs() < 0.001), "{stands:?}");
    bench.sound(0);
    let why = text!("không có card", "no card");
    bench.tell(Event::Notice(Notice::Hindered(bench.voice(1), why.clone())));
    let stands = bench.stands(1).unwrap();
    assert_eq!(stands[0].stand, Stand::Sounds { started: bench.now.wall });
    let Stand::Hindered { why: told, until } = &stands[1].stand else { panic!("{stands:?}") };
    assert_eq!((told, until.after(bench.now.wall)), (&why, Duration::from_mins(10)));
    // The cable is put in.
    bench.sound(1);
    assert!(matches!(bench.stands(1).unwrap()[1].stand, Stand::Sounds { .. }));
    assert_eq!(bench.reasons()[0], "alert: ông Năm (hoa): lũ");
    let id = bench.notes()[0].order.clone().unwrap();
    assert_eq!(id, "20261201-020000-1");
    let intents = bench.did.iter().filter_map(|action| match action {
        Action::Record(Record::Intend(intent)) => intent.draft.order.clone(),
        _ => None,
    });
    assert_eq!(intents.collect::<Vec<_>>(), [id.clone(), id]);
}

#[test]
fn a_newer_alert_breaks_into_an_older_one_at_once_and_that_one_goes_on_after_it() {
    let mut bench = bench("02:00:00");
    bench.alert("lu", &[0]);
    bench.sound(0);
    let old = bench.voice(0);
    bench.pass(Duration::from_secs(20));
    let stands = bench.alert("vo-dap", &[0]);
    assert_eq!(stands[0].stand, Stand::Begins);
    let cut = |action: &Action| matches!(action, Action::Voice(voice, VoiceOrder::Cut(_)) if *voice == old);
    assert!(bench.did.iter().any(cut), "{:?}", bench.did);
    bench.sound(0);
    // The older one still fades out.
    let playing = bench.player.snapshot(bench.now).zones[0].playing.take().expect("both are heard");
    assert_eq!(playing.broadcast, "vo-dap");
    bench.end(old, Duration::from_secs(20), Ending::Cut);
    assert!(matches!(bench.stand(2), Stand::Sounds { .. }));
    let Stand::Waits { start, behind } = bench.stand(1) else { panic!("{:?}", bench.stand(1)) };
    assert_eq!((behind.as_deref(), start.after(bench.now.wall).as_secs()), (Some("vo-dap"), 60));
    let new = bench.voice(0);
    bench.pass(Duration::from_mins(1));
    bench.end(new, Duration::from_mins(1), Ending::Finished);
    bench.sound(0);
    assert!(matches!(bench.stand(1), Stand::Sounds { .. }), "it goes on: {:?}", bench.stand(1));
    let last = bench.voice(0);
    bench.pass(Duration::from_secs(40));
    bench.end(last, Duration::from_secs(40), Ending::Finished);
    let rows: Vec<_> = bench.rows().iter().map(|row| (row.title.as_str(), row.outcome, row.seconds_played)).collect();
    assert_eq!(rows, [("vo-dap", Some(Outcome::Played), Some(60.0)), ("lu", Some(Outcome::Played), Some(60.0))]);
    assert_eq!(bench.rows()[1].order.as_deref(), Some("20261201-020000-1"));
}

#[test]
fn an_alert_that_breaks_into_another_says_which_one_pauses() {
    let mut bench = bench("02:00:00");
    assert_eq!(bench.alert("lu", &[0])[0].interrupts, None);
    bench.sound(0);
    let stands = bench.alert("vo-dap", &[0, 1]);
    let cut: Vec<_> = stands.iter().map(|zone| zone.interrupts.as_deref()).collect();
    assert_eq!(cut, [Some("lu"), None]);
}

#[test]
fn a_stop_does_not_hide_that_the_card_was_missing() {
    let mut bench = bench("02:00:00");
    bench.alert("lu", &[0]);
    bench.tell(Event::Notice(Notice::Hindered(bench.voice(0), text!("không có card", "no card"))));
    assert!(bench.player.snapshot(bench.now).zones[0].tried && !bench.player.snapshot(bench.now).zones[1].tried);
    bench.stop(&[0]);
    bench.end(bench.voice(0), Duration::ZERO, Ending::Cut);
    assert_eq!(bench.rows()[0].reason_text().as_deref(), Some("stopped: hoa; device_failed: không có card | no card"));
}

#[test]
fn an_alert_whose_sound_is_not_there_leaves_who_and_why() {
    let mut bench = bench("02:00:00");
    let stands = bench.alert("khong-co", &[0]);
    assert_eq!(stands[0].stand, Stand::Refused(OrderRefusal::NoSound));
    assert_eq!(bench.reasons(), ["order_refused: no_sound: alert: ông Năm (hoa): lũ"]);
}

#[test]
fn an_alert_for_a_file_that_is_not_known_yet_is_let_in_and_sounds_once_it_is() {
    let mut world = world(1, Vec::new(), &[(300, 1260)], &[("lu", 1)]);
    let whole = std::mem::take(&mut world.library);
    let mut bench = Bench::new(world.clone(), "02:00:00");
    let alert = Request { class: Class::Emergency, coming: true, ..Request::of("lu", vec![ZoneIx(0)]) };
    assert!(matches!(bench.order(alert)[0].stand, Stand::Copied { .. }));
    bench.tell(Event::World(World { library: whole, ..world }));
    bench.sound(0);
    assert!(matches!(bench.stand(1), Stand::Sounds { .. }));
}

#[test]
fn the_same_alert_twice_is_one_until_it_has_ended() {
    let mut bench = bench("02:00:00");
    bench.alert("lu", &[0]);
    bench.sound(0);
    for _ in 0..1000 {
        let stands = bench.alert("lu", &[0]);
        assert!(matches!(stands[0].stand, Stand::Sounds { .. }), "{stands:?}");
        assert_eq!(stands[0].same_as.as_deref(), Some("20261201-020000-1"));
    }
    let again = "order_refused: same_order: alert: ông Năm (hoa): lũ";
    let (same, others): (Vec<String>, Vec<String>) = bench.reasons().into_iter().partition(|reason| *reason == again);
    assert_eq!(others.len(), 1 + 1, "one note of the order, one of what it passed: {others:?}");
    assert_eq!(same.len(), 30, "who gave it again is told, and a program that runs wild fills no journal");
    let first = bench.voice(0);
    bench.pass(Duration::from_mins(1));
    bench.end(first, Duration::from_mins(1), Ending::Finished);
    assert_eq!(bench.alert("lu", &[0])[0].same_as, None, "it is a new one");
    // More repeats than the first had are more.
    let mut bench = self::bench("02:00:00");
    bench.alert("lu", &[0]);
    let again = Request { times: 3, class: Class::Emergency, ..Request::of("lu", vec![ZoneIx(0)]) };
    assert_eq!(bench.order(again)[0].same_as, None);
}

#[test]
fn orders_of_one_account_that_wait_in_a_zone_are_few_and_others_are_not_kept_out() {
    let mut bench = bench("06:00:00");
    for _ in 0..4 {
        assert!(!matches!(bench.say("tin", &[0])[0].stand, Stand::Refused(_)));
    }
    for _ in 0..10_000 {
        assert_eq!(bench.say("tin", &[0])[0].stand, Stand::Refused(OrderRefusal::TooMany(4)));
    }
    assert_eq!(bench.reasons().len(), 4, "what is refused for that leaves no row");
    assert!(!matches!(bench.say("tin", &[1])[0].stand, Stand::Refused(_)), "another zone");
    bench.ticket += 1;
    let other = Request { account: "lan".to_owned(), ticket: bench.ticket, ..Request::of("tin", vec![ZoneIx(0)]) };
    bench.tell(Event::Request(other));
    assert!(!matches!(bench.stand(bench.ticket), Stand::Refused(_)), "another account");
    assert_eq!(bench.alert("lu", &[0])[0].stand, Stand::Begins, "what waits of says keeps no alert out");
    assert!(bench.player.snapshot(bench.now).orders.len() <= 7, "and nothing is kept of what was refused");
}

#[test]
fn a_say_behind_another_waits_for_its_end_though_it_is_prepared_already() {
    let mut bench = bench("06:00:00");
    bench.say("tin", &[0]);
    bench.sound(0);
    bench.say("tin", &[0]);
    bench.pass(Duration::from_secs(45));
    bench.tell(Event::Notice(Notice::Ready(bench.voice(0))));
    let Stand::Waits { start, behind } = bench.stand(2) else { panic!("{:?}", bench.stand(2)) };
    assert_eq!((behind.as_deref(), start.after(bench.now.wall).as_secs()), (Some("tin"), 15));
}

#[test]
fn a_say_that_the_law_refuses_is_one_note_and_says_when_it_may() {
    let mut bench = bench("04:00:00");
    let stands = bench.say("tin", &[0, 1, 2]);
    for zone in &stands {
        let refusal = OrderRefusal::Unlawful { reason: Cause::OutsideHours, earliest: Some(clock("05:00:00")) };
        assert_eq!(zone.stand, Stand::Refused(refusal));
    }
    assert_eq!(bench.reasons(), ["order_refused: outside_hours: say: hoa"]);
    bench.pass(Duration::from_hours(2));
    assert!(bench.rows().is_empty(), "nothing sounds later, and there is no row: {:?}", bench.rows());
    // A program that runs wild is told each time; the journal is not.
    let mut bench = self::bench("04:00:00");
    for _ in 0..1000 {
        bench.say("tin", &[0]);
    }
    assert!(bench.reasons().len() < 50, "{}", bench.reasons().len());
}

#[test]
fn a_say_waits_for_what_sounds_and_says_behind_what_and_until_when() {
    let mut bench = bench("06:00:00");
    bench.say("tin", &[0]);
    bench.pass(Duration::from_millis(300));
    bench.sound(0);
    let stands = bench.say("vo-dap", &[0]);
    let Stand::Waits { start, behind } = &stands[0].stand else { panic!("{stands:?}") };
    assert_eq!((behind.as_deref(), start.after(bench.now.wall).as_secs()), (Some("tin"), 60));
    // One that could not have its turn within ten minutes is not taken.
    bench.say("dai", &[1]);
    bench.pass(Duration::from_millis(300));
    bench.sound(1);
    let stands = bench.say("tin", &[1]);
    let Stand::Refused(OrderRefusal::Unlawful { reason: Cause::WaitExpired(_), earliest }) = &stands[0].stand else {
        panic!("{stands:?}")
    };
    assert_eq!(earliest.unwrap().after(bench.now.wall).as_secs() / 60, 20);
}

#[test]
fn a_stop_says_what_it_ended_and_when_all_is_quiet() {
    let mut bench = bench("06:00:00");
    bench.say("tin", &[0]);
    bench.pass(Duration::from_millis(300));
    bench.sound(0);
    let stands = bench.stop(&[0, 1]);
    let ticket = bench.ticket;
    assert_eq!(stands[0].stand, Stand::Stopped { what: vec!["tin".to_owned()], quiet: false });
    assert_eq!(stands[1].stand, Stand::Stopped { what: Vec::new(), quiet: true });
    bench.end(bench.voice(0), Duration::from_secs(1), Ending::Cut);
    // The turn in which it falls quiet tells it; the next has nothing more to say.
    assert!(bench.stands(ticket).is_some_and(|zones| zones.iter().all(|zone| zone.stand.is_decided())));
    bench.pass(Duration::from_secs(1));
    assert!(bench.stands(ticket).is_none());
    assert_eq!(bench.rows()[0].reason_text().as_deref(), Some("stopped: hoa"));
    for _ in 0..10_000 {
        bench.stop(&[0, 1]);
    }
    assert!(bench.reasons().len() < 50, "stops of silence fill no journal: {}", bench.reasons().len());
}

#[test]
fn a_test_sounds_at_any_hour_is_marked_as_one_and_keeps_out_of_the_way() {
    let mut bench = bench("02:00:00");
    let test = || Request { test: true, by: "hoa".to_owned(), ..Request::of("", vec![ZoneIx(0)]) };
    let stands = bench.order(test());
    assert_eq!((&stands[0].stand, stands[0].seconds), (&Stand::Begins, 3.0));
    bench.pass(Duration::from_millis(300));
    bench.sound(0);
    assert!(matches!(bench.stand(1), Stand::Sounds { .. }));
    let voice = bench.voice(0);
    bench.pass(Duration::from_secs(3));
    bench.end(voice, Duration::from_secs(3), Ending::Finished);
    let row = bench.rows()[0];
    assert_eq!((row.outcome, row.class), (Some(Outcome::Played), Some(Class::Normal)));
    assert_eq!(row.reason_text().as_deref(), Some("test_tone: hoa"));
    assert_eq!(bench.reasons(), ["test_tone: hoa"], "no emergency has passed anything");
    bench.alert("lu", &[0]);
    bench.sound(0);
    assert_eq!(bench.order(test())[0].stand, Stand::Refused(OrderRefusal::Busy("lu".to_owned())));
}

#[test]
fn an_order_whose_card_went_away_has_that_in_its_row() {
    let mut bench = bench("06:00:00");
    bench.alert("lu", &[0]);
    bench.sound(0);
    bench.pass(Duration::from_secs(10));
    let voice = bench.voice(0);
    bench.tell(Event::Notice(Notice::Hindered(voice, text!("mất card", "the card is gone"))));
    bench.end(voice, Duration::from_secs(10), Ending::DeviceLost);
    bench.pass(Duration::from_secs(3));
    bench.sound(0);
    let voice = bench.voice(0);
    bench.pass(Duration::from_secs(50));
    bench.end(voice, Duration::from_secs(50), Ending::Finished);
    let row = bench.rows()[0];
    let reason = "alert: ông Năm (hoa): lũ; device_lost: mất card | the card is gone";
    assert_eq!((row.outcome, row.reason_text().as_deref()), (Some(Outcome::Played), Some(reason)));
    assert!(row.order.is_some(), "and its order's note says who and why");
}

#[test]
fn what_is_ordered_while_the_station_ends_is_refused_and_what_sounded_says_how_it_ended() {
    let mut bench = bench("06:00:00");
    bench.alert("lu", &[0]);
    bench.sound(0);
    bench.tell(Event::Shutdown);
    assert_eq!(bench.alert("vo-dap", &[0])[0].stand, Stand::Refused(OrderRefusal::Ending));
    assert!(matches!(bench.stand(1), Stand::Over { started: Some(_), .. }));
}

#[test]
fn a_talk_that_he_ended_is_played_and_one_that_broke_off_is_a_part_and_says_why_in_its_own_rows() {
    let by = || Ordered { why: "mất kết nối".to_owned(), ..Ordered::by("hoa") };
    let lost = |order: &str| Event::Mark {
        reason: Reason::TalkLost(by()),
        title: "Nói trực tiếp: hoa".to_owned(),
        order: Some(order.to_owned()),
    };
    for (is_lost, outcome, reason) in
        [(false, Outcome::Played, "talk: hoa"), (true, Outcome::Partial, "talk_lost: hoa: mất kết nối")]
    {
        let mut bench = bench("06:00:00");
        let talk = Some(Talk { voice: "voice 0".to_owned(), most: Duration::from_mins(3) });
        let zones = vec![ZoneIx(0), ZoneIx(1)];
        bench.order(Request { talk, by: "hoa".to_owned(), ..Request::of("", zones) });
        let order = bench.notes()[0].order.clone().unwrap();
        bench.pass(Duration::from_secs(1));
        bench.sound(0);
        bench.sound(1);
        bench.pass(Duration::from_secs(20));
        if is_lost {
            bench.tell(lost(&order));
        }
        for zone in [0, 1] {
            bench.end(bench.voice(zone), Duration::from_secs(20), Ending::Finished);
        }
        let rows: Vec<_> = bench.rows().iter().map(|row| (row.outcome, row.reason_text())).collect();
        assert_eq!(rows, vec![(Some(outcome), Some(reason.to_owned())); 2]);
        assert_eq!(bench.notes().len(), 1, "the note of the order: {:?}", bench.reasons());
        // Where its rows are written already it is told all the same.
        bench.tell(lost(&order));
        assert_eq!(bench.reasons()[1], "talk_lost: hoa: mất kết nối");
    }
}
