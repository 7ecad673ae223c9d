use jiff::civil::Time;
use unicode_normalization::UnicodeNormalization;

use super::{Read, WordFault};
use crate::diag::{shown, text};

/// A time of day: `05:30`, `5:30`, `17:00:15`.
pub(in crate::schedule) fn time_of_day(written: &str) -> Read<Time> {
    if let Some(time) = plain(written) {
        return Ok(time);
    }
    let (shown, meant) = (shown(written), repaired(written));
    let midnight = plain_parts(written).or_else(|| spelled(written)) == Some((24, 0, 0));
    let help = match meant {
        _ if midnight => text!(
            "nửa đêm là đầu ngày hôm sau: viết \"00:00\" và xem lại ngày, hoặc \"23:59:59\"",
            "midnight is the start of the next day: write \"00:00\" and look at the days, or \"23:59:59\""
        ),
        Some(time) => {
            let time = clock(time);
            text!("viết: \"{time}\"", "write: \"{time}\"")
        }
        None => text!(
            "viết giờ:phút theo 24 giờ, ví dụ \"05:30\" hoặc \"17:00:15\"",
            "write hours:minutes of 24 hours, for example \"05:30\" or \"17:00:15\""
        ),
    };
    Err(WordFault::new("bad_time", text!("«{shown}» không phải là giờ", "\"{shown}\" is not a time of day"), help))
}

/// `24h`, `24:00`, `25h30`: hours and minutes, and yet no time of a day; nor days of the week, though 2 and 4 are in it.
pub(in crate::schedule) fn is_beyond_the_day(written: &str) -> bool {
    plain_parts(written).or_else(|| spelled(written)).is_some_and(|(hour, ..)| hour >= 24)
}

fn plain(written: &str) -> Option<Time> {
    let (hour, minute, second) = plain_parts(written)?;
    Time::new(hour, minute, second, 0).ok()
}

