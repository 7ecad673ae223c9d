use super::{Read, WordFault};
use crate::diag::{Text, fold, shown, text};
use crate::schedule::{LunarDay, LunarSpan};

/// `last/12..3/1`, `mùng mười tháng ba` and the like.
const MAX_CHARS: usize = 60;
/// How the first ten days, and the months from the second on, are counted in words; folded.
const NUMBERS: [(&str, u8); 12] = [
    ("mot", 1),
    ("nhat", 1),
    ("hai", 2),
    ("ba", 3),
    ("bon", 4),
    ("tu", 4),
    ("nam", 5),
    ("sau", 6),
    ("bay", 7),
    ("tam", 8),
    ("chin", 9),
    ("muoi", 10),
];

/// A lunar day, or a range of them: `15`, `10/3`, `last/12`, `23/12..3/1`, `rằm tháng 7`, `mùng 1`.
pub(in crate::schedule) fn lunar(written: &str) -> Read<LunarSpan> {
    if written.chars().count() > MAX_CHARS {
        return Err(unreadable(written));
    }
    let dashed =
        || written.split_once(['-', '–', '—']).filter(|(first, last)| first.contains('/') && last.contains('/'));
    let Some((first, last)) = written.split_once("..").or_else(|| written.split_once("đến")).or_else(dashed) else {
        return one(written).map(|day| LunarSpan { first: day, last: day });
    };
    let (first, last) = (one(first)?, one(last)?);
    if first.month.is_some() == last.month.is_some() {
        return Ok(LunarSpan { first, last });
    }
    let shown = shown(written.trim());
    let (first, last) = with_both_months(first, last);
    Err(WordFault::new(
        "bad_lunar",
        text!("«{shown}» chỉ có tháng ở một đầu", "\"{shown}\" has a month at one end only"),
        text!("viết tháng ở cả hai đầu: \"{first}..{last}\"", "write the month at both ends: \"{first}..{last}\""),
    ))
}

/// The month of the end that has none: the same, or the next one where the days would run backwards. The last month seldom
/// has a 30th day.
fn with_both_months(first: LunarDay, last: LunarDay) -> (LunarDay, LunarDay) {
    let order = |day: LunarDay| day.day.unwrap_or(30);
    let runs_over = order(last) < order(first);
    let (from, to) = match (first.month, last.month) {
        (Some(month), _) => (month, if runs_over { month % 12 + 1 } else { month }),
        (None, Some(month)) => (if runs_over { (month + 10) % 12 + 1 } else { month }, month),
        (None, None) => (1, 1),
    };
    let day = first.day.filter(|day| (*day, from) != (30, 12));
    (LunarDay { month: Some(from), day }, LunarDay { month: Some(to), ..last })
}

/// One day.
fn one(written: &str) -> Read<LunarDay> {
    let closed = written.trim().replace(" /", "/").replace("/ ", "/");
    // `1-5` is no day 15.
    if closed.contains(['-', '–', '.']) {
        return Err(unreadable(written));
    }
    let folded: Vec<String> = closed.split_whitespace().map(fold).collect();
    let mut words: Vec<&str> = folded.iter().map(String::as_str).filter(|word| *word != "ngay").collect();
    while let [.., "lich" | "amlich" | "am" | "al"] = words[..] {
        words.pop();
    }
    let (day, rest) = match words[..] {
        ["giao", "thua"] | ["giaothua"] | ["29" | "30", "tet"] => return Ok(LunarDay { month: Some(12), day: None }),
        // Before Tết.
        [number @ ("20" | "21" | "22" | "23" | "24" | "25" | "26" | "27" | "28"), "tet"] => {
            return checked(written, self::number(number), Some(12));
        }
        ["mung" | "mong", number, "tet"] => return checked(written, first_ten(number).map(i64::from), Some(1)),
        ["mung" | "mong", number, ref rest @ ..] => (first_ten(number).map(i64::from), rest),
        [word, ref rest @ ..] => match word.split_once('/') {
            Some((day, month)) if rest.is_empty() => {
                let month = month_word(&[month]).ok_or_else(|| unreadable(written))?;
                return checked(written, day_word(day), Some(month));
            }
            Some(_) => (None, rest),
            None => (day_word(word), rest),
        },
        [] => (None, &[][..]),
    };
    let month = match rest {
        [] | ["thang"] => None,
        // Only these two months go by a name of their own: `23 Chạp`, `rằm Giêng`.
        ["gieng" | "chap"] => Some(month_word(rest).ok_or_else(|| unreadable(written))?),
        ["thang", month @ ..] => Some(month_word(month).ok_or_else(|| unreadable(written))?),
        _ => return Err(unreadable(written)),
    };
    checked(written, day, month)
}

