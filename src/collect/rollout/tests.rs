//! The decision over every state of a fleet that chance makes, and the walks that people will see.

use std::collections::BTreeSet;

use loa_core::bundle::{FORMAT, Manifest};
use loa_core::fact::{Entry, EntryKind, Outcome};
use loa_core::instant::Wall;
use loa_core::reason::Reason;
use loa_core::signature::{Locality, UtcSecond};
use proptest::prelude::*;

use super::*;
use crate::dispatch::{Addressee, SentRecord};

const NOW: i64 = 1_796_000_000;

fn at(seconds: i64) -> UtcSecond {
    UtcSecond::of(Wall::from_secs(NOW + seconds))
}

fn place(written: &str) -> Locality {
    Locality::read(written).unwrap()
}

/// Waves of so many boxes, the first `sent` of them out since the beginning.
fn record(sizes: &[usize], sent: usize, previous: Option<u64>) -> RolloutRecord {
    let wave = |(number, size): (usize, &usize)| RolloutWave {
        name: format!("w{number}"),
        places: vec![place("vn.p01")],
        stations: (0..*size).map(|one| place(&format!("p01.c{number}.h{one}"))).collect(),
        sent: (number < sent).then(|| at(0)),
        back: false,
    };
    RolloutRecord {
        id: "r".to_owned(),
        title: String::new(),
        sender: place("vn.p01"),
        place: place("vn.p01"),
        version: 8,
        sha256: String::new(),
        previous,
        state: RolloutState::Running,
        why: String::new(),
        wave: sent.saturating_sub(1),
        waves: sizes.iter().enumerate().map(wave).collect(),
        rules: RolloutRules::default(),
        made: at(0),
        until: at(1_000),
        by: String::new(),
        signed_by: Vec::new(),
        after: Vec::new(),
    }
}

fn used(wave: usize) -> BoxFacts {
    BoxFacts { wave, heard: Some(at(10)), held: Some(8), refusal: None, session: Some(Ok(())) }
}

fn asleep(wave: usize) -> BoxFacts {
    BoxFacts { wave, heard: Some(at(-5_000)), held: Some(7), ..BoxFacts::default() }
}

fn broken(wave: usize) -> BoxFacts {
    BoxFacts { session: Some(Err("no_sound".to_owned())), ..used(wave) }
}

#[test]
fn a_box_that_got_a_stopped_one_ahead_of_its_wave_is_known() {
    for state in [RolloutState::Running, RolloutState::Stopping, RolloutState::Stopped] {
        let record = RolloutRecord { state, ..record(&[1, 1], 1, Some(9)) };
        let is_stopped = state != RolloutState::Running;
        assert_eq!(is_carried(&record, &used(1)), is_stopped);
        assert_eq!(is_carried(&record, &broken(1)), is_stopped);
        assert!(!is_carried(&record, &used(0)), "its wave was out, and goes back");
        assert!(!is_carried(&record, &asleep(1)));
        assert!(!is_carried(&record, &BoxFacts { held: Some(9), ..used(1) }), "it has gone back");
    }
}

#[test]
fn a_wave_waits_for_a_good_session_and_for_no_sleeper() {
    let installed = BoxFacts { session: None, ..used(0) };
    let rest = [asleep(1), asleep(1)];
    let next = |own: &[BoxFacts], now| next_step(&record(&[2, 2], 1, None), &[own, &rest].concat(), at(now));
    assert_eq!(next_step(&record(&[2, 2], 0, None), &[asleep(0), asleep(1)], at(0)), RolloutStep::Send(0));
    assert_eq!(next(&[installed.clone(), asleep(0)], 20), RolloutStep::Wait { good: 0, heard: 1, all: 2 });
    assert_eq!(next(&[used(0), asleep(0)], 20), RolloutStep::Send(1), "the one that sleeps holds nobody");
    assert_eq!(next(&[used(0), installed], 20), RolloutStep::Wait { good: 1, heard: 2, all: 2 });
    assert_eq!(next(&[asleep(0), asleep(0)], 20), RolloutStep::Wait { good: 0, heard: 0, all: 2 });
    // All is out: it waits until its day is over, and ends with a list.
    let all = |facts: &[BoxFacts], now| next_step(&record(&[1, 2], 2, None), facts, at(now));
    assert_eq!(all(&[used(0), used(1), asleep(1)], 20), RolloutStep::Wait { good: 1, heard: 1, all: 2 });
    assert_eq!(all(&[used(0), used(1), asleep(1)], 1_001), RolloutStep::Over(vec![2]));
    assert_eq!(all(&[used(0), used(1), used(1)], 20), RolloutStep::Done);
    assert_eq!(stage(&record(&[1], 1, None), &asleep(0), at(1_001)), BoxStage::Overdue);
}

