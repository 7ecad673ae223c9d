//! The page beside the sound: started with the daemon, started again, ended with it; and flooded, hung and killed while
//! something plays.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::kit::late::is_on_time;
use crate::kit::{Station, broadcast_at, wait_for, whole_second_in};

/// A port that was free a moment ago.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn station(address: SocketAddr) -> Station {
    let station = Station::new();
    station.tone("a.wav", 0.5, 440.0).write(
        "loa.toml",
        &format!(
            "[zones.thon-1]\noutput = \"wav:thon-1.wav\"\nloudness = \"off\"\n[zones.thon-2]\noutput = \"null\"\n[console]\nlisten = \"{address}\"\n"
        ),
    );
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    station
}

/// The processes whose parent this is.
fn children(parent: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |id: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let after = stat.rsplit_once(") ").map_or("", |(_, after)| after);
        let mut words = after.split(' ');
        let (state, of) = (words.next(), words.next());
        state != Some("Z") && of.and_then(|of| of.parse::<u32>().ok()) == Some(parent)
    };
    ids.filter(is_child).collect()
}

fn signal(name: &str, id: u32) {
    let _ = std::process::Command::new("kill").args(["-s", name, &id.to_string()]).status();
}

fn answers(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let _ = stream.write_all(b"GET /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let mut said = [0; 12];
    stream.read_exact(&mut said).is_ok() && said.ends_with(b"200")
}

#[test]
fn a_page_that_is_told_no_address_listens_on_this_machine_only() {
    let station = Station::new();
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n");
    let mut child = station.command(&["console"]).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let _ = child.kill();
    // Where something else has that port, the refusal names the address.
    said += &String::from_utf8_lossy(&child.wait_with_output().unwrap().stderr);
    assert!(said.contains("127.0.0.1:8080"), "{said}");
}

#[test]
#[ignore = "long"]
fn the_page_is_flooded_hung_and_killed_and_the_sound_starts_on_time() {
    let address = free();
    let station = station(address);
    let daemon = station.run();
    daemon.wait_until("the page answers", || answers(address));
    let page = children(daemon.pid());
    assert_eq!(page.len(), 1, "{}", daemon.log());
    let nice = std::fs::read_to_string(format!("/proc/{}/stat", page[0])).unwrap();
    let nice = nice.rsplit_once(") ").unwrap().1.split(' ').nth(16).unwrap().to_owned();
    assert_eq!(nice, "10", "behind the sound");

    let first = whole_second_in(4);
    let times: Vec<_> = (0..3).map(|n| first.checked_add(jiff::Span::new().seconds(n * 3)).unwrap()).collect();
    let mut text = "[rules]\nhours = [\"00:00-24:00\"]\n".to_owned();
    for (n, at) in times.iter().enumerate() {
        text += &broadcast_at(&format!("b{n}"), *at, "\"a\"", "");
    }
    station.write("schedules/a.toml", &text);
    let before = |at: jiff::civil::DateTime| at.checked_sub(jiff::Span::new().milliseconds(500)).unwrap();

    // Five hundred at once, most of them without an end.
    wait_for(before(times[0]));
    let mut flood: Vec<TcpStream> = Vec::new();
    for _ in 0..500 {
        if let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            flood.push(stream);
        }
    }
    // Hung.
    wait_for(before(times[1]));
    signal("STOP", page[0]);
    drop(flood);
    let _ = TcpStream::connect_timeout(&address, Duration::from_millis(200));
    // Killed.
    wait_for(before(times[2]));
    signal("KILL", page[0]);

    let played = || {
        let rows = station.loa(&["journal", "--json"]).rows();
        rows.into_iter().filter(|row| row["kind"] == "airing").collect::<Vec<_>>()
    };
    daemon.wait_until("all of it is recorded", || played().len() == 6);
    for row in played() {
        assert_eq!(row["outcome"], "played", "{row}");
        let error = row["start_error_ms"].as_f64().unwrap();
        assert!(is_on_time(error, 10.0), "{row}");
    }
    daemon.wait_until("the page is there again", || answers(address));
    assert_ne!(children(daemon.pid()), page);
    assert!(
        daemon.log().contains("trang của đài đã tắt") || daemon.log().contains("the page has ended"),
        "{}",
        daemon.log()
    );
    assert_eq!(daemon.end(), 0);
    assert!(!answers(address), "it ends with the daemon");
}

#[test]
fn the_page_goes_when_the_daemon_is_killed() {
    let address = free();
    let station = station(address);
    let daemon = station.run();
    daemon.wait_until("the page answers", || answers(address));
    daemon.signal("KILL");
    daemon.wait_until("the page is gone", || !answers(address));
}

/// What the daemon says of its page.
fn told(station: &Station) -> serde_json::Value {
    station.loa(&["status", "--json"]).json()["page"].clone()
}

