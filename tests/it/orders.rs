//! What is ordered by hand, as those who order meet it: the answer is the truth, and neither a flood nor an end of the
//! daemon makes it a lie.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::kit::{Daemon, Said, Station, whole_second_in};

const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";
const ZONES: &str = "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"wav:thon-2.wav\"\n";
const LOST: &str = "[zones.thon-3]\ntitle = \"Thôn 3\"\noutput = \"device:nonexistent\"\n";

fn station(zones: &str) -> Station {
    let station = Station::new();
    station
        .tone("lu.wav", 2.0, 440.0)
        .tone("vo-dap.wav", 1.0, 880.0)
        .write("loa.toml", zones)
        .write("schedules/a.toml", ANY_HOUR);
    station
}

/// A daemon that knows the station's sounds: on a busy machine that takes a while.
fn run(station: &Station) -> Daemon<'_> {
    let daemon = station.run();
    daemon.wait_until("it knows the sounds", || station.loa(&["status", "--json"]).json()["sounds"] == 2);
    daemon
}

/// `loa` in Vietnamese.
fn vi(station: &Station, arguments: &[&str]) -> Said {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_loa"));
    let output = command.args(["--lang", "vi", "--dir"]).arg(station.dir()).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap_or(-1) }
}

/// So often that it lasts a minute.
const LONG: [&str; 2] = ["--repeat", "16"];

fn alert(station: &Station, name: &str, more: &[&str]) -> Said {
    station.loa(&[&["alert", name, "--by", "Nguyễn Văn A", "--why", "lũ về"], more].concat())
}

/// The zones of a receipt: id, state, the code of its reason.
fn states(receipt: &Value) -> Vec<(String, String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let zones = receipt["zones"].as_array().unwrap_or_else(|| panic!("{receipt}"));
    zones.iter().map(|zone| (word(&zone["zone"]), word(&zone["state"]), word(&zone["why"]["code"]))).collect()
}

fn owned(zones: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    zones.iter().map(|(zone, state, why)| ((*zone).to_owned(), (*state).to_owned(), (*why).to_owned())).collect()
}

fn entries(station: &Station) -> Vec<Value> {
    station.loa(&["journal", "--json"]).rows()
}

/// Reasons of the notes, and of the airings with their broadcast.
fn journal(station: &Station) -> (Vec<String>, Vec<(String, String)>) {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let (airings, notes): (Vec<Value>, Vec<Value>) =
        entries(station).into_iter().partition(|row| row["kind"] == "airing");
    let airings = airings.iter().map(|row| (word(&row["broadcast"]), word(&row["reason"])));
    (notes.iter().map(|row| word(&row["reason"])).collect(), airings.collect())
}

fn connect(dir: &Path) -> UnixStream {
    let socket = UnixStream::connect(dir.join("state/loa.sock")).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket
}

/// One line to the socket, one line back; `None` where it hangs up.
fn talk(dir: &Path, line: &str) -> Option<Value> {
    let mut socket = connect(dir);
    writeln!(socket, "{line}").ok()?;
    let mut said = String::new();
    BufReader::new(socket).read_line(&mut said).ok()?;
    serde_json::from_str(&said).ok()
}

fn playing(station: &Station, zone: usize) -> Value {
    station.loa(&["status", "--json"]).json()["zones"][zone]["playing"]["broadcast"].clone()
}