#[test]
fn what_goes_wrong_stops_it_and_goes_back_where_it_is_and_nowhere_else() {
    let boxes = [used(0), broken(0), asleep(1)];
    let mut stopped = record(&[2, 1], 1, Some(9));
    assert!(matches!(next_step(&stopped, &boxes, at(20)), RolloutStep::Stop(why) if why == "1/2: no_sound"));
    stopped.state = RolloutState::Stopping;
    assert_eq!(next_step(&stopped, &boxes, at(20)), RolloutStep::GoBack(vec![0]), "the second wave never knows of it");
    stopped.waves[0].back = true;
    assert_eq!(next_step(&stopped, &boxes, at(20)), RolloutStep::Ended);
    let mut unsigned = record(&[2, 1], 1, None);
    unsigned.state = RolloutState::Stopping;
    assert_eq!(next_step(&unsigned, &boxes, at(20)), RolloutStep::NeedsBack(2));
    // Of one that says nothing yet nobody knows whether it has it; one that it was not sent to has it not.
    let late = BoxFacts { heard: Some(at(3)), held: Some(7), ..used(0) };
    let said = BoxFacts { heard: Some(at(150)), held: Some(7), ..used(0) };
    assert_eq!(unheard(&unsigned, &[used(0), asleep(0), late, said, asleep(1)]), 2);
    // One of fifty is not many.
    let mut many = vec![used(0); 49];
    many.push(broken(0));
    assert_eq!(next_step(&record(&[50, 1], 1, None), &[many, vec![asleep(1)]].concat(), at(20)), RolloutStep::Send(1));
    // A wave of before that turns bad stops the later one.
    let late = [broken(0), used(1), used(1)];
    assert!(matches!(next_step(&record(&[1, 2, 5], 2, None), &late, at(20)), RolloutStep::Stop(_)));
}

fn letter(version: u64) -> Manifest {
    Manifest {
        format: FORMAT,
        kind: "bundle".to_owned(),
        title: String::new(),
        scope: vec![place("vn.p01")],
        place: place("vn.p01"),
        purposes: BTreeSet::new(),
        version,
        made: at(0),
        not_after: at(9_000),
        files: Vec::new(),
    }
}

#[test]
fn its_own_letter_goes_around_the_waves_too_and_what_was_put_by_hand_goes_back() {
    let mut record = record(&[1, 1, 1], 1, Some(9));
    record.sha256 = "new".to_owned();
    for (wave, own) in record.waves.iter_mut().zip(["vn.p01.c0.h0", "vn.p01.c1.h0", "vn.p01"]) {
        wave.places = vec![place(own)];
    }
    let passes = |version: u64, sha256: &str, to: &str| {
        let target = Addressee { place: place(to), stations: vec![place("p01.c1.h0")] };
        record.is_passed_by(&letter(version), sha256, &target)
    };
    for to in ["vn.p01", "vn.p01.c1", "vn.p01.c1.h0"] {
        assert!(passes(8, "new", to), "{to}: its wave is not out");
        assert!(passes(10, "other", to), "{to}");
        assert!(!passes(9, "back", to), "{to}: what goes back");
    }
    assert!(!passes(8, "new", "vn.p01.c0.h0"), "it lies there: a server may have lost it");
    let sent = |to: &str, sha256: &str| SentRecord {
        place: place(to),
        sender: place("vn.p01"),
        title: String::new(),
        version: 8,
        sha256: sha256.to_owned(),
        signed_by: Vec::new(),
        keys: Vec::new(),
        by: String::new(),
        at: at(0),
        sequence: 1,
    };
    let book = [sent("vn.p01.c0.h0", "new"), sent("vn.p01.c1.h0", "old"), sent("vn.p01", "new"), sent("vn.p02", "new")];
    assert_eq!(record.put_by_hand(&book), [place("vn.p01")], "the first wave goes back by itself");
    record.state = RolloutState::Stopped;
    let target = Addressee { place: place("vn.p01"), stations: Vec::new() };
    assert!(!record.is_passed_by(&letter(10), "other", &target), "it has ended");
}

fn airing(minute: i64, zone: &str, outcome: Outcome, reason: Option<Reason>) -> Entry {
    let start = at(minute * 60).wall();
    Entry {
        kind: EntryKind::Airing,
        written: start,
        zone: Some(zone.to_owned()),
        planned: Some(start),
        started: Some(start),
        ended: Some(at(minute * 60 + 60).wall()),
        outcome: Some(outcome),
        reason,
        ..Entry::default()
    }
}

fn installed(minute: i64) -> Entry {
    Entry {
        kind: EntryKind::Note,
        written: at(minute * 60).wall(),
        reason: Some(Reason::BundleInstalled("8, vn.p01, Tỉnh".to_owned())),
        ..Entry::default()
    }
}

