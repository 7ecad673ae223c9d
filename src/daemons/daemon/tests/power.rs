//! The amplifier's day: on before a sound, off after it, off after every start.

use super::*;
use crate::amplifier;
use crate::station::{Amplifier, Switch};

/// Five seconds to warm up and three to cool down, shared by all zones.
fn amplified(mut world: World) -> World {
    let mut station = (*world.station).clone();
    let switch = Switch::Gpio { chip: "gpiochip0".to_owned(), line: 17, active_low: false };
    for zone in &mut station.zones {
        zone.amplifier = Some(Amplifier {
            switch: switch.clone(),
            warm_up: Duration::from_secs(5),
            cool_down: Duration::from_secs(3),
        });
    }
    world.station = Arc::new(station);
    world
}

impl Day {
    /// `05:29:54 on`, in order.
    fn switching(&self) -> Vec<String> {
        let tz = &self.world.station.timezone;
        let moved = self.log.actions.iter().filter_map(|(at, action)| match action {
            Action::Switch { on, .. } => {
                Some(format!("{} {}", at.zoned(tz).strftime("%H:%M:%S%.f"), if *on { "on" } else { "off" }))
            }
            _ => None,
        });
        moved.collect()
    }

    /// When sound began and ended, by the clock of the station: every sample lies between two of them.
    fn sounding(&self) -> Vec<(Wall, Wall)> {
        let mut began = std::collections::BTreeMap::new();
        let mut all = Vec::new();
        for (_, now, notice) in &self.log.notices {
            match notice {
                Notice::Started(voice, at) => drop(began.insert(*voice, *at)),
                Notice::Ended { voice, .. } => all.extend(began.remove(voice).map(|from| (from, *now))),
                _ => {}
            }
        }
        all
    }
}

#[test]
fn the_amplifier_is_warm_when_the_first_sample_is_due_and_off_three_seconds_after_the_last() {
    let world = amplified(simple(vec![daily("c", &["05:30"])]));
    let day = play(&world, clock("05:00"), clock("06:30"), Wall::MIN, vec![]);
    assert_eq!(day.lines(), ["c 05:30:00 > 05:30:00-05:31:00 played 60"]);
    assert_eq!(day.switching(), ["05:29:54 on", "05:31:03 off"]);
    let notes: Vec<Entry> =
        day.journal.select(&Filter { kind: Some(EntryKind::Note), ..Filter::default() }).unwrap().into_iter().collect();
    let told: Vec<_> =
        notes.iter().filter(|note| note.title.contains("tăng âm")).map(|note| note.reason.clone().unwrap()).collect();
    assert_eq!(told, ["amplifier_on: gpiochip0:17", "amplifier_off: gpiochip0:17"]);
    let at = |time: &str| Some(clock(time));
    assert!(notes.iter().any(|note| note.started == at("05:29:54") && note.title == "bật tăng âm: Thôn 1"));
    assert!(notes.iter().any(|note| note.ended == at("05:31:03") && note.zone.as_deref() == Some("thon-1")));
}

#[test]
fn it_stays_on_through_a_session_and_while_another_of_its_zones_sounds() {
    // `c` ends at 05:31:00; the next one calls the amplifier back eight seconds before its time at the latest.
    let near = amplified(simple(vec![daily("c", &["05:30"]), daily("b", &["05:31:09"])]));
    let day = play(&near, clock("05:00"), clock("06:30"), Wall::MIN, vec![]);
    assert_eq!(day.switching(), ["05:29:54 on", "05:36:12 off"]);
    let far = amplified(simple(vec![daily("c", &["05:30"]), daily("b", &["05:31:20"])]));
    let day = play(&far, clock("05:00"), clock("06:30"), Wall::MIN, vec![]);
    assert_eq!(day.switching(), ["05:29:54 on", "05:31:03 off", "05:31:14 on", "05:36:23 off"]);
    let two = |at: &str, id: &str, zone| Broadcast { zones: vec![ZoneIx(zone)], ..daily(id, &[at]) };
    let shared =
        amplified(world(2, vec![two("05:30", "c", 0), two("05:30:30", "b", 1)], &[(300, 390)], &[("b", 5), ("c", 1)]));
    let day = play(&shared, clock("05:00"), clock("06:30"), Wall::MIN, vec![]);
    assert_eq!(day.switching(), ["05:29:54 on", "05:35:33 off"]);
}

