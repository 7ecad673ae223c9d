//! What is done to a schedule that stands: ended, silenced for some hours, a session moved for once, written by two, brought
//! back from its versions; and what was changed on the machine without the page.

use jiff::ToSpan as _;
use loa::clock::Clock as _;
use loa::machine::MachineClock;

use super::kit::{Answer, Console};
use super::schedule::{MORNING, file, form, open, planned, send, set, values, with_morning};

/// The value of the first field of this name.
fn field(page: &Answer, name: &str) -> String {
    let begin = format!("name=\"{name}\" value=\"");
    let rest = page.body.split_once(&begin).unwrap_or_else(|| panic!("{name}: {}", page.body)).1;
    rest.split('"').next().unwrap().to_owned()
}

#[test]
#[ignore = "long"]
fn a_broadcast_is_ended_today_or_at_once_and_the_file_says_until_when() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut ba = console.person("Lê Thị Ba", "reviewer", &[]);
    let today = MachineClock.wall().zoned(&jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap()).date();
    let seen = field(&hai.get("/schedule/broadcast?id=tin"), "seen");
    assert_eq!(ba.post("/schedule/end", &[("id", "tin"), ("seen", &seen), ("do", "now")]).status, 403);
    assert_eq!(file(&station), MORNING);
    for (button, last) in [("today", today), ("now", today.saturating_sub(1.day()))] {
        let page = hai.get("/schedule/broadcast?id=tin");
        let ended = hai.post("/schedule/end", &[("id", "tin"), ("seen", &field(&page, "seen")), ("do", button)]);
        assert_eq!(ended.status, 303, "{button}: {}", ended.body);
        assert!(file(&station).contains(&format!("until = {last}")), "{button}: {}", file(&station));
        assert!(planned(&station, "tin", "2038-01-04").is_empty(), "{button}");
    }
    // Of what has changed meanwhile nothing is ended unseen.
    let stale = hai.post("/schedule/end", &[("id", "tin"), ("seen", &seen), ("do", "delete")]);
    assert!(stale.status == 409 || stale.status == 422, "{} {}", stale.status, stale.body);
    assert!(file(&station).contains("Bản tin sáng"));
}

