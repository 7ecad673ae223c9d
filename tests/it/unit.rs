//! The shipped service file: what keeps a station playing, and what keeps it in its place.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// In tenths. Versions of systemd count a little differently; docs/service.md has what one of them says, and what
/// each tenth is for.
const EXPOSURE_MOST: &str = "25";

fn unit() -> BTreeMap<String, Vec<String>> {
    keys(include_str!("../../deploy/loa.service"))
}

/// The page's own.
fn page() -> BTreeMap<String, Vec<String>> {
    keys(include_str!("../../deploy/loa-console.service"))
}

fn keys(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with(['#', '['])) {
        if let Some((key, value)) = line.split_once('=') {
            keys.entry(key.to_owned()).or_default().push(value.to_owned());
        }
    }
    keys
}

#[test]
fn the_service_starts_without_a_network_is_watched_and_never_given_up() {
    let unit = unit();
    let says = |key: &str, value: &str| assert_eq!(unit.get(key), Some(&vec![value.to_owned()]), "{key}");
    says("Type", "notify");
    says("WatchdogSec", "30");
    says("Restart", "always");
    says("StartLimitIntervalSec", "0");
    says("User", "loa");
    for key in ["After", "Wants", "Requires"] {
        let units = unit.get(key).map(|values| values.join(" ")).unwrap_or_default();
        assert!(!units.contains("network") && !units.contains("time-sync"), "{key}={units}");
    }
    assert!(unit["After"][0].contains("time-set.target"));
}

#[test]
fn the_service_may_run_in_real_time_no_higher_and_no_longer_than_its_one_thread_needs() {
    let unit = unit();
    let urgent = include_str!("../../src/sound/output/urgent.rs");
    let limit = &unit["LimitRTPRIO"][0];
    assert!(urgent.contains(&format!("const PRIORITY: u8 = {limit};")), "LimitRTPRIO={limit}");
    assert_eq!((unit["RestrictRealtime"][0].as_str(), unit["LimitRTTIME"][0].as_str()), ("no", "200ms"));
    assert_eq!(unit["LimitMEMLOCK"][0], "infinity", "memory is kept from swap only without a limit");
    assert!(unit["Nice"][0].parse::<i32>().unwrap() < 0);
    assert!(unit["CPUWeight"][0].parse::<u32>().unwrap() > 100, "more than any other service has by itself");
}

#[test]
fn the_account_and_the_directories_are_those_that_the_service_uses() {
    let (users, files) =
        (include_str!("../../deploy/loa.sysusers.conf"), include_str!("../../deploy/loa.tmpfiles.conf"));
    assert!(users.lines().any(|line| line.starts_with("u loa ")) && users.contains("m loa audio"));
    let unit = unit();
    assert_eq!(unit["SupplementaryGroups"], ["audio"]);
    for directory in ["/var/lib/loa ", "/var/lib/loa/schedules ", "/var/lib/loa/audio ", "/var/lib/loa/state "] {
        assert!(files.contains(&format!("d {directory}")), "{directory}");
    }
    assert_eq!(unit["WorkingDirectory"], ["/var/lib/loa"]);
}

#[test]
fn the_page_is_an_account_of_its_own_behind_the_sound_with_a_limit_and_only_the_networks_it_needs() {
    let page = page();
    let says = |key: &str, value: &str| assert_eq!(page.get(key), Some(&vec![value.to_owned()]), "{key}");
    says("User", "loa-console");
    says("Group", "loa");
    says("Restart", "always");
    says("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX");
    says("CapabilityBoundingSet", "");
    says("NoNewPrivileges", "yes");
    says("RestrictRealtime", "yes");
    assert!(page["Nice"][0].parse::<i32>().unwrap() > 0);
    for key in ["CPUWeight", "IOWeight"] {
        assert!(page[key][0].parse::<u32>().unwrap() < 100, "{key}: less than any other service has by itself");
    }
    assert!(page.contains_key("MemoryMax") && page.contains_key("TasksMax"));
    assert!(!page.contains_key("SupplementaryGroups"), "no sound card");
    let (users, files) =
        (include_str!("../../deploy/loa.sysusers.conf"), include_str!("../../deploy/loa.tmpfiles.conf"));
    assert!(users.contains("u loa-console ") && users.contains("m loa-console loa"));
    assert!(files.contains("d /var/lib/loa/state/console 0700 loa-console loa -"));
    assert!(page["ReadWritePaths"][0].ends_with("/var/lib/loa/state/console"), "nothing else of state/");
    for script in [include_str!("../../deploy/install"), include_str!("../../deploy/uninstall")] {
        assert!(script.contains("loa-console.service"));
    }
}

#[test]
fn systemd_finds_the_service_no_more_exposed_than_the_docs_say() {
    for unit in ["loa.service", "loa-console.service"] {
        is_closed(unit);
    }
}

fn is_closed(unit: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(unit);
    let mut analyze = Command::new("systemd-analyze");
    analyze.args(["security", "--offline=yes", "--no-pager", &format!("--threshold={EXPOSURE_MOST}")]).arg(file);
    match analyze.output() {
        Err(error) => eprintln!("SKIPPED: needs systemd-analyze ({error})"),
        Ok(said) => {
            let text = String::from_utf8_lossy(&said.stdout);
            assert!(said.status.success(), "{text}{}", String::from_utf8_lossy(&said.stderr));
        }
    }
}
