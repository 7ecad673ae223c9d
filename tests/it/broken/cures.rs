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
    ("swapped_keys", "the two stand in two lines"),
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
    ("at = [\"05:00-06:30\"]", "at = [\"05:00\"]"),
    ("at = 05:00-06:30", "at = \"05:00\""),
    ("at = { T7 = \"16:30\", khác = \"17:00\" }", "at = { T7 = \"16:30\", khac = \"17:00\" }"),
    (
        "at = { T7 = \"16:30\", chủ nhật = [\"5:00\", \"6:00\"] }",
        "at = { T7 = \"16:30\", \"chủ nhật\" = [\"5:00\", \"6:00\"] }",
    ),
    ("zones = \"Thôn 1, Thôn 2\"", "zones = [\"thon-1\", \"thon-2\"]"),
    ("except = \"2/12\"", "except = \"2026-12-02\""),
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
    ("repeat = \"3 lần\"", "repeat = 3"),
    ("repeat = 3 lần", "repeat = 3"),
    ("repeat = 2x", "repeat = 2"),
    ("repeat = hai", "repeat = 2"),
    ("repeat = 30 lần", "repeat = 10"),
    ("order = \"thứ 2\"", "order = 2"),
    ("until = 2026-12", "until = 2026-12-31"),
    ("from = 2026-12", "from = 2026-12-01"),
    ("dates = 2026-12", "dates = \"2026-12-01..2026-12-31\""),
    ("dates = \"tháng 12\"", "dates = \"2026-12-01..2026-12-31\""),
    ("until = \"12/2026\"", "until = 2026-12-31"),
    ("until = 12/31/2026", "until = 2026-12-31"),
    ("until = 31/12/26", "until = 2026-12-31"),
    ("until = \"ngày 31 tháng 12 năm 2026\"", "until = \"2026-12-31\""),
    ("until = 2026-31-12", "until = 2026-12-31"),
    ("until = 2026-12-31T05:30:00", "until = 2026-12-31"),
    ("dates = 24/12/2026 - 31/12/2026", "dates = \"2026-12-24..2026-12-31\""),
    ("dates = \"24-26/12\"", "dates = \"2026-12-24..2026-12-26\""),
    ("dates = [\"24/12/2026 đến 26/12/2026\"]", "dates = [\"2026-12-24..2026-12-26\"]"),
    ("play = [\"C:\\audio\\tin.mp3\"]", "play = [\"tin.mp3\"]"),
    ("play = [\"chime\", \"D:\\Loa\\nga.wav\"]", "play = [\"chime\", \"nga.wav\"]"),
    ("play = \"audio\\tin.mp3\"", "play = \"tin.mp3\""),
    ("play = \"C:\\Users\\nga\\tin.mp3\"", "play = \"tin.mp3\""),
    ("play = 'C:\\audio\\tin.mp3'", "play = \"tin.mp3\""),
    ("chime = \"C:\\Users\\nga\\chuong.mp3\"", "chime = \"chuong.mp3\""),
    ("bed = \"nhạc\\nền.mp3\"", "bed = \"nền.mp3\""),
    ("title = \"Thôn 1\\Thôn 2\"", "title = \"Thôn 1/Thôn 2\""),
    ("zones = [\"thon-1, thon-2\"]", "zones = [\"thon-1\", \"thon-2\"]"),
    ("zones = \"thon-1 và thon-2\"", "zones = [\"thon-1\", \"thon-2\"]"),
    ("zones = \"Thôn 1-2\"", "zones = [\"thon-1\", \"thon-2\"]"),
    ("zones = [1, 2]", "zones = [\"thon-1\", \"thon-2\"]"),
    ("zones = 2", "zones = [\"thon-2\"]"),
    ("zones = \"Thôn Hai\"", "zones = \"thon-2\""),
    ("zones = \"tất cả trừ thôn 1\"", "zones = \"thon-2\""),
    ("zones = \"cả xã\"", "zones = \"cả xã\""),
    ("wait = \"1h30\"", "wait = \"1h30m\""),
    ("wait = 1h30", "wait = \"1h30m\""),
    ("wait = \"1 giờ 30 phút\"", "wait = \"1h30m\""),
    ("wait = \"nửa tiếng\"", "wait = \"30m\""),
    ("if_missed = \"late 30\"", "if_missed = \"late 30m\""),
    ("if_missed = \"trễ 10 phút\"", "if_missed = \"late 10m\""),
    ("if_missed = bỏ qua", "if_missed = \"skip\""),
    ("if_missed = true", "if_missed = \"late 10m\""),
    ("days = \"thứ 2 và thứ 5\"", "days = \"thứ 2, thứ 5\""),
    ("days = 2 4 6", "days = \"T2, T4, T6\""),
    ("days = \"cuối tuần\"", "days = \"T7, CN\""),
    ("days = \"weekdays\"", "days = \"T2-T6\""),
    ("days = \"t3 t5\"", "days = \"T3, T5\""),
    ("days = \"mon-fry\"", "days = \"mon-fri\""),
    ("days = cuối tuần", "days = \"T7, CN\""),
    ("days = \"2026-12-24\"", "dates = [2026-12-24]"),
    ("days = \"trừ chủ nhật\"", "days = \"T2-T7\""),
    ("days = hàng ngày trừ T4", "days = \"T2, T3, T5-CN\""),
    ("days = \"T2-T6 trừ thứ tư\"", "days = \"T2, T3, T5, T6\""),
    ("until = 2026", "until = 2026-12-31"),
    ("until = \"hết năm 2026\"", "until = 2026-12-31"),
    ("until = hết tháng 12", "until = 2026-12-31"),
    ("until = \"cuối tháng 12\"", "until = 2026-12-31"),
    ("until = \"hết năm nay\"", "until = 2026-12-31"),
    ("from = 2027", "from = 2027-01-01"),
    ("from = \"đầu tháng 1/2027\"", "from = 2027-01-01"),
    ("dates = 2027", "dates = \"2027-01-01..2027-12-31\""),
    ("dates = \"năm 2027\"", "dates = \"2027-01-01..2027-12-31\""),
    ("wait = \"không\"", "wait = \"0s\""),
    ("wait = không chờ", "wait = \"0s\""),
    ("wait = false", "wait = \"0s\""),
    ("gap = \"1:30\"", "gap = \"1m30s\""),
    ("gap = \"không\"", "gap = \"0s\""),
    ("wait = \"1 tiếng rưỡi\"", "wait = \"1h30m\""),
    ("days = \"rằm\"", "lunar = \"rằm\""),
    ("dates = \"T2-T6\"", "days = \"T2-T6\""),
    ("lunar = \"T2\"", "days = \"T2\""),
    ("lunar = 2026-12-15", "dates = [2026-12-15]"),
    ("lunar = \"mùng 1, rằm\"", "lunar = [\"mùng 1\", \"rằm\"]"),
    ("lunar = mùng 1 và rằm", "lunar = [\"mùng 1\", \"rằm\"]"),
    ("lunar = \"15/8/2026\"", "lunar = \"15/8\""),
    ("lunar = \"tháng Giêng\"", "lunar = \"1/1..last/1\""),
    ("at = \"5h30, 17h\"", "at = [\"05:30\", \"17:00\"]"),
    ("at = 5h30 và 17h", "at = [\"05:30\", \"17:00\"]"),
    ("at = 05:30 17:00", "at = [\"05:30\", \"17:00\"]"),
    ("at = T7 5h30", "at = { T7 = \"05:30\" }"),
    ("at = \"T2-T6 5h30\"", "at = { T2-T6 = \"05:30\" }"),
    ("at = 0530", "at = \"05:30\""),
    ("at = 05-30", "at = \"05:30\""),
    ("at = 17,30", "at = \"17:30\""),
    ("at = \"sáng 5h30\"", "at = \"05:30\""),
    ("at = \"nửa đêm\"", "at = \"00:00\""),
    ("at = { \"cuối tuần\" = \"05:30\", khac = \"06:00\" }", "at = { \"T7, CN\" = \"05:30\", khac = \"06:00\" }"),
    ("at = \"05:30\",", "at = \"05:30\""),
    ("play = [\"a\"],", "play = [\"a\"]"),
    ("play = [\"chime\", \"a\" …]", "play = [\"chime\", \"a\"]"),
    ("- at = \"05:30\"", "at = \"05:30\""),
    ("• play: a", "play = \"a\""),
    ("kind = \"ca nhạc\"", "kind = \"music\""),
    ("id = 12", "id = \"12\""),
    ("Lịch của tuần này", "# Lịch của tuần này"),
    ("＃ Lịch tuần này", "# Lịch tuần này"),
];

