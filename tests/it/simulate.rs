//! The daemon's own loop on the simulated clock.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::kit::Station;

fn shipped(arguments: &[&str]) -> serde_json::Value {
    let output = Command::new(env!("CARGO_BIN_EXE_loa"))
        .args(["--json", "--dir"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
#[ignore = "long"]
fn a_month_of_the_shipped_station_gives_each_planned_airing_exactly_one_outcome() {
    let window = ["--from", "2026-12-01", "--to", "2027-01-01"];
    let plan = shipped(&[&["plan"], &window[..]].concat());
    let journal = shipped(&[&["simulate"], &window[..]].concat());
    let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in journal.as_array().unwrap().iter().filter(|entry| entry["kind"] == "airing") {
        let key = format!("{}/{}", entry["zone"], entry["broadcast"]);
        outcomes.entry(key).or_default().push(entry["outcome"].as_str().unwrap().to_owned());
    }
    let mut planned: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for airing in plan.as_array().unwrap() {
        let outcome = match airing["verdict"].as_str().unwrap() {
            "play" | "wait" => "played",
            "refuse" => "refused",
            _ => "missed",
        };
        let key = format!("{}/{}", airing["zone"], airing["broadcast"]);
        planned.entry(key).or_default().push(outcome.to_owned());
    }
    assert!(plan.as_array().unwrap().len() > 500, "a month of a commune is more than this");
    for counts in [&mut outcomes, &mut planned] {
        for list in counts.values_mut() {
            list.sort();
        }
    }
    assert_eq!(outcomes, planned);
}

#[test]
#[ignore = "long"]
fn what_waits_is_refused_or_is_interrupted_is_recorded_with_its_reason() {
    let station = Station::new();
    station
        .tone("a.wav", 60.0, 440.0)
        .write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n")
        .write(
            "schedules/a.toml",
            "[rules]\nhours = [\"05:00-06:00\"]\n\
             [[broadcast]]\nid = \"a\"\nat = [\"05:00\", \"03:15\", \"05:59:30\"]\ndates = [2026-12-01]\nplay = [\"a\"]\n\
             [[broadcast]]\nid = \"b\"\nat = \"05:00:30\"\ndates = [2026-12-01]\nplay = [\"a\"]\nwait = \"90s\"\n\
             [[broadcast]]\nid = \"c\"\nat = \"05:00:31\"\ndates = [2026-12-01]\nplay = [\"a\"]\nwait = \"5s\"\n\
             [[broadcast]]\nid = \"d\"\nclass = \"priority\"\nat = \"05:01:10\"\ndates = [2026-12-01]\nplay = [\"a\"]\n\
             [[broadcast]]\nid = \"e\"\nat = \"05:30\"\ndates = [2026-12-01]\nplay = [\"chua-co\"]\n",
        );
    let said = station.loa(&["simulate", "--from", "2026-12-01", "--to", "2026-12-02", "--json"]);
    let mut found: Vec<(String, String, String, String)> = said
        .rows()
        .iter()
        .filter(|entry| entry["kind"] == "airing")
        .map(|entry| {
            let word = |key: &str| entry[key].as_str().unwrap_or("-").to_owned();
            (word("planned")[11..19].to_owned(), word("broadcast"), word("outcome"), word("reason"))
        })
        .collect();
    found.sort();
    let expected = [
        ("03:15:00", "a", "refused", "outside_hours"),
        ("05:00:00", "a", "played", "-"),
        ("05:00:30", "b", "played", "interrupted: d"),
        ("05:00:31", "c", "missed", "wait_expired: a"),
        ("05:01:10", "d", "played", "-"),
        ("05:30:00", "e", "missed", "no_sound"),
        ("05:59:30", "a", "refused", "past_hours"),
    ];
    let found: Vec<_> =
        found.iter().map(|(at, id, outcome, reason)| (&at[..], &id[..], &outcome[..], &reason[..])).collect();
    assert_eq!(found, expected);
}

/// The output is misspelt in one zone and right in the other: whoever asks is told the same.
#[test]
fn a_zone_whose_output_cannot_be_read_is_planned_simulated_and_told_as_silent() {
    let station = Station::new();
    station
        .tone("a.wav", 0.5, 440.0)
        .write("loa.toml", "[zones.thon-1]\noutput = \"devise:default\"\n[zones.thon-2]\noutput = \"null\"\n")
        .write(
            "schedules/a.toml",
            "[rules]\nhours = [\"00:00-24:00\"]\n[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"a\"\n",
        );
    let window = ["--from", "2036-12-01T05:29", "--to", "2036-12-01T05:32"];
    let plan = station.loa(&[&["plan", "--json"][..], &window].concat()).rows();
    let verdicts: Vec<_> = plan.iter().map(|row| (row["verdict"].as_str(), row["reason"].as_str())).collect();
    assert_eq!(verdicts, [(Some("miss"), Some("device_failed")), (Some("play"), None)]);
    let because = plan[0]["because"].as_str().unwrap();
    assert!(because.contains("cannot be used") && because.contains("Cure: "), "{because}");
    let rows = station.loa(&[&["simulate", "--json"][..], &window].concat()).rows();
    let airings: Vec<_> = rows.iter().filter(|row| row["kind"] == "airing").collect();
    let became: Vec<_> = airings.iter().map(|row| (row["zone"].as_str(), row["outcome"].as_str())).collect();
    assert_eq!(became, [(Some("thon-1"), Some("missed")), (Some("thon-2"), Some("played"))]);
    assert!(airings[0]["reason"].as_str().unwrap().starts_with("device_failed: "), "{}", airings[0]);
    let why = station.loa(&["plan", "--why", "a", "2036-12-01T05:30", "--zone", "thon-1"]);
    assert!(why.code == 1 && why.out.contains("cannot be used"), "{why:?}");
    let codes = |command: &str| {
        let rows = station.loa(&[command, "--json"]).rows();
        rows.iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(codes("check").contains(&"bad_output".to_owned()));
    assert!(codes("doctor").contains(&"device_failed".to_owned()), "{:?}", codes("doctor"));
}

#[test]
fn what_the_station_notes_of_itself_is_told_in_the_reader_s_language() {
    let station = Station::new();
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n");
    station.write(
        "schedules/a.toml",
        "[rules]\nhours = [\"00:00-24:00\"]\n[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"a\"\n",
    );
    station.tone("a.wav", 0.5, 440.0);
    let (from, to) = ("2026-12-01T00:00", "2026-12-02T00:00");
    let faults = ["--power-cut", "2026-12-01T05:00..2026-12-01T06:00", "--clock-step", "2026-12-01T12:00+2h"];
    let said = station.loa(&[&["simulate", "--from", from, "--to", to], &faults[..]].concat());
    assert_eq!(said.code, 0, "{said:?}");
    for word in ["đài không hoạt động", "đồng hồ nhảy", "loa dừng", "bắt đầu chạy"] {
        assert!(!said.out.contains(word), "{word}: {}", said.out);
    }
    assert!(said.out.contains("loa began to run"), "{}", said.out);
}
