//! Why something was, or was not: the one list of reasons ([`Reason`]), each with its code, what stands behind it, and
//! its words. The journal, `--json` and receipts have them as text, `code` or `code: detail`; that form stays for good,
//! since rows are chained by it.

mod decided;
mod detail;
mod form;
mod list;
mod nature;
mod words;

pub use decided::{Approved, NotApproved, Returned};
pub use detail::{Confirmed, Holes, Misfit, Off, Ordered, Refused, Renewed, Restored, Span, Step, Trouble};
pub use form::codes;
pub use list::{CODES, Reason};

#[cfg(test)]
mod tests;
