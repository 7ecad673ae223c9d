//! What happened, as the journal takes it down: [`Entry`] is a row, [`Intent`] what is about to sound, [`Record`] one of
//! the things that a journal is asked to write. Words without a file: the `player` says them, the `journal` keeps them.

mod entry;
mod intent;
mod record;

pub use entry::{AudioRef, Entry, Kind, Outcome};
pub use intent::Intent;
pub use record::Record;
