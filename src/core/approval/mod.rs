//! What a second person has let sound: the digest of what a broadcast means and of the sounds that it plays, the decision on
//! it, and whether the one that is in force holds for what the files say now. Pure values: the journal keeps the decisions,
//! the plan asks for [`Approvals::standing`], `loa approve` and the page show what waits.

mod approvals;
mod decision;
mod digest;
mod meaning;
#[cfg(test)]
mod tests;

pub use approvals::{Approvals, Clearance, Lack};
pub use decision::{Decision, Said};
pub use digest::ApprovalDigest;
pub use meaning::{HeardSound, meaning};
