//! What does a fleet cost, and how fast is it? A real nats-server with the configuration of `loa fleet init`, the collector as it is, and boxes that
//! speak the protocol: `cargo bench --bench fleet`. Smaller, and one thing alone: `LOA_BOXES=300 LOA_ROWS=840 LOA_SOUND_MB=2
//! LOA_LINK_SECONDS=120 LOA_ONLY=alarm,back,link,sound`. Server, collector and all boxes share this machine.

#![expect(clippy::disallowed_methods, reason = "a bench measures")]

#[allow(dead_code, unused_imports, reason = "the kit of the tests")]
#[path = "../src/collect/tests/centre/command.rs"]
mod command;
#[allow(dead_code, unused_imports, reason = "the kit of the tests")]
#[path = "../src/collect/tests/centre/fleet.rs"]
mod fleet;
#[allow(dead_code, unused_imports, reason = "the kit of the tests")]
#[path = "../src/collect/tests/centre/kit.rs"]
mod kit;
#[allow(dead_code, unused_imports, reason = "the kit of the tests")]
#[path = "../tests/it/kit/nats.rs"]
mod nats;
#[allow(dead_code, unused_imports, reason = "the kit of the tests")]
#[path = "../src/collect/tests/centre/office.rs"]
mod office;
#[allow(dead_code, unused_imports, reason = "the kit of the tests")]
#[path = "../src/collect/tests/centre/province.rs"]
mod province;
#[allow(dead_code, unused_imports, reason = "the kit of the tests")]
#[path = "../tests/it/kit/qr.rs"]
mod qr;
#[path = "kit/slow.rs"]
mod slow;
#[allow(dead_code, unused_imports, reason = "the kit of the tests")]
#[path = "../src/collect/tests/centre/village.rs"]
mod village;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use async_nats::jetstream;
use async_nats::{Client, ConnectOptions, HeaderMap};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use loa_collect::fleet::{Authority, FleetKey, KeyKind, joined};
use loa_collect::ledger::{Ledger as _, SqliteLedger};
use loa_collect::{Collector, CollectorEar, CollectorSettings};
use loa_core::instant::{Mono, Wall};
use loa_core::signature::Locality;
use loa_core::uplink::{RowBatch, SentRow, Shipment, Uplink, UplinkStep, Watermark, log_subject, watermark_subject};

use crate::kit::{PATH, journal, locality};
use crate::office::{BAO, Packed, TINH, key, now, wall};
use crate::province::Province;

/// Alarms that are given one after the other.
const ALARMS: usize = 20;
/// Longer than anything here takes.
const LIMIT: Duration = Duration::from_mins(30);

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|said| said.parse().ok()).unwrap_or(otherwise)
}

