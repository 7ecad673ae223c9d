use std::process::{Command, Stdio};

use jiff::Timestamp;
use loa::clock::Clock as _;
use loa::machine::MachineClock;
use serde_json::{Value, json};

use super::web_socket::WebSocket;
use super::{ended, kept, rows, station, written};
use crate::console::{Browser, Console};
use crate::kit::late::is_on_time;
use crate::kit::{Mic, Station};

/// What a browser's recorder makes of this sound: WebM with Opus; none, aloud, without ffmpeg.
fn recorded(station: &Station, sound: &[i16]) -> Option<Vec<u8>> {
    let path = station.path("giong.wav");
    Mic::written(&path, sound);
    // Each second has as many bytes as any other: by that it is sent as fast as it was spoken.
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-i"])
        .arg(&path)
        .args(["-c:a", "libopus", "-b:a", "48k", "-vbr", "off", "-f", "webm"])
        .args(["-live", "1", "-cluster_time_limit", "60", "-"])
        .stdin(Stdio::null())
        .output();
    match made {
        Ok(made) if made.status.success() && !made.stdout.is_empty() => Some(made.stdout),
        other => {
            eprintln!("SKIPPED: needs ffmpeg with Opus ({other:?})");
            None
        }
    }
}

fn own(console: &Console<'_>) -> String {
    format!("http://{}", console.address)
}

fn press(zones: &[&str]) -> Value {
    json!({"does": "press", "zones": zones, "kind": "audio/webm;codecs=opus"})
}

/// Send a recording as fast as it was spoken, in pieces of 60 ms.
fn speak(socket: &mut WebSocket, webm: &[u8], seconds: f64) {
    let piece = (webm.len() as f64 * 0.02 / seconds).ceil() as usize;
    let mut pieces = webm.chunks(piece);
    Mic::speak(seconds, |_| pieces.next().is_none_or(|piece| socket.piece(piece)));
}

fn order(station: &Station, by: &str) -> String {
    let reason = format!("talk: {by}");
    let row = rows(station, &reason).pop().unwrap_or_else(|| panic!("nobody called {by} spoke"));
    row["order"].as_str().unwrap().to_owned()
}

fn open(console: &Console<'_>, browser: &Browser) -> WebSocket {
    WebSocket::open(console, browser, Some(&own(console))).unwrap()
}

#[test]
#[ignore = "long"]
fn a_phone_speaks_over_the_page_and_can_be_heard_again_from_the_journal() {
    let station = station("");
    let Some(webm) = recorded(&station, &Mic::voice(7.0)) else { return };
    let daemon = station.run();
    let console = Console::start(&station);
    let mut five = console.person("Nguyễn Văn Năm", "operator", &["thon-1"]);
    assert!(five.get("/").body.contains("href=\"/talk\""));
    let page = five.get("/talk").body;
    assert!(page.find("/sounds/new").unwrap() < page.find("id=\"talk\"").unwrap(), "record first comes first");
    assert!(page.contains("giữ lại trong nhật ký nếu ổ đĩa còn chỗ"), "{page}");
    assert!(page.contains("Không cụm nào ở đây nối với loa"), "{page}");
    // Two ends of a line are told apart: before anything was heard, and behind it.
    assert!(page.contains("chưa nói ra loa được") && page.contains("tới lúc ấy đã ra loa"), "{page}");
    let mut socket = open(&console, &five);
    assert!(socket.say(&press(&["thon-1"])));
    socket.until("taken");
    speak(&mut socket, &webm, 7.0);
    assert!(socket.say(&json!({"does": "release"})));
    // Its horn is a file.
    let on = socket.until("unheard");
    assert!(on["said"].to_string().contains("không có loa"), "{on}");
    let over = socket.until("over");
    assert!(over["said"].to_string().contains("Thôn 1"), "{over}");
    let order = order(&station, "Nguyễn Văn Năm");
    let row = written(&station, &order);
    assert_eq!(row["outcome"], "played", "{row} {}", daemon.log());
    let [seconds] = kept(&station, &row)[..] else { panic!("{row}") };
    assert!((1.5..5.0).contains(&seconds), "what was said after the chime: {seconds}");
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let again = hai.get(&format!("/journal/row/{}/sound/0", row["seq"]));
    assert_eq!((again.status, again.header("content-type")), (200, "audio/wav"), "{}", again.body);
    // The same line serves again.
    assert!(socket.say(&press(&["thon-1"])));
    socket.until("taken");
}

