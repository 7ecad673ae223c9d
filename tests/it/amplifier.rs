//! The power behind the horns, by the real daemon: a switch that writes down when it was moved stands in
//! for the relay.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::Value;

use crate::kit::late::is_on_time;
use crate::kit::{Station, broadcast_at, whole_second_in};

const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";

/// A station with one silent zone and an amplifier: half a second to warm up, 0.3 s to cool down.
struct Amplified {
    station: Station,
    moved: PathBuf,
}

impl Amplified {
    fn new() -> Self {
        let station = Station::new();
        let (relay, moved) = (station.path("relay"), station.path("moved"));
        fs::write(&relay, "#!/bin/sh\necho \"$1 $(date +%s.%N)\" >> \"$2\"\n").unwrap();
        fs::set_permissions(&relay, fs::Permissions::from_mode(0o755)).unwrap();
        let command = |word: &str| format!("[{:?}, {word:?}, {:?}]", relay.display(), moved.display());
        let text = format!(
            "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\namplifier = {{ on = {}, off = {}, warm_up = \"500ms\", cool_down = \"300ms\" }}\n",
            command("on"),
            command("off")
        );
        station.tone("a.wav", 0.5, 440.0).tone("dai.wav", 30.0, 440.0).write("loa.toml", &text);
        Self { station, moved }
    }

    /// What the switch was told, and when, in seconds since 1970.
    fn moved(&self) -> Vec<(String, f64)> {
        let written = fs::read_to_string(&self.moved).unwrap_or_default();
        let line = |line: &str| {
            let (word, at) = line.split_once(' ').unwrap();
            (word.to_owned(), at.parse().unwrap())
        };
        written.lines().map(line).collect()
    }

    fn words(&self) -> Vec<String> {
        self.moved().into_iter().map(|(word, _)| word).collect()
    }

    fn notes(&self) -> Vec<Value> {
        let rows = self.station.loa(&["journal", "--json"]).rows();
        let is_ours = |row: &Value| row["reason"].as_str().is_some_and(|reason| reason.starts_with("amplifier"));
        rows.into_iter().filter(is_ours).collect()
    }
}

fn code(row: &Value) -> &str {
    row["reason"].as_str().and_then(|reason| reason.split(':').next()).unwrap_or_default()
}

#[test]
#[ignore = "long"]
fn it_is_put_on_before_a_broadcast_and_off_after_it_and_the_journal_says_when() {
    let amplified = Amplified::new();
    let station = &amplified.station;
    let due = whole_second_in(4);
    station.write("schedules/a.toml", &(ANY_HOUR.to_owned() + &broadcast_at("a", due, "\"a\"", "")));
    let daemon = station.run();
    daemon.wait_until("it has been on and is off", || amplified.words() == ["off", "on", "off"]);
    daemon.wait_until("the journal has it", || amplified.notes().len() == 3);
    let due = due.in_tz("Asia/Ho_Chi_Minh").unwrap().timestamp().as_second() as f64;
    let moved: Vec<f64> = amplified.moved().into_iter().map(|(_, at)| at - due).collect();
    assert!((-1.6..=-0.5).contains(&moved[1]), "warm when the first sample is due: {moved:?}");
    assert!(moved[2] >= 0.79, "on to the last sample and 0.3 s longer: {moved:?}");
    let rows = station.loa(&["journal", "--json"]).rows();
    let airing = rows.iter().find(|row| row["kind"] == "airing").expect("an airing");
    assert_eq!(airing["outcome"], "played");
    assert!(is_on_time(airing["start_error_ms"].as_f64().unwrap(), 50.0), "{airing}");
    let notes = amplified.notes();
    assert_eq!(notes.iter().map(code).collect::<Vec<_>>(), ["amplifier_off", "amplifier_on", "amplifier_off"]);
    let seconds = |at: &Value| at.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond() as f64 / 1e3;
    for (note, (key, at)) in notes.iter().zip([("ended", moved[0]), ("started", moved[1]), ("ended", moved[2])]) {
        let told = seconds(&note[key]) - due;
        assert!((0.0..0.5).contains(&(told - at)), "{note}: {told}, moved at {at}");
        assert_eq!((&note["zone"], note["kind"].as_str()), (&Value::from("thon-1"), Some("note")));
    }
    let english = station.loa(&["journal", "--csv"]).out;
    assert!(english.contains("the amplifier was switched on"), "{english}");
    let status = station.loa(&["status", "--json"]).json();
    assert_eq!(status["amplifiers"][0]["on"], false, "{status}");
    assert_eq!(status["amplifiers"][0]["zones"][0], "thon-1");
    assert!(station.loa(&["status"]).out.contains("Amplifier of Thôn 1: off, since "));
    assert_eq!(daemon.end(), 0);
    assert_eq!(amplified.words(), ["off", "on", "off"], "one that is off is left alone at the end");
}

