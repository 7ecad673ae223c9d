//! Vietnamese to the last word: what people meet in every command, right and wrong, holds no English sentence and no
//! programmer's words.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::kit::{Station, recorded_earlier};

/// Words that only an English sentence has. Names of keys, values and commands (`play`, `days`, `status`) are no
/// words in this sense.
const ENGLISH: [&str; 38] = [
    "the",
    "a",
    "is",
    "are",
    "was",
    "were",
    "be",
    "not",
    "error",
    "errors",
    "failed",
    "fail",
    "cannot",
    "could",
    "usage",
    "rows",
    "entry",
    "entries",
    "found",
    "invalid",
    "denied",
    "expected",
    "required",
    "unrecognized",
    "such",
    "permission",
    "directory",
    "broken",
    "pipe",
    "with",
    "and",
    "of",
    "this",
    "that",
    "there",
    "has",
    "unexpected",
    "line",
];

struct Told {
    line: String,
    said: String,
}

fn loa(station: &Station, arguments: &[&str]) -> Told {
    let output = Command::new(env!("CARGO_BIN_EXE_loa"))
        .args(["--lang", "vi", "--dir"])
        .arg(station.dir())
        .args(arguments)
        .env("COLUMNS", "100000")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    Told { line: arguments.join(" "), said }
}

/// The English words of what was said. What people wrote themselves (an excerpt of a file, a name in quotes) and codes
/// in brackets are not loa's words.
fn english(told: &Told) -> Vec<String> {
    let mut found = Vec::new();
    for line in told.said.lines().filter(|line| !is_excerpt(line)) {
        let line = without(line, '«', '»');
        let line = without(&line, '"', '"');
        let line = without(&line, '`', '`');
        let line = without(&line, '[', ']');
        for word in line.split(|c: char| !(c.is_alphanumeric() || "_-./".contains(c))) {
            if ENGLISH.contains(&word) {
                found.push(format!("loa {}: «{word}» in: {line}", told.line));
            }
        }
        for mark in ["(os error", "panicked", "ALSA", "Err(", "Some("] {
            if line.contains(mark) {
                found.push(format!("loa {}: {line}", told.line));
            }
        }
    }
    found
}

/// `12 | at = "25:00"`, as a diagnostic shows a line of a file.
fn is_excerpt(line: &str) -> bool {
    line.split_once('|').is_some_and(|(before, _)| before.chars().all(|c| c.is_ascii_digit() || c == ' '))
}

/// Without what stands between these marks.
fn without(line: &str, open: char, close: char) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in line.chars() {
        if c == open && !inside {
            inside = true;
        } else if c == close && inside {
            inside = false;
        } else if !inside {
            out.push(c);
        }
    }
    out
}

const SCHEDULE: &str = r#"
[rules]
hours = ["05:00-06:30", "17:00-18:30"]
max_sessions_per_day = 1

[[broadcast]]
id = "sang"
title = "Bản tin sáng"
at = ["05:30", "06:29:59"]
play = ["chime", "tin"]

[[broadcast]]
id = "chen"
title = "Tin chen"
at = ["05:30:01", "17:00", "12:00"]
play = "tin"
wait = "1s"

[[broadcast]]
id = "gap"
title = "Tin gấp"
at = "05:30:02"
play = "tin"
class = "priority"

[[broadcast]]
id = "thieu"
at = "17:30"
play = "chua-co"
"#;

fn station() -> Station {
    let station = Station::new();
    station.tone("tin.wav", 4.0, 440.0).write("schedules/a.toml", SCHEDULE);
    station.write(
        "loa.toml",
        "name = \"Đài thử\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"null\"\n[clock]\ntrust = \"always\"\n",
    );
    station
}

