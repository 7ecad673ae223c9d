use std::time::Duration;

use jiff::civil::Date;

use super::DateRange;
use super::word::{self, Read, WordFault};
use crate::diag::document::{
    KeyValue, Node, TomlValue, any_range, clean, coming_date, turned_date, whole_month, whole_year,
};
use crate::diag::{Findings, Text, fold, shown, text};

/// Days of a list written out; more than that is a rule (`days`, `cron`).
const MAX_DATES: usize = 1_000;

impl Findings<'_> {
    /// The value of a word; its fault becomes an error at `node`.
    pub(super) fn word<T>(&mut self, node: &Node, read: Read<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(fault) => {
                self.error(fault.code, &node.span, fault.message).help = Some(fault.help);
                None
            }
        }
    }

    /// The same of a date, with the cure that fits what was probably meant under `key`.
    fn dated<T>(&mut self, key: &str, node: &Node, written: &str, read: Read<T>) -> Option<T> {
        let today = self.meaning().today;
        self.word(node, read.map_err(|fault| meant_date(key, written, today, fault)))
    }

    /// `from = 2026-12-01` or `from = "2026-12-01"`.
    pub(super) fn date(&mut self, entry: &KeyValue) -> Option<Date> {
        match &entry.node.value {
            TomlValue::Date(date) => Some(*date),
            TomlValue::Text(written) => self.dated(&entry.key, &entry.node, written, word::date(&clean(written))),
            _ => {
                let example = example_of(&entry.key, &entry.node);
                self.wrong_type(&entry.key, &entry.node, &text!("một ngày", "a date"), &example);
                None
            }
        }
    }

    /// A date, or a range of dates in quotes.
    pub(super) fn date_range(&mut self, key: &str, node: &Node) -> Option<DateRange> {
        match &node.value {
            TomlValue::Date(date) => Some(DateRange { first: *date, last: *date }),
            TomlValue::Text(written) => self.dated(key, node, written, word::date_range(&clean(written))),
            _ => {
                self.wrong_type(key, node, &text!("một ngày", "a date"), &example_of(key, node));
                None
            }
        }
    }

    /// Dates and ranges of dates, ascending by first day, without doubles.
    pub(super) fn dates(&mut self, entry: &KeyValue) -> Option<Vec<DateRange>> {
        let mut dates = Vec::new();
        let errors = self.errors();
        for node in self.bounded(entry, MAX_DATES)? {
            dates.extend(self.date_range(&entry.key, node));
        }
        dates.sort_unstable();
        dates.dedup();
        (self.errors() == errors).then_some(dates)
    }

    /// Weekdays; bit 0 is Monday.
    pub(super) fn days(&mut self, entry: &KeyValue) -> Option<u8> {
        let errors = self.errors();
        let mut set = 0;
        for node in self.bounded(entry, 14)? {
            let Some(written) = self.day_text(&entry.key, node) else { continue };
            let today = self.meaning().today;
            let read = word::days(&written);
            set |= self.word(node, read.map_err(|fault| word::elsewhere("days", &written, today, fault))).unwrap_or(0);
        }
        (self.errors() == errors).then_some(set)
    }

    /// What is written for days: a number is told as one that is no name, rather than as a number.
    pub(super) fn day_text(&mut self, key: &str, node: &Node) -> Option<String> {
        match node.value {
            TomlValue::Integer(number) => Some(number.to_string()),
            _ => self.text_node(key, node, "\"T2-T6\""),
        }
    }

    /// A length of time in quotes, at most `most`.
    pub(super) fn length(&mut self, entry: &KeyValue, most: Duration, example: &str) -> Option<Duration> {
        if let TomlValue::Integer(number) = entry.node.value {
            // `wait = 10`: as good as certain what is meant, and yet minutes or seconds must be said.
            return self.word(&entry.node, word::length(&number.to_string(), most));
        }
        if is_none(entry) {
            let key = &entry.key;
            let message = text!("«{key}» là một khoảng thời gian", "`{key}` is a length of time");
            self.error("bad_length", &entry.node.span, message).help =
                Some(text!("không có thì viết: \"0s\"", "for none write: \"0s\""));
            return None;
        }
        if let TomlValue::Float(_) = entry.node.value {
            let written = self.file().text.get(entry.node.span.clone()).unwrap_or("").to_owned();
            return self.word(&entry.node, word::length(&written, most));
        }
        let written = self.text(entry, example)?;
        self.word(&entry.node, word::length(&written, most))
    }

    /// The elements of a list of 1 to `most`.
    pub(super) fn bounded<'e>(&mut self, entry: &'e KeyValue, most: usize) -> Option<&'e [Node]> {
        let items = entry.node.items();
        if items.len() > most {
            self.too_many(entry, most);
            return None;
        }
        if items.is_empty() {
            let key = &entry.key;
            self.error("empty_list", &entry.node.span, text!("danh sách «{key}» trống", "the list `{key}` is empty"))
                .help = Some(text!(
                "viết ít nhất một giá trị, hoặc xóa dòng này",
                "write at least one value, or delete the line"
            ));
            return None;
        }
        Some(items)
    }

    fn too_many(&mut self, entry: &KeyValue, most: usize) {
        let key = &entry.key;
        self.error(
            "too_many",
            &entry.node.span,
            text!("«{key}» có quá {most} giá trị", "`{key}` has more than {most} values"),
        )
        .help = Some(text!("chia thành nhiều mục phát", "divide it among several broadcasts"));
    }

    /// An error if the last day stands before the first.
    pub(super) fn in_order(&mut self, from: Option<Date>, until: Option<Date>, entry: Option<&KeyValue>) {
        if let (Some(from), Some(until), Some(entry)) = (from, until, entry)
            && until < from
        {
            self.error(
                "until_before_from",
                &entry.node.span,
                text!(
                    "ngày cuối {until} đứng trước ngày đầu {from}",
                    "the last day {until} is before the first day {from}"
                ),
            )
            .help = Some(text!(
                "đổi lại from và until; cả hai ngày đều được tính",
                "look at from and until; both days count"
            ));
        }
    }
}

