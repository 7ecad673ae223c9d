//! From a file to the instant at which it is heard: [`audio`] makes samples and facts of files, [`output`] puts samples
//! on frames and frames on instants, [`incoming`] has what a higher station sends, [`earshot`] lays what was sent over what a microphone hears. Decides nothing: what plays is told by `loa-core`'s player.

pub mod audio;
pub mod earshot;
pub mod incoming;
pub mod output;

#[cfg(test)]
use loa_core::calendar;
use loa_core::{clock, diag, digest, instant, plan, schedule, station, voice};
use loa_site as site;
