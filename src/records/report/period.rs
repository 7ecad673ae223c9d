use jiff::civil::{Date, ISOWeekDate, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{ToSpan as _, civil::Time};

use crate::diag::{Text, fold, shown, text};
use crate::instant::Wall;

/// What a book or a report is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Period {
    /// A week from Monday to Sunday, by ISO 8601: the first has the year's first Thursday.
    Week {
        /// Its year, by its Thursday.
        year: i16,
        /// From 1.
        week: i8,
    },
    /// A calendar month.
    Month {
        /// Its year.
        year: i16,
        /// From 1.
        month: i8,
    },
}

/// A week of another year is asked for by its date or with its year; nobody keeps a journal of before.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;

impl Period {
    /// The week that `day` is in.
    pub fn week_of(day: Date) -> Self {
        let week = day.iso_week_date();
        Self::Week { year: week.year(), week: week.week() }
    }

    /// The month that `day` is in.
    pub fn month_of(day: Date) -> Self {
        Self::Month { year: day.year(), month: day.month() }
    }

    /// Its first day.
    pub fn first(self) -> Date {
        match self {
            Self::Week { year, week } => {
                ISOWeekDate::new(year, week, Weekday::Monday).map_or(Date::ZERO, ISOWeekDate::date)
            }
            Self::Month { year, month } => Date::new(year, month, 1).unwrap_or(Date::ZERO),
        }
    }

    /// Its last day.
    pub fn last(self) -> Date {
        match self {
            Self::Week { .. } => self.first().saturating_add(6.days()),
            Self::Month { .. } => self.first().last_of_month(),
        }
    }

    /// Its days, in order.
    pub fn days(self) -> impl Iterator<Item = Date> {
        let last = self.last();
        std::iter::successors(Some(self.first()), |day| day.tomorrow().ok()).take_while(move |day| *day <= last)
    }

    /// The midnight that it begins with.
    pub fn begins(self, tz: &TimeZone) -> Wall {
        midnight(self.first(), tz)
    }

    /// The midnight that it ends with.
    pub fn ends(self, tz: &TimeZone) -> Wall {
        midnight(self.last().saturating_add(1.day()), tz)
    }

    /// The one before it.
    #[must_use]
    pub fn previous(self) -> Self {
        let before = self.first().saturating_sub(1.day());
        match self {
            Self::Week { .. } => Self::week_of(before),
            Self::Month { .. } => Self::month_of(before),
        }
    }

    /// As files and links call it: `2026-W49`, `2026-12`.
    pub fn code(self) -> String {
        match self {
            Self::Week { year, week } => format!("{year}-W{week:02}"),
            Self::Month { year, month } => format!("{year}-{month:02}"),
        }
    }

    /// Out of a link, or of a file.
    pub fn of_code(code: &str) -> Option<Self> {
        let (year, rest) = code.split_once('-')?;
        let year = year.parse().ok()?;
        match rest.strip_prefix('W') {
            Some(week) => Self::week(year, week.parse().ok()?),
            None => Self::month(year, rest.parse().ok()?),
        }
    }

    /// What people call it: `tuần 49 năm 2026 (30/11 đến 06/12)`, `tháng 12 năm 2026`.
    pub fn text(self) -> Text {
        match self {
            Self::Week { year, week } => {
                let (first, last) = (self.first(), self.last());
                let (vi_first, vi_last) = (first.strftime("%d/%m"), last.strftime("%d/%m"));
                text!("tuần {week} năm {year} ({vi_first} đến {vi_last})", "week {week} of {year} ({first} to {last})")
            }
            Self::Month { year, month } => text!("tháng {month} năm {year}", "month {year}-{month:02}"),
        }
    }

    fn week(year: i16, week: i8) -> Option<Self> {
        let found = YEARS.contains(&year) && ISOWeekDate::new(year, week, Weekday::Monday).is_ok();
        found.then_some(Self::Week { year, week })
    }

    fn month(year: i16, month: i8) -> Option<Self> {
        (YEARS.contains(&year) && Date::new(year, month, 1).is_ok()).then_some(Self::Month { year, month })
    }

