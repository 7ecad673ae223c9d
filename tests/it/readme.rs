//! README is run, and so is the manual it leads to (`docs/operator`): the commands work on a copy of the shipped station, the
//! schedule examples check without an error, the table lists the commands there are, and no link leads nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::shipped::{said, station, type_in};

/// README is a first page.
const README_LINES: usize = 200;

/// Lines that a person must type, and why this test does not. What the package test does in a clean Debian stands there.
const FOR_PEOPLE: &[(&str, &str)] = &[
    ("deploy/setup && cargo run --release --locked -- demo", "builds a release and plays for half a minute"),
    ("deploy/setup test && cargo test --locked", "is this test"),
    ("target/release/loa demo --page", "is there for ten minutes; tests/it/demo_page.rs looks at it"),
    ("loa console", "serves until it is stopped"),
    ("target/release/loa run", "runs until it is stopped"),
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
    ("sudo apt install ./loa_0.1.0-1_arm64.deb", "installs; tests/it/package does"),
    ("sudo apt install ./loa_0.2.0-1_arm64.deb", "upgrades; tests/it/package does"),
    ("sudo loa setup --link", "of the installed station; tests/it/setup makes one"),
    ("loa devices", "has an answer where there is a sound card"),
    ("sudo systemctl restart loa", "needs the service"),
    ("sudo install -m 755 /usr/lib/loa/loa.previous /usr/bin/loa", "changes the machine"),
    ("sudo systemctl restart loa loa-console", "needs the service"),
    ("sudo apt remove loa", "removes; tests/it/package does"),
    ("sudo env LOA_PURGE=station apt purge loa", "deletes the station; tests/it/package does"),
    ("sudo systemctl stop loa loa-console", "needs the service"),
    ("sudo mv /var/lib/loa /var/lib/loa.trong", "changes the machine"),
    ("sudo loa restore dai.tar --dir /var/lib/loa", "changes the machine; the next block does it elsewhere"),
    ("sudo systemd-tmpfiles --create loa.conf", "changes the machine"),
    ("sudo systemctl start loa loa-console", "needs the service"),
    ("ls /sys/class/rtc", "is there on a machine with a battery clock"),
    ("sudo hwclock --systohc", "sets the battery clock"),
    ("gpioinfo", "needs GPIO"),
    ("sudo adduser loa gpio", "changes the machine"),
    ("sudo /usr/lib/loa/share", "changes the machine"),
    ("sudo adduser hai loa", "changes the machine"),
    ("sudo smbpasswd -a hai", "asks for a password"),
    ("deploy/share --print", "prints; tests/it/share reads it"),
    ("journalctl -u loa -p warning -b", "needs systemd"),
    ("sudo mkdir -p /etc/systemd/system.conf.d", "changes the machine"),
    (
        "printf '[Manager]\\nRuntimeWatchdogSec=14s\\n' | sudo tee /etc/systemd/system.conf.d/watchdog.conf",
        "changes the machine",
    ),
    ("sudo loa --dir /var/lib/loa fleet join p01.c003.h00077 7K3M-9QXA-T2WB", "needs a slip of the district"),
    ("sudo loa --dir /var/lib/loa fleet join --paper h00077.paper", "needs what the district has answered"),
    ("sudo systemctl enable --now loa-install.path loa-link", "needs the service"),
    ("loa link --status", "needs a way to the centre; tests/it/link makes one"),
    ("openssl x509 -pubkey -noout -in chung-thu.pem > kttv.pem", "needs the sender's certificate"),
    ("sudo systemctl enable --now loa-cap", "needs the service"),
    ("loa cap show canh-bao.xml", "needs an alarm; tests/it/cap signs one"),
    ("deploy/setup fleet", "fetches the server of a fleet"),
    ("loa demo --fleet", "is there for ten minutes; tests/it/demo_fleet.rs runs a small one"),
    ("findmnt -no OPTIONS /var/lib/loa", "needs a partition of its own"),
];

/// README and the pages of the manual, by their path.
fn pages() -> BTreeMap<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = fs::read_dir(root.join("docs/operator")).unwrap().map(|entry| entry.unwrap().path());
    let paths = manual.chain([root.join("README.md")]);
    paths.map(|path| (path.strip_prefix(root).unwrap().to_owned(), fs::read_to_string(&path).unwrap())).collect()
}

fn readme() -> String {
    pages().remove(Path::new("README.md")).unwrap()
}

