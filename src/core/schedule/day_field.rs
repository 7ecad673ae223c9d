use jiff::civil::Date;

use super::once::once;
use super::word::{self, Read, WordFault};
use super::{DaySet, Leap, LunarDays, LunarSpan};
use crate::diag::document::{Choice, KeyValue, Node, Table, TomlValue, clean, coming_date};
use crate::diag::{Findings, fold, shown, text};

/// The first, the fifteenth, a few anniversaries.
const MAX_LUNAR_DAYS: usize = 60;
/// Exceptions are holidays and single days.
const MAX_DAY_SETS: usize = 400;
/// A week of weekdays, and a few names.
const MAX_DAYS: usize = 30;
/// Names of days stand in messages.
const MAX_NAME_CHARS: usize = 100;
/// Nobody says these of a solar day; folded.
const LUNAR_WORDS: [&str; 9] = ["ram", "mung", "mong", "giaothua", "gieng", "chap", "amlich", "29tet", "30tet"];
/// The days at the end of the year that belong to Tết, and those at its beginning.
const LAST_DAYS: u8 = 29;
const DAYS_OF_TET: u8 = 5;
/// A span of so many days, a month for thirty, is more often written the wrong way round than meant; unless it is just a
/// year, from its first day to its last.
const LONG_SPAN: i32 = 300;
const FIRST_OF_YEAR: i32 = 31;
const LAST_OF_YEAR: i32 = 390;
const LEAP: [Choice<Leap>; 2] = [
    Choice { word: "repeat", also: &["laplai", "lap", "both", "cahai", "ca"], means: Leap::Repeat },
    Choice { word: "skip", also: &["bo", "boqua", "khong", "no"], means: Leap::Skip },
];

