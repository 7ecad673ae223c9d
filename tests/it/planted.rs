//! Things that somebody planted where the station reads, writes or waits: pipes, links, stopped processes, names that
//! deceive, and outputs that lead into the station itself.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::kit::{Station, broadcast_at, recorded_earlier, whole_second_in};

const NULL: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";

fn station() -> Station {
    let station = Station::new();
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n");
    station.write("schedules/a.toml", &(NULL.to_owned() + &broadcast_at("a", whole_second_in(3_600), "\"a\"", "")));
    station
}

fn pipe(station: &Station, name: &str) {
    assert!(Command::new("mkfifo").arg(station.path(name)).status().unwrap().success());
}

#[test]
fn a_pipe_in_the_place_of_any_file_keeps_nothing_waiting() {
    let station = station();
    fs::create_dir(station.path("state")).unwrap();
    for name in ["facts.json", "gains.json", "last_good.json", "clock.json", "loa.lock", "facts.lock", "journal.db"] {
        pipe(&station, &format!("state/{name}"));
    }
    for name in ["audio/.load.lock", "audio/b.wav", "schedules/b.toml"] {
        pipe(&station, name);
    }
    for command in [&["check"][..], &["journal"], &["journal", "verify"], &["clock"], &["doctor"]] {
        station.loa(command);
    }
    let daemon = station.run();
    daemon.wait_until("the sound is known", || {
        fs::symlink_metadata(station.path("state/facts.json")).is_ok_and(|file| file.is_file())
    });
    assert!(fs::symlink_metadata(station.path("state/journal.db")).unwrap().is_file(), "{}", daemon.log());
    let dir = tempfile::tempdir().unwrap();
    fs::copy(station.path("audio/a.wav"), dir.path().join("c.wav")).unwrap();
    recorded_earlier(&dir.path().join("c.wav"));
    let said = station.loa(&["load", dir.path().join("c.wav").to_str().unwrap(), "--as", "moi"]);
    assert!(said.out.contains("audio/moi.wav"), "{said:?}");
    assert!(station.loa(&["check"]).out.contains("not_a_file"));
    assert_eq!(daemon.end(), 0);
    pipe(&station, "state/other");
    fs::remove_file(station.path("loa.toml")).unwrap();
    pipe(&station, "loa.toml");
    assert!(station.loa(&["check"]).out.contains("not_a_file"));
}

#[test]
fn a_schedule_that_turns_into_a_pipe_between_looks_never_hangs_who_reads_it() {
    let station = station();
    let (file, held) = (station.path("schedules/b.toml"), station.path("held"));
    let script = "while [ -d \"$1\" ]; do mkfifo \"$2.p\" && mv \"$2.p\" \"$2\"; echo '# a' > \"$2.f\" && mv \"$2.f\" \"$2\"; done";
    let mut swapping = Command::new("sh").args(["-c", script, "sh"]).arg(station.dir()).arg(&file).spawn().unwrap();
    let mut codes = Vec::new();
    for _ in 0..40 {
        let status = station.command(&["check"]).stdout(fs::File::create(&held).unwrap()).status().unwrap();
        codes.push(status.code());
    }
    swapping.kill().unwrap();
    swapping.wait().unwrap();
    assert!(codes.iter().all(|code| matches!(code, Some(0 | 1))), "{codes:?}");
}

#[test]
#[ignore = "long"]
fn a_stopped_load_keeps_neither_the_daemon_nor_the_next_load() {
    let station = station();
    let flock = |path: &str| {
        let mut command = Command::new("flock");
        command.args(["-F"]).arg(station.path(path)).args(["sleep", "600"]).spawn().unwrap()
    };
    let daemon = station.run();
    daemon.wait_until("the sound is known", || station.path("state/facts.json").exists());
    // As one that was stopped in the middle holds them.
    let mut holders = [flock("audio"), flock("state/facts.lock")];
    for holder in &holders {
        daemon.wait_until("it holds the lock", || {
            fs::read_to_string("/proc/locks").unwrap().contains(&format!(" {} ", holder.id()))
        });
        assert!(Command::new("kill").args(["-STOP", &holder.id().to_string()]).status().unwrap().success());
    }
    let found = station.loa(&["doctor", "--json"]).rows();
    let named = found.iter().filter(|row| row["code"] == "lock_held").count();
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("b.wav");
    fs::copy(station.path("audio/a.wav"), &source).unwrap();
    recorded_earlier(&source);
    station.tone("c.wav", 0.4, 880.0);
    let said = station.loa(&["load", source.to_str().unwrap()]);
    daemon.wait_until("what is new is known all the same", || {
        station.loa(&["status", "--json"]).json()["sounds"].as_u64() == Some(3)
    });
    for holder in &mut holders {
        holder.kill().unwrap();
        holder.wait().unwrap();
    }
    assert_eq!((named, said.code), (2, 0), "{found:?} {said:?}");
}

#[test]
fn the_daemon_is_nobody_to_be_killed_whatever_its_program_is_called() {
    let station = station();
    let program = station.path("loa-0.9.2");
    fs::copy(env!("CARGO_BIN_EXE_loa"), &program).unwrap();
    let mut command = Command::new(&program);
    let daemon = station.start(command.arg("--dir").arg(station.dir()).arg("run"));
    daemon.wait_until("the sound is known", || station.path("state/facts.json").exists());
    let found = station.loa(&["doctor", "--json"]).rows();
    let held: Vec<_> = found.iter().filter(|row| row["code"] == "lock_held").collect();
    assert!(held.is_empty(), "{held:?}");
}