/// The texts of the ```` ```language ```` blocks of a page, each with the line it begins on.
fn blocks(page: &str, language: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in page.lines().enumerate() {
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

/// Every command of a page, with its line.
fn commands(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (start, text) in blocks(page, "sh") {
        let lines = text.lines().enumerate();
        found.extend(lines.filter(|(_, line)| !line.is_empty()).map(|(index, line)| (start + index, line.to_owned())));
    }
    found
}

#[test]
#[ignore = "long"]
fn every_command_works_in_its_order_on_the_shipped_station() {
    let mut tried = 0;
    for (name, page) in pages() {
        let station = station();
        for (line, command) in commands(&page) {
            if FOR_PEOPLE.iter().any(|(known, _)| *known == command) {
                continue;
            }
            let output = type_in(station.path(), &command);
            assert!(output.status.success(), "{}:{line}: `{command}`: {}", name.display(), said(&output));
            tried += 1;
        }
    }
    assert!(tried >= 12, "only {tried} commands found: do the pages still have ```sh blocks?");
}

#[test]
fn every_line_left_to_people_still_stands_there() {
    let written: BTreeSet<String> =
        pages().values().flat_map(|page| commands(page)).map(|(_, command)| command).collect();
    for (line, why) in FOR_PEOPLE {
        assert!(written.contains(*line), "no page has `{line}` ({why}): take it out of the list");
    }
}

#[test]
#[ignore = "long"]
fn every_schedule_example_checks_without_an_error() {
    let pages = pages();
    let examples: Vec<_> = pages
        .iter()
        .flat_map(|(name, page)| blocks(page, "toml").into_iter().map(move |(line, text)| (name.display(), line, text)))
        .collect();
    assert!(examples.len() >= 3, "no page shows a schedule");
    for (name, line, text) in examples {
        let station = station();
        // The law of the place stands once in a station.
        let is_law = text.contains("[rules]");
        let file = if is_law { "schedules/rules.toml" } else { "schedules/vi-du.toml" };
        fs::write(station.path().join(file), &text).expect("the example");
        let output = type_in(station.path(), "loa check");
        assert!(output.status.success(), "{name}:{line}: {}", said(&output));
        // A week and a new moon: each example names one of these days.
        let plan = type_in(station.path(), "loa plan --json --from 2026-12-02 --to 2026-12-10");
        let ids: Vec<&str> =
            text.lines().filter(|line| line.starts_with("id ")).filter_map(|line| line.split('"').nth(1)).collect();
        assert!(is_law || !ids.is_empty(), "{name}:{line}: no broadcast");
        for id in ids {
            assert!(
                String::from_utf8_lossy(&plan.stdout).contains(&format!("\"broadcast\":\"{id}\"")),
                "{name}:{line}: {id} is not in the plan of a day it names: {}",
                said(&plan)
            );
        }
    }
}

#[test]
fn the_test_command_is_the_one_that_ci_runs() {
    let ci = include_str!("../../.ci/run");
    let command = "deploy/setup test && cargo test --locked";
    assert!(commands(&readme()).iter().any(|(_, line)| line == command), "README.md: `{command}` is gone");
    assert!(ci.contains(&format!("step '{command}'\n")), ".ci/run does not run `{command}` as README gives it");
}

#[test]
fn the_two_commands_are_the_ones_that_are_tried_on_a_fresh_debian() {
    let tried = include_str!("../../deploy/test-fresh");
    for (name, command) in [
        ("demo", "deploy/setup && cargo run --release --locked -- demo"),
        ("tests", "deploy/setup test && cargo test --locked"),
    ] {
        assert_eq!(commands(&readme()).iter().filter(|(_, line)| line == command).count(), 2, "README.md: `{command}`");
        assert!(tried.contains(&format!("\n{name}='{command}'\n")), "deploy/test-fresh does not try `{command}`");
    }
}

#[test]
fn readme_is_a_first_page() {
    let lines = readme().lines().count();
    assert!(lines <= README_LINES, "README.md has {lines} lines; what is more belongs into docs/operator");
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
    let listed: BTreeSet<String> = include_str!("../../docs/operator/commands.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `loa "))
        .filter_map(|rest| rest.split('`').next())
        .map(str::to_owned)
        .collect();
    assert!(!real.is_empty(), "no commands in --help:\n{help}");
    assert_eq!(listed, real, "docs/operator/commands.md lists the left, `loa --help` the right");
}

#[test]
fn every_page_is_in_the_list_and_leads_nowhere_that_is_not() {
    let pages = pages();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = &pages[Path::new("docs/operator/README.md")];
    for (name, page) in &pages {
        let file = name.file_name().unwrap().to_string_lossy();
        assert!(file == "README.md" || list.contains(&format!("]({file})")), "{file} is not in the list");
        let english = page.contains("## English") || page.contains("For those who install");
        assert!(english, "{file} has no English");
        let links = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.starts_with('#') && !link.starts_with("http")) {
            let there = root.join(name).parent().unwrap().join(link.split('#').next().unwrap());
            assert!(there.exists(), "{} leads to {link}, which is not there", name.display());
        }
    }
}
