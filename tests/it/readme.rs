//! README is run. Its commands work on a copy of the shipped station, its schedule examples check
//! without an error, its table lists the commands there are.

use std::collections::BTreeSet;
use std::path::Path;

use crate::shipped::{said, station, type_in};

const README: &str = include_str!("../../README.md");

/// Lines that a person must run, and why this test does not.
const FOR_PEOPLE: &[(&str, &str)] = &[
    ("deploy/setup && cargo run --release --locked -- demo", "builds a release and plays for half a minute"),
    ("deploy/setup test && cargo test --locked", "is this test"),
    ("target/release/loa demo --page", "is there for ten minutes"),
    ("loa console", "serves until it is stopped"),
    ("target/release/loa run", "runs until it is stopped"),
    ("sudo install -m 755 target/release/loa /usr/local/bin/loa", "changes the machine"),
    ("cargo build --release --locked && sudo deploy/install", "changes the machine"),
    ("systemctl status loa", "needs the service"),
    ("loa status", "needs a running daemon"),
    ("loa say hop-thon --zone thon-1", "needs a running daemon, and the recording"),
    ("loa stop", "needs a running daemon"),
    ("loa doctor", "says so without a running daemon"),
    (
        "loa alert canh-bao-lu --zone vung-cao --by \"Nguyễn Văn A, trưởng thôn\" --why \"Nước suối lên nhanh\"",
        "needs a running daemon",
    ),
];

/// The texts of the ```` ```language ```` blocks, each with the line it begins on.
fn blocks(language: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in README.lines().enumerate() {
        match &mut open {
            Some(_) if line == "```" => found.extend(open.take()),
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
            None if line.strip_prefix("```") == Some(language) => open = Some((index + 2, String::new())),
            None => {}
        }
    }
    found
}

/// Every command of README, with its line.
fn commands() -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (start, text) in blocks("sh") {
        let lines = text.lines().enumerate();
        found.extend(lines.filter(|(_, line)| !line.is_empty()).map(|(index, line)| (start + index, line.to_owned())));
    }
    found
}

#[test]
fn every_command_of_readme_works_on_the_shipped_station() {
    let station = station();
    let mut tried = 0;
    for (line, command) in commands() {
        if FOR_PEOPLE.iter().any(|(known, _)| *known == command) {
            continue;
        }
        let output = type_in(station.path(), &command);
        assert!(output.status.success(), "README.md:{line}: `{command}`: {}", said(&output));
        tried += 1;
    }
    assert!(tried >= 5, "only {tried} commands found: does README still have ```sh blocks?");
}

#[test]
fn every_line_left_to_people_still_stands_in_readme() {
    let written: Vec<String> = commands().into_iter().map(|(_, command)| command).collect();
    for (line, why) in FOR_PEOPLE {
        assert!(
            written.iter().any(|command| command == line),
            "README has no `{line}` ({why}): take it out of the list"
        );
    }
}

#[test]
fn every_schedule_example_checks_without_an_error() {
    let examples = blocks("toml");
    assert!(!examples.is_empty(), "README shows no schedule");
    for (line, text) in examples {
        let station = station();
        // The law of the place stands once in a station.
        let is_law = text.contains("[rules]");
        let file = if is_law { "schedules/rules.toml" } else { "schedules/vi-du.toml" };
        std::fs::write(station.path().join(file), &text).expect("the example");
        let output = type_in(station.path(), "loa check");
        assert!(output.status.success(), "README.md:{line}: {}", said(&output));
        // A week and a new moon: each example names one of these days.
        let plan = type_in(station.path(), "loa plan --json --from 2026-12-02 --to 2026-12-10");
        let ids: Vec<&str> =
            text.lines().filter(|line| line.starts_with("id ")).filter_map(|line| line.split('"').nth(1)).collect();
        assert!(is_law || !ids.is_empty(), "README.md:{line}: no broadcast");
        for id in ids {
            assert!(
                String::from_utf8_lossy(&plan.stdout).contains(&format!("\"broadcast\":\"{id}\"")),
                "README.md:{line}: {id} is not in the plan of a day it names: {}",
                said(&plan)
            );
        }
    }
}

#[test]
fn the_test_command_is_the_one_that_ci_runs() {
    let ci = include_str!("../../.ci/run");
    let command = "deploy/setup test && cargo test --locked";
    assert!(commands().iter().any(|(_, line)| line == command), "README.md: `{command}` is gone");
    assert!(ci.contains(&format!("step '{command}'\n")), ".ci/run does not run `{command}` as README gives it");
}

#[test]
fn the_table_lists_exactly_the_commands_there_are() {
    let help = type_in(Path::new("."), "loa --lang en --help");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let real: BTreeSet<String> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.trim().is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect();
    let listed: BTreeSet<String> = README
        .lines()
        .filter_map(|line| line.strip_prefix("| `loa "))
        .filter_map(|rest| rest.split('`').next())
        .map(str::to_owned)
        .collect();
    assert!(!real.is_empty(), "no commands in --help:\n{help}");
    assert_eq!(listed, real, "README.md lists the left, `loa --help` the right");
}

#[test]
fn every_file_that_readme_links_to_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let links: Vec<&str> = README
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| !link.starts_with('#') && !link.starts_with("https://"))
        .collect();
    assert!(!links.is_empty(), "README links to nothing");
    for link in links {
        assert!(root.join(link).exists(), "README.md links to {link}, which is not there");
    }
}
