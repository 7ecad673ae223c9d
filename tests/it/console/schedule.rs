//! The schedule by form: what an official does on the page, what the file says then, and what the station will play.

use std::fs;
use std::time::Duration;

use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use loa::clock::Clock as _;
use loa::fact::{Entry, EntryKind, Outcome};
use loa::instant::Wall;
use loa::journal::Journal;
use loa::machine::MachineClock;
use loa::schedule::Class;

use super::kit::{Answer, Browser, Console};
use crate::kit::Station;

pub(super) const MORNING: &str = "# Buổi sáng, của ông Sáu\n[[broadcast]]\nid = \"tin\"\ntitle = \"Bản tin sáng\"\nat = [\"05:30\"] # sớm\nplay = [\"tin\"]\n";

pub(super) fn with_morning() -> Station {
    let station = Station::new();
    station.write(
        "loa.toml",
        "name = \"Xã Đông Giang\"\n[zones.thon-1]\noutput = \"null\"\n[zones.thon-2]\noutput = \"null\"\n",
    );
    station.write("schedules/sang.toml", MORNING).tone("tin.wav", 90.0, 440.0);
    // Measures the sound, as the daemon does.
    station.loa(&["plan"]);
    station
}

pub(super) fn file(station: &Station) -> String {
    std::fs::read_to_string(station.path("schedules/sang.toml")).unwrap()
}

fn plain(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

pub(super) type Form = Vec<(String, String)>;

/// What a browser would send of the form of a broadcast on this page.
pub(super) fn form(page: &Answer) -> Form {
    let begin = page.body.find("<form class=\"broadcast\"").unwrap_or_else(|| panic!("{}", page.body));
    let whole = &page.body[begin..];
    let whole = &whole[..whole.find("</form>").unwrap()];
    let attribute = |tag: &str, name: &str| {
        let begin = format!(" {name}=\"");
        tag.split_once(begin.as_str()).map(|(_, rest)| plain(rest.split('"').next().unwrap()))
    };
    let mut form = Form::new();
    for tag in whole.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap()) {
        let kind = attribute(tag, "type").unwrap_or_default();
        if !matches!(kind.as_str(), "checkbox" | "radio") || tag.contains(" checked") {
            form.push((attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap_or_default()));
        }
    }
    form
}

pub(super) fn set(form: &mut Form, name: &str, values: &[&str]) {
    form.retain(|(own, _)| own != name);
    form.extend(values.iter().map(|value| (name.to_owned(), (*value).to_owned())));
}

pub(super) fn send(browser: &mut Browser, form: &Form, button: &str) -> Answer {
    let mut pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    pairs.push(("do", button));
    browser.post("/schedule/save", &pairs)
}

pub(super) fn values<'f>(form: &'f Form, name: &str) -> Vec<&'f str> {
    form.iter().filter(|(own, value)| own == name && !value.is_empty()).map(|(_, value)| value.as_str()).collect()
}

/// When a broadcast would play on a day, as the station plans it.
pub(super) fn planned(station: &Station, id: &str, day: &str) -> Vec<String> {
    let said = station.loa(&[
        "plan",
        "--json",
        "--from",
        &format!("{day}T00:00"),
        "--to",
        &format!("{day}T23:59"),
        "--zone",
        "thon-1",
    ]);
    let rows = said.json();
    let own = rows.as_array().unwrap().iter().filter(|row| row["broadcast"] == id && row["reason"] != "cancelled_day");
    own.map(|row| row["start"].as_str().unwrap()[11..16].to_owned()).collect()
}

pub(super) fn open(browser: &mut Browser, id: &str) -> Form {
    form(&browser.get(&format!("/schedule/broadcast?id={id}")))
}

