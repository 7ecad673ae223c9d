//! The processes of a station that run by themselves. [`daemon`] is the loop that joins plan, player, output and journal, and
//! speaks to no network; [`switch`] throws its amplifiers' switches. Beside it, each a process of its own that orders over the
//! daemon's socket like anybody else: [`link`] (the way to the centre), [`relay`] (fetches higher stations) and [`warning`]
//! (alarms from outside).

mod authority;
pub mod daemon;
pub mod link;
pub mod relay;
pub mod switch;
pub mod warning;

use loa_cap as cap;
#[cfg(test)]
use loa_core::calendar;
use loa_core::{
    amplifier, approval, bundle, checkup, clock, diag, digest, fact, instant, plan, player, proof, reason, schedule,
    station, status, uplink, voice,
};
use loa_machine as machine;
use loa_records::{courier, disk, edit, journal, kept, pending, setup};
use loa_site as site;
use loa_sound::{audio, earshot, incoming, output};