fn main() {
    let Some(mut province) = Province::start(&[PATH]) else { return };
    let (boxes, rows) = (asked("LOA_BOXES", 3_000) as usize, asked("LOA_ROWS", 840));
    let only = std::env::var("LOA_ONLY").unwrap_or_else(|_| "alarm,back,link,sound".to_owned());
    let is_asked = |part: &str| only.split(',').any(|own| own == part);
    println!("load average before: {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    if is_asked("alarm") {
        alarm(&province, boxes);
    }
    if is_asked("back") {
        back(&province, boxes, rows);
    }
    let beside = Path::new(env!("CARGO_BIN_EXE_loa-collect")).with_file_name("loa");
    if (is_asked("link") || is_asked("sound")) && !beside.exists() {
        println!("link, sound: needs the main program beside loa-collect: cargo build --release --bin loa");
        return;
    }
    if is_asked("link") {
        link(&province, &beside);
    }
    if is_asked("sound") {
        sound(&mut province, &beside);
    }
    println!("load average after: {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
}

/// Credentials of so many boxes, twenty in a commune.
fn boxes_of(province: &Province, count: usize) -> Vec<(Locality, String)> {
    let authority = Authority::read(province.dir()).expect("its keys");
    let one = |number: usize| {
        let path = locality(&format!("p01.b{:03}.h{number:05}", number / 20));
        let key = FleetKey::make(KeyKind::User).expect("a key");
        let paper = authority.box_token(&path, &zones(&path), &key.public(), now()).expect("a paper");
        let credentials = joined(&paper, &key).expect("credentials");
        (path, credentials)
    };
    (0..count).map(one).collect()
}

fn zones(path: &Locality) -> Vec<Locality> {
    let own = format!("vn.{path}");
    let ends = own.match_indices('.').map(|(at, _)| at).chain([own.len()]);
    ends.map(|end| locality(&own[..end])).collect()
}

fn options(path: &Locality, credentials: &str) -> ConnectOptions {
    ConnectOptions::with_credentials(credentials)
        .expect("credentials")
        .custom_inbox_prefix(format!("_INBOX.{path}"))
        .retry_on_initial_connect()
        .connection_timeout(Duration::from_mins(1))
        .reconnect_delay_callback(|attempts| Duration::from_millis(200 * attempts.min(20) as u64))
}

/// Work of all boxes on two threads; what a box does is `each`'s.
fn on_threads<F: Future<Output = ()>>(
    boxes: &[(Locality, String)],
    servers: &[String],
    each: impl Fn(usize, Locality, Client) -> F + Clone + Send + 'static,
) -> Vec<std::thread::JoinHandle<()>> {
    let half = boxes.len().div_ceil(2).max(1);
    let mut threads = Vec::new();
    for (thread, part) in boxes.chunks(half).enumerate() {
        let (part, servers, each) = (part.to_vec(), servers.to_vec(), each.clone());
        threads.push(std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let one = |(number, (path, credentials)): (usize, (Locality, String))| {
                let (servers, each) = (servers.clone(), each.clone());
                async move {
                    let client = options(&path, &credentials).connect(servers).await.expect("a client");
                    each(thread * half + number, path, client).await;
                }
            };
            runtime.block_on(join_all(part.into_iter().enumerate().map(one)));
        }));
    }
    threads
}

/// An alarm to all: stored by the server, heard by each box by its own subscription, as it is by `loa link`.
fn alarm(province: &Province, count: usize) {
    let boxes = boxes_of(province, count);
    let (tell, told) = mpsc::channel::<(u64, Wall)>();
    let ready = Arc::new(AtomicU64::new(0));
    let own = Arc::clone(&ready);
    let began = wall();
    on_threads(&boxes, &province.fleet.servers(), move |_, path, client| {
        let (tell, ready) = (tell.clone(), Arc::clone(&own));
        async move {
            let mut all = futures_util::stream::SelectAll::new();
            for zone in zones(&path) {
                for kind in ["em", "sched"] {
                    all.push(client.subscribe(format!("loa.{kind}.{zone}")).await.expect("a subscription"));
                }
            }
            client.flush().await.expect("a server");
            ready.fetch_add(1, Ordering::SeqCst);
            while let Some(message) = all.next().await {
                let number = std::str::from_utf8(&message.payload[..8]).ok().and_then(|said| said.trim().parse().ok());
                let _ = tell.send((number.expect("a number"), wall()));
                let said = vec![b'a'; 300];
                let _ = client.publish(format!("loa.ack.{path}"), said.into()).await;
            }
        }
    });
    while ready.load(Ordering::SeqCst) < count as u64 {
        std::thread::sleep(Duration::from_millis(20));
    }
    println!("alarm: {count} boxes connected in {:.1} s", wall().after(began).as_secs_f64());
    let js = province.runtime.block_on(province.fleet.prepare());
    let (mut each, mut last, mut lost) = (Vec::new(), Vec::new(), 0);
    for number in 0..ALARMS as u64 {
        // As long as a signed paper of one alarm is.
        let payload = format!("{number:<8}{}", "x".repeat(900));
        let sent = wall();
        province.runtime.block_on(async {
            js.publish("loa.em.vn.p01", payload.into()).await.expect("sent").await.expect("stored");
        });
        let mut heard = Vec::new();
        while heard.len() < count {
            match told.recv_timeout(Duration::from_secs(20)) {
                Ok((of, at)) if of == number => heard.push(at.after(sent)),
                Ok(_) => {}
                Err(_) => break,
            }
        }
        lost += count - heard.len();
        last.extend(heard.iter().max().copied());
        each.extend(heard);
        std::thread::sleep(Duration::from_millis(500));
    }
    let ms = |times: &mut Vec<Duration>, percent: usize| {
        times.sort();
        times
            .get((times.len() * percent / 100).min(times.len().saturating_sub(1)))
            .map_or(0.0, |at| at.as_secs_f64() * 1e3)
    };
    println!(
        "alarm to {count} boxes, {ALARMS} times: to a box p50 {:.0} ms, p99 {:.0} ms; to the last box p50 {:.0} ms, worst {:.0} ms; lost {lost}",
        ms(&mut each, 50),
        ms(&mut each, 99),
        ms(&mut last, 50),
        ms(&mut last, 100),
    );
}

