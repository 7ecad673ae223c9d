//! The way to the centre, a process of its own: journal rows go up, signed schedules, sounds and alarms come down. It
//! decides nothing: rows are done with when the collector says so ([`Uplink`](crate::uplink::Uplink)), what comes down counts by its
//! signatures ([`Trusted`](crate::bundle::Trusted)), a schedule is installed by the station's own account on one order over the
//! socket, an alarm is an order like any other. `centre` is the only file that speaks to a server, `authority` knows one, `hindrance` says why it cannot; `anew` sees that what it is
//! begun with (`papers`) is another; `rows` sends up, `letters`
//! and `sounds` fetch down, `alarms` orders, `begun` tells what sounds later, `memory` is what outlives a power cut.

mod address;
mod alarms;
mod anew;
mod authority;
mod awaited;
mod begun;
mod centre;
mod centre_link;
mod chance;
mod hindrance;
mod letters;
mod memory;
mod pace;
mod papers;
mod pulse;
mod rows;
mod running;
mod sounds;
mod standing;

pub use address::{HeardPlace, LinkAddress};
pub use centre::Unlinked;
pub use centre_link::CentreLink;
pub use hindrance::{HinderedAt, LinkHindrance};
pub use pace::LinkPace;
pub use running::{LinkEnd, run};
pub use standing::LinkStanding;
