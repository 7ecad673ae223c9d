//! Properties of the judgement, and the states of an alarm.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::signature::Locality;

const NOW: Wall = Wall::from_secs(1_796_000_000);
const MINUTE: Duration = Duration::from_mins(1);

fn place(written: &str) -> Locality {
    Locality::read(written).unwrap()
}

/// A box that plays well, heard so long ago over the network.
fn well(path: &str, ago: Duration) -> FleetBox {
    let state = BoxCondition { clock_trusted: true, told: true, runs: true, zones: 2, ..BoxCondition::default() };
    FleetBox {
        is_held: true,
        heard: Some(LastHeard { at: NOW - ago, by: HeardBy::Network }),
        journal: BoxJournal { received: 10, known: 10, ..BoxJournal::default() },
        state: Some(state),
        ..FleetBox::vacant(place(path))
    }
}

fn judged(facts: FleetBox) -> JudgedBox {
    JudgedBox::judge(facts, &NewestBundles::new(), NOW)
}

fn airing(at: i64, zone: &str, outcome: Outcome, reason: &str) -> Entry {
    Entry {
        kind: EntryKind::Airing,
        zone: Some(zone.to_owned()),
        planned: Some(Wall::from_secs(at)),
        outcome: Some(outcome),
        reason: (!reason.is_empty()).then(|| reason.into()),
        ..Entry::default()
    }
}

#[test]
fn a_box_that_plays_well_and_is_out_of_reach_is_grey_and_past_its_own_limit_red() {
    let at = |ago, by| {
        let mut facts = well("p01.c1.h1", ago);
        facts.heard = Some(LastHeard { at: NOW - ago, by });
        judged(facts).consequence
    };
    let day = Duration::from_hours(24);
    assert_eq!(at(9 * MINUTE, HeardBy::Network), Consequence::Well);
    assert_eq!(at(11 * MINUTE, HeardBy::Network), Consequence::OutOfReach);
    assert_eq!(at(day + MINUTE, HeardBy::Network), Consequence::Unknown);
    assert_eq!(at(13 * day, HeardBy::Stick), Consequence::Well, "a courier comes every other week");
    assert_eq!(at(15 * day, HeardBy::Stick), Consequence::OutOfReach);
    assert_eq!(at(29 * day, HeardBy::Stick), Consequence::Unknown);
    assert!(!Consequence::OutOfReach.is_red() && Consequence::Unknown.is_red());
}

#[test]
fn what_will_be_silent_stands_before_what_was_and_both_before_age() {
    let mut silent = well("p01.c1.h1", MINUTE);
    silent.state.as_mut().unwrap().silent = vec!["clock_untrusted".to_owned()];
    let mut later = silent.clone();
    (later.place, later.state.as_mut().unwrap().next) = (place("p01.c1.h2"), Some(NOW.nanos() / 1_000_000_000 + 7_200));
    silent.state.as_mut().unwrap().next = Some(NOW.nanos() / 1_000_000_000 + 3_600);
    let mut missed = well("p01.c1.h3", 2 * MINUTE);
    BoxSession::add(&mut missed.session, &airing(1_795_999_000, "thon-1", Outcome::Missed, "device_lost"));
    let gone = well("p01.c1.h4", Duration::from_hours(24 * 90));
    let all = vec![gone, well("p01.c1.h5", MINUTE), missed, later, silent];
    let view = FleetView::judge(all, &NewestBundles::new(), NOW);
    let order: Vec<&str> = view.boxes.iter().map(|own| own.facts.place.as_str()).collect();
    assert_eq!(order, ["p01.c1.h1", "p01.c1.h2", "p01.c1.h3", "p01.c1.h4", "p01.c1.h5"]);
    let counts = view.counts();
    assert_eq!((counts.all, counts.lately, counts.late, counts.silent), (5, 4, 1, 2));
    let said = sentence(&FleetCounts { all: 3_000, lately: 2_871, late: 96, silent: 41 }, 0);
    assert_eq!(
        said.vi,
        "2.871 trên 3.000 đài đã báo trong 10 phút; 96 im quá hạn; 41 đài sẽ thiếu tiếng buổi tới; 0 sự cố"
    );
    let said = consequence_sentence(&view.boxes[2], &TimeZone::UTC);
    assert!(said.vi.starts_with("Buổi gần nhất thiếu tiếng: "), "{said:?}");
}

