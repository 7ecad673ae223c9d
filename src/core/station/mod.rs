//! This machine: `loa.toml`. Zones, the outputs they play on and the amplifiers behind them, groups, the time zone, the clock's
//! trust, the console's address, whose bundles it takes, the way to the centre, whose alarms count, the higher stations that it relays and how much of that it keeps, the microphones that listen to its horns. Read like a schedule: every problem at once, each with a cure; an
//! absent file means one zone, `loa`, on the default output.

mod alarm;
mod bundle;
mod cap;
mod cap_place;
mod cap_rule;
mod cap_table;
mod check;
mod emergency;
mod find;
mod group;
mod kept;
mod letterhead;
mod link;
mod link_table;
mod meant;
mod misplaced;
mod model;
mod power;
mod proof_table;
mod relay;
mod relay_table;
mod speech;
mod talk;
mod tone;
mod wav_mark;
mod zone;

pub use bundle::BundleRoots;
pub use cap::{
    CapAct, CapCertainty, CapKeySource, CapPlace, CapRule, CapSender, CapSettings, CapSeverity, CapSource, CapUrgency,
};
pub use check::check;
pub use emergency::{Emergency, EmergencyRole, EmergencySound, Preset, Scope};
pub use find::Unknown;
pub use kept::KeptLimits;
pub use letterhead::Letterhead;
pub use link::LinkSettings;
pub use model::{
    Approval, CertificateFiles, Channel, OutputName, ProofInput, SoundTarget, Station, Trust, Zone, ZoneChime, ZoneIx,
    unusable_output,
};
pub use power::{Amplifier, Switch};
pub use relay::{Relay, RelayAddress, RelayElse, RelaySource};
pub(crate) use relay_table::near as near_relay;
pub use talk::DEFAULT_TALK;
pub use wav_mark::{WAV_HEADER, WAV_MARK, is_loas_wav};
