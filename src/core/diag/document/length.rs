use std::time::Duration;

use jiff::SignedDuration;

use crate::diag::{Text, fold, shown, text};

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
    let limit = written_length(most);
    let Ok(signed) = written.parse::<SignedDuration>() else {
        let meant = meant(written, bare).filter(|meant| length(meant, most, bare).is_ok());
        let help = match meant {
            Some(meant) => cure(Some(meant)),
            None if digits(written) => text!("viết từ \"0s\" đến \"{limit}\"", "write from \"0s\" to \"{limit}\""),
            None => cure(None),
        };
        return Err(BadLength { message: unreadable(written), help });
    };
    match Duration::try_from(signed) {
        Ok(length) if length <= most => Ok(length),
        _ => {
            let shown = shown(written);
            Err(BadLength {
                message: text!("khoảng thời gian «{shown}» không hợp lý", "the length \"{shown}\" is beyond reason"),
                help: text!("viết từ \"0s\" đến \"{limit}\"", "write from \"0s\" to \"{limit}\""),
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

fn digits(written: &str) -> bool {
    written.trim().starts_with(|c: char| c.is_ascii_digit())
}

fn cure(meant: Option<String>) -> Text {
    match meant {
        Some(meant) => {
            text!(
                "viết: \"{meant}\" (s là giây, m là phút, h là giờ)",
                "write: \"{meant}\" (s seconds, m minutes, h hours)"
            )
        }
        None => {
            text!(
                "viết số kèm đơn vị: \"30s\" (giây), \"10m\" (phút), \"1h\" (giờ)",
                "write a number and its unit: \"30s\", \"10m\", \"1h\""
            )
        }
    }
}

/// What `10`, `10 phút`, `2 giây`, `1 tiếng`, `1,5`, `1 tiếng rưỡi` stand for; a number alone has the unit `bare`.
pub fn meant(written: &str, bare: &str) -> Option<String> {
    // `fold` takes points and blanks away, so the fraction is taken first.
    let point = written.replace(',', ".");
    let number: String = point.trim().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let unit = fold(point.trim().get(number.len()..)?);
    let (unit, half) = unit.strip_suffix("ruoi").map_or((unit.as_str(), false), |unit| (unit, true));
    let unit = match unit {
        "giay" => "s",
        "gio" | "tieng" => "h",
        "phut" | "p" | "'" => "m",
        "" => bare,
        known @ ("s" | "m" | "h") => known,
        _ => return None,
    };
    if !half && (1..=4).contains(&number.len()) && !number.contains('.') {
        return Some(format!("{number}{unit}"));
    }
    let seconds = match unit {
        "s" => 1.0,
        "h" => 3600.0,
        _ => 60.0,
    };
    let number: f64 = (1..=6).contains(&number.len()).then(|| number.parse().ok())??;
    let length = Duration::try_from_secs_f64((number + if half { 0.5 } else { 0.0 }) * seconds).ok()?;
    Some(written_length(length))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(meant("mười phút", "m"), None);
        assert_eq!(help("-5m", "m"), "write from \"0s\" to \"12h\"");
    }
}
