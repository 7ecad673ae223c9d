//! The hamlet head's part of the day, on a phone of 360 pixels: a recording that the schedule lacks is handed in, over a line
//! that breaks; what sounds in his hamlet is seen, stopped, and let go on.

use std::fs;

use jiff::ToSpan as _;
use jiff::civil::DateTime;
use serde_json::Value;

use super::day::{APART_S, Login, Scene, recording, tone};
use super::driver::By;

/// What the page sends at a time.
const PIECE: u64 = 1 << 20;

/// So much of the recording has come when the line breaks: two pieces.
const PERCENT: u64 = 62;

/// Two channels of 96 kHz: large for its length.
const RATE: u32 = 96_000;

/// What is still to be recorded is one tap away; choose, hand in.
pub(super) fn hands_in(scene: &Scene<'_>, nam: &Login<'_>) {
    let (driver, place) = (scene.driver, scene.station.dir());
    driver.be(360, 740, false);
    nam.comes();
    driver.reads("Cần nộp");
    driver.reads("Lịch tiêm chủng");
    driver.is_open_to_all();
    scene.seen("to-hand-in");
    let file = By::Css("input[type=file][name=file]");
    let silent = recording(&place.join("im.wav"), 16_000, 1, 32_000, |_| 0.0);
    driver.tap("main a[href^=\"/sounds/slot/tiem-chung\"]");
    driver.choose(file, &silent);
    driver.press(By::Says("Nộp bản ghi"));
    driver.reads("Bản ghi không có tiếng. Xin ghi lại.");
    assert_eq!(driver.taps(), 3, "the slot, the recording, hand in");
    driver.is_open_to_all();
    scene.seen("silent");

    let clipped = recording(&place.join("vo.wav"), 16_000, 1, 48_000, tone(16_000, 4.0));
    driver.press(By::Has("Ghi lại"));
    driver.is_open_to_all();
    driver.choose(file, &clipped);
    driver.press(By::Says("Nộp bản ghi"));
    driver.reads("Tiếng bị vỡ. Xin nói xa máy hơn một chút.");
    scene.seen("clipped");

    // So long that two pieces are 62 of a hundred parts.
    let frames = u32::try_from((2 * PIECE * 100 / PERCENT - 44) / 4).unwrap();
    let good = recording(&place.join("tot.wav"), RATE, 2, frames, tone(RATE, 0.5));
    let length = fs::metadata(&good).unwrap().len();
    assert_eq!(2 * PIECE * 100 / length, PERCENT);
    driver.press(By::Has("Ghi lại"));
    driver.choose(file, &good);
    scene.wire.cut_after(2 * PIECE + 100_000);
    driver.press(By::Says("Nộp bản ghi"));
    driver.reads("Mất mạng, đã nhận 62%. Có mạng lại thì gửi tiếp từ chỗ này.");
    assert!(scene.wire.is_cut());
    scene.seen("line-lost");
    scene.wire.mend();
    driver.reads("Máy đã nhận đủ. Có thể tắt điện thoại.");
    let again = scene.wire.sent();
    assert!(again < length / 2, "{again} of {length} bytes were sent after the line was back");
    // The page goes on by itself to what was found.
    driver.until("it was listened to", || driver.has(By::Css("main audio[src^=\"/sounds/\"]")));
    assert_eq!(fs::read(scene.station.path("audio/tiem-chung.wav")).unwrap(), fs::read(&good).unwrap());
    let seconds = driver.run_with(LENGTH, &[Value::Null]).as_f64().unwrap();
    assert!((seconds - f64::from(frames) / f64::from(RATE)).abs() < 0.1, "{seconds}");
    driver.is_open_to_all();
    scene.seen("handed-in");
}

/// Nothing is heard of the station any more: the page says so by itself, and is fresh once the line holds.
pub(super) fn sees_that_the_page_is_old(scene: &Scene<'_>, nam: &Login<'_>) {
    const OLD: &str = "
const stale = document.querySelector('p.stale');
return document.querySelector('#now').classList.contains('old') && !stale.hidden && stale.innerText.includes('có thể đã cũ');
";
    let driver = scene.driver;
    nam.comes();
    assert_eq!(driver.run(OLD), false);
    scene.wire.cut_after(0);
    driver.run("fetch('/icon.svg', { cache: 'no-store' }).catch(() => 0)");
    driver.until("the line is cut", || scene.wire.is_cut());
    // Fifteen seconds go by at once, by the clock that the page looks at.
    driver.run("const own = performance.now.bind(performance); performance.now = () => own() + 15000");
    driver.until("the page greys", || driver.run(OLD) == true);
    scene.seen("old");
    driver.run("delete performance.now");
    scene.wire.mend();
    driver.until("the page is fresh again", || driver.run(OLD) == false);
}

/// The seconds of the first sound of the page as the browser hears it; nothing where it cannot.
pub(super) const LENGTH: &str = "
const sound = document.querySelector('main audio');
return new Promise(done => {
  sound.onloadedmetadata = () => done(sound.duration);
  sound.onerror = () => done(0);
  sound.preload = 'auto';
  sound.load();
});
";

/// It sounds on time; then one tap ends it, and one lets it go on.
pub(super) fn hears_it_and_stops_it(scene: &Scene<'_>, nam: &Login<'_>, first: DateTime) {
    let (driver, station) = (scene.driver, scene.station);
    driver.be(360, 740, false);
    nam.comes();
    driver.until("it is said that it plays", || driver.says("Đang phát"));
    let shown = driver.run("const bar = document.querySelector('main progress'); return [bar.value, bar.max]");
    let (passed, whole) = (shown[0].as_f64().unwrap(), shown[1].as_f64().unwrap());
    assert!((8.0..9.5).contains(&whole) && passed <= whole, "{shown}");
    scene.seen("playing");
    driver.until("the bar moves", || {
        driver
            .run("return (document.querySelector('main progress') || {}).value")
            .as_f64()
            .is_some_and(|now| now > passed)
    });
    driver.is_open_to_all();
    let rows = || {
        let rows = station.loa(&["journal", "--json"]).rows();
        rows.into_iter().filter(|row| row["kind"] == "airing" && row["broadcast"] == "lich-tiem-chung").count()
    };
    scene.daemon.wait_until("the first is over", || rows() == 1);
    let second = first.checked_add(APART_S.seconds()).unwrap().in_tz("Asia/Ho_Chi_Minh").unwrap().timestamp();
    scene.daemon.wait_until("the second plays", || {
        let status = station.loa(&["status", "--json"]).json();
        let started = status["zones"][0]["playing"]["started"].as_str().map(str::to_owned);
        started.is_some_and(|at| at.parse::<jiff::Timestamp>().unwrap() >= second)
    });
    driver.until("the second is said to play", || driver.says("Đang phát"));
    driver.taps();
    driver.press(By::Has("Dừng loa Thôn 1"));
    assert_eq!(driver.taps(), 1, "stop");
    driver.reads("Thôn 1: đã dừng");
    driver.is_open_to_all();
    scene.seen("stopped");
    driver.press(By::Has("Cho phát tiếp"));
    driver.until("it is told what came of it", || !driver.address().ends_with("/say"));
    nam.comes();
    driver.until("it plays again", || driver.says("Đang phát"));
    // The network is lost just then: the page stays, says so, and asks again.
    scene.wire.cut_after(0);
    driver.press(By::Has("Dừng loa Thôn 1"));
    driver.until("it is said that nothing was stopped", || driver.says("Chưa dừng được"));
    scene.wire.mend();
    driver.reads("Thôn 1: đã dừng");
}
