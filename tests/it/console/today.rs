//! Today: what is to be done, what sounds, and orders that are given from it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::time::Duration;

use jiff::ToSpan as _;
use loa::clock::Clock as _;
use loa::fact::Entry;
use loa::journal::Journal;
use loa::machine::MachineClock;

use super::kit::{Answer, Console};
use crate::courier::Office;
use crate::kit::Station;

fn station() -> Station {
    let station = Station::new();
    station.tone("a.wav", 25.0, 440.0).write(
        "loa.toml",
        "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"null\"\n[clock]\ntrust = \"always\"\n",
    );
    station.write(
        "schedules/a.toml",
        "[rules]\nhours = [\"00:00-24:00\"]\n[[broadcast]]\nid = \"tiem\"\ntitle = \"Lịch tiêm chủng\"\nzones = [\"thon-2\"]\nat = \"05:30\"\nplay = [\"chua-co\"]\n",
    );
    station
}

/// The value of a hidden field.
fn hidden<'a>(page: &'a Answer, name: &str) -> &'a str {
    let begin = format!("name=\"{name}\" value=\"");
    let rest = page.body.split_once(&begin).unwrap_or_else(|| panic!("{name}: {}", page.body)).1;
    rest.split('"').next().unwrap()
}

#[test]
fn a_recording_that_is_missing_is_asked_for_by_its_time_of_those_whose_zone_needs_it() {
    let station = station();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let page = hai.get("/");
    assert!(page.body.contains("Đài không chạy"), "{}", page.body);
    assert!(
        page.body.contains("chưa có bản ghi, cần trước 05:30") && page.body.contains("/sounds/slot/chua-co"),
        "{}",
        page.body
    );
    let mut two = console.person("Lò Văn Hai", "operator", &["thon-2"]);
    let page = two.get("/");
    assert!(
        page.body.contains("Cần nộp") && page.body.contains("Lịch tiêm chủng") && page.body.contains("Dừng loa Thôn 2"),
        "{}",
        page.body
    );
    // Whatever his role gives him is reached from his one page, and from his menu.
    for (link, times) in [("/sounds/new", 2), ("/say", 2), ("/schedule", 2), ("/sounds", 1)] {
        assert_eq!(page.values("href").into_iter().filter(|own| *own == link).count(), times, "{link}: {}", page.body);
        assert_eq!(two.get(link).status, 200, "{link}");
    }
    let mut one = console.person("Lò Văn Một", "operator", &["thon-1"]);
    let page = one.get("/");
    assert!(!page.body.contains("chua-co") && page.body.contains("Không cần nộp"), "{}", page.body);
    let picture = hai.get("/today.svg");
    assert!(picture.header("content-type").starts_with("image/svg+xml") && picture.body.contains("class=\"now\""));
}

#[test]
fn a_bundle_that_was_brought_and_not_taken_is_told_to_those_who_plan() {
    let office = Office::new();
    office.station.tone("tin.wav", 1.0, 440.0);
    office.station.write("schedules/xa.toml", "[[broadcast]]\nid = \"tin\"\nat = \"05:30\"\nplay = \"tin\"\n");
    let hamlet = office.hamlet("");
    let console = Console::start(&hamlet);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    assert!(!hai.get("/").body.contains("Gói tin mang đến"));
    let bundle = office.make_of(&["xa.toml"], "la.loa", 1, "la.key");
    let visited = hamlet.loa(&["courier", bundle.parent().unwrap().to_str().unwrap()]);
    assert_eq!(visited.code, 1, "{visited:?}");
    let page = hai.get("/").body;
    let (_, told) = page.split_once("Gói tin mang đến").unwrap_or_else(|| panic!("{page}"));
    let first = told.split("</li>").next().unwrap();
    assert!(first.contains("<li class=\"bad\">") && first.contains("Không nhận «la.loa»"), "{first}");
    assert!(first.contains("không có trong danh sách"), "{first}");
    let mut two = console.person("Lò Văn Hai", "operator", &["thon-1"]);
    assert!(!two.get("/").body.contains("Gói tin mang đến"), "a hamlet head plans nothing");
}