#[test]
#[ignore = "long"]
fn after_a_kill_in_the_middle_of_a_broadcast_the_next_start_puts_it_off_first_and_an_end_does_too() {
    let amplified = Amplified::new();
    let station = &amplified.station;
    station.write("schedules/a.toml", &(ANY_HOUR.to_owned() + &broadcast_at("dai", whole_second_in(3), "\"dai\"", "")));
    let daemon = station.run();
    let playing = || station.loa(&["status", "--json"]).json()["zones"][0]["playing"]["broadcast"] == "dai";
    daemon.wait_until("it sounds", playing);
    // With -9.
    drop(daemon);
    assert_eq!(amplified.words(), ["off", "on"]);
    let daemon = station.run();
    daemon.wait_until("it is off", || amplified.words() == ["off", "on", "off"]);
    daemon.wait_until("the journal has it", || amplified.notes().last().map(code) == Some("amplifier_off"));
    let rows = station.loa(&["journal", "--json"]).rows();
    assert!(rows.iter().any(|row| row["broadcast"] == "dai" && row["outcome"] == "partial"), "{rows:#?}");
    let said = station.loa(&["alert", "dai", "--by", "Nguyễn Văn A", "--why", "lũ về"]);
    assert_eq!(said.code, 0, "{said:?}");
    daemon.wait_until("it is on", || amplified.words().last().map(String::as_str) == Some("on"));
    assert_eq!(daemon.end(), 0);
    assert_eq!(amplified.words(), ["off", "on", "off", "on", "off"]);
    let last = station.loa(&["journal", "--json"]).rows().into_iter().rev().take(2).collect::<Vec<_>>();
    assert_eq!(last.iter().map(code).collect::<Vec<_>>(), ["shutdown", "amplifier_off"]);
}

#[test]
fn a_switch_that_fails_is_told_everywhere_and_sound_goes_on() {
    let station = Station::new();
    station.tone("a.wav", 0.5, 440.0).write("schedules/a.toml", ANY_HOUR).write(
        "loa.toml",
        "[zones.thon-1]\noutput = \"null\"\namplifier = { on = [\"false\"], off = [\"true\"], warm_up = \"20s\", cool_down = \"1s\" }\n",
    );
    let daemon = station.run();
    assert_eq!(station.loa(&["alert", "a", "--by", "Nguyễn Văn A", "--why", "lũ về"]).code, 0);
    let rows = || station.loa(&["journal", "--json"]).rows();
    daemon.wait_until("it is noted", || rows().iter().any(|row| code(row) == "amplifier_failed"));
    // Not held for a warm-up of twenty seconds that does not come.
    daemon.wait_until("it was heard all the same", || rows().iter().any(|row| row["outcome"] == "played"));
    assert!(daemon.log().contains("the command \"false\" failed"), "{}", daemon.log());
    let status = station.loa(&["status"]);
    assert!(
        status
            .out
            .contains("the amplifier of thon-1 cannot be switched on: the command \"false\" failed (exit code 1)"),
        "{status:?}"
    );
    assert!(!status.out.contains("thon-1: on, since"), "it was never on: {status:?}");
    let found = station.loa(&["doctor", "--json"]).rows();
    assert!(found.iter().any(|row| row["code"] == "amplifier_failing"), "{found:#?}");
    // That it went off says nothing of its going on.
    daemon.wait_until("it was put off", || rows().iter().filter(|row| code(row) == "amplifier_off").count() > 1);
    let status = station.loa(&["status"]);
    assert!(status.out.contains("thon-1 cannot be switched on: the command \"false\""), "{status:?}");
    assert!(status.out.contains("Amplifier of thon-1: off"), "{status:?}");
    assert_eq!(daemon.end(), 0);
}

