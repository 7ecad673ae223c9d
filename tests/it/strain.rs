//! A machine in trouble: other programs that want every core, memory that is swapped out, a full disk, reads that
//! hang. Alerts and stops come
//! through at once, what is due begins, and what has to give way does.
//!
//! The bounds are generous, the figures are printed: `LOA_STRAIN_ROUNDS=20 cargo test --test it strain --
//! --nocapture --test-threads=1`, and stand in docs/benchmarks.md.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use loa::clock::Clock;
use loa::instant::Wall;
use loa::machine::MachineClock;
use serde_json::Value;

use crate::kit::card::Cards;
use crate::kit::hang::Hang;
use crate::kit::strain::{Hog, Mount, Squeeze};
use crate::kit::{Daemon, Station, broadcast_at, whole_second_in};

const RULES: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";
const TWO_ZONES: &str = "[zones.thon-1]\noutput = \"null\"\n[zones.thon-2]\noutput = \"null\"\n";
const ALERT: &str = r#"{"command":"alert","name":"lu","by":"A","why":"lũ về"}"#;
/// No alert and no stop takes longer, whatever the machine suffers from: what waits for a disk or a decoder takes
/// more.
const AT_ONCE_MS: f64 = 1_000.0;
/// The journal's instants are in milliseconds.
const ROUNDING: Duration = Duration::from_millis(1);
/// Zones of the crowded station.
const ZONES: usize = 64;
/// Broadcasts that begin in the same second.
const BROADCASTS: usize = 10;

fn rounds() -> usize {
    std::env::var("LOA_STRAIN_ROUNDS").ok().and_then(|said| said.parse().ok()).unwrap_or(2)
}

#[test]
fn an_alert_sounds_and_a_stop_silences_at_once_on_a_quiet_machine_and_while_every_core_is_busy() {
    let station = furnished();
    let daemon = station.run();
    known(&station, &daemon);
    let quiet = command(&station, &daemon);
    let hog = Hog::behind();
    let behind = command(&station, &daemon);
    drop(hog);
    let hog = Hog::beside();
    let beside = command(&station, &daemon);
    drop(hog);
    judge("quiet", &daemon, &station, &quiet);
    judge("every core is busy, as behind the service", &daemon, &station, &behind);
    judge("every core is busy, nobody goes before anybody", &daemon, &station, &beside);
    end_while_it_sounds(daemon, &station);
}

#[test]
fn an_alert_sounds_and_a_stop_silences_at_once_while_memory_is_swapped_out() {
    let Some(mut squeeze) = Squeeze::new(40_000_000) else { return };
    let station = furnished();
    let log = fs::File::create(station.path("daemon.log")).unwrap();
    let daemon = station.start(squeeze.around(&station.command(&["run"])).stderr(log));
    known(&station, &daemon);
    // What has been used once stays in memory; the very first alert is told apart in docs/benchmarks.md.
    command(&station, &daemon);
    let mut glutton = Command::new(std::env::current_exe().unwrap());
    glutton.args(["--exact", "strain::a_glutton_wants_more_memory_than_there_is", "--ignored"]).env(GLUTTON, "1");
    let glutton = squeeze.crowd(&glutton);
    daemon.wait_until("it is swapped out", || Squeeze::swapped(glutton) > 100_000_000);
    let orders = command(&station, &daemon);
    judge("memory is swapped out", &daemon, &station, &orders);
    end_while_it_sounds(daemon, &station);
}

/// Says that it is run by its parent, who ends it.
const GLUTTON: &str = "LOA_TEST_GLUTTON";

#[test]
#[ignore = "run by an_alert_sounds_and_a_stop_silences_at_once_while_memory_is_swapped_out"]
fn a_glutton_wants_more_memory_than_there_is() {
    const PAGE: usize = 4096;
    if std::env::var_os(GLUTTON).is_none() {
        return;
    }
    let mut wanted = vec![0_u8; 150 * 1024 * 1024];
    loop {
        wanted.iter_mut().step_by(PAGE).for_each(|byte| *byte = byte.wrapping_add(1));
    }
}

#[test]
fn an_alert_sounds_and_a_stop_silences_at_once_while_the_disk_is_full() {
    let station = Station::new();
    let Some(_mount) = Mount::new(&station.path("state"), "size=2m,mode=750") else { return };
    furnish(&station);
    let daemon = station.run();
    known(&station, &daemon);
    let ballast = station.path("state/ballast");
    // Until not a byte more fits.
    let _ = fs::write(&ballast, vec![1; 4 * 1024 * 1024]);
    let orders = command(&station, &daemon);
    fs::remove_file(ballast).unwrap();
    judge("disk full", &daemon, &station, &orders);
    end_while_it_sounds(daemon, &station);
}

