//! Spans and lengths of time as people say them.

use jiff::civil::DateTime;

use crate::diag::{Text, text};

/// `2026-11-28 10:22:13..10:25:10`, as the journal has it.
pub(super) fn ends(written: &str) -> Option<(DateTime, DateTime)> {
    let (from, to) = written.split_once("..")?;
    let from: DateTime = from.parse().ok()?;
    let to = if to.contains(' ') { to.parse().ok()? } else { from.date().to_datetime(to.parse().ok()?) };
    Some((from, to))
}

/// `từ 10:22:13 đến 10:25:10 ngày 28/11/2026`.
pub(super) fn span(from: DateTime, to: DateTime) -> Text {
    let (from_time, to_time) = (from.strftime("%H:%M:%S"), to.strftime("%H:%M:%S"));
    let (from_vi, to_vi) = (from.strftime("%d/%m/%Y"), to.strftime("%d/%m/%Y"));
    let (from_en, to_en) = (from.strftime("%Y-%m-%d"), to.strftime("%Y-%m-%d"));
    if from.date() == to.date() {
        return text!("từ {from_time} đến {to_time} ngày {from_vi}", "from {from_time} to {to_time} on {from_en}");
    }
    text!(
        "từ {from_time} ngày {from_vi} đến {to_time} ngày {to_vi}",
        "from {from_time} on {from_en} to {to_time} on {to_en}"
    )
}

pub(super) fn moment(at: DateTime) -> Text {
    Text { vi: at.strftime("%H:%M:%S %d/%m/%Y").to_string(), en: at.strftime("%Y-%m-%d %H:%M:%S").to_string() }
}

/// A length in seconds.
pub(super) fn length(seconds: f64) -> Text {
    let whole = seconds.round() as u64;
    let (days, hours, minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60);
    let (vi, en) = match (days, hours, minutes) {
        (0, 0, 0) => {
            let vi = format!("{seconds:.1}").replace('.', ",");
            let (vi, en) = (vi.trim_end_matches(",0").to_owned(), format!("{seconds:.1}"));
            return text!("{vi} giây", "{en} s");
        }
        (0, 0, minutes) => match whole % 60 {
            0 => (format!("{minutes} phút"), format!("{minutes} min")),
            rest => (format!("{minutes} phút {rest} giây"), format!("{minutes} min {rest} s")),
        },
        (0, hours, 0) => (format!("{hours} giờ"), format!("{hours} h")),
        (0, hours, minutes) => (format!("{hours} giờ {minutes} phút"), format!("{hours} h {minutes} min")),
        (days, 0, _) => (format!("{days} ngày"), format!("{days} d")),
        (days, hours, _) => (format!("{days} ngày {hours} giờ"), format!("{days} d {hours} h")),
    };
    Text { vi, en }
}
