//! What nobody has approved is never heard, whatever is done to the files, the clock, the power and the orders.

use proptest::prelude::*;

use super::*;
use crate::approval::{ApprovalDigest, Said};
use crate::player::DecisionOrder;
use crate::schedule::{Origin, Place, Play};
use crate::station::Approval;

/// The same, where nothing sounds without an approval.
fn bound(world: World) -> World {
    let station = crate::station::Station { approval: Approval::Required, ..(*world.station).clone() };
    World { station: Arc::new(station), ..world }
}

fn digest(world: &World, id: &str) -> ApprovalDigest {
    let World { schedule, station, library } = world;
    let broadcast = schedule.broadcasts.iter().find(|broadcast| broadcast.id == id).expect("it is there");
    crate::plan::approvable_in(broadcast, schedule, station, library).digest
}

/// Somebody approves `id` as it is in `world`.
fn approve(world: &World, id: &str) -> Mishap {
    decide(world, id, Said::Approved { entered_by: None })
}

fn decide(world: &World, id: &str, said: Said) -> Mishap {
    let by = "Bà Hai (hoa)".to_owned();
    let ruling = DecisionOrder { broadcast: id.to_owned(), digest: digest(world, id), said, by, ticket: 0 };
    Mishap::Event(Event::Decide(Box::new(ruling)))
}

fn saved(world: &World) -> Mishap {
    Mishap::Event(Event::World(world.clone()))
}

/// The same with other bytes under the same name.
fn swapped(world: &World, file: &str, bytes: &str) -> World {
    let mut library = (*world.library).clone();
    let facts = library.sounds.get_mut(file).unwrap().facts.as_mut().unwrap();
    facts.sha256 = format!("{bytes:0>64}");
    World { library: Arc::new(library), ..world.clone() }
}

/// The same with another broadcast in place of the first.
fn edited(world: &World, edit: impl FnOnce(&mut Broadcast)) -> World {
    let mut schedule = (*world.schedule).clone();
    let mut first = (*schedule.broadcasts[0]).clone();
    edit(&mut first);
    schedule.broadcasts[0] = Arc::new(first);
    World { schedule: Arc::new(schedule), ..world.clone() }
}

fn hour(world: &World, mishaps: &[(&str, Mishap)]) -> Day {
    let from = clock("04:50:00");
    let mishaps = mishaps.iter().map(|(time, what)| (clock(time).after(from), what.clone())).collect();
    play(world, from, clock("06:30:00"), Wall::MIN, mishaps)
}

#[test]
fn what_nobody_approved_is_refused_and_keeps_nobody_waiting() {
    let world = bound(simple(vec![daily("a", &["05:00"]), daily("b", &["05:05"])]));
    let day = hour(&world, &[("04:51:00", approve(&world, "b"))]);
    assert_eq!(
        day.lines(),
        ["a 05:00:00 > --- refused 0 not_approved: never", "b 05:05:00 > 05:05:00-05:10:00 played 300"]
    );
    let rows = day.airings();
    assert_eq!(rows.iter().map(|row| row.approved_by.as_deref()).collect::<Vec<_>>(), [None, Some("Bà Hai (hoa)")]);
    let note = day.notes().into_iter().find(|note| note.starts_with("approved: v1:")).expect("it stands there");
    assert!(note.ends_with(": Bà Hai (hoa)"), "{note}");
    // Where nothing is asked for, all is as it was.
    let free = simple(vec![daily("a", &["05:00"])]);
    let day = hour(&free, &[("04:51:00", approve(&free, "a"))]);
    assert_eq!(day.lines(), ["a 05:00:00 > 05:00:00-05:10:00 played 600"]);
    assert!(day.airings()[0].approved_by.is_none() && !day.notes().iter().any(|note| note.contains("approved")));
}

/// What is tried, what happens when, and what becomes of the airing.
type Row = (&'static str, Vec<(&'static str, Mishap)>, &'static str);

