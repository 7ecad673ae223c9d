//! What stands in a file, what the form sends, and what is written: the way there and back.

use jiff::civil::Date;

use super::draft::{On, Typed};
use crate::edit::{Change, FileEntry, Of, Target, Texts, Value};
use crate::fields::Fields;

const FILE: &str = "schedules/a.toml";

fn today() -> Date {
    "2026-11-28".parse().unwrap()
}

fn entry(keys: &str) -> FileEntry {
    let lines = format!("[[broadcast]]\nid = \"a\"\n{keys}\n");
    FileEntry::of_lines(FILE, Of::Broadcast, "a", &lines).unwrap()
}

const WHOLE: &str = "title = \"Bản tin\"\ncampaign = \"d\"\nzones = [\"thon-2\", \"thon-1\"]\nat = [\"5h30\", \"17:00\"]\ndays = \"mon-fri\"\n\
    from = 2026-12-01\nuntil = 2026-12-31\nexcept = [\"holidays\", 2026-12-24, 2026-12-25T05:30:00]\nalso = [2026-12-26T06:00:00]\n\
    kind = \"music\"\nplay = [\"chime\", \"tin\", { file = \"ca\", kind = \"music\" }]\nrepeat = 2\ngap = \"5s\"\nchime = \"c\"\nbed = \"b\"\n\
    class = \"priority\"\nby = \"ông Bảy\"\nwhy = \"lũ\"\nwait = \"15m\"\nif_missed = \"late 10m\"\nif_interrupted = \"restart\"";

