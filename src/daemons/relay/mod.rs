//! `loa relay`: fetches higher stations, over the network or from a program, and hands their sound to `loa run` over a socket
//! of this machine. A process of its own: whatever comes over the network is decoded here, and the sound has no network. It
//! fetches what it is asked for, while it is asked for, and keeps nothing. By the same means somebody who speaks is handed over
//! ([`SpokenVoice`]), in the process that has his microphone.

mod address;
mod decode;
mod fetch;
mod hls;
mod http;
mod icy;
mod listener;
mod probe;
mod program;
mod segments;
mod server;
mod spoken;
mod ts;

pub use probe::probe;
pub use server::serve;
pub use spoken::{SpokenInput, SpokenVoice};
