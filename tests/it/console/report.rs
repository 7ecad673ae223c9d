//! The week and the month on paper, as the page gives them: in two taps from Today, counted as prints by a button only.

use super::Console;
use crate::report::station;

#[test]
fn the_book_of_a_week_is_two_taps_from_today_and_works_without_a_script() {
    let station = station();
    loa::journal::StationKey::read_or_make(&loa::site::Site::new(station.dir())).unwrap();
    let console = Console::start(&station);
    let mut reviewer = console.person("Bà Hai", "reviewer", &[]);
    for page in ["/", "/journal"] {
        let body = reviewer.get(page).body;
        assert!(body.contains("In sổ tuần này") && body.contains("In sổ tuần trước"), "{page}: {body}");
    }
    // A tap: the paper opens, counted once.
    let sent = reviewer.post("/report/print", &[("period", "2026-W41")]);
    assert_eq!((sent.status, sent.to()), (303, "/report/paper/2026-W41?print=1"), "{}", sent.body);
    let paper = reviewer.get(sent.to());
    assert_eq!(paper.status, 200);
    for part in ["SỔ NHẬT KÝ PHÁT THANH", "CỘNG HÒA XÃ HỘI", "Ctrl+P", "id=\"print\"", "LOA-SEAL:1", "Đã in 1 lần"]
    {
        assert!(paper.body.contains(part), "no {part}");
    }
    // The button is there for those who have a script.
    assert!(paper.body.split("id=\"print\"").nth(1).unwrap().split('>').next().unwrap().contains("hidden"));
    // Nothing is written into the page that the browser would refuse.
    assert!(!paper.body.contains("<style") && !paper.body.contains(" style=") && !paper.body.contains("onclick"));
    assert!(paper.header("content-security-policy").contains("style-src 'self'"));
    let style = reviewer.get("/report.css");
    assert!(style.body.contains("@page") && style.header("content-type").starts_with("text/css"), "{}", style.status);
    // Looking again is no print; a second tap is a reprint.
    assert!(reviewer.get("/report/paper/2026-W41").body.contains("Đã in 1 lần"));
    reviewer.post("/report/print", &[("period", "2026-W41")]);
    assert!(reviewer.get("/report/paper/2026-W41").body.contains("Bản in lại lần 2, ngày "));
    assert!(reviewer.get("/report").body.contains("Sổ nhật ký tuần"));
}

#[test]
fn the_same_goes_to_word_and_to_excel_and_what_is_no_week_is_told() {
    let station = station();
    let console = Console::start(&station);
    let mut official = console.person("Cô Ba", "official", &[]);
    let word = official.post("/report/word", &[("period", "2026-10")]);
    assert!(word.status == 200 && word.bytes.starts_with(b"PK\x03\x04"), "{}", word.status);
    assert_eq!(word.header("content-disposition"), "attachment; filename=\"bao-cao-2026-10.docx\"");
    let excel = official.get("/report/table/2026-W41/so.xlsx");
    assert!(excel.status == 200 && excel.bytes.starts_with(b"PK\x03\x04"), "{}", excel.status);
    let csv = official.get("/report/table/2026-W41/so.csv");
    assert!(csv.body.contains("Nhạc hiệu") && csv.header("content-disposition").contains("so-nhat-ky-2026-W41.csv"));
    // Typed as people write it.
    let found = official.get("/report?kind=week&when=tu%E1%BA%A7n+41%2F2026");
    assert_eq!((found.status, found.to()), (303, "/report/paper/2026-W41"), "{}", found.body);
    assert!(official.get("/report?kind=week&when=sao").body.contains("2026-W49"));
    for wrong in ["/report/paper/2026-W99", "/report/paper/x", "/report/paper/2199-W01"] {
        let answer = official.get(wrong);
        assert!(answer.status == 422 && answer.body.contains("Chưa làm được"), "{wrong}: {}", answer.status);
    }
    // Nobody prints by following a link, and a hamlet head has no journal.
    assert_eq!(official.get("/report/print").status, 405);
    let mut head = console.person("Ông Năm", "operator", &["thon-1"]);
    assert_eq!(head.get("/report").status, 403);
    assert!(!head.get("/").body.contains("In sổ tuần này"));
}
