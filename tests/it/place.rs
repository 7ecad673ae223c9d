//! Which station a command is about, and in which language it speaks, seen from a terminal.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::kit::{Machine, Said};

/// `loa` in the directory `here`, with these variables.
fn loa(here: &Path, variables: &[(&str, &Path)], arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loa"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "LOA_DIR"] {
        command.env_remove(name);
    }
    let output = command.current_dir(here).envs(variables.iter().copied()).args(arguments).output().unwrap();
    Said {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

fn station(root: &Path, toml: &str) -> std::path::PathBuf {
    let dir = root.join("dai");
    fs::create_dir_all(dir.join("schedules")).unwrap();
    fs::create_dir_all(dir.join("audio/cu")).unwrap();
    fs::write(dir.join("loa.toml"), toml).unwrap();
    dir
}

#[test]
fn a_place_that_is_no_station_is_refused_by_every_command_and_nothing_is_made() {
    let root = tempfile::tempdir().unwrap();
    let window = ["--from", "05:00", "--to", "06:00"];
    for command in [
        &["run"][..],
        &["check"],
        &["status"],
        &["stop"],
        &["say", "x"],
        &["alert", "x", "--by", "a", "--why", "b"],
        &["journal"],
        &["journal", "verify"],
        &["clock"],
        &["clock", "confirm"],
        &["doctor"],
        &["load", "x.mp3"],
        &["plan"],
        &["simulate"],
        &["render", "--out", "x.wav"],
    ] {
        let more = if command[0] == "render" { &window[..] } else { &[] };
        let said = loa(root.path(), &[], &[command, more].concat());
        assert_eq!((said.code, said.out.as_str()), (78, ""), "{command:?}: {}", said.err);
        assert!(said.err.contains("không phải thư mục của đài"), "{command:?}: {}", said.err);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0, "{command:?} made something");
    }
    // What asks about the machine, and what needs no station, is answered.
    assert_ne!(loa(root.path(), &[], &["devices"]).code, 78);
    assert_eq!(loa(root.path(), &[], &["--help"]).code, 0);
}

#[test]
fn a_station_with_schedules_and_no_loa_toml_is_one() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("schedules")).unwrap();
    assert_ne!(loa(root.path(), &[], &["check"]).code, 78);
}

#[test]
fn the_nearest_station_upward_is_meant_and_named_and_so_is_that_of_the_variable() {
    let root = tempfile::tempdir().unwrap();
    let dir = station(root.path(), "");
    let below = dir.join("audio/cu");
    let said = loa(&below, &[], &["plan"]);
    let name = dir.canonicalize().unwrap();
    assert_eq!((said.code, said.err), (0, format!("loa: đài ở {}\n", name.display())));
    assert_eq!(loa(&dir, &[], &["plan"]).err, "", "the one at hand needs no name");
    let said = loa(root.path(), &[("LOA_DIR", &dir)], &["plan"]);
    assert_eq!((said.code, said.err), (0, format!("loa: đài ở {}\n", dir.display())));
    let said = loa(root.path(), &[("LOA_DIR", root.path())], &["--dir", dir.to_str().unwrap(), "plan"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "who names it knows it");
}

#[test]
#[ignore = "long"]
fn where_nothing_names_a_station_the_installed_one_is_meant_and_named() {
    let Some(machine) = Machine::new() else { return };
    let installed = "/var/lib/loa";
    let said = machine.run("hoa", "cd /mnt && loa plan");
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains(installed), "{said:?}");
    // Whoever may not look into it is told whom to ask.
    let said = machine.run("khach", "cd / && loa plan");
    assert_eq!(said.code, 77, "{said:?}");
    assert!(said.err.contains(installed), "{said:?}");
    // One at hand, one above and one that the variable names go before it.
    for script in [
        "mkdir -p /mnt/dai/schedules /mnt/dai/audio/cu && touch /mnt/dai/loa.toml && cd /mnt/dai && loa plan",
        "cd /mnt/dai/audio/cu && loa plan",
        "cd / && LOA_DIR=/mnt/dai loa plan",
    ] {
        let said = machine.run("hoa", script);
        assert!(said.code == 0 && !said.err.contains(installed), "{script}: {said:?}");
    }
}

#[test]
fn the_station_says_in_which_language_and_a_person_may_ask_for_the_other() {
    let root = tempfile::tempdir().unwrap();
    let (vi, en, nothing) = ("không có lượt phát", "nothing is planned", Path::new("en_US.UTF-8"));
    let ask = |toml: &str, variables: &[(&str, &Path)], more: &[&str]| {
        let dir = station(root.path(), toml);
        loa(&dir, variables, &[more, &["plan"]].concat()).out.to_lowercase()
    };
    let english = [("LANG", nothing)];
    for (toml, variables, more, says) in [
        ("", &[][..], &[][..], vi),
        ("", &english, &[], en),
        ("[station]\nlanguage = \"vi\"\n", &english, &[], vi),
        ("[station]\nlanguage = \"en\"\n", &[], &[], en),
        ("language = \"en\"\n", &[], &[], en),
        ("[station]\nlanguage = \"en\"\n", &[], &["--lang", "vi"], vi),
        ("[station]\nlanguage = \"vi\"\n", &[], &["--lang=en"], en),
        ("[station]\nlanguage = \"fr\"\n", &english, &[], en),
    ] {
        let said = ask(toml, variables, more);
        assert!(said.contains(says), "{toml} {more:?}: {said}");
    }
    // A line that cannot be read is complained about in that language too.
    let dir = station(root.path(), "[station]\nlanguage = \"vi\"\n");
    let said = loa(&dir, &english, &["render", "--out", "x.wav"]);
    assert!(said.code == 2 && said.err.contains("thiếu --from (từ thời điểm này)"), "{said:?}");
    let said = loa(&dir, &english, &["--lang", "en", "stauts"]);
    assert!(said.code == 2 && said.err.contains("did you mean \"loa status\"?"), "{said:?}");
}

#[test]
fn a_language_that_is_not_known_is_named_by_check() {
    let root = tempfile::tempdir().unwrap();
    let dir = station(root.path(), "[station]\nlanguage = \"fr\"\nname = \"x\"\n");
    let said = loa(&dir, &[], &["--lang", "en", "check"]);
    assert!(
        said.out.contains("loa.toml:2") && said.out.contains("\"vi\"") && said.out.contains("loa.toml:3"),
        "{}",
        said.out
    );
}
