//! Nothing that was typed is lost: on the way back, after an error, in two tabs, when the clock jumps, when a session ends.

use std::fs;

use super::day::Login;
use super::driver::{By, Driver, Kind};
use crate::console::{Console, PASSWORD};
use crate::kit::Station;
use crate::kit::jump::Jump;

const TITLE: By<'_> = By::Css("input[name=title]");
const TIME: By<'_> = By::Css("input[name=at]");
const SOUND: By<'_> = By::Css("input[name=play]");

fn station() -> Station {
    let station = Station::new();
    station.tone("tin.wav", 1.0, 440.0);
    station.write("loa.toml", "name = \"Xã Đông Giang\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n");
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    station
}

/// A form with everything in it but the sound.
fn begin(driver: &Driver, root: &str) {
    driver.open(&format!("{root}/schedule/new"));
    driver.fill(TITLE, "Lịch tiêm chủng");
    driver.tap("label:has(input[name=zone][value=thon-1])");
    driver.fill(TIME, "5h30");
    driver.tap("label:has(input[name=day][value=mon])");
}

/// It is all there still.
fn is_there(driver: &Driver, after: &str) {
    driver.until(&format!("the form is there {after}"), || driver.has(TITLE));
    let shown = [TITLE, TIME].map(|field| driver.value(field));
    assert_eq!(shown, ["Lịch tiêm chủng", "5h30"].map(str::to_owned), "{after}");
    for box_ticked in ["input[name=zone][value=thon-1]:checked", "input[name=day][value=mon]:checked"] {
        assert_eq!(driver.count_of(box_ticked), 1, "{box_ticked} {after}");
    }
}

/// Another page, and back.
fn away_and_back(driver: &Driver) {
    driver.press(By::Says("Nhật ký"));
    driver.until("another page", || driver.address().ends_with("/journal"));
    driver.back();
}

fn log_out(driver: &Driver, root: &str) {
    driver.open(&format!("{root}/me"));
    driver.press(By::Path("(//form[@action='/logout']//button)[last()]"));
    driver.until("logged out", || driver.address().contains("/login"));
}

fn saved(driver: &Driver, station: &Station) {
    driver.reads("Đã lưu");
    let written = fs::read_to_string(station.path("schedules/trang-web.toml")).unwrap();
    assert!(written.contains("title = \"Lịch tiêm chủng\"") && written.contains("\"05:30\""), "{written}");
}

#[test]
#[ignore = "long"]
fn what_was_typed_is_there_on_the_way_back_and_after_an_error_on_a_phone_that_keeps_no_pages() {
    let Some(driver) = Driver::of(Kind { forgets: true, ..Kind::default() }) else { return };
    let station = station();
    let console = Console::start(&station);
    let root = format!("http://{}", console.address);
    driver.be(360, 740, false);
    Login::new(&driver, &root, &console.link("Trần Thị Hai", "official", &[]));
    begin(&driver, &root);
    away_and_back(&driver);
    is_there(&driver, "on the way back");
    // The sound was forgotten: the page comes back with what is missing, and is left once more.
    driver.press(By::Says("Lưu"));
    driver.reads("Xin chọn ít nhất một bản ghi.");
    is_there(&driver, "after an error");
    driver.fill(SOUND, "tin");
    away_and_back(&driver);
    is_there(&driver, "on the way back after an error");
    assert_eq!(driver.value(SOUND), "tin");
    driver.press(By::Says("Lưu"));
    saved(&driver, &station);
}

#[test]
#[ignore = "long"]
fn a_session_that_ends_in_another_tab_sends_on_what_was_typed_and_a_clock_that_jumps_asks_nobody_anything() {
    let Some(driver) = Driver::start() else { return };
    let Some(jump) = Jump::new() else { return };
    let station = station().with(jump.environment());
    let console = Console::start(&station);
    let root = format!("http://{}", console.address);
    driver.be(1280, 900, false);
    Login::new(&driver, &root, &console.link("Trần Thị Hai", "official", &[]));
    // A clock that was an hour fast is set right, and one that was slow: nobody is logged out.
    for seconds in [-3_600, 3_600] {
        jump.ahead(seconds);
        driver.open(&format!("{root}/schedule"));
        driver.reads("Thêm mục phát");
    }
    let log_in = || {
        driver.reads("Những gì vừa ghi vẫn còn");
        driver.is_open_to_all();
        driver.fill(By::Css("input[name=own-name]"), "Trần Thị Hai");
        driver.fill(By::Css("input[name=own-password]"), "sai mật khẩu");
        driver.press(By::Says("Vào, rồi gửi tiếp"));
        driver.reads("Tên hoặc mật khẩu chưa đúng.");
        driver.fill(By::Css("input[name=own-password]"), PASSWORD);
        driver.press(By::Says("Vào, rồi gửi tiếp"));
    };
    begin(&driver, &root);
    driver.fill(SOUND, "tin");
    let first = driver.tab();
    let second = driver.open_tab();
    log_out(&driver, &root);
    driver.close_tab(&second, &first);
    driver.press(By::Says("Lưu"));
    log_in();
    saved(&driver, &station);

    // A month and a day go by at once while a change is being typed.
    driver.fill(TITLE, "Lịch tiêm chủng mới");
    jump.ahead(31 * 24 * 3_600);
    driver.press(By::Says("Lưu"));
    let is_written =
        || fs::read_to_string(station.path("schedules/trang-web.toml")).unwrap().contains("Lịch tiêm chủng mới");
    driver.until("it is written", is_written);
    driver.reads("Đã lưu");
    // A page that was wanted is reached with all of its address.
    log_out(&driver, &root);
    driver.open(&format!("{root}/schedule/broadcast?id=lich-tiem-chung"));
    driver.fill(By::Css("input[name=name]"), "Trần Thị Hai");
    driver.fill(By::Css("input[name=password]"), PASSWORD);
    driver.press(By::Says("Vào"));
    driver.until("the page", || driver.address().ends_with("/schedule/broadcast?id=lich-tiem-chung"));
}
