//! The Vietnamese lunar calendar, from the sky: new moons and the sun's longitude at UTC+7.
//!
//! A month begins on the day of the new moon. Month 11 holds the winter solstice. Where thirteen months
//! lie between two such months, the first without a major term (a multiple of 30° of the sun's
//! longitude) is the leap month and repeats the number of the one before. Good for 1900 to 2150. Pure;
//! it knows nothing of schedules.

mod date;
mod sky;
mod table;

pub use date::{LunarDate, lunar_of};
pub(super) use table::LunarTable;
