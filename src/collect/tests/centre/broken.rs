//! What breaks at the centre, on purpose: three servers of which the leader is killed, frozen, and two are gone; a store that comes back as it was
//! before; a commune's own server that loses its province. A box goes on by the machine of its link, and every row is in the database once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::{Client, ConnectOptions, HeaderMap};
use futures_util::StreamExt as _;
use loa_collect::ledger::{Ledger as _, SqliteLedger};
use loa_collect::{Collector, CollectorEar, CollectorSettings};
use loa_core::instant::{Mono, Wall};
use loa_core::uplink::{RowBatch, SentRow, Shipment, Uplink, UplinkStep, Watermark, log_subject, watermark_subject};

use crate::command::{command, said};
use crate::fleet::{Fleet, free_ports, run};
use crate::kit::{PATH, World, journal, locality};
use crate::office::{BAO, Office, wall};

/// What takes a box minutes takes it seconds here.
const HASTE: u32 = 60;
const LIMIT: Duration = Duration::from_mins(4);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A box that writes a row whenever `count` rises, and sends as its link does, until nobody waits for it any more.
async fn live(client: Client, rows: Arc<Vec<SentRow>>, count: Arc<AtomicU64>) {
    let (mut uplink, began) = (Uplink::new(0), wall());
    uplink.connected();
    let mono = || Mono::from_origin(wall().after(began) * HASTE);
    loop {
        let written = count.load(Ordering::SeqCst);
        // No batch is so large that all of them would be one.
        match uplink.next(written, mono(), |_| 8_000) {
            UplinkStep::Send(shipment) => {
                if ship(&client, &rows, shipment).await {
                    uplink.acknowledged(shipment);
                } else {
                    uplink.failed(mono(), 0.5);
                }
            }
            UplinkStep::Ask => {
                let subject = format!("$JS.API.DIRECT.GET.LOA_WM.{}", watermark_subject(&locality(PATH)));
                let request = async_nats::Request::new().timeout(Some(Duration::from_secs(3)));
                let answer = client.send_request(subject, request).await.ok();
                let mark = answer.and_then(|answer| Watermark::read(&answer.payload));
                uplink.watermark(mark.map_or(0, |mark| mark.row), mono());
            }
            UplinkStep::Wait(_) | UplinkStep::Rest => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn ship(client: &Client, rows: &[SentRow], shipment: Shipment) -> bool {
    let part = &rows[shipment.first as usize - 1..shipment.last as usize];
    let bodies = part.iter().map(|row| row.body.clone()).collect();
    let head = part.last().unwrap().hash.clone();
    let batch = RowBatch { epoch: "e1".to_owned(), first: shipment.first, bodies, head };
    let mut headers = HeaderMap::new();
    for (name, value) in batch.headers() {
        headers.insert(name, value.as_str());
    }
    headers.insert("Nats-Msg-Id", shipment.name(PATH, "e1").as_str());
    let request = async_nats::Request::new().headers(headers).payload(batch.payload().into());
    let answer = client.send_request(log_subject(&locality(PATH)), request.timeout(Some(Duration::from_secs(3)))).await;
    answer.is_ok_and(|answer| String::from_utf8_lossy(&answer.payload).contains("\"stream\":\"LOA_LOG\""))
}

/// All rows that were written are in the database, each once, and the chain holds.
async fn whole(file: &Path, written: u64) {
    let open = || SqliteLedger::open(file).unwrap();
    let there = || open().journals().unwrap().first().map_or((0, 0), |own| (own.watermark, own.rows));
    let all = async {
        while there().0 < written {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let in_time = tokio::time::timeout(LIMIT, all).await.is_ok();
    assert!(in_time, "{:?} of {written}", there());
    assert_eq!(there(), (written, written));
    let mut ledger = open();
    assert!(ledger.findings().unwrap().is_empty());
    let mut seen = 0;
    ledger.rows(Wall::from_secs(0), Wall::from_secs(4_000_000_000), &mut |_| seen += 1).unwrap();
    assert_eq!(seen, written);
}

impl Fleet {
    /// A collector of this fleet, at work on a thread of its own as long as the test.
    fn collect(&self, file: &Path) {
        let (servers, replicas) = (self.servers(), self.desk(0).register.servers.len());
        let options = self.options(&self.read("creds/collector.creds"));
        let options =
            options.reconnect_delay_callback(|_| Duration::from_millis(100)).ping_interval(Duration::from_secs(2));
        let ledger = SqliteLedger::open(file).unwrap();
        std::thread::spawn(move || {
            runtime().block_on(async move {
                let ear = CollectorEar { say: Arc::new(|_| ()), step: Arc::new(|_| true) };
                let (wait, ack_wait) = (Duration::from_millis(500), Duration::from_secs(2));
                let settings = CollectorSettings { wait, ack_wait, ..CollectorSettings::of("p01", replicas) };
                let collector = Collector::connect(&servers, options, settings, Box::new(ledger), ear).await;
                let _ = collector.unwrap().run(std::future::pending()).await;
            });
        });
    }

    /// A client that notices a frozen server soon, and comes back soon.
    fn patient(&self, credentials: &str) -> ConnectOptions {
        let options = self.options(credentials).ping_interval(Duration::from_secs(2)).retry_on_initial_connect();
        options.reconnect_delay_callback(|_| Duration::from_millis(100))
    }

    /// Which of the servers leads the stream of rows, by its place in the register; none while they choose.
    async fn leader(&self, client: &Client) -> Option<usize> {
        let request = async_nats::Request::new().timeout(Some(Duration::from_secs(2)));
        let answer = client.send_request("$JS.API.STREAM.INFO.LOA_LOG", request).await.ok()?;
        let info: serde_json::Value = serde_json::from_slice(&answer.payload).ok()?;
        let leader = info["cluster"]["leader"].as_str()?;
        self.desk(0).register.servers.iter().position(|server| server.name == leader)
    }

    async fn leading(&self, client: &Client) -> usize {
        let found = async {
            loop {
                if let Some(leader) = self.leader(client).await {
                    return leader;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(LIMIT, found).await.expect("somebody leads")
    }
}

/// An alarm to the one box, by the command, while what lives here goes on.
async fn alarm(fleet: &Fleet, office: &Office) -> std::process::Output {
    let key = office.file(&format!("{BAO}.key"));
    let mut words = vec!["fleet", "alarm", "--to", PATH, "--preset", "lu", "--until", "30m", "--by", "Chủ tịch"];
    words.extend(["--why", "nước lên", "--with", &key, "--wait", "2"]);
    let mut line = command(fleet.dir.path(), &words);
    tokio::task::spawn_blocking(move || line.output().unwrap()).await.unwrap()
}

#[test]
#[ignore = "long"]
fn with_three_servers_the_leader_is_killed_and_frozen_and_two_are_gone_and_each_row_comes_once() {
    let Some(mut fleet) = Fleet::start(3, false) else { return };
    let credentials = {
        let mut desk = fleet.desk(0);
        desk.place(&locality(PATH), None, &[]).unwrap();
        desk.issue(&locality(PATH)).unwrap().text
    };
    let office = Office::open(fleet.dir.path());
    office.introduce(fleet.dir.path());
    runtime().block_on(async {
        fleet.prepare().await;
        let file = fleet.dir.path().join("collect.db");
        fleet.collect(&file);
        let node = fleet.patient(&credentials).custom_inbox_prefix(format!("_INBOX.{PATH}"));
        let node = node.connect(fleet.servers()).await.unwrap();
        let watcher = fleet.patient(&fleet.read("creds/collector.creds")).connect(fleet.servers()).await.unwrap();
        let mut alarms = node.subscribe("loa.em.vn.p01").await.unwrap();
        let mut own = node.subscribe(format!("loa.em.vn.{PATH}")).await.unwrap();
        let (rows, count) = (Arc::new(journal(1_000, "Bản tin")), Arc::new(AtomicU64::new(100)));
        let living = tokio::spawn(live(node.clone(), Arc::clone(&rows), Arc::clone(&count)));
        whole(&file, 100).await;
        // The leader is killed while rows come.
        let leader = fleet.leading(&watcher).await;
        count.store(300, Ordering::SeqCst);
        fleet.kill(leader);
        count.store(400, Ordering::SeqCst);
        whole(&file, 400).await;
        fleet.restart(leader);
        // The next one stands still: it keeps its connections, and nobody answers.
        let leader = fleet.leading(&watcher).await;
        fleet.signal(leader, rustix::process::Signal::STOP);
        count.store(600, Ordering::SeqCst);
        whole(&file, 600).await;
        fleet.signal(leader, rustix::process::Signal::CONT);
        // Two of three are gone: nothing is stored, and who is connected hears an alarm all the same.
        fleet.kill(0);
        fleet.kill(1);
        count.store(800, Ordering::SeqCst);
        let dispatcher = fleet.patient(&fleet.read("creds/dispatcher.creds")).connect(fleet.servers()).await.unwrap();
        let heard = async {
            loop {
                dispatcher.publish("loa.em.vn.p01", "lũ".into()).await.unwrap();
                if tokio::time::timeout(Duration::from_millis(500), alarms.next())
                    .await
                    .is_ok_and(|said| said.is_some())
                {
                    return;
                }
            }
        };
        tokio::time::timeout(LIMIT, heard).await.expect("an alarm is heard without any stream");
        // By the command: nobody keeps it and nobody answers. It fails, and says whether somebody may have heard it all the same.
        let given = alarm(&fleet, &office).await;
        let told = said(&given);
        assert_eq!(given.status.code(), Some(74), "{told}");
        let came = tokio::time::timeout(Duration::from_secs(2), own.next()).await.is_ok_and(|said| said.is_some());
        assert_eq!(told.contains("đài đang nối có thể đã nhận"), came, "{told}");
        assert_eq!(told.contains("chưa gửi được"), !came, "{told}");
        fleet.restart(0);
        fleet.restart(1);
        count.store(1_000, Ordering::SeqCst);
        whole(&file, 1_000).await;
        assert!(!living.is_finished());
    });
}

#[test]
#[ignore = "long"]
fn a_store_that_comes_back_as_it_was_before_costs_no_row_though_all_were_acknowledged() {
    let Some(mut world) = World::start() else { return };
    runtime().block_on(async {
        let file = world.dir.path().join("collect.db");
        world.collector(|_| true).await.unwrap().prepare().await.unwrap();
        let (rows, count) = (Arc::new(journal(600, "Bản tin")), Arc::new(AtomicU64::new(200)));
        let node = world.client(PATH).await;
        let living = tokio::spawn(live(node, Arc::clone(&rows), Arc::clone(&count)));
        world.collect_until(|journals| journals.first().is_some_and(|own| own.rows == 200)).await;
        // What lies on the disk at this moment; then more is acknowledged, and nobody collects.
        let copy = world.dir.path().join("store");
        copied(&world.nats.store(), &copy);
        count.store(500, Ordering::SeqCst);
        let js = async_nats::jetstream::new(world.client("dispatcher").await);
        let stored = async {
            loop {
                let state = js.get_stream("LOA_LOG").await.unwrap().cached_info().state.clone();
                if state.messages >= 60 {
                    return state.messages;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let before = tokio::time::timeout(LIMIT, stored).await.expect("all is acknowledged");
        // The power goes: what was acknowledged last is not there when it is back.
        world.nats.kill();
        std::fs::remove_dir_all(world.nats.store()).unwrap();
        copied(&copy, &world.nats.store());
        world.nats.restart();
        let js = async_nats::jetstream::new(world.client("dispatcher").await);
        let after = js.get_stream("LOA_LOG").await.unwrap().cached_info().state.messages;
        assert!(after < before, "{after} of {before}");
        count.store(600, Ordering::SeqCst);
        world.collect_until(|journals| journals.first().is_some_and(|own| own.watermark == 600)).await;
        whole(&file, 600).await;
        assert!(!living.is_finished());
    });
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copied(&path, &target);
        } else {
            // One that is just being replaced is not there any more, as after a power cut.
            let _ = std::fs::copy(&path, &target);
        }
    }
}

#[test]
#[ignore = "long"]
fn a_commune_that_loses_its_province_and_then_its_own_server_sends_each_row_once_when_they_are_back() {
    let Some(mut fleet) = Fleet::start(1, false) else { return };
    let credentials = {
        let mut desk = fleet.desk(0);
        desk.place(&locality(PATH), None, &[]).unwrap();
        desk.issue(&locality(PATH)).unwrap().text
    };
    runtime().block_on(async {
        fleet.prepare().await;
        let file = fleet.dir.path().join("collect.db");
        fleet.collect(&file);
        let folder = fleet.desk(0).commune(&locality("p01.c003")).unwrap();
        let conf = std::fs::read_to_string(folder.join("nats.conf")).unwrap();
        let port = free_ports(1)[0];
        std::fs::write(folder.join("nats.conf"), conf.replace("0.0.0.0:4222", &format!("127.0.0.1:{port}"))).unwrap();
        let mut leaf = run(&folder);
        let options =
            fleet.options(&credentials).custom_inbox_prefix(format!("_INBOX.{PATH}")).retry_on_initial_connect();
        let options = options.reconnect_delay_callback(|_| Duration::from_millis(100));
        let node = options.connect(format!("nats://127.0.0.1:{port}")).await.unwrap();
        let (rows, count) = (Arc::new(journal(500, "Bản tin")), Arc::new(AtomicU64::new(100)));
        let living = tokio::spawn(live(node.clone(), Arc::clone(&rows), Arc::clone(&count)));
        whole(&file, 100).await;
        // The province is gone: what the box writes waits in its journal.
        fleet.kill(0);
        count.store(300, Ordering::SeqCst);
        let first = Shipment { first: 101, last: 110, generation: 0 };
        assert!(!ship(&node, &rows, first).await, "nobody takes it");
        fleet.restart(0);
        whole(&file, 300).await;
        // Then the commune's own server.
        leaf.kill().unwrap();
        leaf.wait().unwrap();
        count.store(500, Ordering::SeqCst);
        let mut leaf = run(&folder);
        whole(&file, 500).await;
        assert!(!living.is_finished());
        let _ = leaf.kill();
        let _ = leaf.wait();
    });
}