/// The day that a word means; `LAST` for the last.
fn day_word(word: &str) -> Option<i64> {
    match word {
        "ram" => Some(15),
        "last" | "cuoi" => Some(LAST),
        _ => number(word.strip_prefix("mung").or_else(|| word.strip_prefix("mong")).unwrap_or(word)),
    }
}

/// Stands for the month's last day.
const LAST: i64 = -1;

fn first_ten(word: &str) -> Option<u8> {
    let counted = NUMBERS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number);
    counted.or_else(|| number(word).and_then(|day| u8::try_from(day).ok()))
}

fn month_word(words: &[&str]) -> Option<i64> {
    match words {
        ["gieng"] => Some(1),
        // Of old the first month is «giêng», and «tháng một» the eleventh: which is meant must be written.
        ["mot" | "nhat"] => None,
        ["muoi", "mot"] => Some(11),
        ["chap"] | ["muoi", "hai"] => Some(12),
        [word] => {
            NUMBERS.iter().find(|(name, _)| name == word).map(|(_, month)| i64::from(*month)).or_else(|| number(word))
        }
        _ => None,
    }
}

/// A short whole number; nothing with a sign.
fn number(word: &str) -> Option<i64> {
    let plain = !word.is_empty() && word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| word.parse().ok()).flatten()
}

/// The day if there is such a one; `month` is none where none is written.
fn checked(written: &str, day: Option<i64>, month: Option<i64>) -> Read<LunarDay> {
    let shown = shown(written.trim());
    let Some(day) = day else { return Err(unreadable(written)) };
    let month = match month {
        None => None,
        Some(month @ 1..=12) => u8::try_from(month).ok(),
        Some(month) => {
            let help = if (1..=12).contains(&day) && (1..=30).contains(&month) {
                text!("viết ngày trước, tháng sau: \"{month}/{day}\"", "write the day first: \"{month}/{day}\"")
            } else {
                text!("viết tháng từ 1 đến 12, ví dụ \"{day}/12\"", "write a month from 1 to 12, such as \"{day}/12\"")
            };
            let help = if day == LAST { text!("viết: \"last/12\"", "write: \"last/12\"") } else { help };
            return Err(WordFault::new(
                "bad_lunar",
                text!("«{shown}»: âm lịch không có tháng {month}", "\"{shown}\": there is no lunar month {month}"),
                help,
            ));
        }
    };
    match day {
        LAST => Ok(LunarDay { month, day: None }),
        1..=30 => Ok(LunarDay { month, day: u8::try_from(day).ok() }),
        _ => {
            let last = LunarDay { month, day: None };
            Err(WordFault::new(
                "bad_lunar",
                text!("«{shown}»: tháng âm lịch không có ngày {day}", "\"{shown}\": no lunar month has a day {day}"),
                text!(
                    "viết ngày từ 1 đến 30; ngày cuối tháng viết \"{last}\"",
                    "write a day from 1 to 30; the last of the month is \"{last}\""
                ),
            ))
        }
    }
}

/// Tết as a whole, folded: which of its days is meant must be written.
const TET: [&str; 6] = ["tet", "tetnguyendan", "tetam", "tetamlich", "tetta", "nguyendan"];

fn unreadable(written: &str) -> WordFault {
    let shown = shown(written.trim());
    WordFault::new(
        "bad_lunar",
        text!("không hiểu ngày âm lịch «{shown}»", "cannot read the lunar day \"{shown}\""),
        cure(written.trim()),
    )
}

/// The days that somebody means who wrote several in one text, or a whole month: `mùng 1, rằm`, `tháng Giêng`.
pub(in crate::schedule) fn meant_lunar(written: &str) -> Option<Vec<String>> {
    if written.chars().count() > MAX_CHARS {
        return None;
    }
    let lower = written.to_lowercase();
    if let Some(month) = lower.strip_prefix("tháng ") {
        let words: Vec<String> = month.split_whitespace().map(fold).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let month = month_word(&words).filter(|month| (1..=12).contains(month))?;
        return Some(vec![format!("1/{month}..last/{month}")]);
    }
    let apart = lower.replace(" và ", ",").replace('&', ",");
    let parts: Vec<&str> = apart.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let whole = parts.len() > 1 && parts.iter().all(|part| lunar(part).is_ok());
    whole.then(|| parts.into_iter().map(str::to_owned).collect())
}

