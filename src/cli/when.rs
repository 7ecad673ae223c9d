use std::time::Duration;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;

use super::{Exit, Failure};
use crate::diag::{Text, fold, text};
use crate::instant::Wall;

/// Read an instant as a person types it after `--from` or `--to`.
///
/// `2026-12-01T05:00:00+07:00`, `2026-12-01T05:00`, `2026-12-01 05:00:15`, `2026-12-01` (its
/// midnight), `1/12 05:30`, `1/12/2026` (day and month; without a year, the nearest such day), `05:00`
/// or `5:00` (today), `now`, `+2h`, `-30m`, `+7d`. Local to `tz` where no offset is written.
///
/// Also `hôm nay`, `hôm qua`, `hôm kia`, `ngày mai`, and a day of the week (`T7`, `CN`, `thứ bảy`, `sat`), which is
/// the next one, today included; each with a time behind it or without (its midnight).
pub(super) fn parse(written: &str, now: Wall, tz: &TimeZone) -> Result<Wall, Text> {
    read(written, now, tz, Lean::Ahead)
}

/// The same of what is past: a day of the week is the last one, today included.
pub(super) fn parse_past(written: &str, now: Wall, tz: &TimeZone) -> Result<Wall, Text> {
    read(written, now, tz, Lean::Back)
}

/// Which of the days that are called `T7` is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lean {
    Ahead,
    Back,
}

fn read(written: &str, now: Wall, tz: &TimeZone, lean: Lean) -> Result<Wall, Text> {
    let written = written.trim();
    let bad = || {
        text!(
            "không hiểu thời điểm «{written}»: hãy viết như 05:00, 1/12 05:00, 2026-12-01T05:00, now hoặc +2h",
            "cannot read the instant \"{written}\": write it like 05:00, 1/12 05:00 (day/month), 2026-12-01T05:00, now or +2h"
        )
    };
    let local = |at: DateTime| at.to_zoned(tz.clone()).map(|zoned| zoned.timestamp().into()).map_err(|_| bad());
    if written.eq_ignore_ascii_case("now") {
        return Ok(now);
    }
    if let Some(sign) = written.chars().next().filter(|c| matches!(c, '+' | '-')) {
        let length: jiff::Span = written[1..].parse().map_err(|_| bad())?;
        let zoned = now.zoned(tz);
        let moved = if sign == '+' { zoned.checked_add(length) } else { zoned.checked_sub(length) };
        return moved.map(|zoned| zoned.timestamp().into()).map_err(|_| bad());
    }
    if let Ok(exact) = written.parse::<jiff::Timestamp>() {
        return Ok(exact.into());
    }
    let today = now.zoned(tz).date();
    if let Some(at) = named_day(written, today, lean) {
        return local(at);
    }
    if !written.contains('-')
        && let Some(time) = time_of_day(written)
    {
        return local(today.to_datetime(time));
    }
    if written.contains('/') {
        return day_and_month(written, today).ok_or_else(bad).and_then(local);
    }
    if let Ok(at) = written.parse::<DateTime>() {
        return local(at);
    }
    written.parse::<Date>().map_err(|_| bad()).and_then(|date| local(date.to_datetime(Time::midnight())))
}

/// Days by name, without accents and blanks, and how far each is from today.
const NAMED: [(&str, i32); 8] = [
    ("homnay", 0),
    ("today", 0),
    ("homqua", -1),
    ("yesterday", -1),
    ("homkia", -2),
    ("ngaymai", 1),
    ("mai", 1),
    ("tomorrow", 1),
];

/// Days of the week, without accents and blanks.
const WEEKDAYS: [(&[&str], Weekday); 7] = [
    (&["t2", "thu2", "thuhai", "mon", "monday"], Weekday::Monday),
    (&["t3", "thu3", "thuba", "tue", "tuesday"], Weekday::Tuesday),
    (&["t4", "thu4", "thutu", "wed", "wednesday"], Weekday::Wednesday),
    (&["t5", "thu5", "thunam", "thu", "thursday"], Weekday::Thursday),
    (&["t6", "thu6", "thusau", "fri", "friday"], Weekday::Friday),
    (&["t7", "thu7", "thubay", "sat", "saturday"], Weekday::Saturday),
    (&["cn", "chunhat", "sun", "sunday"], Weekday::Sunday),
];

/// `hôm qua`, `T7 17:00`, `thứ hai 5h30`.
fn named_day(written: &str, today: Date, lean: Lean) -> Option<DateTime> {
    let (day, time) = match written.rsplit_once(' ') {
        Some((day, time)) if time_of_day(time).is_some() => (day, time_of_day(time)?),
        _ => (written, Time::midnight()),
    };
    let day = fold(day);
    let date = if let Some((_, days)) = NAMED.iter().find(|(name, _)| *name == day) {
        today.checked_add(jiff::Span::new().days(*days)).ok()?
    } else {
        let (_, weekday) = WEEKDAYS.iter().find(|(names, _)| names.contains(&day.as_str()))?;
        if today.weekday() == *weekday {
            today
        } else {
            today.nth_weekday(if lean == Lean::Back { -1 } else { 1 }, *weekday).ok()?
        }
    };
    Some(date.to_datetime(time))
}

/// `05:30`, `5:30`, `05:30:15`, `5h30`, `17h`.
fn time_of_day(written: &str) -> Option<Time> {
    let hours = written.to_lowercase().replace('h', ":");
    let written = if hours.ends_with(':') { format!("{hours}00") } else { hours };
    let written = written.as_str();
    let padded = if written.find(':') == Some(1) { format!("0{written}") } else { written.to_owned() };
    padded.parse().ok()
}

