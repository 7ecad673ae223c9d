//! What time it is. [`MachineClock`] is the only place that asks the operating system; [`SimClock`]
//! is told. Everything else takes time as an argument. Reached only by `daemon`, `output` and `cli`.

mod machine;
mod sim;

pub use machine::MachineClock;
pub use sim::SimClock;

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
