//! Sound that comes from a higher station while it is made: taken from `loa relay`, a process of its own, over a socket of
//! this machine; held in a buffer for as long as the way there wavers; brought to the pace of the card that plays it. Opens no
//! network, decodes nothing, and knows no programme: `audio` pulls from a [`Tap`] what it needs, and asks whether there is
//! any. What it gave to be sent goes to whoever keeps it, too.

mod buffer;
mod drift;
mod hub;
mod quiet;
mod sent;
mod tap;
pub mod wire;

pub use buffer::LiveBuffer;
pub use hub::RelayHub;
pub use sent::SentPart;
pub use tap::Tap;
