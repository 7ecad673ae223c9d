use std::time::Duration;

use jiff::SignedDuration;

use super::number::number_word;
use crate::diag::{Text, figure, fold, shown, text};

/// Why a length cannot be read, and how it is written right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadLength {
    /// What is wrong.
    pub message: Text,
    /// How it is written right.
    pub help: Text,
}

/// A length of time: `500ms`, `2s`, `10m`, `1h 30m`; at most `most`. `bare` is the unit that a number
/// without one is taken to mean, in the cure.
pub fn length(written: &str, most: Duration, bare: &str) -> Result<Duration, BadLength> {
    length_within(written, [Duration::ZERO, most], bare)
}

/// The same, and at least the first of the bounds. Whatever a cure names lies within them.
pub fn length_within(written: &str, [least, most]: [Duration; 2], bare: &str) -> Result<Duration, BadLength> {
    let bounds = [least, most];
    let within = || {
        let [least, most] = bounds.map(written_length);
        text!("viết từ \"{least}\" đến \"{most}\"", "write from \"{least}\" to \"{most}\"")
    };
    let Ok(signed) = written.parse::<SignedDuration>() else {
        let help = match meant(written, bare) {
            Some(meant) if length_within(&meant, bounds, bare).is_ok() => cure(&meant),
            Some(_) => within(),
            None if written.trim_start().starts_with('-') => within(),
            None => clock_like(written, bounds).unwrap_or_else(|| example(most)),
        };
        return Err(BadLength { message: unreadable(written), help });
    };
    match Duration::try_from(signed) {
        Ok(length) if (least..=most).contains(&length) => Ok(length),
        Ok(length) if length < least => {
            let least = figure::length(least);
            Err(BadLength {
                message: text!(least = least; "ít nhất là {least}", "{least} is the least"),
                help: within(),
            })
        }
        _ => {
            let shown = shown(written);
            Err(BadLength {
                message: text!("khoảng thời gian «{shown}» không hợp lý", "the length \"{shown}\" is beyond reason"),
                help: within(),
            })
        }
    }
}

/// A length as it is written in a file: `1h30m`, `10m`, `500ms`.
fn written_length(length: Duration) -> String {
    let (seconds, millis) = (length.as_secs(), length.subsec_millis());
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s"), (millis.into(), "ms")];
    let written: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if written.is_empty() { "0s".to_owned() } else { written.concat() }
}

fn unreadable(written: &str) -> Text {
    let shown = shown(written);
    text!("không hiểu khoảng thời gian «{shown}»", "cannot read the length \"{shown}\"")
}

fn cure(meant: &str) -> Text {
    text!("viết: \"{meant}\" (s là giây, m là phút, h là giờ)", "write: \"{meant}\" (s seconds, m minutes, h hours)")
}

/// `1:30` is minutes and seconds to one, hours and minutes to another: both are shown, of those that are allowed.
fn clock_like(written: &str, [least, most]: [Duration; 2]) -> Option<Text> {
    let (first, last) = written.trim().split_once(':')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok().filter(|last| *last < 60)?);
    let seconds = Duration::from_secs(first.checked_mul(60)?.checked_add(last)?);
    let short = Some(seconds).filter(|length| (least..=most).contains(length)).map(written_length);
    let long = seconds.checked_mul(60).filter(|length| (least..=most).contains(length)).map(written_length);
    Some(match (short, long) {
        (Some(short), Some(long)) => text!(
            "phút và giây thì viết \"{short}\", giờ và phút thì viết \"{long}\"",
            "for minutes and seconds write \"{short}\", for hours and minutes \"{long}\""
        ),
        (Some(only), None) | (None, Some(only)) => cure(&only),
        (None, None) => return None,
    })
}

