//! What becomes of an airing whose relay has no sound: silence is heard by nobody.

use super::bench::Bench;
use super::*;
use crate::diag::text;
use crate::fact::Outcome;
use crate::voice::{Ending, RelayHeard, RelayNews};

#[test]
fn the_silence_of_a_relay_is_no_broadcast() {
    let silence = || RelayHeard::Instead { what: "".into(), why: text!("không nối được", "cannot be reached") };
    let file =
        || RelayHeard::Instead { what: "nhac.mp3".into(), why: text!("không nối được", "cannot be reached") };
    let silent = "relay_silent: dai-tinh: 2026-12-01 05:00:00..05:10:00";
    for (heard, outcome, seconds, reason) in [
        (vec![(0, RelayHeard::Own)], Outcome::Played, 600.0, ""),
        (vec![(0, silence())], Outcome::Missed, 0.0, silent),
        (vec![(0, file())], Outcome::Played, 600.0, ""),
        // It takes a moment to begin, and to come back.
        (
            vec![(0, silence()), (2, RelayHeard::Own), (300, silence()), (302, RelayHeard::Own)],
            Outcome::Played,
            600.0,
            "",
        ),
        (vec![(0, RelayHeard::Own), (150, silence()), (450, file())], Outcome::Partial, 300.0, "relay_silent"),
        (
            vec![(0, RelayHeard::Own), (60, silence()), (70, RelayHeard::Own), (100, silence())],
            Outcome::Partial,
            90.0,
            "05:01:40..05:10:00",
        ),
    ] {
        let mut bench = Bench::new(simple(vec![daily("a", &["05:00"])]), "04:59:50");
        bench.pass(Duration::ZERO);
        let voice = bench.voice(0);
        bench.tell(Event::Notice(Notice::Ready(voice)));
        bench.pass(Duration::from_secs(10));
        bench.tell(Event::Notice(Notice::Started(voice, bench.now.wall)));
        let mut at = 0;
        for (second, heard) in &heard {
            bench.pass(Duration::from_secs(second - at));
            at = *second;
            let news = RelayNews { relay: "dai-tinh".into(), heard: heard.clone() };
            bench.tell(Event::Notice(Notice::Relay(voice, news)));
        }
        bench.pass(Duration::from_secs(600 - at));
        bench.end(voice, Duration::from_mins(10), Ending::Finished);
        bench.pass(Duration::from_secs(1));
        let [row] = bench.rows()[..] else { panic!("{heard:?}: {:?}", bench.rows()) };
        assert_eq!((row.outcome, row.seconds_played), (Some(outcome), Some(seconds)), "{heard:?}");
        let said = row.reason_text().unwrap_or_default();
        assert!(said.contains(reason) && said.is_empty() == reason.is_empty(), "{heard:?}: {said}");
    }
}

#[test]
fn a_run_of_a_relay_that_flaps_and_returns_at_once_is_one_row() {
    let mut bench = Bench::new(simple(vec![daily("a", &["05:00"])]), "04:59:50");
    bench.pass(Duration::ZERO);
    let voice = bench.voice(0);
    bench.tell(Event::Notice(Notice::Ready(voice)));
    bench.pass(Duration::from_secs(10));
    bench.tell(Event::Notice(Notice::Started(voice, bench.now.wall)));
    let own = || RelayHeard::Own;
    let file =
        || RelayHeard::Instead { what: "nhac.mp3".into(), why: text!("không nối được", "cannot be reached") };
    // It returns at once, and after half a second; then it is gone for a minute.
    for (wait, heard) in
        [(0, own()), (100_000, file()), (0, own()), (50_000, file()), (500, own()), (49_500, file()), (60_000, own())]
    {
        bench.pass(Duration::from_millis(wait));
        bench.tell(Event::Notice(Notice::Relay(voice, RelayNews { relay: "dai-tinh".into(), heard })));
    }
    bench.pass(Duration::from_secs(340));
    bench.end(voice, Duration::from_mins(10), Ending::Finished);
    let told: Vec<String> = bench.reasons();
    let [first, gone, last] = &told[..] else { panic!("{told:?}") };
    assert_eq!(first, "relayed: dai-tinh: 2026-12-01 05:00:00..05:03:20");
    assert!(gone.starts_with("relay_silent: dai-tinh: 2026-12-01 05:03:20..05:04:20"), "{gone}");
    assert_eq!(last, "relayed: dai-tinh: 2026-12-01 05:04:20..05:10:00");
}