#[test]
fn an_approval_is_void_once_anything_that_is_heard_changes_and_only_then() {
    let world = bound(simple(vec![daily("a", &["05:00"])]));
    let elsewhere = |broadcast: &mut Broadcast| {
        broadcast.origin = Origin::Written(Place { file: "schedules/khac.toml".to_owned(), line: 70, span: 3..4 });
    };
    let plays_b = edited(&world, |broadcast| broadcast.play = vec![Play::Sound("b".to_owned())]);
    let other = swapped(&world, "a.mp3", "other");
    let played = "a 05:00:00 > 05:00:00-05:10:00 played 600";
    let yes = || ("04:51:00", approve(&world, "a"));
    let table: Vec<Row> = vec![
        ("approved", vec![yes()], played),
        ("a comment above it", vec![yes(), ("04:55:00", saved(&edited(&world, elsewhere)))], played),
        ("edited", vec![yes(), ("04:55:00", saved(&plays_b))], "a 05:00:00 > --- refused 0 not_approved: changed"),
        (
            "edited while armed",
            vec![yes(), ("04:59:59", saved(&plays_b))],
            "a 05:00:00 > --- refused 0 not_approved: changed",
        ),
        ("sound swapped", vec![yes(), ("04:55:00", saved(&other))], "a 05:00:00 > --- refused 0 not_approved: sound"),
        (
            "sound swapped while armed",
            vec![yes(), ("04:59:59", saved(&other))],
            "a 05:00:00 > --- refused 0 not_approved: sound",
        ),
        ("what sounds goes on", vec![yes(), ("05:02:00", saved(&plays_b))], played),
        ("approved anew", vec![yes(), ("04:55:00", saved(&other)), ("04:58:00", approve(&other, "a"))], played),
        (
            "the old approval told again",
            vec![yes(), ("04:55:00", saved(&other)), ("04:58:00", yes().1)],
            "a 05:00:00 > --- refused 0 not_approved: sound",
        ),
        (
            "the old file back after a newer approval",
            vec![yes(), ("04:55:00", saved(&other)), ("04:56:00", approve(&other, "a")), ("04:58:00", saved(&world))],
            "a 05:00:00 > --- refused 0 not_approved: sound",
        ),
        (
            "returned",
            vec![yes(), ("04:55:00", decide(&world, "a", Said::Returned { note: "chậm hơn".to_owned() }))],
            "a 05:00:00 > --- refused 0 not_approved: returned: Bà Hai (hoa)",
        ),
        (
            "returned while armed",
            vec![yes(), ("04:59:59", decide(&world, "a", Said::Returned { note: "x".to_owned() }))],
            "a 05:00:00 > --- refused 0 not_approved: returned: Bà Hai (hoa)",
        ),
        (
            "the clock set back after it",
            vec![
                yes(),
                ("04:52:00", saved(&other)),
                ("04:53:00", Mishap::Step(SignedDuration::from_mins(-2))),
                ("04:56:00", yes().1),
            ],
            "a 05:00:00 > --- refused 0 not_approved: sound",
        ),
        ("the power cut after it", vec![yes(), ("04:55:00", Mishap::PowerCut(Duration::from_mins(2)))], played),
    ];
    for (what, mishaps, expected) in table {
        assert_eq!(hour(&world, &mishaps).lines(), [expected], "{what}");
    }
}

#[test]
fn what_a_person_orders_at_this_moment_asks_for_no_approval() {
    let world = bound(simple(vec![daily("a", &["05:00"])]));
    let mishaps =
        [("05:10:00", Mishap::Event(say(Class::Emergency, "c"))), ("05:20:00", Mishap::Event(say(Class::Normal, "b")))];
    assert_eq!(
        hour(&world, &mishaps).lines(),
        [
            "a 05:00:00 > --- refused 0 not_approved: never",
            "c 05:10:00 > 05:10:00-05:11:00 played 60 alert: chi-lan: lũ",
            "b 05:20:00 > 05:20:00-05:25:00 played 300 say: chi-lan"
        ]
    );
}

#[test]
fn a_written_emergency_passes_without_an_approval_and_the_journal_says_so() {
    let world = bound(simple(vec![Broadcast { class: Class::Emergency, ..daily("a", &["05:00"]) }]));
    let played = "a 05:00:00 > 05:00:00-05:10:00 played 600";
    let returned = || decide(&world, "a", Said::Returned { note: "x".to_owned() });
    let other = swapped(&world, "a.mp3", "other");
    let table = [
        ("nobody was asked", vec![], "passed_as_emergency: not_approved: never"),
        ("returned", vec![("04:55:00", returned())], "passed_as_emergency: not_approved: returned: Bà Hai (hoa)"),
        (
            "returned once it is prepared",
            vec![("04:59:50", returned())],
            "passed_as_emergency: not_approved: returned: Bà Hai (hoa)",
        ),
        (
            "sound swapped after it",
            vec![("04:51:00", approve(&world, "a")), ("04:55:00", saved(&other))],
            "passed_as_emergency: not_approved: sound",
        ),
    ];
    for (what, mishaps, said) in table {
        let day = hour(&world, &mishaps);
        assert_eq!(day.lines(), [played], "{what}");
        assert_eq!(day.airings()[0].approved_by, None, "{what}");
        let passed: Vec<String> = day.notes().into_iter().filter(|note| note.starts_with("passed")).collect();
        assert_eq!(passed, [said], "{what}");
    }
    // One that was approved names who let it, and passes nothing.
    let day = hour(&world, &[("04:51:00", approve(&world, "a"))]);
    assert_eq!((day.lines(), day.airings()[0].approved_by.as_deref()), (vec![played.to_owned()], Some("Bà Hai (hoa)")));
    assert!(!day.notes().iter().any(|note| note.starts_with("passed")));
}

