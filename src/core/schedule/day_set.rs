use std::fmt;

use jiff::civil::Date;

/// A set of days: what `days`, `dates`, `lunar`, `except`, `only`, `[[holiday]]` and `[days.NAME]` say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DaySet {
    /// Weekdays: bit 0 is Monday, bit 6 is Sunday.
    Weekdays(u8),
    /// These dates: ascending by first day.
    Dates(Vec<DateRange>),
    /// Days of the lunar calendar.
    Lunar(LunarDays),
    /// Every `[[holiday]]`.
    Holidays,
    /// A `[days.NAME]`, or the holidays of that name. A name that nothing has falls on no day.
    Named(String),
    /// The days of all of these together.
    Any(Vec<DaySet>),
}

/// An inclusive range of days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DateRange {
    /// First day.
    pub first: Date,
    /// Last day, inclusive.
    pub last: Date,
}

/// Days of the lunar calendar, of every lunar year.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LunarDays {
    /// As written, in order.
    pub spans: Vec<LunarSpan>,
    /// What of a leap month.
    pub leap: Leap,
}

/// Lunar days from one to another, both included; over the year's or the month's end where the last
/// stands before the first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LunarSpan {
    /// Of this month, 1 to 12; of every month where there is none. Both ends have one, or neither.
    pub first: LunarDay,
    /// The same as `first` for a single day.
    pub last: LunarDay,
}

/// A day of a lunar month.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LunarDay {
    /// 1 to 12; none stands for every month.
    pub month: Option<u8>,
    /// 1 to 30; none stands for the month's last day, the 29th or the 30th.
    pub day: Option<u8>,
}

/// What of a leap month, which bears the number of the month before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Leap {
    /// Its days count like those of the month whose number it bears.
    #[default]
    Repeat,
    /// Its days do not count.
    Skip,
}

impl LunarSpan {
    /// Whether it holds day `day` of the month `month`, which has `length` days.
    pub fn holds(self, month: u8, day: u8, length: u8) -> bool {
        // A month's 30th is a place of its own also where the month has none: a span up to it ends
        // with the month, a span from it begins with the next.
        let place = |at: LunarDay| (at.month.unwrap_or(month), at.day.unwrap_or(length));
        let (first, last, here) = (place(self.first), place(self.last), (month, day));
        if first <= last { first <= here && here <= last } else { first <= here || here <= last }
    }
}

/// As it is written in a file: `15`, `10/3`, `last/12`.
impl fmt::Display for LunarDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.day {
            Some(day) => write!(f, "{day}")?,
            None => f.write_str("last")?,
        }
        self.month.map_or(Ok(()), |month| write!(f, "/{month}"))
    }
}

/// As it is written in a file: `10/3`, `23/12..3/1`.
impl fmt::Display for LunarSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        if self.first == self.last { Ok(()) } else { write!(f, "..{}", self.last) }
    }
}
