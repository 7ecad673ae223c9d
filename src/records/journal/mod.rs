//! The record of what happened: append-only, hash-chained, synced before and after the sound.
//! [`Entry`](crate::fact::Entry) is the row, [`RowBody`](crate::fact::RowBody) its canonical bytes, `chain` how rows hold on to each other, `store`
//! and `batch` the SQLite file as its one writer sees it, `reader`, `select`, `leaf` (page by page), `verify` (by `walk` and `times`) as everybody
//! else does, `outside` and `seal` its head where the file is not, `key` and `signed` the station's signature on it, `against` what a paper says of it, [`export`] what leaves it, `aside` and `salvage` what is done about a damaged file, `recent`, `belief` and `approved` (by `decisions`) what a start has to know, `orders` (by `ordered`) what became of an order, [`Writer`] the thread that keeps the disk out of the loop.
//! It never decides anything and never asks what time it is; the daemon writes it, readers read it
//! while it grows.

mod against;
mod approved;
mod aside;
mod batch;
mod belief;
mod chain;
mod decisions;
mod denied;
mod drill;
mod error;
mod event;
pub mod export;
mod findings;
mod gap;
mod horns;
mod journal_file;
mod judged;
mod key;
mod leaf;
mod lost;
mod mark;
mod names;
mod ordered;
mod orders;
mod outside;
mod reader;
mod recent;
mod recover;
mod salvage;
mod schema;
mod seal;
mod select;
mod set_aside;
mod sign;
mod signed;
mod store;
mod summary;
mod times;
mod verify;
mod walk;
mod writer;

use std::path::Path;

pub use approved::LetSound;
pub use aside::predecessor;
pub use batch::Batch;
pub use denied::Denied;
pub use error::JournalError;
pub use event::WriterEvent;
pub use findings::{Breach, Verified};
pub use horns::Horns;
pub use journal_file::RestoredJournal;
pub use key::{NoKey, StationKey, public_key};
pub use leaf::Bookmark;
pub use names::Names;
pub use outside::Outside;
pub use reader::{Reader, last_row};
pub use recover::Recovered;
pub use salvage::{Salvage, salvage};
pub use seal::{Sealed, seal};
pub use select::Filter;
pub use set_aside::SetAside;
pub use sign::sign;
pub use signed::{Signed, key_name};
pub use store::{Journal, Opened};
pub use summary::{Summary, Tally, looking_back, today};
pub use writer::Writer;

/// What people have let sound, by the journal at `path`; nothing where there is none, or none that can be read.
pub fn approvals(path: &Path) -> crate::approval::Approvals {
    let reader = Reader::open(path).ok().flatten();
    reader.and_then(|reader| reader.approvals().ok()).unwrap_or_default()
}
