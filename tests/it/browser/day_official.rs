//! The official's part of the day: the schedule, by form.

use std::fs;

use jiff::ToSpan as _;
use jiff::civil::DateTime;

use super::day::{APART_S, Login, Scene, clock, here, soon, typed};
use super::driver::{By, Driver};

/// The chip beside a box.
fn chip(name: &str, value: &str) -> String {
    format!("label:has(input[name=\"{name}\"][value=\"{value}\"])")
}

fn saved(driver: &Driver) {
    driver.press(By::Says("Lưu"));
    driver.reads("Đã lưu");
}

/// A new broadcast in Thôn 1, every day.
fn begin(scene: &Scene<'_>, title: &str, at: &str, play: &str) {
    let driver = scene.driver;
    driver.press(By::Says("Thêm mục phát"));
    driver.fill(By::Css("input[name=title]"), title);
    driver.tap(&chip("zone", "thon-1"));
    driver.fill(By::Css("input[name=at]"), at);
    driver.fill(By::Css("input[name=play]"), play);
    driver.press(By::Says("Mọi ngày"));
    driver.until("all days are ticked", || driver.count_of("input[name=day]:checked") == 7);
}

/// He types as he speaks, reads it back in words, sees what would come of it, and takes the cure that the page offers.
pub(super) fn adds_with_the_help_of_the_page(scene: &Scene<'_>, hai: &Login<'_>) {
    let (driver, hours) = (scene.driver, scene.hours);
    driver.be(1280, 900, false);
    hai.comes();
    driver.is_open_to_all();
    driver.press(By::Says("Thêm mục phát"));
    // Nothing is chosen, and nothing empty means everything.
    driver.press(By::Says("Lưu"));
    driver.reads("Xin chọn ít nhất một ngày phát.");
    driver.reads("Xin chọn ít nhất một cụm loa.");
    driver.is_open_to_all();

    hai.comes();
    begin(scene, "Cổ động", &format!("{}h30", hours.news), "tin");
    // Read back while it is typed, by the script: no button was pressed.
    driver.fill(By::Css("input[name=at]"), "17h5");
    driver.reads("5 giờ 05 chiều");
    driver.fill(By::Css("input[name=at]"), &format!("{}h30", hours.news));
    driver.reads("chờ đến");
    driver.reads("«Bản tin sáng»");
    assert_eq!(driver.count_of("section.trial ol > li"), 10, "the next ten airings");
    scene.seen("conflict");
    driver.is_open_to_all();
    driver.press(By::Has("Dời đến"));
    driver.until("the cure is taken", || driver.value(By::Css("input[name=at]")).ends_with(":31"));
    saved(driver);
    driver.is_open_to_all();

    // On a phone, and outside the lawful hours.
    driver.be(360, 740, false);
    hai.comes();
    begin(scene, "Tin trưa", &format!("{}h15", hours.forbidden), "tin");
    driver.until("the law is told", || driver.text().to_lowercase().contains("ngoài giờ được phép phát"));
    scene.seen("outside-hours");
    driver.press(By::Has("Dời đến"));
    driver.until("the cure is taken", || !driver.value(By::Css("input[name=at]")).ends_with("h15"));
    saved(driver);
    // What is still to be recorded has its place already.
    hai.comes();
    begin(scene, "Lịch tiêm chủng", &format!("{}h50", hours.news), "tiem-chung");
    saved(driver);
    driver.be(1280, 900, false);
}

