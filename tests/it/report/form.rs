//! What `loa report` says, in which form, of which week.

use std::fs;

use super::{station, vi};

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
        "* 22:10:00 Khẩn cấp: canh-bao-lu: phát khẩn cấp theo lệnh: ông Năm (hoa)",
        "Cải cách hành chính",
        "mã kiểm tra 2",
    ] {
        assert!(said.out.contains(part), "no {part} in\n{}", said.out);
    }
    assert!(!said.out.contains("Bản in lại"), "looking is not printing");
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
    assert_eq!(lines[2]["seconds_planned"], serde_json::json!([65.0, 105.0]), "{}", lines[2]);
    assert_eq!(lines[2]["languages"], serde_json::json!(["vi", "kho"]));

    let csv = station.path("../so.csv");
    let csv = csv.parent().unwrap().canonicalize().unwrap().join(format!("so-{}.csv", std::process::id()));
    let said = vi(&station, &["report", "--week", "2026-W41", "--csv", csv.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}", said.err);
    let table = fs::read_to_string(&csv).unwrap();
    fs::remove_file(&csv).unwrap();
    assert!(table.starts_with("\u{feff}STT;Ngày;Âm lịch;"), "{table}");
    assert_eq!(table.lines().count(), 1 + lines.len() + 2, "{table}");
    assert!(table.contains("1;05/10/2026;25/8;05:30:00;05:30:00;05:30:18;18,0;18,0;Nhạc hiệu"), "{table}");
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
