//! Days as people write them, made into days of a calendar: `1/12/2026`, `ngày 31 tháng 12 năm 2026`, `tháng 12`,
//! `24-26/12`. For cures only: what a file may say is year-month-day.

use jiff::civil::Date;

use super::clean;
use crate::diag::fold;

/// A year of two digits is one of these; before and after nobody plans broadcasts.
const SHORT_YEARS: std::ops::RangeInclusive<i16> = 20..=45;

/// What stands between the first day and the last.
const BETWEEN: [&str; 11] = ["..", "đến", "tới", " - ", "–", "—", "→", "->", "~", " to ", "-"];

/// The date that a person wrote otherwise: `01/12/2026`, `1-12-2026`, `1.12.26`, `2026-1-2`, `12/31/2026`,
/// `ngày 31 tháng 12 năm 2026`. A day stands before its month, unless there is no such month.
pub fn turned_date(written: &str) -> Option<Date> {
    let parts = parts(written)?;
    let [first, second, third] = parts.as_slice() else { return None };
    let short = |year: &str| year.parse().ok().filter(|year| SHORT_YEARS.contains(year)).map(|year: i16| 2000 + year);
    let (year, month, day) = match (first.len(), third.len()) {
        (4, 1..=2) => (first.parse().ok()?, second, third),
        (1..=2, 4) => (third.parse().ok()?, second, first),
        // With hyphens it may as well be the year that stands first.
        (1..=2, 2) if !written.contains('-') => (short(third)?, second, first),
        _ => return None,
    };
    let (month, day): (i8, i8) = (month.parse().ok()?, day.parse().ok()?);
    let (month, day) = if month > 12 { (day, month) } else { (month, day) };
    Date::new(year, month, day).ok()
}

/// The next day that `3/12` or `ngày 3 tháng 12` may stand for, seen from `today`.
pub fn coming_date(written: &str, today: Date) -> Option<Date> {
    if written.contains('-') {
        return None;
    }
    let parts = parts(written)?;
    let [day, month] = parts.as_slice() else { return None };
    let (day, month): (i8, i8) = (day.parse().ok()?, month.parse().ok()?);
    // The 29th of February comes at least every eighth year.
    (0..=8).find_map(|years| Date::new(today.year() + years, month, day).ok().filter(|date| *date >= today))
}

/// The first and the last day of a month that somebody wrote for a day: `2026-12`, `12/2026`, `tháng 12`, `hết tháng 12`,
/// `hết tháng này`.
pub fn whole_month(written: &str, today: Date) -> Option<(Date, Date)> {
    if THIS_MONTH.contains(&bare(written).as_str()) {
        return Some((today.first_of_month(), today.last_of_month()));
    }
    let parts = parts(written)?;
    let (year, month) = match parts.as_slice() {
        [year, month] | [month, year] if year.len() == 4 && month.len() <= 2 => (year.parse().ok()?, month),
        [month] if month.len() <= 2 && is_of(written, "thang") => {
            let number: i8 = month.parse().ok()?;
            (today.year() + i16::from(number < today.month()), month)
        }
        _ => return None,
    };
    let first = Date::new(year, month.parse().ok()?, 1).ok()?;
    Some((first, first.last_of_month()))
}

/// The first and the last day of a year that somebody wrote for a day: `2026`, `năm 2026`, `hết năm 2026`, `hết năm nay`.
pub fn whole_year(written: &str, today: Date) -> Option<(Date, Date)> {
    let parts = parts(written);
    let year = match parts.as_deref() {
        Some([year]) if year.len() == 4 => year.parse().ok()?,
        None if THIS_YEAR.contains(&bare(written).as_str()) => today.year(),
        _ => return None,
    };
    Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?))
}

/// What people call the month and the year that they are in, folded and bare.
const THIS_MONTH: [&str; 3] = ["thang", "thangnay", "thismonth"];
const THIS_YEAR: [&str; 3] = ["nam", "namnay", "thisyear"];

/// Folded, without the words that say which end of it is meant.
fn bare(written: &str) -> String {
    let folded = fold(written);
    let ends = ["denhet", "het", "cuoi", "dau", "den", "tu"];
    ends.iter().find_map(|end| folded.strip_prefix(end)).unwrap_or(&folded).to_owned()
}

fn is_of(written: &str, unit: &str) -> bool {
    bare(written).starts_with(unit)
}

/// The day that somebody means, in whatever form.
fn any_date(written: &str, today: Date) -> Option<Date> {
    written.trim().parse().ok().or_else(|| turned_date(written)).or_else(|| coming_date(written, today))
}