#[test]
#[ignore = "long"]
fn an_official_adds_a_broadcast_and_what_was_forgotten_is_asked_for_with_all_that_was_typed() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut new = form(&hai.get("/schedule/new"));
    set(&mut new, "title", &["Lịch tiêm chủng"]);
    set(&mut new, "at", &["17h30"]);
    let refused = send(&mut hai, &new, "save");
    assert_eq!(refused.status, 422);
    for said in [
        "Xin chọn ít nhất một cụm loa.",
        "Xin chọn ít nhất một ngày phát.",
        "Xin chọn ít nhất một bản ghi.",
        "5 giờ 30 chiều",
    ] {
        assert!(refused.body.contains(said), "{said}\n{}", refused.body);
    }
    let mut new = form(&refused);
    assert_eq!((values(&new, "title"), values(&new, "at")), (vec!["Lịch tiêm chủng"], vec!["17h30"]));
    set(&mut new, "for", &["some"]);
    set(&mut new, "zone", &["thon-1"]);
    set(&mut new, "play", &["lich-tiem"]);
    let week = send(&mut hai, &new, "days:31");
    let saved = send(&mut hai, &form(&week), "save");
    assert_eq!(saved.status, 303, "{}", saved.body);
    let page = hai.get(saved.to());
    assert!(page.body.contains("Đã lưu: ") && page.body.contains("Những lần phát tới"), "{}", page.body);
    assert_eq!(planned(&station, "lich-tiem-chung", "2038-01-04"), ["17:30"], "a Monday");
    assert!(planned(&station, "lich-tiem-chung", "2038-01-03").is_empty(), "a Sunday");
    assert!(hai.get("/schedule?week=2038-01-04&zone=thon-1").body.contains("Lịch tiêm chủng"));
    assert!(!hai.get("/schedule?week=2038-01-04&zone=thon-2").body.contains("Lịch tiêm chủng"));
}

#[test]
#[ignore = "long"]
fn a_form_saved_as_it_was_opened_writes_nothing_and_a_change_leaves_every_other_byte() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let page = plain(&hai.get("/schedule/broadcast?id=tin").body);
    let shown = page.split_once("Xem trong tệp").unwrap().1;
    assert!(shown.contains("sang.toml") && shown.contains("at = [\"05:30\"] # sớm"), "{shown}");
    let mut own = open(&mut hai, "tin");
    let same = send(&mut hai, &own, "save");
    assert!(hai.get(same.to()).body.contains("Không có gì thay đổi"), "{} {}", same.status, same.body);
    assert_eq!(file(&station), MORNING);
    set(&mut own, "at", &["5h45"]);
    assert_eq!(send(&mut hai, &own, "save").status, 303);
    assert_eq!(file(&station), MORNING.replace("05:30", "05:45"));
    let by_hand = "[[broadcast]]\nid = \"tay\"\ntitle = \"Viết tay\"\ncron = \"0 45 17 * * Fri\"\nplay = \"tin\" # một\nonly = [\"holidays\"]\nclass = \"khẩn cấp\"\nby = \"A\"\nwhy = \"B\"\n";
    station.write("schedules/tay.toml", by_hand);
    let page = hai.get("/schedule/broadcast?id=tay");
    assert!(
        page.body.contains("Viết tay trong tệp, giữ nguyên") && page.body.contains("0 45 17 * * Fri"),
        "{}",
        page.body
    );
    let same = send(&mut hai, &form(&page), "save");
    assert!(same.to().contains("same=1"), "{} {}", same.status, same.body);
    assert_eq!(std::fs::read_to_string(station.path("schedules/tay.toml")).unwrap(), by_hand);
}

#[test]
#[ignore = "long"]
fn a_clash_is_said_in_the_words_of_the_plan_and_its_cure_is_a_button_that_cures() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut new = form(&hai.get("/schedule/new"));
    for (name, value) in [("title", "Theo sau"), ("for", "all"), ("at", "05:31"), ("play", "tin")] {
        set(&mut new, name, &[value]);
    }
    let week = send(&mut hai, &new, "days:127");
    let tried = send(&mut hai, &form(&week), "try");
    assert!(tried.body.contains("chờ đến 05:31:30") && tried.body.contains("Dời đến 05:32"), "{}", tried.body);
    let cured = send(&mut hai, &form(&tried), "time:0:05:32");
    assert_eq!(values(&form(&cured), "at"), ["05:32"]);
    assert!(!cured.body.contains("Dời đến") && !cured.body.contains("li class=\"wrong\""), "{}", cured.body);
    let mut own = form(&cured);
    set(&mut own, "at", &["23:00"]);
    let pairs: Vec<(&str, &str)> = own.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let piece = hai.post("/schedule/try", &pairs);
    assert!(piece.body.contains("từ chối") && !piece.body.contains("<html"), "{}", piece.body);
}