impl Findings<'_> {
    /// `leap = "skip"`: what of the leap months in this table's lunar days.
    pub(super) fn leap(&mut self, table: &Table) -> Leap {
        table.get("leap").and_then(|entry| self.choice(entry, &LEAP)).unwrap_or_default()
    }

    /// A word about `leap` where there are no lunar days that it could be about.
    pub(super) fn idle_leap(&mut self, table: &Table, used: bool) {
        let Some(entry) = table.get("leap").filter(|_| !used) else { return };
        self.warning(
            "idle_leap",
            &entry.key_span,
            text!(
                "ở đây không có ngày âm lịch nào để «leap» áp dụng",
                "there is no lunar day here for `leap` to apply to"
            ),
        )
        .help = Some(text!("xóa dòng này, hoặc viết thêm lunar", "delete the line, or add lunar"));
    }

    /// `lunar = ["1", "15", "10/3"]`.
    pub(super) fn lunar(&mut self, entry: &KeyValue, leap: Leap) -> Option<LunarDays> {
        let errors = self.errors();
        let (mut spans, mut nodes) = (Vec::new(), Vec::new());
        for node in self.bounded(entry, MAX_LUNAR_DAYS)? {
            let today = self.meaning().today;
            let read = match &node.value {
                TomlValue::Text(written) => {
                    let written = clean(written);
                    // «15/8/2026» can be a lunar day with a year.
                    let may_be_lunar = written.contains('/');
                    let read = word::lunar(&written);
                    read.map_err(
                        |fault| if may_be_lunar { fault } else { word::elsewhere("lunar", &written, today, fault) },
                    )
                }
                TomlValue::Integer(day) => word::lunar(&day.to_string()),
                TomlValue::Date(date) => {
                    let message = text!("«{date}» là ngày dương lịch", "{date} is a solar date");
                    let help = text!("viết: dates = [{date}]", "write: dates = [{date}]");
                    self.error("bad_lunar", &node.span, message).help = Some(help);
                    continue;
                }
                _ => {
                    self.wrong_type(
                        &entry.key,
                        node,
                        &text!("ngày âm lịch trong ngoặc kép", "a lunar day in quotes"),
                        "[\"1\", \"15\", \"10/3\"]",
                    );
                    continue;
                }
            };
            if let Some(span) = self.word(node, read) {
                self.thirtieth(node, span);
                self.nearly_a_year(node, span);
                spans.push(span);
                nodes.push(node);
            }
        }
        self.bare_days_of_tet(&nodes, &spans);
        (self.errors() == errors).then_some(LunarDays { spans, leap })
    }

    /// `["30/12", "mùng 1", "mùng 2"]`: beside the last days of the year, the first days of every month are hardly meant.
    fn bare_days_of_tet(&mut self, nodes: &[&Node], spans: &[LunarSpan]) {
        let of_tet = |span: &LunarSpan| span.last.month == Some(12) && span.last.day.is_none_or(|day| day >= LAST_DAYS);
        let bare = |span: &LunarSpan| span.first.day.filter(|_| span.first.month.is_none());
        // Many a place has something on the first of each month; nobody has on the second.
        let of_days_after = |span: &LunarSpan| bare(span).is_some_and(|day| (2..=DAYS_OF_TET).contains(&day));
        if !(spans.iter().any(of_tet) && spans.iter().any(of_days_after)) {
            return;
        }
        for (node, span) in nodes.iter().zip(spans) {
            let Some(first @ ..=DAYS_OF_TET) = bare(span) else { continue };
            let of_the_first = |day: super::LunarDay| super::LunarDay { month: Some(1), ..day };
            let first_day = of_the_first(span.first);
            let last = if span.first == span.last { first_day } else { of_the_first(span.last) };
            let meant = LunarSpan { first: first_day, last };
            self.warning(
                "lunar_every_month",
                &node.span,
                text!("mùng {first} ở đây là của mọi tháng trong năm", "day {first} is a day of every month here"),
            )
            .help = Some(text!(
                "muốn nói ngày Tết thì viết: \"{meant}\"",
                "if the days of Tết are meant, write: \"{meant}\""
            ));
        }
    }

    /// `15/8..15/7`: turned round it would be a month.
    fn nearly_a_year(&mut self, node: &Node, span: LunarSpan) {
        let place = |day: super::LunarDay| Some(i32::from(day.month?) * 30 + day.day.map_or(30, i32::from));
        let Some((first, last)) = place(span.first).zip(place(span.last)) else { return };
        let is_a_year = (first, last) == (FIRST_OF_YEAR, LAST_OF_YEAR);
        if is_a_year || (last - first).rem_euclid(360) < LONG_SPAN {
            return;
        }
        let turned = LunarSpan { first: span.last, last: span.first };
        self.warning(
            "lunar_long",
            &node.span,
            text!(
                "«{span}» là gần trọn năm âm lịch; có đúng ý không?",
                "\"{span}\" is nearly all of the lunar year; is that meant?"
            ),
        )
        .help = Some(text!(
            "nếu không, viết ngược lại: \"{turned}\"",
            "if not, write it the other way round: \"{turned}\""
        ));
    }

    /// Not every month has a 30th, and the twelfth seldom does.
    fn thirtieth(&mut self, node: &Node, span: LunarSpan) {
        if span.first.day != Some(30) {
            return;
        }
        let message = match span.first.month {
            None => text!(
                "tháng thiếu không có ngày 30: những tháng ấy không phát",
                "short months have no 30th: it falls away in those"
            ),
            Some(12) => text!(
                "tháng Chạp thường thiếu, từ 2025 đến 2032 không năm nào có ngày 30",
                "the twelfth month is often short: no year from 2025 to 2032 has a 30th"
            ),
            Some(month) => text!(
                "tháng {month} có năm thiếu, không có ngày 30: năm ấy không phát",
                "month {month} is short in some years and has no 30th: it falls away in those"
            ),
        };
        let first = super::LunarDay { day: None, ..span.first };
        let last = if span.first == span.last { first } else { span.last };
        let meant = LunarSpan { first, last };
        self.warning("lunar_thirtieth", &node.span, message).help = Some(text!(
            "muốn nói ngày cuối tháng thì viết: \"{meant}\"",
            "if the last day of the month is meant, write: \"{meant}\""
        ));
    }

    /// `except`, `only`: dates, ranges, `holidays`, weekdays, lunar days in words, names of days.
    pub(super) fn day_sets(&mut self, entry: &KeyValue, leap: Leap) -> Option<Vec<DaySet>> {
        let errors = self.errors();
        let mut out = Vec::new();
        // No exception is a thing to say; no day at all is not.
        if entry.node.items().is_empty() && entry.key == "except" {
            return Some(out);
        }
        for node in self.bounded(entry, MAX_DAY_SETS)? {
            // One occurrence, and no day: see `once`.
            if entry.key == "except" && once(node).is_some() {
                continue;
            }
            out.extend(match &node.value {
                TomlValue::Text(written) => {
                    let read = day_set(&clean(written), leap, self.meaning().today);
                    self.word(node, read)
                }
                _ => self.date_range(&entry.key, node).map(|range| DaySet::Dates(vec![range])),
            });
        }
        (self.errors() == errors).then_some(out)
    }

    /// `days` of a broadcast: weekdays, or names of days.
    pub(super) fn days_or_names(&mut self, entry: &KeyValue) -> Option<DaySet> {
        let (errors, today) = (self.errors(), self.meaning().today);
        let (mut mask, mut sets) = (0, Vec::new());
        for node in self.bounded(entry, MAX_DAYS)? {
            let Some(written) = self.day_text(&entry.key, node) else { continue };
            match word::days(&written) {
                Ok(days) => mask |= days,
                Err(_) if is_holidays(&written) => sets.push(DaySet::Holidays),
                Err(_) if is_day_name("days", &written, today) => {
                    sets.push(DaySet::Named(written));
                }
                Err(fault) => {
                    let fault = word::elsewhere(&entry.key, &written, today, fault);
                    self.word::<()>(node, Err(fault));
                }
            }
        }
        if self.errors() > errors {
            return None;
        }
        if mask > 0 {
            sets.push(DaySet::Weekdays(mask));
        }
        Some(if sets.len() == 1 { sets.remove(0) } else { DaySet::Any(sets) })
    }
}

