use super::{Read, WordFault};
use crate::diag::{Lang, fold, nearest, shown, text};

/// Monday to Sunday: bit 0 is Monday.
pub(in crate::schedule) const EVERY_DAY: u8 = 0x7f;

/// Each day's names, folded; the first is the one that messages show.
const NAMES: [&[&str]; 7] = [
    &["mon", "monday", "t2", "thu2", "thuhai"],
    &["tue", "tues", "tuesday", "t3", "thu3", "thuba"],
    &["wed", "wednesday", "t4", "thu4", "thutu"],
    &["thu", "thur", "thurs", "thursday", "t5", "thu5", "thunam"],
    &["fri", "friday", "t6", "thu6", "thusau"],
    &["sat", "saturday", "t7", "thu7", "thubay"],
    &["sun", "sunday", "cn", "chunhat", "chunhut"],
];

/// Longer words name no days.
const MAX_CHARS: usize = 100;

/// All the week at once, folded.
const ALWAYS: [&str; 7] = ["daily", "everyday", "all", "hangngay", "moingay", "tatca", "catuan"];

/// A day's name as a sentence needs it; `day` counts from 0, Monday.
pub(in crate::schedule) const fn weekday_name(day: usize, lang: Lang) -> &'static str {
    const VI: [&str; 7] = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"];
    const EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    match lang {
        Lang::Vi => VI[day % 7],
        Lang::En => EN[day % 7],
    }
}

/// Weekdays: `mon-fri`, `daily`, `mon, thu`, `T2-T6`, `thứ hai`, `fri-mon`. Bit 0 is Monday.
pub(in crate::schedule) fn days(written: &str) -> Read<u8> {
    let parts: Vec<&str> = written.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let mut set = 0;
    for part in &parts {
        match part_of(part) {
            Some(days) => set |= days,
            None => return Err(unknown(part, written)),
        }
    }
    if set == 0 {
        return Err(WordFault::new(
            "bad_days",
            text!("không có ngày nào được viết", "no day is written"),
            text!("viết \"daily\", \"mon-fri\" hoặc \"T2, T5\"", "write \"daily\", \"mon-fri\" or \"mon, thu\""),
        ));
    }
    Ok(set)
}

fn part_of(part: &str) -> Option<u8> {
    if ALWAYS.contains(&fold(part).as_str()) {
        return Some(EVERY_DAY);
    }
    if let Some(day) = day(part) {
        return Some(1 << day);
    }
    let (first, last) = ends(part)?;
    let (first, last) = (day(first)?, day(last)?);
    // Friday to Monday goes over the end of the week.
    let length = (last + 7 - first) % 7;
    Some((0..=length).fold(0, |set, step| set | 1 << ((first + step) % 7)))
}

/// The ends of a range of days.
fn ends(part: &str) -> Option<(&str, &str)> {
    part.split_once("..").or_else(|| part.split_once(['-', '–', '—'])).or_else(|| part.split_once("đến"))
}

fn day(name: &str) -> Option<usize> {
    // `thứ-2` is one day; a hyphen at an end is half a range.
    let half = name.trim().starts_with(['-', '–']) || name.trim().ends_with(['-', '–']);
    let folded = if half { String::new() } else { fold(name) };
    NAMES.iter().position(|names| names.contains(&folded.as_str()))
}

/// The day that a number stands for, as Vietnamese counts them: 2 is Monday, 7 is Saturday, 8 and 0 are Sunday.
fn meant_day(written: &str) -> Option<&'static str> {
    const DAYS: [&str; 7] = ["T2", "T3", "T4", "T5", "T6", "T7", "CN"];
    match written.trim().parse::<usize>().ok()? {
        0 => Some("CN"),
        day @ 2..=8 => Some(DAYS[day - 2]),
        _ => None,
    }
}

