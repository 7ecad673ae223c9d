//! Whether what was sent to the horns was heard, by a microphone that listens to them: what is made of one stretch of sound
//! ([`WindowMeasure`]), and of all stretches of an airing ([`ProofTally`]). Pure: numbers in, words out. What measures is
//! `loa-sound`'s `earshot`.

mod doubt;
mod tally;
mod window;

pub use doubt::ProofDoubt;
pub use tally::{ProofTally, ProofVerdict};
pub use window::{HeardAt, WindowMeasure, WindowVerdict};