/// Hour, minute and second as digits say, whether or not there is such a time.
pub(super) fn plain_parts(written: &str) -> Option<(i8, i8, i8)> {
    let number = |part: &str, widths: std::ops::RangeInclusive<usize>| {
        (widths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
    };
    let mut parts = written.trim().split(':');
    let (hour, minute) = (number(parts.next()?, 1..=2)?, number(parts.next()?, 2..=2)?);
    let second = parts.next().map_or(Some(0), |part| number(part, 2..=2))?;
    parts.next().is_none().then_some((hour, minute, second))
}

/// The times that somebody wrote otherwise, as they are written here: `17:20` for `17h20`, two for `5h30 và 17h`.
pub(in crate::schedule) fn meant_times(written: &str) -> Option<Vec<String>> {
    let one = |part: &str| plain(part).or_else(|| repaired(part)).map(clock);
    let all = |parts: Vec<&str>| parts.into_iter().map(one).collect::<Option<Vec<String>>>();
    let apart = written.replace(" và ", ",").replace(" and ", ",");
    let parts: Vec<&str> = apart.split([',', ';', '&', '+']).map(str::trim).filter(|part| !part.is_empty()).collect();
    // `17,20` is one time with a slip in it, not two.
    let several = parts.len() > 1 && parts.iter().all(|part| part.contains([':', 'h', 'g']));
    if let Some(times) = several.then(|| all(parts)).flatten() {
        return Some(times);
    }
    if let Some(time) = one(written) {
        return Some(vec![time]);
    }
    let words: Vec<&str> = written.split_whitespace().collect();
    (words.len() > 1).then(|| all(words)).flatten()
}

/// The time that `5h30`, `5 giờ 30`, `5.30`, `5,30`, `05：30`, `5h`, `5:5`, `5:30 chiều`, `sáng 5h30`, `5 rưỡi`,
/// `5 giờ kém 15`, `5:30 pm`, `0530`, `nửa đêm` stand for.
fn repaired(written: &str) -> Option<Time> {
    let (hour, minute, second) = spelled(written)?;
    Time::new(hour, minute, second, 0).ok()
}

/// Its hour, minute and second, whether or not there is such a time.
fn spelled(written: &str) -> Option<(i8, i8, i8)> {
    // Of hours from one time to another, the first is when something begins.
    if let Some((first, last)) =
        written.split_once(['-', '–', '—', '−', '~', '→']).or_else(|| written.split_once("đến"))
    {
        let parts = |time: Time| (time.hour(), time.minute(), time.second());
        let begins = plain(first).map(parts).or_else(|| spelled(first));
        return begins.or_else(|| {
            // `05-30`: no hour 30, so it is a minute.
            let minute: i8 = last.trim().parse().ok().filter(|minute| (24..60).contains(minute))?;
            Some((first.trim().parse().ok().filter(|hour| (0..24).contains(hour))?, minute, 0))
        });
    }
    // A Chinese or Japanese keyboard writes wide digits.
    let narrow: String = written.nfkc().collect();
    let point = narrow.contains(['.', ',']);
    let folded = crate::diag::fold(&narrow.replace(['.', ',', ';'], ":"));
    let folded = folded.strip_prefix("luc").unwrap_or(&folded);
    match folded {
        "nuadem" | "giuadem" | "midnight" => return Some((0, 0, 0)),
        "giuatrua" | "dungtrua" | "chinhngo" | "noon" => return Some((12, 0, 0)),
        _ => {}
    }
    let behind = Part::ENDS.iter().find_map(|(end, part)| Some((folded.strip_suffix(end)?, *part)));
    let before = || {
        let rest = Part::ENDS.iter().find_map(|(end, part)| Some((folded.strip_prefix(end)?, *part)));
        rest.filter(|(rest, _)| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let (folded, part) = behind.or_else(before).map_or((folded, None), |(rest, part)| (rest, Some(part)));
    let of_day = |hour: i8| part.map_or(hour, |part| part.hour(hour));
    let spelled = folded.replace("gio", ":").replace("phut", "");
    let spelled = spelled.replace(['h', 'g', '：'], ":").replace(['p', '\''], "").replace("ruoi", ":30");
    if let Some((hour, less)) = spelled.split_once("kem") {
        let (hour, less): (i8, i8) = (hour.trim_end_matches(':').parse().ok()?, less.trim_matches(':').parse().ok()?);
        return (1..60).contains(&less).then(|| ((of_day(hour) + 23) % 24, 60 - less, 0));
    }
    // Letters that stand beside the digits they look like, and on them.
    let spelled = spelled.replace('o', "0").replace('l', "1");
    // `0530`, `1730`.
    let digits = spelled.bytes().all(|byte| byte.is_ascii_digit());
    let spelled = match spelled.len() {
        3 | 4 if digits => format!("{}:{}", &spelled[..spelled.len() - 2], &spelled[spelled.len() - 2..]),
        _ => spelled,
    };
    let written: Vec<&str> = spelled.split(':').filter(|part| !part.is_empty()).collect();
    // Half past five, or five minutes past: nobody can tell.
    if point && written.get(1).is_some_and(|minute| minute.len() == 1) {
        return None;
    }
    let mut numbers = written.iter().map(|part| part.parse::<i8>());
    let hour = numbers.next()?.ok()?;
    let minute = numbers.next().unwrap_or(Ok(0)).ok()?;
    let second = numbers.next().unwrap_or(Ok(0)).ok()?;
    let is_time = spelled.contains(':') || part.is_some();
    (is_time && numbers.next().is_none()).then(|| (of_day(hour), minute, second))
}

/// The part of the day that is said behind an hour of twelve.
#[derive(Clone, Copy)]
enum Part {
    Morning,
    Noon,
    Afternoon,
    Night,
}

impl Part {
    /// What people say for it, folded.
    const ENDS: [(&str, Self); 8] = [
        ("am", Self::Morning),
        ("sang", Self::Morning),
        ("trua", Self::Noon),
        ("pm", Self::Afternoon),
        ("chieu", Self::Afternoon),
        ("toi", Self::Afternoon),
        ("dem", Self::Night),
        ("khuya", Self::Night),
    ];

    /// The hour of 24. Twelve at night is midnight; one to six at night are after it, seven to eleven before it.
    const fn hour(self, said: i8) -> i8 {
        match (self, said) {
            (Self::Morning | Self::Night, 12) => 0,
            (Self::Noon, 1..=3) | (Self::Afternoon, 1..=11) | (Self::Night, 7..=11) => said + 12,
            _ => said,
        }
    }
}

fn clock(time: Time) -> String {
    let full = if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    time.strftime(full).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_seconds() {
        let table = [
            ("05:30", Some("05:30:00")),
            ("5:30", Some("05:30:00")),
            ("17:00:15", Some("17:00:15")),
            ("00:00", Some("00:00:00")),
            ("23:59:59", Some("23:59:59")),
            ("24:00", None),
            ("05:60", None),
            ("5:3", None),
            ("-5:30", None),
            ("05:30:00:00", None),
            ("+5:30", None),
            ("005:30", None),
            ("", None),
            (":", None),
        ];
        for (written, expected) in table {
            assert_eq!(time_of_day(written).ok().map(|time| time.to_string()).as_deref(), expected, "{written:?}");
        }
    }

    #[test]
    fn a_time_written_otherwise_is_told_how_to_write_it() {
        let table = [
            ("5h30", "write: \"05:30\""),
            ("5h", "write: \"05:00\""),
            ("17g15", "write: \"17:15\""),
            ("5 giờ 30 phút", "write: \"05:30\""),
            ("5.30", "write: \"05:30\""),
            ("05：30", "write: \"05:30\""),
            ("5:30 chiều", "write: \"17:30\""),
            ("5:30 PM", "write: \"17:30\""),
            ("5:30 sáng", "write: \"05:30\""),
            ("5 rưỡi chiều", "write: \"17:30\""),
            ("12h đêm", "write: \"00:00\""),
            ("12 giờ 15 đêm", "write: \"00:15\""),
            ("11h đêm", "write: \"23:00\""),
            ("2h đêm", "write: \"02:00\""),
            ("11h khuya", "write: \"23:00\""),
            ("12:30 AM", "write: \"00:30\""),
            ("12:00 PM", "write: \"12:00\""),
            ("12h trưa", "write: \"12:00\""),
            ("1h trưa", "write: \"13:00\""),
            ("8h tối", "write: \"20:00\""),
            ("12 giờ kém 15 đêm", "write: \"23:45\""),
            ("5 giờ rưỡi sáng", "write: \"05:30\""),
            ("5 giờ kém 15 chiều", "write: \"16:45\""),
            ("１７：２０", "write: \"17:20\""),
            ("17,20", "write: \"17:20\""),
            ("05:00-06:30", "write: \"05:00\""),
            ("5h – 6h30", "write: \"05:00\""),
            ("5 giờ đến 6 giờ", "write: \"05:00\""),
            ("24:00", "midnight is the start of the next day: write \"00:00\" and look at the days, or \"23:59:59\""),
            ("24h", "midnight is the start of the next day: write \"00:00\" and look at the days, or \"23:59:59\""),
            ("sáng 5h30", "write: \"05:30\""),
            ("chiều 5 giờ", "write: \"17:00\""),
            ("lúc 5h30", "write: \"05:30\""),
            ("5 sáng", "write: \"05:00\""),
            ("0530", "write: \"05:30\""),
            ("530", "write: \"05:30\""),
            ("1730", "write: \"17:30\""),
            ("5;30", "write: \"05:30\""),
            ("O5:30", "write: \"05:30\""),
            ("05-30", "write: \"05:30\""),
            ("nửa đêm", "write: \"00:00\""),
            ("giữa trưa", "write: \"12:00\""),
            ("5 giơ\u{300} 30", "write: \"05:30\""),
            ("17.5", "write hours:minutes of 24 hours, for example \"05:30\" or \"17:00:15\""),
            ("sáng mai", "write hours:minutes of 24 hours, for example \"05:30\" or \"17:00:15\""),
        ];
        for (written, expected) in table {
            assert_eq!(time_of_day(written).unwrap_err().help.en, expected, "{written:?}");
        }
    }

    #[test]
    fn several_times_in_one_text_are_told_apart() {
        for (written, times) in [
            ("5h30 và 17h", Some("05:30 17:00")),
            ("5h30, 17h", Some("05:30 17:00")),
            ("05:30 17:00", Some("05:30 17:00")),
            ("5h-6h, 17h-18h", Some("05:00 17:00")),
            ("5 giờ 30", Some("05:30")),
            ("17,20", Some("17:20")),
            ("T7 5h30", None),
            ("mỗi giờ", None),
        ] {
            assert_eq!(meant_times(written).map(|times| times.join(" ")).as_deref(), times, "{written:?}");
        }
    }
}
