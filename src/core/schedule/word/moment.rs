use jiff::civil::{Date, DateTime};

use super::{Read, WordFault, date, meant_times, time_of_day};
use crate::diag::document::turned_date;
use crate::diag::{shown, text};

/// A day, or a local time of a day, in quotes: `2026-12-01`, `2026-12-01 12:00`, `2026-12-01T12:00`.
pub(in crate::schedule) fn moment(written: &str) -> Read<Moment> {
    let trimmed = written.trim();
    let Some((day, time)) = trimmed.split_once(['T', ' ']) else { return date(trimmed).map(Moment::Day) };
    if let (Ok(day), Ok(time)) = (date(day), time_of_day(time.trim())) {
        return Ok(Moment::Time(day.to_datetime(time)));
    }
    let shown = shown(trimmed);
    Err(WordFault::new(
        "bad_date",
        text!("không hiểu thời điểm «{shown}»", "cannot read the moment \"{shown}\""),
        match meant(trimmed) {
            Some(meant) => text!("viết: \"{meant}\"", "write: \"{meant}\""),
            None => text!(
                "viết ngày, hoặc ngày kèm giờ: \"2026-12-01 12:00\"",
                "write a date, or a date and a time: \"2026-12-01 12:00\""
            ),
        },
    ))
}

/// The moment that the cure of a wrong one names.
pub(in crate::schedule) fn meant_moment(written: &str) -> Option<Moment> {
    moment(&meant(written.trim())?).ok()
}

/// What `6/12/2026 12:00`, `12h ngày 5/12/2026`, `ngày 5 tháng 12 năm 2026 lúc 12 giờ` stand for.
fn meant(written: &str) -> Option<String> {
    let day = |part: &str| part.trim().parse::<Date>().ok().or_else(|| turned_date(part));
    if let Some(day) = day(written) {
        return Some(day.to_string());
    }
    written.char_indices().filter(|(_, c)| c.is_whitespace()).find_map(|(at, _)| {
        let (first, last) = written.split_at_checked(at)?;
        let time = |part: &str| meant_times(part.trim()).filter(|times| times.len() == 1)?.pop();
        let (day, time) = day(first).zip(time(last)).or_else(|| day(last).zip(time(first)))?;
        Some(format!("{day} {time}"))
    })
}

/// A day, or a local time of a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::schedule) enum Moment {
    /// All of it.
    Day(Date),
    /// Sharp.
    Time(DateTime),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day_or_a_time_of_a_day() {
        let read = |written: &str| match moment(written) {
            Ok(Moment::Day(day)) => day.to_string(),
            Ok(Moment::Time(at)) => at.to_string(),
            Err(fault) => fault.help.en,
        };
        assert_eq!(read("2026-12-01"), "2026-12-01");
        assert_eq!(read("2026-12-01 12:00"), "2026-12-01T12:00:00");
        assert_eq!(read("2026-12-01T07:30:15"), "2026-12-01T07:30:15");
        let general = "write a date, or a date and a time: \"2026-12-01 12:00\"";
        assert_eq!(read("2026-12-01 trưa"), general);
        assert_eq!(read("1/12/2026"), "write year-month-day: 2026-12-01");
        assert_eq!(read("1/12/2026 12:00"), "write: \"2026-12-01 12:00\"");
        assert_eq!(read("2026-12-01 12h"), "write: \"2026-12-01 12:00\"");
        assert_eq!(read("12h ngày 5/12/2026"), "write: \"2026-12-05 12:00\"");
        assert_eq!(read("ngày 5 tháng 12 năm 2026 lúc 12 giờ"), "write: \"2026-12-05 12:00\"");
        assert_eq!(read("ngày 5 tháng 12 năm 2026"), "write: \"2026-12-05\"");
    }
}
