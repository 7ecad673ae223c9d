use jiff::civil::Date;

use super::broadcast::meant_choice;
use super::word;
use crate::diag::document::{Meaning, coming_date, meant, turned_date};

/// What people write for the keys of a schedule, folded.
const KEYS: [(&str, &str); 53] = [
    ("ma", "id"),
    ("maso", "id"),
    ("ten", "title"),
    ("tenmuc", "title"),
    ("tieude", "title"),
    ("tua", "title"),
    ("dot", "campaign"),
    ("chiendich", "campaign"),
    ("dottuyentruyen", "campaign"),
    ("chuyende", "campaign"),
    ("thon", "zones"),
    ("cum", "zones"),
    ("cumloa", "zones"),
    ("zone", "zones"),
    ("noiphat", "zones"),
    ("gio", "at"),
    ("giophat", "at"),
    ("luc", "at"),
    ("time", "at"),
    ("thu", "days"),
    ("ngay", "days"),
    ("ngaytrongtuan", "days"),
    ("cacngay", "dates"),
    ("ngayphat", "dates"),
    ("date", "dates"),
    ("amlich", "lunar"),
    ("ngayam", "lunar"),
    ("nhuan", "leap"),
    ("tu", "from"),
    ("tungay", "from"),
    ("batdau", "from"),
    ("den", "until"),
    ("denngay", "until"),
    ("denhet", "until"),
    ("ketthuc", "until"),
    ("tru", "except"),
    ("ngoaitru", "except"),
    ("them", "also"),
    ("phatthem", "also"),
    ("chi", "only"),
    ("phat", "play"),
    ("noidung", "play"),
    ("amthanh", "play"),
    ("tep", "play"),
    ("lap", "repeat"),
    ("laplai", "repeat"),
    ("nhacnen", "bed"),
    ("chuong", "chime"),
    ("loai", "class"),
    ("cho", "wait"),
    ("lo", "if_missed"),
    ("bingat", "if_interrupted"),
    ("gioduocphat", "hours"),
];

/// What people write for the headers of a schedule, folded.
const HEADERS: [(&str, &str); 9] = [
    ("phat", "[[broadcast]]"),
    ("mucphat", "[[broadcast]]"),
    ("broadcast", "[[broadcast]]"),
    ("ngayle", "[[holiday]]"),
    ("ngaynghi", "[[holiday]]"),
    ("holiday", "[[holiday]]"),
    ("quydinh", "[rules]"),
    ("rules", "[rules]"),
    ("quoctang", "[[mourning]]"),
];

/// Keys that take several values.
const LISTS: [&str; 9] = ["zones", "at", "days", "dates", "lunar", "except", "only", "play", "hours"];

/// The words of a schedule, as cures need them.
pub(super) const fn meaning(today: Date) -> Meaning {
    Meaning { key, ranged, header, value, is_list, today }
}

fn key(folded: &str) -> Option<&'static str> {
    KEYS.iter().find(|(said, _)| *said == folded).map(|(_, key)| *key)
}

fn ranged(folded: &str) -> Option<&'static str> {
    matches!(folded, "gio" | "giophat" | "luc" | "time").then_some("hours")
}

fn header(folded: &str) -> Option<&'static str> {
    HEADERS.iter().find(|(said, _)| *said == folded).map(|(_, header)| *header)
}

fn is_list(key: &str) -> bool {
    LISTS.contains(&key)
}

/// How a value is written under its key, where a text in quotes is not enough.
fn value(key: &str, written: &str, today: Date) -> Option<String> {
    let quoted = |word: String| format!("\"{word}\"");
    match key {
        "at" => word::meant_time(written).map(quoted),
        "days" => word::meant_day(written).map(|day| quoted(day.to_owned())),
        "from" | "until" | "date" | "dates" => {
            turned_date(written).or_else(|| coming_date(written, today)).map(|date| date.to_string())
        }
        "except" | "only" => turned_date(written).map(|date| date.to_string()),
        "wait" | "gap" | "max_session" => meant(written, if key == "gap" { "s" } else { "m" }).map(quoted),
        "order" | "repeat" | "max_sessions_per_day" => written
            .split([',', '.'])
            .next()
            .filter(|whole| whole.parse::<i64>().is_ok() && written.contains([',', '.']))
            .map(str::to_owned),
        _ => meant_choice(key, written).map(|word| quoted(word.to_owned())),
    }
}