#[test]
#[ignore = "long"]
fn what_sounds_is_silenced_with_one_tap_by_those_who_may_and_the_journal_has_their_name() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut two = console.person("Lò Văn Hai", "operator", &["thon-2"]);
    daemon.wait_until("the page sees the daemon", || hai.clone().get("/").body.contains("Im đến…"));
    let bad = hai.post("/say", &[("name", "a.wav")]);
    assert!(bad.status == 422 && bad.body.contains("Xin chọn ít nhất một cụm loa."), "{}", bad.body);
    daemon.wait_until("the sound is known", || hai.clone().get("/say").body.contains("a (0:"));
    let said = hai.post("/say", &[("name", "a.wav"), ("zone", "thon-1"), ("zone", "thon-2")]);
    assert_eq!(said.status, 303, "{}", said.body);
    let receipt = hai.get(said.to());
    assert!(receipt.body.contains("Thôn 1, Thôn 2: "), "{}", receipt.body);
    daemon.wait_until("it is shown", || hai.clone().get("/").body.contains("Đang phát"));

    assert_eq!(two.post("/stop", &[("zone", "thon-1")]).status, 422, "not his");
    assert_eq!(two.get(said.to()).to(), "/", "another's receipt is not shown");
    let stopped = two.post("/stop", &[]);
    let receipt = two.get(stopped.to());
    assert!(receipt.body.contains("Thôn 2: đã dừng") && !receipt.body.contains("Thôn 1"), "{}", receipt.body);
    assert!(receipt.body.contains("Cho phát tiếp"), "{}", receipt.body);
    assert!(hai.get("/").body.contains("Đang phát"), "the other zone plays on");
    let stopped = hai.post("/stop", &[]);
    assert!(hai.get(stopped.to()).body.contains("Thôn 1: đã dừng"));
    let reasons = || station.loa(&["journal", "--json"]).out;
    daemon.wait_until("it is written down", || {
        reasons().contains("Trần Thị Hai (") && reasons().contains("Lò Văn Hai (")
    });
}

#[test]
fn a_hamlet_is_quiet_until_a_time_with_a_reason_and_is_let_go_on() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut two = console.person("Lò Văn Hai", "operator", &["thon-2"]);
    daemon.wait_until("the page sees the daemon", || two.clone().get("/").body.contains("Dừng loa Thôn 2"));
    let now = MachineClock.wall().zoned(&jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap());
    let tomorrow = now.date().checked_add(1.day()).unwrap().to_string();
    let typed = [("zone", "thon-2"), ("until", "18h"), ("day", &tomorrow), ("why", "tang lễ")];
    assert_eq!(two.post("/quiet", &[("zone", "thon-1"), typed[1], typed[2], typed[3]]).status, 422);
    let bad = two.post("/quiet", &[typed[0], ("until", "mai"), typed[2], typed[3]]);
    assert!(bad.status == 422 && bad.body.contains("Giờ chưa đúng") && bad.body.contains("tang lễ"), "{}", bad.body);
    let done = two.post("/quiet", &typed);
    assert_eq!((done.status, done.to()), (303, "/"), "{}", done.body);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let acts = hai.get("/journal?show=acts").body;
    assert!(acts.contains("Cho im từ ") && acts.contains(" đến 18:00 "), "{acts}");
    assert!(acts.contains(" ở Thôn 2 vì «tang lễ»"), "{acts}");
    let off = hai.get("/schedule/off").body;
    assert!(off.contains("cụm loa Thôn 2") && !off.contains("cụm loa thon-2"), "{off}");
    let page = two.get("/");
    assert!(page.body.contains("Im đến 18:00 ngày mai vì tang lễ."), "{}", page.body);
    let end = [("entry", hidden(&page, "entry"))];
    let mut one = console.person("Lò Văn Một", "operator", &["thon-1"]);
    assert_eq!(one.post("/quiet/end", &end).status, 422, "not his");
    // Whatever is written above it meanwhile, it is the same one.
    let written = std::fs::read_to_string(station.path("schedules/trang-web.toml")).unwrap();
    station.write("schedules/trang-web.toml", &format!("# một\n# hai\n\n{written}"));
    assert_eq!(two.post("/quiet/end", &end).status, 303);
    let again = two.post("/quiet/end", &end);
    assert!(again.status == 422 && again.body.contains("Lần im này không còn trong lịch"), "{}", again.body);
    assert!(!two.get("/").body.contains("Im đến 18:00"), "{}", two.get("/").body);
    let acts = hai.get("/journal?show=acts").body;
    assert!(acts.contains("Cho phát tiếp, bỏ lần im từ "), "{acts}");
    // What is asked of a group is asked with its zones ticked.
    assert_eq!(hai.get("/quiet?zone=thon-1&zone=thon-2").body.matches(" checked").count(), 2);
    assert_eq!(hai.get("/quiet").body.matches(" checked").count(), 0);
}

