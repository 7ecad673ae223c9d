//! `loa simulate` with power cuts, steps of the clock and faults by chance: what people see and hear.

use std::fs;

use crate::kit::{Said, Station, recorded_earlier, wav_file};

const FIRST: &str = "2026-12-01T04:59:50";

/// One zone; `a` is a minute of noise that has no two places alike, at 05:00.
fn noisy(if_missed: &str) -> Station {
    let station = Station::new();
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as i16 / 4
    });
    wav_file(&station.path("audio/a.wav"), 48_000, 1, noise.take(60 * 48_000));
    recorded_earlier(&station.path("audio/a.wav"));
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n").write(
        "schedules/a.toml",
        &format!(
            "[[broadcast]]\nid = \"a\"\nat = \"05:00\"\ndates = [2026-12-01]\nplay = [\"a\"]\nif_missed = \"{if_missed}\"\n"
        ),
    );
    station
}

fn simulate(station: &Station, arguments: &[&str]) -> Said {
    station.loa(&[&["simulate", "--from", FIRST, "--to", "2026-12-01T05:12"], arguments].concat())
}

/// `planned outcome reason` of the airings.
fn airings(said: &Said) -> Vec<String> {
    let word = |entry: &serde_json::Value, key: &str| entry[key].as_str().unwrap_or("-").to_owned();
    said.rows()
        .iter()
        .filter(|entry| entry["kind"] == "airing")
        .map(|entry| {
            format!("{} {} {}", &word(entry, "planned")[11..19], word(entry, "outcome"), word(entry, "reason"))
        })
        .collect()
}

fn samples(station: &Station, file: &str) -> Vec<i16> {
    hound::WavReader::open(station.path(file)).unwrap().samples::<i16>().map(Result::unwrap).collect()
}

#[test]
#[ignore = "long"]
fn what_joins_after_a_power_cut_is_the_uncut_programme_from_that_sample_on() {
    let station = noisy("join");
    let (whole, cut) = (station.path("whole.wav"), station.path("cut.wav"));
    let said = simulate(&station, &["--out", whole.to_str().unwrap(), "--json"]);
    assert_eq!(airings(&said), ["05:00:00 played -"]);
    let said = simulate(&station, &["--power-cut", "04:59:55..05:00:20.5", "--out", cut.to_str().unwrap(), "--json"]);
    assert_eq!(airings(&said), ["05:00:00 partial joined"]);
    let (whole, cut) = (samples(&station, "whole.wav"), samples(&station, "cut.wav"));
    assert_eq!((whole.len(), cut.len()), (730 * 48_000, 730 * 48_000));
    let second = |seconds: f64| (seconds * 48_000.0) as usize;
    // The power is back at 30.5 s of the file; three seconds later it joins, with a fade of 5 ms.
    let (enters, faded) = (second(33.5), second(33.505));
    assert!(cut[..enters].iter().all(|sample| *sample == 0), "silent until it joins");
    assert!(cut[enters..faded].iter().any(|sample| *sample != 0), "and not later");
    assert_eq!(cut[faded..], whole[faded..]);
    assert!(whole[second(10.0)] != 0 && whole[second(10.0) - 1] == 0);
}

#[test]
#[ignore = "long"]
fn a_running_airing_sounds_on_through_a_step_of_the_clock() {
    let station = noisy("skip");
    let (whole, stepped) = (station.path("whole.wav"), station.path("stepped.wav"));
    simulate(&station, &["--out", whole.to_str().unwrap()]);
    for step in ["05:00:10+3m", "05:00:10-5s"] {
        let said = simulate(&station, &["--clock-step", step, "--out", stepped.to_str().unwrap(), "--json"]);
        assert_eq!(airings(&said), ["05:00:00 played -"], "{step}");
        assert!(samples(&station, "whole.wav") == samples(&station, "stepped.wav"), "{step}");
    }
}

#[test]
#[ignore = "long"]
fn each_rule_for_what_was_missed_is_kept_after_a_power_cut() {
    let table = [
        ("skip", "05:00:00 missed station_off: 2026-12-01 04:59:50..05:03:00"),
        ("late 2m", "05:00:00 missed station_off: 2026-12-01 04:59:50..05:03:00"),
        ("late 10m", "05:00:00 played -"),
        ("join", "05:00:00 missed station_off: 2026-12-01 04:59:50..05:03:00"),
    ];
    for (rule, expected) in table {
        let said = simulate(&noisy(rule), &["--power-cut", "04:59:55..05:03", "--json"]);
        assert_eq!(airings(&said), [expected], "{rule}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let station = noisy("late 10m");
    let run = |seed: &str| simulate(&station, &["--seed", seed, "--faults", "12"]);
    let (one, again, other) = (run("7"), run("7"), run("8"));
    assert_eq!((one.code, &one.out), (0, &again.out), "{}", one.err);
    assert_ne!(one.out, other.out);
    assert!(one.out.contains("--seed 7"), "the seed is printed: {}", one.out);
    assert!(one.out.contains("The chain verifies"), "{}", one.out);
}

#[test]
fn a_simulation_leaves_the_stations_state_alone() {
    let station = noisy("skip");
    simulate(&station, &["--seed", "1"]);
    let journal = station.path("state/journal.db");
    assert!(!journal.exists());
    fs::create_dir_all(station.path("state")).unwrap();
    fs::write(&journal, "not to be touched").unwrap();
    assert_eq!(simulate(&station, &["--power-cut", "05:00:10..05:01"]).code, 0);
    assert_eq!(fs::read_to_string(&journal).unwrap(), "not to be touched");
}

#[test]
fn faults_that_make_no_sense_are_refused_with_the_cure() {
    let station = noisy("skip");
    let table: [(&[&str], &str); 9] = [
        (&["--power-cut", "05:05..05:01"], "the power must come back after it went; swap them"),
        (&["--power-cut", "05:05"], "write it like 05:31..05:34"),
        (&["--power-cut", "04:00..05:01"], "widen --from and --to"),
        (&["--power-cut", "05:00..05:02", "--power-cut", "05:01..05:03"], "overlap"),
        (&["--clock-step", "05:01"], "write it like 05:15+2h"),
        (&["--clock-step", "05:01+99999h"], "at most 366 days"),
        (&["--clock-step", "06:01+1h"], "widen --from and --to"),
        (&["--zone", "thon-9"], "did you mean \"thon-1\"? There are: thon-1"),
        (&["--seed", "1", "--faults", "10001"], "lower --faults"),
    ];
    for (arguments, cure) in table {
        let said = simulate(&station, arguments);
        assert_eq!(said.code, 2, "{arguments:?}: {}", said.out);
        assert!(said.err.contains(cure), "{arguments:?}: {}", said.err);
    }
    assert_eq!(simulate(&station, &["--faults", "3"]).code, 2, "chance needs a seed");
}
