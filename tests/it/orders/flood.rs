//! Neither a flood, nor an end of the daemon, nor who only watches makes an answer a lie.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;

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
    assert_eq!((said.code, states(&said.json())), (0, owned(&[("thon-1", "unheard", "no_horn")])), "{said:?}");
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
    assert_eq!(told["orders"][0]["zones"][0]["state"], "unheard");
    assert_eq!(station.loa(&["stop"]).code, 0);
    until(&mut watcher, &|status| status["zones"][0]["playing"].is_null());
    drop(crowd);
    assert_eq!(daemon.end(), 0);
}