#[test]
fn an_alert_answers_per_hamlet_what_sounds_and_where_there_is_no_card() {
    let station = station(&[ZONES, LOST].concat());
    let daemon = run(&station);
    let said = alert(&station, "lu", &["--json", LONG[0], LONG[1]]);
    assert_eq!(said.code, 1, "one hamlet does not hear it: {said:?}");
    let receipt = said.json();
    assert_eq!(
        states(&receipt),
        owned(&[("thon-1", "sounding", "-"), ("thon-2", "sounding", "-"), ("thon-3", "silent", "device_failed")])
    );
    let zones = receipt["zones"].as_array().unwrap();
    assert!(zones[0]["started"].is_string() && zones[0]["seconds"] == 62.0, "{receipt}");
    assert!(zones[2]["started"].is_null() && zones[2]["why"]["tried_again"] == true, "{receipt}");
    assert!(zones[2]["why"]["en"].as_str().unwrap().contains("nonexistent"), "{receipt}");
    // Status names the lost card, and the order that is under way.
    let status = station.loa(&["status", "--json"]).json();
    assert!(status["zones"][2]["trouble"]["vi"].as_str().unwrap().contains("nonexistent"), "{status}");
    assert!(status["zones"][0]["trouble"].is_null(), "{status}");
    assert_eq!(status["orders"][0]["order"], receipt["order"], "{status}");
    let page = station.loa(&["status"]).out;
    assert!(page.contains("Thôn 3: CANNOT SOUND since ") && page.contains("The other 2 zones"), "{page}");
    // What a person reads.
    assert_eq!(station.loa(&["stop"]).code, 0);
    let order = ["alert", "lu", "--by", "A", "--why", "b", LONG[0], LONG[1]];
    let said = vi(&station, &order);
    assert!(
        said.out.starts_with(
            "Đã nhận lệnh khẩn cấp «lu» (1 phút 2 giây, 16 lần).\nThôn 1, Thôn 2: đang kêu.\nThôn 3: CHƯA KÊU ("
        ),
        "{said:?}"
    );
    assert!(said.out.ends_with("\nDừng: loa stop\n"), "{said:?}");
    let again = vi(&station, &[&order[..], &["--zone", "thôn 1, Thôn 2"]].concat());
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.out.contains("không phát thêm lần nữa"), "the same alert twice is one: {again:?}");
    let stopped = vi(&station, &["stop"]);
    assert_eq!((stopped.code, stopped.out.as_str()), (0, "Thôn 1, Thôn 2, Thôn 3: đã dừng «lu».\n"), "{stopped:?}");
    let quiet = vi(&station, &["stop", "--zone", "Thôn 1"]);
    assert_eq!(quiet.out, "Thôn 1: không có gì đang phát.\n");
    assert_eq!(daemon.end(), 0);
    // Who, by name and by account; and the order in its rows.
    let rows = entries(&station);
    let account = account();
    let note =
        rows.iter().find(|row| row["reason"] == json!(format!("alert: Nguyễn Văn A ({account}): lũ về"))).unwrap();
    assert_eq!(note["order"], receipt["order"]);
    let own = rows.iter().filter(|row| row["kind"] == "airing" && row["order"] == receipt["order"]).count();
    assert_eq!(own, 3, "{rows:#?}");
}