    /// A week as people write it: `2026-W49`, `W49`, `49`, `tuần 49/2026`, `này`, `trước`, or a day of it. A number
    /// alone is the week of that number that has begun last, or is the next one.
    pub fn parse_week(written: &str, today: Date) -> Result<Self, Text> {
        let this = Self::week_of(today);
        let folded = fold(written);
        let name = bare(&folded, &["tuan", "week"]);
        match name {
            "" | "nay" | "this" | "now" | "hiennay" => return Ok(this),
            "truoc" | "last" | "lastweek" | "qua" | "vuaqua" | "previous" => return Ok(this.previous()),
            _ => {}
        }
        let numbers = numbers(written);
        if let Some(day) = day_of(&numbers, today) {
            return Ok(Self::week_of(day));
        }
        // «T2» is a day of the week, and no week.
        let are_known = |words: &str| WORDS.contains(&words);
        if !folded.split(|c: char| !c.is_alphabetic()).filter(|words| !words.is_empty()).all(are_known) {
            return Err(bad_week(written));
        }
        let (year, week) = match numbers[..] {
            [week] => (None, week),
            [a, b] if a.value > 99 => (Some(a.value), b),
            [a, b] if b.value > 99 => (Some(b.value), a),
            _ => return Err(bad_week(written)),
        };
        let week = i8::try_from(week.value).unwrap_or(i8::MAX);
        let known = |year| Self::week(year, week);
        let found = match year {
            Some(year) => i16::try_from(year).ok().and_then(known),
            // A number alone: of this year, unless it is yet to come; then of the last.
            None => [today.year().saturating_add(1), today.year(), today.year().saturating_sub(1)]
                .into_iter()
                .filter_map(known)
                .find(|week| week.first() <= today.saturating_add(7.days()))
                // A 53rd is rare: the one of this year is meant, though it is yet to come.
                .or_else(|| known(today.year())),
        };
        found.ok_or_else(|| no_such_week(written, year.and_then(|year| i16::try_from(year).ok())))
    }

    /// A month as people write it: `2026-12`, `12/2026`, `tháng 12`, `này`, `trước`, or a day of it.
    pub fn parse_month(written: &str, today: Date) -> Result<Self, Text> {
        let this = Self::month_of(today);
        let folded = fold(written);
        match bare(&folded, &["thang", "month"]) {
            "" | "nay" | "this" | "now" | "hiennay" => return Ok(this),
            "truoc" | "last" | "lastmonth" | "qua" | "vuaqua" | "previous" => return Ok(this.previous()),
            _ => {}
        }
        let numbers = numbers(written);
        let found = match numbers[..] {
            [Number { value, .. }] if value <= 12 => {
                let month = i8::try_from(value).unwrap_or(0);
                let year = if month > today.month() { today.year() - 1 } else { today.year() };
                Self::month(year, month)
            }
            [a, b] if a.value > 99 => {
                i16::try_from(a.value).ok().zip(i8::try_from(b.value).ok()).and_then(|(y, m)| Self::month(y, m))
            }
            [a, b] if b.value > 99 => {
                i16::try_from(b.value).ok().zip(i8::try_from(a.value).ok()).and_then(|(y, m)| Self::month(y, m))
            }
            _ => day_of(&numbers, today).map(Self::month_of),
        };
        found.ok_or_else(|| {
            let written = shown(written);
            text!(
                "không hiểu tháng «{written}»: hãy viết như 2026-12, 12/2026, «tháng trước»",
                "cannot read the month \"{written}\": write it like 2026-12, 12/2026, last"
            )
        })
    }
}

/// What stands around the numbers of a week, folded.
const WORDS: [&str; 12] =
    ["w", "tuan", "tuanthu", "tuanso", "tuanw", "week", "weekw", "nam", "cuanam", "year", "of", "ofyear"];

/// What is left of a folded text behind the word for it.
fn bare<'a>(folded: &'a str, words: &[&str]) -> &'a str {
    words.iter().find_map(|word| folded.strip_prefix(word)).unwrap_or(folded)
}

fn midnight(day: Date, tz: &TimeZone) -> Wall {
    day.to_datetime(Time::midnight()).to_zoned(tz.clone()).map_or(Wall::MIN, |zoned| zoned.timestamp().into())
}

/// A number, and what stands before it.
#[derive(Clone, Copy)]
struct Number {
    value: u32,
    /// The sign that parts it from the one before.
    sign: Option<char>,
    /// It stands behind a `W` or the word for week.
    is_week: bool,
}

/// All numbers of a text, up to four.
fn numbers(written: &str) -> Vec<Number> {
    let mut found: Vec<Number> = Vec::new();
    let chars: Vec<char> = written.chars().collect();
    let mut place = 0;
    while place < chars.len() && found.len() < 4 {
        if !chars[place].is_ascii_digit() {
            place += 1;
            continue;
        }
        let end = (place..chars.len()).find(|end| !chars[*end].is_ascii_digit()).unwrap_or(chars.len());
        let digits: String = chars[place..end].iter().collect();
        let before: String = chars[..place].iter().collect();
        let word = fold(&before);
        found.push(Number {
            value: digits.parse().unwrap_or(u32::MAX),
            sign: before.trim_end().chars().next_back(),
            is_week: word.ends_with('w') || word.ends_with("tuan") || word.ends_with("week"),
        });
        place = end;
    }
    found
}

/// `2026-12-07`, `7/12/2026`, `7-12-2026`, `7/12`: a day, where it can be nothing else.
fn day_of(numbers: &[Number], today: Date) -> Option<Date> {
    if numbers.iter().any(|number| number.is_week) {
        return None;
    }
    let part = |number: Number| i8::try_from(number.value).ok();
    match *numbers {
        [year, month, day] if year.value > 99 => {
            Date::new(i16::try_from(year.value).ok()?, part(month)?, part(day)?).ok()
        }
        [day, month, year] if year.value > 99 => {
            Date::new(i16::try_from(year.value).ok()?, part(month)?, part(day)?).ok()
        }
        // The nearest one of the past, or of the coming week.
        [day, month] if month.value <= 12 && month.sign == Some('/') => {
            let of = |year| Date::new(year, part(month)?, part(day)?).ok();
            of(today.year()).filter(|day| *day <= today.saturating_add(7.days())).or_else(|| of(today.year() - 1))
        }
        _ => None,
    }
}

