//! What time it is, and whether to believe it. [`MachineClock`] is the only place that asks the operating
//! system for the time, [`SimClock`] is told. [`Signs`] is the door to what speaks for the machine's clock,
//! [`Vouchers`] to what the station remembers of that, and [`judge`] weighs it all: a pure function, which
//! the daemon asks all day and anybody else may ask once. Everything else takes time as an argument.
//! Reached only by `daemon`, `output` and `cli`.

mod drift;
mod machine;
mod signs;
mod sim;
mod trust;
mod voucher;

pub use drift::Drift;
pub use machine::MachineClock;
pub use signs::Signs;
pub use sim::SimClock;
pub use trust::{Basis, Doubt, Evidence, Verdict, judge, never_set};
pub use voucher::{Voucher, Vouchers, Word};

use crate::instant::{Mono, Wall};

/// A source of wall and monotonic time.
pub trait Clock: Send + Sync {
    /// The wall clock now; it may step.
    fn wall(&self) -> Wall;
    /// The monotonic clock now; it never steps.
    fn mono(&self) -> Mono;
    /// Wait for `length`. On a simulated clock this returns at once and moves the clock on.
    fn wait(&self, length: std::time::Duration);
}