#[test]
#[ignore = "long"]
fn one_airing_is_moved_or_left_out_and_a_day_is_called_off() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let at = "2038-01-04T05:30:00";
    let page = hai.get(&format!("/schedule/broadcast?id=tin&at={at}&zone=thon-1"));
    assert!(page.body.contains("Chỉ lần này") && page.body.contains("Thứ Hai 04/01"), "{}", page.body);
    let mut once = |at: &str, to: &str, how: &str, button: &str| {
        let fields = [("id", "tin"), ("at", at), ("zone", "thon-1"), ("to", to), ("how", how), ("do", button)];
        hai.post("/schedule/once", &fields)
    };
    assert_eq!(once(at, "xx", "once", "move").status, 422);
    assert_eq!(once(at, "6h", "once", "move").status, 303);
    assert_eq!(once("2038-01-05T05:30:00", "", "once", "skip").status, 303);
    assert_eq!(planned(&station, "tin", "2038-01-04"), ["06:00"]);
    assert!(planned(&station, "tin", "2038-01-05").is_empty());
    assert_eq!(planned(&station, "tin", "2038-01-06"), ["05:30"]);
    assert_eq!(once("2038-01-06T05:30:00", "5h40", "good", "move").status, 303);
    assert_eq!(planned(&station, "tin", "2038-01-07"), ["05:40"]);
    assert_eq!(once("2038-01-07T05:40:00", "5h50", "session_good", "move").status, 303);
    assert_eq!(planned(&station, "tin", "2038-01-08"), ["05:50"]);
    let off = [("kind", "days"), ("first", "08/01/2038"), ("for", "all"), ("why", "quốc tang"), ("do", "save")];
    assert_eq!(hai.post("/schedule/off", &off[..3]).status, 422, "it says why");
    assert_eq!(hai.post("/schedule/off", &off).status, 303);
    assert!(planned(&station, "tin", "2038-01-08").is_empty());
    assert!(hai.get("/schedule?week=2038-01-08").body.contains("Nghỉ phát: quốc tang"));
}

#[test]
#[ignore = "long"]
fn two_editors_choose_field_by_field_and_neither_loses_a_word() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut tu = console.person("Lê Văn Tư", "admin", &[]);
    let (mut first, mut second) = (open(&mut hai, "tin"), open(&mut tu, "tin"));
    set(&mut first, "at", &["05:40"]);
    assert_eq!(send(&mut hai, &first, "save").status, 303);
    set(&mut second, "at", &["05:50"]);
    set(&mut second, "title", &["Tin sớm"]);
    let asked = send(&mut tu, &second, "save");
    assert_eq!(asked.status, 409);
    for said in ["Trần Thị Hai vừa sửa", "05:40", "05:50", "name=\"take.at\""] {
        assert!(asked.body.contains(said), "{said}\n{}", asked.body);
    }
    assert!(!asked.body.contains("name=\"take.title\""), "only one of them touched it");
    let mut chosen = form(&asked);
    chosen.push(("take.at".to_owned(), "theirs".to_owned()));
    let saved = send(&mut tu, &chosen, "save");
    assert_eq!(saved.status, 303, "{}", saved.body);
    let (file, now) = (file(&station), planned(&station, "tin", "2038-01-04"));
    assert!(file.contains("Tin sớm") && file.contains("05:40"), "{file}");
    assert_eq!(now, ["05:40"]);
}

#[test]
#[ignore = "long"]
fn what_was_deleted_comes_back_with_its_comments_and_an_older_version_is_a_new_one() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let page = hai.get("/schedule/broadcast?id=tin");
    let seen = page.body.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let deleted = hai.post("/schedule/end", &[("id", "tin"), ("seen", &seen), ("do", "delete")]);
    assert_eq!((deleted.status, deleted.to()), (303, "/schedule/deleted"), "{}", deleted.body);
    assert!(!file(&station).contains("tin"));
    let list = hai.get("/schedule/deleted");
    assert!(list.body.contains("Bản tin sáng") && list.body.contains("Trần Thị Hai"), "{}", list.body);
    let field = |name: &str| {
        let begin = format!("name=\"{name}\" value=\"");
        list.body.split(begin.as_str()).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let back = hai.post("/schedule/restore", &[("seq", &field("seq")), ("part", &field("part")), ("before", "1")]);
    assert_eq!(back.status, 303, "{}", back.body);
    assert_eq!(file(&station), MORNING);
    let versions = hai.get("/schedule/versions");
    assert!(
        versions.body.contains("xóa «Bản tin sáng»") && versions.body.contains("thêm «Bản tin sáng»"),
        "{}",
        versions.body
    );
}