/// Days that go by one word, folded.
const TOGETHER: [(&str, &str); 13] = [
    ("cuoituan", "T7, CN"),
    ("ngaycuoituan", "T7, CN"),
    ("weekend", "T7, CN"),
    ("weekends", "T7, CN"),
    ("weekday", "T2-T6"),
    ("weekdays", "T2-T6"),
    ("workdays", "T2-T6"),
    ("trongtuan", "T2-T6"),
    ("ngaytrongtuan", "T2-T6"),
    ("ngaythuong", "T2-T6"),
    ("ngaylamviec", "T2-T6"),
    ("ngayhanhchinh", "T2-T6"),
    ("dautuan", "T2"),
];

/// Words around the days that say nothing more.
const AROUND: [&str; 12] = [
    " hàng tuần",
    " hằng tuần",
    " mỗi tuần",
    " trong tuần",
    "từ ",
    "mỗi ",
    "vào ",
    "các ngày ",
    "các ",
    "ngày ",
    "every ",
    "from ",
];

/// The days that somebody means who wrote them otherwise: `T3, T5` for `t3 t5`, `T7, CN` for `cuối tuần`.
pub(in crate::schedule) fn meant_days(written: &str) -> Option<String> {
    if written.chars().count() > MAX_CHARS {
        return None;
    }
    let folded = fold(written);
    if let Some((_, days)) = TOGETHER.iter().find(|(word, _)| *word == folded) {
        return Some((*days).to_owned());
    }
    if let Some((all, but)) = excepting(written) {
        return all_but(all, but);
    }
    let mut plain = written.to_lowercase();
    for word in AROUND {
        plain = plain.strip_prefix(word).or_else(|| plain.strip_suffix(word)).unwrap_or(&plain).to_owned();
    }
    for (said, sign) in [
        (" và ", ","),
        (" and ", ","),
        ("&", ","),
        ("+", ","),
        ("/", ","),
        ("->", "-"),
        ("→", "-"),
        ("~", "-"),
        (" tới ", "-"),
        (" to ", "-"),
    ] {
        plain = plain.replace(said, sign);
    }
    let parts = plain.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
    let parts: Option<Vec<String>> = parts.map(mended).collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| capital(&parts.join(", ")))
}

/// What stands before and behind a word that takes days away: `trừ chủ nhật`, `cả tuần, trừ thứ bảy`.
pub(in crate::schedule) fn excepting(written: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    for word in written.split_inclusive(char::is_whitespace) {
        if matches!(fold(word.trim_start_matches('(')).as_str(), "tru" | "ngoaitru" | "except" | "without" | "not") {
            let all = written.get(..at)?.trim().trim_end_matches([',', '(']);
            // `ngoại trừ` is two words.
            let all = all.strip_suffix("ngoại").unwrap_or(all).trim();
            return Some((all, written.get(at + word.len()..)?.trim_end_matches([')', ' '])));
        }
        at += word.len();
    }
    None
}

