//! The way in of a signed bundle, and the way out of the journal: by a command, by a stick that somebody carries. A
//! bundle is read whole, judged as `loa check` judges, written down as under way and only then put in its place
//! ([`Installer`]): whatever a power cut leaves, the next start finishes. On a stick ([`visit`]) nothing is run, no link is
//! followed and nothing is believed that is not signed; what came of it lies there in words, and in the journal.

mod content;
mod delivery;
mod installer;
mod key_file;
mod looked;
mod outbox;
mod read_back;
mod staged;
mod state;
mod steps;
mod tell;
#[cfg(test)]
mod tests;
mod underway;
mod unfit;
mod visit;
mod vouch;
mod words;

pub use content::purposes;
pub use delivery::{BundleFate, Delivery};
pub use installer::Installer;
pub use key_file::{MadeKey, make_key, public_of, secret_of};
pub use looked::{Looked, through};
pub use outbox::Outbox;
pub use read_back::{BoxReport, read_back};
pub use state::{BundleState, HeldBundle};
pub use steps::{Steps, whole};
pub use tell::tell;
pub use underway::{finish, note};
pub use unfit::{TakenName, Unfit};
pub use visit::{Visited, visit};
pub use vouch::vouch;
