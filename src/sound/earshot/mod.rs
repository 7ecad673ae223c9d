//! What a microphone hears of what was sent to the horns. Both sides come down to 8 kHz ([`SentReader`](crate::output::SentReader), [`MicrophoneSound`]);
//! stretches of a few seconds are laid over each other ([`Correlator`]), and what is measured of one ([`measure`]) is judged
//! by `loa-core`'s `proof`. Opens nothing and sends nothing: what is heard comes over `incoming`, what is sent is taken
//! from the mixer through a ring that never makes it wait.

mod correlate;
mod heard;
mod measure;
#[cfg(test)]
mod trial_test;

pub use correlate::{Correlation, Correlator, HEARING_RATE, LAG_LEAST_MS, LAG_MOST_MS};
pub use heard::MicrophoneSound;
pub use measure::{LearnError, LearntLag, heard_needed, learn, measure};