#[test]
fn one_hamlet_of_several_that_are_quiet_together_is_let_go_on_alone_and_is_named() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut two = console.person("Lò Văn Hai", "operator", &["thon-2"]);
    daemon.wait_until("the page sees the daemon", || two.clone().get("/").body.contains("Dừng loa Thôn 2"));
    let now = MachineClock.wall().zoned(&jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap());
    let tomorrow = now.date().checked_add(1.day()).unwrap().to_string();
    let typed = [("zone", "thon-1"), ("zone", "thon-2"), ("until", "18h"), ("day", &tomorrow), ("why", "tang lễ")];
    assert_eq!(hai.post("/quiet", &typed).status, 303);
    let page = hai.get("/");
    for button in ["Cho phát tiếp: Thôn 1<", "Cho phát tiếp: Thôn 2<"] {
        assert!(page.body.contains(button), "{button}\n{}", page.body);
    }
    // The hamlet head ends it where his horns are, and nowhere else.
    let page = two.get("/");
    let entry = hidden(&page, "entry");
    assert_eq!(two.post("/quiet/end", &[("entry", entry), ("zone", "thon-1")]).status, 422, "not his");
    let done = two.post("/quiet/end", &[("entry", entry), ("zone", "thon-2")]);
    assert_eq!(done.status, 303, "{}", done.body);
    let told = two.get(done.to()).body;
    assert!(told.contains("Hết im, phát tiếp theo lịch: Thôn 2.") && !told.contains("Im đến 18:00"), "{told}");
    let page = hai.get("/?on=thon-1");
    assert!(page.body.contains("Im đến 18:00 ngày mai vì tang lễ."), "{}", page.body);
    assert!(!page.body.contains("Hết im"), "what is quiet is not said to go on: {}", page.body);
    let written = std::fs::read_to_string(station.path("schedules/trang-web.toml")).unwrap();
    assert!(written.contains("zones = [\"thon-1\"]"), "{written}");
    let entry = [("entry", hidden(&page, "entry")), ("zone", "thon-1")];
    assert_eq!(hai.post("/quiet/end", &entry).status, 303);
    let written = std::fs::read_to_string(station.path("schedules/trang-web.toml")).unwrap();
    assert!(!written.contains("[[cancel]]"), "{written}");
}