#[test]
fn the_first_session_after_it_counts_once_it_is_over_and_a_fault_of_before_is_no_new_one() {
    let good = |minute| airing(minute, "z", Outcome::Played, None);
    let bad = |minute| airing(minute, "z", Outcome::Missed, Some(Reason::NoSound));
    let judge = |entries: &[Entry], minute: i64| good_session(entries, &record(&[1], 1, None), at(minute * 60).wall());
    assert_eq!(judge(&[good(1), good(2)], 60), None, "it was never taken");
    assert_eq!(judge(&[installed(1)], 60), None);
    assert_eq!(judge(&[installed(1), good(5), good(7)], 9), None, "it is not over");
    assert_eq!(judge(&[installed(1), good(5), good(7)], 14), Some(Ok(())));
    assert_eq!(judge(&[installed(1), good(5), bad(7)], 8), Some(Err("no_sound".to_owned())), "told at once");
    assert_eq!(judge(&[bad(0), installed(1), good(5), bad(7)], 60), Some(Ok(())), "it was so before");
    assert_eq!(judge(&[bad(0), installed(1), bad(5)], 60), None, "nothing was heard: the next one is looked at");
    assert_eq!(judge(&[bad(0), installed(1), bad(5), good(40)], 60), Some(Ok(())));
    // The second session is another matter.
    assert_eq!(judge(&[installed(1), good(5), bad(40)], 60), Some(Ok(())));
    let cut = airing(5, "z", Outcome::Missed, Some(Reason::PowerLost));
    assert_eq!(judge(&[installed(1), cut, good(40)], 60), Some(Ok(())), "the power is not the schedule's fault");
}

prop_compose! {
    fn some_box(waves: usize)(
        wave in 0..waves, heard in prop::option::of(-50_i64..50), held in prop::option::of(6_u64..9),
        refused in any::<bool>(), session in prop::option::of(any::<bool>()),
    ) -> BoxFacts {
        let session = session.map(|is_good| if is_good { Ok(()) } else { Err("x".to_owned()) });
        BoxFacts { wave, heard: heard.map(at), held, refusal: refused.then(|| "x".to_owned()), session }
    }
}

proptest! {
    #[test]
    fn whatever_is_known_no_wave_is_skipped_none_begins_without_a_good_session_and_none_after_a_stop(
        boxes in prop::collection::vec(some_box(4), 0..30), sent in 0_usize..5, now in -10_i64..2_000,
        state in 0_u8..6, has_previous in any::<bool>(),
    ) {
        let mut record = record(&[1; 4], sent, has_previous.then_some(9));
        record.state = [
            RolloutState::Running, RolloutState::Stopping, RolloutState::Stopped, RolloutState::Done,
            RolloutState::Superseded, RolloutState::Over,
        ][usize::from(state)];
        let step = next_step(&record, &boxes, at(now));
        // The same facts, the same step.
        prop_assert_eq!(&step, &next_step(&record, &boxes, at(now)));
        let stages: Vec<BoxStage> = boxes.iter().map(|facts| stage(&record, facts, at(now))).collect();
        let used_in = |wave: usize| boxes.iter().zip(&stages).any(|(facts, stage)| facts.wave == wave && *stage == BoxStage::Used);
        match step {
            RolloutStep::Send(wave) => {
                prop_assert!(record.state == RolloutState::Running && wave == sent && wave < 4);
                prop_assert!(wave == 0 || used_in(wave - 1), "the gate");
                prop_assert!(record.until >= at(now));
            }
            RolloutStep::GoBack(waves) => {
                prop_assert!(record.state == RolloutState::Stopping && has_previous);
                prop_assert!(waves.iter().all(|wave| *wave < sent), "who does not know of it never begins");
            }
            RolloutStep::Stop(_) => prop_assert!(stages.contains(&BoxStage::Refused)),
            RolloutStep::Done => prop_assert!(stages.iter().all(|stage| *stage == BoxStage::Used) && sent == 4),
            RolloutStep::Over(not) => {
                prop_assert!(record.until < at(now));
                prop_assert!(not.iter().all(|place| stages[*place] != BoxStage::Used));
            }
            RolloutStep::NeedsBack(_) => prop_assert!(record.state == RolloutState::Stopping && !has_previous),
            RolloutStep::Ended => prop_assert!(record.state != RolloutState::Running),
            RolloutStep::Wait { good, heard, all } => {
                prop_assert!(record.state == RolloutState::Running && good <= heard && heard <= all);
                prop_assert!(record.until >= at(now));
            }
        }
        // More sleepers change nothing: they hold no wave, and are no failure.
        if record.state == RolloutState::Running && record.until >= at(now) && sent > 0 && sent < 4 {
            let mut more = boxes.clone();
            more.extend((0..5).map(|_| BoxFacts { wave: sent - 1, heard: Some(at(-99)), held: Some(6), ..BoxFacts::default() }));
            let with = next_step(&record, &more, at(now));
            let same = matches!(
                (next_step(&record, &boxes, at(now)), with.clone()),
                (RolloutStep::Wait { good: a, heard: b, .. }, RolloutStep::Wait { good: c, heard: d, .. }) if (a, b) == (c, d)
            ) || next_step(&record, &boxes, at(now)) == with;
            prop_assert!(same, "{with:?}");
        }
    }
}