/// What a browser sends of a form in which nothing was touched.
fn sent(draft: &Typed) -> String {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
    for (key, said) in &draft.plain {
        put(key, said);
    }
    put("for", if draft.all { "all" } else { "some" });
    draft.zones.iter().rev().for_each(|zone| put("zone", zone));
    draft.at.iter().for_each(|at| put("at", at));
    put("at", "");
    put(
        "on",
        match draft.on {
            On::Week => "week",
            On::Dates => "dates",
            On::Lunar => "lunar",
        },
    );
    let names = super::draft::day_names();
    names.iter().enumerate().filter(|(at, _)| draft.days & (1 << at) != 0).for_each(|(_, (day, _))| put("day", day));
    put("dates", &draft.dates.join(", "));
    draft.lunar.iter().for_each(|day| put("lunar", day));
    for (name, value) in [("from", &draft.from), ("until", &draft.until), ("except", &draft.except.join(", "))] {
        put(name, value);
    }
    if draft.holidays {
        put("holidays", "yes");
    }
    if draft.music {
        put("music", "yes");
    }
    draft.except_at.iter().for_each(|at| put("except_at", at));
    draft.also.iter().for_each(|at| put("also", at));
    draft.play.iter().for_each(|name| put("play", name));
    for (name, value) in [
        ("repeat", &draft.repeat),
        ("class", &draft.class),
        ("wait", &draft.wait),
        ("if_missed", &draft.if_missed),
        ("late", &draft.late),
        ("if_interrupted", &draft.if_interrupted),
    ] {
        put(name, value);
    }
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn read(sent: &str) -> Typed {
    Typed::read(&Fields::read(sent.as_bytes()), today())
}

#[test]
fn a_form_in_which_nothing_was_touched_asks_for_nothing() {
    for keys in [
        WHOLE,
        "at = \"05:30\"\nplay = \"tin\"",
        "title = \"x\"\nat = 05:30:00\nlunar = [\"10/3\", \"1\", \"rằm\"]\nplay = \"tin\"\nzones = \"all\"",
        "at = [\"05:30\"]\ndates = [2026-12-24, 2026-12-05, \"2027-01-01..2027-01-03\"]\nplay = [\"tin\"]\nexcept = \"Tết Nguyên đán\"",
        "title = \"  hai   chữ \"\ncron = \"0 45 17 * * Fri\"\nplay = \"tin\"\nonly = \"chợ\"\nla = 1",
        "title = \"x\"\nat = { mon = \"05:30\" }\nplay = \"tin\"",
        "title = \"x\"\nat = \"05:30\"\ndays = [\"mon\", \"chợ phiên\"]\nplay = \"tin\"\nclass = \"khẩn cấp\"",
    ] {
        let (base, held) = Typed::of(&entry(keys));
        let mut again = read(&sent(&base));
        if base.line("title").is_empty() {
            // A title is asked for as soon as somebody saves.
            again.plain.insert("title", "Có tên".to_owned());
        }
        let asked = again.keys(Some(&base), &held, today()).unwrap_or_else(|wrong| panic!("{keys}: {wrong:?}"));
        let only_title = asked.iter().all(|(key, _)| key == "title" && base.line("title").is_empty());
        assert!(only_title, "{keys}\n{asked:?}");
    }
}

#[test]
fn days_that_the_form_does_not_draw_are_left_alone() {
    for keys in [
        "title = \"x\"\ncron = \"0 45 17 * * Fri\"\nplay = \"tin\"",
        "title = \"x\"\nat = \"05:30\"\ndays = [\"chợ phiên\"]\nplay = \"tin\"",
    ] {
        let (base, held) = Typed::of(&entry(keys));
        let sent = "title=x&for=all&at=05:30&play=tin&class=normal&if_missed=skip&if_interrupted=resume";
        assert_eq!(read(sent).keys(Some(&base), &held, today()), Ok(Vec::new()), "{keys}");
    }
}

/// What is done to a form.
type Turn = fn(&mut Typed);

#[test]
fn each_field_that_was_changed_is_asked_for_and_no_other() {
    let word = |word: &str| Some(Value::Text(word.to_owned()));
    let turns: [(&str, Turn, Option<Value>); 21] = [
        ("title", |draft| drop(draft.plain.insert("title", "Khác".to_owned())), word("Khác")),
        ("campaign", |draft| drop(draft.plain.remove("campaign")), None),
        ("bed", |draft| drop(draft.plain.remove("bed")), None),
        ("chime", |draft| drop(draft.plain.insert("chime", "k".to_owned())), word("k")),
        ("gap", |draft| drop(draft.plain.remove("gap")), None),
        ("by", |draft| drop(draft.plain.remove("by")), None),
        ("zones", |draft| (draft.all, draft.zones) = (true, Vec::new()), word("all")),
        ("zones", |draft| drop(draft.zones.pop()), Some(Value::texts(["thon-1"]))),
        ("at", |draft| draft.at.push("18h15".to_owned()), Some(Value::texts(["05:30", "17:00", "18:15"]))),
        ("days", |draft| draft.days = 0b101, Some(Value::texts(["mon", "wed"]))),
        ("days", |draft| draft.days = 0x7f, word("daily")),
        ("from", |draft| draft.from.clear(), None),
        ("until", |draft| draft.until = "15/1".to_owned(), Some(Value::Date("2027-01-15".parse().unwrap()))),
        ("also", |draft| draft.also.clear(), None),
        ("kind", |draft| draft.music = false, None),
        ("play", |draft| drop(draft.play.drain(1..)), Some(Value::texts(["chime"]))),
        ("repeat", |draft| draft.repeat.clear(), None),
        ("class", |draft| draft.class = "normal".to_owned(), None),
        ("wait", |draft| draft.wait = "20".to_owned(), word("20m")),
        ("if_missed", |draft| draft.if_missed = "skip".to_owned(), None),
        ("if_interrupted", |draft| draft.if_interrupted = "drop".to_owned(), word("drop")),
    ];
    let (base, held) = Typed::of(&entry(WHOLE));
    assert!(held.is_empty(), "{held:?}");
    for (key, turn, value) in turns {
        let mut draft = read(&sent(&base));
        turn(&mut draft);
        let draft = read(&sent(&draft));
        assert_eq!(draft.keys(Some(&base), &held, today()), Ok(vec![(key.to_owned(), value)]), "{key}");
    }
}

#[test]
fn other_days_take_the_place_of_those_that_were() {
    let (base, held) = Typed::of(&entry(WHOLE));
    let mut draft = base.clone();
    (draft.on, draft.lunar) = (On::Lunar, vec!["1".to_owned(), "10/3".to_owned()]);
    let asked = draft.keys(Some(&base), &held, today()).unwrap();
    let lunar = Some(Value::texts(["1", "10/3"]));
    assert_eq!(asked, [("days".to_owned(), None), ("dates".to_owned(), None), ("lunar".to_owned(), lunar)]);
}

#[test]
fn what_was_left_empty_never_means_everything() {
    let mut draft = Typed::new();
    let fields = |draft: &Typed| -> Vec<&str> {
        draft.keys(None, &[], today()).unwrap_err().iter().map(|wrong| wrong.field).collect()
    };
    assert_eq!(fields(&draft), ["title", "zones", "at", "days", "play"]);
    draft.plain.insert("title", "Tin".to_owned());
    (draft.all, draft.days, draft.play, draft.at) = (true, 1, vec!["tin".to_owned()], vec!["25h".to_owned()]);
    let wrong = draft.keys(None, &[], today()).unwrap_err();
    assert_eq!(wrong[0].said.vi, "Giờ chưa đúng. Ví dụ: 05:30 hoặc 17h15.");
    draft.at = vec!["5h30".to_owned()];
    (draft.on, draft.dates) = (On::Dates, vec!["hôm nào".to_owned()]);
    assert_eq!(fields(&draft), ["days"]);
}

#[test]
fn a_new_broadcast_on_days_that_are_over_is_refused_and_an_old_one_may_end() {
    let draft = |dates: &str, until: &str| {
        let on = if dates.is_empty() { "week&day=mon" } else { "dates" };
        let sent = format!("title=a&for=all&at=05:30&play=tin&on={on}&dates={dates}&until={until}");
        Typed::read(&Fields::read(sent.as_bytes()), today())
    };
    let wrong = |dates: &str, until: &str| -> Vec<&'static str> {
        draft(dates, until).keys(None, &[], today()).err().unwrap_or_default().iter().map(|one| one.field).collect()
    };
    let none: [&str; 0] = [];
    for (dates, until, expected) in [
        ("27/11/2026", "", &["days"][..]),
        ("28/11/2026, 01/11/2026", "", &["days"]),
        ("20/11/2026..26/11/2026", "", &["days"]),
        ("20/11/2026..02/12/2026", "", &none),
        ("28/11/2026", "", &none),
        ("", "27/11/2026", &["until"]),
        ("", "28/11/2026", &none),
    ] {
        assert_eq!(wrong(dates, until), expected, "{dates} {until}");
    }
    // What stands there already stays, and is ended by a day that is over.
    let base = draft("27/11/2026, 01/12/2026", "");
    let ended = draft("27/11/2026, 01/12/2026", "27/11/2026");
    assert!(ended.keys(Some(&base), &[], today()).is_ok());
    assert!(draft("26/11/2026", "").keys(Some(&base), &[], today()).is_err());
}

