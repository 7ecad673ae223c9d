//! Sound that comes while it is made: of a higher station, taken from `loa relay`, a process of its own, over a socket of
//! this machine; of somebody who speaks now, handed over with his order; held in a buffer for as long as the way there wavers; brought to the pace of the card that plays it. Opens no
//! network, decodes nothing, and knows no programme: `audio` pulls from a [`Tap`] what it needs, and asks whether there is
//! any. What it gave to be sent goes to whoever keeps it, too.

mod buffer;
mod drift;
mod hub;
mod quiet;
mod sent;
mod tap;
mod voice_watch;
pub mod wire;

pub use buffer::LiveBuffer;
pub use hub::{RelayHub, fetcher_hangs};
pub use sent::SentPart;
pub use tap::Tap;
pub use voice_watch::{VoiceSign, VoiceWatch};
