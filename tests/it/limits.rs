//! Every input has a limit: at the limit it is taken, one beyond it is told, and nothing beside it is lost.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use jiff::civil::Date;
use loa::daemon::protocol::LINE_MOST;
use loa::diag::{Diagnostic, SourceFile};
use loa::disk;
use loa::schedule::{self, Reading};
use loa::station::{self, Station};

use crate::kit::Station as Place;

const TODAY: Reading = Reading { today: Date::constant(2026, 12, 1) };

fn source(path: &str, text: String) -> SourceFile {
    SourceFile { path: path.to_owned(), text }
}

fn the_station() -> Station {
    station::check(&source("loa.toml", "[zones.thon-1]\noutput = \"null\"\n".to_owned())).0
}

fn errors(found: &[Diagnostic]) -> Vec<&'static str> {
    found.iter().filter(|one| one.is_error()).map(|one| one.code).collect()
}

fn of_schedule(text: String) -> Vec<&'static str> {
    errors(&schedule::check(&[source("schedules/a.toml", text)], &the_station(), TODAY).1)
}

fn of_station(text: String) -> Vec<&'static str> {
    errors(&station::check(&source("loa.toml", text)).1)
}

/// A broadcast with these lines beside what it needs.
fn broadcast(lines: &str) -> String {
    format!("[[broadcast]]\nid = \"a\"\nplay = \"a\"\n{lines}\n")
}

fn list(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(|n| format!("\"{}\"", one(n))).collect::<Vec<_>>().join(", ")
}

fn tables(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, n| {
        text.push_str(&one(n));
        text
    })
}

fn day(n: usize) -> String {
    Date::constant(2027, 1, 1).checked_add(jiff::Span::new().days(n as i64)).expect("a date").to_string()
}

/// A limit: its name, its number, who reads, and a text that reaches it.
type Limit = (&'static str, usize, fn(String) -> Vec<&'static str>, fn(usize) -> String);

const LIMITS: &[Limit] = &[
    ("characters of an id", 100, of_schedule, |n| {
        format!("[[broadcast]]\nid = \"{}\"\nplay = \"a\"\nat = \"05:30\"\n", "x".repeat(n))
    }),
    ("items of a broadcast", 200, of_schedule, |n| {
        format!("[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = [{}]\n", list(n, |_| "a".to_owned()))
    }),
    ("times of a broadcast", 288, of_schedule, |n| {
        broadcast(&format!("at = [{}]", list(n, |n| format!("{:02}:{:02}", 5 + n / 60, n % 60))))
    }),
    ("dates of a broadcast", 1_000, of_schedule, |n| {
        broadcast(&format!("at = \"05:30\"\ndates = [{}]", (0..n).map(day).collect::<Vec<_>>().join(", ")))
    }),
    ("lunar days of a broadcast", 60, of_schedule, |n| {
        broadcast(&format!("at = \"05:30\"\nlunar = [{}]", list(n, |n| format!("{}/{}", 1 + n % 29, 1 + n / 29))))
    }),
    ("minutes that a broadcast may wait", 720, of_schedule, |n| broadcast(&format!("at = \"05:30\"\nwait = \"{n}m\""))),
    ("seconds of a pause", 600, of_schedule, |n| {
        format!("[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = [\"a\", \"pause {n}s\"]\n")
    }),
    ("hours of a session", 24, of_schedule, |n| format!("[rules]\nmax_session = \"{n}h\"\n")),
    ("sessions of a day", 96, of_schedule, |n| format!("[rules]\nmax_sessions_per_day = {n}\n")),
    ("ranges of hours", 24, of_schedule, |n| {
        let range = |n: usize| {
            format!("{:02}:{:02}-{:02}:{:02}", n * 40 / 60, n * 40 % 60, (n * 40 + 20) / 60, (n * 40 + 20) % 60)
        };
        format!("[rules]\nhours = [{}]\n", list(n, range))
    }),
    ("campaigns", 1_000, of_schedule, |n| tables(n, |n| format!("[campaigns.c{n}]\ntitle = \"c\"\n"))),
    ("holidays", 1_000, of_schedule, |n| tables(n, |n| format!("[[holiday]]\nname = \"h{n}\"\ndate = {}\n", day(n)))),
    ("kinds of days", 200, of_schedule, |n| tables(n, |n| format!("[days.d{n}]\ndays = \"sun\"\n"))),
    ("times of mourning", 200, of_schedule, |n| {
        tables(n, |n| format!("[[mourning]]\nname = \"m\"\nfrom = {0}\nuntil = {0}\n", day(n * 2)))
    }),
    ("zones", 256, of_station, |n| tables(n, |n| format!("[zones.z{n}]\noutput = \"null\"\n"))),
    ("groups", 256, of_station, |n| {
        let groups = tables(n, |n| format!("g{n} = [\"thon-1\"]\n"));
        format!("[zones.thon-1]\noutput = \"null\"\n[groups]\n{groups}")
    }),
    ("languages of a zone", 8, of_station, |n| {
        format!("[zones.thon-1]\nlanguages = [{}]\n", list(n, |n| format!("a{}", char::from(b'a' + n as u8))))
    }),
    ("number of a channel", 64, of_station, |n| format!("[zones.thon-1]\nchannel = {n}\n")),
];

