//! The link under its own account, as its unit lets it: it brings, and the station's account installs.

use std::fs;

use super::centre::Centre;
use super::down::sent;
use super::village::{NODE, PATH, hamlet, whole};
use crate::console::until;
use crate::courier::{Office, PLACE, RULES};
use crate::kit::nats::Nats;
use crate::kit::{Machine, broadcast_at, whole_second_in};

/// As the unit says: account, group, umask, no right to more, and nothing of the station to write but one place.
fn as_link(command: &str) -> String {
    format!(
        "unshare --mount --propagation private sh -c 'set -e; cd /var/lib/loa; mount --bind . .; cd /var/lib/loa
        mount --bind state/link state/link; mount -o remount,bind,ro /var/lib/loa; cd /var/lib/loa
        export MALLOC_ARENA_MAX=1; umask 0027
        exec setpriv --reuid loa-link --regid loa --init-groups --inh-caps=-all --bounding-set=-all --no-new-privs {command}'"
    )
}

#[test]
#[ignore = "long"]
fn the_link_as_its_own_account_brings_what_another_installs_and_writes_nothing_else() {
    let Some(nats) = Nats::start(&[NODE]) else { return };
    let Some(machine) = Machine::new() else { return };
    let office = Office::new();
    // The daemon's unit may use no network, and starts no link: here its own `loa.toml` names none.
    let station = hamlet(&office, &[&nats]);
    fs::copy(station.path("loa.toml"), machine.open("loa.toml")).unwrap();
    fs::write(machine.open("link.nk"), nats.seed(PATH)).unwrap();
    machine.root(
        "cd /var/lib/loa && cp /mnt/loa.toml . && install -o root -g loa -m 640 /mnt/link.nk . && rm /mnt/link.nk",
    );
    fs::write(machine.open("gio.toml"), RULES).unwrap();
    machine.run("hoa", "cp /mnt/gio.toml /var/lib/loa/schedules/");
    office.station.tone("tin.wav", 1.0, 440.0);
    office.station.write("schedules/gio.toml", RULES);
    office.station.write("schedules/xa.toml", &broadcast_at("tin-xa", whole_second_in(86_400), "\"tin\"", ""));
    let centre = Centre::begin(&nats);
    let sound = fs::read(office.station.path("audio/tin.wav")).unwrap();
    centre.store_sound(&sound, 0, usize::MAX);
    centre.publish(&format!("loa.sched.{PLACE}"), sent(&office, 7, "xa.key"));
    let _daemon = machine.start("loa", "sh -c 'umask 0027; exec loa --dir /var/lib/loa run 2> /mnt/daemon.log'");
    machine.wait_until("the daemon answers", "loa --dir /var/lib/loa status");
    fs::write(machine.open("loa.toml"), whole(&station)).unwrap();
    machine.root("cp /mnt/loa.toml /var/lib/loa/");
    let _link = machine.start("root", &as_link("sh -c \"exec loa --dir /var/lib/loa link 2> /mnt/link.log\""));
    // As loa-install.path sees it and loa-install.service does it.
    machine.wait_until("the link has brought it", "test -f /var/lib/loa/state/link/goi.loa");
    let said = machine
        .run("root", "umask 0027; loa --lang en --dir /var/lib/loa bundle install /var/lib/loa/state/link/goi.loa");
    assert!(said.code == 0 && said.out.contains("Installed"), "{said:?}");
    let log = || machine.run("root", "tail -n 20 /mnt/link.log /mnt/daemon.log; ls -lR /var/lib/loa/state/link").out;
    let mut looks = 0;
    until("the schedule is installed", || {
        looks += 1;
        assert!(looks < 290, "{}", log());
        (machine.run("root", "test -f /var/lib/loa/schedules/xa.toml").code == 0).then_some(())
    });
    assert_eq!(machine.root("cat /var/lib/loa/audio/tin.wav | wc -c").out.trim(), sound.len().to_string());
    let whose = machine.root("stat -c '%U' /var/lib/loa/state/bundle.json /var/lib/loa/state/link/link.json").out;
    assert_eq!(whose, "loa\nloa-link\n");
    for closed in [
        "touch /var/lib/loa/schedules/x.toml",
        "touch /var/lib/loa/audio/x.wav",
        "touch /var/lib/loa/state/x",
        "touch /var/lib/loa/loa.toml",
    ] {
        assert_ne!(machine.run("root", &as_link(closed)).code, 0, "{closed}");
    }
    let told = machine.run("hoa", "loa --lang en --dir /var/lib/loa link --status");
    assert!(told.out.contains("number 7"), "{told:?}");
}
