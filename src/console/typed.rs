//! Days as people type them, on every page of the console: `28/11/2026`, and never a box of the browser's own, which writes
//! days in the language and by the clock of the phone.

use jiff::civil::Date;

use crate::diag::{Text, text};

/// What is said of something that is no time.
pub(super) fn bad_time() -> Text {
    text!("Giờ chưa đúng. Ví dụ: 05:30 hoặc 17h15.", "This is not a time. Examples: 05:30 or 17h15.")
}

/// What is said of something that is no day.
pub(super) fn bad_date() -> Text {
    text!("Ngày chưa đúng. Ví dụ: 05/12/2026.", "This is not a date. Example: 05/12/2026.")
}

/// `05/12/2026`, as it stands in a box.
pub(super) fn date(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// `5/12`, `05/12/2026`, `2026-12-05`: a day without a year is the next one of that name.
pub(super) fn date_of(written: &str, today: Date) -> Option<Date> {
    read(written, |month, day| {
        let near = Date::new(today.year(), month, day).ok().filter(|date| *date >= today);
        near.or_else(|| Date::new(today.year() + 1, month, day).ok())
    })
}

/// The same of a day behind: one without a year is the last one of that name.
pub(super) fn date_behind(written: &str, today: Date) -> Option<Date> {
    read(written, |month, day| {
        let near = Date::new(today.year(), month, day).ok().filter(|date| *date <= today);
        near.or_else(|| Date::new(today.year() - 1, month, day).ok())
    })
}

fn read(written: &str, without_year: impl Fn(i8, i8) -> Option<Date>) -> Option<Date> {
    let written = written.trim();
    if let Ok(date) = written.parse::<Date>() {
        return Some(date);
    }
    let parts: Vec<&str> = written.split(['/', '.', '-']).map(str::trim).collect();
    let number = |at: usize| parts.get(at)?.parse::<i16>().ok();
    let (day, month) = (i8::try_from(number(0)?).ok()?, i8::try_from(number(1)?).ok()?);
    match parts.len() {
        2 => without_year(month, day),
        3 => Date::new(number(2)?, month, day).ok().filter(|date| (2000..=2200).contains(&date.year())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_a_year_is_the_next_one_or_the_last() {
        let today = "2026-11-28".parse().unwrap();
        for (written, next, last) in [
            ("5/12", Some("2026-12-05"), Some("2025-12-05")),
            ("28/11", Some("2026-11-28"), Some("2026-11-28")),
            ("27/11", Some("2027-11-27"), Some("2026-11-27")),
            ("05/12/2027", Some("2027-12-05"), Some("2027-12-05")),
            ("2026-12-05", Some("2026-12-05"), Some("2026-12-05")),
            ("1.11.2026", Some("2026-11-01"), Some("2026-11-01")),
            ("31/2", None, None),
            ("5/12/26", None, None),
            ("thứ hai", None, None),
        ] {
            let day = |day: Option<&str>| day.map(|day| day.parse().unwrap());
            assert_eq!((date_of(written, today), date_behind(written, today)), (day(next), day(last)), "{written}");
        }
    }
}