/// The first and the last day of `24/12/2026 - 31/12/2026`, `2026-12-24 đến 2026-12-31`, `24-26/12`; of a month all of it.
pub fn any_range(written: &str, today: Date) -> Option<(Date, Date)> {
    if let Some(span) = whole_month(written, today).or_else(|| whole_year(written, today)) {
        return Some(span);
    }
    let (first, last) = BETWEEN.iter().find_map(|between| {
        let (first, last) = written.split_once(between)?;
        // One hyphen parts two days; more of them belong to the days.
        (*between != "-" || !last.contains('-')).then_some((first, last))
    })?;
    let last_day = any_date(last, today)?;
    let own = parts(first)?;
    let first_day = match (own.as_slice(), parts(last)?.as_slice()) {
        ([day], [_, ..]) => Date::new(last_day.year(), last_day.month(), day.parse().ok()?).ok()?,
        ([day, month], [_, _, _]) => Date::new(last_day.year(), month.parse().ok()?, day.parse().ok()?).ok()?,
        _ => any_date(first, today)?,
    };
    (first_day <= last_day).then_some((first_day, last_day))
}

/// The numbers of a date, whatever stands between and around them; `None` where anything else is written.
fn parts(written: &str) -> Option<Vec<String>> {
    let mut numbers = String::new();
    for word in clean(written).replace(',', " / ").split_whitespace() {
        match fold(word).as_str() {
            "" | "ngay" | "tu" | "het" | "den" | "dau" | "cuoi" => {}
            "thang" | "nam" => numbers.push('/'),
            _ => numbers.push_str(word),
        }
    }
    let parts: Vec<String> =
        numbers.split(['/', '-', '.']).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let plain = |part: &String| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    ((1..=3).contains(&parts.len()) && parts.iter().all(plain)).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 12, 1);

    #[test]
    fn a_day_is_found_in_whatever_order_people_write_it() {
        for (written, date) in [
            ("01/12/2026", Some("2026-12-01")),
            ("1-12-2026", Some("2026-12-01")),
            ("1.12.2026", Some("2026-12-01")),
            ("2026-1-2", Some("2026-01-02")),
            ("2026/12/31", Some("2026-12-31")),
            ("12/31/2026", Some("2026-12-31")),
            ("2026-31-12", Some("2026-12-31")),
            ("31/12/26", Some("2026-12-31")),
            ("26-12-31", None),
            ("ngày 31 tháng 12 năm 2026", Some("2026-12-31")),
            ("31 tháng 12, 2026", Some("2026-12-31")),
            ("hết ngày 31/12/2026", Some("2026-12-31")),
            ("30/2/2026", None),
            ("31/12", None),
            ("1.5", None),
            ("10:30", None),
            ("", None),
        ] {
            assert_eq!(turned_date(written).map(|date| date.to_string()).as_deref(), date, "{written:?}");
        }
        for (written, date) in [
            ("3/12", Some("2026-12-03")),
            ("ngày 3 tháng 12", Some("2026-12-03")),
            ("1/11", Some("2027-11-01")),
            ("05-30", None),
            ("32/12", None),
        ] {
            assert_eq!(coming_date(written, TODAY).map(|date| date.to_string()).as_deref(), date, "{written:?}");
        }
    }

    #[test]
    fn a_month_and_a_range_have_a_first_and_a_last_day() {
        for (written, range) in [
            ("2026-12", Some("2026-12-01..2026-12-31")),
            ("hết tháng 12", Some("2026-12-01..2026-12-31")),
            ("cuối tháng 3", Some("2027-03-01..2027-03-31")),
            ("hết tháng này", Some("2026-12-01..2026-12-31")),
            ("2027", Some("2027-01-01..2027-12-31")),
            ("năm 2027", Some("2027-01-01..2027-12-31")),
            ("hết năm nay", Some("2026-01-01..2026-12-31")),
            ("năm", Some("2026-01-01..2026-12-31")),
            ("thứ năm", None),
            ("2027/2", Some("2027-02-01..2027-02-28")),
            ("12/2026", Some("2026-12-01..2026-12-31")),
            ("tháng 12", Some("2026-12-01..2026-12-31")),
            ("tháng 3", Some("2027-03-01..2027-03-31")),
            ("tháng 12 năm 2026", Some("2026-12-01..2026-12-31")),
            ("24/12/2026 - 31/12/2026", Some("2026-12-24..2026-12-31")),
            ("từ 24/12/2026 đến 31/12/2026", Some("2026-12-24..2026-12-31")),
            ("2026-12-24 đến 2026-12-31", Some("2026-12-24..2026-12-31")),
            ("2026-12-24 - 2026-12-31", Some("2026-12-24..2026-12-31")),
            ("24-26/12", Some("2026-12-24..2026-12-26")),
            ("24/12-26/12/2026", Some("2026-12-24..2026-12-26")),
            ("3/12..5/12", Some("2026-12-03..2026-12-05")),
            ("5/12/2026-3/12/2026", None),
            ("12", None),
            ("2026-13", None),
            ("05-30", None),
            ("T2-T6", None),
        ] {
            let found = any_range(written, TODAY).map(|(first, last)| format!("{first}..{last}"));
            assert_eq!(found.as_deref(), range, "{written:?}");
        }
    }
}
