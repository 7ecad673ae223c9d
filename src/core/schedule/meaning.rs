use jiff::civil::Date;

use super::broadcast::meant_choice;
use super::field::{means_none, meant_date};
use super::missed::meant_missed;
use super::repeat::MOST as MOST_REPEATS;
use super::word::{self, WordFault};
use crate::diag::document::{
    Meaning, RefusedValue, any_range, coming_date, counted, meant, turned_date, whole_month, whole_year,
};
use crate::diag::{shown, text};

/// What people write for the keys of a broadcast, folded.
const KEYS: [(&str, &str); 59] = [
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
    ("solan", "repeat"),
    ("khoangnghi", "gap"),
    ("thutu", "order"),
    ("lydo", "why"),
    ("visao", "why"),
    ("nguoiralenh", "by"),
];

/// What they write for the keys of the other sections, where it is another key than in a broadcast.
const OWN: [(&str, &[(&str, &str)]); 6] = [
    (
        "holiday",
        &[
            ("ten", "name"),
            ("title", "name"),
            ("tieude", "name"),
            ("ngay", "date"),
            ("dates", "date"),
            ("ngayle", "date"),
            ("tunam", "from_year"),
        ],
    ),
    (
        "cancel",
        &[
            ("ngay", "date"),
            ("ngaynghi", "date"),
            ("days", "date"),
            ("lydo", "why"),
            ("visao", "why"),
            ("vi", "why"),
            ("title", "why"),
        ],
    ),
    ("mourning", &[("ten", "name"), ("title", "name"), ("tieude", "name")]),
    (
        "rules",
        &[
            ("gio", "hours"),
            ("giophat", "hours"),
            ("gioduocphat", "hours"),
            ("ngay", "days"),
            ("amluong", "volume"),
            ("sobuoi", "max_sessions_per_day"),
            ("buoidainhat", "max_session"),
        ],
    ),
    ("campaigns", &[("chitieu", "target"), ("muctieu", "target")]),
    ("days", &[("ngay", "dates")]),
];

/// The sections of a schedule.
const SECTIONS: [&str; 7] = ["broadcast", "holiday", "cancel", "mourning", "rules", "campaigns", "days"];

/// What people write for the headers of a schedule, folded.
const HEADERS: [(&str, &str); 19] = [
    ("phat", "[[broadcast]]"),
    ("mucphat", "[[broadcast]]"),
    ("phatthanh", "[[broadcast]]"),
    ("buoiphat", "[[broadcast]]"),
    ("chuongtrinh", "[[broadcast]]"),
    ("bantin", "[[broadcast]]"),
    ("broadcasts", "[[broadcast]]"),
    ("huy", "[[cancel]]"),
    ("nghi", "[[cancel]]"),
    ("cancel", "[[cancel]]"),
    ("luat", "[rules]"),
    ("mourning", "[[mourning]]"),
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
    Meaning { key, ranged, sections: &SECTIONS, header, value, refused, is_list, today }
}

fn key(section: &str, folded: &str) -> Option<&'static str> {
    let find = |keys: &[(&str, &'static str)]| keys.iter().find(|(said, _)| *said == folded).map(|(_, key)| *key);
    let own = OWN.iter().find(|(name, _)| *name == section).and_then(|(_, keys)| find(keys));
    own.or_else(|| find(&KEYS))
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
        "at" => meant_at(written),
        "days" => word::meant_days(written).filter(|_| word::days(written).is_err()).map(quoted),
        "hours" => word::meant_ranges(written).map(|many| listed(&many)),
        "from" | "until" => {
            let whole = whole_month(written, today).or_else(|| whole_year(written, today));
            let end = whole.map(|(first, last)| if key == "from" { first } else { last });
            end.or_else(|| one_date(written, today)).map(|date| date.to_string())
        }
        "date" | "dates" => {
            let one = one_date(written, today).map(|date| date.to_string());
            one.or_else(|| any_range(written, today).map(|(first, last)| format!("\"{first}..{last}\"")))
        }
        "except" | "only" => turned_date(written).map(|date| date.to_string()),
        "lunar" => word::meant_lunar(written).map(|many| listed(&many)),
        "wait" | "gap" if means_none(written) => Some(quoted("0s".to_owned())),
        "wait" | "gap" | "max_session" => meant(written, if key == "gap" { "s" } else { "m" }).map(quoted),
        "repeat" => counted(written).map(|number| number.clamp(1, MOST_REPEATS).to_string()),
        "order" | "max_sessions_per_day" | "from_year" => counted(written).map(|number| number.to_string()),
        "if_missed" => meant_missed(written).map(quoted),
        // A path of another machine: the sound goes by its name alone.
        "play" | "chime" | "bed" | "file" if written.contains('\\') => {
            let file = written.rsplit(['\\', '/']).next().unwrap_or_default().trim();
            (!file.is_empty()).then(|| quoted(file.to_owned()))
        }
        _ => meant_choice(key, written).map(|word| quoted(word.to_owned())),
    }
}

fn one_date(written: &str, today: Date) -> Option<Date> {
    turned_date(written).or_else(|| coming_date(written, today))
}

/// Why a value could not stand under its key in quotes either; nothing of what may be a name.
fn refused(key: &str, written: &str, today: Date) -> Option<RefusedValue> {
    let fault = match key {
        // Several, or days before the time: how they are written is known.
        "at" if meant_at(written).is_some_and(|meant| meant.starts_with(['[', '{'])) => {
            let (meant, said) = (meant_at(written)?, shown(written));
            WordFault::new(
                "bad_time",
                text!("«{said}» không phải là một giờ", "\"{said}\" is not one time of day"),
                text!("viết: at = {meant}", "write: at = {meant}"),
            )
        }
        // A time in other words is told to lack its quotes, with the cure that has both.
        "at" if word::meant_times(written).is_some() => return None,
        "at" => word::time_of_day(written).err()?,
        "from" | "until" => meant_date(key, written, today, word::date(written).err()?),
        "date" | "dates" => meant_date(key, written, today, word::date_range(written).err()?),
        "order" | "repeat" | "max_sessions_per_day" | "from_year" => {
            let (said, number) = (shown(written), counted(written).unwrap_or(2));
            WordFault::new(
                "wrong_type",
                text!("«{key}» là một con số, không phải «{said}»", "`{key}` is a number and not \"{said}\""),
                text!("viết: {key} = {number}", "write: {key} = {number}"),
            )
        }
        _ => return None,
    };
    Some(RefusedValue { code: fault.code, message: fault.message, help: fault.help })
}

/// One value, or a list of them, in quotes.
pub(super) fn listed(values: &[String]) -> String {
    match values {
        [one] => format!("\"{one}\""),
        _ => format!("[\"{}\"]", values.join("\", \"")),
    }
}

/// What `at` holds that somebody wrote otherwise: one time, several, or a time of some weekdays (`T7 5h30`).
pub(super) fn meant_at(written: &str) -> Option<String> {
    if let Some(times) = word::meant_times(written) {
        return Some(listed(&times));
    }
    let words: Vec<&str> = written.split_whitespace().collect();
    (1..words.len()).find_map(|count| {
        let (first, last) = (words[..count].join(" "), words[count..].join(" "));
        let both = |days: &str, times: &str| {
            let days = word::days(days).ok().map(|_| days.to_owned()).or_else(|| word::meant_days(days))?;
            let bare = days.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let (key, times) = (if bare { days } else { format!("\"{days}\"") }, word::meant_times(times)?);
            Some(format!("{{ {key} = {} }}", listed(&times)))
        };
        both(&first, &last).or_else(|| both(&last, &first))
    })
}
