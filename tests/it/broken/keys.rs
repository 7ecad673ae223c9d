//! Every key that a schedule may hold, written wrong: which of them keep a broadcast from sounding, and which
//! only fall back to a default. The same table stands in docs/schedules.md.

use std::path::Path;

use loa::schedule::{Class, Kind, Recurrence};

use super::{codes, ids, read};

/// Each key of `[[broadcast]]`, a wrong value, and whether the broadcast still plays.
const KEYS: [(&str, &str, bool); 28] = [
    ("id", "\"a/b\"", true),
    ("title", "\"a\\tb\"", true),
    ("campaign", "\"khong-co\"", true),
    ("kind", "\"nhạcc\"", true),
    ("chime", "\"pause 2s\"", true),
    ("bed", "\"../x\"", true),
    ("repeat", "99", true),
    ("gap", "\"lâu\"", true),
    ("order", "\"một\"", true),
    ("wait", "10", true),
    ("if_missed", "\"sometimes\"", true),
    ("if_interrupted", "\"x\"", true),
    ("why", "[]", true),
    ("by", "\"\"", true),
    ("zones", "[\"thon-9\"]", false),
    ("at", "\"5h30\"", false),
    ("days", "\"thứ tám\"", false),
    ("dates", "\"31/12\"", false),
    ("lunar", "\"40\"", false),
    ("leap", "\"x\"", false),
    ("cron", "\"* * *\"", false),
    ("from", "\"mai\"", false),
    ("until", "\"mai\"", false),
    ("except", "[\"10/3\"]", false),
    ("also", "\"mai\"", false),
    ("only", "[]", false),
    ("play", "[]", false),
    ("class", "\"rất gấp\"", false),
];

fn broadcast(key: &str, value: &str) -> String {
    let mut lines = vec![("id", "\"a\""), ("at", "\"05:30\""), ("play", "[\"chime\", \"x\"]")];
    lines.retain(|(own, _)| *own != key && !(key == "cron" && *own == "at"));
    lines.push((key, value));
    lines.iter().fold("[[broadcast]]\n".to_owned(), |text, (key, value)| format!("{text}{key} = {value}\n"))
}

#[test]
fn a_side_key_never_silences_and_an_essential_one_never_sounds_by_halves() {
    for (key, value, plays) in KEYS {
        let (schedule, found) = read(&broadcast(key, value));
        assert!(!found.is_empty(), "{key} = {value} is told");
        assert_eq!(schedule.broadcasts.len(), usize::from(plays), "{key} = {value}: {found:#?}");
        let other = super::one("b");
        let (schedule, _) = read(&(broadcast(key, value) + &other));
        assert!(ids(&schedule).contains(&"b"), "{key} = {value} touches nobody else");
    }
    let (schedule, _) = read(&broadcast("kind", "\"nhạcc\""));
    assert_eq!(schedule.broadcasts[0].kind, Kind::Music, "what may be music is silent in a mourning");
}

#[test]
fn the_table_of_keys_in_the_docs_is_this_one() {
    let mut tried = KEYS.map(|(key, ..)| key);
    let mut known = loa::schedule::BROADCAST_KEYS.to_vec();
    tried.sort_unstable();
    known.sort_unstable();
    assert_eq!(tried.as_slice(), known, "each key of [[broadcast]] has a row here");
    let docs = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schedules.md")).unwrap();
    for (key, _, plays) in KEYS {
        let row =
            docs.lines().find(|line| line.starts_with(&format!("| `{key}` |"))).unwrap_or_else(|| panic!("{key}"));
        assert_eq!(row.contains("does not play"), !plays, "{row}");
    }
}

#[test]
fn a_key_that_is_not_known_keeps_it_silent_only_where_it_may_have_said_when_or_where() {
    for (line, plays) in [
        ("tilte = \"x\"", true),
        ("ghi_chu = \"x\"", true),
        ("note = \"x\"", true),
        ("ordr = 1", true),
        ("dayz = \"T2\"", false),
        ("utnil = 2026-12-01", false),
        ("ngay = \"T2\"", false),
        ("zone = \"thon-1\"", false),
    ] {
        let (schedule, found) = read(&(super::one("a") + line + "\n"));
        assert_eq!((codes(&found), schedule.broadcasts.len()), (vec!["unknown_key"], usize::from(plays)), "{line}");
    }
}

