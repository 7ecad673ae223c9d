//! The power behind the horns: on before a sound, off after it, never on for nothing. [`Bank`] decides,
//! as a pure state machine: what is needed when, and both clocks, in; orders out. [`Switches`] obeys, a
//! thread for each switch, through its two doors: `gpio` (a line of the kernel's) and `program` (two
//! commands). It keeps no sound waiting beyond the warm-up and knows neither plan nor journal.
//! `player` asks the bank, `daemon` holds the switches, `loa doctor` asks whether they could be moved.

mod bank;
mod gpio;
mod leftover;
mod need;
mod power;
mod program;
mod relay;
mod switches;
mod unit;

pub use bank::{Bank, Look, Order, Told};
pub(crate) use leftover::told as strays;
pub use need::Need;
pub use relay::probe;
pub use switches::{Report, Switches};
pub use unit::{Unit, units};