#[test]
fn an_alert_into_a_cold_amplifier_is_held_until_its_first_word_can_be_heard() {
    let world = amplified(simple(vec![daily("c", &["05:30"])]));
    let alert = |at: &str| (clock(at).after(clock("05:00")), Mishap::Event(say(Class::Emergency, "b")));
    let day = play(&world, clock("05:00"), clock("06:30"), Wall::MIN, vec![alert("05:10:00")]);
    assert!(day.lines()[0].starts_with("b 05:10:00 > 05:10:05-05:15:05 played 300"), "{:?}", day.lines());
    assert_eq!(day.switching()[..2], ["05:10:00 on", "05:15:08 off"]);
    // Warm already: at once.
    let day = play(&world, clock("05:00"), clock("06:30"), Wall::MIN, vec![alert("05:30:10")]);
    assert!(day.lines().iter().any(|line| line.starts_with("b 05:30:10 > 05:30:10-05:35:10")), "{:?}", day.lines());
    // Half warm: for the rest.
    let day = play(&world, clock("05:00"), clock("06:30"), Wall::MIN, vec![alert("05:29:56")]);
    assert!(day.lines().iter().any(|line| line.starts_with("b 05:29:56 > 05:29:59-05:34:59")), "{:?}", day.lines());
}

#[test]
fn new_files_while_an_alert_waits_for_the_amplifier_neither_lose_nor_double_it() {
    let world = amplified(simple(vec![daily("c", &["05:30"])]));
    let at = |time: &str| clock(time).after(clock("05:00"));
    let mishaps = vec![
        (at("05:10:00"), Mishap::Event(say(Class::Emergency, "c"))),
        (at("05:10:02"), Mishap::Event(Event::World(amplified(simple(vec![daily("a", &["05:40"])]))))),
    ];
    let day = play(&world, clock("05:00"), clock("06:30"), Wall::MIN, mishaps);
    assert_eq!(day.lines().len(), 2, "{:?}", day.lines());
    assert!(day.lines()[0].starts_with("c 05:10:00 > 05:10:05-05:11:05 played 60"), "{:?}", day.lines());
    assert_eq!(day.switching()[..2], ["05:10:00 on", "05:11:08 off"]);
}

#[test]
fn a_stop_lets_it_cool_down_and_an_edit_that_calls_the_airing_off_too() {
    let world = amplified(simple(vec![daily("a", &["05:30"])]));
    let at = |time: &str| clock(time).after(clock("05:00"));
    let day = play(&world, clock("05:00"), clock("06:30"), Wall::MIN, vec![(at("05:32:00"), Mishap::Event(stop()))]);
    assert_eq!(day.switching()[0], "05:29:54 on");
    let off = day.switching()[1].clone();
    assert!(off.starts_with("05:32:03") && off.ends_with("off"), "{off}");
    let edit = Mishap::Event(Event::World(amplified(simple(vec![daily("a", &["05:45"])]))));
    let day = play(&world, clock("05:00"), clock("05:40"), Wall::MIN, vec![(at("05:29:55"), edit)]);
    assert_eq!(day.switching(), ["05:29:54 on", "05:29:58 off"]);
}

