//! What is to be heard first is told to start first, however long its sound takes to be ready.

use super::bench::Bench;
use super::*;
use crate::schedule::Play;
use crate::voice::{Ending, VoiceId};

/// One zone; `tin` of 25 minutes at six o'clock, a short alert `coi`.
fn morning(alert: u64) -> Bench {
    let tin = Broadcast { play: vec![Play::Sound("tin".to_owned())], ..daily("x", &["06:00"]) };
    let world = world(1, vec![tin], &[(300, 1260)], &[]);
    let library = Arc::new(library(&[("tin.mp3", 1_500), ("coi.mp3", alert)]));
    let mut bench = Bench::new(World { library, ..world }, "05:59:45");
    bench.tell(Event::Tick);
    let voice = bench.voice(0);
    bench.tell(Event::Notice(Notice::Ready(voice)));
    bench
}

/// Until so much before six.
fn until(bench: &mut Bench, before: Duration) {
    let six = clock("06:00:00");
    while bench.now.wall + before < six {
        let left = six.after(bench.now.wall + before);
        bench.pass(left.min(Duration::from_millis(500)));
    }
}

/// The starts that were told, in order.
fn starts(bench: &Bench) -> Vec<(VoiceId, Wall)> {
    let starts = bench.did.iter().filter_map(|action| match action {
        Action::Voice(voice, VoiceOrder::Start(at)) => Some((*voice, *at)),
        _ => None,
    });
    starts.collect()
}

#[test]
fn what_an_alert_puts_off_is_told_to_start_after_it() {
    for before in [1_900, 1_200, 600, 300, 50] {
        let mut bench = morning(2);
        until(&mut bench, Duration::from_millis(before));
        let armed = bench.voice(0);
        assert_eq!(starts(&bench), [(armed, clock("06:00:00"))], "{before} ms before its time it is told");
        bench.alert("coi", &[0]);
        let prepared = |bench: &Bench| {
            let voices = bench.did.iter().filter_map(|action| match action {
                Action::Voice(voice, VoiceOrder::Prepare { programme, .. }) => Some((*voice, programme.length)),
                _ => None,
            });
            voices.collect::<Vec<_>>()
        };
        let alert = prepared(&bench).into_iter().find(|(_, length)| *length == Duration::from_secs(2)).unwrap().0;
        let again = prepared(&bench).into_iter().rfind(|(_, length)| *length > Duration::from_secs(2)).unwrap().0;
        assert_ne!(armed, again, "it begins two seconds later than it was told");
        // The recording is read before the alert's sound is.
        bench.tell(Event::Notice(Notice::Ready(again)));
        bench.pass(Duration::from_millis(40));
        assert_eq!(starts(&bench).len(), 1, "it waits for the alert: {:?}", starts(&bench));
        bench.tell(Event::Notice(Notice::Ready(alert)));
        bench.pass(Duration::from_millis(1));
        let told: Vec<VoiceId> = starts(&bench).into_iter().map(|(voice, _)| voice).skip(1).collect();
        assert_eq!(told, [alert, again]);
    }
}

#[test]
fn an_alert_whose_sound_is_ready_late_breaks_into_what_began_meanwhile() {
    let mut bench = morning(1);
    until(&mut bench, Duration::from_millis(1_500));
    let tin = bench.voice(0);
    bench.alert("coi", &[0]);
    let alert = bench.voice(0);
    assert_ne!(tin, alert, "what begins after the alert is over stays as it is");
    until(&mut bench, Duration::ZERO);
    bench.tell(Event::Notice(Notice::Started(tin, bench.now.wall)));
    bench.pass(Duration::from_secs(2));
    bench.tell(Event::Notice(Notice::Ready(alert)));
    bench.pass(Duration::from_millis(1));
    let cut = |action: &Action| matches!(action, Action::Voice(voice, VoiceOrder::Cut(_)) if *voice == tin);
    assert!(bench.did.iter().any(cut), "{:?}", bench.did);
    assert_eq!(starts(&bench).last().map(|(voice, _)| *voice), Some(alert));
    bench.end(tin, Duration::from_secs(2), Ending::Cut);
    bench.tell(Event::Notice(Notice::Started(alert, bench.now.wall)));
    bench.pass(Duration::from_secs(1));
    bench.end(alert, Duration::from_secs(1), Ending::Finished);
    bench.pass(Duration::from_millis(1));
    // And the recording goes on where it was.
    let on = bench.voice(0);
    let skip = bench.did.iter().find_map(|action| match action {
        Action::Voice(voice, VoiceOrder::Prepare { skip, .. }) if *voice == on => Some(skip.as_secs()),
        _ => None,
    });
    assert_eq!(skip, Some(2));
}

#[test]
fn a_recording_that_cannot_be_read_holds_nothing_for_long() {
    let second = Broadcast { play: vec![Play::Sound("coi".to_owned())], ..daily("y", &["06:00"]) };
    let first = Broadcast { play: vec![Play::Sound("tin".to_owned())], ..daily("x", &["06:00"]) };
    let world = world(1, vec![first, second], &[(300, 1260)], &[]);
    let library = Arc::new(library(&[("tin.mp3", 2), ("coi.mp3", 3)]));
    let mut bench = Bench::new(World { library, ..world }, "05:59:45");
    let voices = |bench: &Bench| {
        let voices = bench.did.iter().filter_map(|action| match action {
            Action::Voice(voice, VoiceOrder::Prepare { .. }) => Some(*voice),
            _ => None,
        });
        voices.collect::<Vec<_>>()
    };
    until(&mut bench, Duration::ZERO);
    let second = voices(&bench)[1];
    bench.tell(Event::Notice(Notice::Ready(second)));
    for _ in 0..24 {
        bench.pass(Duration::from_millis(250));
        // Nobody asks for a turn that has come already.
        assert!(bench.player.deadline().is_none_or(|at| at > bench.now.wall), "at {:?}", bench.now.wall);
    }
    let late = voices(&bench)[0];
    bench.end(late, Duration::ZERO, Ending::Cut);
    bench.pass(Duration::from_millis(1));
    assert!(starts(&bench).iter().any(|(voice, _)| *voice == second), "{:?}", starts(&bench));
    assert_eq!(bench.rows()[0].broadcast.as_deref(), Some("x"));
}
