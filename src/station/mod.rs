//! This machine: `loa.toml`. Zones, the outputs they play on and the amplifiers behind them, groups, the time zone, the clock's
//! trust, the console's address. Read like a schedule: every problem at once, each with a cure; an
//! absent file means one zone, `loa`, on the default output.

mod check;
mod find;
mod group;
pub(crate) mod load;
mod meant;
mod model;
mod output_file;
mod power;
mod tone;
mod zone;

pub use check::check;
pub use find::Unknown;
pub use load::{Loaded, load, load_or};
pub use model::{Approval, Channel, OutputName, Station, Tone, Trust, Zone, ZoneChime, ZoneIx};
pub(crate) use output_file::{WAV_HEADER, WAV_MARK, is_loas_wav};
pub use power::{Amplifier, Switch};
