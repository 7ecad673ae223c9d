//! What waits for a second person: which broadcasts, until when, what changed in words since the last approval, and who may
//! not approve it since he has touched it. And the slips of paper for a leader who does not log in. One room for the command
//! line and for the page, so that both say and refuse the same. It decides nothing: the daemon takes a decision, or does not.

mod facts;
mod item;
mod signature;
mod slip;
mod touch;

pub use item::{Pending, Query, called, item, items, listed, sound_name};
pub use signature::{KnownPerson, SlipSignature};
pub use slip::{GOOD_FOR, Slip, SlipError, Slips};
pub use touch::{Approver, Touch};
