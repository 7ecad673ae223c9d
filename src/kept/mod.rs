//! What was really sent of higher stations, kept to be heard again: parts of sound in ([`Keeper`], on a thread of the daemon's that
//! the sound never waits for), files in `state/kept/` out. The oldest go first, before there are too many of them or the disk has no
//! room. It decides nothing about sound, and writes no journal: whoever runs it is told of each file, with its digest.

mod keeper;
mod recording;
mod shelf;

pub use keeper::{Keeper, KeptNews};
pub use shelf::is_kept_name;