#[test]
#[ignore = "long"]
fn a_page_without_memory_is_started_again_and_the_sound_starts_on_time() {
    let address = free();
    let station = station(address);
    let daemon = station.run();
    daemon.wait_until("the page answers", || answers(address));
    let page = children(daemon.pid());
    let first = whole_second_in(4);
    let mut text = "[rules]\nhours = [\"00:00-24:00\"]\n".to_owned();
    for n in 0..2 {
        let at = first.checked_add(jiff::Span::new().seconds(n * 3)).unwrap();
        text += &broadcast_at(&format!("b{n}"), at, "\"a\"", "");
    }
    station.write("schedules/a.toml", &text);
    // From now on it gets not a page more.
    let limited = std::process::Command::new("prlimit").args(["--pid", &page[0].to_string(), "--as=1048576"]).status();
    assert!(limited.is_ok_and(|limited| limited.success()), "prlimit of util-linux");
    let mut flood: Vec<TcpStream> = Vec::new();
    for _ in 0..300 {
        if let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            let long = "a".repeat(12_000);
            let _ = write!(
                stream,
                "POST /login HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nX-Long: {long}\r\nContent-Length: 200000\r\n\r\n"
            );
            let _ = stream.write_all(&[b'a'; 4_096]);
            flood.push(stream);
        }
    }
    wait_for(first);
    drop(flood);
    let played = || {
        let rows = station.loa(&["journal", "--json"]).rows();
        rows.into_iter().filter(|row| row["kind"] == "airing").collect::<Vec<_>>()
    };
    daemon.wait_until("all of it is recorded", || played().len() == 4);
    for row in played() {
        assert_eq!(row["outcome"], "played", "{row}");
        assert!(is_on_time(row["start_error_ms"].as_f64().unwrap(), 10.0), "{row}");
    }
    // It has died of it or has lived through it; either way somebody answers.
    daemon.wait_until("a page answers", || answers(address));
    println!("the page {}", if children(daemon.pid()) == page { "lived" } else { "was started again" });
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_page_that_cannot_open_is_told_with_its_reason_and_opens_once_that_is_gone() {
    let address = free();
    let station = station(address);
    let other = TcpListener::bind(address).unwrap();
    let daemon = station.run();
    daemon.wait_until("it was tried twice", || told(&station)["times"].as_u64() >= Some(2));
    let said = told(&station);
    assert!(said["why"]["en"].as_str().unwrap().contains(&address.to_string()), "{said}");
    let words = station.loa(&["status"]).out;
    assert!(words.contains("the station's page cannot be opened since") && words.contains("sound goes on"), "{words}");
    let doctor = station.loa(&["doctor", "--json"]).rows();
    let found: Vec<_> = doctor.iter().filter(|row| row["code"] == "page_down").collect();
    assert_eq!(found.len(), 1, "{doctor:#?}");
    assert!(found[0]["message"].as_str().unwrap().contains(&address.to_string()), "{found:?}");
    drop(other);
    daemon.wait_until("the page answers", || answers(address));
    daemon.wait_until("nothing is wrong with it any more", || told(&station).is_null());
    assert!(!station.loa(&["doctor", "--json"]).rows().iter().any(|row| row["code"] == "page_down"));
    assert_eq!(daemon.end(), 0);
}

#[test]
fn a_certificate_that_is_missing_is_named_and_the_sound_goes_on() {
    let address = free();
    let station = station(address);
    let toml = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write("loa.toml", &format!("{toml}cert = \"mat.crt\"\nkey = \"mat.key\"\n"));
    let daemon = station.run();
    daemon.wait_until("it was tried", || told(&station)["times"].as_u64() >= Some(1));
    let said = told(&station);
    assert!(said["why"]["en"].as_str().unwrap().contains("mat.crt"), "{said}");
    let doctor = station.loa(&["doctor", "--json"]).rows();
    assert!(
        doctor.iter().any(|row| row["code"] == "page_down" && row["message"].as_str().unwrap().contains("mat.crt"))
    );
    assert!(daemon.log().contains("mat.crt"), "{}", daemon.log());
    assert_eq!(daemon.end(), 0);
}

/// Whoever switches the amplifier ends what its command left behind: the page, which the same process started, is not of it.
#[test]
#[ignore = "long"]
fn an_amplifiers_command_that_hangs_or_leaves_something_behind_takes_no_page_with_it() {
    let address = free();
    let station = Station::new();
    let left = station.path("left");
    let leaves = format!(
        "setsid sh -c 'echo $$ > {0}; exec sleep 1000' & while [ ! -s {0} ]; do sleep 0.01; done",
        left.display()
    );
    station.tone("a.wav", 0.5, 440.0).write(
        "loa.toml",
        &format!(
            "[zones.thon-1]\noutput = \"null\"\namplifier = {{ on = [\"sleep\", \"1000\"], off = [\"sh\", \"-c\", \"{leaves}\"] }}\n\
             [console]\nlisten = \"{address}\"\n"
        ),
    );
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    let daemon = station.run();
    daemon.wait_until("the page answers", || answers(address));
    let page = children(daemon.pid()).into_iter().filter(|id| !is_sleep(*id)).collect::<Vec<_>>();
    assert_eq!(page.len(), 1, "{}", daemon.log());
    assert_eq!(station.loa(&["say", "a", "--zone", "thon-1"]).code, 0);
    let notes = |code: &str| {
        let rows = station.loa(&["journal", "--json"]).rows();
        rows.iter().filter(|row| row["reason"].as_str().is_some_and(|reason| reason.starts_with(code))).count()
    };
    daemon.wait_until("the one that hangs is ended", || notes("amplifier_failed") > 0);
    daemon.wait_until("it is off", || notes("amplifier_off") > 1);
    let log = daemon.log();
    assert!(log.contains("left 1 process(es)") || log.contains("bỏ lại 1 tiến trình"), "{log}");
    assert!(answers(address) && children(daemon.pid()).contains(&page[0]), "{log}");
    assert!(!log.contains("the page has ended") && !log.contains("trang của đài đã tắt"), "{log}");
    assert_eq!(daemon.end(), 0);
}

fn is_sleep(id: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|name| name.trim() == "sleep")
}
