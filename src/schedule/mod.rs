//! What officials write: `schedules/*.toml`. `word` reads the small words (times, days, lengths,
//! dates, cron); one file for each table turns it into the model and a list of diagnostics, never an
//! `Err`; `check` does a file and joins files; `load` reads the directory. Knows no clock, no sound
//! and no plan.

mod broadcast;
mod campaign;
mod check;
mod crontab;
mod field;
mod holiday;
mod law;
mod load;
mod merge;
mod model;
mod recurrence;
mod rules;
mod word;

pub use check::{FilePart, Reading, check, check_file};
pub use law::Law;
pub use load::{Loaded, load, reload};
pub use merge::merge;
use merge::place_of;
pub use model::{
    Broadcast, Campaign, Class, DateRange, DaySet, Except, Holiday, HolidayDates, Hours, IfInterrupted, IfMissed,
    Level, Place, Play, Recurrence, RulePlaces, Rules, Schedule,
};
