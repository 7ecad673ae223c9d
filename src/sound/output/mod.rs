//! From samples to the instant they are heard. `timeline` joins frames and wall time, `mixer` places
//! voices on exact frames, and each output (device, WAV file, null, simulated) runs the same mixer.
//!
//! A voice's way: the controller (`control` starts it, a thread per output) opens the card (`link`),
//! has the voice (one of its `cast`) decoded ahead (`feed`, a thread per voice) and hands it to the stage (`stage`), which runs
//! in the card's callback, fixes the start to a frame in the last buffer before it, and mixes. The
//! callback neither locks, allocates, frees nor logs. Never reads a schedule, never decides what
//! plays. Called by `daemon` through [`Output`](crate::voice::Output), and by `cli` to render and to simulate.

mod cast;
mod control;
mod controller;
mod counting;
mod depth;
mod device;
mod device_text;
mod fade;
mod fader;
mod feed;
mod flow;
mod lane;
mod link;
mod make;
mod mixer;
#[cfg(test)]
mod mixer_test;
mod offline;
mod pace;
mod paced;
#[cfg(test)]
mod paced_test;
mod playable;
mod reels;
mod slot;
mod speed;
mod stage;
mod timeline;
#[cfg(test)]
mod timeline_test;
mod unusable;
mod urgent;
mod wav;

pub use cast::{DECODE_LIMIT, VOICES};
pub use controller::IDLE_CLOSE;
pub use counting::Counting;
pub use device::{Device, DeviceName};
pub use feed::{AHEAD, FEEDERS, Feed, FeedSource, OpenReader, READY, Reader, STARVED, Unopened};
pub use lane::Lane;
pub use make::make;
pub use mixer::{Event, FADE, LANE_VOICES, Mixer, Part, Sound, When};
pub use offline::Offline;
pub use paced::Paced;
pub use playable::{Playable, playable};
pub use reels::reels;
pub use slot::POSITION_EVERY;
pub use timeline::Timeline;
pub use wav::Wav;
