//! From a file to the instant at which it is heard: [`audio`] makes samples and facts of files, [`output`] puts samples
//! on frames and frames on instants. Decides nothing: what plays is told by `loa-core`'s player.

pub mod audio;
pub mod output;

#[cfg(test)]
use loa_core::calendar;
use loa_core::{clock, diag, instant, plan, schedule, station, voice};
use loa_site as site;