/// The week, or the days in `all`, without those in `but`, as they are written here.
fn all_but(all: &str, but: &str) -> Option<String> {
    let read = |written: &str| days(&meant_days(written)?).ok();
    let all = if all.is_empty() { EVERY_DAY } else { days(all).ok().or_else(|| read(all))? };
    let left = all & !days(but).ok().or_else(|| read(but))?;
    let names = ["T2", "T3", "T4", "T5", "T6", "T7", "CN"];
    let mut parts: Vec<String> = Vec::new();
    let mut day = 0;
    while day < names.len() {
        let run = (day..names.len()).take_while(|day| left & 1 << day != 0).count();
        match run {
            0 => day += 1,
            1 | 2 => parts.extend(names[day..day + run].iter().map(|name| (*name).to_owned())),
            _ => parts.push(format!("{}-{}", names[day], names[day + run - 1])),
        }
        day += run;
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `t3, cn` as they are written here: `T3, CN`.
fn capital(days: &str) -> String {
    let word = |word: &str| {
        let short =
            word.len() == 2 && (word == "cn" || word.strip_prefix('t').is_some_and(|day| meant_day(day).is_some()));
        if short { word.to_uppercase() } else { word.to_owned() }
    };
    days.split_inclusive([' ', ',', '-'])
        .map(|part| {
            let bare = part.trim_end_matches([' ', ',', '-']);
            word(bare) + part.get(bare.len()..).unwrap_or_default()
        })
        .collect()
}

/// A part as it was probably meant: as it is where it can be read.
fn mended(part: &str) -> Option<String> {
    if part_of(part).is_some() {
        return Some(part.to_owned());
    }
    if let Some((_, days)) = TOGETHER.iter().find(|(word, _)| *word == fold(part)) {
        return Some((*days).to_owned());
    }
    if let Some((first, last)) = ends(part) {
        let both = format!("{}-{}", one_mended(first)?, one_mended(last)?);
        return part_of(&both).map(|_| both);
    }
    one_mended(part).or_else(|| in_a_row(part))
}

/// `t3 t5`, `2 4 6`, `thứ 2 thứ 5`: days with blanks between.
fn in_a_row(part: &str) -> Option<String> {
    let mut words = part.split_whitespace().peekable();
    let mut days = Vec::new();
    while let Some(word) = words.next() {
        let longer = matches!(fold(word).as_str(), "thu" | "chu" | "thứ").then(|| words.next()).flatten();
        let name = longer.map_or_else(|| word.to_owned(), |more| format!("{word} {more}"));
        let day = day(&name).map(|_| name.clone()).or_else(|| meant_day(&name).map(str::to_owned))?;
        days.push(day);
    }
    (days.len() > 1).then(|| days.join(", "))
}

fn one_mended(name: &str) -> Option<String> {
    if day(name).is_some() {
        return Some(name.trim().to_owned());
    }
    let bare = name.trim().trim_start_matches(['t', 'T']);
    if let Some(day) = meant_day(bare).filter(|_| bare.len() <= 1) {
        return Some(day.to_owned());
    }
    // «thứ tám» is as near to Thursday as to nothing.
    let vietnamese = fold(name).starts_with("thu") && name.trim().contains(' ');
    let near = nearest(name, NAMES.iter().flat_map(|names| names.iter().copied().filter(|name| name.len() > 2)));
    near.filter(|_| !vietnamese).and_then(day).map(|day| NAMES[day][0].to_owned())
}

fn unknown(part: &str, written: &str) -> WordFault {
    let number = part.parse::<u8>().is_ok();
    let mended = meant_days(written).filter(|meant| days(meant).is_ok());
    let part = shown(part);
    WordFault::new(
        "bad_days",
        text!("«{part}» không phải là ngày trong tuần", "\"{part}\" is not a day of the week"),
        match mended {
            Some(meant) if !number => {
                text!("có phải là \"{meant}\"?", "did you mean \"{meant}\"?")
            }
            Some(meant) => {
                text!(
                    "viết tên ngày, không viết số: \"{meant}\"",
                    "write the name of the day, not a number: \"{meant}\""
                )
            }
            None if number => text!(
                "viết tên ngày, không viết số: \"T2\" hoặc \"mon\" là thứ Hai, \"CN\" hoặc \"sun\" là Chủ nhật",
                "write the day's name, not a number: \"mon\" (or \"T2\") is Monday, \"sun\" (or \"CN\") is Sunday"
            ),
            None => text!(
                "viết T2 đến T7, CN (hoặc mon, tue, wed, thu, fri, sat, sun), ví dụ \"T2-T6\", \"T2, T5\", \"daily\"",
                "write mon, tue, wed, thu, fri, sat, sun (or T2 to T7, CN), for example \"mon-fri\", \"mon, thu\", \"daily\""
            ),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_are_read_in_both_languages() {
        let table = [
            ("mon-fri", Some(0b001_1111)),
            ("Mon - Fri", Some(0b001_1111)),
            ("T2-T6", Some(0b001_1111)),
            ("thứ hai – thứ sáu", Some(0b001_1111)),
            ("thứ 2 đến thứ 6", Some(0b001_1111)),
            ("daily", Some(EVERY_DAY)),
            ("hằng ngày", Some(EVERY_DAY)),
            ("Hàng ngày", Some(EVERY_DAY)),
            ("mon, thu", Some(0b000_1001)),
            ("mon,thu,", Some(0b000_1001)),
            ("thu", Some(0b000_1000)),
            ("thứ năm", Some(0b000_1000)),
            ("CN", Some(0b100_0000)),
            ("chủ nhật", Some(0b100_0000)),
            ("Chủ Nhật", Some(0b100_0000)),
            ("fri-mon", Some(0b111_0001)),
            ("sun-mon", Some(0b100_0001)),
            ("mon-mon", Some(0b000_0001)),
            ("MONDAY", Some(0b000_0001)),
            ("mon-fri, sun", Some(0b101_1111)),
            ("", None),
            (",", None),
            ("2", None),
            ("2-6", None),
            ("mondy", None),
            ("mon-", None),
            ("thu-2", Some(0b000_0001)),
            ("thu-hai", Some(0b000_0001)),
            ("thu-sun", Some(0b111_1000)),
            ("ngày rằm", None),
        ];
        for (written, expected) in table {
            assert_eq!(days(written).ok(), expected, "{written:?}");
        }
        assert_eq!(days("mondai").unwrap_err().help.en, "did you mean \"mon\"?");
        let cure = |written| days(written).unwrap_err().help.en;
        assert_eq!(cure("2"), "write the name of the day, not a number: \"T2\"");
        assert_eq!(cure("T2, 4"), "write the name of the day, not a number: \"T2, T4\"");
        assert_eq!(cure("2-6"), "did you mean \"T2-T6\"?");
        for (written, meant) in [
            ("cuối tuần", Some("T7, CN")),
            ("trừ chủ nhật", Some("T2-T7")),
            ("hàng ngày trừ T4", Some("T2, T3, T5-CN")),
            ("T2-T6, trừ thứ tư", Some("T2, T3, T5, T6")),
            ("cả tuần (trừ cuối tuần)", Some("T2-T6")),
            ("ngoại trừ CN", Some("T2-T7")),
            ("daily except sun", Some("T2-T7")),
            ("trừ hàng ngày", None),
            ("trừ ngày mưa", None),
            ("Cuô\u{301}i tuâ\u{300}n", Some("T7, CN")),
            ("weekdays", Some("T2-T6")),
            ("t3 t5", Some("T3, T5")),
            ("2 4 6", Some("T2, T4, T6")),
            ("thứ 2, 4, 6", Some("thứ 2, T4, T6")),
            ("thứ 2 thứ 5", Some("thứ 2, thứ 5")),
            ("thứ 2 và thứ 5", Some("thứ 2, thứ 5")),
            ("T2 -> T6", Some("T2 - T6")),
            ("từ thứ 2 đến thứ 6", Some("thứ 2 đến thứ 6")),
            ("thứ hai hàng tuần", Some("thứ hai")),
            ("chủ nhật hàng tuần", Some("chủ nhật")),
            ("T8", Some("CN")),
            ("mon-fry", Some("mon-fri")),
            ("trong tuần và CN", Some("T2-T6, CN")),
            ("hàng tuần", None),
            ("ngày 15", None),
            ("ngày chẵn", None),
            ("thứ tám", None),
            ("chợ phiên", None),
        ] {
            assert_eq!(meant_days(written).as_deref(), meant, "{written:?}");
            assert!(meant.is_none_or(|meant| days(meant).is_ok()), "{meant:?}");
        }
        assert!(cure("1").contains("not a number"), "1 is Monday for one half of the world and Sunday for the other");
    }
}