#[test]
fn a_new_broadcast_says_where_and_on_which_days_in_so_many_words() {
    let draft = read(
        "title=Tin&for=all&at=530&on=week&day=mon&day=tue&day=wed&day=thu&day=fri&day=sat&day=sun&play=tin&class=normal&if_missed=skip&if_interrupted=resume",
    );
    let keys = draft.keys(None, &[], today()).unwrap();
    let keys = keys.into_iter().map(|(key, value)| (key, value.unwrap())).collect();
    let mut texts = Texts::new();
    let id = Change::Add { keys }.apply(&mut texts).unwrap();
    assert_eq!(id.as_deref(), Some("tin"));
    let written = &texts["schedules/trang-web.toml"];
    for said in ["id", "\"all\"", "\"05:30\"", "\"daily\""] {
        assert!(written.contains(said), "{written}");
    }
    assert!(!written.contains("class") && !written.contains("if_"), "{written}");
}

#[test]
fn what_is_asked_for_is_what_the_file_says_afterwards() {
    let lines = format!("[[broadcast]]\nid = \"a\"\n{WHOLE}\n");
    let (base, held) = Typed::of(&entry(WHOLE));
    let mut draft = base.clone();
    draft.at = vec!["6h".to_owned()];
    draft.holidays = false;
    draft.until = "10/12".to_owned();
    let keys = draft.keys(Some(&base), &held, today()).unwrap();
    let mut texts = Texts::from([(FILE.to_owned(), lines)]);
    let at = Target { file: FILE.to_owned(), of: Of::Broadcast, name: "a".to_owned(), seen: None };
    Change::Keys { at, keys }.apply(&mut texts).unwrap();
    let (now, _) = Typed::of(&FileEntry::of_lines(FILE, Of::Broadcast, "a", &texts[FILE]).unwrap());
    let (is, was) = (read(&sent(&now)), read(&sent(&draft)));
    assert_eq!((is.at, &is.until), (vec!["06:00".to_owned()], &was.until));
    // Behind the last day nothing has to be called off.
    assert_eq!(was.except_at, ["2026-12-25T05:30:00"]);
    assert_eq!((is.holidays, is.except, is.except_at), (false, was.except, Vec::new()));
}

