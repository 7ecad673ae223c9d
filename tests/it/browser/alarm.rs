//! An alarm in a real browser: from the tap to the sound, on another person's page, ended, corrected, and those who were not
//! reached; and a drill, which is none.

use std::fs;

use super::day::Login;
use super::driver::{By, Driver};
use super::{LOOK, picture};
use crate::console::{Browser, Console};
use crate::kit::card::Cards;
use crate::kit::{Station, onsets};

/// One zone into a file, one on a card of the test's own, one without horns.
fn station(cards: Option<&Cards>) -> Station {
    let mut station = Station::new();
    let mut second = "null".to_owned();
    if let Some(cards) = cards {
        station = station.with(cards.environment());
        "device:trai".clone_into(&mut second);
    }
    station.write(
        "loa.toml",
        &format!(
            "name = \"Đài truyền thanh xã Đông Giang\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"wav:thon-1.wav\"\nloudness = \"off\"\n\
             [zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"{second}\"\n\
             [zones.thon-3]\ntitle = \"Thôn Đạ Nghịt\"\noutput = \"null\"\ncontact = \"ông K'Brĕo Năm, trưởng thôn\"\nphone = \"0912 345 678\"\n\
             [clock]\ntrust = \"always\"\n[emergency]\nrepeat = 2\n"
        ),
    );
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    for (name, seconds, hz) in [
        ("canh-bao-lu", 30.0, 220.0),
        ("dinh-chinh", 6.0, 220.0),
        ("dien-tap", 6.0, 220.0),
        ("dien-tap-lu", 3.0, 220.0),
    ] {
        station.tone(&format!("{name}.wav"), seconds, hz);
    }
    station
}

/// The screen as it is, in each light, looked at for what hinders anybody; and a picture of each.
fn seen(driver: &Driver, name: &str, found: &mut Vec<String>) {
    for (is_dark, theme) in [(false, "light"), (true, "dark")] {
        driver.be(360, 800, is_dark);
        let told = driver.run(LOOK);
        let told = told.as_array().unwrap().iter().map(|what| what.as_str().unwrap_or_default().to_owned());
        let told: Vec<String> = told.chain(driver.axe(super::axe::Rules::All)).collect();
        found.extend(told.into_iter().map(|what| format!("{name} {theme}: {what}")));
        picture(driver, &format!("alarm-{name}-{theme}"), 360);
    }
    driver.be(360, 800, false);
}

