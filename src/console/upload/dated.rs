//! Dates and times of day as they are said: `28/11/2026`, `7h30`. What may be a part, a score or the number of a house is left
//! as it is, unless the word before it says what it is. Pure.

/// What stands before something that is to be said.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Before<'t> {
    /// The last word, in small letters.
    pub(super) word: &'t str,
    /// What was written out last was a date, and a word or a sign that goes on with dates is all that stands between.
    pub(super) goes_on: bool,
    /// A dash and a second one may follow: from here until there.
    pub(super) is_first: bool,
}

/// A date follows.
const OF_A_DAY: [&str; 10] = ["ngày", "mùng", "mồng", "sáng", "trưa", "chiều", "tối", "đêm", "hôm", "nay"];
/// Whatever follows is no date.
const OF_A_NUMBER: [&str; 16] =
    ["số", "nhà", "hẻm", "ngõ", "ngách", "kiệt", "tổ", "lô", "thửa", "đạt", "được", "nộp", "lệ", "tỷ", "tỉ", "pha"];
/// What stands before it is a part of so many.
const COUNTED: [&str; 22] = [
    "hộ", "chỉ", "người", "em", "cháu", "thôn", "xã", "phiếu", "đại", "thành", "học", "đoàn", "hội", "tiêu", "điểm",
    "số", "phần", "suất", "con", "cái", "khẩu", "nhà",
];
/// A time of day follows.
const OF_A_TIME: [&str; 12] =
    ["lúc", "từ", "đến", "tới", "vào", "trước", "sau", "khoảng", "hồi", "sáng", "chiều", "tối"];

/// Behind the minutes.
const MINUTE: [char; 3] = ['\'', '’', '′'];

/// `28/11/2026`, `28-11-2026`, `28.11.2026`, `28/11/26`, `2026-11-30`; `28/11`, and `2/9` behind a word of a day; `12/2026`
/// behind "tháng".
pub(super) fn date(text: &str, before: Before<'_>) -> Option<(String, usize)> {
    if let Some(found) = from_year(text, before) {
        return Some(found);
    }
    let (day, one) = number(text, 2)?;
    let mark = text[one..].chars().next().filter(|c| matches!(c, '/' | '-' | '.'))?;
    if before.word == "tháng"
        && mark == '/'
        && let Some((year, 4)) = number(&text[one + 1..], 4)
        && (1..=12).contains(&day)
        && (1900..=2200).contains(&year)
        && is_end(&text[one + 5..], before)
    {
        return Some((format!("{day} năm {year}"), one + 5));
    }
    let (month, two) = number(&text[one + 1..], 2)?;
    if !(1..=31).contains(&day) || !(1..=12).contains(&month) {
        return None;
    }
    let at = one + 1 + two;
    if text[at..].starts_with(mark) {
        let (year, length) = number(&text[at + 1..], 4)?;
        let year = if length == 2 && mark == '/' && one == 2 && two == 2 { year + 2_000 } else { year };
        let all = at + 1 + length;
        let is_year = (1900..=2200).contains(&year) && is_end(&text[all..], before);
        return is_year.then(|| (format!("ngày {day} tháng {month} năm {year}"), all));
    }
    // 1/2 may be a half, and 20/10 a house: what stands round it says so, or that it is a day.
    let is_sure = OF_A_DAY.contains(&before.word) || before.goes_on;
    let may_be =
        one == 2 && two == 2 && !OF_A_NUMBER.contains(&before.word) && !COUNTED.contains(&next_word(&text[at..]));
    (mark == '/' && (is_sure || may_be) && is_end(&text[at..], before))
        .then(|| (format!("ngày {day} tháng {month}"), at))
}

/// `2026-11-30`
fn from_year(text: &str, before: Before<'_>) -> Option<(String, usize)> {
    let (year, 4) = number(text, 4)? else { return None };
    let rest = text[4..].strip_prefix('-')?;
    let (month, 2) = number(rest, 2)? else { return None };
    let (day, 2) = number(rest[2..].strip_prefix('-')?, 2)? else { return None };
    let is_day = (1900..=2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    (is_day && is_end(&text[10..], before)).then(|| (format!("ngày {day} tháng {month} năm {year}"), 10))
}

/// The day alone of `2-4/12/2026`, where the whole date follows.
pub(super) fn day_alone(text: &str) -> Option<(String, usize)> {
    let (day, length) = number(text, 2)?;
    (1..=31).contains(&day).then(|| (format!("ngày {day}"), length))
}

/// `05:30`, `5h30`, `17h`, `5g30`; `5:30` behind a word of a time.
pub(super) fn time(text: &str, before: Before<'_>) -> Option<(String, usize)> {
    let (hour, one) = number(text, 2)?;
    let mark = text[one..].chars().next().filter(|c| matches!(c, ':' | 'h' | 'H' | 'g'))?;
    let is_ratio = mark == ':'
        && (OF_A_NUMBER.contains(&before.word) || one == 1 && !OF_A_TIME.contains(&before.word) && !before.goes_on);
    if hour > 24 || is_ratio {
        return None;
    }
    let after = &text[one + 1..];
    match number(after, 2) {
        Some((minute, 2)) if minute < 60 && is_end(&after[2..], before) => {
            let said = if minute == 0 { format!("{hour} giờ") } else { format!("{hour} giờ {minute}") };
            // The sign of a minute: 7h00'.
            let sign = after[2..].chars().next().filter(|sign| MINUTE.contains(sign)).map_or(0, char::len_utf8);
            let is_over = sign == 0 || is_end(&after[2 + sign..], before);
            Some((said, one + 3 + if is_over { sign } else { 0 }))
        }
        None if mark != ':' && mark != 'g' && is_end(after, before) => Some((format!("{hour} giờ"), one + 1)),
        _ => None,
    }
}

/// Up to so many digits at the beginning, and how many.
fn number(text: &str, most: usize) -> Option<(u32, usize)> {
    let length = text.bytes().take(most + 1).take_while(u8::is_ascii_digit).count();
    (1..=most).contains(&length).then(|| text[..length].parse().ok().map(|number| (number, length))).flatten()
}

fn next_word(text: &str) -> &str {
    text.strip_prefix(' ').map_or("", |rest| rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default())
}

/// Nothing of a word or a number goes on here; a dash may, where a second one is to follow.
fn is_end(text: &str, before: Before<'_>) -> bool {
    let mut next = text.chars();
    match next.next() {
        None => true,
        Some('-') if before.is_first => true,
        Some('/' | '-' | '.' | ',' | ':') => !next.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !c.is_alphanumeric(),
    }
}