#[test]
#[ignore = "long"]
fn who_may_not_speak_does_not_and_what_is_wrong_on_the_line_ends_it() {
    let station = station("");
    let Some(webm) = recorded(&station, &Mic::voice(6.0)) else { return };
    let _daemon = station.run();
    let console = Console::start(&station);
    let five = console.person("Nguyễn Văn Năm", "operator", &["thon-1"]);
    let three = console.person("Lê Văn Ba", "reviewer", &[]);
    // No page from elsewhere, nobody without the right, nobody who is not logged in.
    assert_eq!(WebSocket::open(&console, &five, Some("http://evil.example")).err(), Some(403));
    assert_eq!(WebSocket::open(&console, &five, None).err(), Some(403));
    assert_eq!(WebSocket::open(&console, &three, Some(&own(&console))).err(), Some(403));
    assert_eq!(WebSocket::open(&console, &console.browser(), Some(&own(&console))).err(), Some(303));
    let mut socket = open(&console, &five);
    for (zones, says) in [(&["thon-2"][..], "Thôn 2"), (&["thon-9"], "thon-9"), (&[], "ít nhất một")] {
        assert!(socket.say(&press(zones)));
        let told = socket.told().unwrap();
        assert!(told["talk"] == "refused" && told["said"].to_string().contains(says), "{told}");
    }
    // Garbage is no voice.
    assert!(socket.say(&press(&["thon-1"])));
    socket.until("taken");
    socket.piece(&vec![0x5a; 30_000]);
    socket.say(&json!({"does": "release"}));
    let over = socket.until("over");
    assert!(!over["said"].as_array().unwrap().is_empty(), "{over}");
    // Two at once: the second is told who speaks.
    let hai = console.person("Trần Thị Hai", "official", &[]);
    let mut other = open(&console, &hai);
    assert!(socket.say(&press(&["thon-1"])));
    socket.until("taken");
    assert!(other.say(&press(&["thon-1"])));
    let told = other.told().unwrap();
    assert!(told["talk"] == "refused" && told["said"].to_string().contains("Nguyễn Văn Năm"), "{told}");
    speak(&mut socket, &webm, 4.0);
    // A phone that is gone: not one more word comes of it.
    let over = socket.told();
    let lost =
        |news: &Option<Value>| news.as_ref().is_none_or(|news| news["talk"] == "unheard" || news["talk"] == "over");
    assert!(lost(&over), "{over:?}");
    crate::console::until("it is written down", || {
        (!rows(&station, "talk_lost: Nguyễn Văn Năm").is_empty()).then_some(())
    });
    // A flood is ended; whoever was put out does not speak on an old line.
    let mut socket = open(&console, &five);
    crate::console::until("the zone is free", || {
        socket.say(&press(&["thon-1"]));
        (socket.told().unwrap()["talk"] == "taken").then_some(())
    });
    for _ in 0..40 {
        for piece in webm.chunks(4_000) {
            socket.piece(piece);
        }
    }
    let over = socket.until("over");
    assert!(!over["said"].as_array().unwrap().is_empty(), "{over}");
    assert_eq!(station.loa(&["user", "remove", "Nguyễn Văn Năm"]).code, 0);
    assert!(socket.say(&press(&["thon-1"])));
    let told = socket.told().unwrap();
    assert_eq!(told["talk"], "refused", "{told}");
}

#[test]
#[ignore = "long"]
fn a_phone_that_is_lost_is_silent_within_two_seconds_though_its_line_stays_open() {
    let station = station("");
    let Some(webm) = recorded(&station, &Mic::voice(7.0)) else { return };
    let daemon = station.run();
    let console = Console::start(&station);
    let five = console.person("Nguyễn Văn Năm", "operator", &["thon-1"]);
    let mut socket = open(&console, &five);
    assert!(socket.say(&press(&["thon-1"])));
    socket.until("taken");
    speak(&mut socket, &webm, 7.0);
    let gone: Timestamp = MachineClock.wall().timestamp();
    let lost = || rows(&station, "talk_lost: Nguyễn Văn Năm").pop();
    let row = crate::console::until("it is written down", lost);
    assert_eq!((&row["kind"], &row["outcome"]), (&"airing".into(), &"partial".into()), "{row} {}", daemon.log());
    let after = ended(&row).duration_since(gone).as_secs_f64();
    assert!(after > 0.0 && is_on_time(after * 1e3, 2_000.0), "{after} s: {row}");
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_phone_is_told_of_feedback_and_of_silence_while_it_speaks() {
    let station = station("");
    // The chime is over by the time at which it howls.
    let sound = [Mic::voice(7.0), Mic::howl(3.0), vec![0; 5 * 48_000], Mic::voice(1.0)].concat();
    let Some(webm) = recorded(&station, &sound) else { return };
    let daemon = station.run();
    let console = Console::start(&station);
    let five = console.person("Nguyễn Văn Năm", "operator", &["thon-1"]);
    let mut socket = open(&console, &five);
    assert!(socket.say(&press(&["thon-1"])));
    socket.until("taken");
    speak(&mut socket, &webm, 16.0);
    assert!(socket.say(&json!({"does": "release"})));
    for word in ["unheard", "howl", "silent", "well", "over"] {
        socket.until(word);
    }
    for code in ["talk_howl", "talk_silent"] {
        let notes = rows(&station, code);
        assert!(notes.len() == 1 && notes[0]["reason"].to_string().contains("Nguyễn Văn Năm"), "{code}: {notes:?}");
    }
    let row = written(&station, &order(&station, "Nguyễn Văn Năm"));
    assert_eq!(row["outcome"], "played", "{row} {}", daemon.log());
    assert_eq!(daemon.end(), 0);
}
