//! What goes down from the centre: letters ([`OutgoingBundle`]), the sounds they name, and the state of all alarms of a place
//! ([`change_alarms`]). Before anything is sent it is judged as a box will judge it ([`CentreTrust`]); what lies in a stream is replaced by
//! compare-and-set, so that a second official is told who was before him. [`Dispatcher`] is the only file that speaks to a server. It keeps
//! nothing of its own but `trust.json`: what was sent stands in the book of the collector's database.

mod alarms;
mod clock;
mod error;
mod letters;
mod outcome;
mod outgoing;
mod sounds;
mod targets;
mod trust;
mod wire;

pub use alarms::{AlarmChange, AlarmRecord, HeardRecord, admit_paper, change_alarms};
pub use clock::compare_clock;
pub use error::DispatchError;
pub(crate) use letters::lying;
pub use letters::{LetterOrder, SentRecord, put_letter, send_letters};
pub use outcome::{AlarmOutcome, ZoneOutcome};
pub use outgoing::OutgoingBundle;
pub use sounds::{SoundFate, send_sounds};
pub(crate) use targets::place_of;
pub use targets::{Addressee, targets};
pub use trust::CentreTrust;
pub use wire::{AlarmAnswers, Dispatcher, PutError, StoredMessage};
