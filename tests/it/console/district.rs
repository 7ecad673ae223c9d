//! The district's page: what it says of a fleet, how small it stays with three thousand boxes, and what people do with alarms on it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use loa::board::{Board, sample};
use loa::clock::Clock as _;
use loa::district::{FleetRollout, FleetRolloutBox, FleetRolloutWave};
use loa::machine::MachineClock;

use super::kit::Browser;
use super::people::station;
use super::{Answer, Console};
use crate::kit::Station;

/// What the whole page may weigh, squeezed, with its style and script; and its squares.
const PAGE_MOST: usize = 100 * 1024;
const SQUARES_MOST: usize = 50 * 1024;

/// A station at the centre of a fleet of so many boxes.
pub(crate) fn district(count: usize) -> Station {
    let station = station();
    let written = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write("loa.toml", &format!("{written}\n[fleet]\ndir = \"mang\"\n"));
    std::fs::create_dir(station.path("mang")).unwrap();
    sample::fill(&mut Board::open(&station.path("mang")).unwrap(), count, MachineClock.wall()).unwrap();
    station
}

fn squeezed(text: &str) -> usize {
    let mut gzip = Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = gzip.stdin.take().unwrap();
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()).unwrap());
    let bytes = gzip.wait_with_output().unwrap().stdout.len();
    writer.join().unwrap();
    bytes
}

