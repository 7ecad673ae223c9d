//! Both services under their own accounts, as deploy/install puts them there and as their units let them: the page as
//! `loa-console` in the group `loa`, with a read-only station but for the places that its unit names. systemd itself does
//! not run here: its rights are made with `setpriv`, `umask` and mounts.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::console::{Answer, Browser, PASSWORD};
use crate::kit::Machine;

const STATION: &str = "/var/lib/loa";

/// As the unit says: account, group, umask, no right to more, and nothing of the station to write but three places.
const PAGE: &str =
    "unshare --mount --propagation private sh -c 'set -e; cd /var/lib/loa; mount --bind . .; cd /var/lib/loa
    for place in schedules audio state/console; do mount --bind $place $place; done
    mount -o remount,bind,ro /var/lib/loa; cd /var/lib/loa
    export MALLOC_ARENA_MAX=1; umask 0007
    exec setpriv --reuid loa-console --regid loa --init-groups --inh-caps=-all --bounding-set=-all --no-new-privs \
        loa --dir /var/lib/loa console";

fn page(more: &str) -> String {
    format!("{PAGE} {more} 2> /mnt/page.log'")
}

const RUN: &str = "sh -c 'umask 0027; exec loa --dir /var/lib/loa run 2> /mnt/daemon.log'";

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn answers(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let _ = stream.write_all(b"GET /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let mut said = [0; 12];
    stream.read_exact(&mut said).is_ok() && said.ends_with(b"200")
}

#[expect(clippy::disallowed_methods, reason = "a real process has to be waited for in real time")]
fn until(what: &str, machine: &Machine, mut is_so: impl FnMut() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let log = machine.run("root", "tail -n 20 /mnt/page.log /mnt/daemon.log");
    panic!("waited in vain until {what}: {}", log.out);
}

/// The value of the first hidden field of this name.
fn field(page: &Answer, name: &str) -> String {
    let begin = format!("name=\"{name}\" value=\"");
    let rest = page.body.split_once(&begin).unwrap_or_else(|| panic!("{name}: {}", page.body)).1;
    rest.split('"').next().unwrap().to_owned()
}

/// Somebody new, let in by `account` on the machine.
fn person(machine: &Machine, address: SocketAddr, account: &str, name: &str, role: &str) -> Browser {
    let added = machine.run(account, &format!("loa --dir {STATION} --json user add '{name}' --role {role}"));
    assert_eq!(added.code, 0, "{account}: {added:?}");
    let link = added.json()["link"].as_str().unwrap().to_owned();
    let mut browser = Browser::at(address);
    let set = browser.post(&link[link.find("/invite/").unwrap()..], &[("password", PASSWORD), ("again", PASSWORD)]);
    assert_eq!(set.status, 303, "{}", set.body);
    browser
}

#[test]
#[ignore = "long"]
fn the_page_as_its_own_account_shows_orders_writes_and_hands_in_and_the_rest_is_closed_to_it() {
    let Some(machine) = Machine::new() else { return };
    let address = free();
    machine.root(&format!(
        "cat > {STATION}/loa.toml <<'X'\nname = \"Xã Đông Giang\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\nloudness = \"off\"\n[clock]\ntrust = \"always\"\nX"
    ));
    machine.run("hoa", "printf '[rules]\\nhours = [\"00:00-24:00\"]\\n' > schedules/gio.toml");
    // The administrator lets the first one in before the page was ever started.
    let added = machine.root(&format!("loa --dir {STATION} --json user add 'Lê Văn Tư' --role admin"));
    assert!(added.json()["link"].is_string());
    assert_eq!(machine.root("stat -c '%U %a' /var/lib/loa/state/console/console.db").out, "loa-console 600\n");

    let _daemon = machine.start("loa", RUN);
    machine.wait_until("it answers", "runuser -u loa -- loa --dir /var/lib/loa status");
    // The unit of the sound may use no network, so that it starts no page: here nobody asks it to.
    let _page = machine.start("root", &page(&format!("--listen {address}")));
    until("the page answers", &machine, || answers(address));
    let mut tu = person(&machine, address, "loa-console", "Trần Thị Hai", "admin");
    let mut ba = person(&machine, address, "root", "Lê Thị Ba", "reviewer");

    // It sees the daemon, and reads the journal that it may not write, the newest rows too.
    until("the page sees the daemon", &machine, || tu.get("/").body.contains("Dừng loa Thôn 1"));
    let journal = ba.get("/journal?show=machine");
    assert!(journal.status == 200 && !journal.body.contains("không đọc được những dòng mới nhất"), "{}", journal.body);
    assert!(journal.body.contains("/journal/row/"), "{}", journal.body);

    // A sound comes in, belongs to the group, and is heard.
    let tone = super::console::tone(25.0);
    let sent = super::console::hand_in(&mut tu, "tin", "tin.wav", &tone);
    assert_eq!(sent.status, 303, "{}", sent.body);
    until("it is taken in", &machine, || tu.get(sent.to()).header("refresh").is_empty());
    assert!(tu.get(sent.to()).body.contains("Có thể tắt điện thoại"), "{}", tu.get(sent.to()).body);
    // Others than the group do not come as far: the directory is closed to them.
    let whose = machine.root("stat -c '%U:%G %a' /var/lib/loa/audio/tin.wav").out;
    assert!(whose.starts_with("loa-console:loa 66"), "{whose}");
    until("the sound is known", &machine, || tu.get("/say").body.contains("tin (0:"));
    let said = tu.post("/say", &[("name", "tin.wav"), ("zone", "thon-1")]);
    assert_eq!(said.status, 303, "{}", said.body);
    until("it sounds", &machine, || tu.get("/").body.contains("Đang phát"));
    let stopped = tu.post("/stop", &[]);
    assert!(tu.get(stopped.to()).body.contains("Thôn 1: đã dừng"));
    assert_eq!(tu.get("/sounds/tin.wav/heard?zone=thon-1").status, 200);
    assert_eq!(tu.get("/sounds/tin.wav/picture").status, 200);

    // A day off is written; a member writes on in the same file, and the page keeps both as versions.
    let off = [("kind", "days"), ("first", "08/01/2027"), ("for", "all"), ("why", "quốc tang"), ("do", "save")];
    let saved = tu.post("/schedule/off", &off);
    assert_eq!(saved.status, 303, "{}", saved.body);
    let files = machine.root("stat -c '%U:%G %a' /var/lib/loa/schedules/*.toml").out;
    assert!(files.lines().any(|line| line.starts_with("loa-console:loa 66")), "{files}");
    machine.run("hoa", "for f in schedules/*.toml; do echo '# hoa' >> $f; done");
    assert!(machine.root("tail -n 1 -q /var/lib/loa/schedules/*.toml").out.contains("# hoa"));
    let list = tu.get("/schedule/versions");
    assert!(list.body.contains("quốc tang") && list.body.contains("Trần Thị Hai"), "{}", list.body);
    let page = tu.get("/schedule/off");
    let fields = [("file", field(&page, "file")), ("name", field(&page, "name")), ("seen", field(&page, "seen"))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(tu.post("/schedule/off/end", &fields).status, 303);

    // What a member replaces by hand the page brings back, and the other way round.
    assert_eq!(tu.post("/sounds/tin.wav/away", &[("sure", "1")]).status, 303);
    assert_eq!(tu.post("/sounds/tin.wav/back", &[]).status, 303);
    assert_eq!(machine.run("hoa", "cp audio/tin.wav audio/cua-hoa.wav && rm audio/tin.wav").code, 0);

    // What is not its own it neither reads nor writes.
    for closed in ["cat state/loa.lock", "echo >> state/journal.db", "echo >> loa.toml", "touch state/x", "touch x"] {
        assert_ne!(machine.run("loa-console", closed).code, 0, "{closed}");
    }
    for account in ["hoa", "loa"] {
        assert_ne!(machine.run(account, "ls state/console").code, 0, "{account}");
    }
    let room = "find /var/lib/loa/state/console ! -user loa-console -print; stat -c %a /var/lib/loa/state/console";
    assert_eq!(machine.root(room).out, "700\n", "nothing in the page's room is another's");

    // The copy that docs/service.md has, while both run: with people and versions, and a journal that holds.
    let docs = include_str!("../../docs/service.md");
    let copy = docs.split("`sudo cp -a ").nth(1).and_then(|rest| rest.split('`').next()).unwrap();
    machine.root(&format!("cp -a {}", copy.replace("/media/usb", "/mnt/copy")));
    for name in
        ["loa.toml", "schedules", "audio", "state/journal.db", "state/console/console.db", "state/console/versions.db"]
    {
        machine.root(&format!("test -e /mnt/copy/{name}"));
    }
    machine.root("loa --dir /mnt/copy journal verify");
}

#[test]
fn the_certificate_is_made_by_the_administrator_and_read_by_the_page() {
    let Some(machine) = Machine::new() else { return };
    let address = free();
    let made = machine.root(&format!("loa --dir {STATION} --json console cert --name 127.0.0.1")).json();
    let (cert, key) = (made["cert"].as_str().unwrap(), made["key"].as_str().unwrap());
    machine.root(&format!(
        "cat > {STATION}/loa.toml <<'X'\n[zones.thon-1]\noutput = \"null\"\n[console]\nlisten = \"{address}\"\ncert = \"{cert}\"\nkey = \"{key}\"\nX"
    ));
    let _page = machine.start("root", &page(""));
    // Whoever comes without encryption is led to it: so it runs encrypted.
    until("the page answers", &machine, || {
        TcpStream::connect(address).is_ok() && Browser::at(address).get("/").to().starts_with("https://")
    });
    let room = "find /var/lib/loa/state/console ! -user loa-console -print";
    assert_eq!(machine.root(room).out, "");
    assert_ne!(machine.run("hoa", &format!("cat {key}")).code, 0);
}

#[test]
fn systemd_reads_both_units_without_a_complaint() {
    let verify = |machine: &Machine, unit: &str| {
        machine.run("root", &format!("systemd-analyze verify /etc/systemd/system/{unit} 2>&1"))
    };
    let Some(machine) = Machine::new() else { return };
    for unit in ["loa.service", "loa-console.service"] {
        let said = verify(&machine, unit);
        // What it says of other units of the machine is not ours.
        let own: Vec<&str> = said.out.lines().filter(|line| line.contains("loa")).collect();
        assert!(own.is_empty(), "{unit}: {own:#?}");
    }
}

#[test]
#[ignore = "long"]
fn the_page_reads_and_writes_the_board_of_a_centre_and_sees_nothing_else_of_it() {
    if !std::path::Path::new(env!("CARGO_BIN_EXE_loa")).with_file_name("loa-collect").exists() {
        eprintln!("SKIPPED: needs loa-collect beside loa: cargo build -p loa-collect");
        return;
    }
    let Some(machine) = Machine::new() else { return };
    machine.root("systemd-sysusers loa-collect.conf && systemd-tmpfiles --create loa-collect.conf");
    // As the units run both: by their accounts, their groups and their umask.
    let as_account = |account: &str, group: &str, command: &str| {
        let said = machine.root(&format!(
            "cd / && {{ setpriv --reuid {account} --regid {group} --init-groups sh -c 'umask 0007; {command}' && echo yes || echo no; }} 2>/dev/null | tail -n 1"
        ));
        said.out.trim() == "yes"
    };
    let centre = |command: &str| as_account("loa-collect", "loa-collect", command);
    let page = |command: &str| as_account("loa-console", "loa", command);
    let dir = "/var/lib/loa-collect";
    // As docs/service.md has it: made elsewhere, three files are copied.
    machine.root(&format!(
        "loa-collect --dir /mnt/mang fleet init --name x --province p01 --server 127.0.0.1:4222 > /dev/null && cd /mnt/mang
        install -m 640 -o loa-collect -g loa-collect fleet.json ca.crt {dir}/
        install -m 640 -o loa-collect -g loa-collect creds/collector.creds {dir}/creds/"
    ));
    // No server is there: the board is made all the same.
    let run = format!(
        "setpriv --reuid loa-collect --regid loa-collect --init-groups sh -c 'umask 0007; exec loa-collect --dir {dir} collect run'"
    );
    let _collector = machine.start("root", &run);
    let board = format!("{dir}/board/board.db");
    machine.wait_until("the board is there", &format!("test -s {board}"));
    let whose = machine.root(&format!("stat -c '%U %G %a' {dir}/board {board}")).out;
    assert_eq!(whose, "loa-collect loa-board 2770\nloa-collect loa-board 660\n");
    assert!(page(&format!("test -r {board} -a -w {board} && : >> {board}")));
    // As SQLite makes it beside.
    assert!(page(&format!("touch {board}-journal && stat -c %G {board}-journal | grep -qx loa-board")));
    assert!(centre(&format!("rm {board}-journal")), "the other one takes it away");
    for closed in ["ls .", "cat fleet.json", "cat collect.db", "cat creds/collector.creds", "ls keys", "touch x"] {
        assert!(!page(&format!("cd {dir} 2>/dev/null; {closed} > /dev/null")), "{closed}");
    }
    // Whoever is in neither group does not even get at the board.
    assert!(!as_account("hoa", "hoa", &format!("cat {board}")));
    // Who is in the collector's group writes the book.
    assert!(as_account("loa-dispatch", "loa-collect", &format!("test -w {dir}/collect.db && : >> {dir}/collect.db")));
}
