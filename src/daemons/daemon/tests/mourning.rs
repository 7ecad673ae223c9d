//! A mourning at the instant of playing: scheduled, declared during the day, and after an outage.

use super::*;
use crate::schedule::{IfMissed, Kind, Mourning};

/// `a` is ten minutes of music at 05:20, `b` five minutes of speech at 05:40.
fn morning(if_missed: IfMissed) -> World {
    simple(vec![Broadcast { kind: Kind::Music, if_missed, ..daily("a", &["05:20"]) }, daily("b", &["05:40"])])
}

/// The same station with a mourning from this time of the day on.
fn mourning(world: &World, from: &str) -> World {
    let from = format!("2026-12-01T{from}").parse().unwrap();
    let until = "2026-12-03T00:00".parse().unwrap();
    let mourning = vec![Mourning { name: "Quốc tang".to_owned(), from, until }];
    // As after a reload: every broadcast is a new one.
    let broadcasts = world.schedule.broadcasts.iter().map(|one| Arc::new((**one).clone())).collect();
    let schedule = Schedule { broadcasts, mourning, ..(*world.schedule).clone() };
    World { schedule: Arc::new(schedule), ..world.clone() }
}

fn day(world: &World, from: &str, mishaps: Vec<(&str, Mishap)>) -> Vec<String> {
    whole_day(world, from, mishaps).0
}

/// The rows, and how many orders were refused as music.
fn whole_day(world: &World, from: &str, mishaps: Vec<(&str, Mishap)>) -> (Vec<String>, usize) {
    let start = clock(from);
    let mishaps = mishaps.into_iter().map(|(at, mishap)| (clock(at).after(start), mishap)).collect();
    let day = play(world, start, clock("06:30:00"), Wall::MIN, mishaps);
    let refused = day.notes().iter().filter(|note| *note == "order_refused: mourning: say: chi-lan").count();
    (day.lines(), refused)
}

#[test]
fn music_is_music_whoever_asks_for_it_and_an_alert_passes() {
    // `a` is what a broadcast plays as music; `k` is the same file under another name.
    let mut world = mourning(&morning(IfMissed::Skip), "00:00");
    let mut library = (*world.library).clone();
    let tune = library.sounds["a.mp3"].clone();
    library.sounds.insert("k.mp3".into(), tune);
    world.library = Arc::new(library);
    let order = |class, name: &str| Mishap::Event(say(class, name));
    let orders = vec![
        ("05:05:00", order(Class::Normal, "a")),
        ("05:06:00", order(Class::Normal, "a.mp3")),
        ("05:07:00", order(Class::Normal, "k")),
        ("05:08:00", order(Class::Normal, "c")),
        ("05:50:00", order(Class::Emergency, "a")),
    ];
    let (rows, refused) = whole_day(&world, "05:00:00", orders);
    assert_eq!(refused, 3, "by its name, by its file's, by another name");
    assert_eq!(
        rows,
        [
            "c 05:08:00 > 05:08:00-05:09:00 played 60 say: chi-lan",
            SILENT,
            SPEECH,
            "a 05:50:00 > 05:50:00-06:00:00 played 600 alert: chi-lan: lũ",
        ]
    );
}

#[test]
fn a_bulletin_that_plays_a_tune_as_speech_is_without_it_and_a_bed_is_a_tune() {
    let play = |names: &[&str]| names.iter().map(|name| crate::schedule::Play::Sound((*name).to_owned())).collect();
    let world = simple(vec![
        Broadcast { kind: Kind::Music, ..daily("a", &["06:20"]) },
        Broadcast { play: play(&["a", "b"]), ..daily("x", &["05:10"]) },
        Broadcast { bed: Some("c".to_owned()), ..daily("b", &["05:40"]) },
    ]);
    let ordered = vec![("05:50:00", Mishap::Event(say(Class::Normal, "c")))];
    let (rows, refused) = whole_day(&mourning(&world, "00:00"), "05:00:00", ordered);
    assert_eq!(refused, 1);
    assert_eq!(rows, ["x 05:10:00 > 05:10:00-05:15:00 played 300", SPEECH, "a 06:20:00 > --- refused 0 mourning"]);
}

const SPEECH: &str = "b 05:40:00 > 05:40:00-05:45:00 played 300";
const SILENT: &str = "a 05:20:00 > --- refused 0 mourning";

#[test]
fn music_is_refused_and_speech_is_heard() {
    let world = mourning(&morning(IfMissed::Skip), "00:00");
    assert_eq!(day(&world, "05:00:00", vec![]), [SILENT, SPEECH]);
}

#[test]
fn a_mourning_declared_in_the_morning_holds_from_then_on() {
    let world = morning(IfMissed::Skip);
    let declared = || Mishap::Event(Event::World(mourning(&world, "05:10")));
    assert_eq!(day(&world, "05:00:00", vec![("05:10:00", declared())]), [SILENT, SPEECH]);
    // Two seconds before its time it is armed already.
    assert_eq!(day(&world, "05:00:00", vec![("05:19:58.500", declared())]), [SILENT, SPEECH]);
    // And lifted again.
    let back = vec![("05:05:00", declared()), ("05:10:00", Mishap::Event(Event::World(world.clone())))];
    assert_eq!(day(&world, "05:00:00", back), ["a 05:20:00 > 05:20:00-05:30:00 played 600", SPEECH]);
}

#[test]
fn music_that_was_missed_does_not_come_late_into_a_mourning() {
    let late = IfMissed::Late(Duration::from_mins(30));
    let away = || vec![("05:35:00", Mishap::Event(Event::Away { since: clock("05:15:00") }))];
    let plain = ["a 05:20:00 > 05:35:00-05:45:00 played 600", "b 05:40:00 > 05:45:00-05:50:00 played 300 waits: a"];
    assert_eq!(day(&morning(late), "05:35:00", away()), plain);
    let world = mourning(&morning(late), "05:32");
    assert_eq!(day(&world, "05:35:00", away()), [SILENT, SPEECH]);
}