#[test]
fn an_alert_sounds_and_a_stop_silences_at_once_while_nobody_reads_what_the_daemon_says() {
    let station = furnished();
    let (_unread, log) = std::io::pipe().unwrap();
    // As many bytes as a pipe holds (pipe(7)): the next one waits for a reader.
    let full = Command::new("head").args(["-c", "65536", "/dev/zero"]).stdout(log.try_clone().unwrap()).status();
    assert!(full.unwrap().success());
    let daemon = station.run_showing(log);
    known(&station, &daemon);
    let orders = command(&station, &daemon);
    judge("nobody reads the log", &daemon, &station, &orders);
    end_while_it_sounds(daemon, &station);
}

#[test]
fn an_alert_needs_no_disk() {
    let Some(hang) = Hang::new("lu.wav") else { return };
    let station = furnished().with(hang.environment());
    let daemon = station.run();
    known(&station, &daemon);
    holds(&station, &daemon);
    hang.begin();
    let hung = command(&station, &daemon);
    fs::rename(station.path("audio"), station.path("gone")).unwrap();
    let gone = command(&station, &daemon);
    judge("a disk on which its sound cannot be read", &daemon, &station, &hung);
    judge("audio/ is gone", &daemon, &station, &gone);
    end_while_it_sounds(daemon, &station);
}

#[test]
#[ignore = "long"]
fn an_alert_sounds_and_a_stop_silences_at_once_while_a_decode_hangs() {
    let Some(hang) = Hang::new("treo") else { return };
    let station = furnished().with(hang.environment());
    // What a broadcast plays is not held in memory for alerts.
    station.write("schedules/later.toml", &broadcast_at("later", whole_second_in(600), "\"treo\"", ""));
    let daemon = station.run();
    known(&station, &daemon);
    hang.begin();
    station.write("schedules/a.toml", &broadcast_at("treo", whole_second_in(2), "\"treo\"", ""));
    daemon.wait_until("it is about to be played", || {
        let status = station.loa(&["status", "--json"]).json();
        status["zones"][0]["next"]["broadcast"] == "treo"
    });
    let orders = command(&station, &daemon);
    daemon.wait_until("what hung is given up", || {
        let rows = station.loa(&["journal", "--json"]).rows();
        rows.iter().filter(|row| row["broadcast"] == "treo" && row["outcome"] == "missed").count() == 2
    });
    judge("a decode hangs", &daemon, &station, &orders);
    end_while_it_sounds(daemon, &station);
}

fn furnish(station: &Station) {
    station.tone("lu.wav", 20.0, 880.0).tone("treo.wav", 3.0, 440.0);
    station.write("loa.toml", TWO_ZONES).write("schedules/rules.toml", RULES);
}

fn furnished() -> Station {
    let station = Station::new();
    furnish(&station);
    station
}

/// Wait until it knows its sounds: what is asked for before that waits for their examination.
fn known(station: &Station, daemon: &Daemon<'_>) {
    daemon.wait_until("the sounds are known", || station.loa(&["status", "--json"]).json()["sounds"] == 2);
}

/// Wait until the thread that keeps sounds for alerts in memory has read them all and sleeps (proc(5), `io`, `stat`).
fn holds(station: &Station, daemon: &Daemon<'_>) {
    let size = |file: &str| fs::metadata(station.path("audio").join(file)).unwrap().len();
    let all = size("lu.wav") + size("treo.wav");
    let is_done = |task: fs::DirEntry| {
        let (name, state) = state(&task)?;
        let io = fs::read_to_string(task.path().join("io")).ok()?;
        let read: u64 = io.lines().find_map(|line| line.strip_prefix("rchar: "))?.parse().ok()?;
        Some(name == "hold" && state[0] == "S" && read >= all)
    };
    let tasks = || fs::read_dir(format!("/proc/{}/task", daemon.pid())).unwrap().flatten();
    daemon.wait_until("the alert's sound is held", || tasks().filter_map(is_done).any(|is_done| is_done));
}

/// A thread's name, and the fields that follow it (proc(5), `stat`, from field 3 on).
fn state(task: &fs::DirEntry) -> Option<(String, Vec<String>)> {
    let stat = fs::read_to_string(task.path().join("stat")).ok()?;
    let (name, rest) = stat.split_once('(')?.1.rsplit_once(") ")?;
    Some((name.to_owned(), rest.split_whitespace().map(str::to_owned).collect()))
}

