//! What `loa report` says, in which form, of which week.

use std::fs;

use jiff::civil::date;
use loa::fact::{Entry, EntryKind, Outcome};

use super::{at, station, vi, write};
use crate::kit::Station;

#[test]
fn a_week_on_the_terminal_has_days_sessions_occurrences_and_totals() {
    let station = station();
    let said = vi(&station, &["report", "--week", "2026-W41"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for part in [
        "Đài truyền thanh xã Đông Giang: tuần 41 năm 2026 (05/10 đến 11/10)",
        "Thứ Hai, 05/10/2026 (25/8 âm lịch): 32 lượt, đã phát 32",
        "Buổi 05:30–05:35",
        "* 05:30:32 Mất điện, đài tắt: đài không hoạt động vào giờ đó",
        "* 22:10:00 Khẩn cấp: Báo động: Lũ: phát khẩn cấp theo lệnh: ông Năm (tài khoản: hoa): nước lên",
        "Cải cách hành chính",
        "mã kiểm tra 2",
    ] {
        assert!(said.out.contains(part), "no {part} in\n{}", said.out);
    }
    assert!(!said.out.contains("Bản in lại"), "looking is not printing");
}

#[test]
fn a_talk_that_went_badly_says_so_in_its_own_line() {
    let station = Station::new();
    station.write("loa.toml", super::STATION).write("schedules/a.toml", super::SCHEDULE);
    let day = date(2026, 10, 6);
    let order = Some("20261006-090000-1".to_owned());
    let talk = Entry {
        kind: EntryKind::Airing,
        written: at(day, (9, 1, 0)),
        zone: Some("thon-1".to_owned()),
        broadcast: Some("noi-truc-tiep".to_owned()),
        title: "Nói trực tiếp: Ông Năm".to_owned(),
        planned: Some(at(day, (9, 0, 0))),
        started: Some(at(day, (9, 0, 0))),
        ended: Some(at(day, (9, 0, 30))),
        seconds_planned: Some(180.0),
        seconds_played: Some(30.0),
        outcome: Some(Outcome::Partial),
        reason: Some("talk_lost: Ông Năm: mất kết nối".into()),
        order: order.clone(),
        ..Entry::default()
    };
    let note = |reason| Entry { order: order.clone(), ..super::note(reason, &talk.title, at(day, (9, 0, 20))) };
    let rows = [talk.clone(), note("talk_howl: Ông Năm"), note("talk_kept: Ông Năm")];
    write(station.dir(), &rows);
    let book = vi(&station, &["--json", "report", "--week", "2026-W41"]).json();
    let parts = book["days"].as_array().unwrap().iter().flat_map(|day| day["parts"].as_array().unwrap());
    let line = parts.clone().find(|part| part["kind"] == "line").unwrap();
    let because = "nói trực tiếp bị đứt: mất kết nối; tiếng hú khi nói trực tiếp (micrô quá gần loa)";
    assert_eq!((line["outcome"].as_str(), line["because"].as_str()), (Some("partial"), Some(because)), "{line}");
    let said = vi(&station, &["report", "--week", "2026-W41"]);
    assert!(said.out.contains("bị đứt"), "{}", said.out);
}

#[test]
fn the_table_and_the_json_have_the_same_rows_and_the_totals_add_up() {
    let station = station();
    let said = station.loa(&["--json", "report", "--week", "41/2026"]);
    let book = said.json();
    assert_eq!((&book["period"], &book["early"]), (&"2026-W41".into(), &false.into()));
    let total = &book["total"];
    let count = |key: &str| total[key].as_u64().unwrap();
    // 7 days of 8 broadcasts in 4 zones, and the alert.
    assert_eq!(count("planned"), 7 * 8 * 4 + 4);
    assert_eq!((count("partial"), count("missed"), count("refused")), (4, 8, 1));
    assert_eq!(count("planned"), count("played") + count("partial") + count("missed") + count("refused"));
    for key in ["planned", "played", "seconds_planned", "seconds_played"] {
        let sum: f64 = book["zones"].as_array().unwrap().iter().map(|zone| zone["total"][key].as_f64().unwrap()).sum();
        assert!((sum - total[key].as_f64().unwrap()).abs() < 1e-6, "{key}");
        let sum: f64 = book["days"].as_array().unwrap().iter().map(|day| day["total"][key].as_f64().unwrap()).sum();
        assert!((sum - total[key].as_f64().unwrap()).abs() < 1e-6, "{key} by day");
    }
    let campaign = &book["campaigns"][0];
    // Twice a day, but for the morning without power: in four zones at once is once.
    assert_eq!((&campaign["wanted"], &campaign["reached"]), (&8.into(), &13.into()));
    let lines: Vec<_> = book["days"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|day| day["parts"].as_array().unwrap())
        .filter(|part| part["kind"] == "line")
        .collect();
    // Zones are told together; where one begins a minute later, or is refused, it has a row of its own.
    assert_eq!(lines.len(), 7 * 8 + 1 + 6 + 1);
    let rows: usize = lines.iter().map(|line| line["rows"].as_array().unwrap().len()).sum();
    assert_eq!(rows as u64, count("planned"));
    assert_eq!(lines[2]["seconds_planned"], serde_json::json!([65, 105]), "{}", lines[2]);
    assert_eq!(lines[2]["languages"], serde_json::json!(["vi", "kho"]));

    let csv = station.path("../so.csv");
    let csv = csv.parent().unwrap().canonicalize().unwrap().join(format!("so-{}.csv", std::process::id()));
    let said = vi(&station, &["report", "--week", "2026-W41", "--csv", csv.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}", said.err);
    let table = fs::read_to_string(&csv).unwrap();
    fs::remove_file(&csv).unwrap();
    assert!(table.starts_with("\u{feff}STT;Ngày;Âm lịch;"), "{table}");
    assert_eq!(table.lines().count(), 1 + lines.len() + 2 + 1, "{table}");
    assert!(table.contains("Đài chưa nối loa nào") && table.contains(";lưu ý;"), "{table}");
    assert!(table.contains("1;05/10/2026;25/8;05:30:00;05:30:00;05:30:18;18;18;Nhạc hiệu"), "{table}");
}

/// Numbers of the cells of a row of a printed table.
fn cells(html: &str, first: &str) -> Vec<String> {
    let begins = |row: &&str| row.split("</td>").next().is_some_and(|cell| cell.ends_with(&format!(">{first}")));
    let row = html.split("<tr").filter(begins).last().unwrap_or_else(|| panic!("no {first}"));
    row.split("</td>").filter_map(|cell| Some(cell.rsplit_once('>')?.1.to_owned())).collect()
}

#[test]
fn a_line_says_when_it_was_approved_and_on_paper_and_who_ordered_what_was_stopped() {
    let day = jiff::civil::date(2026, 10, 5);
    let station = crate::kit::Station::new();
    station.write("loa.toml", super::STATION).write("schedules/a.toml", super::SCHEDULE);
    let digest = format!("v1:{}-{}", "a".repeat(64), "b".repeat(64));
    let decided = |of: usize, by: &str, said: &str, minute: i8| loa::fact::Entry {
        broadcast: Some(super::DAY[of].0.to_owned()),
        approved_by: Some(by.to_owned()),
        ..super::note(&format!("approved: {digest}: {said}"), "duyệt «x»", super::at(day, (4, minute, 0)))
    };
    let aired = |of: usize, by: &str| loa::fact::Entry {
        approved_by: Some(by.to_owned()),
        ..super::heard(super::airing(0, of, day), 0)
    };
    let alarm = |row: loa::fact::Entry, reason: &str| loa::fact::Entry {
        order: Some("7".to_owned()),
        reason: Some(reason.into()),
        approved_by: None,
        ..row
    };
    let order = super::note("alert: ông Năm: lũ về", "canh-bao-lu", super::at(day, (16, 59, 0)));
    let stopped = alarm(super::heard(super::airing(0, 4, day), 0), "stopped: Bà Hai");
    super::write(
        station.dir(),
        &[
            aired(0, "Bà Hai"),
            decided(1, "Bà Hai", "Bà Hai", 1),
            decided(2, "Ông Chủ tịch", "Ông Chủ tịch: paper: Anh Nam", 2),
            aired(1, "Bà Hai"),
            aired(2, "Ông Chủ tịch"),
            alarm(order, "alert: ông Năm: lũ về"),
            loa::fact::Entry { outcome: Some(loa::fact::Outcome::Partial), ..stopped },
        ],
    );
    let room = tempfile::tempdir().unwrap();
    let file = |end: &str| room.path().join(format!("so.{end}")).to_str().unwrap().to_owned();
    let (html, csv) = (file("html"), file("csv"));
    let said = vi(&station, &["report", "--week", "2026-W41", "--html", &html, "--csv", &csv]);
    assert_eq!(said.code, 0, "{}", said.err);
    let (page, table) = (fs::read_to_string(&html).unwrap(), fs::read_to_string(&csv).unwrap());
    for told in ["duyệt: Bà Hai, 04:01 05/10/2026", "duyệt trên giấy: Ông Chủ tịch, 04:02 05/10/2026, Anh Nam nhập"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(table.contains("04:02 05/10/2026;Anh Nam") || table.contains("04:02 05/10/2026,Anh Nam"), "{table}");
    let book = vi(&station, &["--json", "report", "--week", "2026-W41"]).json();
    let parts = book["days"][0]["parts"].as_array().unwrap();
    let of = |title: &str| parts.iter().find(|part| part["title"] == title).unwrap();
    let paper = of(super::DAY[2].1);
    assert_eq!((&paper["approved_on_paper"], &paper["entered_by"]), (&true.into(), &"Anh Nam".into()), "{paper}");
    assert!(paper["approved_at"].as_str().unwrap().starts_with("2026-10-05T04:02:00"), "{paper}");
    let first = of(super::DAY[0].1);
    assert!(first["approved_at"].is_null() && first["approved_by"] == "Bà Hai", "no row tells when: {first}");
    assert_eq!(of(super::DAY[4].1)["authors"], serde_json::json!(["ông Năm"]));
}

/// `12:05` in seconds.
fn seconds(shown: &str) -> u64 {
    let (minutes, seconds) = shown.split_once(':').unwrap_or_else(|| panic!("{shown} is no length"));
    minutes.replace('.', "").parse::<u64>().unwrap() * 60 + seconds.parse::<u64>().unwrap()
}

#[test]
fn columns_are_the_sum_of_what_is_shown_and_what_stands_aside_is_in_no_total_in_any_form() {
    let day = jiff::civil::date(2026, 10, 5);
    let station = crate::kit::Station::new();
    station.write("loa.toml", super::STATION).write("schedules/a.toml", super::SCHEDULE);
    let part = |zone: usize, of: usize, played: f64| {
        let row = super::heard(super::airing(zone, of, day), 0);
        loa::fact::Entry { seconds_played: Some(played), seconds_planned: Some(29.6), ..row }
    };
    let mut rows: Vec<_> = (0..4).map(|zone| part(zone, 0, 29.6 - 0.2 * zone as f64)).collect();
    let by = |reason: &str, order: &str, row: loa::fact::Entry| loa::fact::Entry {
        reason: Some(reason.into()),
        order: Some(order.to_owned()),
        broadcast: Some("dien-tap".to_owned()),
        title: "dien-tap".to_owned(),
        approved_by: Some("Bà Hai (loa-console)".to_owned()),
        ..row
    };
    rows.push(by(
        "drill: Bà Hai (root)",
        "1",
        super::note("drill: Bà Hai (root)", "dien-tap", super::at(day, (6, 0, 0))),
    ));
    rows.push(by("drill: Bà Hai (root)", "1", part(0, 3, 29.6)));
    let stopped = by("stopped: Bà Hai (root)", "1", part(1, 3, 9.0));
    rows.push(loa::fact::Entry { outcome: Some(loa::fact::Outcome::Partial), ..stopped });
    let recalled = by("recalled: Bà Hai (root)", "2", part(2, 4, 3.0));
    let class = Some(loa::schedule::Class::Emergency);
    rows.push(loa::fact::Entry { outcome: Some(loa::fact::Outcome::Partial), class, ..recalled });
    rows.push(super::note("night_code: Bà Hai (root)", "mã", super::at(day, (22, 0, 0))));
    rows.push(super::note("clock_confirmed: ông Năm (hoa)", "đồng hồ", super::at(day, (22, 1, 0))));
    for second in 0..3 {
        let shown = "Thôn 1: chỉ để xem, theo quy tắc 2 trong [[cap.rules]], đến 09:00 [nhận 25e0a1b2c3d4/1]";
        let reason = format!("alarm_received: root: Đài tỉnh, số {second}: {shown}");
        rows.push(super::note(&reason, "Mưa lớn", super::at(day, (22, 2, second))));
    }
    super::write(station.dir(), &rows);

    let room = tempfile::tempdir().unwrap();
    let file = |end: &str| room.path().join(format!("so.{end}")).to_str().unwrap().to_owned();
    let (html, csv) = (file("html"), file("csv"));
    let said = vi(&station, &["report", "--week", "2026-W41", "--html", &html, "--csv", &csv]);
    assert_eq!(said.code, 0, "{}", said.err);
    let page = fs::read_to_string(&html).unwrap();
    let zones: Vec<Vec<String>> = (1..=4).map(|zone| cells(&page, &format!("Thôn {zone}"))).collect();
    let all = cells(&page, "Cộng");
    for column in [6, 7] {
        let sum: u64 = zones.iter().map(|row| seconds(&row[column])).sum();
        assert_eq!(sum, seconds(&all[column]), "{zones:?} {all:?}");
    }
    // Half a minute four times; three of them a second shorter.
    assert_eq!((all[1].as_str(), all[6].as_str(), all[7].as_str()), ("4", "2:00", "1:57"), "{all:?}");
    let book = station.loa(&["--json", "report", "--week", "2026-W41"]).json();
    let total = &book["total"];
    assert_eq!((&total["seconds_planned"], &total["seconds_played"]), (&120.into(), &117.into()));
    assert_eq!((&book["drills"], &book["recalled"], &total["partial"]), (&2.into(), &1.into(), &0.into()));
    assert!(page.contains("Không tính 2 lượt diễn tập; 1 lượt báo động hủy kịp"), "{page}");
    assert!(page.contains("3 báo động từ ngoài chỉ để xem") && !page.contains("Mưa lớn"), "counted: {page}");
    // Whoever gets the spreadsheet or reads the terminal is told it too.
    let said = vi(&station, &["report", "--week", "2026-W41"]).out;
    for said in [said, fs::read_to_string(&csv).unwrap()] {
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("Không tính 2 lượt diễn tập; 1 lượt báo động hủy kịp"), "{said}");
    }
    let table = fs::read_to_string(&csv).unwrap();
    for text in [&page, &table] {
        assert!(
            text.contains("hủy kịp") && text.contains("diễn tập") && !text.contains("phát một phần: hủy"),
            "{text}"
        );
        assert!(!text.contains("(root)") && !text.contains("(loa-console)") && text.contains("Bà Hai"), "{text}");
    }
    assert!(page.contains("ông Năm (tài khoản: hoa)"), "whose word it was by the machine: {page}");
    assert!(page.contains("Bà Hai (tài khoản: loa-console)"), "no account of this station's: {page}");
    assert!(table.contains("Mã niêm phong"), "a code is no emergency: {table}");
    // In the month both stand in one table with one head.
    let month = file("html");
    assert_eq!(vi(&station, &["report", "--month", "2026-10", "--html", &month]).code, 0);
    let month = fs::read_to_string(&month).unwrap();
    let fourth = month.split("IV. PHÁT KHẨN CẤP, DIỄN TẬP").nth(1).and_then(|rest| rest.split("V. KIẾN NGHỊ").next());
    let fourth = fourth.unwrap();
    assert_eq!(fourth.matches("<table").count(), 1, "{fourth}");
    assert!(fourth.contains("Diễn tập") && !fourth.contains("niêm phong"), "{fourth}");
    assert!(fourth.contains("không ghi lệnh phát khẩn cấp nào"), "{fourth}");
    assert!(fourth.contains("3 báo động từ ngoài chỉ để xem") && !fourth.contains("Mưa lớn"), "{fourth}");
}

#[test]
fn a_paper_of_a_station_without_any_horn_says_that_nobody_heard_it() {
    let station = station();
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("so.html").to_str().unwrap().to_owned();
    let toml = fs::read_to_string(station.path("loa.toml")).unwrap();
    for (toml, is_told) in [(toml.clone(), true), (toml.replacen("\"null\"", "\"device:loa\"", 1), false)] {
        station.write("loa.toml", &toml);
        for period in [["--week", "2026-W41"], ["--month", "2026-10"]] {
            let said = vi(&station, &["report", period[0], period[1], "--html", &file]);
            assert_eq!(said.code, 0, "{}", said.err);
            let page = fs::read_to_string(&file).unwrap();
            assert_eq!(page.matches("Đài chưa nối loa nào").count(), usize::from(is_told), "{period:?}");
        }
        let shown = vi(&station, &["report", "--week", "2026-W41"]);
        assert_eq!(shown.out.contains("không ai nghe"), is_told, "{}", shown.out);
        let json = station.loa(&["--json", "report", "--week", "2026-W41"]).json();
        assert_eq!(json["horns"], !is_told, "and what was written counts as it did");
    }
}

#[test]
fn a_week_is_taken_as_people_write_it_and_a_wrong_one_is_told() {
    let station = station();
    for week in ["2026-W41", "tuần 41/2026", "2026W41", "7/10/2026", "2026-10-11"] {
        let said = station.loa(&["--json", "report", "--week", week]);
        assert_eq!(said.json()["period"], "2026-W41", "{week}: {}", said.err);
    }
    for month in ["2026-10", "10/2026", "tháng 10 năm 2026"] {
        let said = station.loa(&["--json", "report", "--month", month]);
        assert_eq!(said.json()["period"], "2026-10", "{month}: {}", said.err);
    }
    for (asked, says) in [
        (["--week", "2026-W60"], "has the weeks 1 to 53"),
        (["--week", "sáng mai"], "2026-W49"),
        (["--month", "13"], "2026-12"),
        (["--week", "2199-W01"], "has not begun"),
    ] {
        let said = station.loa(&["report", asked[0], asked[1]]);
        assert!(said.code == 2 && said.err.contains(says), "{asked:?}: {} {}", said.code, said.err);
    }
    // What was asked twice is asked wrongly.
    assert_eq!(station.loa(&["report", "--week", "41", "--month", "10"]).code, 2);
}

#[test]
fn a_day_without_rows_says_so_and_nothing_is_made_up() {
    let station = station();
    let said = vi(&station, &["report", "--week", "2026-W42"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(said.out.matches("Nhật ký không có lượt phát nào của ngày này.").count(), 7, "{}", said.out);
    assert!(!said.out.contains("mã kiểm tra"), "{}", said.out);
    // And where there is no journal there is no book.
    let bare = crate::kit::Station::new();
    let said = bare.loa(&["report"]);
    assert!(said.code == 1 && said.err.contains("there is no journal"), "{} {}", said.code, said.err);
}
