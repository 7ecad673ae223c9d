use super::{Fault, Read};
use crate::diag::{Lang, fold, nearest, shown, text};

/// Monday to Sunday: bit 0 is Monday.
pub(in crate::schedule) const EVERY_DAY: u8 = 0x7f;

/// Each day's names, folded; the first is the one that messages show.
const NAMES: [&[&str]; 7] = [
    &["mon", "monday", "t2", "thu2", "thuhai"],
    &["tue", "tues", "tuesday", "t3", "thu3", "thuba"],
    &["wed", "wednesday", "t4", "thu4", "thutu"],
    &["thu", "thur", "thurs", "thursday", "t5", "thu5", "thunam"],
    &["fri", "friday", "t6", "thu6", "thusau"],
    &["sat", "saturday", "t7", "thu7", "thubay"],
    &["sun", "sunday", "cn", "chunhat", "chunhut"],
];

/// All the week at once, folded.
const ALWAYS: [&str; 7] = ["daily", "everyday", "all", "hangngay", "moingay", "tatca", "catuan"];

/// A day's name as a sentence needs it; `day` counts from 0, Monday.
pub(in crate::schedule) const fn weekday_name(day: usize, lang: Lang) -> &'static str {
    const VI: [&str; 7] = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"];
    const EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    match lang {
        Lang::Vi => VI[day % 7],
        Lang::En => EN[day % 7],
    }
}

/// Weekdays: `mon-fri`, `daily`, `mon, thu`, `T2-T6`, `thứ hai`, `fri-mon`. Bit 0 is Monday.
pub(in crate::schedule) fn days(written: &str) -> Read<u8> {
    let mut set = 0;
    for part in written.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        set |= part_of(part)?;
    }
    if set == 0 {
        return Err(Fault::new(
            "bad_days",
            text!("không có ngày nào được viết", "no day is written"),
            text!("viết \"daily\", \"mon-fri\" hoặc \"T2, T5\"", "write \"daily\", \"mon-fri\" or \"mon, thu\""),
        ));
    }
    Ok(set)
}

fn part_of(part: &str) -> Read<u8> {
    if ALWAYS.contains(&fold(part).as_str()) {
        return Ok(EVERY_DAY);
    }
    if let Some(day) = day(part) {
        return Ok(1 << day);
    }
    let ends = part.split_once("..").or_else(|| part.split_once(['-', '–', '—'])).or_else(|| part.split_once("đến"));
    if let Some((first, last)) = ends {
        let (first, last) = (day(first).ok_or_else(|| unknown(first)), day(last).ok_or_else(|| unknown(last)));
        let (first, last) = (first?, last?);
        // Friday to Monday goes over the end of the week.
        let length = (last + 7 - first) % 7;
        return Ok((0..=length).fold(0, |set, step| set | 1 << ((first + step) % 7)));
    }
    Err(unknown(part))
}

fn day(name: &str) -> Option<usize> {
    // `thứ-2` is one day; a hyphen at an end is half a range.
    let half = name.trim().starts_with(['-', '–']) || name.trim().ends_with(['-', '–']);
    let folded = if half { String::new() } else { fold(name) };
    NAMES.iter().position(|names| names.contains(&folded.as_str()))
}

fn unknown(part: &str) -> Fault {
    let number = part.trim().parse::<u8>().is_ok();
    let near = nearest(part, NAMES.iter().flat_map(|names| names.iter().copied().filter(|name| name.len() > 2)));
    // «thứ tám» is as near to Thursday as to nothing.
    let vietnamese = fold(part).starts_with("thu") && part.trim().contains(' ');
    let near = near.filter(|_| !vietnamese).and_then(day).map(|day| NAMES[day][0]);
    let part = shown(part.trim());
    Fault::new(
        "bad_days",
        text!("«{part}» không phải là ngày trong tuần", "\"{part}\" is not a day of the week"),
        match near {
            _ if number => text!(
                "viết tên ngày, không viết số: \"T2\" hoặc \"mon\" là thứ Hai, \"CN\" hoặc \"sun\" là Chủ nhật",
                "write the day's name, not a number: \"mon\" (or \"T2\") is Monday, \"sun\" (or \"CN\") is Sunday"
            ),
            Some(near) => text!("có phải là \"{near}\"?", "did you mean \"{near}\"?"),
            None => text!(
                "viết mon, tue, wed, thu, fri, sat, sun (hoặc T2 đến T7, CN), ví dụ \"mon-fri\", \"T2, T5\", \"daily\"",
                "write mon, tue, wed, thu, fri, sat, sun (or T2 to T7, CN), for example \"mon-fri\", \"mon, thu\", \"daily\""
            ),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_are_read_in_both_languages() {
        let table = [
            ("mon-fri", Some(0b001_1111)),
            ("Mon - Fri", Some(0b001_1111)),
            ("T2-T6", Some(0b001_1111)),
            ("thứ hai – thứ sáu", Some(0b001_1111)),
            ("thứ 2 đến thứ 6", Some(0b001_1111)),
            ("daily", Some(EVERY_DAY)),
            ("hằng ngày", Some(EVERY_DAY)),
            ("Hàng ngày", Some(EVERY_DAY)),
            ("mon, thu", Some(0b000_1001)),
            ("mon,thu,", Some(0b000_1001)),
            ("thu", Some(0b000_1000)),
            ("thứ năm", Some(0b000_1000)),
            ("CN", Some(0b100_0000)),
            ("chủ nhật", Some(0b100_0000)),
            ("Chủ Nhật", Some(0b100_0000)),
            ("fri-mon", Some(0b111_0001)),
            ("sun-mon", Some(0b100_0001)),
            ("mon-mon", Some(0b000_0001)),
            ("MONDAY", Some(0b000_0001)),
            ("mon-fri, sun", Some(0b101_1111)),
            ("", None),
            (",", None),
            ("2", None),
            ("2-6", None),
            ("mondy", None),
            ("mon-", None),
            ("thu-2", Some(0b000_0001)),
            ("thu-hai", Some(0b000_0001)),
            ("thu-sun", Some(0b111_1000)),
            ("ngày rằm", None),
        ];
        for (written, expected) in table {
            assert_eq!(days(written).ok(), expected, "{written:?}");
        }
        assert_eq!(days("mondai").unwrap_err().help.en, "did you mean \"mon\"?");
        assert!(days("2").unwrap_err().help.en.contains("not a number"));
    }
}
