//! What a cure proposes, done to the letter, passes the check.

use std::fs;
use std::ops::Range;

use loa::diag::{Diagnostic, Severity, SourceFile};
use loa::{schedule, station};

use super::{TODAY, here, source, the_station};

/// Problems whose cure takes a person's knowledge or another place than the line, and why.
const BY_HAND: &[(&str, &str)] = &[
    ("bad_amplifier", "how the relay is wired, nobody can tell"),
    ("bad_cron", "which day or hour was meant, nobody can tell"),
    ("bad_date", "where the month has no such day, any other can be meant"),
    ("bad_days", "«thứ tám» can be any day"),
    ("bad_escape", "the two ways are shown"),
    ("bad_hours", "which hours are meant, nobody can tell"),
    ("bad_id", "a name has to be thought of"),
    ("bad_key", "which key is meant, nobody can tell"),
    ("bad_language", "which tongue is meant, nobody can tell"),
    ("bad_length", "how long is meant, nobody can tell; the bounds are shown"),
    ("bad_lunar", "a month 13 can be any"),
    ("bad_output", "which card is meant, nobody can tell"),
    ("bad_pause", "as bad_length"),
    ("bad_time", "there is no hour 25, and midnight belongs to the next day"),
    ("conflicting_keys", "which of the two is meant, nobody can tell"),
    ("cron_never", "as bad_cron"),
    ("cron_too_often", "as bad_cron"),
    ("duplicate_id", "which of the two keeps it, nobody can tell"),
    ("duplicate_key", "which of the two is meant, nobody can tell"),
    ("empty_group", "which zones belong to it, nobody can tell"),
    ("empty_list", "what belongs in it, nobody can tell"),
    ("missing_key", "what is meant, nobody can tell"),
    ("single_brackets", "the header stands in another line"),
    ("sound_path", "the file has to be copied first"),
    ("unclosed_header", "which header is meant, nobody can tell"),
    ("unknown_campaign", "the campaign has to be described"),
    ("unknown_key", "where nothing is near, all are shown"),
    ("unknown_value", "where nothing is near, all are shown"),
    ("unknown_zone", "where nothing is near, nobody can tell"),
    ("until_before_from", "which of the two is wrong, nobody can tell"),
    ("wrong_file", "it belongs into another file"),
];

/// Text, and what of it a cure has put there.
struct Followed {
    text: String,
    put: Range<usize>,
}

fn between<'h>(help: &'h str, open: &str, close: &str) -> Option<&'h str> {
    let from = help.find(open)? + open.len();
    Some(&help[from..from + help[from..].find(close)?])
}

/// Do what the help says, as a person does who reads it; `None` where it takes more than the place itself.
fn follow(file: &SourceFile, found: &Diagnostic) -> Option<Followed> {
    let help = found.help.as_ref()?.vi.as_str();
    let span = found.span.clone()?;
    let text = &file.text;
    let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let start = if text[start..].starts_with('\u{feff}') { start + 3 } else { start };
    let end = text[span.start..].find('\n').map_or(text.len(), |at| span.start + at);
    let replaced = |range: Range<usize>, new: &str| {
        let mut text = text.clone();
        text.replace_range(range.clone(), new);
        Some(Followed { text, put: range.start..range.start + new.len() })
    };
    if let Some(rest) = help.strip_prefix("xóa dòng ")
        && let Some((below, line)) = rest.split_once(" rồi viết: ")
    {
        assert_eq!(below.parse(), Ok(found.line + 1), "{help}");
        let below = text[end + 1..].find('\n').map_or(text.len(), |at| end + 1 + at);
        return replaced(start..below, line);
    }
    if let Some(line) = help.split_once("thêm dòng: ").or_else(|| help.split_once("thêm một dòng: ")).map(|two| two.1)
    {
        let line = line.split(',').next().filter(|_| line.contains(" hoặc ")).unwrap_or(line);
        return replaced(end..end, &format!("\n{line}"));
    }
    let written = help.split_once("viết: ").map(|(_, written)| written);
    if let Some(line) =
        written.filter(|line| line.starts_with(['#', '[', '{']) || line.contains(" = ") || line.ends_with("\","))
    {
        let own = text[start..end].split(['=', ':']).next().unwrap_or("").trim();
        return match line.split_once(" = ") {
            // In a table on one line, only the value changes; of a list that stands there, all of it.
            _ if line.starts_with('{') => replaced(span, line),
            Some((key, value)) if text[start..span.start].contains('{') && value.starts_with('[') => {
                let from = start + text[start..span.end].rfind(&format!("{key} = "))? + key.len() + 3;
                let list = text[from..].starts_with('[');
                let to = if list { from + text[from..].find(']')? + 1 } else { span.end };
                replaced(from..to, value)
            }
            Some((key, value)) if key != own && text[start..span.start].contains('{') => replaced(span, value),
            _ => replaced(start..end, line),
        };
    }
    if let Some(line) = written.filter(|line| found.code == "broken_list" && line.starts_with('"')) {
        return replaced(start..end, line);
    }
    if help.contains("có phải là [") {
        let header = between(help, "có phải là ", "?")?;
        return if header.contains("TÊN") { None } else { replaced(start..end, header) };
    }
    if let Some(key) = between(help, "có phải là «", "»") {
        return replaced(span, key);
    }
    if let Some(word) = between(help, "\"", "\"").filter(|_| help.contains("có phải là \"") || help.contains(": \""))
    {
        return replaced(span, &format!("\"{word}\""));
    }
    let date = help.split_once("năm-tháng-ngày: ").and_then(|(_, date)| date.get(..10))?;
    let quotes = if text[span.clone()].starts_with('"') { "\"" } else { "" };
    replaced(span, &format!("{quotes}{date}{quotes}"))
}