fn cure(written: &str) -> Text {
    if TET.contains(&fold(written).as_str()) {
        return text!(
            "mùng một Tết là \"1/1\", từ giao thừa đến mùng ba là \"last/12..3/1\"",
            "the first day of Tết is \"1/1\", from its eve to the third day \"last/12..3/1\""
        );
    }
    if let Some(meant) = meant_lunar(written) {
        return match meant.as_slice() {
            [one] => text!("viết: \"{one}\"", "write: \"{one}\""),
            several => {
                let list = several.join("\", \"");
                text!(
                    "mỗi ngày một cặp ngoặc kép, viết: lunar = [\"{list}\"]",
                    "each day in quotes of its own, write: lunar = [\"{list}\"]"
                )
            }
        };
    }
    let parts: Vec<Option<i64>> = written.split(['/', '-', '.']).map(|part| number(part.trim())).collect();
    match parts[..] {
        [Some(day), Some(month), Some(1000..)] => text!(
            "ngày âm lịch không viết năm; nếu đúng là ngày âm, viết: \"{day}/{month}\"",
            "a lunar day has no year; if a lunar one is meant, write: \"{day}/{month}\""
        ),
        [Some(1000..), Some(_), Some(_)] => {
            text!(
                "đây là ngày dương lịch, viết: dates = [{written}]",
                "this is a solar date, write: dates = [{written}]"
            )
        }
        [Some(day @ 1..=30), Some(month @ 1..=12)] if !written.contains('/') => text!(
            "viết ngày/tháng: \"{day}/{month}\"; từ ngày này đến ngày kia: \"{day}..{month}\"",
            "write day/month: \"{day}/{month}\"; from one day to another: \"{day}..{month}\""
        ),
        _ => text!(
            "viết ngày/tháng âm lịch: \"10/3\", \"15\" (mọi tháng), \"last/12\", \"23/12..3/1\", \"rằm tháng 7\", \"mùng 1\"",
            "write lunar day/month: \"10/3\", \"15\" (every month), \"last/12\", \"23/12..3/1\", \"rằm tháng 7\", \"mùng 1\""
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lunar_days_are_read_as_people_write_them() {
        let table = [
            ("1", "1"),
            ("15", "15"),
            ("01", "1"),
            ("30", "30"),
            ("10/3", "10/3"),
            ("10 / 3", "10/3"),
            ("05/05", "5/5"),
            ("last", "last"),
            ("last/12", "last/12"),
            ("Last/12", "last/12"),
            ("23/12..3/1", "23/12..3/1"),
            ("23/12 .. 3/1", "23/12..3/1"),
            ("23/12 đến 3/1", "23/12..3/1"),
            ("23/12-3/1", "23/12..3/1"),
            ("last/12..3/1", "last/12..3/1"),
            ("14..16", "14..16"),
            ("29..1", "29..1"),
            ("mùng 1", "1"),
            ("Mồng 1", "1"),
            ("mồng một", "1"),
            ("mùng1", "1"),
            ("ngày mùng 1", "1"),
            ("rằm", "15"),
            ("ngày rằm", "15"),
            ("rằm tháng 7", "15/7"),
            ("rằm tháng bảy", "15/7"),
            ("Rằm tháng Giêng", "15/1"),
            ("rằm/7", "15/7"),
            ("mùng 10 tháng 3", "10/3"),
            ("mùng mười tháng ba", "10/3"),
            ("mùng 5 tháng 5 âm lịch", "5/5"),
            ("15 tháng 8", "15/8"),
            ("23 tháng chạp", "23/12"),
            ("23 tháng mười hai", "23/12"),
            ("23 Chạp", "23/12"),
            ("rằm Giêng", "15/1"),
            ("mùng 1 tháng Giêng", "1/1"),
            ("giao thừa", "last/12"),
            ("cuối tháng", "last"),
            ("cuối tháng chạp", "last/12"),
            ("giao thừa..mùng 3 tháng giêng", "last/12..3/1"),
            ("15/7 âm lịch", "15/7"),
            ("15/7 AL", "15/7"),
            ("mùng 1 Tết", "1/1"),
            ("mồng ba tết", "3/1"),
            ("30 Tết", "last/12"),
            ("28 Tết", "28/12"),
            ("28 Tết..mùng 5 Tết", "28/12..5/1"),
            ("30 Tết..mùng 3 Tết", "last/12..3/1"),
        ];
        for (written, expected) in table {
            assert_eq!(lunar(written).map(|span| span.to_string()).as_deref(), Ok(expected), "{written:?}");
        }
    }

    #[test]
    fn what_is_no_lunar_day_is_told_with_its_cure() {
        let table = [
            ("15/13", "\"15/13\": there is no lunar month 13", "write a month from 1 to 12, such as \"15/12\""),
            ("3/15", "\"3/15\": there is no lunar month 15", "write the day first: \"15/3\""),
            ("last/13", "\"last/13\": there is no lunar month 13", "write: \"last/12\""),
            (
                "rằm tháng 13",
                "\"rằm tháng 13\": there is no lunar month 13",
                "write a month from 1 to 12, such as \"15/12\"",
            ),
            (
                "31",
                "\"31\": no lunar month has a day 31",
                "write a day from 1 to 30; the last of the month is \"last\"",
            ),
            (
                "0/1",
                "\"0/1\": no lunar month has a day 0",
                "write a day from 1 to 30; the last of the month is \"last/1\"",
            ),
            ("23/12..3", "\"23/12..3\" has a month at one end only", "write the month at both ends: \"23/12..3/1\""),
            (
                "10/3/2027",
                "cannot read the lunar day \"10/3/2027\"",
                "a lunar day has no year; if a lunar one is meant, write: \"10/3\"",
            ),
            (
                "2027-02-06",
                "cannot read the lunar day \"2027-02-06\"",
                "this is a solar date, write: dates = [2027-02-06]",
            ),
            ("1-5", "cannot read the lunar day \"1-5\"", "write day/month: \"1/5\"; from one day to another: \"1..5\""),
        ];
        for (written, message, help) in table {
            let fault = lunar(written).unwrap_err();
            assert_eq!((fault.code, fault.message.en.as_str(), fault.help.en.as_str()), ("bad_lunar", message, help));
        }
        let help = |written| lunar(written).unwrap_err().help.en;
        assert_eq!(help("mùng 1, rằm"), "each day in quotes of its own, write: lunar = [\"mùng 1\", \"rằm\"]");
        assert_eq!(help("mùng 1 và rằm"), help("mùng 1; rằm"));
        assert!(help("Tết Nguyên đán").contains("is \"1/1\","), "{}", help("Tết Nguyên đán"));
        assert_eq!(help("tháng Giêng"), "write: \"1/1..last/1\"");
        assert!(lunar("1/1..last/1").is_ok());
        for written in [
            "",
            "..",
            "1 5",
            "-1",
            "+1",
            "mùng",
            "tháng 3",
            "tháng một",
            "mùng 1 tháng một",
            "ngày",
            "1.5",
            "15/",
            "/7",
            "99999999999999999999",
            "Tết",
            "một",
        ] {
            assert_eq!(lunar(written).err().map(|fault| fault.code), Some("bad_lunar"), "{written:?}");
        }
        assert!(lunar(&"rằm ".repeat(1000)).is_err());
    }

    #[test]
    fn a_span_goes_over_the_ends_of_month_and_year() {
        let holds = |written: &str, month, day, length| lunar(written).unwrap().holds(month, day, length);
        for (written, inside, outside) in [
            (
                "23/12..3/1",
                &[(12, 23, 29), (12, 30, 30), (1, 1, 30), (1, 3, 30)][..],
                &[(12, 22, 30), (1, 4, 30), (6, 1, 29)][..],
            ),
            ("last/12..3/1", &[(12, 29, 29), (12, 30, 30), (1, 1, 29)], &[(12, 29, 30), (12, 28, 29), (11, 30, 30)]),
            ("30/12", &[(12, 30, 30)], &[(12, 29, 29), (11, 30, 30)]),
            ("30/12..2/1", &[(12, 30, 30), (1, 2, 30)], &[(12, 29, 29), (1, 3, 30)]),
            ("last", &[(4, 29, 29), (5, 30, 30)], &[(5, 29, 30), (4, 28, 29)]),
            ("29..1", &[(4, 29, 29), (5, 30, 30), (5, 1, 30)], &[(5, 2, 30), (4, 28, 29)]),
            ("14..16", &[(7, 14, 29), (8, 16, 30)], &[(7, 13, 29), (8, 17, 30)]),
            ("1/5..15/6", &[(5, 1, 30), (6, 15, 29)], &[(6, 16, 29), (4, 30, 30)]),
        ] {
            for (month, day, length) in inside {
                assert!(holds(written, *month, *day, *length), "{written} {day}/{month}");
            }
            for (month, day, length) in outside {
                assert!(!holds(written, *month, *day, *length), "{written} {day}/{month}");
            }
        }
    }
}
