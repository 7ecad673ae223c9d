//! A station among people who may not all be trusted: the shipped installation with its account, two members of
//! the group and somebody else, and what each may and can do.

use std::fs;

use crate::kit::{Machine, Said, wav_file};

const SILENT: &str = "sed -i 's/device:default/null/' /var/lib/loa/loa.toml";
const RUN: &str = "loa --dir /var/lib/loa run";
const ANSWERS: &str = "runuser -u loa -- loa --dir /var/lib/loa status";

/// A second of a tone under `/mnt`, which everybody may read.
fn tone(machine: &Machine, name: &str, hz: f32) -> String {
    let sample = |frame: u16| (std::f32::consts::TAU * hz * f32::from(frame) / 24_000.0).sin() * 0.5;
    wav_file(&machine.open(name), 24_000, 1, (0..24_000).map(|frame| (sample(frame) * 32_767.0) as i16));
    format!("/mnt/{name}")
}

fn load(machine: &Machine, account: &str, arguments: &str) -> Said {
    machine.run(account, &format!("timeout 60 loa --dir /var/lib/loa load --json {arguments}"))
}

/// The rows of the table in docs/service.md: a path, and what each account may do there.
fn table() -> Vec<(String, [(&'static str, String); 3])> {
    let rows = include_str!("../../docs/service.md").lines().filter(|line| line.starts_with("| `/var/lib/loa"));
    let rows = rows.map(|line| {
        let mut cells = line.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).skip(1);
        let path = cells.next().unwrap();
        let may = ["loa", "hoa", "khach"].map(|account| (account, cells.next().unwrap()));
        (path, may)
    });
    rows.collect()
}

fn as_the_table_says(machine: &Machine) {
    let table = table();
    assert!(table.len() >= 9, "{table:?}");
    for (path, accounts) in table {
        for (account, may) in accounts {
            let is = |what: &str| machine.run(account, &format!("test -{what} '{path}'")).code == 0;
            let really = match (is("w"), is("r")) {
                (true, _) => "write",
                (false, true) => "read",
                (false, false) => "-",
            };
            assert_eq!(really, may, "{account} on {path}");
        }
    }
}

#[test]
#[ignore = "long"]
fn who_may_write_what_is_as_the_docs_say_and_members_can_do_their_work() {
    let Some(machine) = Machine::new() else { return };
    machine.root(SILENT);
    let (first, second) = (tone(&machine, "a.wav", 700.0), tone(&machine, "b.wav", 900.0));
    let _daemon = machine.start("loa", RUN);
    machine.wait_until("it answers", ANSWERS);
    // One member's files are the next one's too, and the daemon's.
    let said = load(&machine, "hoa", &format!("{first} --as bao"));
    assert_eq!((said.code, said.rows()[0]["verdict"].as_str()), (0, Some("loaded")), "{said:?}");
    assert_eq!(said.rows()[0]["report"], "audio/.reports/bao.wav.svg");
    let said = load(&machine, "bay", &format!("{second} --as bao --replace"));
    assert_eq!((said.code, said.rows()[0]["kept"][0].as_str()), (0, Some("audio/.replaced/bao.wav")), "{said:?}");
    assert_eq!(machine.run("hoa", "echo '# hoa' > schedules/a.toml").code, 0);
    assert_eq!(machine.run("bay", "echo '# bay' >> schedules/a.toml && cat schedules/a.toml").code, 0);
    assert_eq!(machine.run("loa", "cat schedules/a.toml audio/bao.wav > /dev/null").code, 0);
    for command in ["check", "status", "journal", "plan", "stop"] {
        let said = machine.run("bay", &format!("timeout 60 loa --dir /var/lib/loa {command}"));
        assert_eq!(said.code, 0, "{command}: {said:?}");
    }
    machine.wait_until("the sound is known", "grep -q bao.wav /var/lib/loa/state/facts.json");
    as_the_table_says(&machine);
    // The update changes none of it.
    machine.install();
    as_the_table_says(&machine);
    // Somebody else is told how to be let in, whatever he asks.
    for command in ["check", "status", "journal", "plan", "doctor", "clock", "stop", "load /mnt/a.wav"] {
        let said = machine.run("khach", &format!("loa --dir /var/lib/loa {command}"));
        assert_eq!(said.code, 77, "{command}: {said:?}");
        assert!(said.err.contains("sudo adduser khach loa, then log in again"), "{command}: {said:?}");
    }
    // The cure cures.
    machine.root("sed -i 's/^\\(loa:x:[0-9]*:.*\\)/\\1,khach/' /etc/group");
    assert_eq!(machine.run("khach", "loa --dir /var/lib/loa status").code, 0);
}

#[test]
#[ignore = "long"]
fn a_member_can_put_nothing_in_the_place_of_what_is_the_daemons() {
    let Some(machine) = Machine::new() else { return };
    machine.root(SILENT);
    let sound = tone(&machine, "zz.wav", 700.0);
    let target = machine.open("target");
    fs::write(&target, "theirs").unwrap();
    let _daemon = machine.start("loa", RUN);
    machine.wait_until("it answers", ANSWERS);
    let seen = "cd /var/lib/loa && find . -maxdepth 1 -printf '%p %i %u %m\\n' && find state loa.toml ! -name 'journal.*' \
        ! -name '*.json' -printf '%p %i %u %m\\n' && sha256sum loa.toml";
    let before = machine.root(seen).out;
    for attempt in [
        "mv state /mnt/state",
        "mv state state.old",
        "mv audio audio.old",
        "rmdir audio",
        "ln -s /etc/bash_completion.d new",
        "mkdir new",
        "rm -f loa.toml",
        "echo 'amplifier = 1' >> loa.toml",
        "cp /mnt/target loa.toml",
        "touch state/new",
        "ln -s /mnt/target state/.facts.json.1.tmp",
        "rm -f state/loa.lock",
        "rm -f state/journal.db",
        ": > state/facts.json",
        ": > state/journal.db",
        "echo >> state/journal.db-wal",
        "exec 9>> state/journal.db-shm",
        "exec 9< state/loa.lock",
        "flock -n state/loa.lock true",
        "flock -n state/facts.lock true",
        "ln state/loa.lock audio/x.wav",
        "chmod 777 state",
        "rm -f state/loa.sock",
    ] {
        for account in ["hoa", "khach"] {
            let said = machine.run(account, &format!("cd /var/lib/loa && {attempt}"));
            assert_ne!(said.code, 0, "{account}: {attempt}");
        }
    }
    assert_eq!(machine.root(seen).out, before);
    // What a member may do beside the sounds leads nobody astray.
    let planted = "ln -s /mnt/target audio/.zz.wav.loading; ln -s /mnt/target audio/.zz.wav.$$.tmp; mkfifo audio/.load.lock; \
        mkfifo audio/fifo.wav schedules/fifo.toml; ln -s /mnt audio/.reports; ln -s /mnt/target audio/zz.mp3";
    machine.run("hoa", planted);
    let said = load(&machine, "bay", &format!("{sound} --replace"));
    // The link to zz.mp3 is no sound that could be replaced: it is left out as all links in audio/ are.
    assert_eq!(said.rows()[0]["verdict"], "loaded", "{said:?}");
    assert_eq!(fs::read_to_string(&target).unwrap(), "theirs");
    assert!(!machine.open("zz.wav.svg").exists());
    let said = machine.run("bay", "timeout 60 loa --dir /var/lib/loa check");
    assert!(said.code == 1 && said.out.contains("not_a_file"), "{said:?}");
}

#[test]
#[ignore = "long"]
fn an_update_takes_a_station_over_in_which_members_could_write_everywhere() {
    let Some(machine) = Machine::new() else { return };
    machine.root(SILENT);
    machine.root(
        "mkdir -p /etc/bash_completion.d /etc/private && rm -f /etc/bash_completion.d/*; echo root > /etc/private/f",
    );
    machine
        .root("chmod 2770 /var/lib/loa; chmod 660 /var/lib/loa/loa.toml; setfacl -bk /var/lib/loa/* 2>/dev/null; true");
    machine.root(
        "runuser -u loa -- sh -c 'echo {} > /var/lib/loa/state/facts.json'; chmod 660 /var/lib/loa/state/facts.json",
    );
    let planted = machine.run(
        "hoa",
        "set -e; mv audio audio.real; ln -s /etc/bash_completion.d audio; mv state state.real; mkdir -m 777 state
         for n in $(seq 1 400); do ln -s /etc/private/f state/.facts.json.$n.tmp; done; ln -s /etc/private/f state/facts.json
         mv schedules schedules.real; mkdir schedules; echo '# hoa' > schedules/a.toml
         rm loa.toml; printf '[zones.thon-1]\\noutput = \"null\"\\n' > loa.toml",
    );
    assert_eq!(planted.code, 0, "{planted:?}");
    let said = machine.install();
    assert_eq!(
        machine.root("ls -A /etc/bash_completion.d; cat /etc/private/f; stat -c %U /etc/private/f").out,
        "root\nroot\n"
    );
    for line in [
        "\"/var/lib/loa/audio\" is a link",
        "\"/var/lib/loa/state\" belongs to the account hoa",
        "written by the account hoa",
    ] {
        assert!(said.err.contains(line), "{line}: {said:?}");
    }
    // What people wrote plays on; what was in the daemon's place is beside.
    assert_eq!(
        machine.root("cat /var/lib/loa/schedules/a.toml; stat -c '%U %a' /var/lib/loa/loa.toml").out,
        "# hoa\nroot 640\n"
    );
    machine.root("cd /var/lib/loa && test -L audio.set-aside-* && test -d state.set-aside-*");
    let _daemon = machine.start("loa", RUN);
    machine.wait_until("it answers", ANSWERS);
    let sound = tone(&machine, "a.wav", 700.0);
    assert_eq!(load(&machine, "hoa", &sound).code, 0);
    machine.wait_until("the sound is known", "grep -q a.wav /var/lib/loa/state/facts.json");
    as_the_table_says(&machine);
}

#[test]
#[ignore = "long"]
fn an_update_leaves_nothing_of_a_members_in_what_the_daemon_keeps() {
    let Some(machine) = Machine::new() else { return };
    machine.root(SILENT);
    {
        let _daemon = machine.start("loa", RUN);
        machine.wait_until("it answers", ANSWERS);
        let sound = tone(&machine, "a.wav", 700.0);
        assert_eq!(load(&machine, "hoa", &sound).code, 0);
        machine.wait_until("it keeps notes", "test -s /var/lib/loa/state/facts.json");
    }
    fs::write(machine.open("target"), "theirs").unwrap();
    machine.root("chmod 2770 /var/lib/loa /var/lib/loa/state; chmod 660 /var/lib/loa/state/*; chmod 600 /mnt/target");
    let planted = machine.run(
        "hoa",
        "set -e; umask 0; cd state; ln facts.json ../audio/mine.json; cp journal.db j; chgrp loa j; mv -f j journal.db
         mkdir -m 2777 reports.d; rm -rf console; mkdir -m 2777 console; echo x > console/console.db; echo x > reports.d/x; ln -s /mnt/target reports.d/y
         rm -f last_good.json; echo '{}' > last_good.json; ln -s /mnt/target a-link; mkfifo pipe",
    );
    assert_eq!(planted.code, 0, "{planted:?}");
    let said = machine.install();
    assert!(said.err.contains("state/journal.db\" belongs to the account hoa"), "{said:?}");
    let strange = "find -P /var/lib/loa/state -mindepth 1 \\( -path /var/lib/loa/state/console -o -path /var/lib/loa/state/link -o -path /var/lib/loa/state/cap -o -path /var/lib/loa/state/relay \\) -prune -o ! -type s \\( ! -user loa -o ! -group loa -o -type f -perm /037 \
        -o -type d -perm /027 -o -type f -links +1 -o -type l -o -type p \\) -print";
    assert_eq!(machine.root(strange).out, "");
    // The page's own room.
    assert_eq!(
        machine.root("cd /var/lib/loa/state; stat -c '%U %a %F' console; ls -A console").out,
        "loa-console 700 directory\n"
    );
    assert_eq!(machine.root("cat /mnt/target; stat -c %U /mnt/target").out, "theirsroot\n");
    // What was put aside is out of the members' reach, and none of it is lost.
    machine.root("cd /var/lib/loa-state.set-aside-*/ && test -f journal.db && test -d reports.d && test -L a-link");
    assert_ne!(machine.run("hoa", "ls /var/lib/loa-state.set-aside-*/").code, 0);
    // The other name that a member gave a file of the daemon's leads to the file of before.
    machine.run("hoa", "echo FORGED > audio/mine.json");
    assert_ne!(machine.run("loa", "grep -q FORGED state/facts.json").code, 0);
    let _daemon = machine.start("loa", RUN);
    machine.wait_until("it answers", ANSWERS);
    machine.wait_until("the journal is there", "test -s /var/lib/loa/state/journal.db");
    assert_ne!(machine.run("hoa", "echo >> state/journal.db").code, 0);
    as_the_table_says(&machine);
    // A second update finds nothing to put aside.
    let again = machine.install();
    assert!(!again.err.contains("not to be believed"), "{again:?}");
    // One that got there later is found by doctor, whose cure cures.
    machine.root("chown hoa:loa /var/lib/loa/state/journal.db && chmod 660 /var/lib/loa/state/journal.db");
    let doctor = || machine.run("root", "loa --dir /var/lib/loa --json doctor").rows();
    let rows = doctor();
    let found = rows.iter().find(|row| row["code"] == "open_to_others").expect("it is found");
    let cure = found["help"].as_str().unwrap().split_once(": ").unwrap().1;
    assert!(cure.starts_with("sudo chown loa:loa "), "{found}");
    machine.root(&cure.replace("sudo ", ""));
    assert!(doctor().iter().all(|row| row["code"] != "open_to_others"));
}

#[test]
fn a_line_break_in_a_files_name_or_in_a_typed_one_forges_no_line() {
    let Some(machine) = Machine::new() else { return };
    machine.root(SILENT);
    machine.run("hoa", "printf 'broken' > \"$(printf 'schedules/n\\nFORGED.toml')\"");
    let _daemon = machine.start("loa", RUN);
    machine.wait_until("it answers", ANSWERS);
    for command in
        ["status", "doctor", "check", "say", "alert --by x --why x", "sounds remove", "listen", "plan --from"]
    {
        let typed = if ["status", "doctor", "check"].contains(&command) { "" } else { "\"$(printf 'n\\nFORGED')\"" };
        let said = machine.run("bay", &format!("timeout 60 loa --dir /var/lib/loa {command} {typed}"));
        let forged = |text: &str| text.lines().any(|line| line.starts_with("FORGED"));
        assert!(!forged(&said.out) && !forged(&said.err), "{command}: {said:?}");
        assert!(said.out.contains("FORGED") || said.err.contains("FORGED"), "{command}: {said:?}");
    }
}

#[test]
#[ignore = "long"]
fn whatever_a_member_locks_or_stops_keeps_neither_the_daemon_nor_another_member() {
    let Some(machine) = Machine::new() else { return };
    machine.root(SILENT);
    let sound = tone(&machine, "a.wav", 700.0);
    let locked: Vec<_> = [".", "audio", "schedules", "state"]
        .into_iter()
        .map(|place| machine.start("hoa", &format!("flock -F {place} sleep 600")))
        .collect();
    machine.wait_until("they are locked", "! flock -n /var/lib/loa true && ! flock -n /var/lib/loa/state true");
    let daemon = machine.start("loa", RUN);
    machine.wait_until("it answers", ANSWERS);
    let said = load(&machine, "bay", &sound);
    assert_eq!(said.code, 0, "{said:?}");
    machine.wait_until("the sound is known", "grep -q a.wav /var/lib/loa/state/facts.json");
    assert_eq!(machine.run("bay", "timeout 60 loa --dir /var/lib/loa check").code, 0);
    drop(locked);
    drop(daemon);
    let daemon = machine.start("loa", RUN);
    machine.wait_until("it answers", ANSWERS);
    // A second daemon is kept out, also where the first one's file is gone.
    let second = || machine.run("loa", &format!("timeout 20 {RUN}"));
    assert_eq!(second().code, 74);
    machine.root("rm /var/lib/loa/state/loa.lock");
    let said = second();
    assert!(said.code == 74 && said.err.contains("already runs on this station"), "{said:?}");
    // A lock that no right can prevent is named with its process, and what doctor says against it helps.
    let held = "python3 -c 'import fcntl, time\nf = open(\"state/journal.db-shm\")\nfcntl.lockf(f, fcntl.LOCK_SH, 1, 120)\ntime.sleep(600)'";
    let _reader = machine.start("hoa", held);
    let doctor = || machine.run("bay", "loa --dir /var/lib/loa --json doctor").rows();
    let finding = || doctor().into_iter().find(|row| row["code"] == "lock_held");
    machine.wait_until("it is locked", "grep -q ' 120 120$' /proc/locks");
    let found = finding().expect("the lock is found");
    assert!(
        found["message"].as_str().unwrap().contains("of the account hoa holds a lock on state/journal.db-shm"),
        "{found}"
    );
    let cure = found["help"].as_str().unwrap().split("sudo ").nth(1).unwrap().to_owned();
    machine.root(&cure);
    assert_eq!(finding(), None);
    drop(daemon);
}

#[test]
#[ignore = "long"]
fn each_cure_of_the_rights_cures_and_takes_nothing_from_anybody() {
    let Some(machine) = Machine::new() else { return };
    machine.root(SILENT);
    let sound = tone(&machine, "a.wav", 700.0);
    let daemon = machine.start("loa", RUN);
    machine.wait_until("it answers", ANSWERS);
    assert_eq!(load(&machine, "hoa", &sound).code, 0);
    machine.wait_until("the sound is known", "grep -q a.wav /var/lib/loa/state/facts.json");
    let rights = ["not_readable", "not_writable", "open_to_others"];
    let doctor = |account: &str| {
        let rows = machine.run(account, "loa --dir /var/lib/loa --json doctor").rows();
        rows.into_iter().filter(|row| rights.contains(&row["code"].as_str().unwrap())).collect::<Vec<_>>()
    };
    for account in ["loa", "hoa", "root"] {
        assert_eq!(doctor(account), [] as [serde_json::Value; 0], "{account}");
    }
    for spoiled in [
        "chown root:root state",
        "chmod 2700 audio && chown root audio",
        "chown hoa:hoa audio/a.wav && chmod 600 audio/a.wav",
        "chmod 660 loa.toml",
        "chown root:root loa.toml && chmod 600 loa.toml",
        "chmod 2770 .",
        "chmod 2777 state",
        "chown root:root state/facts.json",
        "chmod 666 state/journal.db",
    ] {
        machine.root(&format!("cd /var/lib/loa && {spoiled}"));
        let found = doctor("root");
        assert!(!found.is_empty(), "{spoiled}");
        for row in &found {
            let cure = row["help"].as_str().unwrap();
            let (_, cure) = cure.split_once(": ").unwrap();
            assert!(cure.starts_with("sudo ") && !cure.contains("khach") && !cure.contains("hoa"), "{spoiled}: {cure}");
            machine.root(&cure.replace("sudo ", ""));
        }
        assert_eq!(doctor("root"), [] as [serde_json::Value; 0], "{spoiled}: {found:?}");
        as_the_table_says(&machine);
        assert_eq!(machine.run("bay", "cat audio/a.wav loa.toml > /dev/null").code, 0, "{spoiled}");
    }
    drop(daemon);
}