#[test]
fn what_is_typed_is_judged_in_the_words_of_the_form_and_lengths_and_days_are_written_as_they_are_meant() {
    let whole = |change: &dyn Fn(&mut Typed)| {
        let mut draft = Typed::new();
        draft.plain.insert("title", "Tin".to_owned());
        (draft.all, draft.at, draft.days, draft.play) = (true, vec!["05:30".to_owned()], 0x7f, vec!["tin".to_owned()]);
        change(&mut draft);
        draft.keys(None, &[], today())
    };
    let written = |key: &str, change: &dyn Fn(&mut Typed)| {
        let keys = whole(change).unwrap();
        keys.into_iter().find(|(own, _)| own == key).and_then(|(_, value)| value)
    };
    let text = |word: &str| Some(Value::Text(word.to_owned()));
    let late = |said: &'static str| {
        move |draft: &mut Typed| {
            (draft.if_missed, draft.late) = ("late".to_owned(), said.to_owned());
        }
    };
    for (said, meant) in [("", "late 10m"), ("15", "late 15m"), ("10 phút", "late 10m"), ("1h", "late 1h")] {
        assert_eq!(written("if_missed", &late(said)), text(meant), "{said}");
    }
    assert_eq!(written("gap", &|draft| drop(draft.plain.insert("gap", "5".to_owned()))), text("5s"));
    let dates = |said: &'static str| {
        move |draft: &mut Typed| {
            (draft.on, draft.days, draft.dates) = (On::Dates, 0, vec![said.to_owned()]);
        }
    };
    for said in ["10/12 - 20/12", "10/12/2026-20/12/2026", "từ 10/12 đến 20/12", "10/12..20/12"] {
        assert_eq!(
            written("dates", &dates(said)),
            Some(Value::List(text("2026-12-10..2026-12-20").into_iter().collect())),
            "{said}"
        );
    }
    let refused =
        |change: &dyn Fn(&mut Typed)| whole(change).unwrap_err().into_iter().map(|one| one.said.vi).collect::<String>();
    for said in [
        refused(&late("mười lăm con gà")),
        refused(&|draft| draft.wait = "lâu".to_owned()),
        refused(&|draft| drop(draft.plain.insert("gap", "ngắn".to_owned()))),
        refused(&dates("20/12 - 10/12")),
        refused(&dates("32/13/2026")),
        refused(&|draft| draft.except = vec!["45/12".to_owned()]),
        refused(&|draft| draft.at = vec!["05:30 - 06:00".to_owned()]),
    ] {
        assert!(!said.is_empty() && !said.contains("if_missed") && !said.contains("năm-tháng"), "{said}");
    }
}