/// Lengths of each unit that are allowed.
fn example(most: Duration) -> Text {
    if most < Duration::from_hours(1) {
        return text!(
            "viết số kèm đơn vị: \"30s\" (giây), \"1m\" (phút)",
            "write a number and its unit: \"30s\" (seconds), \"1m\" (minutes)"
        );
    }
    text!(
        "viết số kèm đơn vị: \"30s\" (giây), \"10m\" (phút), \"1h\" (giờ)",
        "write a number and its unit: \"30s\", \"10m\", \"1h\""
    )
}

/// What `10`, `10 phút`, `2 giây`, `1 tiếng`, `1,5`, `1 tiếng rưỡi`, `1h30`, `1 giờ 30 phút`, `nửa tiếng` stand for; a
/// number alone has the unit `bare`.
pub fn meant(written: &str, bare: &str) -> Option<String> {
    if written.trim_start().starts_with('-') {
        return None;
    }
    let words = words(written);
    let mut words = words.iter().map(String::as_str).peekable();
    while words.next_if(|word| ["khoang", "tam", "toida", "toi", "da", "dung", "trong"].contains(word)).is_some() {}
    let mut parts: Vec<(f64, &str)> = Vec::new();
    let mut plain = true;
    while let Some(word) = words.next() {
        if matches!(word, "ruoi" | "ruoi'") {
            let (number, _) = parts.last_mut()?;
            (*number, plain) = (*number + 0.5, false);
            continue;
        }
        let number = match word {
            "nua" | "half" => {
                plain = false;
                0.5
            }
            _ if word.starts_with(|c: char| c.is_ascii_digit()) => {
                plain &= !word.contains('.');
                word.parse().ok().filter(|_| word.len() <= 6)?
            }
            _ => number_word(word)? as f64,
        };
        let own = words.next_if(|word| unit(word).is_some()).and_then(unit);
        // `1h30`: what stands behind hours without a unit are minutes, behind minutes seconds.
        let unit = own.or_else(|| match parts.last() {
            None => Some(bare),
            Some((_, "h")) => Some("m"),
            Some((_, "m")) => Some("s"),
            Some(_) => None,
        })?;
        parts.push((number, unit));
    }
    if let ([(number, unit)], true) = (parts.as_slice(), plain) {
        return Some(format!("{number}{unit}"));
    }
    let seconds = |unit: &str| match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "h" => 3600.0,
        _ => 60.0,
    };
    let total: f64 = parts.iter().map(|(number, unit)| number * seconds(unit)).sum();
    let length = Duration::try_from_secs_f64(total).ok().filter(|_| !parts.is_empty())?;
    Some(written_length(length))
}

fn unit(word: &str) -> Option<&'static str> {
    match word {
        "giay" | "s" | "sec" | "secs" | "second" | "seconds" => Some("s"),
        "gio" | "tieng" | "h" | "g" | "hour" | "hours" => Some("h"),
        "phut" | "p" | "ph" | "'" | "m" | "min" | "mins" | "minute" | "minutes" => Some("m"),
        "ms" => Some("ms"),
        _ => None,
    }
}