/// A fault of a date, with what was probably meant: a month for its first or last day, a range, a day without a year,
/// days of another calendar.
pub(super) fn meant_date(key: &str, written: &str, today: Date, fault: WordFault) -> WordFault {
    if fault.code != "bad_date" {
        return fault;
    }
    let written = clean(written);
    let takes_one = matches!(key, "from" | "until");
    let month = whole_month(&written, today).map(|month| (month, text!("tháng", "month")));
    if let Some(((first, last), span)) =
        month.or_else(|| whole_year(&written, today).map(|year| (year, text!("năm", "year"))))
    {
        let (said, Text { vi, en }) = (shown(&written), span);
        let message = text!("«{said}» là cả một {vi}, không phải một ngày", "\"{said}\" is a whole {en} and not a day");
        let help = match key {
            "from" => text!("ngày đầu {vi} ấy, viết: from = {first}", "its first day, write: from = {first}"),
            "until" => text!("ngày cuối {vi} ấy, viết: until = {last}", "its last day, write: until = {last}"),
            _ => text!("cả {vi} ấy, viết: \"{first}..{last}\"", "all of that {en}, write: \"{first}..{last}\""),
        };
        return WordFault { code: "bad_date", message, help };
    }
    if let Some((first, last)) = any_range(&written, today).filter(|_| !takes_one) {
        let help = text!(
            "viết năm-tháng-ngày, hai dấu chấm ở giữa: \"{first}..{last}\"",
            "write year-month-day, two points between: \"{first}..{last}\""
        );
        return WordFault { help, ..fault };
    }
    if turned_date(&written).is_none()
        && let Some(date) = coming_date(&written, today)
    {
        let help = text!("viết cả năm, năm-tháng-ngày: \"{date}\"", "write the year too, year-month-day: \"{date}\"");
        return WordFault { help, ..fault };
    }
    if key == "dates" { word::elsewhere(key, &written, today, fault) } else { fault }
}

/// A flag or a word that says that there is none, where none is the length of nothing. Not so for the longest session:
/// one without a length may have lost its limit or forbid everything.
fn is_none(entry: &KeyValue) -> bool {
    let of_none = matches!(entry.key.as_str(), "wait" | "gap");
    of_none
        && match &entry.node.value {
            TomlValue::Flag(flag) => !flag,
            TomlValue::Text(written) => means_none(written),
            _ => false,
        }
}

/// `không`, `không chờ`, `none`: no length at all.
pub(super) fn means_none(written: &str) -> bool {
    ["khong", "khongcho", "khongdoi", "khongnghi", "khongco", "none", "no", "off", "false"]
        .contains(&fold(written).as_str())
}

/// The days that the cure of a number, or of a date with a time, names under `key`.
pub(super) fn numbered(key: &str, node: &Node) -> Option<DateRange> {
    let is_date = !matches!(node.value, TomlValue::Integer(number) if !(2_000..=2_099).contains(&number) && !(19_000_101..=21_991_231).contains(&number));
    let named = example_of(key, node);
    word::date_range(named.trim_matches('"')).ok().filter(|_| is_date)
}

/// The date that `20261224`, a year or a date with a time stands for under `key`; else any.
fn example_of(key: &str, node: &Node) -> String {
    if let TomlValue::Moment(Some(at)) = node.value {
        return at.date().to_string();
    }
    if let TomlValue::Integer(year @ 2_000..=2_099) = node.value {
        return match key {
            "from" => format!("{year}-01-01"),
            "until" => format!("{year}-12-31"),
            _ => format!("\"{year}-01-01..{year}-12-31\""),
        };
    }
    let TomlValue::Integer(number @ 19_000_101..=21_991_231) = node.value else { return "2026-12-01".to_owned() };
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let date = Date::new(year as i16, month as i8, day as i8);
    date.map_or_else(|_| "2026-12-01".to_owned(), |date| date.to_string())
}