#[test]
#[ignore = "long"]
fn a_broken_file_is_shown_with_its_line_and_the_last_good_version_brought_back() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    assert_eq!(hai.get("/schedule").status, 200);
    station.write("schedules/sang.toml", &MORNING.replace("play = [\"tin\"]", "play = [\"tin\""));
    let page = hai.get("/schedule");
    assert!(
        page.body.contains("sang.toml hỏng ở dòng") && page.body.contains("Khôi phục bản đúng lúc"),
        "{}",
        page.body
    );
    let mended = hai.post("/schedule/mend", &[("file", "schedules/sang.toml")]);
    assert_eq!(mended.status, 303, "{}", mended.body);
    assert_eq!(file(&station), MORNING);
}

#[test]
fn a_silence_from_evening_to_morning_is_a_night_and_days_are_said_as_people_write_them() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let night = [
        ("kind", "hours"),
        ("first", "08/01/2038"),
        ("from", "22h"),
        ("until", "5h"),
        ("for", "all"),
        ("why", "tang lễ"),
        ("do", "save"),
    ];
    let saved = hai.post("/schedule/off", &night);
    assert_eq!(saved.status, 303, "{}", saved.body);
    let written = std::fs::read_to_string(station.path("schedules/trang-web.toml")).unwrap();
    assert!(written.contains("2038-01-08T22:00") && written.contains("2038-01-09T05:00"), "{written}");
    let mut same_day = night.to_vec();
    same_day.push(("last", "08/01/2038"));
    let refused = hai.post("/schedule/off", &same_day);
    assert!(refused.status == 422 && refused.body.contains("Im qua đêm"), "{}", refused.body);
    let mut whole = night.to_vec();
    (whole[2].1, whole[3].1) = ("20h", "24h");
    assert_eq!(hai.post("/schedule/off", &whole).status, 303, "24h is the end of the day");
    let mut new = form(&hai.get("/schedule/new"));
    for (name, value) in [
        ("title", "Bản tin chiều"),
        ("at", "17:00"),
        ("for", "all"),
        ("play", "tin"),
        ("from", "05/12/2026"),
        ("until", "01/12/2026"),
    ] {
        set(&mut new, name, &[value]);
    }
    let week = send(&mut hai, &new, "days:127");
    let wrong = send(&mut hai, &form(&week), "save");
    assert!(wrong.body.contains("«Đến hết ngày» 01/12/2026 đứng trước «Từ ngày» 05/12/2026"), "{}", wrong.body);
}

#[test]
fn a_day_that_is_over_is_no_day_off_and_what_ends_before_it_begins_is_not_saved() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let today = crate::kit::whole_second_in(0).date();
    let typed = |day: jiff::civil::Date| day.strftime("%d/%m/%Y").to_string();
    let yesterday = typed(today.yesterday().unwrap());
    let off = [("kind", "days"), ("first", &*yesterday), ("for", "all"), ("why", "tang lễ"), ("do", "save")];
    let refused = hai.post("/schedule/off", &off);
    assert!(refused.status == 422 && refused.body.contains("Khoảng ấy đã qua"), "{}", refused.body);
    let (mut new, today) = (form(&hai.get("/schedule/new")), typed(today));
    for (name, value) in
        [("title", "Bản tin chiều"), ("at", "0:00"), ("for", "all"), ("play", "tin"), ("until", &*today)]
    {
        set(&mut new, name, &[value]);
    }
    let week = send(&mut hai, &new, "days:127");
    let refused = send(&mut hai, &form(&week), "save");
    assert!(refused.status == 422 && refused.body.contains("sẽ không phát lần nào"), "{}", refused.body);
    assert!(!station.path("schedules/trang-web.toml").exists());
}

