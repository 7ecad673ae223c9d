//! Days as people type them, on every page of the console: `28/11/2026`, and never a box of the browser's own, which writes
//! days in the language and by the clock of the phone.

use jiff::civil::{Date, DateTime, Time};

use crate::diag::{Text, text};
use crate::schedule;

/// What is said of something that is no time.
pub(super) fn bad_time() -> Text {
    text!("Giờ chưa đúng. Ví dụ: 05:30 hoặc 17h15.", "This is not a time. Examples: 05:30 or 17h15.")
}

/// What is said of something that is no day.
pub(super) fn bad_date() -> Text {
    text!("Ngày chưa đúng. Ví dụ: 05/12/2026.", "This is not a date. Example: 05/12/2026.")
}

/// A time of a day. A box is for one: where somebody wrote from when to when, no half of it is taken for the whole.
pub(super) fn time_of(written: &str) -> Option<Time> {
    let is_stretch =
        written.contains(['-', '–', '—', '~', '→']) || written.contains(" đến ") || written.contains(" tới ");
    if is_stretch { None } else { schedule::time_of(written) }
}

/// A time at which something ends on a day. `24h` is how people write its end.
pub(super) fn end_of(written: &str, day: Date) -> Option<DateTime> {
    let bare: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    if ["24", "24h", "24h00", "24:00"].contains(&bare.to_lowercase().as_str()) {
        return Some(day.tomorrow().ok()?.to_datetime(Time::midnight()));
    }
    time_of(written).map(|time| day.to_datetime(time))
}

/// A sentence in which days stand as files have them, with the days as people write them: `01/12/2026` for `2026-12-01`.
pub(super) fn days_said(said: &str) -> String {
    /// Letters of a day as files have it.
    const LONG: usize = 10;
    let (mut out, mut rest) = (String::with_capacity(said.len()), said);
    while let Some(next) = rest.chars().next() {
        let begins = !out.ends_with(|c: char| c.is_ascii_digit() || c == '-');
        let day = rest.get(..LONG).filter(|_| begins).filter(|day| day.as_bytes()[4] == b'-');
        let ends = !rest.get(LONG..).is_some_and(|more| more.starts_with(|c: char| c.is_ascii_digit() || c == 'T'));
        if let Some(day) = day.filter(|_| ends).and_then(|day| day.parse::<Date>().ok()) {
            out.push_str(&date(day));
            rest = &rest[LONG..];
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    out
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

    #[test]
    fn the_end_of_a_day_is_written_as_people_write_it() {
        let day: Date = "2026-11-28".parse().unwrap();
        for (written, until) in [
            ("24h", Some("2026-11-29T00:00")),
            ("24:00", Some("2026-11-29T00:00")),
            ("18h", Some("2026-11-28T18:00")),
            ("25h", None),
        ] {
            assert_eq!(end_of(written, day), until.map(|until| until.parse().unwrap()), "{written}");
        }
    }

    #[test]
    fn days_in_a_sentence_are_said_as_people_write_them() {
        for (said, on_page) in [
            (
                "ngày cuối 2026-12-01 đứng trước ngày đầu 2026-12-05",
                "ngày cuối 01/12/2026 đứng trước ngày đầu 05/12/2026",
            ),
            ("từ 2026-12-01T05:30", "từ 2026-12-01T05:30"),
            ("«nước-lũ» 2026-13-40", "«nước-lũ» 2026-13-40"),
            ("(2026-12-01)", "(01/12/2026)"),
            ("số 12026-12-01", "số 12026-12-01"),
        ] {
            assert_eq!(days_said(said), on_page);
        }
    }
}
