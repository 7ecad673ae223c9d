//! Files that people name for a command to write: none of the station's own, nothing that is there already and of
//! another kind, no link, no pipe.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::Duration;

use crate::kit::{Said, Station};

const DAY: [&str; 4] = ["--from", "2026-12-01T05:29", "--to", "2026-12-01T05:31"];

/// Each command that writes where a person says, and the ending of what it writes.
fn commands() -> [(Vec<&'static str>, &'static str); 5] {
    let with = |words: &[&'static str], option| [words, &DAY[..], &[option]].concat();
    [
        (with(&["journal"], "--xlsx"), "xlsx"),
        (with(&["plan"], "--svg"), "svg"),
        (with(&["render", "--zone", "thon-1"], "--out"), "wav"),
        (with(&["simulate", "--zone", "thon-1"], "--out"), "wav"),
        (vec!["listen", "a", "--out"], "wav"),
    ]
}

fn station() -> Station {
    let station = Station::new();
    fs::create_dir(station.path("state")).unwrap();
    fs::create_dir(station.path("out")).unwrap();
    symlink("audio", station.path("tieng")).unwrap();
    station
        .tone("a.wav", 0.5, 440.0)
        .write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n")
        .write("schedules/a.toml", "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\ndates = [2026-12-01]\nplay = [\"a\"]\n");
    station
}

/// Run it in the station's directory; one that waits for ever ends, with no code.
#[expect(clippy::disallowed_methods, reason = "a real process is waited for in real time")]
fn ask(station: &Station, words: &[&str], file: &str) -> Said {
    let mut child = station.command(words).arg(file).current_dir(station.dir()).spawn().unwrap();
    let mut waited = 0;
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code().unwrap_or(-1);
        }
        if waited > 1_200 {
            child.kill().unwrap();
            child.wait().unwrap();
            break -1;
        }
        waited += 1;
        std::thread::sleep(Duration::from_millis(50));
    };
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    Said { out, err, code }
}

#[test]
#[ignore = "long"]
fn no_command_writes_over_the_station_through_a_link_or_into_a_pipe() {
    let station = station();
    for (words, ending) in commands() {
        let at = |name: &str| station.path(name).with_extension(ending);
        let [own, link, dangling, pipe, other] = ["audio/x", "link", "nowhere", "pipe", "other"].map(at);
        fs::write(&own, "speech").unwrap();
        fs::write(station.path("precious"), "").unwrap();
        fs::write(&other, "anything else").unwrap();
        for (leads_to, link) in [("precious", &link), ("not-there", &dangling)] {
            let _ = fs::remove_file(link);
            symlink(leads_to, link).unwrap();
        }
        if !pipe.exists() {
            assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        }
        let _ = fs::create_dir(at("folder"));
        let config = fs::read(station.path("loa.toml")).unwrap();
        let named = |name: &str| format!("{name}.{ending}");
        let absolute = own.to_str().unwrap().to_owned();
        for file in [
            "loa.toml".to_owned(),
            "./out/../loa.toml".to_owned(),
            "state/journal.db".to_owned(),
            named("state/x"),
            "audio/a.wav".to_owned(),
            named("audio/x"),
            named("tieng/x"),
            named("out/../audio/x"),
            named("schedules/x"),
            absolute,
            named("link"),
            named("nowhere"),
            named("pipe"),
            named("folder"),
            named("other"),
            "out/x.txt".to_owned(),
            "/dev/null".to_owned(),
        ] {
            let said = ask(&station, &words, &file);
            assert_eq!((said.code, said.out.as_str()), (2, ""), "{words:?} {file}: {}", said.err);
            assert!(said.err.starts_with("loa: "), "{words:?} {file}: {}", said.err);
        }
        assert_eq!(fs::read(station.path("loa.toml")).unwrap(), config);
        assert_eq!(fs::read(&own).unwrap(), b"speech");
        assert_eq!(fs::read(&other).unwrap(), b"anything else");
        assert_eq!(fs::read(station.path("precious")).unwrap(), b"");
        for gone in ["not-there", "state/journal.db", "out/x.txt"] {
            assert!(!station.path(gone).exists(), "{words:?}: {gone}");
        }
    }
}

#[test]
fn what_a_command_wrote_it_writes_anew_and_leaves_nothing_beside() {
    let station = station();
    for (words, ending) in commands() {
        let file = format!("out/x.{ending}");
        for _ in 0..2 {
            let said = ask(&station, &words, &file);
            assert_eq!(said.code, 0, "{words:?}: {}", said.err);
            assert!(fs::metadata(station.path(&file)).unwrap().len() > 0);
        }
        // A second name of a file keeps what it had.
        let kept = fs::read(station.path(&file)).unwrap();
        let name = format!("out/kept.{ending}");
        let _ = fs::remove_file(station.path(&name));
        fs::hard_link(station.path(&file), station.path(&name)).unwrap();
        assert_eq!(ask(&station, &words, &file).code, 0);
        assert_eq!(fs::read(station.path(&name)).unwrap(), kept);
        fs::remove_file(station.path(&name)).unwrap();
    }
    let mut left: Vec<_> = fs::read_dir(station.path("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["x.svg", "x.wav", "x.xlsx"]);
}

#[test]
fn a_name_with_another_ending_is_answered_with_the_line_to_type() {
    let station = station();
    for (words, ending) in commands() {
        let option = *words.last().unwrap();
        let said = ask(&station, &words, "out/thang-12.xyz");
        let line = format!("{option} \"out/thang-12.{ending}\"");
        assert!(said.code == 2 && said.err.contains(&line), "{words:?}: {}", said.err);
    }
}
