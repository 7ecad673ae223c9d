use jiff::civil::Date;

use super::{WordFault, days, lunar, meant_days, meant_times};
use crate::diag::document::{any_range, turned_date};
use crate::diag::{Text, fold, text};

/// A fault of `key` whose value belongs under another key: days under `at`, a date under `days`. The others stay.
pub(in crate::schedule) fn elsewhere(key: &str, written: &str, today: Date, fault: WordFault) -> WordFault {
    if let (Some(day), "days") = (day_of_month(written), key) {
        return WordFault {
            help: text!(
                "ngày {day} mỗi tháng: nếu là ngày âm thì viết: lunar = \"{day}\"; nếu là ngày dương thì thay at và days bằng cron = \"0 30 5 {day} * *\" (lúc 05:30)",
                "day {day} of each month: for a lunar day write: lunar = \"{day}\"; for a solar one put cron = \"0 30 5 {day} * *\" (at 05:30) in place of at and days"
            ),
            ..fault
        };
    }
    let Some((own, value)) = home(written, today).filter(|(own, _)| *own != key) else { return fault };
    let Text { vi, en } = match own {
        "at" => text!("đây là giờ", "this is a time of day"),
        "days" => text!("đây là ngày trong tuần", "these are days of the week"),
        "dates" => text!("đây là ngày dương lịch", "this is a solar date"),
        _ => text!("đây là ngày âm lịch", "this is a lunar day"),
    };
    WordFault { help: text!("{vi}, viết: {own} = {value}", "{en}, write: {own} = {value}"), ..fault }
}

/// `ngày 15`, `ngày 15 hàng tháng`.
fn day_of_month(written: &str) -> Option<u8> {
    let folded = fold(written);
    let bare = ["hangthang", "moithang"].iter().find_map(|end| folded.strip_suffix(end)).unwrap_or(&folded);
    bare.strip_prefix("ngay")?.parse().ok().filter(|day| (1..=30).contains(day))
}

/// The key that a value belongs under, of those that say when, and the value as it is written there.
fn home(written: &str, today: Date) -> Option<(&'static str, String)> {
    let date = written.trim().parse::<Date>().ok().or_else(|| turned_date(written));
    if let Some(date) = date {
        return Some(("dates", format!("[{date}]")));
    }
    if let Some((first, last)) = any_range(written, today) {
        return Some(("dates", format!("\"{first}..{last}\"")));
    }
    if let (Some(times), true) = (meant_times(written), written.contains([':', 'h', 'g'])) {
        return Some(("at", if times.len() == 1 { format!("\"{}\"", times[0]) } else { format!("{times:?}") }));
    }
    let is_number = written.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b' ');
    let named = days(written).is_ok().then(|| written.trim().to_owned()).or_else(|| meant_days(written));
    if let Some(named) = named.filter(|_| !is_number) {
        return Some(("days", format!("\"{named}\"")));
    }
    let spoken = ["ram", "mung", "mong", "giaothua", "gieng", "chap", "amlich"];
    let is_spoken = spoken.iter().any(|word| fold(written).contains(word));
    (is_spoken && lunar(written).is_ok()).then(|| ("lunar", format!("\"{}\"", written.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_under_the_key_of_another_is_sent_home() {
        let today = Date::constant(2026, 12, 1);
        for (written, home_of) in [
            ("05:30", Some("at = \"05:30\"")),
            ("5h30 và 17h", Some("at = [\"05:30\", \"17:00\"]")),
            ("T2-T6", Some("days = \"T2-T6\"")),
            ("cuối tuần", Some("days = \"T7, CN\"")),
            ("2026-12-24", Some("dates = [2026-12-24]")),
            ("24/12/2026", Some("dates = [2026-12-24]")),
            ("24-26/12", Some("dates = \"2026-12-24..2026-12-26\"")),
            ("rằm", Some("lunar = \"rằm\"")),
            ("mùng 1 Tết", Some("lunar = \"mùng 1 Tết\"")),
            ("10/3", None),
            ("15", None),
            ("chợ phiên", None),
            ("", None),
        ] {
            let found = home(written, today).map(|(key, value)| format!("{key} = {value}"));
            assert_eq!(found.as_deref(), home_of, "{written:?}");
        }
    }
}
