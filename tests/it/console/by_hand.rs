//! Entries that no form can change, and files that are broken at the moment: what they say is shown, what is in the way is
//! said, and nothing is ever written beside them.

use std::fs;

use super::kit::Console;
use super::schedule::{file, open, send, set, with_morning};

const INLINE: &str = "broadcast = [\n  { id = \"ve-sinh\", title = \"Vệ sinh\", zones = [\"thon-1\"], at = [\"10:00\"], days = \"daily\", play = [\"tin\"] },\n]\n";

#[test]
fn an_entry_within_a_list_is_shown_and_no_form_of_it_becomes_a_second_entry() {
    let station = with_morning();
    station.write("schedules/tay.toml", INLINE);
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let page = hai.get("/schedule/broadcast?id=ve-sinh&at=2038-01-04T10:00:00&zone=thon-1");
    assert_eq!(page.status, 200, "{}", page.body);
    for said in ["viết tay theo cách mà trang này không sửa được", "Vệ sinh", "Những lần phát tới"]
    {
        assert!(page.body.contains(said), "{said}\n{}", page.body);
    }
    for not in ["value=\"save\"", "value=\"move\"", "value=\"delete\"", "Người khác vừa sửa"] {
        assert!(!page.body.contains(not), "{not}\n{}", page.body);
    }
    // A form that was drawn before, or that lost on its way what it began from.
    let whole = open(&mut hai, "tin");
    let without = |field: &str| {
        let mut form = whole.clone();
        set(&mut form, "title", &["Tên khác"]);
        set(&mut form, field, &[""]);
        form
    };
    let mut inline = without("lines");
    set(&mut inline, "id", &["ve-sinh"]);
    set(&mut inline, "file", &["schedules/tay.toml"]);
    for form in [inline, without("lines"), without("id"), without("file")] {
        let refused = send(&mut hai, &form, "save");
        assert_eq!(refused.status, 422, "{}", refused.body);
        assert!(!refused.body.contains("Thêm mục phát</h1>"), "{}", refused.body);
    }
    assert_eq!(fs::read_to_string(station.path("schedules/tay.toml")).unwrap(), INLINE);
    assert!(!station.path("schedules/trang-web.toml").exists());
    assert_eq!(file(&station), super::schedule::MORNING);
}

#[test]
fn a_broadcast_of_a_broken_file_is_shown_as_it_last_was_right_with_the_line_that_is_broken() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    // The page keeps what it sees as a version.
    assert_eq!(hai.get("/schedule").status, 200);
    station.write("schedules/sang.toml", &super::schedule::MORNING.replace("[\"05:30\"]", "[\"05:30\""));
    let page = hai.get("/schedule/broadcast?id=tin");
    assert_eq!(page.status, 200, "{}", page.body);
    for said in ["Tệp schedules/sang.toml đang hỏng", "Bản tin sáng", "05:30", "Dòng "] {
        assert!(page.body.contains(said), "{said}\n{}", page.body);
    }
    assert!(!page.body.contains("Mục đã xóa") && !page.body.contains("value=\"save\""), "{}", page.body);
}

#[test]
fn a_broadcast_that_the_check_refuses_is_said_to_be_silent_wherever_it_is_named() {
    let station = with_morning();
    station.write("schedules/sang.toml", &super::schedule::MORNING.replace("play =", "untill = 2030-01-01\nplay ="));
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let page = hai.get("/schedule/broadcast?id=tin");
    for said in ["Mục này không phát lần nào", "untill"] {
        assert!(page.body.contains(said), "{said}\n{}", page.body);
    }
    assert!(!page.body.contains("Không có lần phát nào trong 400 ngày"), "{}", page.body);
    let mut changed = super::schedule::form(&page);
    set(&mut changed, "title", &["Bản tin mới"]);
    let saved = send(&mut hai, &changed, "save");
    assert_eq!(saved.status, 303, "{}", saved.body);
    let page = hai.get(saved.to());
    assert!(page.body.contains("Đã lưu") && page.body.contains("Mục này không phát lần nào"), "{}", page.body);
}