#[test]
#[ignore = "long"]
fn an_alarm_goes_from_the_tap_to_the_sound_is_seen_by_everybody_ended_corrected_and_accounted_for() {
    let Some(driver) = Driver::start() else { return };
    let cards = Cards::new(&["trai"]);
    let station = station(cards.as_ref());
    let daemon = station.run();
    let console = Console::start(&station);
    let root = format!("http://{}", console.address);
    driver.be(360, 800, false);
    driver.keep(&root, "lang", "vi");
    super::axe::is_awake(&driver);
    let ba = Login::new(&driver, &root, &console.link("Lê Văn Ba", "reviewer", &[]));
    let hai = Login::new(&driver, &root, &console.link("Trần Thị Hai", "official", &[]));
    let mut found = Vec::new();
    let known: Browser = console.person("Vũ Thị Sáu", "official", &[]);
    daemon.wait_until("the sounds are known", || known.clone().get("/emergency").body.contains("0:30"));

    hai.comes();
    driver.reads("Tháng này chưa có buổi diễn tập báo động nào kêu ra loa.");
    seen(&driver, "today", &mut found);
    driver.taps();
    driver.press(By::Says("Báo khẩn cấp"));
    driver.reads("BÁO ĐỘNG THẬT");
    seen(&driver, "choose", &mut found);
    driver.tap("input[name=preset][value=lu]");
    driver.tap("input[name=zone][value='*']");
    driver.press(By::Has("Tiếp tục: nghe lại và xác nhận báo động"));
    driver.reads("CHƯA PHÁT");
    driver.reads("Phát báo động LŨ, bản ghi 0:30, ra 3 cụm loa, 2 lần hoặc đến khi bấm Kết thúc?");
    seen(&driver, "confirm", &mut found);
    assert!(onsets(&wav(&station), 0.01, 100).is_empty(), "nothing sounds before the last tap");
    driver.press(By::Says("Phát báo động thật"));
    assert!(driver.taps() <= 5, "five taps from the first page to the sound");
    driver.reads("ĐANG BÁO ĐỘNG: LŨ, 3 cụm loa");
    driver.reads("không có loa nào ở đây");
    seen(&driver, "live", &mut found);
    // The page goes on by itself: the tone is over, the words are heard.
    driver.reads("Lần 1 trên 2");
    seen(&driver, "live-words", &mut found);
    let page = driver.address();

    ba.sits_down();
    driver.open(&format!("{root}/journal"));
    driver.reads("ĐANG BÁO ĐỘNG: LŨ, 3 cụm loa");
    assert!(!driver.has(By::Says("Kết thúc báo động")), "who only reads ends nothing");
    seen(&driver, "other-person", &mut found);

    // Seven seconds of tone, and enough of the words.
    daemon.wait_until("the words are heard", || {
        let heard = wav(&station);
        onsets(&heard, 0.01, 100).first().is_some_and(|first| heard.len() > first + 48_000 * 9)
    });
    hai.sits_down();
    driver.open(&format!("{root}/schedule"));
    driver.press(By::Says("Kết thúc báo động"));
    driver.open(&page);
    driver.reads("Đã đọc kết quả");
    driver.reads("Trần Thị Hai kết thúc lúc");
    driver.reads("0912 345 678");
    seen(&driver, "over", &mut found);
    let heard = wav(&station);
    let first = onsets(&heard, 0.01, 100)[0];
    let (high, low) = (crossings(&heard[first..]), crossings(&heard[first + 24_000..]));
    assert!((950..1_030).contains(&high) && (700..790).contains(&low), "the tone of an alarm: {high} {low}");
    let words = crossings(&heard[first + 48_000 * 7..]);
    assert!((200..240).contains(&words), "and then the words: {words}");

    driver.press(By::Says("Phát lời đính chính"));
    driver.reads("Phát lời đính chính cho báo động LŨ");
    seen(&driver, "correction", &mut found);
    driver.press(By::Says("Phát lời đính chính"));
    driver.reads("ĐANG PHÁT LỜI ĐÍNH CHÍNH");
    driver.open(&page);
    driver.press(By::Has("In danh sách nơi chưa nghe được"));
    driver.reads("ông K'Brĕo Năm, trưởng thôn");
    seen(&driver, "list", &mut found);
    driver.open(&page);
    driver.tap("input[name=read]");
    driver.press(By::Says("Đánh dấu đã đọc"));
    driver.reads("Trần Thị Hai đã đọc kết quả");

    driver.open(&format!("{root}/drill"));
    driver.reads("DIỄN TẬP, không phải báo động thật");
    seen(&driver, "drill", &mut found);
    driver.tap("input[name=preset][value=lu]");
    // A file is no horn: what is heard in a drill is what a card plays.
    driver.tap("input[name=zone][value=thon-2]");
    driver.press(By::Has("Tiếp tục: nghe lại và xác nhận diễn tập"));
    driver.reads("Diễn tập LŨ");
    assert!(!driver.has(By::Has("Phát báo động thật")));
    seen(&driver, "drill-confirm", &mut found);
    driver.press(By::Says("Bắt đầu diễn tập"));
    driver.reads("DIỄN TẬP, không phải báo động thật: LŨ");
    seen(&driver, "drill-live", &mut found);
    driver.reads(if cards.is_some() {
        "Từ lúc bấm đến lúc máy phát tiếng đầu tiên"
    } else {
        "0 trên 1 cụm loa đã kêu đủ lời"
    });
    seen(&driver, "drill-over", &mut found);
    driver.open(&format!("{root}/night"));
    seen(&driver, "night", &mut found);
    let rows = station.loa(&["journal", "--json"]).out;
    assert!(rows.contains("drill_measured: Trần Thị Hai") && rows.contains("đính chính: Lũ"), "{rows}");
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}

#[test]
#[ignore = "long"]
fn of_three_alarms_at_once_the_first_stands_whole_and_the_others_leave_room_on_a_phone() {
    let Some(driver) = Driver::start() else { return };
    let station = station(None);
    let daemon = station.run();
    let console = Console::start(&station);
    let root = format!("http://{}", console.address);
    driver.be(360, 800, false);
    driver.keep(&root, "lang", "vi");
    let hai = Login::new(&driver, &root, &console.link("Trần Thị Hai", "official", &[]));
    let known: Browser = console.person("Vũ Thị Sáu", "official", &[]);
    daemon.wait_until("the sounds are known", || known.clone().get("/emergency").body.contains("0:30"));
    hai.sits_down();
    for zone in ["thon-1", "thon-2", "thon-3"] {
        station.loa(&["alert", "canh-bao-lu", "--zone", zone, "--by", "Bà Hai", "--why", "nước lên"]);
    }
    driver.open(&format!("{root}/journal"));
    driver.reads("ĐANG BÁO ĐỘNG");
    driver.until("all three are told, each with its own page", || driver.count_of("#alarms > .alarm a.button") == 3);
    let tall = driver.run("return document.getElementById('alarms').getBoundingClientRect().height").as_f64().unwrap();
    assert!(tall < 420.0, "{tall} of 800");
    let ends =
        "return [...document.querySelectorAll('#alarms button.end')].filter(one => one.checkVisibility()).length";
    assert_eq!(driver.run(ends), 1, "the first is ended where it stands, the others on their pages");
}

/// What the first zone has sent so far.
fn wav(station: &Station) -> Vec<f32> {
    let bytes = fs::read(station.path("thon-1.wav")).unwrap_or_default();
    let from = bytes.windows(4).position(|four| four == b"data").map_or(bytes.len(), |at| at + 8);
    bytes[from..].chunks_exact(2).map(|two| f32::from(i16::from_le_bytes([two[0], two[1]])) / 32_768.0).collect()
}

/// Zero crossings in half a second at 48 kHz: the pitch.
fn crossings(samples: &[f32]) -> usize {
    samples[..24_000].windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count()
}
