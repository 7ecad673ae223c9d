//! From samples to the instant they are heard. `timeline` joins frames and wall time, `mixer` places
//! voices on exact frames, and each output (device, WAV file, null, simulated) runs the same mixer.

mod voice;

pub use voice::{Ending, Notice, NoticeSink, Output, VoiceId};
