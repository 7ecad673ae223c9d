//! Sound, judged by numbers: where it starts, how long it is, how clean it is.

pub(crate) mod ear;
mod format;
mod hostile;
mod library;
pub(crate) mod loudness;
mod reel;
