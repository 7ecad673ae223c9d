//! The words of a file beside those of the form: days, dates, sounds and lengths, each way.

use std::time::Duration;

use jiff::civil::{Date, DateTime};

use super::said;
use crate::diag::{document, is_deceptive};
use crate::edit::Value;

/// Every day of the week.
pub(super) const EVERY_DAY: u8 = 0x7f;

/// The days of the week as the file and the form have them.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// What the check takes for a wait, and for a gap between two repeats.
const WAIT_MOST: Duration = Duration::from_hours(12);
const GAP_MOST: Duration = Duration::from_mins(10);
/// What marks music among the sounds of the form: no sound is named so.
const MUSIC: &str = "music:";

/// One line without the spaces around it: as a box of a form keeps it, and without what nobody sees and only deceives.
pub(crate) fn line(text: &str) -> String {
    let seen = |c: &char| c.is_whitespace() || !(c.is_control() || is_deceptive(*c));
    let seen: String = text.chars().filter(seen).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn list(text: &str) -> Vec<String> {
    text.split([',', ';', '\n']).map(line).filter(|one| !one.is_empty()).collect()
}

pub(super) fn in_order(dates: &mut Vec<String>, today: Date) {
    dates.sort_by_cached_key(|one| (said::date_of(one, today).unwrap_or(Date::MAX), one.clone()));
    dates.dedup();
}

/// The two days that have a box of their own stand before the others.
pub(super) fn firsts_first(days: &mut [String]) {
    days.sort_by_key(|day| (day != "1", day != "15"));
}

pub(super) fn days_written(days: u8) -> Value {
    match days {
        EVERY_DAY => Value::Text("daily".to_owned()),
        0b1_1111 => Value::Text("mon-fri".to_owned()),
        days => Value::texts((0..7).filter(|day| days & (1 << day) != 0).map(|day| DAYS[day])),
    }
}

/// `2026-12-01`, `"2026-12-20..2026-12-25"`, a name of days: as people read it.
pub(super) fn shown_date(value: &Value) -> Option<String> {
    match value {
        Value::Date(date) => Some(said::date(*date)),
        Value::Text(written) => {
            let plain = !written.contains([',', ';', ':']);
            plain.then(|| written.parse::<Date>().map_or_else(|_| line(written), said::date))
        }
        _ => None,
    }
}

/// What was typed for a day, as the file has it; a name of days and a range stay text.
pub(super) fn date_value(written: &str, today: Date) -> Value {
    if let Some(date) = said::date_of(written, today) {
        return Value::Date(date);
    }
    let both =
        ends_of(written).and_then(|(first, last)| Some((said::date_of(first, today)?, said::date_of(last, today)?)));
    Value::Text(both.map_or_else(|| written.to_owned(), |(first, last)| format!("{first}..{last}")))
}

/// The two ends of days in a row, as people write them: `10/12 đến 20/12`, `10/12-20/12`, `từ 10/12 - 20/12`.
pub(super) fn ends_of(written: &str) -> Option<(&str, &str)> {
    let bare = written.strip_prefix("từ ").or_else(|| written.strip_prefix("Từ ")).unwrap_or(written);
    let marks = ["..", " đến ", "–", "—", " - ", "~"];
    let spaced = marks.into_iter().find_map(|mark| bare.split_once(mark));
    // `05-12-2026` is one day.
    let joined = || bare.split_once('-').filter(|(first, last)| first.contains('/') && last.contains('/'));
    let (first, last) = spaced.or_else(joined)?;
    Some((first.trim(), last.trim()))
}

/// Whether a day, or the last of some days, is behind `today`.
pub(super) fn is_over(written: &str, today: Date) -> bool {
    let last = match date_value(written, today) {
        Value::Date(date) => Some(date),
        Value::Text(days) => days.split_once("..").and_then(|(_, last)| last.parse().ok()),
        _ => None,
    };
    last.is_some_and(|last| last < today)
}

pub(super) fn moment(written: &str) -> Value {
    written.parse::<DateTime>().map_or_else(|_| Value::Text(written.to_owned()), Value::Moment)
}

/// A length as it is typed, as the file has it: a number alone has the unit of its box; `None` where it is no length.
pub(super) fn length(written: &str, unit: &str) -> Option<String> {
    let written = written.trim();
    let most = if unit == "s" { GAP_MOST } else { WAIT_MOST };
    let is_length = |one: &String| document::length(one, most, unit).is_ok();
    let bare = written.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("{written}{unit}"));
    let said = bare.or_else(|| Some(written.to_owned()).filter(is_length)).or_else(|| document::meant(written, unit));
    said.filter(is_length)
}

pub(super) fn shown_sound(value: &Value) -> Option<String> {
    match value {
        Value::Text(name) => Some(line(name)),
        Value::Table(item) => {
            let said = |key: &str| item.get(key).and_then(Value::text);
            (item.len() == 2 && said("kind") == Some("music"))
                .then(|| format!("{MUSIC}{}", said("file").unwrap_or_default()))
        }
        _ => None,
    }
}

pub(super) fn sound(name: &str) -> Value {
    let Some(file) = name.strip_prefix(MUSIC) else { return Value::Text(name.to_owned()) };
    let word = |word: &str| Value::Text(word.to_owned());
    Value::Table([("file".to_owned(), word(file)), ("kind".to_owned(), word("music"))].into())
}