#[test]
fn what_would_swallow_an_airing_or_silence_a_day_by_a_slip_is_refused_in_words() {
    let station = with_morning();
    station.write("schedules/sang.toml", &MORNING.replace("[\"05:30\"]", "[\"05:30\", \"05:31\"]"));
    let before = file(&station);
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut once = |at: &str, to: &str, how: &str, what: &str| {
        hai.post(
            "/schedule/once",
            &[("id", "tin"), ("at", at), ("zone", "thon-1"), ("to", to), ("how", how), ("do", what)],
        )
    };
    let (real, none) = ("2038-01-04T05:30:00", "2038-01-04T07:00:00");
    for (answer, said) in [
        (once(real, "05:31", "once", "move"), "đã có một lần phát lúc 05:31"),
        (once(real, "05:31", "good", "move"), "Mục này đã phát lúc 05:31 rồi"),
        (once(none, "08:00", "once", "move"), "Lịch không có lần phát ấy"),
        (once(none, "", "", "skip"), "Lịch không có lần phát ấy"),
    ] {
        assert!(answer.status == 422 && answer.body.contains(said), "{said}: {} {}", answer.status, answer.body);
    }
    assert_eq!(file(&station), before);
    // The whole session: each takes the place that the one behind it leaves.
    let moved = once(real, "05:31", "session", "move");
    assert_eq!(moved.status, 303, "{}", moved.body);
    assert_eq!(planned(&station, "tin", "2038-01-04"), ["05:31", "05:32"]);
    let quiet = |hai: &mut super::kit::Browser, last: &str| {
        let typed = [("first", "04/01/2038"), ("last", last), ("from", "17h"), ("until", "16h")];
        let all: Vec<(&str, &str)> =
            [("kind", "hours"), ("for", "all"), ("why", "sửa loa"), ("do", "save")].into_iter().chain(typed).collect();
        hai.post("/schedule/off", &all)
    };
    for last in ["", "04/01/2038"] {
        let refused = quiet(&mut hai, last);
        assert_eq!(refused.status, 422, "{last}: {}", refused.body);
    }
    assert!(quiet(&mut hai, "").body.contains("23 giờ"));
    assert_eq!(quiet(&mut hai, "05/01/2038").status, 303);
    let page = hai.get("/schedule?week=31/02/2038&zone=nope").body;
    assert!(page.contains("không phải là ngày") && page.contains("Không có cụm loa «nope»"), "{page}");
}

#[test]
fn one_airing_that_is_moved_or_left_out_names_every_place_before_and_after() {
    let station = with_morning();
    let zone = |number| format!("[zones.thon-{number}]\ntitle = \"Thôn {number}\"\noutput = \"null\"\n");
    station.write("loa.toml", &(1..=3).map(zone).collect::<String>());
    station.write("schedules/sang.toml", &format!("{MORNING}zones = [\"thon-1\", \"thon-2\"]\n"));
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let at = "2038-01-04T05:30:00";
    let page = hai.get(&format!("/schedule/broadcast?id=tin&at={at}&zone=thon-1")).body;
    assert!(page.contains("Phát ở: Thôn 1, Thôn 2.") && page.contains("không riêng một cụm loa"), "{page}");
    let off = page.split("href=\"/schedule/off?").nth(1).unwrap().split('"').next().unwrap();
    let off = hai.get(&plain(&format!("/schedule/off?{off}"))).body;
    for kept in ["value=\"04/01/2038\"", "name=\"from\" value=\"05:30\"", "value=\"thon-1\" checked"] {
        assert!(off.contains(kept), "{kept}\n{off}");
    }
    let skipped = hai.post("/schedule/once", &[("id", "tin"), ("at", at), ("zone", "thon-1"), ("do", "skip")]);
    assert_eq!(skipped.status, 303, "{}", skipped.body);
    let told = hai.get(skipped.to()).body;
    assert!(told.contains("Mục này phát ở: Thôn 1, Thôn 2."), "{told}");
}

