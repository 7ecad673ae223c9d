//! What was really sent of higher stations, kept to be heard again: parts of sound in ([`Keeper`], on a thread of the daemon's that
//! the sound never waits for), files in `state/kept/` out. The oldest go first where there are too many of them; where the disk
//! has no room nothing more is kept. It decides nothing about sound, and writes no journal: whoever runs it is told of each file, with its digest.

mod keeper;
mod recording;
mod shelf;

pub use keeper::{Keeper, KeptNews};
pub use shelf::{UNFINISHED, is_kept_name, is_kept_of, is_talk_name};
