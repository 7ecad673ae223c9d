//! The right day: lunar days, holidays, named days and mourning, from the file to the journal.

use serde_json::Value;

use crate::kit::Station;

const ZONE: &str = "[zones.thon-1]\noutput = \"null\"\nlanguages = [\"vi\"]\n";

/// Music at 05:00, speech at 05:05, both at 05:10; mourning on 2 December 2026.
const MOURNING: &str = r#"
[mourning]
name = "Quốc tang"
from = 2026-12-02
until = 2026-12-02

[[broadcast]]
id = "nhac"
kind = "music"
at = "05:00"
play = ["chime", "bai-ca"]

[[broadcast]]
id = "tin"
at = "05:05"
play = ["tin"]

[[broadcast]]
id = "ca-hai"
at = "05:10"
play = [{ file = "bai-ca", kind = "music" }, "pause 2s", "tin"]

[[broadcast]]
id = "toan-nhac"
at = "05:15"
play = ["chime", { file = "bai-ca", kind = "music" }, "chime"]
"#;

fn station(schedule: &str) -> Station {
    let station = Station::new();
    station.write("loa.toml", ZONE).write("schedules/a.toml", schedule);
    station.tone("bai-ca.wav", 30.0, 440.0).tone("tin.wav", 10.0, 660.0);
    station
}

fn word<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or("-")
}

#[test]
fn in_a_mourning_music_is_silent_in_plan_player_and_journal() {
    let station = station(MOURNING);
    let window = ["--from", "2026-12-02", "--to", "2026-12-03", "--json"];
    let plan = station.loa(&[&["plan"], &window[..]].concat()).rows();
    let planned: Vec<_> =
        plan.iter().map(|row| [word(row, "broadcast"), word(row, "verdict"), word(row, "reason")]).collect();
    assert_eq!(
        planned,
        [
            ["nhac", "refuse", "mourning"],
            ["tin", "play", "-"],
            ["ca-hai", "play", "-"],
            ["toan-nhac", "refuse", "mourning"]
        ]
    );
    assert!(word(&plan[0], "because").contains("2026-12-02 is a time of mourning (\"Quốc tang\")"), "{}", plan[0]);
    let journal = station.loa(&[&["simulate"], &window[..]].concat()).rows();
    let played: Vec<_> = journal.iter().filter(|entry| entry["kind"] == "airing").collect();
    let outcomes: Vec<_> =
        played.iter().map(|entry| [word(entry, "broadcast"), word(entry, "outcome"), word(entry, "reason")]).collect();
    assert_eq!(
        outcomes,
        [
            ["nhac", "refused", "mourning"],
            ["tin", "played", "-"],
            ["ca-hai", "played", "-"],
            ["toan-nhac", "refused", "mourning"]
        ]
    );
    assert_eq!(played[2]["seconds_played"], 12.0, "{}", played[2]);
    let files: Vec<_> = played[2]["audio"].as_array().unwrap().iter().map(|audio| word(audio, "file")).collect();
    assert_eq!(files, ["tin.wav"]);
    // The day after, all of it sounds again.
    let after = station.loa(&["simulate", "--from", "2026-12-03", "--to", "2026-12-04", "--json"]).rows();
    let after: Vec<_> =
        after.iter().filter(|entry| entry["kind"] == "airing").map(|entry| word(entry, "outcome")).collect();
    assert_eq!(after, ["played"; 4]);
}

#[test]
#[ignore = "long"]
fn in_a_mourning_the_samples_are_those_of_speech_alone() {
    let station = station(MOURNING);
    let out = station.path("nghe.wav");
    let out = out.to_str().unwrap();
    let said = station.loa(&[
        "render",
        "--from",
        "2026-12-02T05:00",
        "--to",
        "2026-12-02T05:16",
        "--zone",
        "thon-1",
        "--out",
        out,
    ]);
    assert_eq!(said.code, 0, "{}", said.err);
    let mut wav = hound::WavReader::open(out).unwrap();
    let spec = wav.spec();
    let frames: Vec<i32> = wav.samples::<i32>().step_by(usize::from(spec.channels)).map(Result::unwrap).collect();
    let loud = |from: f64, to: f64| {
        let frame = |seconds: f64| (seconds * f64::from(spec.sample_rate)) as usize;
        frames[frame(from)..frame(to)].iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0) > 0
    };
    assert!(!loud(0.0, 299.0), "music at 05:00");
    assert!(loud(301.0, 309.0), "speech at 05:05");
    assert!(!loud(600.0, 601.5), "05:10 begins with the pause that followed the music");
    assert!(loud(603.0, 611.0), "and goes on with speech");
    assert!(!loud(613.0, 959.0), "music at 05:15");
}

