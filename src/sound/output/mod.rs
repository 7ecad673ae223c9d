//! From samples to the instant they are heard. `timeline` joins frames and wall time, `mixer` places
//! voices on exact frames, and each output (device, WAV file, null, simulated) runs the same mixer.
//!
//! A voice's way: the controller (`control` starts it, a thread per output) opens the card (`link`), has the voice (one of
//! its `voices`) decoded ahead (`feed`, a thread per voice) and hands it to the `renderer`, which runs in the card's
//! callback, fixes the start to a frame in the last buffer before it, and mixes. The
//! callback neither locks, allocates, frees nor logs. Never reads a schedule, never decides what
//! plays. Called by `daemon` through [`Output`](crate::voice::Output), and by `cli` to render and to simulate.

mod buffer_depth;
mod callback_watch;
mod card;
mod control;
mod controller;
mod counting;
mod device;
mod device_name;
mod device_text;
mod fade;
mod fader;
mod feed;
mod lane;
mod link;
mod live_start;
#[cfg(test)]
mod live_test;
mod make;
mod message;
mod mixer;
#[cfg(test)]
mod mixer_test;
mod offline;
mod one_channel;
mod paced;
#[cfg(test)]
mod paced_test;
mod playable;
mod prepared;
mod programmes;
mod rate_watch;
mod realtime;
mod renderer;
mod sent;
mod stall_watch;
mod timeline;
#[cfg(test)]
mod timeline_test;
mod unusable;
mod voices;
mod wav;
mod when;

pub use controller::IDLE_CLOSE;
pub use counting::Counting;
pub use device::Device;
pub use device_name::DeviceName;
pub use feed::{AHEAD, FEEDERS, Feed, FeedSource, OpenReader, ProgrammeReader, READY, STARVED, Unopened};
pub use lane::OutputLane;
pub use make::make;
pub use mixer::{FADE, LANE_VOICES, Mixer, QueuedVoice, VoiceEvent, VoiceSound};
pub use offline::Offline;
pub use paced::Paced;
pub use playable::{Playable, playable};
pub use prepared::POSITION_EVERY;
pub use programmes::open_programmes;
pub use sent::{SENT_RATE, SentOutlet, SentReader, SentStretch, SentWriter};
pub use timeline::Timeline;
pub use voices::{DECODE_LIMIT, VOICES};
pub use wav::Wav;
pub use when::When;
