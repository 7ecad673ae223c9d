use jiff::civil::Date;

use super::{Read, WordFault};
use crate::diag::{shown, text};
use crate::schedule::DateRange;

/// A date in quotes: `2026-12-01`.
pub(in crate::schedule) fn date(written: &str) -> Read<Date> {
    let trimmed = written.trim();
    // Only the plain form: `2026-335` and `20261201` are ISO dates too, but nobody here means them.
    let plain = trimmed.len() == 10
        && trimmed.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if let (true, Ok(date)) = (plain, trimmed.parse::<Date>()) {
        return Ok(date);
    }
    let turned = crate::diag::document::turned_date(trimmed);
    let shown = shown(trimmed);
    Err(WordFault::new(
        "bad_date",
        if plain {
            text!("không có ngày «{shown}»", "there is no date \"{shown}\"")
        } else {
            text!(
                "«{shown}» không phải là ngày theo cách viết của tệp này",
                "\"{shown}\" is not a date as this file writes them"
            )
        },
        match turned {
            Some(date) => text!("viết năm-tháng-ngày: {date}", "write year-month-day: {date}"),
            None => text!(
                "viết năm-tháng-ngày có thật, ví dụ 2026-12-01",
                "write a real year-month-day, for example 2026-12-01"
            ),
        },
    ))
}

/// A date or an inclusive range of dates: `2026-12-01`, `2026-12-01..2026-12-05`.
pub(in crate::schedule) fn date_range(written: &str) -> Read<DateRange> {
    let Some((first, last)) = written.split_once("..") else {
        return date(written).map(|day| DateRange { first: day, last: day });
    };
    let range = DateRange { first: date(first)?, last: date(last)? };
    if range.first <= range.last {
        return Ok(range);
    }
    let (first, last) = (range.first, range.last);
    Err(WordFault::new(
        "until_before_from",
        text!("ngày cuối {last} đứng trước ngày đầu {first}", "the last day {last} is before the first day {first}"),
        text!("viết \"{last}..{first}\"", "write \"{last}..{first}\""),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_year_month_day_and_ranges_go_forward() {
        let one = |written: &str| date(written).ok().map(|date| date.to_string());
        assert_eq!(one("2026-12-01").as_deref(), Some("2026-12-01"));
        for wrong in
            ["2026-02-30", "01/12/2026", "2026-335", "20261201", "2026-12-1", "", "hôm nay", "２０２６-１２-０１"]
        {
            assert_eq!(one(wrong), None, "{wrong:?}");
        }
        assert_eq!(date("01/12/2026").unwrap_err().help.en, "write year-month-day: 2026-12-01");
        assert_eq!(date("1-12-2026").unwrap_err().help.en, "write year-month-day: 2026-12-01");
        let range = date_range("2026-12-01..2026-12-05").unwrap();
        assert_eq!((range.first.to_string(), range.last.to_string()), ("2026-12-01".into(), "2026-12-05".into()));
        assert_eq!(date_range("2026-12-05..2026-12-01").unwrap_err().code, "until_before_from");
        assert_eq!(date_range("2026-12-05..").unwrap_err().code, "bad_date");
    }
}