#[test]
fn where_the_clock_is_not_believed_nothing_is_written_by_it_until_somebody_has_compared_it() {
    let station = station();
    let tz = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let later = MachineClock.wall() + Duration::from_hours(1);
    let mut journal = Journal::open(&station.path("state/journal.db"), later, &tz).unwrap().journal;
    journal.note(&Entry { written: later, title: "x".to_owned(), ..Entry::default() }).unwrap();
    drop(journal);
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    daemon.wait_until("the page sees the clock", || hai.clone().get("/").body.contains("Đồng hồ chưa đáng tin"));
    let asked = hai.get("/quiet").body;
    assert!(asked.contains("máy đang nghĩ là") && asked.contains("loa clock confirm"), "{asked}");
    let tomorrow = MachineClock.wall().zoned(&tz).date().checked_add(1.day()).unwrap().to_string();
    let typed = [("zone", "thon-2"), ("until", "18h"), ("day", &*tomorrow), ("why", "tang lễ")];
    let off = [("kind", "days"), ("first", &*tomorrow), ("for", "all"), ("why", "tang lễ"), ("do", "save")];
    let at = format!("{tomorrow}T05:30:00");
    let once = [("id", "tiem"), ("at", &*at), ("do", "skip")];
    for (path, fields) in [("/quiet", &typed[..]), ("/schedule/off", &off[..]), ("/schedule/once", &once[..])] {
        let refused = hai.post(path, fields);
        assert_eq!(refused.status, 422, "{path}: {}", refused.body);
        assert!(refused.body.contains("Chưa ghi gì: đồng hồ của đài chưa đáng tin"), "{path}: {}", refused.body);
        assert!(refused.body.contains("name=\"right\""), "{path}: {}", refused.body);
    }
    assert!(!station.path("schedules/trang-web.toml").exists());
    let mut compared = typed.to_vec();
    compared.push(("right", "on"));
    assert_eq!(hai.post("/quiet", &compared).status, 303);
}

#[test]
#[ignore = "long"]
fn of_two_times_of_quiet_that_overlap_the_later_end_is_told_and_both_are_ended() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut two = console.person("Lò Văn Hai", "operator", &["thon-2"]);
    daemon.wait_until("the page sees the daemon", || two.clone().get("/").body.contains("Dừng loa Thôn 2"));
    let now = MachineClock.wall().zoned(&jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap());
    let tomorrow = now.date().checked_add(1.day()).unwrap().to_string();
    for (until, why) in [("17h", "tang lễ"), ("19h", "giỗ")] {
        let typed = [("zone", "thon-2"), ("until", until), ("day", &tomorrow), ("why", why)];
        assert_eq!(two.post("/quiet", &typed).status, 303);
    }
    let page = two.get("/");
    assert!(page.body.contains("Im đến 19:00 ngày mai vì tang lễ; giỗ."), "{}", page.body);
    let all: Vec<&str> =
        page.body.split("name=\"entry\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(all.len(), 2, "{}", page.body);
    let end: Vec<(&str, &str)> = all.iter().map(|one| ("entry", *one)).collect();
    assert_eq!(two.post("/quiet/end", &end).status, 303);
    let page = two.get("/");
    assert!(!page.body.contains("Im đến 1"), "{}", page.body);
}

#[test]
fn the_stream_sends_what_sounds_to_those_who_are_logged_in() {
    let station = station();
    let console = Console::start(&station);
    assert!(console.browser().get("/events").to().starts_with("/login"));
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let told = hai.get("/events");
    assert_eq!((told.status, told.header("content-type")), (200, "text/event-stream"));
}

#[test]
#[ignore = "long"]
fn the_stream_tells_a_page_that_is_open_what_has_begun_to_sound() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    daemon.wait_until("the sound is known", || hai.clone().get("/say").body.contains("a (0:"));
    let mut stream = hai.connect();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let cookies: Vec<String> = hai.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let (address, cookies) = (console.address, cookies.join("; "));
    write!(stream, "GET /events HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\n\r\n").unwrap();
    let mut told = BufReader::new(stream).lines().map_while(Result::ok).filter(|line| line.starts_with("data:"));
    let first = told.next().unwrap();
    assert!(first.contains("<article") && !first.contains("Đang phát"), "{first}");
    assert_eq!(hai.post("/say", &[("name", "a.wav"), ("zone", "thon-1")]).status, 303);
    assert!(told.any(|line| line.contains("Đang phát")), "the stream ended without it");
}