#[test]
fn the_week_says_of_what_is_past_what_came_of_it() {
    let station = Station::new();
    station.write("loa.toml", "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[clock]\ntrust = \"always\"\n");
    station.tone("a.wav", 0.4, 440.0);
    let at = crate::kit::whole_second_in(4);
    let late = crate::kit::broadcast_at("khong-co", at, "\"khong-co\"", "title = \"Bản tin thiếu\"");
    station.write("schedules/a.toml", &format!("[rules]\nhours = [\"00:00-24:00\"]\n{late}"));
    let daemon = station.run();
    let console = Console::start(&station);
    let official = console.person("Trần Văn Nam", "official", &[]);
    daemon.wait_until("it is missed, and the week says so", || {
        let page = official.clone().get("/schedule?past=1");
        let row =
            page.body.split("Bản tin thiếu").nth(1).and_then(|rest| rest.split("</a>").next()).unwrap_or_default();
        row.contains("Bị lỡ")
    });
    assert!(official.clone().get("/schedule?past=1").body.contains("Bị lỡ: "));
    // What is written behind its time is in no journal.
    let early = late.replace("khong-co", "ghi-sau").replace("Bản tin thiếu", "Bản tin ghi sau");
    let early = early.replace(&format!("{}", at.time()), "00:00:00");
    station.write("schedules/b.toml", &early);
    daemon.wait_until("the week says that it does not know it", || {
        let page = official.clone().get("/schedule?past=1").body;
        let row = page.split("Bản tin ghi sau").nth(1).and_then(|rest| rest.split("</a>").next()).unwrap_or_default();
        row.contains("Không có trong nhật ký")
    });
    // What was changed since is not told as a failure: the schedule may have said something else then.
    station.write("schedules/b.toml", &early.replace("Bản tin ghi sau", "Bản tin sửa sau"));
    daemon.wait_until("the week says that it was changed since", || {
        let page = official.clone().get("/schedule?past=1").body;
        let row = page.split("Bản tin sửa sau").nth(1).and_then(|rest| rest.split("</a>").next()).unwrap_or_default();
        row.contains("được thêm hoặc sửa sau lúc ấy") && !row.contains("partial")
    });
}

#[test]
fn the_week_behind_has_the_titles_of_then_and_what_is_in_no_schedule_any_more() {
    let (now, tz) = (super::journal::now(), TimeZone::get("Asia/Ho_Chi_Minh").unwrap());
    let day = now.zoned(&tz).date().saturating_sub(3.days());
    let row = |broadcast: &str, title: &str, (hour, minute): (i8, i8)| {
        let planned = Wall::from(day.at(hour, minute, 0, 0).to_zoned(tz.clone()).unwrap().timestamp());
        Entry {
            kind: EntryKind::Airing,
            written: planned + Duration::from_mins(1),
            zone: Some("thon-1".into()),
            broadcast: Some(broadcast.into()),
            title: title.into(),
            class: Some(Class::Normal),
            planned: Some(planned),
            started: Some(planned),
            ended: Some(planned + Duration::from_mins(1)),
            seconds_planned: Some(60.0),
            seconds_played: Some(60.0),
            outcome: Some(Outcome::Played),
            ..Entry::default()
        }
    };
    let station = Station::new();
    station.write("loa.toml", "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n");
    station.write(
        "schedules/a.toml",
        "[[broadcast]]\nid = \"tin\"\ntitle = \"Tên bây giờ\"\nat = \"05:30\"\nplay = [\"tin\"]\n",
    );
    fs::create_dir_all(station.path("state")).unwrap();
    let begins = now - Duration::from_hours(24 * 5);
    let mut journal = Journal::open_loose(&station.path("state/journal.db"), begins, &tz).unwrap().journal;
    let ordered = Entry {
        order: Some("20261128-101432-7".to_owned()),
        outcome: Some(Outcome::Partial),
        reason: Some("stopped: Bà Hai".into()),
        ..row("loi-nhan", "Lời nhắn phát tay", (6, 40))
    };
    for row in [row("tin", "Tên lúc ấy", (5, 30)), row("cu", "Mục không còn", (6, 10)), ordered] {
        journal.note(&row).unwrap();
    }
    drop(journal);
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let page = hai.get(&format!("/schedule?week={day}&past=1")).body;
    assert!(page.contains("Tên lúc ấy") && page.contains("Mục không còn"), "{page}");
    let gone = page.split("Mục không còn").nth(1).and_then(|rest| rest.split("</a>").next()).unwrap();
    assert!(gone.contains("Đã phát") && gone.contains("nay không còn trong lịch"), "{gone}");
    assert!(page.contains("href=\"/journal/row/"), "{page}");
    assert!(!page.contains("Lời nhắn phát tay"), "what was ordered by hand was never in a schedule: {page}");
}