#[test]
fn a_relay_that_an_alert_cuts_into_is_not_told_as_heard_while_that_sounds() {
    let mut bench = Bench::new(simple(vec![daily("a", &["05:00"])]), "04:59:50");
    bench.pass(Duration::ZERO);
    let first = bench.voice(0);
    bench.tell(Event::Notice(Notice::Ready(first)));
    bench.pass(Duration::from_secs(10));
    bench.tell(Event::Notice(Notice::Started(first, bench.now.wall)));
    let own = || RelayNews { relay: "dai-tinh".into(), heard: RelayHeard::Own };
    bench.tell(Event::Notice(Notice::Relay(first, own())));
    bench.pass(Duration::from_secs(100));
    bench.alert("c", &[0]);
    bench.end(first, Duration::from_secs(100), Ending::Cut);
    bench.sound(0);
    let alert = bench.voice(0);
    bench.pass(Duration::from_secs(55));
    let again = bench.voice(0);
    assert_ne!(again, alert, "it is got ready while the alert sounds");
    bench.tell(Event::Notice(Notice::Ready(again)));
    bench.pass(Duration::from_secs(3));
    bench.tell(Event::Notice(Notice::Relay(again, own())));
    bench.pass(Duration::from_secs(2));
    bench.end(alert, Duration::from_mins(1), Ending::Finished);
    bench.tell(Event::Notice(Notice::Started(again, bench.now.wall)));
    bench.pass(Duration::from_secs(500));
    bench.end(again, Duration::from_secs(500), Ending::Finished);
    bench.pass(Duration::from_secs(1));
    let told: Vec<String> = bench.reasons().into_iter().filter(|reason| reason.starts_with("relay")).collect();
    let expected =
        ["relayed: dai-tinh: 2026-12-01 05:00:00..05:01:40", "relayed: dai-tinh: 2026-12-01 05:02:40..05:11:00"];
    assert_eq!(told, expected);
    let row = bench.rows().into_iter().find(|row| row.broadcast.as_deref() == Some("a")).expect("its row");
    assert_eq!((row.outcome, row.seconds_played), (Some(Outcome::Played), Some(600.0)));
    assert_eq!(row.reason_text().as_deref(), Some("interrupted: c"));
}

#[test]
fn what_a_power_cut_leaves_of_a_relay_is_without_its_silence_while_that_goes_on() {
    let silence = || RelayHeard::Instead { what: "".into(), why: text!("không nối được", "cannot be reached") };
    let file =
        || RelayHeard::Instead { what: "nhac.mp3".into(), why: text!("không nối được", "cannot be reached") };
    // Each second at which something else is heard, and what is known at the 28th.
    for (heard, known) in [
        (vec![(0, RelayHeard::Own)], 28.0),
        (vec![(0, silence())], 0.0),
        (vec![(0, file()), (8, silence())], 8.0),
        (vec![(0, silence()), (20, file())], 8.0),
        (vec![(0, RelayHeard::Own), (25, silence())], 28.0),
    ] {
        let mut bench = Bench::new(simple(vec![daily("a", &["05:00"])]), "04:59:50");
        bench.pass(Duration::ZERO);
        let voice = bench.voice(0);
        bench.tell(Event::Notice(Notice::Ready(voice)));
        bench.pass(Duration::from_secs(10));
        bench.tell(Event::Notice(Notice::Started(voice, bench.now.wall)));
        let mut at = 0;
        for (second, heard) in &heard {
            bench.pass(Duration::from_secs(second - at));
            at = *second;
            let news = RelayNews { relay: "dai-tinh".into(), heard: heard.clone() };
            bench.tell(Event::Notice(Notice::Relay(voice, news)));
        }
        bench.pass(Duration::from_secs(28 - at));
        bench.tell(Event::Notice(Notice::Position(voice, Duration::from_secs(28))));
        let told = bench.did.iter().rev().find_map(|action| match action {
            Action::Record(Record::Position { seconds, .. }) => Some(*seconds),
            _ => None,
        });
        assert_eq!(told, Some(known), "{heard:?}");
    }
}