fn check(file: &SourceFile) -> Vec<Diagnostic> {
    if file.path == "loa.toml" {
        station::check(file).1
    } else {
        schedule::check(std::slice::from_ref(file), &the_station(), TODAY).1
    }
}

/// Follow each cure once, by itself: what it puts there is never told to be wrong again.
fn each_alone(file: &SourceFile, problems: &mut Vec<String>) {
    for found in check(file) {
        let Some(followed) = follow(file, &found) else { continue };
        let after = check(&source(&file.path, &followed.text));
        let again = after.iter().find(|one| {
            let touches = |span: &Range<usize>| span.start < followed.put.end && span.end > followed.put.start;
            let same = one.code == found.code && one.line == found.line && one.message == found.message;
            let of_header = one.code.starts_with("missing_");
            // That it now meets something else (shown beside it, or the relay of another zone) is no fault of the cure.
            (one.is_error()
                && !of_header
                && one.related.is_empty()
                && one.code != "bad_amplifier"
                && one.span.as_ref().is_some_and(touches))
                || same
        });
        if let Some(again) = again {
            let help = found.help.as_ref().map_or("", |help| help.vi.as_str());
            problems.push(format!(
                "{}:{} {}: {} | {help} | then {}: {} | {:?}",
                file.path,
                found.line,
                found.code,
                found.message.vi,
                again.code,
                again.message.vi,
                again.help.as_ref().map(|help| &help.vi)
            ));
        }
    }
}

/// Follow one cure after the other until there is none left; what is still wrong.
fn all_together(file: &SourceFile) -> (SourceFile, Vec<Diagnostic>) {
    let mut file = file.clone();
    for _ in 0..60 {
        let found = check(&file);
        let errors = found.iter().filter(|one| one.is_error());
        let Some(next) = errors.filter_map(|one| follow(&file, one)).find(|next| next.text != file.text) else {
            return (file, found);
        };
        file.text = next.text;
    }
    let found = check(&file);
    (file, found)
}

