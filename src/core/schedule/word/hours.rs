use std::ops::Range;

use super::time::plain_parts;
use super::{Read, WordFault};
use crate::diag::{shown, text};

const DAY: u32 = 86_400;

/// Hours of a day: `05:00-06:30`, as one or two half-open ranges of seconds since midnight. A range
/// over midnight (`22:00-02:00`) is two. `24:00` is the day's end.
pub(in crate::schedule) fn clock_range(written: &str) -> Read<Vec<Range<u32>>> {
    let ends = ends(written);
    if let Some(range) = ends.and_then(range) {
        return Ok(range);
    }
    let help = if let Some([meant]) = meant_ranges(written).as_deref() {
        text!("viết: \"{meant}\"", "write: \"{meant}\"")
    } else if ends.is_some() {
        text!(
            "giờ đầu và giờ cuối phải khác nhau; cả ngày là \"00:00-24:00\"",
            "the two ends must differ; the whole day is \"00:00-24:00\""
        )
    } else {
        text!(
            "viết giờ đầu, gạch ngang, giờ cuối: \"05:00-06:30\"",
            "write the first time, a hyphen, the last time: \"05:00-06:30\""
        )
    };
    let written = shown(written);
    let message = text!("không hiểu khung giờ «{written}»", "cannot read the hours \"{written}\"");
    Err(WordFault::new("bad_hours", message, help))
}

/// The first and the last second.
fn ends(written: &str) -> Option<(u32, u32)> {
    written.split_once(['-', '–', '—']).and_then(|(from, to)| Some((second(from)?, second(to)?)))
}

fn range((from, to): (u32, u32)) -> Option<Vec<Range<u32>>> {
    if from < to {
        return Some(std::iter::once(from..to).collect());
    }
    (from > to && from < DAY).then(|| [0..to, from..DAY].into_iter().filter(|range| !range.is_empty()).collect())
}

/// The ranges that somebody means who wrote them otherwise: `05:00-06:30` for `5h - 6h30`, `từ 5 giờ đến 6 rưỡi`,
/// `5:00 6:30`; several where commas part them.
pub(in crate::schedule) fn meant_ranges(written: &str) -> Option<Vec<String>> {
    let apart = written.to_lowercase().replace(" và ", ",");
    let parts = apart.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
    let ranges: Option<Vec<String>> = parts.map(meant_range).collect();
    ranges.filter(|ranges| (1..=MAX_MEANT).contains(&ranges.len()))
}

/// More ranges of one text are not written out.
const MAX_MEANT: usize = 6;

fn meant_range(part: &str) -> Option<String> {
    let plain = part.trim().strip_prefix("từ ").unwrap_or(part);
    let (first, last) = [" đến ", "đến", " tới ", "->", "→", "–", "—", "~", "-"]
        .iter()
        .find_map(|between| plain.split_once(between))
        .or_else(|| plain.split_once(' '))?;
    let end = |written: &str| match super::meant_times(written).as_deref() {
        Some([time]) => Some(time.clone()),
        _ => second(&written.replace('h', ":00")).filter(|second| *second == DAY).map(|_| "24:00".to_owned()),
    };
    let range = format!("{}-{}", end(first)?, end(last)?);
    ends(&range).and_then(self::range).map(|_| range)
}

/// Ascending ranges, those that meet or overlap made one.
pub(in crate::schedule) fn merged(mut ranges: Vec<Range<u32>>) -> Vec<Range<u32>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut out: Vec<Range<u32>> = Vec::new();
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

fn second(written: &str) -> Option<u32> {
    let (hour, minute, second) = plain_parts(written)?;
    let (hour, minute, second) = (u32::try_from(hour).ok()?, u32::try_from(minute).ok()?, u32::try_from(second).ok()?);
    let total = hour * 3600 + minute * 60 + second;
    (minute < 60 && second < 60 && total <= DAY).then_some(total)
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "one range of hours is meant, not its seconds")]
mod tests {
    use super::*;

    #[test]
    fn hours_are_half_open_seconds_and_midnight_splits_them() {
        let h = |hour: u32| hour * 3600;
        let table = [
            ("05:00-06:30", Some(vec![h(5)..h(6) + 1800])),
            ("5:00 – 6:30", Some(vec![h(5)..h(6) + 1800])),
            ("00:00-24:00", Some(vec![0..DAY])),
            ("22:00-02:00", Some(vec![0..h(2), h(22)..DAY])),
            ("22:00-00:00", Some(vec![h(22)..DAY])),
            ("24:00-05:00", None),
            ("05:00-05:00", None),
            ("05:00", None),
            ("5h-6h", None),
            ("05:00-24:01", None),
            ("05:00-06:30-07:00", None),
            ("", None),
        ];
        for (written, expected) in table {
            assert_eq!(clock_range(written).ok(), expected, "{written:?}");
        }
    }

    #[test]
    fn hours_that_meet_or_overlap_become_one() {
        assert_eq!(merged(vec![50..60, 10..20, 15..30, 30..40, 12..13]), vec![10..40, 50..60]);
        assert_eq!(merged(vec![]), vec![]);
    }

    #[test]
    fn hours_written_otherwise_are_told_how_to_write_them() {
        for (written, meant) in [
            ("5h - 6h30", Some("05:00-06:30")),
            ("17h-18h30", Some("17:00-18:30")),
            ("05:00 đến 06:30", Some("05:00-06:30")),
            ("từ 5 giờ đến 6 rưỡi", Some("05:00-06:30")),
            ("5:00 6:30", Some("05:00-06:30")),
            ("5:00-6:30, 17h-18h30", Some("05:00-06:30 17:00-18:30")),
            ("22h-24h", Some("22:00-24:00")),
            ("5h", None),
            ("sáng", None),
            ("5h-5h", None),
            ("", None),
        ] {
            assert_eq!(meant_ranges(written).map(|ranges| ranges.join(" ")).as_deref(), meant, "{written:?}");
        }
        assert_eq!(clock_range("5h - 6h30").unwrap_err().help.en, "write: \"05:00-06:30\"");
    }
}
