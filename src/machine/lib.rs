//! This machine: its clock ([`MachineClock`] is the only place that asks the operating system for the time, [`Signs`] the
//! door to what speaks for it: NTP, a battery clock, the host; [`vouchers`] what the station remembers of that; whether to
//! believe it is `clock`'s to say), and the programs that this process has started on it ([`GroupChild`]).

mod children;
mod machine_clock;
mod signs;
pub mod vouchers;

pub use children::{GroupChild, Strays};
pub use machine_clock::MachineClock;
pub use signs::Signs;

use loa_core::{clock, instant};
use loa_site as site;
