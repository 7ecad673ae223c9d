//! Why something was, or was not: the one list of reasons ([`Reason`]), each with its code, what stands behind it, and
//! its words. The journal, `--json` and receipts have them as text, `code` or `code: detail`; that form stays for good,
//! since rows are chained by it.

mod decided;
mod detail;
mod form;
mod hornless;
mod list;
mod nature;
mod own;
mod proven;
mod relayed;
mod untaken;
mod words;

pub use decided::{Approved, NotApproved, Returned};
pub use detail::{Confirmed, Holes, Misfit, Off, Ordered, Refused, Renewed, Restored, Span, Step, Trouble};
pub use form::codes;
pub use hornless::Hornless;
pub use list::{CODES, Reason};
pub use own::OwnAccounts;
pub use proven::{ProofCount, ProofWay, said as said_of_doubt};
pub use relayed::RelayStretch;
pub use untaken::{Untaken, untaken};

#[cfg(test)]
mod tests;
