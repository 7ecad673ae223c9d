//! The part of who reads and signs: what was heard is found, listened to again, taken away as a table, and told to somebody
//! who complains.

use std::fs;

use jiff::civil::DateTime;
use serde_json::Value;

use super::day::{Login, Scene, downloads};
use super::day_operator::LENGTH;
use super::driver::By;

pub(super) fn finds_it_and_answers_a_complaint(scene: &Scene<'_>, ba: &Login<'_>, first: DateTime) {
    let (driver, root) = (scene.driver, scene.root);
    driver.be(1280, 900, false);
    ba.comes();
    driver.is_open_to_all();
    assert!(!driver.has(By::Has("Dừng")) && !driver.has(By::Says("Thêm mục phát")), "what he may not do is not drawn");
    scene.seen("reviewer");
    driver.press(By::Says("Nhật ký"));
    driver.reads("Đã phát");
    driver.is_open_to_all();
    scene.seen("journal");
    let row = |what: &str| {
        format!(
            "(//main//a[starts-with(@href, '/journal/row/')][contains(., 'Lịch tiêm chủng')][contains(., '{what}')])[1]"
        )
    };
    driver.press(By::Path(&row("có lệnh dừng")));
    driver.reads("Nguyễn Văn Năm");
    driver.is_open_to_all();
    scene.seen("journal-row");
    driver.back();
    driver.press(By::Path(&row("Đã phát")));
    driver.reads("Bắt đầu");
    let seconds = driver.run_with(LENGTH, &[Value::Null]).as_f64().unwrap();
    assert!((8.0..9.5).contains(&seconds), "the very sound is listened to again: {seconds}");

    let place = downloads(scene.station);
    driver.download_to(&place);
    driver.open(&format!("{root}/journal"));
    driver.press(By::Has("CSV"));
    driver.press(By::Says("Tải về cho Excel"));
    let table = |ending: &str| {
        let files = fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path());
        files
            .into_iter()
            .find(|path| path.extension().is_some_and(|own| own == ending))
            .map(|path| fs::read(path).unwrap())
    };
    driver.until("both tables are there", || ["csv", "xlsx"].map(table).iter().all(Option::is_some));
    let csv = String::from_utf8(table("csv").unwrap()).unwrap();
    assert!(csv.contains("Lịch tiêm chủng"), "{csv}");
    assert!(table("xlsx").unwrap().starts_with(b"PK"));

    // Somebody rings: what was that, in Thôn 1, at that time?
    driver.open(&format!("{root}/journal"));
    driver.tap("a[href=\"/journal/heard\"]");
    driver.is_open_to_all();
    driver.fill(By::Css("input[name=time]"), &first.strftime("%Hh%M").to_string());
    driver.tap("select[name=zone] option[value=thon-1]");
    driver.press(By::Says("Xem lúc ấy phát gì"));
    driver.reads("Lịch tiêm chủng");
    driver.is_open_to_all();
    scene.seen("complaint");
}
