//! On which days and at which instants a broadcast is due: weekdays, dates, lunar days, named days,
//! cron in civil time, validity, exceptions, and the rule for hours that a time zone skips or repeats. Pure: it reads no
//! clock and no file. The plan calls it for whole windows, the schedule's check for the next dates.
//!
//! Local times become instants in one place ([`Days`]): a time in a gap is due once, at the gap's
//! end; a time in a fold is due once, the first time.

mod almanac;
mod days;
mod due;
mod lunar;

pub use days::{Days, date_of, day_of, weekday_of};
pub use due::{Calendar, occurrences};
pub use lunar::{LunarDate, lunar_of};

#[cfg(any(test, feature = "sample"))]
pub mod sample;
#[cfg(test)]
mod tests;
