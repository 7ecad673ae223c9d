//! From a file to samples: decode, trim the codec's delay, fold to one channel, resample, bring to the
//! zone's tone, join the items of a programme and lay its bed of music under them; and from a directory to facts. Decodes ahead of time and on threads that
//! can be abandoned; never in an audio callback.

mod again;
mod aside;
mod bed;
mod bridge;
pub mod chain;
mod clip;
mod codec;
mod container;
mod cut;
mod decode;
mod demuxer;
mod disk;
mod duck;
mod error;
mod fault;
mod fragments;
mod guard;
pub mod intake;
mod kind;
pub mod library;
pub mod limit;
mod listing;
mod loan;
mod losses;
mod matroska;
mod measure;
mod memory;
mod meter;
mod mp4;
pub mod name;
mod notebook;
mod opus;
pub mod picture;
mod reader;
mod reel;
mod resample;
mod sbr;
mod sounds;
pub mod stray;
mod strip;
pub mod tone;
pub mod verdict;

pub use again::{Again, again};
pub use aside::examine_aside;
pub use decode::Decoder;
pub use error::AudioError;
pub use guard::hush_decoders;
pub use measure::{Heard, Measured, examine, examine_bytes, measure};
pub use meter::{Level, Measures, Place, Point, Trace};
pub use reel::Reel;
pub use resample::Resampler;
pub use sounds::Sounds;