#[test]
fn whoever_holds_a_lock_of_the_station_is_named_of_the_same_account_too() {
    let station = station();
    let named = || {
        let found = station.loa(&["doctor", "--json"]).rows();
        let held = found.iter().filter(|row| row["code"] == "lock_held");
        held.map(|row| row["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let daemon = station.run();
    daemon.wait_until("the sound is known", || station.path("state/facts.json").exists());
    assert_eq!(named(), [] as [&str; 0], "the daemon's own are as they should be");
    let lock = |path: &str| {
        let holder = Command::new("flock").args(["-F"]).arg(station.path(path)).args(["sleep", "600"]).spawn().unwrap();
        daemon.wait_until("it holds the lock", || {
            fs::read_to_string("/proc/locks").unwrap().contains(&format!(" {} ", holder.id()))
        });
        holder
    };
    let mut holder = lock("state/facts.lock");
    let found = named();
    let pid = holder.id().to_string();
    assert!(
        matches!(found.as_slice(), [only] if only.contains(&pid) && only.contains("state/facts.lock")),
        "{found:?}"
    );
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert_eq!(named(), [] as [&str; 0]);
    assert_eq!(daemon.end(), 0);
    // It keeps the next start out.
    let mut last = Command::new("flock");
    let mut holder = last.args(["-F"]).arg(station.path("state/loa.lock")).args(["sleep", "600"]).spawn().unwrap();
    for _ in 0..100 {
        if !named().is_empty() {
            break;
        }
    }
    let found = named();
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(matches!(found.as_slice(), [only] if only.contains("state/loa.lock")), "{found:?}");
}

#[test]
fn names_that_deceive_are_shown_for_what_they_are_and_refused_where_people_give_them() {
    let station = station();
    let daemon = station.run();
    daemon.wait_until("the sound is known", || station.path("state/facts.json").exists());
    for (option, by, why) in [
        ("--by", "Hoa\u{1b}]0;x\u{7}", "lụt"),
        ("--by", "aoH\u{202e}", "lụt"),
        ("--why", "Hoa", "lụt\nloa: tắt"),
        ("--why", "Hoa", "lụt\u{2028}x"),
    ] {
        let said = station.loa(&["alert", "a", "--by", by, "--why", why]);
        assert!(
            said.code == 1 && said.err.contains(&format!("{option} has characters that nobody can see")),
            "{said:?}"
        );
        assert!(
            !said.err.trim_end().contains(|c: char| c.is_control() || c == '\u{202e}' || c == '\u{2028}'),
            "{said:?}"
        );
    }
    fs::write(station.path("audio/x\u{1b}]0;owned\u{7}\nloa: forged\u{202e}.wav"), "no sound").unwrap();
    daemon.wait_until("it is told", || daemon.log().contains("owned"));
    let log = daemon.log();
    assert!(log.contains(r"x\u{1b}]0;owned\u{7}\u{a}loa: forged\u{202e}.wav"), "{log}");
    assert!(!log.contains('\u{1b}') && !log.lines().any(|line| line.starts_with("loa: forged")), "{log}");
    for command in
        [vec!["doctor"], vec!["check"], vec!["status"], vec!["journal", "--csv"], vec!["load", "/x\u{1b}[2J"]]
    {
        let said = station.loa(&command);
        let shown = said.out + &said.err;
        let deceives = |c: char| (c.is_control() && !matches!(c, '\n' | '\r')) || c == '\u{202e}';
        assert!(!shown.contains(deceives), "{command:?}: {shown:?}");
    }
}

#[test]
#[ignore = "long"]
fn no_output_is_written_over_anything_of_the_stations() {
    let station = station();
    let journal = station.path("state/journal.db");
    drop(station.run());
    let before = fs::metadata(&journal).unwrap().len();
    fs::write(station.path("loi-keu-goi.wav"), "RIFF, a recording of somebody's").unwrap();
    symlink(station.path("schedules/a.toml"), station.path("link.wav")).unwrap();
    for output in
        ["state/journal.db", "./state/x.wav", "schedules/a.toml", "loi-keu-goi.wav", "link.wav", "audio/a.wav"]
    {
        station.write("loa.toml", &format!("[zones.thon-1]\noutput = \"wav:{output}\"\n"));
        let said = station.loa(&["check"]);
        assert_eq!(said.code, 1, "{output}");
        assert!(said.out.contains("loa.toml:2"), "{output}: {said:?}");
        let daemon = station.run();
        station.loa(&["say", "a"]);
        daemon.wait_until("it is played or refused", || station.loa(&["journal"]).out.contains(" a "));
        assert_eq!(daemon.end(), 0);
    }
    assert!(fs::metadata(&journal).unwrap().len() >= before);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
    assert_eq!(fs::read_to_string(station.path("loi-keu-goi.wav")).unwrap(), "RIFF, a recording of somebody's");
    assert!(fs::read_to_string(station.path("schedules/a.toml")).unwrap().contains("[rules]"));
    // By hand neither, and under no name that promises something else.
    let render = |out: &str| {
        let out = station.path(out);
        station.loa(&["render", "--from", "05:00", "--to", "05:01", "--out", out.to_str().unwrap()])
    };
    assert_eq!(render("x.mp3").code, 2);
    assert_eq!(render("loi-keu-goi.wav").code, 2);
    assert_eq!((render("x.wav").code, render("x.wav").code), (0, 0), "its own it writes anew");
}