#[test]
fn a_silence_that_was_foretold_and_has_passed_is_one_and_news_makes_it_good() {
    let mut facts = well("p01.c1.h1", Duration::from_hours(2));
    let state = facts.state.as_mut().unwrap();
    (state.silent, state.next) = (vec!["zone_trouble".to_owned()], Some(NOW.nanos() / 1_000_000_000 - 600));
    assert_eq!(judged(facts.clone()).consequence, Consequence::DidNotPlay);
    assert_eq!(judged(facts.clone()).code(), "zone_trouble");
    facts.state.as_mut().unwrap().silent.clear();
    facts.heard.as_mut().unwrap().at = NOW - MINUTE;
    assert_eq!(judged(facts).consequence, Consequence::Well);
}

#[test]
fn who_has_less_than_another_under_the_same_sender_is_behind() {
    let with = |path: &str, version: Option<u64>| {
        let mut facts = well(path, MINUTE);
        facts.bundles = version.map(|version| ("vn.p01.c1".to_owned(), version)).into_iter().collect();
        facts
    };
    let all = vec![
        with("p01.c1.h1", Some(12)),
        with("p01.c1.h2", Some(11)),
        with("p01.c1.h3", None),
        with("p01.c2.h1", None),
    ];
    let view = FleetView::judge(all.clone(), &NewestBundles::new(), NOW);
    let wanted = |view: &FleetView, path: &str| {
        let own = view.boxes.iter().find(|own| own.facts.place.as_str() == path).unwrap();
        (own.consequence, own.wanted.values().copied().next())
    };
    assert_eq!(wanted(&view, "p01.c1.h1"), (Consequence::Well, None));
    assert_eq!(wanted(&view, "p01.c1.h2"), (Consequence::OldSchedule, Some(12)));
    assert_eq!(wanted(&view, "p01.c1.h3"), (Consequence::OldSchedule, Some(12)));
    assert_eq!(wanted(&view, "p01.c2.h1"), (Consequence::Well, None), "another commune's");
    let sent = NewestBundles::from([("vn.p01.c1".to_owned(), 13)]);
    assert_eq!(wanted(&FleetView::judge(all, &sent, NOW), "p01.c1.h1"), (Consequence::OldSchedule, Some(13)));
}

#[test]
fn a_commune_that_goes_silent_together_is_one_alarm_and_inhibits_its_children() {
    let mut all: Vec<FleetBox> = (0..20).map(|n| well(&format!("p01.c1.h{n}"), MINUTE)).collect();
    for facts in all.iter_mut().take(14) {
        facts.heard.as_mut().unwrap().at = NOW - Duration::from_hours(25);
    }
    let mut clock = all[0].clone();
    clock.place = place("p01.c1.x");
    clock.state.as_mut().unwrap().silent = vec!["clock_untrusted".to_owned()];
    all.push(clock);
    all.push(well("p01.c2.h1", Duration::from_hours(30)));
    all.extend((0..40).map(|n| well(&format!("p01.c3.h{n}"), MINUTE)));
    let view = FleetView::judge(all.clone(), &NewestBundles::new(), NOW);
    let found = troubles(&view);
    let told: Vec<_> = found.iter().map(|one| (one.area.as_str(), one.cause.to_string(), one.boxes.len())).collect();
    let wanted = [
        ("p01.c1", "outage".to_owned(), 15),
        ("p01.c1", "silent_next:clock_untrusted".to_owned(), 1),
        ("p01.c2", "unknown".to_owned(), 1),
    ];
    assert_eq!(told, wanted);
    assert_eq!(found[0].since, NOW - Duration::from_hours(25));
    // All of them: it is the centre.
    for facts in &mut all {
        facts.heard.as_mut().unwrap().at = NOW - Duration::from_mins(30);
    }
    let found = troubles(&FleetView::judge(all, &NewestBundles::new(), NOW));
    assert_eq!((found[0].area.as_str(), &found[0].cause, found[0].boxes.len()), ("p01", &FleetCause::Centre, 62));
    assert!(found.iter().all(|one| one.cause != FleetCause::Outage && one.cause != FleetCause::Unknown));
}

#[test]
fn boxes_that_go_silent_one_by_one_are_no_cut() {
    let hours = |n: u32| Duration::from_hours(u64::from(n) * 2 + 1);
    let mut all: Vec<FleetBox> = (0..5).map(|n| well(&format!("p01.c1.h{n}"), hours(n))).collect();
    all.extend((0..30).map(|n| well(&format!("p01.c2.h{n}"), MINUTE)));
    assert_eq!(troubles(&FleetView::judge(all, &NewestBundles::new(), NOW)), []);
}

