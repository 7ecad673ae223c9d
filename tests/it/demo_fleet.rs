//! `loa demo --fleet`: all of it, small; and nothing left behind.

use std::process::Stdio;

use crate::kit::Station;
use crate::kit::nats;

/// What a demo has left in this directory.
pub(crate) fn left_over(within: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(within).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("loa-demo"))
        .collect()
}

#[test]
#[ignore = "long"]
fn a_small_fleet_is_heard_sounds_an_alarm_loses_no_row_and_leaves_nothing_behind() {
    if nats::program().is_none() {
        return;
    }
    if !std::path::Path::new(env!("CARGO_BIN_EXE_loa")).with_file_name("loa-collect").exists() {
        eprintln!("SKIPPED: needs loa-collect beside loa: cargo build -p loa-collect");
        return;
    }
    let (station, own) = (Station::new(), tempfile::tempdir().unwrap());
    let mut command = station.command(&["demo", "--fleet", "--boxes", "3", "--minutes", "0"]);
    let out = command.env("TMPDIR", own.path()).stdin(Stdio::null()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{said}");
    for wanted in [
        "3 of 3 stations heard within 10 minutes",
        "3 of 3 stations have sounded it",
        "none is missing",
        "/invite/",
        "Cleaned up",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert!(left_over(own.path()).is_empty(), "{:?}", left_over(own.path()));
}

#[test]
fn without_the_server_it_says_what_brings_it() {
    let (station, own) = (Station::new(), tempfile::tempdir().unwrap());
    let mut command = station.command(&["demo", "--fleet"]);
    let out = command.env("TMPDIR", own.path()).env("XDG_CACHE_HOME", own.path()).output().unwrap();
    assert_eq!(out.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&out.stderr).contains("deploy/setup fleet"), "{out:?}");
    assert!(left_over(own.path()).is_empty());
}