#[test]
#[ignore = "long"]
fn some_hours_are_quiet_with_their_end_and_their_reason_and_are_ended_early() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let typed = |until: &'static str, zone: &'static str, button: &'static str| {
        [
            ("kind", "hours"),
            ("first", "04/01/2038"),
            ("from", "5h"),
            ("until", until),
            ("for", "some"),
            ("zone", zone),
            ("why", "đám tang ông Bảy"),
            ("do", button),
        ]
    };
    for wrong in ["25h", "mai", ""] {
        let refused = hai.post("/schedule/off", &typed(wrong, "thon-1", "save"));
        assert!(refused.status == 422 && refused.body.contains("đám tang ông Bảy"), "{wrong}: {}", refused.body);
    }
    let tried = hai.post("/schedule/off", &typed("18:00", "thon-1", "try"));
    assert!(tried.status == 200 && tried.body.contains("có 1 lượt phát sẽ im"), "{}", tried.body);
    assert_eq!(planned(&station, "tin", "2038-01-04"), ["05:30"], "nothing is written by a look");
    let saved = hai.post("/schedule/off", &typed("18:00", "thon-1", "save"));
    assert_eq!(saved.status, 303, "{}", saved.body);
    let (mut all, said) = (String::new(), "đám tang ông Bảy");
    for entry in std::fs::read_dir(station.path("schedules")).unwrap() {
        all += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    assert!(all.contains(said) && all.contains("18:00") && all.contains("thon-1"), "{all}");
    assert!(hai.get("/schedule?week=2038-01-04").body.contains(said));
    let row = |day: &str| {
        let from = format!("{day}T00:00");
        let to = format!("{day}T23:59");
        let rows = station.loa(&["plan", "--json", "--from", &from, "--to", &to]).rows();
        let sounding = rows.iter().filter(|row| row["broadcast"] == "tin" && row["verdict"] == "play").count();
        (rows.iter().filter(|row| row["broadcast"] == "tin").count(), sounding)
    };
    assert_eq!((row("2038-01-04"), row("2038-01-05")), ((2, 1), (2, 2)), "one zone, one day");
    let page = hai.get("/schedule/off");
    assert!(page.body.contains(said), "{}", page.body);
    let fields = [("file", field(&page, "file")), ("name", field(&page, "name")), ("seen", field(&page, "seen"))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(hai.post("/schedule/off/end", &fields).status, 303);
    assert_eq!(row("2038-01-04"), (2, 2));
    assert!(!hai.get("/schedule/off").body.contains(said));
}

#[test]
#[ignore = "long"]
fn a_whole_session_is_moved_once_and_stands_as_before_the_day_after() {
    let station = with_morning();
    let second = "[[broadcast]]\nid = \"sau\"\ntitle = \"Theo sau\"\nat = [\"05:32\"]\nplay = [\"tin\"]\n";
    station.write("schedules/sau.toml", second);
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let at = "2038-01-04T05:30:00";
    let fields = [("id", "tin"), ("at", at), ("zone", "thon-1"), ("to", "6h"), ("how", "session"), ("do", "move")];
    let moved = hai.post("/schedule/once", &fields);
    assert_eq!(moved.status, 303, "{}", moved.body);
    assert_eq!(planned(&station, "tin", "2038-01-04"), ["06:00"]);
    assert_eq!(planned(&station, "sau", "2038-01-04"), ["06:02"]);
    assert_eq!(planned(&station, "tin", "2038-01-05"), ["05:30"]);
    assert_eq!(planned(&station, "sau", "2038-01-05"), ["05:32"]);
    // One receipt for all of it, and one button that brings all of it back.
    let receipt = hai.get(moved.to());
    for said in
        ["cả buổi phát có lượt 05:30", "ở tất cả cụm loa: 2 mục", "Bản tin sáng", "Theo sau", "Trở lại cả 2 mục"]
    {
        assert!(receipt.body.contains(said), "{said}\n{}", receipt.body);
    }
    let back = hai.post("/schedule/restore", &[("seq", &field(&receipt, "seq")), ("all", "1")]);
    assert_eq!(back.status, 303, "{}", back.body);
    assert_eq!(planned(&station, "tin", "2038-01-04"), ["05:30"]);
    assert_eq!(planned(&station, "sau", "2038-01-04"), ["05:32"]);
}

#[test]
fn in_the_other_language_a_page_still_shows_what_it_was_asked_for() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let at = "2038-01-04T05:30:00";
    assert_eq!(hai.post("/schedule/once", &[("id", "tin"), ("at", at), ("do", "skip")]).status, 303);
    let list = hai.get("/schedule/versions");
    let seq: String =
        list.body.split_once("/schedule/version?seq=").unwrap().1.chars().take_while(char::is_ascii_digit).collect();
    let version = format!("/schedule/version?seq={seq}");
    for asked in [version.as_str(), "/schedule/broadcast?id=tin&at=2038-01-05T05:30:00", "/schedule"] {
        let back = field(&hai.get(asked), "back").replace("&amp;", "&");
        assert_eq!(back, asked);
        let other = hai.post("/language", &[("back", &back), ("lang", "en")]);
        assert_eq!((other.status, other.to()), (303, asked));
        assert_eq!(hai.get(other.to()).status, 200);
    }
}

