use std::ops::Range;

use super::time::plain_parts;
use super::{Fault, Read};
use crate::diag::{shown, text};

const DAY: u32 = 86_400;

/// Hours of a day: `05:00-06:30`, as one or two half-open ranges of seconds since midnight. A range
/// over midnight (`22:00-02:00`) is two. `24:00` is the day's end.
pub(in crate::schedule) fn clock_range(written: &str) -> Read<Vec<Range<u32>>> {
    let ends = written.split_once(['-', '–', '—']).and_then(|(from, to)| Some((second(from)?, second(to)?)));
    match ends {
        Some((from, to)) if from < to => Ok(std::iter::once(from..to).collect()),
        Some((from, to)) if from > to && from < DAY => {
            Ok([0..to, from..DAY].into_iter().filter(|range| !range.is_empty()).collect())
        }
        _ => {
            let (written, empty) = (shown(written), ends.is_some());
            Err(Fault::new(
                "bad_hours",
                text!("không hiểu khung giờ «{written}»", "cannot read the hours \"{written}\""),
                if empty {
                    text!(
                        "giờ đầu và giờ cuối phải khác nhau; cả ngày là \"00:00-24:00\"",
                        "the two ends must differ; the whole day is \"00:00-24:00\""
                    )
                } else {
                    text!(
                        "viết giờ đầu, gạch ngang, giờ cuối: \"05:00-06:30\"",
                        "write the first time, a hyphen, the last time: \"05:00-06:30\""
                    )
                },
            ))
        }
    }
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
}
