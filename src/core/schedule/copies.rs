use std::collections::BTreeSet;

use super::FilePart;
use crate::diag::{Diagnostic, Severity, fold, shown, text};

/// A file that is left out as a whole, since it is a copy of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOut {
    /// The copy, relative to the station.
    pub file: String,
    /// What it is a copy of.
    pub of: String,
}

/// What explorers, editors and programs that keep folders alike put behind the name of a copy; folded.
const BEHIND: [&str; 20] = [
    "copy", "bansao", "saochep", "conflict", "xungdot", "bak", "backup", "banluu", "duphong", "old", "orig", "save",
    "tmp", "temp", "desktop", "laptop", "~", "(", "[", "kopie",
];
/// What they put before it; folded.
const BEFORE: [&str; 11] =
    ["copy", "copie", "kopie", "copia", "bansao", "saochep", "banluu", "duphong", "backup", "bak", "old"];

/// Digits in front of a name that are a date: `20-11-26`.
const DATE_LEAST: usize = 6;

/// Which of the files are copies: the place of each, and of what it is a copy. The plain name goes before its
/// copies, whatever is newer: a person edits the file that bears it.
///
/// A copy has the other's name with more to it, and what the other has in it. A file whose name merely begins
/// alike (`buoi-chieu-thu-7` beside `buoi-chieu`) is none, as long as it is about something else.
pub(super) fn copies(parts: &[&FilePart]) -> Vec<(usize, usize)> {
    let stems: Vec<String> = parts.iter().map(|part| stem(part.path())).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    // Of names that differ in capitals or in how an accent is made, the plain one is in small letters and composed.
    let is_odd = |at: usize| {
        let path = parts[at].path();
        path.chars().any(char::is_uppercase) || !unicode_normalization::is_nfc(path)
    };
    order.sort_by_key(|at| (stems[*at].chars().count(), is_odd(*at), *at));
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut plain: Vec<usize> = Vec::new();
    for at in order {
        let mut of = plain.iter().copied().filter(|other| more(&stems[at], &stems[*other]).is_some());
        match of.find(|other| is_copy(parts[at], parts[*other], more(&stems[at], &stems[*other]).is_some_and(marked))) {
            Some(other) => found.push((at, other)),
            None => plain.push(at),
        }
    }
    found.sort_unstable();
    found
}

/// Whether a file bears the name of another with more to it.
pub(super) fn named_after(path: &str, plain: &str) -> bool {
    more(&stem(path), &stem(plain)).is_some()
}

/// What a name has beside the plain one.
#[derive(Clone, Copy)]
enum More<'a> {
    Behind(&'a str),
    Before,
    /// Other capitals, or an accent made in another way.
    Nothing,
}

fn more<'a>(name: &'a str, plain: &str) -> Option<More<'a>> {
    if plain.is_empty() || name.len() < plain.len() {
        return None;
    }
    if name == plain {
        return Some(More::Nothing);
    }
    if let Some(behind) = name.strip_prefix(plain) {
        return Some(More::Behind(behind));
    }
    let before = name.strip_suffix(plain)?;
    let is_date = before.len() >= DATE_LEAST && before.chars().all(|c| c.is_ascii_digit());
    let known = BEFORE.iter().any(|mark| before.starts_with(mark)) || before == "cu" || before == "~" || is_date;
    known.then_some(More::Before)
}

/// Whether what is beside the plain name says by itself that this is a copy.
fn marked(more: More<'_>) -> bool {
    match more {
        More::Before | More::Nothing => true,
        More::Behind(behind) => {
            BEHIND.iter().any(|mark| behind.contains(mark))
                || behind.trim_end_matches(|c: char| c.is_ascii_digit()) == "cu"
        }
    }
}

/// Of a name that says so, one thing in common is enough; of another, half of what it holds.
fn is_copy(part: &FilePart, other: &FilePart, marked: bool) -> bool {
    let (own, its) = (names(part), names(other));
    let shared = own.intersection(&its).count();
    shared > 0 && (marked || shared * 2 >= own.len())
}

/// All that a file gives a name to.
fn names(part: &FilePart) -> BTreeSet<(char, String)> {
    let ids = part.broadcasts.iter().map(|written| ('b', written.broadcast.id.clone()));
    let campaigns = part.campaigns.iter().map(|(id, _)| ('c', id.clone()));
    let days = part.day_types.iter().map(|(name, _)| ('d', name.clone()));
    let holidays = part.holidays.iter().map(|holiday| ('h', holiday.name.clone()));
    let mourning = part.mourning.iter().map(|(mourning, _)| ('m', mourning.from.to_string()));
    let cancelled = part.cancelled.iter().flat_map(|one| &one.days).map(|day| ('x', day.first.to_string()));
    let rules = part.rules.iter().map(|_| ('r', String::new()));
    ids.chain(campaigns).chain(days).chain(holidays).chain(mourning).chain(cancelled).chain(rules).collect()
}

/// `schedules/Buổi sáng - Copy.toml` to `buoisangcopy`.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let end = name.len() - ".toml".len().min(name.len());
    fold(name.get(..end).unwrap_or(name))
}