#[test]
fn at_the_end_it_goes_off_with_the_last_sound_and_the_end_waits_for_its_answer() {
    let world = amplified(simple(vec![daily("a", &["05:30"])]));
    let at = |time: &str| clock(time).after(clock("05:00"));
    let end = (at("05:32:00"), Mishap::Event(Event::Shutdown));
    let day = play(&world, clock("05:00"), clock("06:30"), Wall::MIN, vec![end]);
    let switching = day.switching();
    assert!(switching.len() == 2 && switching[1].starts_with("05:32:00"), "{switching:?}");
    let last: Vec<String> = day.notes().into_iter().rev().take(2).collect();
    assert_eq!(last, ["shutdown", "amplifier_off: gpiochip0:17"]);
}

#[test]
fn a_clock_that_is_not_believed_puts_nothing_on() {
    let world = amplified(simple(vec![daily("c", &["05:30"])]));
    let day = play(&world, clock("05:00"), clock("06:30"), clock("23:00"), vec![]);
    assert_eq!(day.switching(), [""; 0]);
}

#[test]
fn it_is_never_on_for_nothing_and_never_cold_under_a_sound_whatever_happens() {
    let mut broadcasts =
        vec![daily("a", &["05:10"]), daily("b", &["05:40"]), daily("c", &["05:46"]), daily("c", &["06:00"])];
    broadcasts[3].id = "d".to_owned();
    let world = amplified(simple(broadcasts));
    assert_eq!(amplifier::units(&world.station).len(), 1);
    let at = |time: &str| clock(time).after(clock("05:00"));
    let mishaps = [
        (at("05:20:30"), Mishap::Event(say(Class::Emergency, "c"))),
        (at("05:38:00"), Mishap::Event(say(Class::Normal, "c"))),
        (at("05:12:00"), Mishap::DeviceLost),
        (at("05:42:00"), Mishap::Step(SignedDuration::from_secs(95))),
        (at("05:50:00"), Mishap::Step(SignedDuration::from_secs(-40))),
        (at("05:44:00"), Mishap::PowerCut(Duration::from_secs(30))),
        (at("05:11:00"), Mishap::Event(stop())),
    ];
    for some in 0..1 << mishaps.len() {
        let chosen: Vec<_> =
            mishaps.iter().enumerate().filter(|(bit, _)| some >> bit & 1 == 1).map(|(_, one)| one.clone()).collect();
        let day = play(&world, clock("05:00"), clock("06:30"), Wall::MIN, chosen);
        judge(&day, some);
    }
}

/// By the clock that never steps, life by life: each sound begins five seconds after the amplifier was put
/// on or later, and the amplifier is on for no longer than its sounds, their warm-up and their cooling down.
fn judge(day: &Day, some: usize) {
    assert!(!day.sounding().is_empty());
    for life in &day.log.lives {
        let (mut on, mut sounds, mut idle, mut voices) = (None, 0_u32, None, std::collections::BTreeSet::new());
        for (mono, _, seen) in &life.seen {
            match seen {
                Seen::Did(Action::Switch { on: true, .. }) => (on, idle) = (Some(*mono), Some(*mono)),
                Seen::Did(Action::Switch { on: false, .. }) => {
                    assert_eq!(sounds, 0, "mishaps {some:b}: switched off under a sound at {mono:?}");
                    let idle = mono.after(idle.take().unwrap());
                    // Warm-up, its margin and a cooling down; a step of the clock may take a sound away.
                    assert!(idle <= Duration::from_secs(30), "mishaps {some:b}: on for nothing for {idle:?}");
                    on = None;
                }
                Seen::Told(Notice::Started(voice, _)) => {
                    let since = on.unwrap_or_else(|| panic!("mishaps {some:b}: a sound without power at {mono:?}"));
                    let warm = mono.after(since);
                    assert!(warm >= Duration::from_secs(5), "mishaps {some:b}: cold, {warm:?} at {mono:?}");
                    voices.insert(*voice);
                    sounds += 1;
                }
                Seen::Told(Notice::Ended { voice, .. } | Notice::Failed(voice, _)) if voices.remove(voice) => {
                    sounds -= 1;
                    idle = Some(*mono);
                }
                _ => {}
            }
        }
    }
}