/// When an alert was given and when it was stopped.
type Orders = Vec<(Wall, Wall)>;

/// Give alerts, let each be heard for a moment, and stop it.
fn command(station: &Station, daemon: &Daemon<'_>) -> Orders {
    let mut orders = Vec::new();
    for _ in 0..rounds() {
        let alert = order(station.dir(), ALERT);
        daemon.wait_until("it is heard", || ask(station.dir()).iter().all(is_heard));
        let stop = order(station.dir(), r#"{"command":"stop"}"#);
        daemon.wait_until("it is silent", || ask(station.dir()).iter().all(|zone| zone["playing"].is_null()));
        orders.push((alert, stop));
    }
    orders
}

/// One line to the socket, one line back.
fn talk(dir: &Path, line: &str) -> (Wall, Value) {
    let before = MachineClock.wall();
    let mut socket = UnixStream::connect(dir.join("state/loa.sock")).unwrap();
    writeln!(socket, "{line}").unwrap();
    let mut said = String::new();
    BufReader::new(socket).read_line(&mut said).unwrap();
    (before, serde_json::from_str(&said).unwrap())
}

fn order(dir: &Path, line: &str) -> Wall {
    let (before, said) = talk(dir, line);
    assert_eq!(said["answer"], "done", "{said}");
    before
}

fn ask(dir: &Path) -> Vec<Value> {
    talk(dir, r#"{"command":"status"}"#).1["status"]["zones"].as_array().cloned().unwrap()
}

fn instant(row: &Value, key: &str) -> Wall {
    let at: jiff::Timestamp = row[key].as_str().unwrap_or_else(|| panic!("{row}")).parse().unwrap();
    Wall::from_nanos(i64::try_from(at.as_nanosecond()).unwrap())
}

/// What is on air has left its output's buffer, too.
fn is_heard(zone: &Value) -> bool {
    let playing = &zone["playing"];
    playing.is_object() && instant(playing, "started") + Duration::from_millis(150) < MachineClock.wall()
}

/// A signal silences it as soon as a stop does, and what sounded has its end in the journal.
fn end_while_it_sounds(daemon: Daemon<'_>, station: &Station) {
    let before = alerts(station).len();
    order(station.dir(), ALERT);
    daemon.wait_until("it is heard", || ask(station.dir()).iter().all(is_heard));
    let signal = MachineClock.wall();
    assert_eq!(daemon.end(), 0);
    let silent = |row: &Value| instant(row, "ended").since(signal).as_secs_f64() * 1e3;
    let silent: Vec<_> = alerts(station)[before..].iter().map(silent).collect();
    println!("signal to silence: {silent:.0?} ms");
    assert!(silent.len() == 2 && silent.iter().all(|silent| *silent < AT_ONCE_MS), "{silent:?}");
}

/// The rows of alerts, in the order in which they began.
fn alerts(station: &Station) -> Vec<Value> {
    let mut rows = station.loa(&["journal", "--json"]).rows();
    rows.retain(|row| row["kind"] == "airing" && row["class"] == "emergency" && row["started"].is_string());
    rows
}

/// What the journal says of them: from the order to the first sample in every zone, from the stop to silence.
fn judge(what: &str, daemon: &Daemon<'_>, station: &Station, orders: &Orders) {
    let of = |rows: &[Value], (alert, stop): &(Wall, Wall)| -> Vec<Value> {
        let within = |row: &&Value| (*alert - ROUNDING..*stop).contains(&instant(row, "planned"));
        rows.iter().filter(within).cloned().collect()
    };
    let all_told = || {
        let rows = alerts(station);
        orders.iter().all(|order| of(&rows, order).len() == 2)
    };
    daemon.wait_until("the journal tells of each alert in both zones", all_told);
    let rows = alerts(station);
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for order in orders {
        let (alert, stop) = order;
        for row in &of(&rows, order) {
            assert!(row["reason"].as_str().is_some_and(|why| why.starts_with("stopped")), "{row}");
            starts.push(instant(row, "started").since(*alert).as_secs_f64() * 1e3);
            ends.push(instant(row, "ended").since(*stop).as_secs_f64() * 1e3);
        }
    }
    for (part, found) in [("alert to first sample", &mut starts), ("stop to silence", &mut ends)] {
        found.sort_by(f64::total_cmp);
        let (median, worst) = (found[found.len() / 2], found[found.len() - 1]);
        println!("{what}, {part}, {} times: median {median:.0} ms, worst {worst:.0} ms", found.len());
        assert!(worst < AT_ONCE_MS, "{what}: {found:?}");
    }
}

#[test]
#[ignore = "long"]
fn ten_broadcasts_in_sixty_four_zones_begin_in_one_second_on_a_busy_machine_and_holes_are_counted() {
    let Some(cards) = Cards::new(&["horn"]) else { return };
    let station = Station::new().with(cards.environment());
    station.tone("a.wav", 2.0, 440.0);
    let output = |zone: usize| match zone % 8 {
        0 => "device:horn".to_owned(),
        1 => format!("wav:zone-{zone}.wav"),
        _ => "null".to_owned(),
    };
    let zone = |zone: usize| format!("[zones.z-{zone}]\noutput = \"{}\"\nloudness = \"off\"\n", output(zone));
    station.write("loa.toml", &(0..ZONES).map(zone).collect::<String>());
    station.write("schedules/rules.toml", RULES);
    let daemon = station.run();
    daemon.wait_until("the sound is known", || station.loa(&["status", "--json"]).json()["sounds"] == 1);
    let _hog = Hog::beside();
    let at = whole_second_in(6);
    let broadcast = |number: usize| {
        let zones: Vec<_> = (number..ZONES).step_by(BROADCASTS).map(|zone| format!("\"z-{zone}\"")).collect();
        broadcast_at(&format!("muc-{number}"), at, "\"a\"", &format!("zones = [{}]", zones.join(", ")))
    };
    station.write("schedules/a.toml", &(0..BROADCASTS).map(broadcast).collect::<String>());
    daemon.wait_until("it is on air", || ask(station.dir()).iter().any(|zone| zone["playing"].is_object()));
    let threads = threads(daemon.pid());
    let rows = || station.loa(&["journal", "--json"]).rows();
    let airings = |rows: &[Value]| rows.iter().filter(|row| row["kind"] == "airing").count();
    daemon.wait_until("all are over", || airings(&rows()) == ZONES);
    let rows = rows();
    let mut errors: Vec<f64> = rows.iter().filter_map(|row| row["start_error_ms"].as_f64()).map(f64::abs).collect();
    errors.sort_by(f64::total_cmp);
    let noted: u64 = rows.iter().filter_map(underruns).sum();
    let counted: u64 = ask(station.dir()).iter().filter_map(|zone| zone["underruns"].as_u64()).sum();
    println!(
        "{} starts in one second, every core busy: error median {:.3} ms, p95 {:.3} ms, worst {:.3} ms; {noted} holes",
        errors.len(),
        errors[errors.len() / 2],
        errors[errors.len() * 95 / 100],
        errors[errors.len() - 1],
    );
    let played = rows.iter().filter(|row| row["outcome"] == "played").count();
    assert_eq!((played, errors.len()), (ZONES, ZONES), "{rows:#?}");
    assert!(errors[errors.len() - 1] < 1_000.0, "{errors:?}");
    assert_eq!(noted, counted, "status counts what the journal notes");
    judge_threads(&threads);
    assert_eq!(daemon.end(), 0);
}

/// `N` of a note `underrun: N`, with or without the silence behind it.
fn underruns(row: &Value) -> Option<u64> {
    let reason = row["reason"].as_str()?.strip_prefix("underrun: ")?;
    reason.split(';').next()?.trim().parse().ok()
}

/// Name, nice value and scheduling policy of each thread (fields 19 and 41).
fn threads(pid: u32) -> Vec<(String, i64, i64)> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    let stat = |task: fs::DirEntry| {
        let (name, fields) = state(&task)?;
        let number = |field: usize| fields.get(field - 3)?.parse().ok();
        Some((name, number(19)?, number(41)?))
    };
    tasks.filter_map(stat).collect()
}

/// Who may be late stands behind who may not.
fn judge_threads(threads: &[(String, i64, i64)]) {
    const ROUND_ROBIN: i64 = 2;
    println!("{threads:?}");
    let nice = |name: &str| threads.iter().find(|(is, ..)| is == name).map(|(_, nice, _)| *nice);
    let ours = nice("loa").expect("the loop");
    assert_eq!((nice("tune"), nice("rehearsal")), (Some(10), Some(19)), "{threads:?}");
    for name in ["loa-feed", "loa-output", "edges", "files"] {
        assert_eq!(nice(name).unwrap_or(ours), ours, "{name}: {threads:?}");
    }
    let urgent: Vec<_> = threads.iter().filter(|(_, _, policy)| *policy == ROUND_ROBIN).collect();
    assert!(urgent.iter().all(|(name, ..)| name == "cpal_alsa_out") && urgent.len() <= 1, "{threads:?}");
}
