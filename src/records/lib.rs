//! What a station has written down, in reading order: [`disk`] (`loa.toml` and `schedules/` as a model), [`edit`] (schedules
//! changed by form, with every version), [`pending`] (what waits for a second person), [`setup`] (the first `loa.toml`),
//! [`journal`] (what really happened), [`report`] (the papers made of it), [`kept`] (what was sent of higher stations),
//! [`backup`] (all of it in one file), [`courier`] (what others have signed, its way in, and the journal's way out). It plays
//! nothing and speaks to nobody.

pub mod backup;
pub mod courier;
pub mod disk;
pub mod edit;
pub mod journal;
pub mod kept;
pub mod pending;
pub mod report;
pub mod setup;

use loa_core::{
    approval, bundle, calendar, checkup, clock, diag, digest, fact, instant, plan, player, reason, schedule, station,
    uplink,
};
use loa_machine as machine;
use loa_site as site;
use loa_sound::{audio, incoming};
