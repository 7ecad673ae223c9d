//! The same database on a PostgreSQL server of the test's own, on a socket in a directory. Without one (Debian's `postgresql`) they say
//! SKIPPED.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use loa_collect::fleet::Desk;
use loa_collect::ledger::{Haul, Ledger as _, PostgresLedger, Way};
use loa_core::instant::Wall;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use crate::kit::{journal, locality};
use crate::ledger::{agrees, any_hauls, closes};

const NOW: Wall = Wall::from_secs(1_796_000_000);

struct Postgres {
    dir: tempfile::TempDir,
    bin: PathBuf,
    process: Option<Child>,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

/// PostgreSQL refuses to be root.
fn as_nobody(program: &Path) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(program);
    command
}

impl Postgres {
    fn start() -> Option<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let bin = versions.map(|entry| entry.path().join("bin")).find(|bin| bin.join("initdb").exists());
        let Some(bin) = bin else {
            eprintln!("SKIPPED: needs a PostgreSQL server (Debian: postgresql)");
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        if rustix::process::geteuid().is_root() {
            chown(dir.path(), Some(65_534), Some(65_534)).unwrap();
        }
        let mut init = as_nobody(&bin.join("initdb"));
        init.args(["--auth=trust", "--username=loa", "--encoding=UTF8", "--locale=C", "-D"]).arg(dir.path().join("db"));
        let made = init.current_dir(dir.path()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut server = Self { dir, bin, process: None };
        server.run();
        Some(server)
    }

    fn run(&mut self) {
        let mut run = as_nobody(&self.bin.join("postgres"));
        run.arg("-D").arg(self.dir.path().join("db")).arg("-k").arg(self.dir.path()).args(["-c", "listen_addresses="]);
        self.process =
            Some(run.current_dir(self.dir.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    }

    /// As a power cut does: at once.
    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    fn url(&self) -> String {
        format!("postgres://loa@{}/postgres", self.dir.path().to_string_lossy().replace('/', "%2F"))
    }

    /// Again, and over the network with TLS alone, by a certificate of the fleet's own authority. On which port.
    fn run_with_tls(&mut self, fleet: &Path) -> u16 {
        self.kill();
        let db = self.dir.path().join("db");
        let _ = std::fs::remove_file(db.join("postmaster.pid"));
        for (from, to) in [("tls.crt", "server.crt"), ("tls.key", "server.key")] {
            let to = db.join(to);
            std::fs::copy(fleet.join("servers/p01-n1").join(from), &to).unwrap();
            std::fs::set_permissions(&to, std::fs::Permissions::from_mode(0o600)).unwrap();
            if rustix::process::geteuid().is_root() {
                chown(&to, Some(65_534), Some(65_534)).unwrap();
            }
        }
        std::fs::write(db.join("pg_hba.conf"), "local all all trust\nhostssl all all 127.0.0.1/32 trust\n").unwrap();
        let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut run = as_nobody(&self.bin.join("postgres"));
        run.arg("-D").arg(&db).arg("-k").arg(self.dir.path()).args([
            "-c",
            "ssl=on",
            "-c",
            "listen_addresses=127.0.0.1",
        ]);
        run.args(["-p", &port.to_string()]).current_dir(self.dir.path());
        self.process = Some(run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        port
    }

    fn ledger(&self) -> PostgresLedger {
        for _ in 0..600 {
            if let Ok(ledger) = PostgresLedger::open(&self.url()) {
                return ledger;
            }
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            runtime.block_on(async { tokio::time::sleep(Duration::from_millis(50)).await });
        }
        panic!("PostgreSQL does not start");
    }
}

#[test]
#[ignore = "long"]
fn a_database_server_answers_as_the_file_does_and_keeps_what_it_has_committed() {
    let Some(mut server) = Postgres::start() else { return };
    let mut ledger = server.ledger();
    let mut runner = TestRunner::deterministic();
    for case in 0..30 {
        let hauls = any_hauls().new_tree(&mut runner).unwrap().current();
        let forged_from = (1..60_u64).new_tree(&mut runner).unwrap().current();
        agrees(&mut ledger, &format!("p01.c1.h{case}"), &hauls, forged_from);
    }
    let rows = journal(300, "Bản tin");
    let haul = |rows: &[loa_core::uplink::SentRow]| Haul {
        station: locality("p01.c2.h1"),
        epoch: "e1".to_owned(),
        rows: rows.to_vec(),
        way: Way::Network,
        heard: None,
    };
    for rows in rows.chunks(100) {
        ledger.take(&[haul(rows)], NOW).unwrap();
    }
    ledger.announce(&locality("p01.c2.h1"), "e1", 310, NOW).unwrap();
    ledger.refuse("p01.c2.h1", "no rows", NOW).unwrap();
    ledger.refuse("p01.c2.h1", "no rows", NOW).unwrap();
    assert_eq!(ledger.refused().unwrap()[0].count, 2);
    assert_eq!(ledger.close("p01.c2.h1", None, "Bà Hai", "rác", NOW).unwrap(), 0);
    assert_eq!(ledger.forgive("p01.c2.h1", "Bà Hai", "rác", NOW).unwrap(), 1);
    let own = locality("p01.c2.h1");
    assert_eq!(ledger.signer(&own).unwrap(), None);
    for key in ["a", "b"] {
        ledger.believe(&own, key, NOW).unwrap();
        assert_eq!(ledger.signer(&own).unwrap(), Some((key.to_owned(), NOW)));
    }
    let mut count = 0;
    ledger.rows(NOW, Wall::from_secs(1_796_000_301), &mut |row| count += u64::from(row.row.seq <= 300)).unwrap();
    assert!(count >= 300, "{count}");
    closes(&mut ledger);
    // The server dies as by a power cut; the same ledger goes on once it is back.
    server.kill();
    assert!(ledger.journals().is_err());
    let _ = std::fs::remove_file(server.dir.path().join("db/postmaster.pid"));
    server.run();
    drop(server.ledger());
    let journals = ledger.journals().unwrap();
    let own = journals.iter().find(|journal| journal.station == "p01.c2.h1").unwrap();
    assert_eq!((own.watermark, own.rows), (300, 300));
    assert_eq!(ledger.gaps(own.id).unwrap(), [(301, 310)]);
    let marks = ledger.watermarks().unwrap();
    assert!(marks.iter().any(|(station, mark)| station.as_str() == "p01.c2.h1" && mark.row == 300));
}

#[test]
#[ignore = "long"]
fn a_database_server_far_away_is_spoken_to_over_tls_by_the_authority_that_was_named_and_no_other() {
    let Some(mut server) = Postgres::start() else { return };
    drop(server.ledger());
    let (fleet, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for dir in [&fleet, &other] {
        Desk::init(dir.path(), "Tỉnh 01", locality("p01"), &["127.0.0.1".to_owned()], true, NOW).unwrap();
    }
    let port = server.run_with_tls(fleet.path());
    let url = format!("postgres://loa@127.0.0.1:{port}/postgres");
    let open = |authority: &Path| PostgresLedger::open_with(&url, Some(authority));
    let own = fleet.path().join("ca.crt");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut tries = 0;
    let mut ledger = loop {
        match open(&own) {
            Ok(ledger) => break ledger,
            Err(error) if tries > 200 => panic!("{error}"),
            Err(_) => runtime.block_on(async { tokio::time::sleep(Duration::from_millis(50)).await }),
        }
        tries += 1;
    };
    assert!(ledger.journals().unwrap().is_empty());
    ledger.claim().unwrap();
    let second = open(&own).unwrap().claim();
    assert!(second.unwrap_err().text().vi.contains("một loa collect run khác"));
    assert!(open(&other.path().join("ca.crt")).is_err(), "another authority");
    assert!(PostgresLedger::open(&url).is_err(), "the server takes nobody without TLS");
    assert!(PostgresLedger::open(&format!("{url}?sslmode=require")).is_err(), "this machine does not know the fleet");
    let none = open(&fleet.path().join("fleet.json")).err().expect("no certificate");
    assert!(none.text().vi.contains("không dùng được chứng nhận"));
}
