//! The configuration that `loa fleet init` writes, held by a real server against the attacks of a stolen key.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::jetstream;
use async_nats::{Client, ConnectOptions, Event, Subscriber};
use futures_util::StreamExt as _;
use loa_collect::fleet::{Desk, FleetKey, JoinCode, JoinRequest, KeyKind, connect_options, joined, push, revoked_at};
use loa_core::instant::Wall;
use rustix::process::{Pid, Signal, kill_process};

use crate::kit::{OTHER, PATH, journal, locality, send};
use crate::nats::program;

const NOW: Wall = Wall::from_secs(1_796_000_000);
const LIMIT: Duration = Duration::from_mins(1);

/// A fleet in a directory, and its servers.
pub(crate) struct Fleet {
    pub(crate) dir: tempfile::TempDir,
    servers: Vec<Child>,
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for server in &mut self.servers {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// Tests of one process run beside each other.
static NEXT: AtomicU16 = AtomicU16::new(0);

/// Ports for so many servers, that nobody has.
pub(crate) fn free_ports(count: usize) -> Vec<u16> {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let first = 11_000 + (std::process::id() % 4_000) as u16 + NEXT.fetch_add(100, Ordering::Relaxed);
    let free = (first..30_000).filter(|port| [0, 2_000, 3_200].iter().all(|above| is_free(port + above)));
    let mut ports: Vec<u16> = free.step_by(3).take(count).collect();
    ports.dedup();
    ports
}

impl Fleet {
    pub(crate) fn start(count: usize, tls: bool) -> Option<Self> {
        program()?;
        let dir = tempfile::tempdir().unwrap();
        let hosts: Vec<String> = free_ports(count).iter().map(|port| format!("127.0.0.1:{port}")).collect();
        let desk = Desk::init(dir.path(), "Tỉnh 01", locality("p01"), &hosts, tls, NOW).unwrap();
        let names: Vec<String> = desk.register.servers.iter().map(|server| server.name.clone()).collect();
        drop(desk);
        let mut fleet = Self { dir, servers: Vec::new() };
        for name in names {
            let own = fleet.dir.path().join("servers").join(name);
            fleet.servers.push(run(&own));
        }
        Some(fleet)
    }

    pub(crate) fn desk(&self, after: i64) -> Desk {
        Desk::open(self.dir.path(), NOW + Duration::from_secs(after as u64)).unwrap()
    }

    /// End one of its servers as a power cut does; it stays where it is in the list.
    pub(crate) fn kill(&mut self, number: usize) {
        let _ = self.servers[number].kill();
        let _ = self.servers[number].wait();
    }

    /// Start it again, with what it has stored.
    pub(crate) fn restart(&mut self, number: usize) {
        let name = self.desk(0).register.servers[number].name.clone();
        self.servers[number] = run(&self.dir.path().join("servers").join(name));
    }

    /// Let one stand still, or go on.
    pub(crate) fn signal(&self, number: usize, signal: Signal) {
        let pid = Pid::from_raw(self.servers[number].id().cast_signed()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    fn logs(&self) -> String {
        let names: Vec<String> = self.desk(0).register.servers.iter().map(|server| server.name.clone()).collect();
        names.iter().map(|name| self.read(&format!("servers/{name}/log"))).collect()
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(file)).unwrap()
    }

    fn authority(&self) -> Option<PathBuf> {
        Some(self.dir.path().join("ca.crt")).filter(|path| path.exists())
    }

    pub(crate) fn options(&self, credentials: &str) -> ConnectOptions {
        connect_options(credentials, self.authority().as_deref()).unwrap()
    }

    pub(crate) fn servers(&self) -> Vec<String> {
        self.desk(0).register.addresses()
    }

    async fn centre(&self, who: &str) -> Client {
        let options = self.options(&self.read(&format!("creds/{who}.creds"))).retry_on_initial_connect();
        let client = options.connect(self.servers()).await.unwrap();
        tokio::time::timeout(LIMIT, client.flush()).await.expect("a server answers").unwrap();
        client
    }

    /// A box with its credentials; what the server denies it is noted.
    pub(crate) async fn node(&self, path: &str, credentials: &str) -> (Client, Arc<Mutex<Vec<String>>>) {
        let noted: Arc<Mutex<Vec<String>>> = Arc::default();
        let note = Arc::clone(&noted);
        let options = self.options(credentials).custom_inbox_prefix(format!("_INBOX.{path}"));
        let options = options.request_timeout(Some(Duration::from_millis(400))).event_callback(move |event| {
            note.lock().unwrap().push(event.to_string());
            async {}
        });
        // The server may be on its way up.
        let client = options.retry_on_initial_connect().connect(self.servers()).await.unwrap();
        tokio::time::timeout(LIMIT, client.flush()).await.expect("a server answers").unwrap();
        (client, noted)
    }

    /// The streams, made by the collector as it is.
    pub(crate) async fn prepare(&self) -> jetstream::Context {
        let client = self.centre("collector").await;
        let settings = loa_collect::CollectorSettings::of("p01", self.servers.len());
        let ear = loa_collect::CollectorEar { say: Arc::new(|_| ()), step: Arc::new(|_| true) };
        let ledger = loa_collect::ledger::SqliteLedger::in_memory().unwrap();
        let options = self.options(&self.read("creds/collector.creds"));
        let collector =
            loa_collect::Collector::connect(&self.servers(), options, settings, Box::new(ledger), ear).await.unwrap();
        // A cluster chooses who leads first.
        let mut why = String::new();
        let made = async {
            while let Err(error) = collector.prepare().await {
                why = error.to_string();
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        let in_time = tokio::time::timeout(LIMIT, made).await.is_ok();
        assert!(in_time, "the streams are not made: {why}\n{}", self.logs());
        drop(client);
        jetstream::new(self.centre("dispatcher").await)
    }
}

pub(crate) fn run(own: &Path) -> Child {
    let mut server = Command::new(program().unwrap());
    server.args(["-c", "nats.conf"]).current_dir(own).stdout(Stdio::null());
    server.stderr(std::fs::File::create(own.join("log")).unwrap()).spawn().unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn stored(js: &jetstream::Context, stream: &str, subject: &str) -> Option<String> {
    let stream = js.get_stream(stream).await.unwrap();
    let message = stream.get_last_raw_message_by_subject(subject).await.ok()?;
    Some(String::from_utf8_lossy(&message.payload).into_owned())
}

/// How much lies in a stream.
async fn count(js: &jetstream::Context, stream: &str) -> u64 {
    js.get_stream(stream).await.unwrap().cached_info().state.messages
}

/// Until what the centre says there is heard.
async fn hears(js: &jetstream::Context, subject: &'static str, ear: &mut Subscriber) {
    let heard = async {
        loop {
            js.publish(subject, "nghe".into()).await.unwrap().await.unwrap();
            if tokio::time::timeout(Duration::from_millis(200), ear.next()).await.is_ok_and(|said| said.is_some()) {
                return;
            }
        }
    };
    tokio::time::timeout(LIMIT, heard).await.expect(subject);
}

#[test]
#[ignore = "long"]
fn a_stolen_key_writes_in_no_name_but_its_own_and_replaces_nothing() {
    let Some(fleet) = Fleet::start(1, true) else { return };
    runtime().block_on(async {
        let credentials = {
            let mut desk = fleet.desk(0);
            for path in [PATH, OTHER] {
                desk.place(&locality(path), None, &[]).unwrap();
            }
            desk.issue(&locality(PATH)).unwrap().text
        };
        let js = fleet.prepare().await;
        for zone in ["vn", "vn.p01", "vn.p01.c003.h00077", "vn.p01.c003.h00078"] {
            js.publish(format!("loa.sched.{zone}"), format!("lịch {zone}").into()).await.unwrap().await.unwrap();
        }
        let (node, noted) = fleet.node(PATH, &credentials).await;
        let rows = journal(5, "Bản tin");
        // What a box needs.
        assert!(send(&node, PATH, "e1", &rows, "1").await);
        let own = jetstream::new(node.clone());
        let get = async |stream: &str, subject: &str| {
            let stream = own.get_stream_no_info(stream).await.unwrap();
            stream.direct_get_last_for_subject(subject).await.ok().map(|message| message.payload)
        };
        for zone in ["vn", "vn.p01", "vn.p01.c003.h00077"] {
            let read = get("LOA_SCHED", &format!("loa.sched.{zone}")).await.unwrap();
            assert_eq!(read, format!("lịch {zone}").as_bytes(), "{zone}");
        }
        // What it must not.
        assert_eq!(get("LOA_SCHED", "loa.sched.vn.p01.c003.h00078").await, None, "another's schedule");
        assert_eq!(get("LOA_WM", &format!("loa.wm.{OTHER}")).await, None, "another's watermark");
        assert_eq!(get("LOA_LOG", &format!("loa.log.{PATH}")).await, None, "what it has written itself");
        assert!(!send(&node, OTHER, "e1", &rows, "2").await, "another's rows");
        for subject in [
            "loa.sched.vn",
            "loa.em.vn",
            "loa.wm.p01.c003.h00077",
            "$O.AUDIO.C.x",
            "$JS.API.STREAM.INFO.LOA_SCHED",
            "$JS.API.STREAM.MSG.GET.LOA_LOG",
            "$JS.API.STREAM.DELETE.LOA_SCHED",
            "$JS.API.STREAM.PURGE.LOA_LOG",
            "$JS.API.CONSUMER.CREATE.LOA_LOG",
            "loa.hb.p01.c003.h00078",
        ] {
            assert!(node.request(subject, "x".into()).await.is_err(), "{subject}");
        }
        // The server checks no reply subject: what it answers there must reach nothing that is stored.
        for reply in ["loa.sched.vn", "loa.sched.vn.p01", "loa.log.p01.c003.h00078", "loa.em.vn"] {
            node.publish_with_reply(format!("loa.log.{PATH}"), reply, "rác".into()).await.unwrap();
            // Nor what it may read, with the centre's own words in it.
            let own = format!("$JS.API.DIRECT.GET.LOA_SCHED.loa.sched.vn.{PATH}");
            node.publish_with_reply(own, reply, "".into()).await.unwrap();
        }
        let mut subscriber = node.subscribe(format!("_INBOX.{OTHER}.>")).await.unwrap();
        node.subscribe("loa.log.>").await.unwrap();
        node.subscribe(">").await.unwrap();
        node.flush().await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(200), subscriber.next()).await.is_err());
        assert_eq!(stored(&js, "LOA_SCHED", "loa.sched.vn").await.as_deref(), Some("lịch vn"));
        assert_eq!(stored(&js, "LOA_SCHED", "loa.sched.vn.p01").await.as_deref(), Some("lịch vn.p01"));
        assert_eq!(stored(&js, "LOA_LOG", "loa.log.p01.c003.h00078").await, None, "no row in another's name");
        assert_eq!(count(&js, "LOA_SCHED").await, 4, "what the centre has put there");
        assert_eq!(count(&js, "LOA_EM").await, 0);
        let noted = noted.lock().unwrap().join("\n").to_lowercase();
        for denied in ["loa.sched.vn", "loa.em.vn", "_inbox.p01.c003.h00078.>", "loa.log.>"] {
            assert!(noted.contains(&format!("\"{denied}\"")), "{denied}: {noted}");
        }
    });
}

#[test]
fn a_revoked_box_is_cut_off_at_once_and_the_place_gets_another() {
    let Some(fleet) = Fleet::start(1, false) else { return };
    runtime().block_on(async {
        let (thief, other) = {
            let mut desk = fleet.desk(0);
            for path in [PATH, OTHER] {
                desk.place(&locality(path), None, &[]).unwrap();
            }
            (desk.issue(&locality(PATH)).unwrap(), desk.issue(&locality(OTHER)).unwrap().text)
        };
        let (stolen, thief) = (thief.key, thief.text);
        fleet.prepare().await;
        let (node, noted) = fleet.node(PATH, &thief).await;
        let (bystander, calm) = fleet.node(OTHER, &other).await;
        let rows = journal(5, "Bản tin");
        assert!(send(&node, PATH, "e1", &rows, "1").await && send(&bystander, OTHER, "e1", &rows, "2").await);
        let papers = {
            let mut desk = fleet.desk(60);
            desk.revoke(&locality(PATH), true).unwrap();
            desk.papers().unwrap()
        };
        let system = fleet.read("creds/system.creds");
        let held = async || revoked_at(&fleet.servers(), &system, None, &papers).await.unwrap();
        assert!(held().await.is_empty(), "the server holds the papers of before");
        push(&fleet.servers(), &system, None, &papers).await.unwrap();
        // What the server holds is known, whatever becomes of the register.
        assert_eq!(held().await.into_keys().collect::<Vec<_>>(), [stolen]);
        let cut = async {
            while !noted.lock().unwrap().iter().any(|event| event.contains(&Event::Disconnected.to_string())) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(LIMIT, cut).await.expect("it is cut off");
        let again = fleet.options(&thief).connect(fleet.servers()).await;
        assert!(again.is_err(), "it does not come back");
        assert!(send(&bystander, OTHER, "e1", &rows, "3").await);
        assert!(!calm.lock().unwrap().iter().any(|event| event.contains(&Event::Disconnected.to_string())));
        // Another box, by a code: its seed never leaves it.
        let key = FleetKey::make(KeyKind::User).unwrap();
        let (code, _) = fleet.desk(120).invite(&locality(PATH)).unwrap();
        let typed = JoinCode::read(&code.to_string().to_lowercase()).unwrap();
        let request = JoinRequest::of(locality(PATH), &key, &typed).to_string();
        let paper = {
            let mut desk = fleet.desk(180);
            let letters = desk.take(&JoinRequest::read(&request).unwrap()).unwrap();
            desk.accept(&locality(PATH), &letters).unwrap().text
        };
        let credentials = joined(paper.trim(), &key).unwrap();
        let (box_, _) = fleet.node(PATH, &credentials).await;
        assert!(send(&box_, PATH, "e2", &rows, "4").await);
        assert!(joined(paper.trim(), &FleetKey::make(KeyKind::User).unwrap()).is_err(), "another box's paper");
    });
}

#[test]
#[ignore = "long"]
fn three_servers_are_one_and_two_of_them_are_enough() {
    let Some(mut fleet) = Fleet::start(3, true) else { return };
    runtime().block_on(async {
        let credentials = {
            let mut desk = fleet.desk(0);
            desk.place(&locality(PATH), None, &[]).unwrap();
            desk.issue(&locality(PATH)).unwrap().text
        };
        let js = fleet.prepare().await;
        let info = js.get_stream("LOA_LOG").await.unwrap().cached_info().clone();
        assert_eq!(info.config.num_replicas, 3);
        let (node, _) = fleet.node(PATH, &credentials).await;
        let rows = journal(5, "Bản tin");
        assert!(send(&node, PATH, "e1", &rows, "1").await);
        // One of them dies: the box goes to another, and its rows are taken.
        let mut first = fleet.servers.remove(0);
        first.kill().unwrap();
        first.wait().unwrap();
        let taken = async {
            while !send(&node, PATH, "e1", &rows, "2").await {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(LIMIT, taken).await.expect("two of three are enough");
    });
}

#[test]
fn a_communes_server_passes_on_what_its_own_boxes_say_and_nobody_elses() {
    let Some(mut fleet) = Fleet::start(1, true) else { return };
    runtime().block_on(async {
        let foreign = "p01.c004.h00001";
        let (own, other) = {
            let mut desk = fleet.desk(0);
            for path in [PATH, foreign] {
                desk.place(&locality(path), None, &[]).unwrap();
            }
            (desk.issue(&locality(PATH)).unwrap().text, desk.issue(&locality(foreign)).unwrap().text)
        };
        let js = fleet.prepare().await;
        let folder = fleet.desk(0).commune(&locality("p01.c003")).unwrap();
        let conf = std::fs::read_to_string(folder.join("nats.conf")).unwrap();
        let port = free_ports(1)[0];
        std::fs::write(folder.join("nats.conf"), conf.replace("0.0.0.0:4222", &format!("127.0.0.1:{port}"))).unwrap();
        fleet.servers.push(run(&folder));
        let rows = journal(5, "Bản tin");
        let node = async |path: &str, credentials: &str| {
            let options = connect_options(credentials, None).unwrap().custom_inbox_prefix(format!("_INBOX.{path}"));
            let options = options.request_timeout(Some(Duration::from_millis(400))).retry_on_initial_connect();
            options.connect(format!("nats://127.0.0.1:{port}")).await.unwrap()
        };
        let (own, other) = (node(PATH, &own).await, node(foreign, &other).await);
        let passed = async {
            while !send(&own, PATH, "e1", &rows, "1").await {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let in_time = tokio::time::timeout(LIMIT, passed).await.is_ok();
        let log = std::fs::read_to_string(folder.join("log")).unwrap();
        assert!(in_time, "the commune's server passes it on: {log}\n{}", fleet.logs());
        assert!(!send(&other, foreign, "e1", &rows, "2").await, "a box of another commune");
        // What is said live comes down the same way.
        for subject in ["loa.em.vn.p01", "loa.sched.vn.p01.c003"] {
            let mut ear = own.subscribe(subject).await.unwrap();
            hears(&js, subject, &mut ear).await;
        }
    });
}

/// What somebody runs who has carried a commune's server away: a server of his own that knows neither operator nor accounts, and goes to the province
/// by the stolen paper.
fn thieves_config(conf: &str, port: u16) -> String {
    let remotes = conf.lines().skip_while(|line| !line.starts_with("leafnodes"));
    let remotes = remotes.map(|line| if line.trim_start().starts_with("account:") { "    account: T" } else { line });
    format!(
        "server_name: thief\nlisten: \"127.0.0.1:{port}\"\naccounts {{ T {{ users: [ {{ user: t, password: t }} ] }} }}\n{}\n",
        remotes.collect::<Vec<_>>().join("\n")
    )
}

#[test]
#[ignore = "long"]
fn a_stolen_communes_server_forges_nothing_of_the_centre_and_nothing_of_another_commune() {
    let Some(mut fleet) = Fleet::start(1, true) else { return };
    runtime().block_on(async {
        let js = fleet.prepare().await;
        for zone in ["vn", "vn.p01", "vn.p01.c003"] {
            js.publish(format!("loa.sched.{zone}"), format!("lịch {zone}").into()).await.unwrap().await.unwrap();
        }
        let folder = fleet.desk(0).commune(&locality("p01.c003")).unwrap();
        let stolen = std::fs::read_to_string(folder.join("leaf.creds")).unwrap();
        assert!(fleet.options(&stolen).connect(fleet.servers()).await.is_err(), "it is no client's paper");
        let conf = std::fs::read_to_string(folder.join("nats.conf")).unwrap();
        let port = free_ports(1)[0];
        std::fs::write(folder.join("nats.conf"), thieves_config(&conf, port)).unwrap();
        fleet.servers.push(run(&folder));
        let options = ConnectOptions::with_user_and_password("t".to_owned(), "t".to_owned());
        let thief = options.retry_on_initial_connect().connect(format!("nats://127.0.0.1:{port}")).await.unwrap();
        let reaches = async |path: &'static str| {
            let reached = async {
                while stored(&js, "LOA_LOG", &format!("loa.log.{path}")).await.is_none() {
                    thief.publish(format!("loa.log.{path}"), "dòng".into()).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            };
            let in_time = tokio::time::timeout(LIMIT, reached).await.is_ok();
            assert!(in_time, "{path}: {}", std::fs::read_to_string(folder.join("log")).unwrap());
        };
        // What it is for: the rows of its own boxes.
        reaches(PATH).await;
        let foreign = "loa.log.p01.c004.h00001";
        for subject in [
            "loa.sched.vn",
            "loa.sched.vn.p01.c003",
            "loa.em.vn.p01",
            "loa.em.vn.p01.c003",
            "loa.wm.p01.c003.h00077",
            "$O.AUDIO.C.x",
            foreign,
            "loa.hb.p01.c004.h00001",
            "loa.ack.p01.c004.h00001",
            "$JS.API.STREAM.PURGE.LOA_SCHED",
            "$JS.p01.API.STREAM.PURGE.LOA_SCHED",
        ] {
            thief.publish(subject, "giả".into()).await.unwrap();
        }
        // The server checks no reply subject.
        for reply in ["loa.sched.vn", "loa.sched.vn.p01", "loa.em.vn.p01", foreign] {
            thief.publish_with_reply(format!("loa.log.{PATH}"), reply, "rác".into()).await.unwrap();
        }
        // What lies in one stream, laid into another in another's name.
        let consumer = format!(
            r#"{{"stream_name":"LOA_SCHED","config":{{"deliver_subject":"{foreign}","deliver_policy":"all","ack_policy":"none"}}}}"#
        );
        for api in ["$JS.API", "$JS.p01.API"] {
            let asked = format!("{api}.CONSUMER.CREATE.LOA_SCHED");
            thief.publish_with_reply(asked, "loa.sched.vn", consumer.clone().into()).await.unwrap();
        }
        // One link, one order: what was sent before this has come before this.
        reaches(OTHER).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        for zone in ["vn", "vn.p01", "vn.p01.c003"] {
            let lying = stored(&js, "LOA_SCHED", &format!("loa.sched.{zone}")).await;
            assert_eq!(lying, Some(format!("lịch {zone}")));
        }
        assert_eq!((count(&js, "LOA_SCHED").await, count(&js, "LOA_EM").await), (3, 0));
        for stream in ["LOA_WM", "OBJ_AUDIO", "LOA_HB", "LOA_ACK"] {
            assert_eq!(count(&js, stream).await, 0, "{stream}");
        }
        assert_eq!(stored(&js, "LOA_LOG", foreign).await, None, "no row in another's name");
        // And it hears what its own boxes are to hear, and not what others are.
        let mut ear = thief.subscribe("loa.em.vn.p01.c003").await.unwrap();
        let mut others = thief.subscribe("loa.em.vn.p01.c004").await.unwrap();
        hears(&js, "loa.em.vn.p01.c003", &mut ear).await;
        js.publish("loa.em.vn.p01.c004", "nghe".into()).await.unwrap().await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(500), others.next()).await.is_err());
    });
}
