//! What officials write: `schedules/*.toml`. `raw` is the text as written, with spans; `check` turns
//! it into the model below and a list of diagnostics, never an `Err`; `load` reads the directory.
//! Knows no clock, no sound and no plan.

mod model;

pub use model::{
    Broadcast, Campaign, Class, DateRange, DaySet, Except, Holiday, HolidayDates, Hours, IfInterrupted, IfMissed,
    Place, Play, Recurrence, Rules, Schedule,
};
