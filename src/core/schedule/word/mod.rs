//! The small words of a schedule, each from text to value: times of day, days of the week, lengths,
//! dates, lunar days, hours, and what `play` names. Pure, without spans; a [`WordFault`] says what is wrong and how it
//! is written right. Called by the checks of the tables that hold them.

mod date;
mod days;
mod elsewhere;
mod hours;
mod length;
mod lunar;
mod moment;
mod play;
mod time;

pub(super) use date::{date, date_range};
pub(super) use days::{EVERY_DAY, days, excepting, meant_days, weekday_name};
pub(super) use elsewhere::elsewhere;
pub(super) use hours::{clock_range, meant_ranges, merged};
pub(super) use length::{length, length_within};
pub(super) use lunar::{lunar, meant_lunar};
pub(super) use moment::{Moment, meant_moment, moment};
pub use play::meant_play;
pub(super) use play::play;
pub(super) use time::{is_beyond_the_day, meant_times, time_of_day};

use crate::diag::Text;

/// Why a word cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct WordFault {
    /// The diagnostic's code.
    pub(super) code: &'static str,
    /// What is wrong.
    pub(super) message: Text,
    /// How it is written right.
    pub(super) help: Text,
}

impl WordFault {
    pub(super) const fn new(code: &'static str, message: Text, help: Text) -> Self {
        Self { code, message, help }
    }
}

/// What a word turned out to be.
pub(super) type Read<T> = Result<T, WordFault>;