#[test]
fn a_refusal_is_told_in_words_and_not_by_its_code() {
    let mut facts = well("p01.c003.h00077", MINUTE);
    facts.refused.insert("vn.p01".to_owned(), "bundle_name_taken".to_owned());
    let said = consequence_sentence(&judged(facts), &TimeZone::UTC).vi;
    assert!(said.contains("đổi tên") && !said.contains("bundle_"), "{said}");
}

#[test]
fn an_older_letter_that_was_left_out_is_not_called_the_newest() {
    let mut facts = well("p01.c1.h1", MINUTE);
    facts.refused.insert("vn.p01".to_owned(), "bundle_older".to_owned());
    let cause = FleetCause::Refused("bundle_older".to_owned());
    let own = judged(facts);
    let said = [
        consequence_sentence(&own, &TimeZone::UTC),
        alarm_sentence(&alarm(cause.clone()), &AreaNames::new(), &TimeZone::UTC),
        box_lines(&own, &TimeZone::UTC)[1].clone(),
    ];
    for said in said {
        assert!(said.vi.contains("số cao hơn") && !said.vi.contains("lịch mới"), "{said:?}");
        assert!(!said.en.contains("newest"), "{said:?}");
    }
    assert!(cure(&cause).vi.contains("loa fleet held"));
}

fn alarm(cause: FleetCause) -> FleetAlarm {
    let boxes = vec![place("p01.c1.h1")];
    FleetAlarm { id: 1, area: place("p01.c1"), cause, raised: NOW, over: None, boxes, taken: None, closed: None }
}

#[test]
fn an_alarm_goes_through_four_states_and_needs_a_name_and_a_reason() {
    let mut own = alarm(FleetCause::Outage);
    let soon = NOW + Duration::from_hours(2);
    assert_eq!(own.state(NOW), FleetAlarmState::New);
    assert_eq!(own.take("bà Hai", soon, "  ", NOW), Err(NotHandled::Silent));
    assert_eq!(own.take("", soon, "đã gọi điện lực", NOW), Err(NotHandled::Silent));
    assert_eq!(own.take("bà Hai", NOW, "đã gọi điện lực", NOW), Err(NotHandled::Until));
    assert_eq!(own.close("bà Hai", "xong", NOW), Err(NotHandled::StillThere));
    own.take("bà Hai", soon, "đã gọi điện lực", NOW).unwrap();
    assert_eq!(own.state(NOW), FleetAlarmState::Taken);
    assert_eq!(own.state(soon), FleetAlarmState::New, "what nobody looks after any more is new");
    own.over = Some(soon);
    assert_eq!(own.state(NOW), FleetAlarmState::Over);
    own.close("bà Hai", "có điện lại", soon).unwrap();
    assert_eq!(own.state(NOW), FleetAlarmState::Closed);
    assert_eq!(own.close("ông Ba", "xong", soon), Err(NotHandled::Closed));
    let mut broken = alarm(FleetCause::Break);
    broken.close("bà Hai", "đã thay thẻ nhớ", NOW).unwrap();
}

#[test]
fn causes_are_read_back_as_they_are_written() {
    let code = || "clock_untrusted".to_owned();
    for cause in [
        FleetCause::Centre,
        FleetCause::Outage,
        FleetCause::SilentNext(code()),
        FleetCause::DidNotPlay(String::new()),
        FleetCause::Unknown,
        FleetCause::Break,
        FleetCause::Other,
        FleetCause::AfterLost,
        FleetCause::Refused(code()),
    ] {
        assert_eq!(FleetCause::read(&cause.to_string()), Some(cause.clone()));
        let said = alarm_sentence(&alarm(cause.clone()), &AreaNames::new(), &TimeZone::UTC);
        assert!(said.vi.contains("1 đài") && !cure(&cause).vi.is_empty(), "{said:?}");
    }
    // They are of no box.
    for cause in [FleetCause::TwoCollectors, FleetCause::LostStreams, FleetCause::FullStreams] {
        assert_eq!(FleetCause::read(&cause.to_string()), Some(cause.clone()));
        let said = alarm_sentence(&alarm(cause.clone()), &AreaNames::new(), &TimeZone::UTC);
        assert!(!said.vi.contains("1 đài") && !cure(&cause).vi.is_empty(), "{said:?}");
    }
    assert_eq!(FleetCause::read("another"), None);
    for show in FleetShow::ALL {
        assert_eq!(FleetShow::read(show.word()), show);
    }
}

