//! This machine's clock: [`MachineClock`] is the only place that asks the operating system for the time, [`Signs`] the
//! door to what speaks for it (NTP, a battery clock, the host), [`vouchers`] what the station remembers of that.
//! Whether to believe it is `clock`'s to say. Reached only by `daemon` and `cli`.

mod clock;
mod signs;
pub mod vouchers;

pub use clock::MachineClock;
pub use signs::Signs;
