//! What officials write: `schedules/*.toml`. `word` reads the small words (times, days, lengths,
//! dates, cron); one file for each table turns it into the model and a list of diagnostics, never an
//! `Err`; `check` does a file and joins files; `load` reads the directory and
//! remembers what it found of each text. Knows no clock, no sound and no plan.

mod broadcast;
mod campaign;
mod campaign_target;
mod cancel;
mod check;
mod chime;
mod copies;
mod crontab;
mod day_field;
mod day_set;
mod day_type;
mod field;
mod holiday;
mod hours;
mod law;
mod load;
mod meaning;
mod merge;
mod missed;
mod model;
mod mourning;
mod named;
mod once;
mod order;
mod origin;
mod play;
mod recurrence;
mod relay;
mod repeat;
mod rules;
pub mod stray;
mod table_name;
mod times;
mod warrant;
mod word;
mod zone_names;

pub use broadcast::{KEYS as BROADCAST_KEYS, ORDER_MOST, choices, slug};
pub use campaign::{LABEL_MOST, LABELS};
pub use campaign_target::{CampaignTarget, Per};
pub use check::{FilePart, Reading, check, check_file};
pub use chime::Chime;
pub use copies::LeftOut;
pub use day_set::{DateRange, DaySet, Leap, LunarDay, LunarDays, LunarSpan};
pub use law::Law;
pub use load::{DIRECTORY, Directory, Good, Loaded, load, reload};
use merge::place_of;
pub use model::{
    Broadcast, Campaign, Cancel, Class, DayType, Holiday, Hours, IfInterrupted, IfMissed, Kind, Level, Mourning, Named,
    Place, Play, Recurrence, RulePlaces, Rules, Schedule, Warrant,
};
pub use order::{Order, OrderNumber};
pub use origin::Origin;
pub use word::meant_play;

/// A time of day as people write it: `05:30`, `5h30`, `17h`, `5 rưỡi chiều`.
pub fn time_of(written: &str) -> Option<jiff::civil::Time> {
    let times = word::meant_times(&crate::diag::document::clean(written))?;
    <[String; 1]>::try_from(times).ok()?[0].parse().ok()
}

/// Days of the week as people write them: `mon-fri`, `T2, T5`, `daily`; bit 0 is Monday.
pub fn weekdays_of(written: &str) -> Option<u8> {
    word::days(&crate::diag::document::clean(written)).ok()
}