#[test]
fn three_thousand_squares_are_small_and_told_apart_by_shape() {
    let ago = |n: u64| Duration::from_mins(n * 7 % 40 * if n.is_multiple_of(9) { 100 } else { 1 });
    let boxes: Vec<FleetBox> = (0..3_000_u64).map(|n| well(&format!("p01.c{:03}.h{n}", n % 150), ago(n))).collect();
    let view = FleetView::judge(boxes, &NewestBundles::new(), NOW);
    let drawn: String = view.communes().values().map(|own| squares(own)).collect();
    assert_eq!(drawn.matches("<svg").count(), 150);
    assert_eq!(drawn.matches('M').count(), 3_000, "each box has a square");
    assert!(drawn.len() < 80_000, "{}", drawn.len());
    let shapes: std::collections::BTreeSet<&str> = SquareMark::ALL.map(SquareMark::shape).into();
    assert_eq!(shapes.len(), SquareMark::ALL.len());
    for svg in drawn.split_inclusive("</svg>") {
        roxmltree::Document::parse(svg).unwrap();
    }
}

fn facts() -> impl Strategy<Value = FleetBox> {
    let heard = proptest::option::weighted(0.9, (0_u64..3_000_000, any::<bool>()));
    let state = proptest::option::weighted(0.8, (proptest::option::of(-90_000_i64..90_000), any::<bool>()));
    let outcome = proptest::option::weighted(0.7, (0_i64..9_000, 0_usize..4));
    let of_journal = (any::<bool>(), any::<bool>(), 0_u64..20, 0_u64..20);
    (0_u32..4, 0_u32..6, heard, state, outcome, of_journal, 0_u64..3).prop_map(
        |(commune, number, heard, state, outcome, (broken, gap, received, known), version)| {
            let mut facts = FleetBox::vacant(place(&format!("p01.c{commune}.h{number}")));
            facts.heard = heard.map(|(ago, net)| LastHeard {
                at: NOW - Duration::from_secs(ago),
                by: if net { HeardBy::Network } else { HeardBy::Stick },
            });
            facts.state = state.map(|(next, silent)| BoxCondition {
                next: next.map(|next| NOW.nanos() / 1_000_000_000 + next),
                silent: if silent { vec!["clock_untrusted".to_owned()] } else { Vec::new() },
                ..BoxCondition::default()
            });
            if let Some((ago, outcome)) = outcome {
                let outcome = [Outcome::Played, Outcome::Partial, Outcome::Missed, Outcome::Refused][outcome];
                BoxSession::add(&mut facts.session, &airing(1_796_000_000 - ago, "thon-1", outcome, ""));
            }
            facts.journal = BoxJournal { received, known, ..BoxJournal::default() };
            facts.journal.breaks.extend(broken.then_some(3));
            facts.journal.gaps.extend(gap.then_some((4, 6)));
            facts.bundles = BTreeMap::from([("vn.p01".to_owned(), version)]);
            facts
        },
    )
}

fn fleet() -> impl Strategy<Value = Vec<FleetBox>> {
    proptest::collection::vec(facts(), 0..40).prop_map(|all| {
        let by_place: BTreeMap<Locality, FleetBox> =
            all.into_iter().map(|facts| (facts.place.clone(), facts)).collect();
        by_place.into_values().collect()
    })
}

