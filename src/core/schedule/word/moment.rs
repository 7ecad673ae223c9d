use jiff::civil::{Date, DateTime};

use super::{Fault, Read, date, time_of_day};
use crate::diag::{shown, text};

/// A day, or a local time of a day, in quotes: `2026-12-01`, `2026-12-01 12:00`, `2026-12-01T12:00`.
pub(in crate::schedule) fn moment(written: &str) -> Read<Moment> {
    let trimmed = written.trim();
    let Some((day, time)) = trimmed.split_once(['T', ' ']) else { return date(trimmed).map(Moment::Day) };
    let day = date(day)?;
    if let Ok(time) = time_of_day(time.trim()) {
        return Ok(Moment::Time(day.to_datetime(time)));
    }
    let shown = shown(trimmed);
    Err(Fault::new(
        "bad_date",
        text!("không hiểu thời điểm «{shown}»", "cannot read the moment \"{shown}\""),
        text!("viết ngày, hoặc ngày kèm giờ: \"{day} 12:00\"", "write a date, or a date and a time: \"{day} 12:00\""),
    ))
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
        assert_eq!(read("2026-12-01 trưa"), "write a date, or a date and a time: \"2026-12-01 12:00\"");
        assert_eq!(read("1/12/2026"), "write year-month-day: 2026-12-01");
        assert_eq!(read("1/12/2026 12:00"), "write year-month-day: 2026-12-01");
    }
}
