use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::diag::{Lang, figure};
use crate::instant::Wall;

/// What stands in a cell of a table.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum PaperCell {
    /// Nothing: for the pen.
    Empty,
    Text(String),
    Count(u32),
    /// With one decimal.
    Number(f64),
    /// Seconds, shown as minutes and seconds.
    Length(u64),
}

impl PaperCell {
    /// As it stands on paper: `1.284`, `12,5`.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => grouped(u64::from(*count)),
            Self::Length(seconds) => minutes(*seconds),
            Self::Number(number) => {
                let decimal = figure::decimal(*number, 1).vi;
                match decimal.split_once(',') {
                    Some((whole, tenth)) => match whole.parse() {
                        Ok(whole) => format!("{},{tenth}", grouped(whole)),
                        Err(_) => decimal,
                    },
                    None => decimal,
                }
            }
        }
    }
}

pub(super) fn words(text: impl Into<String>) -> PaperCell {
    PaperCell::Text(text.into())
}

/// `1.284`
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (ix, digit) in digits.chars().enumerate() {
        if ix > 0 && (digits.len() - ix).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// A sum of lengths: `0:40`, `125:00`, `1.284:05`.
pub fn minutes(seconds: u64) -> String {
    format!("{}:{:02}", grouped(seconds / 60), seconds % 60)
}

/// `05:30`, or `05:30:04` where seconds matter.
pub(super) fn time(at: Wall, tz: &TimeZone, exact: bool) -> String {
    at.zoned(tz).strftime(if exact { "%H:%M:%S" } else { "%H:%M" }).to_string()
}

/// `0:40`, `1:05:00`; of zones that differ `0:40–1:05`.
pub(super) fn length((least, most): (u64, u64)) -> String {
    let (least, most) = (clock(least), clock(most));
    if least == most { most } else { format!("{least}–{most}") }
}

fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// As the decree writes a date: a nought before the days 1 to 9 and the months 1 and 2 only.
pub(super) fn day_and_month(date: Date) -> String {
    format!("ngày {:02} tháng {}", date.day(), month(date.month()))
}

/// `tháng 3`, `tháng 02`: the month's number.
pub(super) fn month(month: i8) -> String {
    if month < 3 { format!("{month:02}") } else { month.to_string() }
}

/// `ngày 07 tháng 12 năm 2026`
pub(super) fn full_date(date: Date) -> String {
    format!("{} năm {}", day_and_month(date), date.year())
}

/// `Thứ Hai`, `Chủ nhật`
pub(super) fn weekday(day: Weekday, lang: Lang) -> &'static str {
    let names = match lang {
        Lang::Vi => ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"],
        Lang::En => ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    };
    names[day.to_monday_zero_offset() as usize]
}

/// What the languages of Lâm Đồng and some others are called, by the codes that files are marked with.
pub(super) fn language(code: &str) -> String {
    const NAMES: [(&str, &str); 10] = [
        ("vi", "Việt"),
        ("kho", "K'Ho"),
        ("ma", "Mạ"),
        ("churu", "Chu Ru"),
        ("mnong", "M'Nông"),
        ("raglai", "Raglai"),
        ("xtieng", "X'Tiêng"),
        ("cham", "Chăm"),
        ("khmer", "Khmer"),
        ("en", "Anh"),
    ];
    NAMES.iter().find(|(known, _)| *known == code).map_or_else(|| code.to_owned(), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_date_has_a_nought_where_the_decree_wants_it_and_nowhere_else() {
        for (day, expected) in [
            (date(2026, 3, 7), "ngày 07 tháng 3 năm 2026"),
            (date(2026, 2, 10), "ngày 10 tháng 02 năm 2026"),
            (date(2027, 1, 1), "ngày 01 tháng 01 năm 2027"),
            (date(2026, 12, 7), "ngày 07 tháng 12 năm 2026"),
        ] {
            assert_eq!(full_date(day), expected);
        }
    }

    #[test]
    fn numbers_are_written_as_people_write_them_here() {
        for (cell, expected) in [
            (PaperCell::Count(1_284), "1.284"),
            (PaperCell::Number(12.54), "12,5"),
            (PaperCell::Number(1_284.0), "1.284,0"),
            (PaperCell::Length(77_045), "1.284:05"),
            (PaperCell::Empty, ""),
        ] {
            assert_eq!(cell.shown(), expected);
        }
        assert_eq!((length((40, 40)), length((40, 65))), ("0:40".to_owned(), "0:40–1:05".to_owned()));
        assert_eq!(length((3_600, 3_600)), "1:00:00");
    }
}
