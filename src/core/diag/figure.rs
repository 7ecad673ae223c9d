//! Lengths, numbers, dates and names as people write them here: the one place that knows that a decimal point is a
//! comma in Vietnamese, and that a day comes before its month. Pure.

use std::time::Duration;

use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;

use super::{Lang, Text};
use crate::instant::Wall;

/// A whole number in groups of three: `1.010`, `1,010`.
pub fn counted(number: u64) -> Text {
    let digits = number.to_string();
    let mut groups: Vec<&str> = Vec::new();
    let mut rest = digits.as_str();
    while rest.len() > 3 {
        let (front, group) = rest.split_at(rest.len() - 3);
        groups.insert(0, group);
        rest = front;
    }
    groups.insert(0, rest);
    Text { vi: groups.join("."), en: groups.join(",") }
}

/// A length in words: `10 phút`, `10 min`. Parts of a second are left out.
pub fn length(length: Duration) -> Text {
    let (hours, minutes, seconds) = (length.as_secs() / 3600, length.as_secs() / 60 % 60, length.as_secs() % 60);
    let say = |units: [&str; 3]| {
        let parts = [hours, minutes, seconds].into_iter().zip(units).filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, unit)| format!("{count} {unit}")).collect();
        if parts.is_empty() { format!("0 {}", units[2]) } else { parts.join(" ") }
    };
    Text { vi: say(["giờ", "phút", "giây"]), en: say(["h", "min", "s"]) }
}

/// The same with tenths of a second where it is short enough for them to matter: `3,5 giây`, `3.5 s`.
pub fn length_exact(length: Duration) -> Text {
    let tenths = (length.as_secs_f64() * 10.0).round() as u64;
    if tenths < 600 && !tenths.is_multiple_of(10) {
        let Text { vi, en } = decimal(tenths as f64 / 10.0, 1);
        return Text { vi: format!("{vi} giây"), en: format!("{en} s") };
    }
    self::length(Duration::from_secs((tenths + 5) / 10))
}

/// A number with so many digits after the point, which is a comma in Vietnamese: `-18,5`, `-18.5`. Nothing is below nothing:
/// what is nought as it is written has no sign.
pub fn decimal(number: f64, digits: usize) -> Text {
    let en = format!("{number:.digits$}");
    let is_nought = en.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    let en = if is_nought { en.trim_start_matches('-').to_owned() } else { en };
    Text { vi: en.replace('.', ","), en }
}

/// So many bytes, as a person would say it: `78 GB`, `1,5 GB`, `640 MB`.
pub fn bytes(count: u64) -> Text {
    const UNIT: f64 = 1024.0;
    let megabytes = count as f64 / UNIT / UNIT;
    let (number, unit) = if megabytes < 1000.0 { (megabytes, "MB") } else { (megabytes / UNIT, "GB") };
    let digits = usize::from(number < 10.0 && unit == "GB");
    let Text { vi, en } = decimal(number, digits);
    Text { vi: format!("{vi} {unit}"), en: format!("{en} {unit}") }
}

