//! This machine: `loa.toml`. Zones, the outputs they play on and the amplifiers behind them, groups, the time zone, the clock's
//! trust, the console's address. Read like a schedule: every problem at once, each with a cure; an
//! absent file means one zone, `loa`, on the default output.

mod check;
mod find;
mod group;
mod letterhead;
mod meant;
mod model;
mod power;
mod speech;
mod tone;
mod wav_mark;
mod zone;

pub use check::check;
pub use find::Unknown;
pub use letterhead::Letterhead;
pub use model::{Approval, CertificateFiles, Channel, OutputName, Station, Tone, Trust, Zone, ZoneChime, ZoneIx};
pub use power::{Amplifier, Switch};
pub use wav_mark::{WAV_HEADER, WAV_MARK, is_loas_wav};
