//! What is wrong with one broadcast is told in one pass: whoever cures the first line is not told of the next only then.

use std::collections::BTreeSet;

use crate::kit::Station;

/// A line that is wrong, the same when it is right, and what the check says of it.
const LINES: [(&str, &str, &str); 9] = [
    ("zones = [\"thon-9\"]", "zones = [\"thon-1\"]", "unknown_zone"),
    ("at = \"22:30\"", "at = \"05:30\"", "outside_hours"),
    ("days = [\"mon\", \"cho-phien\"]", "days = \"mon\"", "unknown_days"),
    ("campaign = \"mua-lu\"", "campaign = \"cai-cach\"", "unknown_campaign"),
    ("play = [\"thieu\"]", "play = [\"a\"]", "sound_missing"),
    ("repeat = 40", "repeat = 2", "out_of_range"),
    ("wait = \"lau\"", "wait = \"10m\"", "bad_length"),
    ("titel = \"Bản tin\"", "title = \"Bản tin\"", "unknown_key"),
    ("class = \"vip\"", "class = \"normal\"", "unknown_value"),
];

/// The codes that the check tells of a broadcast of which these lines are right.
fn told(station: &Station, right: &dyn Fn(usize) -> bool) -> BTreeSet<String> {
    let lines: Vec<&str> =
        LINES.iter().enumerate().map(|(place, (wrong, cured, _))| if right(place) { *cured } else { *wrong }).collect();
    let lines = lines.join("\n");
    station.write(
        "schedules/a.toml",
        &format!(
            "[rules]\nhours = [\"05:00-06:30\"]\n[campaigns.cai-cach]\ntitle = \"Cải cách\"\nfrom = 2026-01-01\nuntil = 2036-12-31\n\
             [[broadcast]]\nid = \"x\"\n{lines}\n"
        ),
    );
    let found = station.loa(&["check", "--json"]).rows();
    found.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn all_that_is_wrong_with_a_broadcast_is_told_at_once_whatever_else_is_wrong_with_it() {
    let station = Station::new();
    station.tone("a.wav", 2.0, 440.0);
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n");
    assert_eq!(told(&station, &|_| true), BTreeSet::new());
    for (place, (wrong, _, code)) in LINES.iter().enumerate() {
        let alone = told(&station, &|other| other != place);
        assert!(alone.contains(*code), "{wrong}: {alone:?}");
    }
    // Without a class nobody knows whether the hours bind it.
    let of = |places: &[usize]| -> BTreeSet<String> { places.iter().map(|place| LINES[*place].2.to_owned()).collect() };
    let all: Vec<usize> = (0..LINES.len() - 1).collect();
    let before = told(&station, &|place| place == LINES.len() - 1);
    assert_eq!(before, of(&all));
    for cured in all.clone() {
        let left: Vec<usize> = all.iter().copied().filter(|place| *place != cured).collect();
        let after = told(&station, &|place| place == LINES.len() - 1 || place == cured);
        assert_eq!(after, of(&left), "once {} is cured nothing new is told", LINES[cured].0);
    }
    let everything = told(&station, &|_| false);
    let but_hours: Vec<usize> = (0..LINES.len()).filter(|place| LINES[*place].2 != "outside_hours").collect();
    assert_eq!(everything, of(&but_hours));
}

#[test]
fn midnight_is_no_time_of_the_day_that_it_ends_and_no_days_of_the_week() {
    for at in ["\"24h\"", "\"24:00\"", "24", "\"24h00\"", "[\"24h\"]"] {
        let (_, found) = super::read(&format!("[[broadcast]]\nid = \"x\"\nat = {at}\nplay = \"a\"\n"));
        assert_eq!(super::codes(&found), ["bad_time"], "{at}");
        let help = &found[0].help.as_ref().unwrap().en;
        assert!(help.contains("midnight is the start of the next day: write \"00:00\""), "{at}: {help}");
    }
}
