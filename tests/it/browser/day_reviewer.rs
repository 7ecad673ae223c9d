//! The part of who reads and signs: what was heard is found, listened to again, taken away as a table, and told to somebody
//! who complains.

use std::fs;

use jiff::civil::DateTime;
use serde_json::Value;

use super::day::{Login, Scene, downloads};
use super::day_operator::LENGTH;
use super::driver::{By, Driver};
use crate::console::{Console, asks_for_approval, written};

pub(super) fn finds_it_and_answers_a_complaint(scene: &Scene<'_>, ba: &Login<'_>, first: DateTime) {
    let (driver, root) = (scene.driver, scene.root);
    driver.be(1280, 900, false);
    ba.comes();
    driver.is_open_to_all();
    assert!(!driver.has(By::Has("Dừng")) && !driver.has(By::Says("Thêm mục phát")), "what he may not do is not drawn");
    scene.seen("reviewer");
    // Nothing comes out of a printer here: the button is asked whether it would.
    driver.press(By::Says("In sổ tuần này"));
    driver.until("the paper", || driver.address().contains("/report/paper/"));
    driver.run("window.print = () => { document.body.dataset.printed = 'yes'; }");
    driver.press(By::Says("In ra giấy"));
    assert_eq!(driver.run("return document.body.dataset.printed"), "yes");
    assert_eq!(driver.taps(), 2, "the week, print");
    ba.comes();
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

#[test]
#[ignore = "long"]
fn what_waits_is_heard_and_approved_in_three_taps() {
    let Some(driver) = Driver::start() else { return };
    let station = asks_for_approval();
    let console = Console::start(&station);
    let root = format!("http://{}", console.address);
    let mut nam = console.person("Trần Văn Nam", "official", &[]);
    let hai = console.approver("Trần Thị Hai", "reviewer");
    let saved = written(&mut nam, "05:30");
    assert_eq!(saved.status, 303, "{}", saved.body);
    // It begins with what is there: nothing has to reach it first.
    let daemon = station.run();
    daemon.wait_until("it knows the sound", || station.loa(&["status", "--json"]).json()["sounds"] == 1);
    daemon.wait_until("it waits", || hai.clone().get("/").body.contains("«Bản tin sáng»: cần duyệt trước 05:30"));
    driver.be(360, 740, false);
    driver.keep(&root, "loa", &hai.cookies["loa"]);
    driver.open(&format!("{root}/"));
    driver.taps();
    driver.press(By::Has("«Bản tin sáng»: cần duyệt trước 05:30"));
    driver.press(By::Css("main audio"));
    let seconds = driver.run_with(LENGTH, &[Value::Null]).as_f64().unwrap();
    assert!((seconds - 1.0).abs() < 0.1, "{seconds}");
    driver.is_open_to_all();
    driver.press(By::Css("form[action=\"/approvals/approve\"] button"));
    driver.reads("«Bản tin sáng». Đã duyệt: Trần Thị Hai, ");
    assert_eq!(driver.taps(), 3, "the item, hear it, approve");
    assert_eq!(daemon.end(), 0);
}
