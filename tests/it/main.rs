//! What a user sees, tested from the outside: one binary, a file per thing.

mod broken;
mod clock;
mod contract;
mod crash;
mod daemon;
mod days;
mod device;
mod doctor;
mod journal;
mod kit;
mod level;
mod limits;
mod load;
mod outage;
mod plan;
mod readme;
mod render;
mod shipped;
mod simulate;
mod sound;
mod sounding;
mod tidy;