#[test]
fn hours_under_a_word_for_time_are_the_lawful_ones() {
    for typed in ["giờ = [\"05:00-06:30\"]", "gio = [\"05:00-06:30\"]", "Giờ phát = [\"05:00-06:30\"]"] {
        let (cured, found) = all_together(&source("schedules/a.toml", &format!("[rules]\n{typed}\n")));
        assert!(!found.iter().any(Diagnostic::is_error), "{typed}: {found:?}");
        assert_eq!(cured.text, "[rules]\nhours = [\"05:00-06:30\"]\n", "{typed}");
    }
}

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

/// Sections beside a broadcast: a line, and what it becomes there.
#[test]
fn the_words_of_each_section_lead_to_its_own_keys() {
    for (header, typed, meant, rest) in [
        ("[[holiday]]", "tên = \"Quốc khánh\"", "name = \"Quốc khánh\"", "date = 2026-09-02"),
        ("[[holiday]]", "ngày = \"2/9/2026\"", "date = 2026-09-02", "name = \"x\""),
        ("[[holiday]]", "ngay = 2026-09-02", "date = 2026-09-02", "name = \"x\""),
        ("[[cancel]]", "ngày = \"10/12\"", "date = 2026-12-10", "why = \"x\""),
        ("[[cancel]]", "lý do = mất điện", "why = \"mất điện\"", "date = 2026-12-10"),
        ("[[cancel]]", "date = \"10/12/2026 - 12/12/2026\"", "date = \"2026-12-10..2026-12-12\"", "why = \"x\""),
        ("[mourning]", "from = \"12h ngày 5/12/2026\"", "from = \"2026-12-05 12:00\"", "until = 2026-12-06"),
        ("[mourning]", "until = \"6/12/2026 12:00\"", "until = \"2026-12-06 12:00\"", "from = 2026-12-05"),
        ("[rules]", "hours = \"5h - 6h30\"", "hours = \"05:00-06:30\"", ""),
        ("[rules]", "hours = 5h-6h30, 17h-18h30", "hours = [\"05:00-06:30\", \"17:00-18:30\"]", ""),
        ("[rules]", "hours = \"5:00-6:30 và 17:00-18:30\"", "hours = [\"05:00-06:30\", \"17:00-18:30\"]", ""),
        ("[rules]", "hours = [\"05:00 đến 06:30\", \"17h-18h30\"]", "hours = [\"05:00-06:30\", \"17:00-18:30\"]", ""),
        ("[rules]", "max_session = \"1h30\"", "max_session = \"1h30m\"", ""),
        ("[rules]", "max_sessions_per_day = \"3 buổi\"", "max_sessions_per_day = 3", ""),
        ("[rules]", "days = \"trong tuần\"", "days = \"T2-T6\"", ""),
        ("[rules]", "volume = [{ hours = \"5h-6h\", db = -6 }]", "volume = [{ hours = \"05:00-06:00\", db = -6 }]", ""),
        ("[campaigns.a]", "tên = \"A\"", "title = \"A\"", ""),
        ("[campaigns.a]", "until = 2026-12", "until = 2026-12-31", ""),
    ] {
        let file = source("schedules/a.toml", &format!("{header}\n{typed}\n{rest}\n"));
        let mut problems = Vec::new();
        each_alone(&file, &mut problems);
        let (cured, found) = all_together(&file);
        let errors: Vec<&Diagnostic> = found.iter().filter(|one| one.is_error()).collect();
        assert_eq!((cured.text.lines().nth(1), problems, errors), (Some(meant), vec![], vec![]), "{header} {typed}");
    }
}

#[test]
fn a_header_with_an_accent_or_of_another_kind_of_file_is_mended() {
    for (typed, meant) in [
        ("[days.chợ phiên]\nlunar = \"2\"", "[days.\"chợ phiên\"]"),
        ("[campaigns.Cải cách]", "[campaigns.\"Cải cách\"]"),
        ("[[phát thanh]]\nid = \"a\"\nat = \"05:30\"\nplay = \"a\"", "[[broadcast]]"),
        ("broadcast:\n  - id: a\n    at: \"05:30\"\n    play: a", "[[broadcast]]"),
    ] {
        let (cured, found) = all_together(&source("schedules/a.toml", &format!("{typed}\n")));
        assert!(!found.iter().any(Diagnostic::is_error), "{typed}: {found:?}");
        assert_eq!(cured.text.lines().next(), Some(meant), "{typed}");
    }
}
