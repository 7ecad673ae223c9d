//! What time it is, and whether to believe it: [`Clock`] is the one trait, [`SimClock`] is told the time, [`judge`] weighs
//! what speaks for a clock: a pure function, which the daemon asks all day and anybody else may ask once. What the
//! machine itself says is `machine`'s; everything else takes time as an argument.

mod drift;
mod sim;
mod trust;
mod voucher;

pub use drift::Drift;
pub use sim::SimClock;
pub use trust::{Basis, ClockVerdict, Doubt, Evidence, judge, never_set};
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