/// What is said of a copy, at the copy.
pub(super) fn told(LeftOut { file, of }: &LeftOut) -> Diagnostic {
    let (name, of) = (shown(file), shown(of));
    Diagnostic::of_file(
        file,
        Severity::Error,
        "schedule_copy",
        text!(
            "«{name}» là bản sao của «{of}» nên bị bỏ qua cả tệp; đài phát theo «{of}»",
            "\"{name}\" is a copy of \"{of}\", so the whole of it is left out; the station plays by \"{of}\""
        ),
    )
    .with_help(text!(
        "xóa «{name}», hoặc chuyển nó ra khỏi schedules/; nếu là lịch khác thì đổi tên tệp và đổi id các mục trong đó",
        "delete \"{name}\", or move it out of schedules/; if it is another schedule, rename it and change the ids in it"
    ))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::diag::SourceFile;
    use crate::schedule::{Reading, check_file};
    use crate::station::Station;

    /// Files of these names, each with broadcasts of these ids; what is left out, and of what it is a copy.
    fn left_out<'a>(files: &[(&'a str, &[&str])]) -> Vec<(&'a str, &'a str)> {
        let part = |(name, ids): &(&str, &[&str])| {
            let one = |id: &&str| match *id {
                "[rules]" => "[rules]\nhours = \"05:00-06:00\"\n".to_owned(),
                id => format!("[[broadcast]]\nid = \"{id}\"\nat = \"05:30\"\nplay = \"x\"\n"),
            };
            let text = ids.iter().map(one).rev().collect();
            let source = SourceFile { path: format!("schedules/{name}.toml"), text };
            check_file(&source, &Station::default(), Reading { today: date(2026, 12, 1) }).0
        };
        let parts: Vec<FilePart> = files.iter().map(part).collect();
        let parts: Vec<&FilePart> = parts.iter().collect();
        copies(&parts).into_iter().map(|(copy, of)| (files[copy].0, files[of].0)).collect()
    }

    #[test]
    fn other_capitals_another_accent_or_a_date_in_front_make_a_copy_of_the_plain_file() {
        let plain = "buoi-sang";
        for copy in ["BUOI-SANG", "Buoi-Sang", "2026-11-20 buoi-sang", "20-11-26_buoi-sang"] {
            assert_eq!(left_out(&[(copy, &["a"]), (plain, &["a"])]), [(copy, plain)], "{copy}");
            assert_eq!(left_out(&[(copy, &["a"])]), [], "{copy} alone is the file");
        }
        let (composed, apart) = ("bu\u{1ed5}i", "buo\u{302}\u{309}i");
        assert_eq!(left_out(&[(apart, &["a"]), (composed, &["a"])]), [(apart, composed)]);
        // A number is no date.
        assert_eq!(left_out(&[("2 buoi-sang", &["a"]), (plain, &["a"])]), []);
    }

    #[test]
    fn a_name_with_more_to_it_and_the_same_in_it_is_a_copy_whatever_made_it() {
        for name in [
            "buoi-sang - Copy",
            "buoi-sang - Copy (2)",
            "buoi-sang (1)",
            "buoi-sang(17)",
            "buoi-sang.bak",
            "buoi-sang cu",
            "buoi-sang cũ",
            "buoi-sang_cu2",
            "buoi-sang_old",
            "buoi-sang - Sao chép",
            "Bản sao buoi-sang",
            "Bản sao của buoi-sang",
            "Copy of buoi-sang",
            "Copy (2) of buoi-sang",
            "buoi-sang.sync-conflict-20261201-101010-ABCDEFG",
            "buoi-sang (Máy xã's conflicted copy 2026-12-01)",
            "buoi-sang-DESKTOP-ABC",
            "buoi-sang-MAY-XA",
            "buoi-sang.orig",
            "buoi-sang~",
            "buoi-sang 2",
            "buoi-sang v2",
            "buoi-sang moi",
            "buoi-sang 28-11-2026",
            "BUOI-SANG - Copy",
            "cu buoi-sang",
        ] {
            let both = [(name, &["a", "b"][..]), ("buoi-sang", &["a", "c"])];
            assert_eq!(left_out(&both), [(name, "buoi-sang")], "{name}");
            let turned = [("buoi-sang", &["a"][..]), (name, &["a"])];
            assert_eq!(left_out(&turned), [(name, "buoi-sang")], "{name}");
        }
    }

    #[test]
    fn a_file_about_something_else_is_no_copy_and_neither_is_one_that_stands_alone() {
        let nothing: [(&str, &str); 0] = [];
        assert_eq!(left_out(&[("buoi-chieu", &["a", "b"]), ("buoi-chieu-thu-7", &["c", "d"])]), nothing);
        assert_eq!(left_out(&[("buoi-chieu", &["a", "b"]), ("buoi-chieu-thu-7", &["a", "c", "d"])]), nothing);
        assert_eq!(left_out(&[("buoi-chieu - Copy", &["a", "b"])]), nothing);
        assert_eq!(left_out(&[("buoi-chieu - Copy", &["x"]), ("buoi-chieu", &["a"])]), nothing);
        assert_eq!(left_out(&[("thang-11", &["a"]), ("thang-12", &["a"])]), nothing, "neither is the other's copy");
        assert_eq!(left_out(&[("lich", &["a"]), ("LICH", &["b"])]), nothing);
        assert_eq!(left_out(&[("sang", &["a"]), ("buoi-sang", &["a"])]), nothing);
        let alone = [("lich (1)", &["a"][..]), ("lich (1) - Copy", &["a"])];
        assert_eq!(left_out(&alone), [("lich (1) - Copy", "lich (1)")]);
    }

    #[test]
    fn a_copy_of_the_rules_is_a_copy_and_one_plain_name_has_many() {
        assert_eq!(left_out(&[("rules", &["[rules]"]), ("rules cu", &["[rules]"])]), [("rules cu", "rules")]);
        let three = [("a - Copy", &["x"][..]), ("a - Copy - Copy", &["x"]), ("a", &["x"])];
        assert_eq!(left_out(&three), [("a - Copy", "a"), ("a - Copy - Copy", "a")]);
    }
}
