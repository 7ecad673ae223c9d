//! A person presses, waits for the chime, speaks, and lets go: a real browser, with a file in place of its microphone.

use super::day::Login;
use super::driver::{By, Driver};
use crate::console::Console;
use crate::kit::{Mic, Station};

#[test]
#[ignore = "long"]
fn a_button_that_is_held_speaks_to_the_horns_and_ends_when_it_is_let_go() {
    let station = Station::new();
    station.write(
        "loa.toml",
        "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"wav:thon-1.wav\"\n[clock]\ntrust = \"always\"\n",
    );
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    let voice = station.path("giong.wav");
    Mic::file(&voice, 30.0);
    let Some(driver) = Driver::hearing(&voice) else { return };
    let daemon = station.run();
    let console = Console::start(&station);
    let root = format!("http://{}", console.address);
    driver.be(360, 800, false);
    Login::new(&driver, &root, &console.link("Nguyễn Văn Năm", "operator", &["thon-1"]));
    driver.open(&format!("{root}/talk"));
    driver.press(By::Says("Mở micrô"));
    driver.reads("Sẵn sàng.");
    driver.hold("[data-does=talk]");
    driver.reads("ĐANG NÓI RA LOA");
    // He speaks; what the horn gives is in its file.
    daemon.wait_until("he is heard", || loud(&station) > 48_000);
    driver.let_go();
    driver.reads("Thôn 1: ");
    let airing = || station.loa(&["journal", "--json"]).rows().into_iter().find(|row| row["kind"] == "airing");
    let row = crate::console::until("its row is written", airing);
    assert_eq!(row["outcome"], "played", "{row} {}", daemon.log());
    assert!(row["reason"].as_str().unwrap().starts_with("talk: Nguyễn Văn Năm"), "{row}");
    assert_eq!(row["audio"].as_array().unwrap().len(), 1, "{row}");
    let pressed = driver.run("return Number(document.getElementById('talk').dataset.pressed)").as_f64().unwrap();
    let started: jiff::Timestamp = row["started"].as_str().unwrap().parse().unwrap();
    let after = started.as_millisecond() as f64 - pressed;
    eprintln!("from the press to the first sample: {after:.0} ms");
    assert!((0.0..5_000.0).contains(&after), "{after} ms");
    assert!(driver.complaints().is_empty(), "{:?}", driver.complaints());
    assert_eq!(daemon.end(), 0);
}

/// Samples in the horn's file that are heard behind the chime.
fn loud(station: &Station) -> usize {
    let Ok(mut wav) = hound::WavReader::open(station.path("thon-1.wav")) else { return 0 };
    let heard = wav.samples::<i16>().map_while(Result::ok).skip_while(|sample| *sample == 0).skip(4 * 48_000);
    heard.filter(|sample| sample.unsigned_abs() > 300).count()
}