/// The account that runs the tests.
fn account() -> String {
    let name = std::process::Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(name.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_newer_alert_is_heard_at_once_and_the_older_one_goes_on_after_it() {
    let station = station(ZONES);
    let daemon = run(&station);
    assert_eq!(alert(&station, "lu", &["--zone", "thon-1", LONG[0], LONG[1]]).code, 0);
    let newer = alert(&station, "vo-dap", &["--zone", "thon-1", "--repeat", "4", "--json"]);
    assert_eq!((newer.code, states(&newer.json())), (0, owned(&[("thon-1", "sounding", "-")])), "{newer:?}");
    assert_eq!(playing(&station, 0), "vo-dap");
    daemon.wait_until("the older one goes on", || playing(&station, 0) == "lu");
    assert_eq!(station.loa(&["stop"]).code, 0);
}

#[test]
fn a_say_outside_the_hours_is_told_when_it_may_and_what_to_do_in_an_emergency() {
    let station = station(&[ZONES, LOST].concat());
    let hour = whole_second_in(0).hour();
    let hours = format!("[rules]\nhours = [\"{:02}:00-{:02}:30\"]\n", (hour + 12) % 24, (hour + 12) % 24);
    station.write("schedules/a.toml", &hours);
    let daemon = run(&station);
    let said = vi(&station, &["say", "lu"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    let earliest = format!("sớm nhất là {:02}:00", (hour + 12) % 24);
    for words in ["Thôn 1, Thôn 2, Thôn 3: không phát (bây giờ (", "ngoài giờ cho phép", &earliest, "loa alert lu --by"]
    {
        assert!(said.err.contains(words), "{words}: {said:?}");
    }
    assert_eq!(daemon.end(), 0);
    let (notes, airings) = journal(&station);
    let refused: Vec<_> = notes.iter().filter(|reason| reason.starts_with("order_refused")).collect();
    assert_eq!(refused, [&format!("order_refused: outside_hours: say: {}", account())], "one row: {notes:?}");
    assert!(airings.is_empty(), "{airings:?}");
}

#[test]
fn a_say_on_a_lost_card_says_so_and_its_row_has_it() {
    let station = station(LOST);
    let daemon = run(&station);
    let said = station.loa(&["say", "vo-dap", "--json"]);
    assert_eq!((said.code, states(&said.json())), (1, owned(&[("thon-3", "silent", "device_failed")])), "{said:?}");
    assert_eq!(station.loa(&["stop"]).code, 0);
    assert_eq!(daemon.end(), 0);
    let csv = vi(&station, &["journal"]).out;
    assert!(!csv.contains("sound device"), "no English in a Vietnamese journal: {csv}");
}

#[test]
fn test_tones_sound_at_any_hour_in_the_zones_that_were_named_and_stand_in_the_journal_as_a_test() {
    let station = station(ZONES);
    let hour = whole_second_in(0).hour();
    let hours = format!("[rules]\nhours = [\"{:02}:00-{:02}:30\"]\n", (hour + 12) % 24, (hour + 12) % 24);
    station.write("schedules/a.toml", &hours);
    let daemon = run(&station);
    let said = vi(&station, &["devices", "--test", "Thôn 1"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.starts_with("Phát tiếng thử (3 giây).\nThôn 1: đang phát."), "{said:?}");
    assert_eq!(playing(&station, 1), Value::Null, "nowhere else");
    daemon.wait_until("it is recorded", || !journal(&station).1.is_empty());
    let account = account();
    assert_eq!(journal(&station).1, [("tieng-thu".to_owned(), format!("test_tone: {account}"))]);
    let row = entries(&station).into_iter().find(|row| row["kind"] == "airing").unwrap();
    assert_eq!((&row["outcome"], &row["class"]), (&json!("played"), &json!("normal")));
    assert_eq!(alert(&station, "lu", &["--zone", "thon-2", LONG[0], LONG[1]]).code, 0);
    let refused = station.loa(&["devices", "--test", "thon-2", "--json"]);
    assert_eq!((refused.code, states(&refused.json())), (1, owned(&[("thon-2", "silent", "busy")])), "{refused:?}");
    assert_eq!(station.loa(&["stop"]).code, 0);
}

#[test]
fn connections_that_say_nothing_end_soon_and_keep_out_neither_an_alert_nor_a_stop() {
    let station = station(ZONES);
    let daemon = run(&station);
    let mut open: Vec<UnixStream> = (0..300)
        .map(|_| {
            let mut socket = connect(station.dir());
            // The daemon may hang up on it at once.
            let _ = socket.write_all(b"{");
            socket
        })
        .collect();
    let said = alert(&station, "lu", &["--zone", "thon-1", "--json", LONG[0], LONG[1]]);
    assert_eq!((said.code, states(&said.json())), (0, owned(&[("thon-1", "sounding", "-")])), "{said:?}");
    assert_eq!(station.loa(&["stop"]).code, 0);
    // Each of them is shown the door.
    let mut rest = String::new();
    for socket in &mut open {
        let _ = std::io::Read::read_to_string(socket, &mut rest);
    }
    assert_eq!(rest, "");
    let files = fs::read_dir(format!("/proc/{}/fd", daemon.pid())).unwrap().count();
    assert!(files < 100, "{files} open files");
}

#[test]
fn a_stop_and_a_signal_get_through_a_flood_of_alerts_and_little_is_left_of_it() {
    let station = station(ZONES);
    let daemon = run(&station);
    let dir = station.dir().to_owned();
    let (done, over) =
        (std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)), std::sync::atomic::Ordering::SeqCst);
    let flood: Vec<_> = (0..8)
        .map(|thread| {
            let (dir, done) = (dir.clone(), done.clone());
            std::thread::spawn(move || {
                let mut count = 0;
                while !done.load(over) {
                    let times = thread % 4 + count % 16 + 1;
                    let line =
                        format!(r#"{{"command":"alert","name":"lu","by":"M","why":"x","times":{times},"wait":false}}"#);
                    let Ok(mut socket) = UnixStream::connect(dir.join("state/loa.sock")) else { break };
                    let _ = writeln!(socket, "{line}");
                    let mut said = String::new();
                    let _ = BufReader::new(socket).read_line(&mut said);
                    count += 1;
                }
                count
            })
        })
        .collect();
    daemon.wait_until("it sounds", || playing(&station, 0) == "lu");
    for _ in 0..5 {
        let said = talk(station.dir(), r#"{"command":"stop"}"#).expect("a stop is answered");
        assert_eq!(said["answer"], "done", "{said}");
        assert!(said["status"]["zones"].is_array(), "{said}");
    }
    daemon.signal("TERM");
    daemon.wait_until("it has ended", || !station.path("state/loa.sock").exists());
    done.store(true, over);
    let ordered: u32 = flood.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(daemon.end(), 0);
    let (notes, airings) = journal(&station);
    println!("{ordered} alerts ordered; {} notes, {} airings", notes.len(), airings.len());
    // Each stop lets a few of them in again.
    assert!(airings.len() <= 200, "{} airings of {ordered} orders", airings.len());
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

#[test]
fn an_order_whose_sender_is_gone_never_sounds() {
    let station = station(ZONES);
    let daemon = run(&station);
    let line = r#"{"command":"alert","name":"lu","by":"M","why":"x"}"#;
    daemon.signal("STOP");
    for _ in 0..20 {
        let mut socket = connect(station.dir());
        writeln!(socket, "{line}").unwrap();
    }
    // One that only has nothing more to say is still there.
    let mut waiting = connect(station.dir());
    writeln!(waiting, r#"{{"command":"say","name":"vo-dap"}}"#).unwrap();
    waiting.shutdown(std::net::Shutdown::Write).unwrap();
    daemon.signal("CONT");
    let mut said = String::new();
    BufReader::new(waiting).read_line(&mut said).unwrap();
    assert!(said.contains("\"kind\":\"say\""), "it is answered: {said}");
    let heard = |row: &&Value| row["broadcast"] == "lu";
    assert_eq!(entries(&station).iter().filter(heard).count(), 0, "{:#?}", entries(&station));
    assert_eq!(daemon.end(), 0);
    assert_eq!(entries(&station).iter().filter(heard).count(), 0);
}

#[test]
fn every_order_around_a_signal_is_refused_or_stands_in_the_journal() {
    let station = station(ZONES);
    let mut answered: Vec<String> = Vec::new();
    let mut refused = 0;
    for round in 0..4_u64 {
        let daemon = run(&station);
        let storm = storm(&station);
        settle(&daemon, round);
        daemon.signal("TERM");
        for thread in storm {
            for said in thread.join().unwrap() {
                match said["answer"].as_str() {
                    Some("done") if said["status"]["kind"] == "stop" => {}
                    Some("done") => {
                        let taken = said["status"]["zones"].as_array().unwrap().iter().any(|zone| {
                            zone["same_as"].is_null()
                                && !matches!(zone["why"]["code"].as_str(), Some("too_many_orders" | "shutdown"))
                        });
                        let sounds =
                            said["status"]["zones"].as_array().unwrap().iter().any(|zone| zone["state"] != "silent");
                        if taken && sounds {
                            answered.push(said["status"]["order"].as_str().unwrap().to_owned());
                        }
                    }
                    Some("refused") => refused += 1,
                    other => panic!("{other:?}: {said}"),
                }
            }
        }
        assert_eq!(daemon.end(), 0);
    }
    let rows = entries(&station);
    let known: std::collections::BTreeSet<&str> =
        rows.iter().filter(|row| row["kind"] == "airing").filter_map(|row| row["order"].as_str()).collect();
    let lost: Vec<_> = answered.iter().filter(|order| !known.contains(order.as_str())).collect();
    println!("{} orders taken, {refused} refused", answered.len());
    assert!(lost.is_empty() && !answered.is_empty(), "{lost:?} of {}", answered.len());
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

/// Threads that order as fast as they are answered, until nobody answers.
fn storm(station: &Station) -> Vec<std::thread::JoinHandle<Vec<Value>>> {
    let orders = [
        r#"{"command":"say","name":"vo-dap","wait":false}"#,
        r#"{"command":"alert","name":"vo-dap","by":"M","why":"x","wait":false}"#,
        r#"{"command":"stop","wait":false}"#,
    ];
    let storm = orders.into_iter().map(|order: &'static str| {
        let dir = station.dir().to_owned();
        std::thread::spawn(move || {
            let mut said = Vec::new();
            loop {
                let Ok(mut socket) = UnixStream::connect(dir.join("state/loa.sock")) else { return said };
                socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                if writeln!(socket, "{order}").is_err() {
                    continue;
                }
                let mut line = String::new();
                if BufReader::new(socket).read_line(&mut line).is_ok() && !line.is_empty() {
                    said.push(serde_json::from_str(&line).unwrap());
                }
            }
        })
    });
    storm.collect()
}

/// Let some orders through, a different number each time.
#[expect(clippy::disallowed_methods, reason = "a real process has to be waited for in real time")]
fn settle(_daemon: &Daemon<'_>, round: u64) {
    std::thread::sleep(Duration::from_millis(150 + 70 * round));
}

#[test]
fn an_alert_without_who_or_why_says_how_to_order_it_and_does_nothing() {
    let station = station(ZONES);
    let _daemon = run(&station);
    for order in [&["alert", "lu"][..], &["alert", "lu", "--by", "A"], &["alert", "lu", "--why", "b"]] {
        let said = vi(&station, order);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{said:?}");
        assert!(said.err.contains("Ví dụ: loa alert lu --by"), "{said:?}");
    }
    for (by, why) in [("A\nB", "c"), ("A", "c\u{202e}d"), ("\u{1b}[2J", "c")] {
        let said = station.loa(&["alert", "lu", "--by", by, "--why", why]);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(!said.err.contains('\u{1b}') && said.err.contains("nobody can see"), "{said:?}");
    }
    // Nobody can pass for another account.
    station.loa(&["alert", "lu", "--by", "Chủ tịch (chu-tich): vỡ đập", "--why", "x"]);
    let (notes, _) = journal(&station);
    let forged = format!("alert: Chủ tịch [chu-tich], vỡ đập ({}): x", account());
    assert!(notes.contains(&forged), "{notes:?}");
}

#[expect(clippy::disallowed_methods, reason = "a real process is waited for in real time")]
#[test]
fn an_alert_is_not_kept_out_by_who_touches_its_sound_and_a_refused_one_names_what_is_near() {
    let station = station(ZONES);
    let daemon = run(&station);
    let page = station.loa(&["status"]).out;
    assert!(page.contains("2 zones: not used since the start") && !page.contains("nothing is known"), "{page}");
    // Another date and the same bytes, and then others while it is being copied.
    let touch = || fs::File::options().append(true).open(station.path("audio/lu.wav")).unwrap();
    let writer = touch();
    writer.set_modified(std::time::SystemTime::now()).unwrap();
    (&writer).write_all(b"half").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let said = alert(&station, "lu", &["--json", LONG[0], LONG[1]]);
    assert_eq!(states(&said.json()), owned(&[("thon-1", "sounding", "-"), ("thon-2", "sounding", "-")]), "{said:?}");
    let over = alert(&station, "vo-dap", &[]);
    assert!(over.out.contains("\"lu\" pauses and goes on afterwards"), "{over:?}");
    drop(writer);
    let wrong = vi(&station, &["alert", "vo-da", "--by", "A", "--why", "b"]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(
        wrong.err.contains("Thôn 1, Thôn 2: KHÔNG KÊU") && wrong.err.contains("có phải «vo-dap» không?"),
        "{wrong:?}"
    );
    assert_eq!(daemon.end(), 0);
    let (notes, _) = journal(&station);
    assert!(notes.contains(&format!("order_refused: no_sound: alert: A ({}): b", account())), "{notes:?}");
}

#[test]
fn who_watches_hears_of_each_change_and_keeps_nobody_out() {
    let station = station(ZONES);
    let daemon = run(&station);
    let watch = || {
        let mut socket = connect(station.dir());
        writeln!(socket, r#"{{"command":"watch"}}"#).unwrap();
        BufReader::new(socket)
    };
    let next = |watcher: &mut BufReader<UnixStream>| -> Value {
        let mut line = String::new();
        watcher.read_line(&mut line).unwrap();
        serde_json::from_str::<Value>(&line).unwrap()["status"].take()
    };
    let until = |watcher: &mut BufReader<UnixStream>, is: &dyn Fn(&Value) -> bool| {
        (0..100).map(|_| next(watcher)).find(|status| is(status)).expect("it is told")
    };
    let mut first = watch();
    let told = next(&mut first);
    assert_eq!((&told["zones"][0]["playing"], &told["sounds"]), (&Value::Null, &json!(2)));
    // More than one account may have; each of them is let in, and an order as well.
    let crowd: Vec<_> = (0..100).map(|_| watch()).collect();
    let mut watcher = watch();
    assert_eq!(alert(&station, "lu", &["--zone", "thon-1", LONG[0], LONG[1]]).code, 0);
    let told = until(&mut watcher, &|status| status["zones"][0]["playing"]["broadcast"] == "lu");
    assert_eq!(told["orders"][0]["zones"][0]["state"], "sounding");
    assert_eq!(station.loa(&["stop"]).code, 0);
    until(&mut watcher, &|status| status["zones"][0]["playing"].is_null());
    drop(crowd);
    assert_eq!(daemon.end(), 0);
}

#[test]
fn a_hamlet_whose_output_cannot_be_used_is_told_as_silent_and_its_airing_is_missed() {
    let zones = "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"wav:thu/thon-1\"\n[zones.thon-2]\noutput = \"null\"\n";
    let station = station(zones);
    let daemon = run(&station);
    let said = alert(&station, "lu", &["--json"]);
    assert_eq!(said.code, 1, "{said:?}");
    let expected = owned(&[("thon-1", "silent", "device_failed"), ("thon-2", "sounding", "-")]);
    assert_eq!(states(&said.json()), expected);
    assert!(vi(&station, &["status"]).out.contains("Thôn 1: KHÔNG PHÁT ĐƯỢC"), "{said:?}");
    assert_eq!(station.loa(&["stop"]).code, 0);
    assert_eq!(daemon.end(), 0);
    let rows = entries(&station);
    let row = rows.iter().find(|row| row["kind"] == "airing" && row["zone"] == "thon-1").unwrap();
    assert_eq!(row["outcome"], "missed", "{row}");
}

#[test]
fn what_is_no_file_in_audio_is_never_waited_for() {
    let station = station(ZONES);
    std::os::unix::fs::symlink("/nowhere.wav", station.path("audio/link.wav")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(station.path("audio/pipe.wav")).status().unwrap().success());
    fs::create_dir(station.path("audio/thumuc.wav")).unwrap();
    let daemon = run(&station);
    for name in ["link", "pipe", "thumuc"] {
        for said in [station.loa(&["say", name]), alert(&station, name, &[])] {
            assert!(said.code == 1 && !said.err.contains("examined"), "{name}: {said:?}");
        }
    }
    assert_eq!(daemon.end(), 0);
}