#[test]
fn what_keeps_silent_holds_as_far_as_it_can_be_read() {
    let (schedule, _) = read(
        "[[holiday]]\nname = \"a\\tb\"\ndate = [2026-12-01, \"x\"]\nghi_chu = 1\n\
         [[holiday]]\ndate = 2026-12-02\nlunar = \"10/3\"\nfrom_year = \"x\"\n\
         [[mourning]]\nname = \"\"\nfrom = 2026-12-05\n\
         [[mourning]]\nfrom = 2026-12-09\nuntil = 2026-12-08\n\
         [[cancel]]\nfrom = 2026-12-10\nuntil = 2026-12-08\n\
         [[cancel]]\ndate = [2026-12-20, \"x\"]\nzones = [\"thon-9\"]\nwhy = \"mất điện\"\n",
    );
    let names: Vec<_> = schedule.holidays.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["a b", "ngày nghỉ"]);
    let mourning: Vec<_> = schedule.mourning.iter().map(|one| (one.from.to_string(), one.until.to_string())).collect();
    assert_eq!(mourning[0], ("2026-12-05T00:00:00".to_owned(), "2026-12-06T00:00:00".to_owned()));
    assert_eq!(mourning[1], ("2026-12-08T00:00:00".to_owned(), "2026-12-10T00:00:00".to_owned()));
    let cancelled = &schedule.rules.station.cancelled;
    let days: Vec<_> =
        cancelled.iter().map(|one| (one.first.to_string(), one.last.to_string(), one.why.as_str())).collect();
    let day = |first: &str, last: &str, why| (first.to_owned(), last.to_owned(), why);
    assert_eq!(days, [day("2026-12-08", "2026-12-10", ""), day("2026-12-20", "2026-12-20", "mất điện")]);
}

#[test]
fn an_emergency_in_a_schedule_needs_a_name_a_reason_and_dates_and_each_cure_passes() {
    let text = super::one("a") + "class = \"emergency\"\n";
    let (schedule, found) = read(&text);
    assert_eq!(schedule.broadcasts.len(), 0);
    assert_eq!(codes(&found), ["emergency_incomplete"; 4]);
    let cures: Vec<String> = found.iter().map(|one| one.help.as_ref().unwrap().en.clone()).collect();
    let lines = cures.iter().map(|cure| cure.trim_start_matches("add a line: ").to_owned());
    let cured = text + &lines.collect::<Vec<_>>().join("\n");
    let (schedule, found) = read(&cured);
    assert_eq!(codes(&found), ["scheduled_emergency"], "{cured}");
    assert_eq!(schedule.broadcasts[0].class, Class::Emergency);
    assert!(schedule.broadcasts[0].warrant.is_some());
    let (schedule, _) = read(&cured.replace("until = 2026-12-08", "until = 2036-12-08"));
    assert_eq!(schedule.broadcasts.len(), 0, "ten years are no emergency");
}

#[test]
fn at_may_differ_by_weekday_in_both_languages() {
    for at in [
        "{ T7 = \"16:30\", khac = [\"17:00\", \"17:30\"] }",
        "{ sat = \"16:30\", other = [\"17:00\", \"17:30\"] }",
        "{ \"thứ bảy\" = 16:30, else = [\"17:30\", \"17:00\"] }",
        "{ \"T2-T6, CN\" = [\"17:00\", \"17:30\"], saturday = \"16:30\" }",
    ] {
        let (schedule, found) = read(&format!("[[broadcast]]\nid = \"a\"\nat = {at}\nplay = \"x\"\n"));
        assert_eq!(found, [], "{at}");
        let Recurrence::Week { times, .. } = &schedule.broadcasts[0].recurrence else { panic!("{at}") };
        let of = |day: usize| times[day].iter().map(|time| time.strftime("%H:%M").to_string()).collect::<Vec<_>>();
        assert_eq!(
            (of(0), of(5), of(6)),
            (vec!["17:00".to_owned(), "17:30".to_owned()], vec!["16:30".to_owned()], of(0))
        );
    }
    for at in ["{}", "{ x = \"05:30\" }", "{ T7 = \"5h\" }", "{ T7 = \"05:30\", sat = \"05:40\" }", "{ T7 = [] }"] {
        let (schedule, found) = read(&format!("[[broadcast]]\nid = \"a\"\nat = {at}\nplay = \"x\"\n"));
        assert!(schedule.broadcasts.is_empty() && !found.is_empty(), "{at}");
    }
}

#[test]
fn times_within_one_minute_and_a_crowd_are_asked_about_with_a_cure_that_passes() {
    let text = |at: &str| format!("[[broadcast]]\nid = \"a\"\nat = {at}\nplay = \"x\"\n");
    let (schedule, found) = read(&text("[\"05:30\", \"05:30:20\", \"05:30:59\", \"05:31:10\", \"17:00\"]"));
    assert_eq!((codes(&found), schedule.broadcasts.len()), (vec!["at_within_minute"], 1));
    let help = &found[0].help.as_ref().unwrap().en;
    let cured = help.split("at = ").nth(1).unwrap().split(']').next().unwrap().to_owned() + "]";
    assert_eq!(cured, "[\"05:30\", \"05:31:10\", \"17:00\"]");
    assert_eq!(read(&text(&cured)).1, []);
    let minutes =
        |count: u32| format!("[{}]", (0..count).map(|at| format!("\"05:{at:02}\"")).collect::<Vec<_>>().join(", "));
    assert_eq!(codes(&read(&text(&minutes(12))).1), [] as [&str; 0]);
    let (schedule, found) = read(&text(&minutes(13)));
    assert_eq!((codes(&found), schedule.broadcasts.len()), (vec!["at_too_often"], 1));
}