#[test]
fn each_limit_of_the_files_is_taken_at_the_limit_and_told_one_beyond() {
    let mut wrong = String::new();
    for (name, limit, read, text) in LIMITS {
        let (at, beyond) = (read(text(*limit)), read(text(limit + 1)));
        if !at.is_empty() {
            let _ = writeln!(wrong, "{name}: {limit} is refused: {:?}", at.first());
        }
        if beyond.is_empty() {
            let _ = writeln!(wrong, "{name}: {} is taken", limit + 1);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
#[ignore = "long"]
fn twenty_thousand_broadcasts_are_taken_and_a_hundred_thousand_leave_those() {
    let file = |part: usize| {
        let text = tables(10_000, |n| format!("[[broadcast]]\nid = \"b{part}-{n}\"\nat = \"05:30\"\nplay = \"a\"\n"));
        source(&format!("schedules/{part}.toml"), text)
    };
    let files: Vec<SourceFile> = (0..10).map(file).collect();
    let (schedule, found) = schedule::check(&files[..2], &the_station(), TODAY);
    assert_eq!((schedule.broadcasts.len(), errors(&found).len()), (20_000, 0));
    let (schedule, found) = schedule::check(&files, &the_station(), TODAY);
    assert_eq!(schedule.broadcasts.len(), 20_000);
    let told = errors(&found);
    // Told, and not a hundred thousand times.
    assert!(told.contains(&"too_many") && told.len() < 10_000, "{}", told.len());
}

#[test]
fn hostile_schedules_are_told_and_silence_nothing_else() {
    let place = Place::new();
    let good = "[[broadcast]]\nid = \"good\"\nat = \"05:30\"\nplay = \"a\"\n";
    place.write("schedules/z.toml", good);
    let deep = format!("x = {}{}", "[".repeat(50_000), "]".repeat(50_000));
    let tables = format!("[{}]\n", vec!["a"; 50_000].join("."));
    let hostile: [(&str, Vec<u8>); 6] = [
        ("large.toml", vec![b' '; 50 << 20]),
        ("nul.toml", vec![0; 4_096]),
        ("half.toml", good.as_bytes()[..good.len() - 6].to_vec()),
        ("deep.toml", deep.into_bytes()),
        ("tables.toml", tables.into_bytes()),
        ("noise.toml", (0..=255).cycle().take(100_000).collect()),
    ];
    for (name, bytes) in &hostile {
        std::fs::write(place.path("schedules").join(name), bytes).expect(name);
    }
    let loaded = disk::schedule::load(place.dir(), &the_station(), TODAY);
    let ids: Vec<&str> = loaded.schedule.broadcasts.iter().map(|broadcast| broadcast.id.as_str()).collect();
    assert_eq!(ids, ["good"]);
    for (name, _) in &hostile {
        let told = loaded.diagnostics.iter().any(|one| one.is_error() && one.file.ends_with(name));
        assert!(told, "{name} is not told");
    }
}

#[test]
fn a_thousand_schedules_are_read_and_the_next_one_is_told() {
    let place = Place::new();
    for n in 0..1_000 {
        let text = format!("[[broadcast]]\nid = \"b{n}\"\nat = \"05:30\"\nplay = \"a\"\n");
        std::fs::write(place.path("schedules").join(format!("{n:04}.toml")), text).expect("a schedule");
    }
    let loaded = disk::schedule::load(place.dir(), &the_station(), TODAY);
    assert_eq!((loaded.schedule.broadcasts.len(), errors(&loaded.diagnostics).len()), (1_000, 0));
    place.write("schedules/9999.toml", "[[broadcast]]\nid = \"over\"\nat = \"05:30\"\nplay = \"a\"\n");
    let loaded = disk::schedule::load(place.dir(), &the_station(), TODAY);
    assert_eq!((loaded.schedule.broadcasts.len(), errors(&loaded.diagnostics)), (1_000, vec!["too_many_files"]));
}

#[test]
fn the_socket_takes_a_line_at_its_limit_and_nothing_beyond() {
    let place = Place::new();
    place.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n").write("schedules/a.toml", "");
    let _daemon = place.run();
    let ask = |length: u64| {
        let mut stream = UnixStream::connect(place.path("state/loa.sock")).expect("the socket");
        let command = "{\"command\":\"status\"}";
        let line = command.to_owned() + &" ".repeat(length as usize - command.len() - 1) + "\n";
        // The daemon may hang up in the middle of a line that is too long.
        let _ = stream.write_all(line.as_bytes());
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    assert!(ask(LINE_MOST).contains("\"answer\":\"done\""));
    // A line that is longer is read up to the limit, and what follows is nobody's command.
    let long = ask(LINE_MOST * 4);
    assert!(long.len() < 1 << 20, "{}", long.len());
    assert_eq!(place.loa(&["status"]).code, 0, "it goes on");
}

#[test]
fn an_alert_takes_words_and_repeats_at_their_limits_and_nothing_beyond() {
    let place = Place::new();
    place.tone("a.wav", 0.2, 440.0).write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n");
    let _daemon = place.run();
    let alert = |words: usize, times: &str| {
        let why = "ă".repeat(words);
        place.loa(&["alert", "a", "--by", "A", "--why", &why, "--repeat", times]).code
    };
    let codes = [alert(500, "20"), alert(501, "1"), alert(1, "21")];
    assert_eq!(codes, [0, 1, 1]);
}
