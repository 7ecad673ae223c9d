//! When the power behind the horns is on: before a sound, off after it, never for nothing. [`Bank`] decides, as a pure
//! state machine: what is needed when, and both clocks, in; orders out. It keeps no sound waiting beyond the warm-up
//! and knows neither plan nor journal. `player` asks it; `switch` obeys.

mod bank;
mod need;
mod power;
mod unit;

pub use bank::{AmplifierState, Bank, PowerOrder, Told};
pub use need::PowerNeed;
pub use unit::{Unit, units};