#[test]
fn a_cure_that_is_followed_passes_the_check() {
    let mut names: Vec<_> = fs::read_dir(here()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut problems = Vec::new();
    let mut left = Vec::new();
    for path in names {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let file = source(if name.starts_with("loa-") { "loa.toml" } else { "schedules/a.toml" }, &text);
        let before = problems.len();
        each_alone(&file, &mut problems);
        problems[before..].iter_mut().for_each(|problem| problem.insert_str(0, &format!("{name} ")));
        let (_, found) = all_together(&file);
        for one in found.iter().filter(|one| one.severity == Severity::Error) {
            if !BY_HAND.iter().any(|(code, _)| *code == one.code) {
                let help = one.help.as_ref().map_or("", |help| help.vi.as_str());
                left.push(format!("{name}:{} {}: {} | {help}", one.line, one.code, one.message.vi));
            }
        }
    }
    assert!(problems.is_empty(), "a cure that the next check refuses:\n{}", problems.join("\n"));
    assert!(left.is_empty(), "no cure that can be followed:\n{}", left.join("\n"));
}

/// One line of a broadcast, as people write it, and the line that it becomes by following the cures.
const TYPED: &[(&str, &str)] = &[
    ("title = Bản tin", "title = \"Bản tin\""),
    ("title = Bản tin\"", "title = \"Bản tin\""),
    ("title = \"Bản tin", "title = \"Bản tin\""),
    ("title = \"Bản tin  # của xã", "title = \"Bản tin  # của xã\""),
    ("title = “Bản tin”", "title = \"Bản tin\""),
    ("title = ‘Bản tin’", "title = \"Bản tin\""),
    ("title = „Bản tin“", "title = \"Bản tin\""),
    ("title = «Bản tin»", "title = \"Bản tin\""),
    ("title = \"Bản tin”", "title = \"Bản tin\""),
    ("title = “Bản tin\"", "title = \"Bản tin\""),
    ("title = ＂Bản tin＂", "title = \"Bản tin\""),
    ("title\u{a0}= \"Bản tin\"", "title = \"Bản tin\""),
    ("title =\u{a0}\"Bản tin\"", "title = \"Bản tin\""),
    ("title ＝ \"Bản tin\"", "title = \"Bản tin\""),
    ("title : \"Bản tin\"", "title = \"Bản tin\""),
    ("title: Bản tin, số 3", "title = \"Bản tin, số 3\""),
    ("title \"Bản tin\"", "title = \"Bản tin\""),
    ("tiêu đề = \"Bản tin\"", "title = \"Bản tin\""),
    ("Tên = Bản tin", "title = \"Bản tin\""),
    ("title == \"Bản tin\"", "title = \"Bản tin\""),
    ("at = 5h30", "at = \"05:30\""),
    ("at = 17h20", "at = \"17:20\""),
    ("at = 17h", "at = \"17:00\""),
    ("at = 5:30", "at = \"05:30\""),
    ("at = 5:30 sáng", "at = \"05:30\""),
    ("at = \"5 giờ 20 chiều\"", "at = \"17:20\""),
    ("at = \"5 rưỡi chiều\"", "at = \"17:30\""),
    ("at = \"17,20\"", "at = \"17:20\""),
    ("at = \"17.20\"", "at = \"17:20\""),
    ("at = 17.20", "at = \"17:20\""),
    ("at = \"17:20, 18:00\"", "at = \"17:20, 18:00\""),
    ("at = 17:20, 18:00", "at = [\"17:20\", \"18:00\"]"),
    ("at = [17h20, 18h]", "at = [\"17:20\", \"18:00\"]"),
    ("at    [\"17:20\"]", "at = [\"17:20\"]"),
    ("at [\"17:20\"", "at = [\"17:20\"]"),
    ("at = \"17:20\"]", "at = [\"17:20\"]"),
    ("at = [\"17:20\" \"18:00\"]", "at = [\"17:20\", \"18:00\"]"),
    ("at = [\"17:20\"; \"18:00\"]", "at = [\"17:20\", \"18:00\"]"),
    ("at = [\"17:20\"， \"18:00\"]", "at = [\"17:20\", \"18:00\"]"),
    ("at = [\"17:20, \"18:00\"]", "at = [\"17:20\", \"18:00\"]"),
    ("at = ［\"17:20\"］", "at = [\"17:20\"]"),
    ("at = [“17:20”, “18:00”]", "at = [\"17:20\", \"18:00\"]"),
    ("at = \"１７：２０\"", "at = \"17:20\""),
    ("giờ = \"17:20\"", "at = \"17:20\""),
    ("At = \"17:20\"", "at = \"17:20\""),
    ("days = thu", "days = \"thu\""),
    ("days = fri", "days = \"fri\""),
    ("days = T2", "days = \"T2\""),
    ("days = T2, T5", "days = [\"T2\", \"T5\"]"),
    ("days = thứ hai đến thứ sáu", "days = \"thứ hai đến thứ sáu\""),
    ("days = [2,3]", "days = [\"T2\",\"T3\"]"),
    ("days = 2", "days = \"T2\""),
    ("days = \"2-6\"", "days = \"T2-T6\""),
    ("days = \"T2, 4\"", "days = \"T2, T4\""),
    ("ngày = T2", "days = \"T2\""),
    ("zones = thon-1", "zones = \"thon-1\""),
    ("zones = [thon-1, thon-2]", "zones = [\"thon-1\", \"thon-2\"]"),
    ("zones = thon-1, thon-2", "zones = [\"thon-1\", \"thon-2\"]"),
    ("zones = \"thôn-1\"", "zones = \"thon-1\""),
    ("thôn = [\"thon-1\"]", "zones = [\"thon-1\"]"),
    ("dates = 03/12/2026", "dates = 2026-12-03"),
    ("dates = \"03/12/2026\"", "dates = \"2026-12-03\""),
    ("dates = 3-12-2026", "dates = 2026-12-03"),
    ("dates = 2027-1-2", "dates = 2027-01-02"),
    ("dates = [3/12]", "dates = [2026-12-03]"),
    ("dates = \"3/12\"", "dates = \"2026-12-03\""),
    ("dates = \"3/12..5/12\"", "dates = \"2026-12-03..2026-12-05\""),
    ("dates = [1/11]", "dates = [2027-11-01]"),
    ("lunar = \"30/12..mùng 3\"", "lunar = \"last/12..3/1\""),
    ("lunar = \"30 Tết..mùng 3 Tết\"", "lunar = \"30 Tết..mùng 3 Tết\""),
    ("lunar = rằm", "lunar = \"rằm\""),
    ("lunar = [rằm, mùng 1]", "lunar = [\"rằm\", \"mùng 1\"]"),
    ("lunar = [15, 10/3]", "lunar = [15, \"10/3\"]"),
    ("lunar = [\"30/12\", \"mùng 1\", \"mùng 2\"]", "lunar = [\"30/12\", \"mùng 1\", \"mùng 2\"]"),
    ("wait = 1,5", "wait = \"1m30s\""),
    ("wait = 10", "wait = \"10m\""),
    ("wait = 10 phút", "wait = \"10m\""),
    ("wait = \"10 phút\"", "wait = \"10m\""),
    ("wait = 1.5", "wait = \"1m30s\""),
    ("order = 1,5", "order = 1"),
    ("play = a", "play = \"a\""),
    ("play = [\"chime\", \"a\"", "play = [\"chime\", \"a\"]"),
    ("play = \"chime\", \"a\"]", "play = [\"chime\", \"a\"]"),
    ("play = \"chime\", \"a\"", "play = [\"chime\", \"a\"]"),
    ("play = [chime, a, pause 2s]", "play = [\"chime\", \"a\", \"pause 2s\"]"),
    ("play = [\"chime\", \"a]", "play = [\"chime\", \"a\"]"),
    ("clas = \"normal\"", "class = \"normal\""),
    ("class = ưu tiên", "class = \"priority\""),
    ("loại = \"ưu tiên\"", "class = \"priority\""),
    ("Lịch của tuần này", "# Lịch của tuần này"),
    ("＃ Lịch tuần này", "# Lịch tuần này"),
];

#[test]
fn what_people_type_is_mended_by_following_the_cures() {
    const REST: [(&str, &str); 3] = [("at", "\"05:30\""), ("play", "\"a\""), ("id", "\"x\"")];
    let mut wrong = Vec::new();
    for (typed, meant) in TYPED {
        let key = meant.split(" = ").next().unwrap();
        let others = REST.iter().filter(|(other, _)| *other != key);
        let others: Vec<String> = others.map(|(key, value)| format!("{key} = {value}")).collect();
        let others = others.join("\n");
        let file = source("schedules/a.toml", &format!("[[broadcast]]\n{typed}\n{others}"));
        let mut problems = Vec::new();
        each_alone(&file, &mut problems);
        let (cured, found) = all_together(&file);
        let errors: Vec<String> = found
            .iter()
            .filter(|one| one.is_error())
            .map(|one| format!("{}: {} | {:?}", one.code, one.message.vi, one.help.as_ref().map(|help| &help.vi)))
            .collect();
        let line = cured.text.lines().nth(1).unwrap_or("");
        if !errors.is_empty() || !problems.is_empty() || line != *meant {
            wrong.push(format!("{typed:?} became {line:?}, not {meant:?}\n    {errors:?}\n    {problems:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), TYPED.len(), wrong.join("\n"));
}