/// Three taps move what comes next; one airing is left out; a day is called off with one switch.
pub(super) fn moves_leaves_out_and_calls_off(scene: &Scene<'_>, hai: &Login<'_>) {
    let (driver, hours) = (scene.driver, scene.hours);
    hai.comes();
    driver.tap("main a[href^=\"/schedule/broadcast?id=ban-tin\"]");
    driver.fill(By::Css("input[name=to]"), &format!("{}h40", hours.news));
    driver.press(By::Says("Lưu giờ mới"));
    driver.reads("Đã lưu");
    assert_eq!(driver.taps(), 3, "block, time, save");
    let written = fs::read_to_string(scene.station.path("schedules/lich.toml")).unwrap();
    let moved = format!("T{:02}:40:00", hours.news);
    assert!(
        written.starts_with("# Lịch của xã\n") && written.contains("also") && written.contains(&moved),
        "{written}"
    );

    // The last airing of next week, whatever day it is today.
    hai.comes();
    driver.press(By::Says("Lịch phát"));
    let today = here().date();
    let monday = today.checked_add((7 - i64::from(today.weekday().to_monday_zero_offset())).days()).unwrap();
    driver.tap(&format!("a[href*=\"week={monday}\"]"));
    driver.until("next week", || driver.address().contains(&monday.to_string()));
    driver.is_open_to_all();
    scene.seen("week");
    driver.press(By::Path("(//main//a[contains(@href, 'id=co-dong')])[last()]"));
    driver.press(By::Says("Bỏ riêng lần này"));
    driver.reads("Đã lưu");

    let day = here().date().checked_add(3.days()).unwrap();
    driver.open(&format!("{}/schedule/off", scene.root));
    driver.is_open_to_all();
    driver.fill(By::Css("input[name=first]"), &typed(day));
    driver.tap(&chip("for", "all"));
    driver.fill(By::Css("input[name=why]"), "Quốc tang");
    driver.press(By::Path("(//button[@value='try'])[last()]"));
    driver.reads("lượt phát sẽ im");
    driver.press(By::Says("Lưu"));
    driver.reads("Nghỉ phát: Quốc tang");
    // Nobody may believe in a tick that counts for nothing.
    driver.open(&format!("{}/schedule/off", scene.root));
    driver.tap(&chip("for", "all"));
    driver.tap(&chip("zone", "thon-1"));
    assert_eq!(driver.count_of("input[name=for][value=some]:checked"), 1, "the tick is what was meant");
}

/// What is deleted is brought back, and every change has a name.
pub(super) fn deletes_restores_and_sees_who_changed_what(scene: &Scene<'_>, hai: &Login<'_>) {
    let driver = scene.driver;
    hai.comes();
    driver.open(&format!("{}/schedule/broadcast?id=tin-trua", scene.root));
    driver.press(By::Says("Xóa mục này"));
    driver.reads("Tin trưa");
    assert!(driver.address().ends_with("/schedule/deleted"));
    driver.is_open_to_all();
    driver.press(By::Says("Khôi phục"));
    driver.reads("Đã lưu");
    driver.open(&format!("{}/schedule/versions", scene.root));
    driver.reads("Trần Thị Hai, ");
    driver.is_open_to_all();
    scene.seen("versions");
}

/// Two of them have the same broadcast open: nothing that either typed is lost.
pub(super) fn shares_a_broadcast_with_another(scene: &Scene<'_>, hai: &Login<'_>) {
    let (driver, root) = (scene.driver, scene.root);
    let tu = scene.console.person("Phạm Văn Tư", "official", &[]);
    let page = format!("{root}/schedule/broadcast?id=co-dong");
    hai.sits_down();
    driver.open(&page);
    driver.fill(By::Css("input[name=title]"), "Cổ động buổi sáng");
    let own = driver.tab();
    driver.keep(root, "loa", &tu.cookies["loa"]);
    let other = driver.open_tab();
    driver.be(1280, 900, false);
    driver.open(&page);
    driver.fill(By::Css("input[name=title]"), "Cổ động toàn xã");
    driver.tap(&chip("class", "priority"));
    saved(driver);
    driver.close_tab(&other, &own);
    hai.sits_down();
    driver.press(By::Says("Lưu"));
    driver.reads("Phạm Văn Tư");
    driver.reads("Cổ động toàn xã");
    driver.reads("Cổ động buổi sáng");
    driver.is_open_to_all();
    scene.seen("two-editors");
    driver.tap(&chip("take.title", "yours"));
    saved(driver);
    let written = fs::read_to_string(scene.station.path("schedules/trang-web.toml")).unwrap();
    assert!(written.contains("\"Cổ động buổi sáng\"") && written.contains("class = \"priority\""), "{written}");
    assert!(!written.contains("toàn xã"), "{written}");
}

/// The recording is there: two more times of the same broadcast, a moment from now.
pub(super) fn has_it_played_soon(scene: &Scene<'_>, hai: &Login<'_>) -> DateTime {
    let driver = scene.driver;
    driver.be(1280, 900, false);
    hai.sits_down();
    driver.open(&format!("{}/schedule/broadcast?id=lich-tiem-chung", scene.root));
    let empty = By::Css("input[name=at][value=\"\"]");
    driver.press(By::Has("giờ nữa"));
    let first = soon();
    driver.fill(empty, &clock(first.time()));
    driver.press(By::Has("giờ nữa"));
    driver.fill(empty, &clock(first.checked_add(APART_S.seconds()).unwrap().time()));
    saved(driver);
    assert!(here() < first, "the machine took longer to save a form than the test gives it");
    first
}
