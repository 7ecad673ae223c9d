use jiff::civil::DateTime;

use crate::diag::{Text, text};

/// What stands behind a reason's code, in words. What is not known here stays as it is.
pub(super) fn detail(code: &str, written: &str) -> Text {
    let words = match code {
        "station_off" => span(written),
        "clock_step" => step(written),
        "clock_confirmed" => confirmed(written),
        "underrun" => underrun(written),
        "journal_restored" => Some(if written == "whole" {
            text!("đủ mọi dòng", "with all its rows")
        } else {
            text!("bắt đầu lại", "begun anew")
        }),
        "journal_altered" | "journal_gone" => kept(written),
        "device_lost" | "device_failed" | "amplifier_failed" => return cause(code, written),
        // The name of the file that was set aside, its head, and an English sentence.
        "journal_renewed" => written.split(": ").next().map(|file| text!("{file}", "{written}")),
        _ => None,
    };
    words.unwrap_or_else(|| text!("{written}", "{written}"))
}

/// `2026-11-28 10:22:13..10:25:10`, as the journal has it.
fn ends(written: &str) -> Option<(DateTime, DateTime)> {
    let (from, to) = written.split_once("..")?;
    let from: DateTime = from.trim().parse().ok()?;
    let to = to.trim();
    let to = if to.contains(' ') { to.parse().ok()? } else { from.date().to_datetime(to.parse().ok()?) };
    Some((from, to))
}

/// `từ 10:22:13 đến 10:25:10 ngày 28/11/2026`.
fn span(written: &str) -> Option<Text> {
    let (from, to) = ends(written)?;
    let (from_time, to_time) = (from.strftime("%H:%M:%S"), to.strftime("%H:%M:%S"));
    let (from_vi, to_vi) = (from.strftime("%d/%m/%Y"), to.strftime("%d/%m/%Y"));
    let (from_en, to_en) = (from.strftime("%Y-%m-%d"), to.strftime("%Y-%m-%d"));
    Some(if from.date() == to.date() {
        text!("từ {from_time} đến {to_time} ngày {from_vi}", "from {from_time} to {to_time} on {from_en}")
    } else {
        text!(
            "từ {from_time} ngày {from_vi} đến {to_time} ngày {to_vi}",
            "from {from_time} on {from_en} to {to_time} on {to_en}"
        )
    })
}

fn moment(at: DateTime) -> Text {
    Text { vi: at.strftime("%H:%M:%S %d/%m/%Y").to_string(), en: at.strftime("%Y-%m-%d %H:%M:%S").to_string() }
}

/// `-1200.000 s: 2026-12-07 17:00:00..16:40:00`, or the span alone.
fn step(written: &str) -> Option<Text> {
    let Some((seconds, written)) = written.split_once(" s: ") else { return span(written) };
    let seconds: f64 = seconds.parse().ok()?;
    let (from, to) = ends(written)?;
    let (from, to) = (moment(from), moment(to));
    let ((from_vi, to_vi), (from_en, to_en)) = ((from.vi, to.vi), (from.en, to.en));
    let Text { vi, en } = length(seconds.abs());
    Some(if seconds < 0.0 {
        text!("lùi {vi}, từ {from_vi} về {to_vi}", "back by {en}, from {from_en} to {to_en}")
    } else {
        text!("tiến {vi}, từ {from_vi} đến {to_vi}", "ahead by {en}, from {from_en} to {to_en}")
    })
}

/// `ông Năm: 2026-12-07 17:00:00..16:40:00`.
fn confirmed(written: &str) -> Option<Text> {
    let (by, written) = written.rsplit_once(": ")?;
    let (from, to) = ends(written)?;
    let (from, to) = (moment(from), moment(to));
    let ((from_vi, to_vi), (from_en, to_en)) = ((from.vi, to.vi), (from.en, to.en));
    Some(text!(
        "{by} (nhật ký đã tới {from_vi}, giờ đúng là {to_vi})",
        "{by} (the journal had come to {from_en}, the right time is {to_en})"
    ))
}

/// `4; 1.250 s`: how often, and how much of it was silence.
fn underrun(written: &str) -> Option<Text> {
    let (times, silent) = written.split_once("; ").unwrap_or((written, ""));
    let times: u64 = times.trim().parse().ok()?;
    let noun = if times == 1 { "time" } else { "times" };
    let silent = silent.strip_suffix(" s").and_then(|seconds| seconds.parse::<f64>().ok());
    Some(match silent {
        Some(seconds) => {
            let Text { vi, en } = length(seconds);
            text!("{times} lần, mất {vi}", "{times} {noun}, {en} lost")
        }
        None => text!("{times} lần", "{times} {noun}"),
    })
}