/// What stands in a journal, sent up by the machine of a box's link. Ends when all was acknowledged on the way.
async fn send_up(path: Locality, client: Client, rows: Arc<Vec<SentRow>>, began: Wall) {
    let mut uplink = Uplink::new(0);
    uplink.connected();
    let mono = || Mono::from_origin(wall().after(began));
    let mut sent = 0;
    while sent < rows.len() as u64 {
        match uplink.next(rows.len() as u64, mono(), |seq| rows[seq as usize - 1].body.len() + 1) {
            UplinkStep::Send(shipment) => {
                if ship(&path, &client, &rows, shipment).await {
                    uplink.acknowledged(shipment);
                    sent = shipment.last;
                } else {
                    uplink.failed(mono(), 0.5);
                }
            }
            UplinkStep::Ask => {
                let subject = format!("$JS.API.DIRECT.GET.LOA_WM.{}", watermark_subject(&path));
                let answer = client.request(subject, "".into()).await.ok();
                let mark = answer.and_then(|answer| Watermark::read(&answer.payload));
                uplink.watermark(mark.map_or(0, |mark| mark.row), mono());
            }
            UplinkStep::Wait(until) => tokio::time::sleep(until.after(mono()).min(Duration::from_millis(500))).await,
            UplinkStep::Rest => return,
        }
    }
}

async fn ship(path: &Locality, client: &Client, rows: &[SentRow], shipment: Shipment) -> bool {
    let part = &rows[shipment.first as usize - 1..shipment.last as usize];
    let bodies = part.iter().map(|row| row.body.clone()).collect();
    let head = part.last().map_or_else(String::new, |row| row.hash.clone());
    let batch = RowBatch { epoch: "e1".to_owned(), first: shipment.first, bodies, head };
    let mut headers = HeaderMap::new();
    for (name, value) in batch.headers() {
        headers.insert(name, value.as_str());
    }
    headers.insert("Nats-Msg-Id", shipment.name(path.as_str(), "e1").as_str());
    let request = async_nats::Request::new()
        .headers(headers)
        .payload(batch.payload().into())
        .timeout(Some(Duration::from_mins(1)));
    let answer = client.send_request(log_subject(path), request).await;
    answer.is_ok_and(|answer| String::from_utf8_lossy(&answer.payload).contains("\"stream\":\"LOA_LOG\""))
}

