//! A person presses, waits for the chime, speaks, and lets go: a real browser over https, as phones ask for it, with a file
//! in place of its microphone.

use super::day::Login;
use super::driver::{By, Driver};
use crate::console::Console;
use crate::kit::late::is_on_time;
use crate::kit::{Mic, Station};

/// How often he presses.
const PRESSES: usize = 5;

const ZONE: &str = "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"wav:thon-1.wav\"\n[clock]\ntrust = \"always\"\n";

#[test]
#[ignore = "long"]
fn a_button_that_is_held_speaks_to_the_horns_and_ends_when_it_is_let_go() {
    let station = Station::new();
    station.write("loa.toml", ZONE);
    let made = station.loa(&["--json", "console", "cert", "--name", "127.0.0.1"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let (cert, key) = (made.json()["cert"].clone(), made.json()["key"].clone());
    station.write("loa.toml", &format!("{ZONE}[console]\ncert = {cert}\nkey = {key}\n"));
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    let voice = station.path("giong.wav");
    Mic::file(&voice, 30.0);
    let Some(driver) = Driver::hearing(&voice) else { return };
    let daemon = station.run();
    let console = Console::start(&station);
    assert_eq!(console.scheme, "https");
    let root = format!("https://{}", console.address);
    driver.be(360, 800, false);
    Login::new(&driver, &root, &console.link("Nguyễn Văn Năm", "operator", &["thon-1"]));
    driver.open(&format!("{root}/talk"));
    driver.press(By::Says("Mở micrô"));
    driver.reads("Sẵn sàng.");
    let mut waits = Vec::new();
    for press in 0..PRESSES {
        driver.hold("[data-does=talk]");
        // Its horn is a file, which nobody hears.
        driver.reads("Đang nói, nhưng ở đây không có loa");
        // He speaks; what the horn gives is in its file.
        let before = loud(&station);
        daemon.wait_until("he is heard", || loud(&station) > before + 24_000);
        let level = || driver.run("return document.querySelector('meter').value").as_f64().unwrap();
        driver.until("the level shows that he is heard here", || (0.2..1.0).contains(&level()));
        driver.let_go();
        driver.reads("Thôn 1: ");
        let airings = || station.loa(&["journal", "--json"]).rows().into_iter().filter(|row| row["kind"] == "airing");
        let row = crate::console::until("its row is written", || airings().nth(press));
        assert_eq!(row["outcome"], "played", "{row} {}", daemon.log());
        assert!(row["reason"].as_str().unwrap().starts_with("talk: Nguyễn Văn Năm"), "{row}");
        assert_eq!(row["audio"].as_array().unwrap().len(), 1, "{row}");
        let pressed = driver.run("return Number(document.getElementById('talk').dataset.pressed)").as_f64().unwrap();
        let started: jiff::Timestamp = row["started"].as_str().unwrap().parse().unwrap();
        let after = started.as_millisecond() as f64 - pressed;
        eprintln!("from the press to the first sample: {after:.0} ms");
        assert!((0.0..5_000.0).contains(&after), "{after} ms");
        waits.push(after);
    }
    waits.sort_by(f64::total_cmp);
    let (median, worst) = (waits[PRESSES / 2], waits[PRESSES - 1]);
    eprintln!("from the press to the first sample, {PRESSES} times: median {median:.0} ms, worst {worst:.0} ms");
    assert!(is_on_time(median, 1_000.0), "{waits:?} ms");
    assert!(driver.complaints().is_empty(), "{:?}", driver.complaints());
    assert_eq!(daemon.end(), 0);
}

/// Samples in the horn's file that are heard behind the chime.
fn loud(station: &Station) -> usize {
    let Ok(mut wav) = hound::WavReader::open(station.path("thon-1.wav")) else { return 0 };
    let heard = wav.samples::<i16>().map_while(Result::ok).skip_while(|sample| *sample == 0).skip(4 * 48_000);
    heard.filter(|sample| sample.unsigned_abs() > 300).count()
}
