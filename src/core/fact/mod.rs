//! What happened, as the journal takes it down: [`Entry`] is a row, [`Intent`] what is about to sound, [`Record`] one of
//! the things that a journal is asked to write. Words without a file: the `player` says them, the `journal` keeps them.

mod added;
/// The bytes of a row: how it is written, and how it is read again.
pub mod body;
mod entry;
mod intent;
mod record;
mod total;
mod uncounted;

pub use added::Added;
pub use body::RowBody;
pub use entry::{AudioRef, Entry, EntryKind, Outcome};
pub use intent::Intent;
pub use record::Record;
pub use total::{Total, whole_seconds};
pub use uncounted::{Uncounted, UncountedRows};