/// Everybody is back after four weeks: all rows through the server into the collector's database.
fn back(province: &Province, count: usize, rows: u64) {
    let rows = Arc::new(journal(rows, "Bản tin buổi sáng của xã"));
    let bytes = rows.iter().map(|row| row.body.len()).sum::<usize>() / rows.len();
    let (boxes, all) = (boxes_of(province, count), (count * rows.len()) as u64);
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("collect.db");
    let open = || SqliteLedger::open(&file).expect("a database");
    let ledger: Box<SqliteLedger> = Box::new(open());
    province.runtime.block_on(province.fleet.prepare());
    let began = wall();
    let own = Arc::clone(&rows);
    let senders = on_threads(&boxes, &province.fleet.servers(), move |_, path, client| {
        send_up(path, client, Arc::clone(&own), began)
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let options = province.fleet.options(&province.fleet.read("creds/collector.creds"));
        let ear = CollectorEar { say: Arc::new(|said| println!("collector: {said}")), step: Arc::new(|_| true) };
        let settings = CollectorSettings::of("p01", 1);
        let collector = Collector::connect(&province.fleet.servers(), options, settings, ledger, ear).await;
        let mut reader = open();
        let done = async {
            while reader.journals().expect("its journals").iter().map(|journal| journal.rows).sum::<u64>() < all {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        let ran = tokio::time::timeout(LIMIT, collector.expect("a collector").run(done)).await;
        ran.expect("in time").expect("collected");
    });
    let took = wall().after(began).as_secs_f64();
    for sender in senders {
        sender.join().expect("a thread of boxes");
    }
    let mut reader = open();
    let journals = reader.journals().expect("its journals");
    let there: u64 = journals.iter().map(|journal| journal.rows).sum();
    let mut counted = 0_u64;
    reader.rows(Wall::from_secs(0), Wall::from_secs(4_000_000_000), &mut |_| counted += 1).expect("its rows");
    let whole = journals.iter().filter(|journal| journal.watermark == rows.len() as u64).count();
    println!(
        "back: {count} boxes, {all} rows of {bytes} bytes in {took:.1} s ({:.0} a second, connecting included); lost {}, doubled {}; whole journals {whole}; database {:.0} MB",
        all as f64 / took,
        all - there.min(all),
        counted.saturating_sub(all),
        std::fs::metadata(&file).map_or(0, |meta| meta.len()) as f64 / 1e6,
    );
}

/// A station of the commune, whose link goes to `servers`.
fn station(province: &Province, servers: &[String]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    let roots: Vec<String> = [1, 2, 3].map(|letter| key(letter).public().as_str().to_owned()).to_vec();
    let written = format!(
        "name = \"Thôn\"\n[clock]\ntrust = \"always\"\n[zones.thon-1]\noutput = \"null\"\nloudness = \"off\"\n[bundle]\nplace = \"vn.{PATH}\"\n\
         roots = {roots:?}\n[link]\nservers = {servers:?}\ncredentials = \"link.creds\"\n"
    );
    std::fs::write(dir.path().join("loa.toml"), written).expect("written");
    std::fs::write(dir.path().join("link.creds"), province.fleet.read(&format!("{PATH}.creds"))).expect("written");
    for name in ["schedules", "audio"] {
        std::fs::create_dir_all(dir.path().join(name)).expect("made");
    }
    std::fs::write(dir.path().join("audio/canh-bao-lu.wav"), slow::tone(1)).expect("written");
    dir
}

/// A program that ends with the bench.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(program: &Path, dir: &Path, word: &str) -> Running {
    let mut command = Command::new(program);
    command.arg("--dir").arg(dir).arg(word).env("MALLOC_ARENA_MAX", "1");
    Running(command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("loa starts"))
}

/// What a link of its own costs, with a server that answers and nothing to do but its heartbeats.
fn link(province: &Province, program: &Path) {
    let station = station(province, &province.fleet.servers());
    let daemon = start(program, station.path(), "run");
    std::thread::sleep(Duration::from_secs(15));
    // `loa run` has started it: its child whose words end with `link`.
    let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", daemon.0.id())).unwrap_or_default();
    let is_link = |id: &&str| {
        std::fs::read(format!("/proc/{id}/cmdline"))
            .is_ok_and(|line| line.split(|byte| *byte == 0).any(|word| word == b"link"))
    };
    let found = all_children(&children);
    let Some(id) = found.iter().map(String::as_str).find(is_link) else {
        println!("link: it does not run");
        return;
    };
    let ticks = || {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).expect("it runs");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        fields[11].parse::<u64>().expect("ticks") + fields[12].parse::<u64>().expect("ticks")
    };
    let seconds = asked("LOA_LINK_SECONDS", 600);
    let before = ticks();
    std::thread::sleep(Duration::from_secs(seconds));
    let used = ticks() - before;
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim_matches([':', ' ', '\t', 'k', 'B']).parse::<f64>().unwrap_or(0.0) / 1e3
    };
    println!(
        "link: {:.1} MB resident, of which its own {:.1} MB; {} ms of processor in {seconds} s ({:.3} % of a core)",
        line("VmRSS"),
        line("RssAnon"),
        used * 10,
        used as f64 / seconds as f64,
    );
}

/// Children are told by the thread that has started them.
fn all_children(of_main: &str) -> Vec<String> {
    let mut all: Vec<String> = of_main.split_whitespace().map(str::to_owned).collect();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    all.extend(
        processes.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name.parse::<u32>().is_ok()),
    );
    all
}