/// Numbers and words, each by itself; words folded, since a phone writes `phút` in two ways.
fn words(written: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let (mut run, mut digits) = (String::new(), false);
    let mut end = |run: &mut String, digits: bool| {
        let word = if digits { run.trim_end_matches('.').to_owned() } else { fold(run) };
        if !word.is_empty() {
            out.push(word);
        }
        run.clear();
    };
    for c in written.replace(',', ".").chars() {
        let is_digit = c.is_ascii_digit() || (c == '.' && digits);
        if c.is_whitespace() || is_digit != digits {
            end(&mut run, digits);
        }
        digits = is_digit;
        if !c.is_whitespace() {
            run.push(c);
        }
    }
    end(&mut run, digits);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cure_lies_within_both_bounds() {
        let bounds = [Duration::from_secs(10), Duration::from_mins(30)];
        for (written, help) in [
            ("2h", "write from \"10s\" to \"30m\""),
            ("0s", "write from \"10s\" to \"30m\""),
            ("5 giây", "write from \"10s\" to \"30m\""),
            ("5", "write: \"5m\" (s seconds, m minutes, h hours)"),
            ("0:20", "for minutes and seconds write \"20s\", for hours and minutes \"20m\""),
            ("0:05", "write: \"5m\" (s seconds, m minutes, h hours)"),
        ] {
            assert_eq!(length_within(written, bounds, "m").unwrap_err().help.en, help, "{written:?}");
        }
        for written in ["10s", "30m"] {
            assert!(length_within(written, bounds, "m").is_ok(), "{written}");
        }
    }

    #[test]
    fn lengths_need_a_unit_and_a_bound() {
        let table = [
            ("500ms", Some(500)),
            ("2s", Some(2_000)),
            ("10m", Some(600_000)),
            ("1h 30m", Some(5_400_000)),
            ("1h30m", Some(5_400_000)),
            ("0s", Some(0)),
            ("12h", Some(43_200_000)),
            ("12h 1s", None),
            ("-5m", None),
            ("10", None),
            ("10 phút", None),
            ("99999999999999999999h", None),
            ("", None),
        ];
        let most = Duration::from_hours(12);
        for (written, millis) in table {
            assert_eq!(length(written, most, "m").ok(), millis.map(Duration::from_millis), "{written:?}");
        }
        let help = |written, bare| length(written, most, bare).unwrap_err().help.en;
        assert_eq!(help("10", "m"), "write: \"10m\" (s seconds, m minutes, h hours)");
        assert_eq!(help("10", "s"), "write: \"10s\" (s seconds, m minutes, h hours)");
        assert_eq!(help("2 giây", "m"), "write: \"2s\" (s seconds, m minutes, h hours)");
        assert_eq!(meant("1,5", "m").as_deref(), Some("1m30s"));
        assert_eq!(meant("1 tiếng rưỡi", "m").as_deref(), Some("1h30m"));
        assert_eq!(meant("90 phút", "m").as_deref(), Some("90m"));
        for (written, expected) in [
            ("mười phút", Some("10m")),
            ("1h30", Some("1h30m")),
            ("1g30p", Some("1h30m")),
            ("1 giờ 30 phút", Some("1h30m")),
            ("1 giờ 30", Some("1h30m")),
            ("2m30", Some("2m30s")),
            ("nửa tiếng", Some("30m")),
            ("tiếng rưỡi", None),
            ("một tiếng rưỡi", Some("1h30m")),
            ("5'", Some("5m")),
            ("khoảng 10 phu\u{301}t", Some("10m")),
            ("30s", Some("30s")),
            ("1:30", None),
            ("mãi", None),
            ("-5m", None),
            ("", None),
        ] {
            assert_eq!(meant(written, "m").as_deref(), expected, "{written:?}");
        }
        assert_eq!(help("20 giờ", "m"), "write from \"0s\" to \"12h\"");
        let gap = |written| length(written, Duration::from_mins(10), "s").unwrap_err().help.en;
        assert_eq!(gap("90"), "write: \"90s\" (s seconds, m minutes, h hours)");
        assert!(!gap("lâu").contains("1h"), "an hour would be refused");
        assert_eq!(help("-5m", "m"), "write from \"0s\" to \"12h\"");
        assert_eq!(help("1:30", "m"), "for minutes and seconds write \"1m30s\", for hours and minutes \"1h30m\"");
        assert_eq!(help("0:45", "m"), "for minutes and seconds write \"45s\", for hours and minutes \"45m\"");
        assert_eq!(gap("1:30"), "write: \"1m30s\" (s seconds, m minutes, h hours)");
        assert_eq!(help("20:00", "m"), "write: \"20m\" (s seconds, m minutes, h hours)");
        assert!(help("18446744073709551615:30", "m").starts_with("write a number"), "no sum overflows");
    }
}
