//! Zones are named the way people name them, and every command understands the same names.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::kit::Station;

const ZONES: &str = "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"null\"\n[zones.cho]\ntitle = \"Chợ\"\noutput = \"null\"\n[groups]\nca-xa = [\"thon-1\", \"thon-2\"]\n";
const SCHEDULE: &str =
    "[rules]\nhours = [\"00:00-24:00\"]\n[[broadcast]]\nid = \"a\"\ntitle = \"A\"\nat = \"05:30\"\nplay = [\"a\"]\n";

fn station() -> Station {
    let station = Station::new();
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", ZONES).write("schedules/a.toml", SCHEDULE);
    station
}

fn planned(station: &Station, zone: &str) -> Vec<String> {
    let window = ["--from", "2026-12-07", "--to", "2026-12-08"];
    let said = station.loa(&[&["plan", "--json", "--zone", zone], &window[..]].concat());
    said.rows().iter().map(|row| row["zone"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_plan_takes_titles_groups_and_lists_in_any_spelling() {
    let station = station();
    for name in ["thon-1", "Thôn 1", "THON 1", "thôn1"] {
        assert_eq!(planned(&station, name), ["thon-1"], "{name}");
    }
    for name in ["ca-xa", "Cả xã", "thon-1,thon-2", "Thôn 2, thôn 1"] {
        assert_eq!(planned(&station, name), ["thon-1", "thon-2"], "{name}");
    }
    assert_eq!(planned(&station, "tất cả"), ["thon-1", "thon-2", "cho"]);
    let why = station.loa(&["plan", "--why", "a", "2026-12-07", "05:30", "--zone", "cả xã", "--json"]);
    assert_eq!(why.json()["zones"].as_array().unwrap().len(), 2, "{why:?}");
}

#[test]
fn a_name_that_nobody_has_is_an_error_with_what_there_is() {
    let station = station();
    let window = ["--from", "2026-12-07", "--to", "2026-12-08"];
    let out = station.path("x.wav");
    let out = ["--out", out.to_str().unwrap()];
    for name in ["thon-9", "", "xyz"] {
        for command in [&["plan"][..], &["simulate"], &["render", out[0], out[1]]] {
            let said = station.loa(&[command, &["--zone", name], &window].concat());
            assert_eq!((said.code, said.out.as_str()), (2, ""), "{command:?} {name}: {said:?}");
            assert!(said.err.contains("thon-1 (Thôn 1)"), "{}", said.err);
        }
    }
    let said = station.loa(&[&["render", out[0], out[1], "--zone", "ca-xa"][..], &window].concat());
    assert!(said.code == 2 && said.err.contains("Thôn 1, Thôn 2"), "one is needed: {said:?}");
    let minute = ["--from", "2026-12-07T05:29", "--to", "2026-12-07T05:30"];
    let said = station.loa(&[&["render", out[0], out[1], "--zone", "Chợ"][..], &minute].concat());
    assert_eq!(said.code, 0, "{said:?}");
}

/// As people name zones, and which they mean.
const NAMES: [(&str, &[&str]); 5] = [
    ("thôn1", &["thon-1"]),
    ("Thôn 2", &["thon-2"]),
    ("Cả xã", &["thon-1", "thon-2"]),
    ("Thôn 2, Chợ", &["thon-2", "cho"]),
    ("tất cả", &["thon-1", "thon-2", "cho"]),
];

/// The orders that go to zones.
const ORDERS: [&[&str]; 3] = [&["alert", "a", "--by", "A", "--why", "b"], &["say", "a"], &["stop"]];

/// The zones of a receipt, or of rows.
fn zones_of(rows: &[Value]) -> BTreeSet<&str> {
    rows.iter().filter_map(|row| row["zone"].as_str()).collect()
}

#[test]
#[ignore = "long"]
fn orders_and_the_journal_take_the_same_names_as_the_plan() {
    let station = station();
    let daemon = station.run();
    daemon.wait_until("it knows the sound", || station.loa(&["status", "--json"]).json()["sounds"] == 1);
    let meant = |zones: &[&'static str]| zones.iter().copied().collect::<BTreeSet<&str>>();
    for (name, zones) in NAMES {
        for order in ORDERS {
            let receipt = station.loa(&[order, &["--json", "--zone", name]].concat()).json();
            assert_eq!(zones_of(receipt["zones"].as_array().unwrap()), meant(zones), "{order:?} {name}: {receipt}");
        }
    }
    let all = meant(&["thon-1", "thon-2", "cho"]);
    daemon.wait_until("each zone has a row", || zones_of(&station.loa(&["journal", "--json"]).rows()) == all);
    for (name, zones) in NAMES {
        let rows = station.loa(&["journal", "--json", "--zone", name]).rows();
        assert_eq!(zones_of(&rows), meant(zones), "{name}");
    }
    for name in ["thon-9", "xyz"] {
        for command in ORDERS.into_iter().chain([&["journal"][..]]) {
            let said = station.loa(&[command, &["--zone", name]].concat());
            assert_eq!((said.code, said.out.as_str()), (2, ""), "{command:?} {name}: {said:?}");
            assert!(said.err.contains("thon-1 (Thôn 1)"), "{}", said.err);
        }
    }
    assert_eq!(daemon.end(), 0);
}