/// Alarms while a sound comes over a slow line, and before it: from the command to the station's word that it sounds.
fn sound(province: &mut Province, program: &Path) {
    province.collect();
    let line = slow::Line::start(&province.fleet.servers()[0], 32 * 1024);
    let station = station(province, &[line.address()]);
    let _daemon = start(program, station.path(), "run");
    let heard = Arc::new(AtomicU64::new(0));
    let own = Arc::clone(&heard);
    let options = province.fleet.options(&province.fleet.read("creds/dispatcher.creds"));
    let servers = province.fleet.servers();
    province.runtime.spawn(async move {
        let client = options.connect(servers).await.expect("a client");
        let mut answers = client.subscribe("loa.ack.>").await.expect("a subscription");
        while answers.next().await.is_some() {
            own.fetch_add(1, Ordering::SeqCst);
        }
    });
    let keys = province.office.file(&format!("{BAO}.key"));
    let dir = province.dir().to_owned();
    let once = || {
        let before = heard.load(Ordering::SeqCst);
        let began = wall();
        let words = [
            "fleet",
            "alarm",
            "--to",
            PATH,
            "--preset",
            "lu",
            "--until",
            "1m",
            "--by",
            "A",
            "--why",
            "đo",
            "--times",
            "1",
            "--no-tone",
            "--again",
            "--with",
            &keys,
            "--wait",
            "0",
        ];
        let given = command::run(&dir, &words);
        while heard.load(Ordering::SeqCst) == before {
            if wall().after(began) > Duration::from_mins(2) {
                println!("sound: no answer; {}", command::said(&given));
                return Duration::MAX;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let took = wall().after(began);
        std::thread::sleep(Duration::from_secs(4));
        took
    };
    // Whose alarms count the box learns by its first bundle.
    let first = Packed {
        version: 5,
        text: "[[broadcast]]\nid = \"tin\"\nat = \"05:30\"\nplay = \"canh-bao-lu\"\n",
        ..packed()
    };
    let bundle = province.office.pack(&first);
    command::good(&dir, &["fleet", "send", &bundle, "--to", PATH]);
    while !station.path().join("schedules/xa.toml").exists() {
        std::thread::sleep(Duration::from_millis(100));
    }
    let calm: Vec<Duration> = (0..5).map(|_| once()).collect();
    let seconds = asked("LOA_SOUND_MB", 30) * 1_000_000 / 96_000;
    let sounds = [("dai.wav", slow::tone(seconds as u32))];
    let packed = Packed {
        version: 10,
        text: "[[broadcast]]\nid = \"dai\"\nat = \"05:30\"\nplay = \"dai\"\n",
        sounds: &sounds,
        ..packed()
    };
    let bundle = province.office.pack(&packed);
    command::good(&dir, &["fleet", "send", &bundle, "--to", PATH]);
    let (began, before) = (wall(), line.bytes());
    std::thread::sleep(Duration::from_secs(5));
    let mut loaded = Vec::new();
    let all = sounds[0].1.len() as u64;
    // Not more than an alarm of twenty a place is remembered; the sound goes on meanwhile.
    while line.bytes() - before < all && loaded.len() < 40 {
        loaded.push(once());
    }
    while line.bytes() - before < all {
        std::thread::sleep(Duration::from_millis(200));
    }
    let took = wall().after(began).as_secs_f64();
    let told = |times: &[Duration]| {
        let mut ms: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        ms.sort_by(f64::total_cmp);
        let at =
            |percent: usize| ms.get((ms.len() * percent / 100).min(ms.len().saturating_sub(1))).copied().unwrap_or(0.0);
        format!("p50 {:.0} ms, worst {:.0} ms of {}", at(50), at(100), ms.len())
    };
    println!("alarm over 32 KiB/s, nothing else: {}", told(&calm));
    println!(
        "alarm over 32 KiB/s beside a sound of {:.1} MB ({took:.0} s on the way): {}",
        all as f64 / 1e6,
        told(&loaded)
    );
    let _ = jetstream::new;
}

fn packed() -> Packed<'static> {
    Packed { sender: "vn.p01", scope: "vn.p01", signed: &[TINH], ..Packed::default() }
}