#[test]
#[ignore = "long"]
fn an_emergency_outside_the_hours_is_written_by_somebody_who_says_that_he_means_it_and_stands_on_today() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let there = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let day = MachineClock.wall().zoned(&there).date().saturating_add(2.days());
    let date = day.strftime("%d/%m/%Y").to_string();
    let mut new = form(&hai.get("/schedule/new"));
    for (name, value) in [
        ("title", "Còi đê"),
        ("for", "all"),
        ("at", "3h15"),
        ("on", "dates"),
        ("dates", date.as_str()),
        ("play", "tin"),
        ("class", "emergency"),
        ("by", "ông Năm"),
        ("why", "thử còi"),
    ] {
        set(&mut new, name, &[value]);
    }
    let asked = send(&mut hai, &new, "save");
    assert_eq!(asked.status, 422, "{}", asked.body);
    for said in ["Chưa lưu: mục khẩn cấp này kêu ngoài giờ", "«Còi đê» sẽ kêu lúc 03:15", "ở tất cả cụm loa: ngoài giờ"]
    {
        assert!(asked.body.contains(said), "{said}: {}", asked.body);
    }
    let meant = |page: &Answer| {
        let rest = page.body.split_once("name=\"meant\" value=\"").unwrap_or_else(|| panic!("{}", page.body)).1;
        plain(rest.split('"').next().unwrap())
    };
    let mut sure = form(&asked);
    assert!(values(&sure, "meant").is_empty(), "nothing is ticked for him");
    // What he meant was another hour.
    set(&mut sure, "meant", &[&meant(&asked)]);
    let mut other = sure.clone();
    set(&mut other, "at", &["2h45"]);
    assert_eq!(send(&mut hai, &other, "save").status, 422);
    let saved = send(&mut hai, &sure, "save");
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert!(hai.get("/").body.contains("«Còi đê» sẽ kêu lúc 03:15"));
    assert!(!hai.get("/schedule/new").body.contains(">03:15<"), "it is nobody's usual hour");
    // What is not made worse is not asked again; to another night hour it is moved only by somebody who means it.
    let page = hai.get(saved.to());
    let mut title = form(&page);
    set(&mut title, "title", &["Còi đê sông Hồng"]);
    assert_eq!(send(&mut hai, &title, "save").status, 303);
    let (id, at) = (values(&title, "id")[0], format!("{day}T03:15"));
    let moved = [("id", id), ("at", at.as_str()), ("zone", "thon-1"), ("do", "move"), ("how", "once"), ("to", "2h45")];
    let asked = hai.post("/schedule/once", &moved);
    assert!(asked.status == 422 && asked.body.contains("Chưa ghi vào lịch."), "{} {}", asked.status, asked.body);
    let meant = meant(&asked);
    let sure: Vec<(&str, &str)> = moved.into_iter().chain([("meant", meant.as_str())]).collect();
    assert_eq!(hai.post("/schedule/once", &sure).status, 303);
    // What was deleted comes back in the same way.
    let hidden = |page: &Answer, name: &str| {
        let begin = format!("name=\"{name}\" value=\"");
        let rest = page.body.split_once(begin.as_str()).unwrap_or_else(|| panic!("{name}: {}", page.body)).1;
        plain(rest.split('"').next().unwrap())
    };
    let seen = hidden(&hai.get(&format!("/schedule/broadcast?id={id}")), "seen");
    assert_eq!(hai.post("/schedule/end", &[("id", id), ("seen", seen.as_str()), ("do", "delete")]).status, 303);
    let page = hai.get("/schedule/deleted");
    let (seq, part) = (hidden(&page, "seq"), hidden(&page, "part"));
    let back = [("seq", seq.as_str()), ("part", part.as_str()), ("before", "1")];
    let asked = hai.post("/schedule/restore", &back);
    assert!(asked.status == 422 && asked.body.contains("Chưa ghi vào lịch."), "{} {}", asked.status, asked.body);
    let meant = hidden(&asked, "meant");
    let sure: Vec<(&str, &str)> = back.into_iter().chain([("meant", meant.as_str())]).collect();
    assert_eq!(hai.post("/schedule/restore", &sure).status, 303);
}
