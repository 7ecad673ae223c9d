//! The law of a place over the life of its files: what is wrong, doubled, empty or gone never widens it.

use std::fs;

use loa::disk;
use loa::schedule::{self, Hours, Loaded, Rules};

use super::directory::Place;
use super::{TODAY, codes, one, read, the_station};

const OWN: &str = "[rules]\nhours = [\"05:00-06:30\"]\nmax_session = \"30m\"\n";
const WIDE: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";

fn hours(ranges: &[(u32, u32)]) -> Hours {
    Hours(ranges.iter().map(|(from, to)| from * 60..to * 60).collect())
}

fn again(place: &Place, before: &Loaded) -> Loaded {
    disk::schedule::reload(place.0.path(), &the_station(), TODAY, &before.good, before)
}

/// What a station that never had rules may hold: the built-in hours are lawful there.
const NOTHING_NARROW: [&str; 6] = [
    "an empty file",
    "a wrong session",
    "only the comments it begins with",
    "no table in it",
    "no hours in it",
    "nothing in the table",
];

#[test]
fn rules_that_are_wrong_empty_or_doubled_leave_those_in_force() {
    let own = hours(&[(300, 390)]);
    for (what, rules) in [
        ("a wrong hour", "[rules]\nhours = [\"25:00-99:00\"]\n".to_owned()),
        ("one wrong hour of two", "[rules]\nhours = [\"05:00-06:30\", \"x\"]\n".to_owned()),
        ("a wrong session", "[rules]\nhours = [\"00:00-24:00\"]\nmax_session = \"x\"\n".to_owned()),
        ("a key that is not known", "[rules]\nhuors = [\"05:00-06:30\"]\n".to_owned()),
        ("a table that is not known", "[rule]\nhours = [\"05:00-06:30\"]\n".to_owned()),
        ("no table", "rules = \"05:00-06:30\"\n".to_owned()),
        ("an empty file", String::new()),
        ("only the comments it begins with", "# Quy định của xã\n# [ru".to_owned()),
        ("no table in it", one("b")),
        ("no hours in it", "[rules]\nmax_session = \"30m\"\n".to_owned()),
        ("nothing in the table", "[rules]\n".to_owned()),
        ("broken syntax", "[rules\nhours = [\"00:00-24:00\"]\n".to_owned()),
        ("a second table", format!("{OWN}[rules]\nhours = []\n")),
    ] {
        let place = Place::new();
        let first = place.write("rules.toml", OWN).write("a.toml", one("a")).load();
        assert_eq!((&first.schedule.rules.station.hours, codes(&first.diagnostics)), (&own, vec![]), "{what}");
        let second = again(place.write("rules.toml", &rules), &first);
        assert_eq!(second.schedule.rules, first.schedule.rules, "{what}");
        // Over a restart, and as long as it stays so.
        let third = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &second.good, &Loaded::default());
        assert_eq!(third.schedule.rules, first.schedule.rules, "{what}");
        assert!(!codes(&third.diagnostics).is_empty(), "{what}");
        // At a fresh start nobody knows the hours: never more than what can be read.
        let fresh = place.load();
        let lawful = &fresh.schedule.rules.station.hours_of(0).0;
        let inside = lawful.iter().all(|range| range.start >= 300 * 60 && range.end <= 390 * 60);
        assert!(NOTHING_NARROW.contains(&what) || inside, "{what}: {lawful:?}");
        // Cured, it is the file's word again.
        let cured = again(place.write("rules.toml", WIDE), &third);
        assert_eq!(cured.schedule.rules.station.hours, hours(&[(0, 1440)]), "{what}");
    }
}

#[test]
fn a_second_place_changes_nothing_and_is_an_error_there() {
    for (name, other) in [("000.toml", WIDE), ("000.toml", "[rules]\nhours = []\n"), ("zzz.toml", WIDE)] {
        let place = Place::new();
        let first = place.write("rules.toml", OWN).load();
        let second = again(place.write(name, other), &first);
        assert_eq!(second.schedule.rules, first.schedule.rules);
        let told: Vec<_> = second.diagnostics.iter().map(|one| (one.code, one.file.as_str())).collect();
        assert!(told.contains(&("duplicate_rules", &format!("schedules/{name}"))), "{told:?}");
        // While the rules in force cannot be read, the other place is no way round them.
        let third = again(place.write("rules.toml", "[rules\n"), &second);
        assert_eq!(third.schedule.rules, first.schedule.rules);
    }
    let place = Place::new();
    let fresh = place.write("000.toml", WIDE).write("rules.toml", OWN).load();
    let law = &fresh.schedule.rules.station;
    assert_eq!(*law.hours_of(0), hours(&[(300, 390)]), "what both allow, where nobody knows which was first");
    assert_eq!(
        (law.max_session.map(|most| most.as_secs()), codes(&fresh.diagnostics)),
        (Some(1800), vec!["duplicate_rules"])
    );
}

