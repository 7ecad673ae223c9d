//! The one loop ([`turn`]): waits for an event or the next deadline, asks the player, does what it
//! says. [`Stage`] is all that the loop can be told and can do: the machine (`live`) or a simulated day
//! ([`Sim`]). The rest are the loop's edges: the files, their watch and what they last were right as, the
//! nightly rehearsal, the socket, the signals, the journal's writer, what speaks for the clock, systemd.

mod asks;
mod background;
mod command;
mod condition;
mod edges;
mod fresh;
mod handle;
mod heartbeat;
mod hold;
mod journal_report;
mod kept;
mod live;
mod lock;
mod log;
mod memory;
mod news;
mod orders;
mod outputs;
mod pace;
mod page;
mod peer;
pub mod protocol;
pub mod receipt;
mod rehearsal;
mod reload;
mod report;
mod ruling;
mod seat;
mod sim;
mod socket;
mod stage;
mod start;
mod status;
mod stock;
#[cfg(test)]
mod tests;
mod ticket;
mod tune;
mod typed;
mod vouch;
mod wake;
mod watch;

pub use command::named;
pub use handle::Handle;
pub use kept::last_good;
pub use sim::{Chance, Mishap, Rendering, Sim, Simulated};
pub use stage::{Stage, turn};
pub use start::{StartError, run};
pub use vouch::{keep_word, look_at_clock};