/// `shorter: kept 873 4f2a…: found 870`.
fn kept(written: &str) -> Option<Text> {
    let number = |word: &str| -> Option<u64> {
        written.split(word).nth(1)?.split(' ').next()?.trim_end_matches(':').parse().ok()
    };
    let kept = number("kept ")?;
    let found = number("found ").unwrap_or(0);
    Some(match written.split(':').next()? {
        "shorter" => text!("trước có {kept} dòng, còn {found}", "it had {kept} rows, {found} were left"),
        "longer" => text!("trước có {kept} dòng, lúc mở có {found}", "it had {kept} rows, {found} when it was opened"),
        "changed" => {
            text!("dòng {kept} hoặc những dòng trước đó đã bị sửa", "row {kept}, or rows before it, had been changed")
        }
        "renamed" => text!("mã nhật ký đã bị đổi", "its id had been changed"),
        _ => text!("trước có {kept} dòng", "it had {kept} rows"),
    })
}

/// A length as people say it.
fn length(seconds: f64) -> Text {
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

/// What the machine said of a device, which stands in the journal in English. In Vietnamese what is known is
/// said; the rest is left to the log.
fn cause(code: &str, written: &str) -> Text {
    /// A part of the sentence, and what it means.
    const KNOWN: [(&str, &str); 12] = [
        ("in use by another program", "đang bị chương trình khác dùng"),
        ("takes no sound any more", "không nhận âm thanh nữa"),
        ("swallows sound", "nuốt âm thanh mà không phát"),
        ("does not answer", "không trả lời"),
        ("is not on this machine", "không có trên máy này"),
        ("there is no sound device", "không có trên máy này"),
        ("no sound card", "máy không có card âm thanh"),
        ("went away", "đã biến mất"),
        ("no right to use", "không có quyền dùng"),
        ("is not running", "dịch vụ âm thanh không chạy"),
        ("cannot write sound", "không ghi được tệp âm thanh"),
        ("decoded", "không giải mã được tệp âm thanh"),
    ];
    let known = KNOWN.iter().find(|(part, _)| written.contains(part)).map(|(_, vi)| (*vi).to_owned());
    // An amplifier's name stands before what it said.
    let name = (code == "amplifier_failed").then(|| written.split(": ").next().unwrap_or(written).to_owned());
    let is_foreign = written.chars().filter(char::is_ascii_alphabetic).count() > 0 && written.is_ascii();
    let vi = known.or(name).unwrap_or_else(|| if is_foreign { String::new() } else { written.to_owned() });
    Text { vi, en: written.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_a_code_is_said_in_words() {
        let table = [
            (
                "station_off",
                "2026-11-28 10:22:13..10:25:10",
                "từ 10:22:13 đến 10:25:10 ngày 28/11/2026",
                "from 10:22:13 to 10:25:10 on 2026-11-28",
            ),
            (
                "station_off",
                "2026-11-28 23:00:00..2026-11-29 05:00:00",
                "từ 23:00:00 ngày 28/11/2026 đến 05:00:00 ngày 29/11/2026",
                "from 23:00:00 on 2026-11-28 to 05:00:00 on 2026-11-29",
            ),
            (
                "clock_step",
                "-1200.000 s: 2026-12-07 17:00:00..16:40:00",
                "lùi 20 phút, từ 17:00:00 07/12/2026 về 16:40:00 07/12/2026",
                "back by 20 min, from 2026-12-07 17:00:00 to 2026-12-07 16:40:00",
            ),
            ("underrun", "4; 1.250 s", "4 lần, mất 1,2 giây", "4 times, 1.2 s lost"),
            ("underrun", "1", "1 lần", "1 time"),
            (
                "device_lost",
                "the sound device takes no sound any more; check the cable and the sound card",
                "không nhận âm thanh nữa",
                "the sound device takes no sound any more; check the cable and the sound card",
            ),
            ("device_failed", "ALSA function 'x' failed", "", "ALSA function 'x' failed"),
            (
                "journal_altered",
                "shorter: kept 873 4f2a: found 870",
                "trước có 873 dòng, còn 870",
                "it had 873 rows, 870 were left",
            ),
            ("journal_gone", "kept 873 4f2a", "trước có 873 dòng", "it had 873 rows"),
            ("wait_expired", "ban-tin", "ban-tin", "ban-tin"),
            ("station_off", "x..y", "x..y", "x..y"),
        ];
        for (code, written, vi, en) in table {
            assert_eq!(detail(code, written), Text { vi: vi.to_owned(), en: en.to_owned() }, "{code}: {written}");
        }
    }
}