#[test]
fn rules_that_are_gone_hold_for_a_while_and_then_the_built_in_hours_do() {
    let place = Place::new();
    let first = place.write("rules.toml", OWN).write("a.toml", one("a")).load();
    let path = place.0.path().join("schedules/rules.toml");
    fs::rename(&path, place.0.path().join("schedules/rules.toml~")).unwrap();
    let second = again(&place, &first);
    assert_eq!(second.schedule.rules, first.schedule.rules);
    assert!(codes(&second.diagnostics).contains(&"rules_gone") && second.rules_gone);
    fs::remove_file(place.0.path().join("schedules/rules.toml~")).unwrap();
    let third = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &second.good, &Loaded::default());
    assert_eq!((codes(&third.diagnostics), &third.schedule.rules), (vec!["rules_gone"], &first.schedule.rules));
    // After as long as other kept versions hold.
    let over = schedule::Good { rules_over: true, ..third.good.clone() };
    let fourth = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &over, &third);
    assert_eq!((codes(&fourth.diagnostics), &fourth.schedule.rules.station), (vec!["rules_gone"], &Rules::default()));
    assert!(fourth.good.rules_over && !fourth.rules_gone, "it is told until there are rules again");
    let fifth = again(place.write("luat.toml", WIDE), &fourth);
    assert_eq!((codes(&fifth.diagnostics), fifth.good.rules_over), (vec![], false));
    assert_eq!(fifth.schedule.rules.station.hours, hours(&[(0, 1440)]));
}

#[test]
fn hours_may_differ_by_weekday_and_a_day_that_is_not_named_has_none() {
    let (schedule, found) = read(
        "[rules]\nhours = { \"T2-T6\" = [\"05:00-06:30\", \"17:00-18:30\"], \"T7, CN\" = \"16:00-18:00\" }\n\
         [rules.zones.thon-2.hours]\nsat = \"16:30-18:00\"\nkhac = [\"17:00-18:00\"]\n",
    );
    assert_eq!(found, []);
    let (station, second) = (&schedule.rules.station, schedule.rules.of(loa::station::ZoneIx(1)));
    assert_eq!(*station.hours_of(4), hours(&[(300, 390), (1020, 1110)]));
    assert_eq!((station.hours_of(5), station.hours_of(6)), (&hours(&[(960, 1080)]), &hours(&[(960, 1080)])));
    assert_eq!((second.hours_of(5), second.hours_of(6)), (&hours(&[(990, 1080)]), &hours(&[(1020, 1080)])));
    assert_eq!(station.told().vi, "thứ Hai-thứ Sáu 05:00-06:30, 17:00-18:30; thứ Bảy-Chủ nhật 16:00-18:00");
    let (schedule, found) = read("[rules]\nhours = { mon-fri = [\"05:00-06:30\"] }\n");
    assert_eq!(codes(&found), ["hours_day_missing"]);
    assert_eq!(schedule.rules.station.hours_of(6).0, []);
    let (schedule, found) =
        read("[rules]\nhours = { T2 = \"05:00-06:00\", \"T2-T3\" = \"00:00-24:00\", x = \"05:00-06:00\" }\n");
    assert_eq!(codes(&found), ["hours_day_missing", "doubled_day", "bad_days"]);
    assert_eq!(*schedule.rules.station.hours_of(0), hours(&[(300, 360)]), "what was said first");
}

#[test]
fn an_empty_list_of_hours_means_never() {
    let (schedule, found) = read("[rules]\nhours = []\n");
    assert_eq!((codes(&found), &schedule.rules.station.hours.0), (vec!["hours_never"], &vec![]));
    let (schedule, _) = read("[rules]\nmax_sessions_per_day = 0\n[rules.zones.thon-2]\nmax_session = \"5 phút\"\n");
    assert_eq!(schedule.rules.station.max_sessions_per_day, Some(0));
    let second = schedule.rules.of(loa::station::ZoneIx(1));
    assert_eq!(second.max_session.unwrap().as_secs(), 300, "what can be guessed is never wider");
}
