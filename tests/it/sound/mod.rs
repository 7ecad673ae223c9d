//! Sound, judged by numbers: where it starts, how long it is, how clean it is.

mod bed;
pub(crate) mod ear;
mod format;
mod hostile;
mod joined;
mod library;
mod lost;
pub(crate) mod loudness;
mod odd;
mod pages;
mod reel;
mod resample;
mod whole;

pub(crate) use hostile::with_replication;