fn bad_week(written: &str) -> Text {
    let written = shown(written);
    text!(
        "không hiểu tuần «{written}»: hãy viết như 2026-W49, 49, «tuần trước», hoặc một ngày trong tuần như 7/12/2026",
        "cannot read the week \"{written}\": write it like 2026-W49, 49, last, or a day of it such as 7/12/2026 (day/month)"
    )
}

fn no_such_week(written: &str, year: Option<i16>) -> Text {
    let Some(year) = year.filter(|year| YEARS.contains(year)) else { return bad_week(written) };
    // The last week of a year has its 28 December.
    let (written, last) = (shown(written), date(year, 12, 28).iso_week_date().week());
    text!(
        "không có tuần «{written}»: năm {year} có các tuần từ 1 đến {last}",
        "there is no week \"{written}\": {year} has the weeks 1 to {last}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = date(2026, 12, 3);

    #[test]
    fn a_week_is_understood_as_people_write_it() {
        let table = [
            ("2026-W49", "2026-W49"),
            ("2026-w9", "2026-W09"),
            ("2026W49", "2026-W49"),
            ("W49", "2026-W49"),
            ("49", "2026-W49"),
            ("tuần 49", "2026-W49"),
            ("Tuần 49/2026", "2026-W49"),
            ("tuần 49 năm 2026", "2026-W49"),
            ("49/2026", "2026-W49"),
            ("50", "2026-W50"),
            // Not begun, and not the next one: last year's.
            ("51", "2025-W51"),
            ("53", "2026-W53"),
            ("tuần thứ 49", "2026-W49"),
            ("này", "2026-W49"),
            ("tuần này", "2026-W49"),
            ("this", "2026-W49"),
            ("", "2026-W49"),
            ("trước", "2026-W48"),
            ("tuần trước", "2026-W48"),
            ("last week", "2026-W48"),
            ("2026-12-07", "2026-W50"),
            ("7/12/2026", "2026-W50"),
            ("7-12-2026", "2026-W50"),
            ("30/11", "2026-W49"),
            // A day of the turn of the year is in the week that its Thursday is in.
            ("1/1/2027", "2026-W53"),
        ];
        for (written, expected) in table {
            assert_eq!(Period::parse_week(written, TODAY).map(Period::code), Ok(expected.to_owned()), "{written}");
        }
    }

    #[test]
    fn a_month_is_understood_as_people_write_it() {
        for (written, expected) in [
            ("2026-12", "2026-12"),
            ("12/2026", "2026-12"),
            ("tháng 12", "2026-12"),
            ("tháng 12 năm 2026", "2026-12"),
            ("11", "2026-11"),
            ("tháng này", "2026-12"),
            ("tháng trước", "2026-11"),
            ("1", "2026-01"),
            ("2026-12-07", "2026-12"),
            ("7/12/2026", "2026-12"),
        ] {
            assert_eq!(Period::parse_month(written, TODAY).map(Period::code), Ok(expected.to_owned()), "{written}");
        }
        for wrong in ["13", "2026-13", "0", "abc"] {
            let found = Period::parse_month(wrong, TODAY);
            assert!(found.is_err(), "{wrong}: {found:?}");
        }
    }

    #[test]
    fn what_is_no_week_is_told_with_the_weeks_there_are() {
        let told = Period::parse_week("2026-W54", TODAY).unwrap_err();
        assert!(told.vi.contains("năm 2026 có các tuần từ 1 đến 53"), "{}", told.vi);
        let told = Period::parse_week("2025-W53", TODAY).unwrap_err();
        assert!(told.vi.contains("từ 1 đến 52"), "{}", told.vi);
        for wrong in ["abc", "99", "0", "1.2.3.4.5", "tuần tới nữa", "T2", "thứ 2", "x49"] {
            assert!(Period::parse_week(wrong, TODAY).unwrap_err().vi.contains("2026-W49"), "{wrong}");
        }
    }

    #[test]
    fn a_period_has_its_days_and_the_one_before_it() {
        let week = Period::of_code("2026-W53").unwrap();
        assert_eq!((week.first(), week.last()), (date(2026, 12, 28), date(2027, 1, 3)));
        assert_eq!(week.days().count(), 7);
        assert_eq!(Period::of_code("2027-01").unwrap().previous().code(), "2026-12");
        assert_eq!(Period::of_code("2026-W01").unwrap().previous().code(), "2025-W52");
        for code in ["2026-W49", "2026-02", "2199-12"] {
            assert_eq!(Period::of_code(code).unwrap().code(), code);
        }
        for none in ["2026-W54", "2026-13", "x", "", "2026-W", "99999-01"] {
            assert_eq!(Period::of_code(none), None, "{none}");
        }
    }
}