#[test]
fn one_that_cannot_be_put_off_is_told_by_its_zone_and_the_command_that_failed_in_one_language() {
    let station = Station::new();
    station.tone("a.wav", 0.5, 440.0).write("schedules/a.toml", ANY_HOUR).write(
        "loa.toml",
        "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\namplifier = { on = [\"true\"], off = [\"false\"] }\n",
    );
    let daemon = station.run();
    let rows = || station.loa(&["journal", "--json", "--lang", "vi"]).rows();
    daemon.wait_until("it is noted", || rows().iter().any(|row| code(row) == "amplifier_failed"));
    let said = station.loa(&["status", "--lang", "vi"]);
    let sentence = "không tắt được tăng âm của Thôn 1: lệnh «false» báo lỗi (mã thoát 1)";
    assert!(said.out.contains(sentence) && !said.out.contains("exit"), "{said:?}");
    let noted = station.loa(&["journal", "--all", "--lang", "vi"]).out.replace('\n', " ");
    assert!(!noted.contains("«true»") && !noted.contains("exit"), "{noted}");
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn the_doctor_says_what_keeps_a_switch_from_moving_and_moves_none() {
    let amplified = Amplified::new();
    let station = &amplified.station;
    let codes = || {
        let rows = station.loa(&["doctor", "--json"]).rows();
        let ours = rows.into_iter().filter(|row| row["code"].as_str().unwrap().starts_with("amplifier"));
        ours.map(|row| row["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(), [""; 0]);
    assert!(station.loa(&["doctor"]).out.contains("Amplifier: "));
    for (written, expected) in [
        ("{ on = [\"no-such-relay\"], off = [\"true\"] }", "there is no command \"no-such-relay\""),
        ("{ on = [\"true\"], off = [\"/dev/null\"] }", "may not be run"),
        ("{ gpio = \"no-such-chip:17\" }", "no /dev/no-such-chip"),
    ] {
        station.write("loa.toml", &format!("[zones.thon-1]\noutput = \"null\"\namplifier = {written}\n"));
        let found = codes();
        assert!(found.len() == 1 && found[0].contains(expected), "{written}: {found:?}");
    }
    assert_eq!(amplified.words(), [""; 0], "nothing was moved");
}

#[test]
fn a_simulated_day_shows_the_amplifier_and_moves_nothing() {
    let amplified = Amplified::new();
    let station = &amplified.station;
    station.write("schedules/a.toml", "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"a\"\n");
    let window = ["simulate", "--from", "2026-12-01T05:00", "--to", "2026-12-01T06:00"];
    let rows = station.loa(&[&window[..], &["--json"]].concat()).rows();
    let ours: Vec<_> = rows.iter().filter(|row| code(row).starts_with("amplifier")).collect();
    assert_eq!(
        ours.iter().map(|row| (code(row), row["started"].as_str(), row["ended"].as_str())).collect::<Vec<_>>(),
        [
            ("amplifier_off", None, Some("2026-12-01T05:00:00.000+07:00")),
            ("amplifier_on", Some("2026-12-01T05:29:58.500+07:00"), None),
            ("amplifier_off", None, Some("2026-12-01T05:30:00.800+07:00")),
        ]
    );
    let airing = rows.iter().find(|row| row["kind"] == "airing").unwrap();
    let keys = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(ours[0]), keys(airing), "the shape of a row is the same");
    // A power cut in the middle of it: off again at the next start.
    station.write("schedules/a.toml", "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"dai\"\n");
    let rows = station.loa(&[&window[..], &["--power-cut", "05:30:10..05:31", "--json"]].concat()).rows();
    let told = |word: &str| rows.iter().filter(|row| code(row) == word).count();
    assert_eq!((told("amplifier_on"), told("amplifier_off")), (1, 2), "{rows:?}");
    assert_eq!(amplified.words(), [""; 0], "nothing was moved");
}

/// A chip that the kernel makes up (Documentation/admin-guide/gpio/gpio-sim.rst).
struct MadeUpChip(PathBuf);

impl MadeUpChip {
    /// None where this kernel has no such chips, or they are not for this account.
    fn new() -> Option<Self> {
        let made = PathBuf::from("/sys/kernel/config/gpio-sim/loa-test");
        fs::create_dir_all(made.join("bank0")).ok()?;
        let made = Self(made);
        fs::write(made.0.join("bank0/num_lines"), "8").unwrap();
        fs::write(made.0.join("live"), "1").unwrap();
        Some(made)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap().trim().to_owned()
    }

    fn chip(&self) -> String {
        self.read("bank0/chip_name")
    }

    /// The level of a line, as the relay sees it.
    fn level(&self, line: u32) -> bool {
        let device = PathBuf::from("/sys/devices/platform").join(self.read("dev_name")).join(self.chip());
        fs::read_to_string(device.join(format!("sim_gpio{line}/value"))).unwrap().trim() == "1"
    }
}

impl Drop for MadeUpChip {
    fn drop(&mut self) {
        let _ = fs::write(self.0.join("live"), "0");
        let _ = fs::remove_dir(self.0.join("bank0"));
        let _ = fs::remove_dir(&self.0);
    }
}

#[test]
fn a_gpio_line_is_high_while_an_alert_sounds_and_low_before_and_after() {
    let Some(chip) = MadeUpChip::new() else {
        eprintln!("this kernel makes up no GPIO chip (module gpio-sim, as root): a line that is moved is not tried");
        return;
    };
    let station = Station::new();
    let text = format!(
        "[zones.thon-1]\noutput = \"null\"\namplifier = {{ gpio = \"{0}:3\", warm_up = \"200ms\", cool_down = \"200ms\" }}\n\
         [zones.thon-2]\noutput = \"null\"\namplifier = {{ gpio = \"{0}:4\", active_low = true }}\n",
        chip.chip()
    );
    station.tone("dai.wav", 30.0, 440.0).write("loa.toml", &text).write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    daemon.wait_until("both are off", || !chip.level(3) && chip.level(4));
    let said = station.loa(&["alert", "dai", "--zone", "thon-1", "--by", "Nguyễn Văn A", "--why", "lũ về"]);
    assert_eq!(said.code, 0, "{said:?}");
    daemon.wait_until("it is on", || chip.level(3));
    assert!(chip.level(4), "the other one is left alone");
    assert_eq!(station.loa(&["stop"]).code, 0);
    daemon.wait_until("it is off", || !chip.level(3));
    assert_eq!(daemon.end(), 0);
}