#[test]
fn an_old_change_is_undone_only_once_somebody_has_read_what_was_changed_since() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    for at in ["2038-01-04T05:30:00", "2038-01-05T05:30:00"] {
        assert_eq!(hai.post("/schedule/once", &[("id", "tin"), ("at", at), ("do", "skip")]).status, 303);
    }
    let after = file(&station);
    let list = hai.get("/schedule/versions");
    let links: Vec<&str> =
        list.values("href").into_iter().filter(|link| link.starts_with("/schedule/version?seq=")).collect();
    let first = hai.get(links[1]);
    let (seq, part) = (field(&first, "seq"), field(&first, "part"));
    let fields = [("seq", &*seq), ("part", &*part), ("before", "1")];
    let asked = hai.post("/schedule/restore", &fields);
    assert_eq!(asked.status, 409, "{}", asked.body);
    for said in ["Sau lần sửa này còn 1 lần sửa nữa", "So với bây giờ sẽ đổi", "Trần Thị Hai"]
    {
        assert!(asked.body.contains(said), "{said}\n{}", asked.body);
    }
    assert_eq!(file(&station), after, "nothing was changed by the question");
    let mut sure = fields.to_vec();
    sure.push(("sure", "1"));
    assert_eq!(hai.post("/schedule/restore", &sure).status, 303);
    assert_eq!(file(&station), MORNING);
    // The newest one has nothing behind it, and is undone at once.
    let newest = hai.get("/schedule/versions");
    let link = newest.values("href").into_iter().find(|link| link.starts_with("/schedule/version?seq=")).unwrap();
    let last = hai.get(link);
    let fields = [("seq", field(&last, "seq")), ("part", field(&last, "part")), ("before", "1".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(hai.post("/schedule/restore", &fields).status, 303);
    assert_eq!(file(&station), after);
}

#[test]
#[ignore = "long"]
fn two_who_write_different_fields_at_once_are_both_heard() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut tu = console.person("Lê Văn Tư", "admin", &[]);
    let (mut first, mut second) = (open(&mut hai, "tin"), open(&mut tu, "tin"));
    set(&mut first, "at", &["05:40"]);
    assert_eq!(send(&mut hai, &first, "save").status, 303);
    set(&mut second, "title", &["Tin sớm"]);
    let saved = send(&mut tu, &second, "save");
    // Taken as it is, or asked once with everything that was typed.
    let saved = if saved.status == 409 { send(&mut tu, &form(&saved), "save") } else { saved };
    assert_eq!(saved.status, 303, "{}", saved.body);
    let now = file(&station);
    assert!(now.contains("Tin sớm") && now.contains("05:40") && now.contains("# Buổi sáng, của ông Sáu"), "{now}");
    let told = tu.get("/schedule/versions");
    assert!(told.body.contains("Trần Thị Hai") && told.body.contains("Lê Văn Tư"), "{}", told.body);
}

#[test]
#[ignore = "long"]
fn versions_are_compared_in_words_and_an_older_one_is_restored_as_a_new_one() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut own = open(&mut hai, "tin");
    set(&mut own, "at", &["05:45"]);
    assert_eq!(send(&mut hai, &own, "save").status, 303);
    let list = hai.get("/schedule/versions");
    let link =
        list.values("href").into_iter().find(|link| link.starts_with("/schedule/version?seq=")).unwrap().to_owned();
    let one = hai.get(&link);
    for said in ["Trần Thị Hai", "05:30", "05:45", "Xem trong tệp", "Trở lại như trước lần sửa này"]
    {
        assert!(one.body.contains(said), "{said}: {}", one.body);
    }
    let (seq, part) = (field(&one, "seq"), field(&one, "part"));
    let back = hai.post("/schedule/restore", &[("seq", &seq), ("part", &part), ("before", "1")]);
    assert_eq!(back.status, 303, "{}", back.body);
    assert_eq!(file(&station), MORNING);
    let count = |page: &Answer| page.body.matches("/schedule/version?seq=").count();
    assert_eq!(count(&hai.get("/schedule/versions")), count(&list) + 1, "a new version, and none is gone");
    let asked = hai.post("/schedule/restore", &[("seq", &seq), ("part", &part)]);
    assert_eq!(asked.status, 409, "it was changed since: {}", asked.body);
    let again = hai.post("/schedule/restore", &[("seq", &seq), ("part", &part), ("sure", "1")]);
    assert_eq!(again.status, 303, "{}", again.body);
    assert_eq!(file(&station), MORNING.replace("05:30", "05:45"));
    assert_eq!(hai.post("/schedule/restore", &[("seq", "999999"), ("part", "0")]).status, 422);
}

#[test]
#[ignore = "long"]
fn what_is_changed_on_the_machine_is_a_version_though_nobody_saves_by_form() {
    let station = with_morning();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    // What was there when the page began is known as it was.
    while !hai.get("/schedule/versions").body.contains("/schedule/version?seq=") {
        MachineClock.wait(std::time::Duration::from_millis(50));
    }
    station.write("schedules/sang.toml", &MORNING.replace("05:30", "05:50"));
    let list = hai.get("/schedule/versions");
    assert!(list.body.contains("sửa tay trên máy") && list.body.contains("05:50"), "{}", list.body);
    assert_eq!(file(&station), MORNING.replace("05:30", "05:50"), "the file is left as it is");
    // Of a file that was broken by hand the version before is there to be brought back.
    station.write("schedules/sang.toml", "[[broadcast\n");
    assert_eq!(hai.get("/schedule/versions").status, 200);
    assert_eq!(hai.post("/schedule/mend", &[("file", "schedules/sang.toml")]).status, 303);
    assert_eq!(file(&station), MORNING.replace("05:30", "05:50"));
    assert_eq!(values(&open(&mut hai, "tin"), "at"), ["05:50"]);
}
