//! What a user sees, tested from the outside: one binary, a file per thing.

mod broken;
mod contract;
mod daemon;
mod device;
mod journal;
mod kit;
mod load;
mod readme;
mod render;
mod shipped;
mod simulate;
mod sound;
mod sounding;
mod tidy;
