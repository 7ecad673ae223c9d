//! A browser that runs no script: the same work, by plain forms.

use std::fs;

use super::day::{Login, recording, tone};
use super::driver::{By, Driver, Kind};
use crate::console::Console;
use crate::kit::Station;

#[test]
#[ignore = "long"]
fn without_script_a_broadcast_is_added_a_sound_handed_in_and_what_sounds_is_stopped() {
    let Some(driver) = Driver::of(Kind { without_script: true, ..Kind::default() }) else { return };
    driver.open("data:text/html,<p>no</p><script>document.querySelector('p').textContent='script'</script>");
    assert!(driver.says("no"), "this browser runs scripts");
    let station = Station::new();
    station.write("loa.toml", "name = \"Xã Đông Giang\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[clock]\ntrust = \"always\"\n");
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    let daemon = station.run();
    let console = Console::start(&station);
    let root = format!("http://{}", console.address);
    driver.be(360, 740, false);
    Login::new(&driver, &root, &console.link("Trần Thị Hai", "official", &[]));
    driver.press(By::Says("Thêm mục phát"));
    driver.fill(By::Css("input[name=title]"), "Lịch tiêm chủng");
    driver.tap("label:has(input[name=zone][value=thon-1])");
    driver.fill(By::Css("input[name=at]"), "5h30");
    // A day of the calendar, without its group being marked: it is what was meant.
    driver.fill(By::Css("input[name=dates]"), "31/12/2099");
    driver.fill(By::Css("input[name=play]"), "tiem-chung");
    driver.press(By::Has("giờ nữa"));
    driver.until("another box", || driver.count_of("input[name=at]") == 2);
    driver.reads("5 giờ 30 sáng");
    // Both of two that exclude each other: it is asked which.
    driver.tap("label:has(input[name=for][value=all])");
    driver.press(By::Says("Lưu"));
    driver.reads("Xin chọn một trong hai.");
    driver.tap("label:has(input[name=for][value=some])");
    driver.press(By::Says("Lưu"));
    driver.reads("Đã lưu");
    let written = fs::read_to_string(station.path("schedules/trang-web.toml")).unwrap();
    assert!(written.contains("2099-12-31") && written.contains("\"05:30\""), "{written}");

    let sound = recording(&station.path("dai.wav"), 16_000, 1, 16_000 * 60, tone(16_000, 0.5));
    driver.open(&format!("{root}/sounds/slot/tiem-chung"));
    driver.choose(By::Css("input[type=file][name=file]"), &sound);
    driver.press(By::Says("Nộp bản ghi"));
    driver.reads("Máy đã nhận đủ. Có thể tắt điện thoại.");
    // It loads again by itself until it was listened to.
    driver.until("the verdict", || driver.has(By::Css("main audio")));

    daemon.wait_until("it knows the sound", || station.loa(&["status", "--json"]).json()["sounds"] == 1);
    driver.open(&format!("{root}/"));
    driver.press(By::Says("Phát ngay"));
    driver.tap("select[name=name] option[value=\"tiem-chung.wav\"]");
    if driver.count_of("input[name=zone]:checked") == 0 {
        driver.tap("label:has(input[name=zone][value=thon-1])");
    }
    driver.press(By::Path("//main//form//button[normalize-space(.)='Phát ngay']"));
    driver.reads("Thôn 1: ");
    driver.open(&format!("{root}/"));
    driver.until("it is said that it plays", || driver.says("Đang phát"));
    driver.press(By::Has("Dừng"));
    driver.reads("Thôn 1: đã dừng");
}
