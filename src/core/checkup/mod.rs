//! Why tomorrow's 05:00 could fail. Each file judges one thing by facts that somebody else has gathered:
//! what is coming ([`coming`]), what alarms are made of ([`alarms`]), the clock ([`clock`]), room on the disk ([`space`]), rights ([`rights`]),
//! the service ([`mod@unit`]), sleep ([`sleep`]), and what a running daemon says of itself
//! ([`Standing`]). Opens nothing, asks nothing and changes nothing. `loa doctor` and the daemon's
//! nightly rehearsal call it, so that both say the same.

pub mod alarms;
pub mod clock;
pub mod coming;
mod finding;
mod minute;
mod proof_standing;
pub mod rights;
pub mod sleep;
pub mod space;
mod standing;
pub mod unit;

pub use finding::{Finding, Words, json};
pub use proof_standing::{ProofSaid, ProofStanding};
pub use standing::{BrokenFile, PageStanding, PowerStanding, Rehearsed, Standing};
