//! The one loop ([`turn`]): waits for an event or the next deadline, asks the player, does what it
//! says. [`Stage`] is all that the loop can be told and can do: the machine (`live`) or a simulated day
//! ([`Sim`]). The rest are the loop's edges: the files, their watch and what they last were right as, the
//! nightly rehearsal, the socket, the signals, the journal's writer, what speaks for the clock, systemd.

mod alert_cache;
mod asks;
mod background;
mod checked;
pub mod client;
mod clock_trust;
mod command;
mod condition;
mod edges;
mod fresh;
mod handle;
mod heard_so_far;
mod heartbeat;
mod install;
mod journal_report;
mod keeping;
mod last_good;
mod live;
mod lock;
mod log;
mod memory;
mod news;
mod not_done;
mod orders;
mod outputs;
mod pace;
mod page;
mod peer;
mod prepare_gains;
mod proof;
pub mod protocol;
pub mod receipt;
mod rehearsal;
mod reload;
mod report;
mod ruling;
mod saved;
mod seat;
mod second_person;
mod sim;
mod socket;
mod speaker;
mod stage;
mod start;
mod status;
mod stock;
mod system_log;
mod talk;
mod tape;
#[cfg(test)]
mod tests;
mod ticket;
mod typed;
mod unset;
mod wake;
mod watch;
mod writers;
mod written_past;

pub use checked::checked;
pub use clock_trust::{keep_word, look_at_clock};
pub use command::TIMES_MOST;
pub use command::named;
pub use handle::Handle;
pub use heard_so_far::heard_so_far;
pub use last_good::last_good;
pub use sim::{Chance, Mishap, Rendering, Sim, Simulated};
pub use stage::{Stage, turn};
pub use start::{HowItEnded, StartError, run};
pub use written_past::{Happened, PlannedRow, WrittenPast, journal_json};
