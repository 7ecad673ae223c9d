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

/// The link's own.
fn link() -> BTreeMap<String, Vec<String>> {
    keys(include_str!("../../deploy/loa-link.service"))
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
fn the_process_that_sounds_can_open_no_network_socket() {
    let unit = unit();
    assert_eq!(unit["RestrictAddressFamilies"], ["AF_UNIX"]);
    assert_eq!(unit["IPAddressDeny"], ["any"]);
    assert!(!unit.contains_key("IPAddressAllow"));
}

#[test]
fn the_service_may_run_in_real_time_no_higher_and_no_longer_than_its_one_thread_needs() {
    let unit = unit();
    let realtime = include_str!("../../src/sound/output/realtime.rs");
    let limit = &unit["LimitRTPRIO"][0];
    assert!(realtime.contains(&format!("const PRIORITY: u8 = {limit};")), "LimitRTPRIO={limit}");
    assert_eq!((unit["RestrictRealtime"][0].as_str(), unit["LimitRTTIME"][0].as_str()), ("no", "200ms"));
    assert_eq!(unit["LimitMEMLOCK"][0], "infinity", "memory is kept from swap only without a limit");
    assert!(unit["Nice"][0].parse::<i32>().unwrap() < 0);
    assert!(unit["CPUWeight"][0].parse::<u32>().unwrap() > 100, "more than any other service has by itself");
}

#[test]
fn the_account_and_the_directories_are_those_that_the_service_uses() {
    let (users, files) =
        (include_str!("../../deploy/sysusers.d/loa.conf"), include_str!("../../deploy/tmpfiles.d/loa.conf"));
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
        (include_str!("../../deploy/sysusers.d/loa.conf"), include_str!("../../deploy/tmpfiles.d/loa.conf"));
    assert!(users.contains("u loa-console ") && users.contains("m loa-console loa"));
    assert!(files.contains("d /var/lib/loa/state/console 0700 loa-console loa -"));
    assert!(page["ReadWritePaths"][0].ends_with("/var/lib/loa/state/console"), "nothing else of state/");
    for script in [include_str!("../../deploy/install"), include_str!("../../deploy/uninstall")] {
        for part in ["loa-console.service", "loa-courier@.service", "72-loa-courier.rules"] {
            assert!(script.contains(part), "{part}");
        }
    }
}

#[test]
fn the_link_is_an_account_of_its_own_that_writes_nothing_but_what_is_its_own() {
    let link = link();
    let says = |key: &str, value: &str| assert_eq!(link.get(key), Some(&vec![value.to_owned()]), "{key}");
    says("User", "loa-link");
    says("Group", "loa");
    says("ReadWritePaths", "/var/lib/loa/state/link");
    says("ProtectSystem", "strict");
    says("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX");
    says("CapabilityBoundingSet", "");
    says("NoNewPrivileges", "yes");
    // Without [link] it ends with this, and is not begun again and again.
    says("RestartPreventExitStatus", "78");
    assert!(link["Nice"][0].parse::<i32>().unwrap() > 0 && link.contains_key("MemoryMax"));
    assert!(!link.contains_key("SupplementaryGroups"), "no sound card");
    let (users, files) =
        (include_str!("../../deploy/sysusers.d/loa.conf"), include_str!("../../deploy/tmpfiles.d/loa.conf"));
    assert!(users.contains("u loa-link ") && users.contains("m loa-link loa"));
    assert!(files.contains("d /var/lib/loa/state/link 0750 loa-link loa -"));
    for script in [
        include_str!("../../deploy/install"),
        include_str!("../../deploy/uninstall"),
        include_str!("../../deploy/package"),
        include_str!("../../deploy/debian/prerm"),
        include_str!("../../deploy/debian/postrm"),
    ] {
        assert!(script.contains("loa-link.service") && script.contains("loa-install.path"));
    }
}

#[test]
fn the_collector_is_an_account_of_its_own_that_holds_no_key_of_the_fleet() {
    let collect = keys(include_str!("../../deploy/loa-collect.service"));
    let says = |key: &str, value: &str| assert_eq!(collect.get(key), Some(&vec![value.to_owned()]), "{key}");
    says("User", "loa-collect");
    says("Group", "loa-collect");
    says("ReadWritePaths", "/var/lib/loa-collect");
    says("ProtectSystem", "strict");
    says("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX");
    says("CapabilityBoundingSet", "");
    says("NoNewPrivileges", "yes");
    // Without a register it ends with this, and is not begun again and again.
    says("RestartPreventExitStatus", "78");
    assert!(!collect.contains_key("SupplementaryGroups"), "it is no member of the station's group");
    let (users, files) = (
        include_str!("../../deploy/sysusers.d/loa-collect.conf"),
        include_str!("../../deploy/tmpfiles.d/loa-collect.conf"),
    );
    assert!(users.contains("u loa-collect ") && !users.contains("\nm loa-collect loa\n"));
    assert!(files.contains("d /var/lib/loa-collect       2770 loa-collect loa-collect -"));
    let rollout = keys(include_str!("../../deploy/loa-rollout.service"));
    assert_eq!((&rollout["User"][0], &rollout["Group"][0]), (&"loa-dispatch".to_owned(), &"loa-collect".to_owned()));
    assert_eq!(rollout["ReadWritePaths"], ["/var/lib/loa-collect"]);
    assert!(users.contains("u loa-dispatch ") && users.contains("m loa-dispatch loa-collect"));
    // The page gets at the board, and at nothing else of the fleet.
    assert!(users.contains("g loa-board") && users.contains("m loa-console loa-board"));
    assert!(!users.contains("m loa-console loa-collect"));
    assert!(files.contains("d /var/lib/loa-collect/board 2770 loa-collect loa-board -"));
    assert!(files.contains("a+ /var/lib/loa-collect - - - - group:loa-board:--x"));
    assert!(page()["ReadWritePaths"][0].starts_with("-/var/lib/loa-collect/board "));
    for script in [
        include_str!("../../deploy/install"),
        include_str!("../../deploy/uninstall"),
        include_str!("../../deploy/package"),
        include_str!("../../deploy/debian/prerm"),
        include_str!("../../deploy/debian/postrm"),
    ] {
        assert!(script.contains("loa-collect.service") && script.contains("loa-rollout.service"));
    }
    let postinst = include_str!("../../deploy/debian/postinst");
    assert!(postinst.contains("systemd-sysusers loa.conf loa-collect.conf"));
}

#[test]
fn the_watch_on_alarms_is_an_account_of_its_own_that_writes_nothing_but_what_is_its_own() {
    let cap = keys(include_str!("../../deploy/loa-cap.service"));
    let says = |key: &str, value: &str| assert_eq!(cap.get(key), Some(&vec![value.to_owned()]), "{key}");
    says("User", "loa-cap");
    says("Group", "loa");
    says("ReadWritePaths", "/var/lib/loa/state/cap");
    says("ProtectSystem", "strict");
    says("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX");
    says("CapabilityBoundingSet", "");
    says("NoNewPrivileges", "yes");
    says("RestartPreventExitStatus", "78");
    assert!(cap["Nice"][0].parse::<i32>().unwrap() > 0 && cap.contains_key("MemoryMax"));
    assert!(!cap.contains_key("SupplementaryGroups"), "no sound card");
    let (users, files) =
        (include_str!("../../deploy/sysusers.d/loa.conf"), include_str!("../../deploy/tmpfiles.d/loa.conf"));
    assert!(users.contains("u loa-cap ") && users.contains("m loa-cap loa"));
    assert!(files.contains("d /var/lib/loa/state/cap 0750 loa-cap loa -"));
    for script in [
        include_str!("../../deploy/install"),
        include_str!("../../deploy/uninstall"),
        include_str!("../../deploy/package"),
        include_str!("../../deploy/debian/prerm"),
        include_str!("../../deploy/debian/postrm"),
    ] {
        assert!(script.contains("loa-cap.service"));
    }
}

#[test]
fn what_fetches_is_an_account_of_its_own_that_writes_nothing_but_its_socket() {
    let relay = keys(include_str!("../../deploy/loa-relay.service"));
    let says = |key: &str, value: &str| assert_eq!(relay.get(key), Some(&vec![value.to_owned()]), "{key}");
    says("User", "loa-relay");
    says("Group", "loa");
    says("ReadWritePaths", "/var/lib/loa/state/relay");
    says("ProtectSystem", "strict");
    says("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX");
    says("CapabilityBoundingSet", "");
    says("NoNewPrivileges", "yes");
    // Without [relays] it ends with this, and is not begun again and again.
    says("RestartPreventExitStatus", "78");
    let own = keys(include_str!("../../deploy/loa.service"));
    let nice = |unit: &BTreeMap<String, Vec<String>>| unit["Nice"][0].parse::<i32>().unwrap();
    assert!(nice(&relay) > nice(&own) && relay.contains_key("MemoryMax"), "the sound goes first");
    let (users, files) =
        (include_str!("../../deploy/sysusers.d/loa.conf"), include_str!("../../deploy/tmpfiles.d/loa.conf"));
    assert!(users.contains("u loa-relay ") && users.contains("m loa-relay loa"));
    assert!(files.contains("d /var/lib/loa/state/relay 0750 loa-relay loa -"));
    for script in [
        include_str!("../../deploy/install"),
        include_str!("../../deploy/uninstall"),
        include_str!("../../deploy/package"),
        include_str!("../../deploy/debian/prerm"),
        include_str!("../../deploy/debian/postrm"),
    ] {
        assert!(script.contains("loa-relay.service"));
    }
}

#[test]
fn systemd_finds_the_service_no_more_exposed_than_the_docs_say() {
    for unit in [
        "loa.service",
        "loa-console.service",
        "loa-link.service",
        "loa-relay.service",
        "loa-cap.service",
        "loa-install.service",
        "loa-courier@.service",
        "loa-collect.service",
        "loa-rollout.service",
    ] {
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
