//! The watch on alarms under its own account, as its unit lets it: it orders, and writes nothing but what is its own.

use std::fs;

use super::sender::{Flood, Sender, station};
use crate::kit::Machine;

/// As the unit says: account, group, umask, no right to more, and nothing of the station to write but one place.
fn as_cap(command: &str) -> String {
    format!(
        "unshare --mount --propagation private sh -c 'set -e; cd /var/lib/loa; mount --bind . .; cd /var/lib/loa
        mount --bind state/cap state/cap; mount -o remount,bind,ro /var/lib/loa; cd /var/lib/loa
        export MALLOC_ARENA_MAX=1; umask 0027
        exec setpriv --reuid loa-cap --regid loa --init-groups --inh-caps=-all --bounding-set=-all --no-new-privs {command}'"
    )
}

#[test]
#[ignore = "long"]
fn the_watch_as_its_own_account_sounds_what_is_signed_and_writes_nothing_else() {
    let Some(machine) = Machine::new() else { return };
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "sound");
    let whole = fs::read_to_string(station.path("loa.toml")).unwrap().replace("wav:thon-1.wav", "null");
    // The daemon's unit may use no network, and starts no watch: here its own `loa.toml` names none.
    let (without, _) = whole.split_once("[cap]").unwrap();
    fs::write(machine.open("loa.toml"), without.replace("\nat = ", "\n# at = ")).unwrap();
    fs::copy(station.path("audio/canh-bao-lu.wav"), machine.open("canh-bao-lu.wav")).unwrap();
    fs::write(machine.open("kttv.pem"), sender.pem()).unwrap();
    machine.root("cd /var/lib/loa && cp /mnt/loa.toml . && cp /mnt/kttv.pem . && chmod 644 kttv.pem && mkdir cap");
    machine.run("hoa", "cp /mnt/canh-bao-lu.wav /var/lib/loa/audio/");
    let _daemon = machine.start("loa", "sh -c 'umask 0027; exec loa --dir /var/lib/loa run 2> /mnt/daemon.log'");
    machine.wait_until("the daemon answers", "loa --dir /var/lib/loa status");
    fs::write(machine.open("loa.toml"), &whole).unwrap();
    machine.root("cp /mnt/loa.toml /var/lib/loa/");
    let _watch = machine.start("root", &as_cap("sh -c \"exec loa --dir /var/lib/loa cap 2> /mnt/cap.log\""));
    machine.wait_until("the watch runs", "test -f /var/lib/loa/state/cap/cap.lock");
    fs::write(machine.open("1.xml"), sender.flood(&Flood::default())).unwrap();
    machine.root("cp /mnt/1.xml /var/lib/loa/cap/1.xml && chmod 644 /var/lib/loa/cap/1.xml");
    machine.wait_until("it was ordered", "loa --dir /var/lib/loa --json journal | grep -q 'CAP '");
    let rows = machine.root("loa --dir /var/lib/loa --json journal").json();
    let rows = rows.as_array().cloned().unwrap_or_default();
    let reasons: Vec<&str> = rows.iter().filter_map(|row| row["reason"].as_str()).collect();
    assert!(
        reasons.iter().any(|reason| reason.contains("[CAP ") && reason.contains("loa-cap")),
        "the account stands beside the name: {reasons:?}"
    );
    assert_eq!(machine.root("stat -c '%U %a' /var/lib/loa/state/cap/cap.json").out, "loa-cap 640\n");
    for closed in [
        "touch /var/lib/loa/schedules/x.toml",
        "touch /var/lib/loa/audio/x.wav",
        "touch /var/lib/loa/state/x",
        "touch /var/lib/loa/loa.toml",
        "touch /var/lib/loa/cap/x.xml",
    ] {
        assert_ne!(machine.run("root", &as_cap(closed)).code, 0, "{closed}");
    }
    let told = machine.run("hoa", "loa --lang en --dir /var/lib/loa cap --status");
    assert!(told.out.contains("Lũ quét trên sông Đa Nhim"), "{told:?}");
}