#[test]
fn what_commands_say_when_all_goes_well_is_vietnamese() {
    let station = station();
    let day = ["--from", "2026-12-07", "--to", "2026-12-08"];
    let out = station.path("x.wav");
    let picture = station.path("x.svg");
    let (out, picture) = (out.to_str().unwrap(), picture.to_str().unwrap());
    let source = station.path("nguon.wav");
    fs::copy(station.path("audio/tin.wav"), &source).unwrap();
    recorded_earlier(&source);
    let mut found = Vec::new();
    for line in [
        &["check"][..],
        &[&["plan"], &day[..]].concat(),
        &["plan", "--why", "sang", "2026-12-07", "05:30"],
        &["plan", "--why", "chen", "2026-12-07", "12:00"],
        &["plan", "--why", "thieu", "2026-12-07", "17:30"],
        &[&["plan", "--svg", picture], &day[..]].concat(),
        &[&["simulate", "--power-cut", "2026-12-07T05:30:01..2026-12-07T05:31"], &day[..]].concat(),
        &[&["simulate", "--seed", "7"], &day[..]].concat(),
        &["render", "--from", "05:30", "--to", "05:31", "--zone", "thon-1", "--out", out],
        &["load", source.to_str().unwrap(), "--as", "moi"],
        &["journal"],
        &["journal", "verify"],
        &["clock"],
        &["sounds"],
        &["listen", "tin", "--out", out],
        &["--help"],
        &["--version"],
    ] {
        found.extend(english(&loa(&station, line)));
    }
    for command in [
        "run", "check", "plan", "simulate", "render", "load", "journal", "status", "clock", "stop", "say", "alert",
        "doctor",
    ] {
        found.extend(english(&loa(&station, &[command, "--help"])));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_commands_say_when_something_is_wrong_is_vietnamese() {
    let station = station();
    fs::create_dir(station.path("thu-muc")).unwrap();
    fs::write(station.path("rong.mp3"), "").unwrap();
    fs::write(station.path("chu.mp3"), "không phải âm thanh").unwrap();
    fs::write(station.path("Họp thôn.mp3"), "x").unwrap();
    let at = |name: &str| station.path(name).to_str().unwrap().to_owned();
    let mut lines: Vec<Vec<String>> = [
        "status",
        "stop",
        "say tin",
        "alert tin --by a --why b",
        "alert tin",
        "alert",
        "remove x",
        "plan --zone thon-9",
        "plan --from hôm",
        "plan --from 2026-12-08 --to 2026-12-07",
        "plan --why khong-co 05:30",
        "plan --form 1",
        "simulate --power-cut 05:30",
        "simulate --clock-step 05:30",
        "simulate --seed x",
        "render --from 05:30 --to 05:31 --zone thon-1 --out x.mp3",
        "render --from 05:30 --to 05:31 --zone thon-1 --out khong/co/x.wav",
        "render --from 05:30",
        "journal --outcome lỡ",
        "journal --from x",
        "plan --svg khong/co/x.svg",
        "clock x",
        "load khong-co.mp3",
        "load --as",
    ]
    .iter()
    .map(|line| line.split(' ').map(str::to_owned).collect())
    .collect();
    for name in ["thu-muc", "rong.mp3", "chu.mp3"] {
        lines.push(vec!["load".to_owned(), at(name)]);
    }
    lines.push(vec!["load".to_owned(), at("Họp"), "thôn.mp3".to_owned()]);
    lines.push(vec!["load".to_owned(), at("chu.mp3"), "--as".to_owned(), "họp/thôn".to_owned()]);
    let mut found = Vec::new();
    for line in &lines {
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        let told = loa(&station, &line);
        assert!(!told.said.is_empty(), "loa {} said nothing", told.line);
        found.extend(english(&told));
    }
    // A journal that is none, and a directory that may not be written.
    fs::create_dir_all(station.path("state")).unwrap();
    fs::write(station.path("state/journal.db"), "không phải nhật ký, chỉ là chữ").unwrap();
    fs::set_permissions(station.path("state"), fs::Permissions::from_mode(0o500)).unwrap();
    for line in [&["journal"][..], &["journal", "verify"], &["doctor"], &["clock", "confirm"]] {
        found.extend(english(&loa(&station, line)));
    }
    fs::set_permissions(station.path("state"), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
#[ignore = "long"]
fn what_check_says_of_broken_files_is_vietnamese() {
    let mut found = Vec::new();
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/broken/files");
    for file in fs::read_dir(directory).unwrap().filter_map(Result::ok) {
        let name = file.file_name().into_string().unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        let station = station();
        station.write(if name.starts_with("loa-") { "loa.toml" } else { "schedules/hong.toml" }, &text);
        found.extend(english(&loa(&station, &["check"])));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
#[ignore = "long"]
fn the_daemon_speaks_vietnamese_from_its_first_line() {
    let station = station();
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n[[broadcast]]\nid = \"a\"\ntitle = \"Bản tin\"\nat = [\"03:00\", \"15:00\"]\nplay = \"tin\"\n");
    let log = fs::File::create(station.path("daemon.log")).unwrap();
    let mut command = station.command(&["run"]);
    command.args(["--lang", "vi"]);
    // The kit asks in English; what is asked for last counts nowhere, so the line is made anew.
    let mut command = Command::new(command.get_program());
    command.args(["--lang", "vi", "--dir"]).arg(station.dir()).arg("run").stderr(log);
    let daemon = station.start(&mut command);
    // A busy machine examines the sound first.
    daemon.wait_until("it takes the order", || station.loa(&["say", "tin", "--zone", "thon-1"]).code == 0);
    daemon.wait_until("it has been heard", || daemon.log().contains("đã phát"));
    let log = daemon.log();
    // The first start of all makes the station's key.
    let mut lines = log.lines().skip_while(|line| line.contains("state/seal.key"));
    assert!(lines.next().unwrap().contains("đồng hồ"), "{log}");
    assert!(log.contains("loa: đài «Đài thử» đang chạy; lượt tới lúc "), "{log}");
    assert!(log.contains("▶ Thôn 1 «tin»") && log.contains("■ Thôn 1 «tin»: đã phát"), "{log}");
    assert!(!log.contains("clock_trusted") && !log.contains("thon-1/"), "{log}");
    let found = english(&Told { line: "run".to_owned(), said: log });
    assert!(found.is_empty(), "{}", found.join("\n"));
    let status = loa(&station, &["status"]);
    let found = english(&status);
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(daemon.end(), 0);
}

#[test]
fn slips_of_the_hand_get_the_line_that_works() {
    let station = station();
    fs::create_dir(station.path("thu-muc")).unwrap();
    fs::copy(station.path("audio/tin.wav"), station.path("Họp thôn ngày 5.wav")).unwrap();
    recorded_earlier(&station.path("Họp thôn ngày 5.wav"));
    let at = |name: &str| station.path(name).to_str().unwrap().to_owned();
    let whole = at("Họp thôn ngày 5.wav");
    let torn: Vec<&str> = whole.split(' ').collect();
    let said = loa(&station, &[&["load"], &torn[..]].concat()).said;
    assert!(said.contains(&format!("trong ngoặc kép: loa load \"{whole}\"")), "{said}");
    assert!(loa(&station, &["load", &whole]).said.contains("✓"), "the cure works");
    let said = loa(&station, &["load", &at("thu-muc")]).said;
    assert!(said.contains("Đây là thư mục"), "{said}");
    let said = loa(&station, &["load", &whole, "--as", "họp/thôn"]).said;
    assert!(said.contains("hãy viết --as \"thôn\""), "{said}");
    for command in ["render", "simulate"] {
        let out = at("nghe.mp3");
        let line = [command, "--from", "05:30", "--to", "05:35", "--zone", "thon-1", "--out", &out];
        let said = loa(&station, &line).said;
        assert!(said.contains("chỉ ghi tệp WAV") && said.contains("nghe.wav"), "{said}");
        assert!(!station.path("nghe.mp3").exists());
    }
    let out = at("nghe.wav");
    let said = loa(&station, &["render", "--from", "05:30", "--to", "05:35", "--zone", "thon-1", "--out", &out]).said;
    assert!(said.ends_with("nghe.wav (5 phút).\n"), "{said}");
}