#[test]
fn a_year_by_the_moon_goes_from_the_file_into_the_plan() {
    let station = station(
        r#"
[days.cho-phien]
lunar = ["2", "7"]
leap = "skip"

[[holiday]]
name = "Tết Nguyên đán"
lunar = "last/12..3/1"

[[broadcast]]
id = "ram"
at = "05:00"
lunar = ["mùng 1", "rằm"]
except = ["Tết Nguyên đán"]
play = "tin"

[[broadcast]]
id = "tet"
at = "06:00"
only = ["Tết Nguyên đán"]
play = "tin"

[[broadcast]]
id = "cho"
at = "07:00"
days = "cho-phien"
until = 2057-02-28
play = "tin"
"#,
    );
    assert_eq!(station.loa(&["check", "--json"]).json(), serde_json::json!([]), "nothing is wrong");
    let rows = station.loa(&["plan", "--from", "2027-01-15", "--to", "2027-03-10", "--json"]).rows();
    let found: Vec<String> =
        rows.iter().map(|row| format!("{} {}", word(row, "broadcast"), &word(row, "start")[..10])).collect();
    assert_eq!(
        found,
        [
            "ram 2027-01-22",
            "tet 2027-02-05",
            "tet 2027-02-06",
            "tet 2027-02-07",
            "cho 2027-02-07",
            "tet 2027-02-08",
            "cho 2027-02-12",
            "ram 2027-02-20",
            "ram 2027-03-08",
            "cho 2027-03-09",
        ]
    );
}

#[test]
fn the_plan_for_people_shows_the_lunar_date() {
    let station =
        station("[[broadcast]]\nid = \"a\"\nat = \"05:00\"\ndates = [2026-11-24, 2025-08-08]\nplay = \"tin\"\n");
    let said = station.loa(&["plan", "--lang", "vi", "--from", "2026-11-24", "--to", "2026-11-25"]);
    assert!(said.out.contains("Ngày (âm lịch)") && said.out.contains("24/11/2026 (16/10)"), "{}", said.out);
    let leap = station.loa(&["plan", "--lang", "vi", "--from", "2025-08-08", "--to", "2025-08-09"]);
    assert!(leap.out.contains("08/08/2025 (15/6 nhuận)"), "{}", leap.out);
    let english = station.loa(&["plan", "--from", "2025-08-08", "--to", "2025-08-09"]);
    assert!(english.out.contains("2025-08-08 (15/6 leap)"), "{}", english.out);
}

#[test]
fn the_end_clipped_at_midnight() {
    let station = station(
        "[rules]\nhours = \"00:00-24:00\"\n[[broadcast]]\nid = \"a\"\nat = \"23:59:45\"\nuntil = 2026-12-31\nplay = \"bai-ca\"\n",
    );
    let window = ["--from", "2026-12-31", "--to", "2027-01-01", "--json"];
    let plan = station.loa(&[&["plan"], &window[..]].concat()).rows();
    assert_eq!(plan.len(), 1);
    assert_eq!((word(&plan[0], "verdict"), &word(&plan[0], "end")[..19]), ("play", "2027-01-01T00:00:15"));
    let next = station.loa(&["plan", "--from", "2027-01-01", "--to", "2027-01-02", "--json"]).rows();
    assert_eq!(next, [] as [Value; 0], "it belongs to the day on which it begins");
    let journal = station.loa(&["simulate", "--from", "2026-12-31T23:00", "--to", "2027-01-01T01:00", "--json"]).rows();
    let heard: Vec<_> = journal.iter().filter(|entry| entry["kind"] == "airing").collect();
    assert_eq!((heard.len(), &heard[0]["seconds_played"]), (1, &Value::from(30)), "{heard:?}");
}

#[test]
#[ignore = "long"]
fn sunday_never_plays() {
    let written = |line: &str| format!("[[broadcast]]\nid = \"a\"\nplay = \"tin\"\n{line}\n");
    let sundays = |line: &str| {
        let station = station(&written(line));
        let rows = station.loa(&["plan", "--from", "2026-11-23", "--to", "2026-12-07", "--json"]).rows();
        rows.iter().map(|row| word(row, "start")[..10].to_owned()).collect::<Vec<_>>()
    };
    for line in [
        "at = \"05:00\"\ndays = \"sun\"",
        "at = \"05:00\"\ndays = \"CN\"",
        "at = \"05:00\"\ndays = \"chủ nhật\"",
        "at = \"05:00\"\nonly = [\"Sunday\"]",
        "cron = \"0 0 5 * * Sun\"",
        "cron = \"0 0 5 * * 1\"",
    ] {
        assert_eq!(sundays(line), ["2026-11-29", "2026-12-06"], "{line}");
    }
    // What other machines call Sunday is never silently another day or none.
    for (line, code, severity) in [
        ("at = \"05:00\"\ndays = \"0\"", "bad_days", "error"),
        ("at = \"05:00\"\ndays = \"7\"", "bad_days", "error"),
        ("at = \"05:00\"\nonly = [\"7\"]", "bad_date", "error"),
        ("cron = \"0 0 5 * * 0\"", "bad_cron", "error"),
        ("cron = \"0 0 5 * * 7\"", "cron_weekday_number", "warning"),
        ("cron = \"0 0 5 * * 1\"", "cron_weekday_number", "warning"),
    ] {
        let found = station(&written(line)).loa(&["check", "--json"]).rows();
        let told: Vec<_> = found.iter().map(|one| (word(one, "code"), word(one, "severity"))).collect();
        assert_eq!(told.first(), Some(&(code, severity)), "{line}: {told:?}");
    }
}