#[test]
fn the_sound_of_an_alarm_is_no_announcement_and_is_asked_about_by_its_address_too() {
    let station = station();
    station.tone("canh-bao-lu.wav", 3.0, 440.0);
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    daemon.wait_until("the sounds are known", || hai.clone().get("/say").body.contains("a (0:"));
    assert!(!hai.get("/say").body.contains("canh-bao-lu"));
    // An address chooses, and the page of a sound leads there.
    for name in ["a.wav", "a"] {
        let chosen = hai.get(&format!("/say?name={name}&zone=thon-2")).body;
        assert!(chosen.contains("value=\"a.wav\" selected") && chosen.contains("value=\"thon-2\" checked"), "{chosen}");
    }
    assert!(hai.get("/say?q=khong+co").body.contains("Không có bản ghi nào như vậy."));
    assert!(hai.get("/sounds/a.wav").body.contains("href=\"/say?name=a.wav\""));
    assert!(!hai.get("/sounds/canh-bao-lu.wav").body.contains("href=\"/say?name="));
    for name in ["canh-bao-lu.wav", "Canh-Bao-Lu"] {
        let asked = hai.post("/say", &[("name", name), ("zone", "thon-1")]);
        assert_eq!(asked.status, 409, "{}", asked.body);
        assert!(asked.body.contains("báo động «Lũ»") && asked.body.contains("href=\"/emergency\""), "{}", asked.body);
    }
    assert!(!station.loa(&["journal", "--json"]).out.contains("say:"), "nothing was ordered");
    let sure = [("name", "canh-bao-lu.wav"), ("zone", "thon-1"), ("sure", "1")];
    let said = hai.post("/say", &sure);
    assert!(said.to().starts_with("/order/"), "{}", said.body);
    // While it sounds it is called by its danger.
    daemon.wait_until("it plays", || hai.clone().get("/").body.contains("Báo động «Lũ»"));
    assert!(!hai.get("/").body.contains("Đang phát</strong> canh-bao-lu"), "{}", hai.get("/").body);
}

#[test]
fn an_empty_journal_says_that_nothing_was_aired_yet() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    daemon.wait_until("there is a journal", || hai.clone().get("/journal").body.contains("chưa có lượt phát nào"));
    assert!(!hai.get("/journal").body.contains("Không có dòng nào như vậy"));
    assert!(hai.get("/journal?who=ai").body.contains("Không có dòng nào như vậy"));
}

#[test]
#[ignore = "long"]
fn a_station_that_hangs_is_seen_to_hang_within_seconds() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let hai = console.person("Trần Thị Hai", "admin", &[]);
    let body = |path: &str| hai.clone().get(path).body;
    daemon.wait_until("the page sees the daemon", || body("/machine").contains("Đài đang chạy"));
    assert!(body("/").contains("class=\"stale\" hidden"), "{}", body("/"));
    daemon.signal("STOP");
    daemon.wait_until("the page is stale", || !body("/").contains("class=\"stale\" hidden"));
    let today = body("/");
    assert!(today.contains("có thể đã cũ") && today.contains("Đài không trả lời từ lúc"), "{today}");
    let age: u64 = today.split_once("data-age=\"").unwrap().1.split('"').next().unwrap().parse().unwrap();
    assert!(age > 15_000, "{age}");
    let machine = body("/machine");
    assert!(machine.contains("Đài không trả lời từ lúc") && !machine.contains("Đài đang chạy"), "{machine}");
    let health = hai.clone().ask("GET", "/healthz", &[("Accept", "text/plain")], b"");
    assert!(health.status == 503 || health.body.contains("chương trình phát không chạy"), "{}", health.body);
    daemon.signal("CONT");
    daemon.wait_until("the page is fresh again", || {
        body("/machine").contains("Đài đang chạy") && body("/").contains("class=\"stale\" hidden")
    });
}

#[test]
fn a_broadcast_that_does_not_play_since_a_key_is_wrong_is_named_on_today() {
    let station = station();
    station.write(
        "schedules/b.toml",
        "[[broadcast]]\nid = \"vs\"\ntitle = \"Vệ sinh\"\nat = \"06:30\"\nplay = [\"a\"]\nuntill = 2030-01-01\n",
    );
    let daemon = station.run();
    let console = Console::start(&station);
    let hai = console.person("Trần Thị Hai", "official", &[]);
    daemon.wait_until("the page sees the daemon", || !hai.clone().get("/").body.contains("Đài không chạy"));
    let page = hai.clone().get("/").body;
    assert!(page.contains("Mục «Vệ sinh» không phát"), "{page}");
}
