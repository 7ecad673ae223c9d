use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::{Exit, Failure};
use crate::diag::{Text, fold, text};
use crate::instant::Wall;

/// Read an instant as a person types it after `--from` or `--to`.
///
/// `2026-12-01T05:00:00+07:00`, `2026-12-01T05:00`, `2026-12-01 05:00:15`, `2026-12-01` (its
/// midnight), `1/12 05:30`, `1/12/2026` (day and month; without a year, the nearest such day), `05:00`,
/// `5:00` or `17h01` (today), `hôm nay`, `hôm qua 5h`, `T7 17h01`, `Chủ nhật` (the nearest one), `now`, `+2h`,
/// `-30m`, `+7d`. Local to `tz` where no offset is written.
pub(super) fn parse(written: &str, now: Wall, tz: &TimeZone) -> Result<Wall, Text> {
    let at = read(written.trim(), now, tz)?;
    if YEARS.contains(&at.zoned(tz).year()) {
        return Ok(at);
    }
    let (first, last) = (YEARS.start(), YEARS.end());
    Err(text!(
        "«{written}» nằm ngoài các năm từ {first} đến {last}: hãy xem lại năm",
        "\"{written}\" is outside the years {first} to {last}: look at the year"
    ))
}

/// The same of what is past: a day of the week is the last one, today included.
pub(super) fn parse_past(written: &str, now: Wall, tz: &TimeZone) -> Result<Wall, Text> {
    let at = parse(written, now, tz)?;
    let week = jiff::Span::new().days(7);
    let ahead = at.zoned(tz).date() > now.zoned(tz).date() && begins_with_weekday(written);
    let before = ahead.then(|| at.zoned(tz).checked_sub(week).ok()).flatten();
    Ok(before.map_or(at, |before| before.timestamp().into()))
}

/// Whether it is a day of the week that is named, and no date behind it.
fn begins_with_weekday(written: &str) -> bool {
    let words: Vec<&str> = written.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let named = |count: usize| fold(&words[..count].concat());
    !written.contains('/')
        && (1..=words.len().min(2)).any(|count| WEEKDAYS.iter().any(|names| names.contains(&named(count).as_str())))
}

/// Beyond these years an instant has no nanoseconds of its own any more, and the moon no month.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

fn read(written: &str, now: Wall, tz: &TimeZone) -> Result<Wall, Text> {
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
    if !written.contains('-')
        && let Some(time) = time_of_day(written)
    {
        return local(today.to_datetime(time));
    }
    if let Some(at) = day_in_words(written, today) {
        return local(at);
    }
    if written.contains('/') {
        return day_and_month(written, today).ok_or_else(bad).and_then(local);
    }
    if let Ok(at) = written.parse::<DateTime>() {
        return local(at);
    }
    written.parse::<Date>().map_err(|_| bad()).and_then(|date| local(date.to_datetime(Time::midnight())))
}

/// A day that is called by a word, bare letters of it, and how far from today it is.
const DAYS: [(&str, i32); 9] = [
    ("homnay", 0),
    ("today", 0),
    ("homqua", -1),
    ("yesterday", -1),
    ("homkia", -2),
    ("ngaymai", 1),
    ("mai", 1),
    ("tomorrow", 1),
    ("ngaykia", 2),
];

/// Names of the weekdays, bare letters of them, from Monday on.
const WEEKDAYS: [[&str; 5]; 7] = [
    ["t2", "thu2", "thuhai", "mon", "monday"],
    ["t3", "thu3", "thuba", "tue", "tuesday"],
    ["t4", "thu4", "thutu", "wed", "wednesday"],
    ["t5", "thu5", "thunam", "thu", "thursday"],
    ["t6", "thu6", "thusau", "fri", "friday"],
    ["t7", "thu7", "thubay", "sat", "saturday"],
    ["cn", "chunhat", "chunhat", "sun", "sunday"],
];