fn day_set(written: &str, leap: Leap, today: Date) -> Read<DaySet> {
    if is_holidays(written) {
        return Ok(DaySet::Holidays);
    }
    if let Ok(range) = word::date_range(written) {
        return Ok(DaySet::Dates(vec![range]));
    }
    if let Ok(mask) = word::days(written) {
        return Ok(DaySet::Weekdays(mask));
    }
    // `10/3`, `ngày 5 tháng 12` may be solar: only some words say by themselves that a day is lunar.
    let folded = fold(written);
    let spoken = LUNAR_WORDS.iter().any(|word| folded.contains(word));
    if let (true, Ok(span)) = (spoken, word::lunar(written)) {
        return Ok(DaySet::Lunar(LunarDays { spans: vec![span], leap }));
    }
    if is_name(written) {
        return Ok(DaySet::Named(written.to_owned()));
    }
    match word::lunar(written) {
        Ok(_) => Err(solar_or_lunar(written, today)),
        Err(_) => word::date_range(written).map(|range| DaySet::Dates(vec![range])),
    }
}

/// `10/3`: half the country reads it one way and half the other.
fn solar_or_lunar(written: &str, today: Date) -> WordFault {
    let solar = coming_date(written, today).map_or_else(|| "2026-12-01".to_owned(), |date| date.to_string());
    let written = shown(written);
    WordFault::new(
        "bad_date",
        text!("«{written}» là ngày dương hay ngày âm?", "is \"{written}\" a solar day or a lunar one?"),
        text!(
            "ngày dương viết năm-tháng-ngày: {solar}; ngày âm: viết [days.ngay-gio] với lunar = \"{written}\", rồi ghi \"ngay-gio\" ở đây",
            "write a solar date as year-month-day: {solar}; for a lunar day write [days.feast] with lunar = \"{written}\", and \"feast\" here"
        ),
    )
}

/// Whether what is written under `days`, `except` or `only` names days that are said elsewhere.
pub(super) fn is_day_name(key: &str, written: &str, today: Date) -> bool {
    if key == "days" {
        return is_name(written) && !is_a_slip_in_weekdays(written);
    }
    matches!(day_set(written, Leap::default(), today), Ok(DaySet::Named(_)))
}

/// Whether it can be the name of a day type or a holiday: it holds a letter, and means nothing else.
pub(super) fn is_name(written: &str) -> bool {
    written.contains(char::is_alphabetic)
        && written.chars().count() <= MAX_NAME_CHARS
        && !written.contains(char::is_control)
        && !is_holidays(written)
        && word::days(written).is_err()
        && word::lunar(written).is_err()
}

/// «thứ tám», «T2, 4»: a slip in weekdays rather than a name.
fn is_a_slip_in_weekdays(written: &str) -> bool {
    written.to_lowercase().starts_with("thứ ")
        || (written.contains([',', ';']) && written.split([',', ';']).any(|part| word::days(part).is_ok()))
}

fn is_holidays(written: &str) -> bool {
    // Odd days ("ngày lẻ") are no holidays ("ngày lễ"), though they look alike without their marks.
    !written.to_lowercase().contains("lẻ")
        && matches!(fold(written).as_str(), "holidays" | "holiday" | "ngayle" | "ngaynghi")
}