proptest! {
    #[test]
    fn the_order_is_by_consequence_and_the_same_however_they_come(all in fleet()) {
        let none = NewestBundles::new();
        let view = FleetView::judge(all.clone(), &none, NOW);
        prop_assert!(view.boxes.is_sorted_by_key(|own| own.consequence));
        let reversed = FleetView::judge(all.into_iter().rev().collect(), &none, NOW);
        prop_assert_eq!(&view, &reversed);
        let counts = view.counts();
        let of = |show: FleetShow| view.boxes.iter().filter(|own| show.has(own, NOW)).count();
        prop_assert_eq!(of(FleetShow::All), counts.all);
        let sum: usize = Consequence::ALL.iter().map(|one| view.boxes.iter().filter(|own| own.consequence == *one).count()).sum();
        prop_assert_eq!(sum, counts.all);
        let drawn: usize = view.communes().values().map(|own| squares(own).matches('M').count()).sum();
        prop_assert_eq!(drawn, counts.all);
    }

    #[test]
    fn without_news_no_box_becomes_better_and_what_was_only_late_was_never_red(own in facts(), later in 0_u64..4_000_000) {
        let before = judged(own.clone());
        let after = JudgedBox::judge(own.clone(), &NewestBundles::new(), NOW + Duration::from_secs(later));
        // A silence that was foretold comes to pass: both are red.
        let is_settled = before.consequence == Consequence::SilentNext && after.consequence == Consequence::DidNotPlay;
        prop_assert!(after.consequence <= before.consequence || is_settled, "{:?} {:?}", before.consequence, after.consequence);
        prop_assert!(!before.is_late || after.is_late);
        let is_good = own.state.as_ref().is_none_or(|state| state.silent.is_empty())
            && !own.session.as_ref().is_some_and(BoxSession::has_failed);
        let within = own.heard.is_some_and(|heard| !BoxHabit::of(heard.by).is_over(heard.at, NOW));
        if is_good && within {
            prop_assert!(!before.consequence.is_red());
        }
    }

    #[test]
    fn a_session_is_the_same_in_whatever_order_its_rows_come_and_however_often(
        rows in proptest::collection::vec((0_i64..1_200, 0_usize..3, 0_usize..4), 1..12),
        seed in any::<u64>(),
    ) {
        let outcomes = [Outcome::Played, Outcome::Partial, Outcome::Missed, Outcome::Refused];
        let rows: Vec<Entry> = rows
            .iter()
            .map(|(at, zone, outcome)| airing(10_000 + at, &format!("z{zone}"), outcomes[*outcome], ["", "power_lost"][outcome % 2]))
            .collect();
        let fold = |rows: &[Entry]| {
            let mut session = None;
            for row in rows {
                BoxSession::add(&mut session, row);
            }
            session
        };
        let mut shuffled: Vec<Entry> = rows.iter().chain(&rows).cloned().collect();
        let turns = (seed % shuffled.len() as u64) as usize;
        shuffled.rotate_left(turns);
        prop_assert_eq!(fold(&rows), fold(&shuffled));
    }

    #[test]
    fn of_one_trouble_there_is_one_open_alarm_whatever_happens(fleets in proptest::collection::vec(fleet(), 1..8), closing in any::<u8>()) {
        let mut book: Vec<FleetAlarm> = Vec::new();
        for (round, all) in fleets.into_iter().enumerate() {
            let now = NOW + Duration::from_secs(round as u64);
            let found = troubles(&FleetView::judge(all, &NewestBundles::new(), NOW));
            for step in step(&book, &found) {
                match step {
                    AlarmStep::Raise(FleetTrouble { area, cause, boxes, since }) => {
                        let id = book.len() as i64 + 1;
                        book.push(FleetAlarm { id, area, cause, raised: since, over: None, boxes, taken: None, closed: None });
                    }
                    AlarmStep::Change(id, boxes) => book[id as usize - 1].boxes = boxes,
                    AlarmStep::Pass(id) => book[id as usize - 1].over = Some(now),
                    AlarmStep::Return(id, boxes) => {
                        let own = &mut book[id as usize - 1];
                        (own.over, own.boxes) = (None, boxes);
                    }
                }
            }
            let standing: Vec<&FleetAlarm> = book.iter().filter(|own| own.closed.is_none() && own.over.is_none()).collect();
            prop_assert_eq!(standing.len(), found.len());
            for one in &found {
                let same = standing.iter().filter(|own| own.area == one.area && own.cause == one.cause && own.boxes == one.boxes);
                prop_assert_eq!(same.count(), 1);
            }
            prop_assert!(step(&book, &found).is_empty(), "the same again changes nothing");
            // Somebody closes what can be closed.
            if closing & (1 << round) != 0 {
                for own in &mut book {
                    let was = own.closed.clone();
                    let done = own.close("bà Hai", "đã xem", now);
                    prop_assert_eq!(done.is_ok(), was.is_none() && own.closed.is_some());
                    prop_assert!(was.is_none() || own.closed == was);
                }
            }
            let keeps = |own: &FleetAlarm| own.closed.is_none() || own.over.is_some() || own.cause.stays();
            prop_assert!(book.iter().all(keeps));
        }
    }
}