/// What a person reads of a page.
fn read(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let mut said = String::new();
    for piece in answer.body.split('<').skip(1) {
        said.push_str(piece.split_once('>').map_or("", |(_, text)| text));
        said.push(' ');
    }
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The page of the first box in the table; boxes that have not answered an alarm stand above it.
fn first_listed(page: &Answer) -> String {
    let table = page.body.split("<tbody>").nth(1).unwrap();
    let link = table.split("href=\"").find(|link| link.starts_with("/district/box/")).unwrap();
    link.split('"').next().unwrap().to_owned()
}

#[test]
fn three_thousand_boxes_are_one_small_page_whose_numbers_are_filters() {
    let station = district(3_000);
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let page = hai.get("/district");
    let said = read(&page);
    assert!(said.contains("trên 3.000 đài đã báo trong 10 phút") && said.contains("im quá hạn"), "{said}");
    assert!(said.contains("đài sẽ thiếu tiếng buổi tới") && said.contains("sự cố"), "{said}");
    assert!(!page.body.to_lowercase().contains("online"));
    let squares: String = page
        .body
        .match_indices("<a class=\"commune\"")
        .map(|(at, _)| page.body[at..].split_once("</a>").unwrap().0)
        .collect();
    assert!(squeezed(&squares) < SQUARES_MOST, "{}", squeezed(&squares));
    let (style, script) = (hai.get("/style.css").body, hai.get("/page.js").body);
    let all = squeezed(&page.body) + squeezed(&style) + squeezed(&script);
    assert!(all < PAGE_MOST, "{all}");
    let rows = page.body.matches("<tr").count() - 1;
    assert_eq!(rows, 20, "the worst twenty");
    // Every number is an address: what it counts is what is found there.
    for (word, title) in [("late", "Im quá hạn"), ("silent", "Sẽ thiếu tiếng"), ("lately", "Đã báo trong 10 phút")]
    {
        assert!(page.values("href").contains(&format!("/district?show={word}").as_str()), "{word}");
        let filtered = read(&hai.get(&format!("/district?show={word}")));
        assert!(filtered.contains(&format!("{title} (")), "{filtered}");
    }
    // The worst by what comes of it: what will be silent stands before what is only old.
    let first = page.body.split("<tbody>").nth(1).unwrap().split("</tr>").next().unwrap().to_owned();
    assert!(first.contains("Sẽ thiếu tiếng lúc"), "{first}");
    // A commune, and a station in it, one tap each.
    let commune = read(&hai.get("/district?area=p01.c003"));
    assert!(commune.contains("Xã Ba Tơ") && commune.contains("(20)"), "{commune}");
    let gaps = hai.get("/district?show=gaps");
    let path = first_listed(&gaps);
    let own = read(&hai.get(&path));
    assert!(own.contains("chưa nhận dòng 900 đến 1.010") && own.contains("Bản tin sáng"), "{own}");
    let broken = hai.get("/district?show=unproven");
    let path = first_listed(&broken);
    assert!(read(&hai.get(&path)).contains("SỰ CỐ: chuỗi nhật ký đứt ở dòng 17"));
    // What is typed is found, and what is hostile is text.
    assert!(read(&hai.get("/district?q=p01.c007")).contains("Cả mạng"));
    let hostile = hai.get("/district?q=%3Cscript%3E&area=..%2F..&show=%22&from=99999999999999999999");
    assert!(hostile.status == 200 && !hostile.body.contains("<script>"), "{}", hostile.body);
    assert_eq!(hai.get("/district/box/p01.c999.h1").status, 404);
    assert_eq!(hai.get("/district/box/%2e%2e").status, 404);
    // Its own age, live.
    let events = hai.get("/district/events");
    assert!(events.header("content-type").starts_with("text/event-stream"));
}

fn first_alarm(page: &str, about: &str) -> String {
    let article = page.split("<article").find(|piece| piece.contains(about)).unwrap_or_else(|| panic!("{page}"));
    article.split("id=\"a").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[test]
fn an_alarm_is_taken_with_a_reason_passes_by_itself_and_is_closed_by_a_person() {
    let station = district(60);
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let page = hai.get("/district/alarms");
    let said = read(&page);
    assert!(said.contains("Xã Đông Giang: 18 đài cùng im, có thể mất điện hay mất mạng"), "{said}");
    assert!(said.contains("Cách chữa: Gọi một người trong xã"), "{said}");
    let id = first_alarm(&page.body, "cùng im");
    let take = format!("/district/alarms/{id}/take");
    let without = hai.post(&take, &[("hours", "8"), ("why", "  ")]);
    assert!(read(&without).contains("Xin ghi làm gì"), "a reason is asked for");
    assert!(read(&hai.post(&take, &[("hours", "0"), ("why", "đã gọi")])).contains("Xin chọn đến lúc nào"));
    let early = hai.post(&format!("/district/alarms/{id}/close"), &[("why", "xong")]);
    assert!(read(&early).contains("vẫn còn"), "what is still so is not closed");
    let taken = hai.post(&take, &[("hours", "8"), ("why", "Đã gọi điện lực <b>")]);
    assert_eq!((taken.status, taken.to()), (303, format!("/district/alarms#a{id}").as_str()));
    let said = hai.get("/district/alarms");
    assert!(said.body.contains("Đã gọi điện lực &lt;b&gt;"), "{}", said.body);
    assert!(read(&said).contains("Đã nhận (1)") && read(&hai.get("/district")).contains("đã nhận: Trần Thị Hai"));
    // It passes by itself; a person closes it.
    let mut board = Board::find(&station.path("mang")).unwrap();
    board.keep_troubles(&[], MachineClock.wall()).unwrap();
    let over = hai.get("/district/alarms");
    assert!(read(&over).contains("Đã hết lúc"), "{}", over.body);
    let closed = hai.post(&format!("/district/alarms/{id}/close"), &[("why", "Có điện lại")]);
    assert_eq!(closed.status, 303, "{}", closed.body);
    let said = read(&hai.get("/district/alarms"));
    assert!(
        said.contains("Đã đóng gần đây") && said.contains("Trần Thị Hai") && said.contains("Có điện lại"),
        "{said}"
    );
    // Who only reads sees it and does nothing.
    let mut ba = console.person("Lê Văn Ba", "reviewer", &[]);
    let page = ba.get("/district/alarms");
    assert!(page.status == 200 && !page.body.contains("/close\""), "{}", page.body);
    assert_eq!(ba.post(&take, &[("hours", "8"), ("why", "x")]).status, 403);
    let mut nam = console.person("Nguyễn Văn Năm", "operator", &["thon-1"]);
    assert_eq!(nam.get("/district").status, 403);
}

#[test]
fn who_did_not_hear_an_alarm_is_a_sheet_with_telephone_numbers() {
    let station = district(60);
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    assert!(read(&hai.get("/district/unheard")).contains("Lũ quét"));
    let page = hai.get("/district/unheard/bao-lu-1");
    let said = read(&page);
    assert!(said.contains("11 đài đã nghe, 9 đài chưa") && said.contains("Xã Trung Lộc"), "{said}");
    assert!(said.contains("chưa trả lời") && said.contains("card âm thanh bị rút"), "{said}");
    assert!(page.values("href").iter().any(|link| link.starts_with("tel:0905")), "{}", page.body);
    assert!(page.body.contains("data-label=\"Gọi ai\""), "a list on a phone");
    assert_eq!(hai.get("/district/unheard/another").status, 404);
    // While it holds it stands before everything else, with who has not heard it; what is wrong with boxes has another name.
    let first = read(&hai.get("/district"));
    let alarm = first.find("BÁO ĐỘNG «Lũ quét» đang có hiệu lực").unwrap_or_else(|| panic!("{first}"));
    assert!(alarm < first.find("đã báo trong 10 phút").unwrap(), "{first}");
    assert!(first.contains("11 đài đã nghe, 9 đài CHƯA") && first.contains(" sự cố"), "{first}");
}

#[test]
fn a_schedule_that_goes_out_in_waves_stands_on_the_page_with_those_that_did_not_take_it() {
    let station = district(60);
    let wave = |name: &str, sent: Option<i64>| FleetRolloutWave {
        name: name.to_owned(),
        stations: 20,
        sent,
        back: false,
        used: 18,
        received: 1,
        refused: 1,
    };
    let wrong = FleetRolloutBox {
        place: "p01.c001.h00021".to_owned(),
        vi: "KHÔNG ĐƯỢC: thiếu bản ghi".to_owned(),
        en: "NO GOOD: a recording is missing".to_owned(),
    };
    let rollout = FleetRollout {
        id: "vn.p01-50".to_owned(),
        title: "Tuần 50 <b>".to_owned(),
        place: "vn.p01".to_owned(),
        version: 50,
        state: "running".to_owned(),
        why: String::new(),
        by: "Sở".to_owned(),
        made: 1_796_000_000,
        until: 1_797_000_000,
        waves: vec![wave("test", Some(1_796_000_000)), wave("all", None)],
        boxes: vec![wrong],
    };
    let mut board = Board::open(&station.path("mang")).unwrap();
    board.keep_rollouts(std::slice::from_ref(&rollout)).unwrap();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let said = read(&hai.get("/district"));
    assert!(said.contains("số 50 (vn.p01-50): đang chạy"), "{said}");
    let page = hai.get("/district/rollouts");
    let said = read(&page);
    assert!(said.contains("Đợt đài thử: 20 đài") && said.contains("đang dùng 18"), "{said}");
    assert!(said.contains("chưa gửi") && said.contains("KHÔNG ĐƯỢC: thiếu bản ghi"), "{said}");
    assert!(!page.body.contains("<b>"), "what people write is no markup");
    assert!(page.values("href").contains(&"/district/box/p01.c001.h00021"));
    let mut nam = console.person("Nguyễn Văn Năm", "operator", &["thon-1"]);
    assert_eq!(nam.get("/district/rollouts").status, 403);
}

fn without(browser: &mut Browser, path: &str) -> (u16, String) {
    let answer = browser.get(path);
    (answer.status, answer.body)
}

#[test]
fn where_there_is_no_fleet_or_no_board_it_says_so_and_says_what_to_do() {
    let bare = station();
    let console = Console::start(&bare);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let (status, body) = without(&mut hai, "/district");
    assert!(status == 404 && body.contains("[fleet] dir"), "{body}");
    assert!(!hai.get("/").body.contains("href=\"/district\""), "no way leads there");
    let lost = district(20);
    std::fs::remove_dir_all(lost.path("mang/board")).unwrap();
    let console = Console::start(&lost);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let (status, body) = without(&mut hai, "/district");
    assert!(status == 200 && body.contains("loa collect run"), "{body}");
    assert!(hai.get("/").body.contains("href=\"/district\""));
}
