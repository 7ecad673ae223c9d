//! A recording made in the page, over TLS: begun, ended, handed in and judged.

use std::fs;

use super::day::Login;
use super::driver::{By, Driver};
use crate::console::Console;
use crate::kit::{Mic, Station};

/// Seconds that are recorded.
const LEAST: u64 = 3;

/// Seconds that the page says are recorded by now.
const RECORDED: &str = "return Number((document.getElementById('clock').textContent.match(/:(\\d+)$/) || [0, 0])[1])";

/// A station whose page is encrypted, and which lacks a recording.
fn station() -> Station {
    let station = Station::new();
    let zone = "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n";
    station.write("loa.toml", zone);
    let made = station.loa(&["--json", "console", "cert", "--name", "127.0.0.1"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let made = made.json();
    station.write("loa.toml", &format!("{zone}[console]\ncert = {}\nkey = {}\n", made["cert"], made["key"]));
    station.write(
        "schedules/a.toml",
        "[rules]\nhours = [\"00:00-24:00\"]\n[[broadcast]]\nid = \"tiem\"\ntitle = \"Lịch tiêm chủng\"\nat = \"05:30\"\nplay = [\"lich-tiem\"]\n",
    );
    station
}

#[test]
#[ignore = "long"]
fn what_is_recorded_in_the_page_is_handed_in_and_judged() {
    let station = station();
    let voice = station.path("giong.wav");
    Mic::file(&voice, 30.0);
    let Some(driver) = Driver::hearing(&voice) else { return };
    let console = Console::start(&station);
    assert_eq!(console.scheme, "https");
    let root = format!("https://{}", console.address);
    driver.be(360, 800, false);
    let nam = Login::new(&driver, &root, &console.link("Nguyễn Văn Năm", "operator", &["thon-1"]));
    nam.comes();
    driver.tap("main a[href^=\"/sounds/slot/lich-tiem\"]");
    driver.press(By::Says("Ghi âm"));
    driver.until("some seconds are recorded", || driver.run(RECORDED).as_u64().is_some_and(|now| now >= LEAST));
    driver.press(By::Says("Ghi xong"));
    driver.until("it can be listened to", || driver.run("return !document.getElementById('heard').hidden") == true);
    driver.is_open_to_all();
    driver.press(By::Says("Nộp bản ghi"));
    driver.reads("Máy đã nhận đủ. Có thể tắt điện thoại.");
    assert_eq!(driver.taps(), 4, "the slot, begin, enough, hand in");
    // The page goes on by itself to what was found.
    driver.until("it was listened to", || driver.has(By::Css("main audio[src^=\"/sounds/\"]")));
    driver.reads("Tên bản ghi: lich-tiem.");
    assert!(!driver.says("không giữ lại gì"), "{}", driver.text());
    let files = fs::read_dir(station.path("audio")).unwrap().map(|entry| entry.unwrap().path());
    let file = files.into_iter().find(|path| path.file_stem().is_some_and(|stem| stem == "lich-tiem"));
    let facts = loa::audio::measure(&file.unwrap()).unwrap();
    assert!(facts.length().as_secs() >= LEAST - 1, "{:?}", facts.length());
    let lufs = facts.loudness.unwrap().lufs();
    assert!(lufs > -40.0, "the voice is in it: {lufs} LUFS");
}
