//! The switches of the amplifiers: [`Switches`] obeys what `amplifier` decides, a thread for each, through its two doors:
//! `gpio` (a line of the kernel's) and `program` (two commands). `daemon` holds them, `loa doctor` asks whether they
//! could be moved.

mod gpio;
mod leftover;
mod program;
mod relay;
mod switches;

pub(crate) use leftover::told as strays;
pub use switches::{OrderListener, Switches, probe};