/// `1/12 05:30`, `1/12/2026`, `1/12`: as people here write a date. Without a year it is the nearest such
/// day: on 30 December, `1/1` is the day after tomorrow.
fn day_and_month(written: &str, today: Date) -> Option<DateTime> {
    let (date, time) = written.split_once([' ', 'T']).unwrap_or((written, "00:00"));
    let time = time_of_day(time.trim())?;
    let mut parts = date.split('/');
    let (day, month): (i8, i8) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let date = match (parts.next(), parts.next()) {
        (Some(year), None) => Date::new(year.parse().ok().filter(|year| *year > 999)?, month, day).ok()?,
        (None, _) => {
            let years = (today.year() - 1..=today.year() + 1).filter_map(|year| Date::new(year, month, day).ok());
            years.min_by_key(|date| date.duration_since(today).abs())?
        }
        _ => return None,
    };
    Some(date.to_datetime(time))
}

/// What is looked at where no `--to` is written.
const DEFAULT_SPAN: Duration = Duration::from_hours(24);

/// The longest window: three years, so that a slip in a year's digits does not fill the memory.
const SPAN_MAX: Duration = Duration::from_hours(3 * 366 * 24);

/// Read `--from` (default: now) and `--to` (default: a day later); the window must not be empty.
pub(super) fn window(from: Option<&str>, to: Option<&str>, now: Wall, tz: &TimeZone) -> Result<(Wall, Wall), Failure> {
    let usage = |text: Text| Failure::new(Exit::Usage, text);
    let read = |written: Option<&str>, default| written.map_or(Ok(default), |text| parse(text, now, tz).map_err(usage));
    let start = read(from, now)?;
    let end = read(to, start + DEFAULT_SPAN)?;
    if start >= end {
        return Err(usage(text!("--to phải sau --from", "--to must be after --from")));
    }
    if end.after(start) > SPAN_MAX {
        return Err(usage(text!(
            "khoảng thời gian dài quá 3 năm: hãy thu ngắn --from, --to",
            "the window is longer than 3 years: bring --from and --to closer"
        )));
    }
    Ok((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> Option<String> {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let now = Wall::from_secs(1_796_000_000);
        parse(written, now, &tz).ok().map(|at| at.rfc3339(&tz))
    }

    #[test]
    fn instants_are_read_as_people_type_them() {
        let table = [
            ("2026-12-01", Some("2026-12-01T00:00:00.000+07:00")),
            ("2026-12-01T05:00", Some("2026-12-01T05:00:00.000+07:00")),
            ("2026-12-01 05:00:15", Some("2026-12-01T05:00:15.000+07:00")),
            ("2026-12-01T05:00:00+07:00", Some("2026-12-01T05:00:00.000+07:00")),
            ("2026-11-30T22:00:00Z", Some("2026-12-01T05:00:00.000+07:00")),
            ("05:00", Some("2026-11-30T05:00:00.000+07:00")),
            ("5:00", Some("2026-11-30T05:00:00.000+07:00")),
            ("1/12 05:30", Some("2026-12-01T05:30:00.000+07:00")),
            ("1/12/2027 5:30:15", Some("2027-12-01T05:30:15.000+07:00")),
            ("30/11", Some("2026-11-30T00:00:00.000+07:00")),
            ("1/2", Some("2027-02-01T00:00:00.000+07:00")),
            ("30/2", None),
            ("1/12/26", None),
            ("1/12 25:00", None),
            ("now", Some("2026-11-30T07:53:20.000+07:00")),
            ("+2h", Some("2026-11-30T09:53:20.000+07:00")),
            ("-30m", Some("2026-11-30T07:23:20.000+07:00")),
            ("+7d", Some("2026-12-07T07:53:20.000+07:00")),
            ("2026-02-30", None),
            ("25:00", None),
            ("", None),
            ("sáng mai", None),
            ("hôm nay", Some("2026-11-30T00:00:00.000+07:00")),
            ("Hôm qua", Some("2026-11-29T00:00:00.000+07:00")),
            ("hom qua 17h05", Some("2026-11-29T17:05:00.000+07:00")),
            ("ngày mai 5:30", Some("2026-12-01T05:30:00.000+07:00")),
            // 30 November 2026 is a Monday.
            ("T2", Some("2026-11-30T00:00:00.000+07:00")),
            ("T7 17h", Some("2026-12-05T17:00:00.000+07:00")),
            ("chủ nhật", Some("2026-12-06T00:00:00.000+07:00")),
            ("17h01", Some("2026-11-30T17:01:00.000+07:00")),
            ("T8", None),
            ("17h99", None),
        ];
        for (written, expected) in table {
            assert_eq!(read(written).as_deref(), expected, "{written:?}");
        }
    }

    #[test]
    fn of_the_past_a_day_of_the_week_is_the_last_one() {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let now = Wall::from_secs(1_796_000_000);
        let read = |written: &str| parse_past(written, now, &tz).unwrap().rfc3339(&tz)[..16].to_owned();
        for (written, expected) in [
            ("T2", "2026-11-30T00:00"),
            ("T7", "2026-11-28T00:00"),
            ("CN 5h30", "2026-11-29T05:30"),
            ("thứ ba", "2026-11-24T00:00"),
            ("hôm qua", "2026-11-29T00:00"),
        ] {
            assert_eq!(read(written), expected, "{written}");
        }
    }
}