/// `hôm nay`, `hôm qua 17h01`, `T7 17h01`, `thứ bảy 28/11 10:24`: a day by its name, of the weekdays the
/// nearest one, or the one of the date behind it. Midnight where no time is written.
fn day_in_words(written: &str, today: Date) -> Option<DateTime> {
    let words: Vec<&str> = written.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    // The longer name first: `thứ 5` is no `thu` of an English week.
    let (days, rest) = (1..=words.len().min(2)).rev().find_map(|count| {
        let named = fold(&words[..count].concat());
        let ahead = DAYS.iter().find(|(name, _)| *name == named).map(|(_, ahead)| *ahead);
        let weekday = || {
            let weekday = WEEKDAYS.iter().position(|names| names.contains(&named.as_str()))?;
            let own = i32::from(today.weekday().to_monday_zero_offset());
            Some((i32::try_from(weekday).ok()? - own + 3).rem_euclid(7) - 3)
        };
        Some((ahead.or_else(weekday)?, &words[count..]))
    })?;
    let date = today.checked_add(jiff::Span::new().days(days)).ok()?;
    match rest {
        [] => Some(date.to_datetime(Time::midnight())),
        [time] if !time.contains('/') => Some(date.to_datetime(time_of_day(time)?)),
        dated => day_and_month(&dated.join(" "), today).filter(|at| at.date().weekday() == date.weekday()),
    }
}

/// `05:30`, `5:30`, `05:30:15`, `5h30`, `17h`, `17g`.
fn time_of_day(written: &str) -> Option<Time> {
    let lower = written.to_lowercase();
    let hours = lower.strip_suffix(['h', 'g']).map(|hours| format!("{hours}:00"));
    let written = &hours.unwrap_or_else(|| lower.replacen(['h', 'g'], ":", 1));
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

    fn said(written: &str) -> Option<String> {
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
            ("17h01", Some("2026-11-30T17:01:00.000+07:00")),
            ("5h", Some("2026-11-30T05:00:00.000+07:00")),
            ("17g30", Some("2026-11-30T17:30:00.000+07:00")),
            ("1/12 5h30", Some("2026-12-01T05:30:00.000+07:00")),
            ("hôm nay", Some("2026-11-30T00:00:00.000+07:00")),
            ("Hôm nay 17h01", Some("2026-11-30T17:01:00.000+07:00")),
            ("hom qua 5h", Some("2026-11-29T05:00:00.000+07:00")),
            ("ngày mai 05:30", Some("2026-12-01T05:30:00.000+07:00")),
            ("tomorrow", Some("2026-12-01T00:00:00.000+07:00")),
            // The 30th is a Monday.
            ("T2", Some("2026-11-30T00:00:00.000+07:00")),
            ("T7 17h01", Some("2026-11-28T17:01:00.000+07:00")),
            ("thứ bảy 17h01", Some("2026-11-28T17:01:00.000+07:00")),
            ("thứ 5 17h01", Some("2026-12-03T17:01:00.000+07:00")),
            ("CN", Some("2026-11-29T00:00:00.000+07:00")),
            ("Chủ nhật, 05:30", Some("2026-11-29T05:30:00.000+07:00")),
            ("fri 5:30", Some("2026-11-27T05:30:00.000+07:00")),
            ("T7 5/12 10:24", Some("2026-12-05T10:24:00.000+07:00")),
            ("T7 6/12 10:24", None),
            ("hôm nay 25h", None),
            ("hôm nào", None),
            ("h", None),
            ("5h30h", None),
            ("9999-12-31", None),
            ("1600-01-01", None),
            ("+9000y", None),
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
            ("T7 17h", Some("2026-11-28T17:00:00.000+07:00")),
            ("chủ nhật", Some("2026-11-29T00:00:00.000+07:00")),
            ("17h01", Some("2026-11-30T17:01:00.000+07:00")),
            ("T8", None),
            ("17h99", None),
        ];
        for (written, expected) in table {
            assert_eq!(said(written).as_deref(), expected, "{written:?}");
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