/// What may be done between two airings.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Save(usize),
    Approve(usize),
    Return(usize),
    Cut,
    Back,
}

fn deeds() -> impl Strategy<Value = Vec<(u64, Deed)>> {
    let deed = prop_oneof![
        3 => (0..3_usize).prop_map(Deed::Save),
        4 => (0..3_usize).prop_map(Deed::Approve),
        1 => (0..3_usize).prop_map(Deed::Return),
        1 => Just(Deed::Cut),
        1 => Just(Deed::Back),
    ];
    prop::collection::vec((0..80_u64, deed), 0..16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Minute by minute an airing of ten seconds, files and decisions of three kinds between them in any order: what is heard
    /// is what the newest decision lets sound, and it is what the files were then.
    #[test]
    fn nothing_but_what_was_approved_last_is_ever_heard(mut deeds in deeds()) {
        let times: Vec<String> = (0..80).map(|minute| format!("{:02}:{:02}", 5 + minute / 60, minute % 60)).collect();
        let times: Vec<&str> = times.iter().map(String::as_str).collect();
        let mut short = (*simple(vec![daily("a", &times)]).library).clone();
        short.sounds.get_mut("a.mp3").unwrap().facts.as_mut().unwrap().frames = 480_000;
        let first = bound(World { library: Arc::new(short), ..simple(vec![daily("a", &times)]) });
        let versions: Vec<World> = ["1", "2", "3"].iter().map(|bytes| swapped(&first, "a.mp3", bytes)).collect();
        deeds.sort_by_key(|(minute, _)| *minute);
        let from = clock("04:59:30");
        let mut mishaps = Vec::new();
        for (place, (minute, deed)) in deeds.iter().enumerate() {
            let at = Duration::from_secs(30 + minute * 60 + 20 + place as u64);
            mishaps.push((at, match *deed {
                Deed::Save(version) => saved(&versions[version]),
                Deed::Approve(version) => approve(&versions[version], "a"),
                Deed::Return(version) => decide(&versions[version], "a", Said::Returned { note: "x".to_owned() }),
                Deed::Cut => Mishap::PowerCut(Duration::from_secs(2)),
                Deed::Back => Mishap::Step(SignedDuration::from_millis(-700)),
            }));
        }
        let day = play(&versions[0], from, clock("06:20:00"), Wall::MIN, mishaps);
        let (mut now, mut newest) = (0, None);
        let mut allowed: BTreeMap<u64, Option<usize>> = BTreeMap::new();
        let mut left = deeds.iter().peekable();
        for minute in 0..80_u64 {
            allowed.insert(minute, newest.filter(|version| *version == now));
            while let Some((_, deed)) = left.next_if(|(at, _)| *at == minute) {
                match *deed {
                    Deed::Save(version) => now = version,
                    Deed::Approve(version) if version == now => newest = Some(version),
                    Deed::Return(version) if version == now => newest = None,
                    _ => {}
                }
            }
        }
        for row in day.airings().iter().filter(|row| row.seconds_played.unwrap_or(0.0) > 0.0) {
            let minute = row.planned.unwrap().after(clock("05:00:00")).as_secs() / 60;
            let version = allowed[&minute];
            prop_assert!(version.is_some(), "{minute}: {row:?}\n{deeds:?}");
            let bytes = format!("{:0>64}", version.unwrap() + 1);
            prop_assert_eq!(&row.audio[0].sha256, &bytes, "{}", minute);
            prop_assert_eq!(row.approved_by.as_deref(), Some("Bà Hai (hoa)"));
        }
        let heard = day.airings().iter().filter(|row| row.seconds_played.unwrap_or(0.0) > 9.0).count();
        let most = allowed.values().filter(|version| version.is_some()).count();
        prop_assert!(heard <= most);
    }
}