/// A time of day: `05:30`, with seconds where there are any.
pub fn clock(at: Wall, tz: &TimeZone) -> String {
    let local = at.zoned(tz);
    local.strftime(if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

/// A date as people write it: `01/12/2026`, `2026-12-01`.
pub fn date(at: Wall, tz: &TimeZone) -> Text {
    let local = at.zoned(tz);
    Text { vi: local.strftime("%d/%m/%Y").to_string(), en: local.strftime("%Y-%m-%d").to_string() }
}

/// A date with its day of the week: `T2 07/12/2026`, `Mon 2026-12-07`.
pub fn day(at: Wall, tz: &TimeZone) -> Text {
    let Text { vi, en } = date(at, tz);
    let weekday = at.zoned(tz).weekday();
    Text { vi: format!("{} {vi}", short(weekday, Lang::Vi)), en: format!("{} {en}", short(weekday, Lang::En)) }
}

/// `05:30 ngày 01/12/2026`, `05:30 on 2026-12-01`.
pub fn moment(at: Wall, tz: &TimeZone) -> Text {
    let (time, Text { vi, en }) = (clock(at, tz), date(at, tz));
    Text { vi: format!("{time} ngày {vi}"), en: format!("{time} on {en}") }
}

/// A date and time of day as they stand in a file, in the same words.
pub fn civil(at: DateTime) -> Text {
    let time = at.strftime(if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" });
    Text { vi: format!("{time} ngày {}", at.strftime("%d/%m/%Y")), en: format!("{time} on {}", at.strftime("%F")) }
}

/// For the head of a page, always to the second: `28/11/2026 17:00:05`, `2026-11-28 17:00:05`.
pub fn stamp(at: Wall, tz: &TimeZone) -> Text {
    let local = at.zoned(tz);
    Text { vi: local.strftime("%d/%m/%Y %T").to_string(), en: local.strftime("%F %T").to_string() }
}

/// An instant as JSON has it (`2026-12-01T05:30:00.000+07:00`), to be read: the time alone where the day is that of
/// `today` (in the same writing), else with its date: `17:00`, `17:00:05`, `28/11 17:00`. What is none stays as it is.
pub fn told(written: &str, today: &str) -> Text {
    let (Some(day), Some(time)) = (written.get(..10), written.get(11..19)) else {
        return Text { vi: written.to_owned(), en: written.to_owned() };
    };
    let time = time.strip_suffix(":00").unwrap_or(time);
    if today.get(..10) == Some(day) {
        return Text { vi: time.to_owned(), en: time.to_owned() };
    }
    let vi = match (day.get(8..10), day.get(5..7), day.get(..4) == today.get(..4)) {
        (Some(d), Some(m), true) => format!("{d}/{m} {time}"),
        (Some(d), Some(m), false) => format!("{d}/{m}/{} {time}", &day[..4]),
        _ => format!("{day} {time}"),
    };
    Text { vi, en: format!("{day} {time}") }
}

/// The short name of a day of the week: `T2`, `CN`, `Mon`.
pub const fn short(day: Weekday, lang: Lang) -> &'static str {
    let names = match lang {
        Lang::Vi => ["T2", "T3", "T4", "T5", "T6", "T7", "CN"],
        Lang::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    };
    names[day.to_monday_zero_offset() as usize]
}

/// `1 airing`, `2 airings`: English needs its plural, Vietnamese has none.
pub fn count(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Titles that are named of many.
const TITLES_MOST: usize = 3;

/// Titles, each in its own quotation marks, and how many there are besides: `«Tin A», «Tin B», «Tin C» và 2 mục khác`.
pub fn titles<'a>(all: impl ExactSizeIterator<Item = &'a str>, lang: Lang) -> String {
    let more = all.len().saturating_sub(TITLES_MOST);
    let named = all.take(TITLES_MOST).map(|title| match lang {
        Lang::Vi => format!("«{title}»"),
        Lang::En => format!("\"{title}\""),
    });
    let named = named.collect::<Vec<_>>().join(", ");
    match (more, lang) {
        (0, _) => named,
        (_, Lang::Vi) => format!("{named} và {more} mục khác"),
        (_, Lang::En) => format!("{named} and {}", count(more, "other")),
    }
}

/// Names in their order, those that only count up drawn together: `Thôn 1–4, Chợ`.
pub fn joined<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    struct Run<'a> {
        first: &'a str,
        last: Option<(&'a str, u64)>,
        count: u64,
    }
    let mut runs: Vec<Run<'_>> = Vec::new();
    for name in names {
        let numbered = numbered(name);
        match (runs.last_mut(), numbered) {
            (Some(run), Some((stem, number)))
                if run.last.is_some_and(|(known, before)| known == stem && before.checked_add(1) == Some(number)) =>
            {
                run.last = numbered;
                run.count += 1;
            }
            _ => runs.push(Run { first: name, last: numbered, count: 1 }),
        }
    }
    let mut out: Vec<String> = Vec::new();
    for run in runs {
        out.push(match run.last {
            Some((_, last)) if run.count > 2 => format!("{}–{last}", run.first),
            Some((stem, last)) if run.count == 2 => format!("{}, {stem}{last}", run.first),
            _ => run.first.to_owned(),
        });
    }
    out.join(", ")
}

/// `Thôn 12` is `Thôn ` and 12; a name whose number begins with a nought counts in its own way.
fn numbered(name: &str) -> Option<(&str, u64)> {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &name[stem.len()..];
    let number = digits.parse().ok().filter(|_| !digits.starts_with('0') && !stem.is_empty())?;
    Some((stem, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tz() -> TimeZone {
        TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
    }

    #[test]
    fn numbers_have_a_comma_in_vietnamese_and_a_point_in_english() {
        let both = |text: Text| (text.vi, text.en);
        assert_eq!(both(decimal(-18.54, 1)), ("-18,5".to_owned(), "-18.5".to_owned()));
        assert_eq!(both(decimal(-0.04, 1)), ("0,0".to_owned(), "0.0".to_owned()), "nothing is below nothing");
        assert_eq!(decimal(-0.4, 0).vi, "0");
        assert_eq!(both(bytes(79_784 << 20)), ("78 GB".to_owned(), "78 GB".to_owned()));
        assert_eq!(both(bytes(1536 << 20)), ("1,5 GB".to_owned(), "1.5 GB".to_owned()));
        assert_eq!(both(bytes(640 << 20)), ("640 MB".to_owned(), "640 MB".to_owned()));
        assert_eq!(bytes(0).vi, "0 MB");
    }

    #[test]
    fn lengths_are_words_and_never_thousands_of_seconds() {
        for (millis, vi, en) in [
            (300_000, "5 phút", "5 min"),
            (67_000, "1 phút 7 giây", "1 min 7 s"),
            (3_500, "3,5 giây", "3.5 s"),
            (3_000, "3 giây", "3 s"),
            (0, "0 giây", "0 s"),
            (7_200_000, "2 giờ", "2 h"),
            (59_960, "1 phút", "1 min"),
            (90_500, "1 phút 31 giây", "1 min 31 s"),
        ] {
            let told = length_exact(Duration::from_millis(millis));
            assert_eq!((told.vi.as_str(), told.en.as_str()), (vi, en), "{millis}");
        }
    }

    #[test]
    fn a_day_comes_before_its_month_in_vietnamese() {
        let at = Wall::from_secs(1_796_000_000);
        assert_eq!((day(at, &tz()).vi.as_str(), day(at, &tz()).en.as_str()), ("T2 30/11/2026", "Mon 2026-11-30"));
        assert_eq!(moment(at, &tz()).vi, "07:53:20 ngày 30/11/2026");
        assert_eq!(stamp(at, &tz()).vi, "30/11/2026 07:53:20");
        let today = "2026-11-30T07:00:00.000+07:00";
        for (written, vi) in [
            ("2026-11-30T17:00:00.000+07:00", "17:00"),
            ("2026-11-30T17:00:05.000+07:00", "17:00:05"),
            ("2026-12-01T05:30:00.000+07:00", "01/12 05:30"),
            ("2027-01-01T05:30:00.000+07:00", "01/01/2027 05:30"),
            ("-", "-"),
        ] {
            assert_eq!(told(written, today).vi, vi, "{written}");
        }
    }

    #[test]
    fn of_many_titles_three_are_named_and_the_others_counted() {
        let all = ["A", "B", "C", "D", "E"];
        let said = |most: usize, lang| titles(all.into_iter().take(most), lang);
        assert_eq!(said(1, Lang::Vi), "«A»");
        assert_eq!(said(3, Lang::Vi), "«A», «B», «C»");
        assert_eq!(said(5, Lang::Vi), "«A», «B», «C» và 2 mục khác");
        assert_eq!(said(4, Lang::En), "\"A\", \"B\", \"C\" and 1 other");
    }

    #[test]
    fn hamlets_that_count_up_are_one_name() {
        for (names, said) in [
            (&["Thôn 1", "Thôn 2", "Thôn 3", "Thôn 4"][..], "Thôn 1–4"),
            (&["Thôn 1", "Thôn 2"], "Thôn 1, Thôn 2"),
            (&["Thôn 1", "Thôn 3", "Thôn 4", "Thôn 5", "Chợ"], "Thôn 1, Thôn 3–5, Chợ"),
            (&["Thôn 01", "Thôn 02", "Thôn 03"], "Thôn 01, Thôn 02, Thôn 03"),
            (&["1", "2", "3"], "1, 2, 3"),
            (&["Chợ"], "Chợ"),
            (&[], ""),
        ] {
            assert_eq!(joined(names.iter().copied()), said);
        }
        let many: Vec<String> = (1..=64).map(|n| format!("Cụm {n}")).collect();
        assert_eq!(joined(many.iter().map(String::as_str)), "Cụm 1–64");
    }
}
