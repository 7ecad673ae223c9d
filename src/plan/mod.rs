//! Occurrences to airings: who plays when, who waits, who is refused, who never happens, and why.
//! One pure function of schedule, station, library and window, called by the preview, the check,
//! the simulation and the daemon alike. Knows no clock, no file and no sound.

mod airing;
mod library;
mod programme;

pub use airing::{Airing, Break, Piece, Reason, Rival, Verdict};
pub use library::{Facts, Fault, Library, Sound};
pub use programme::{Item, ItemSound, Programme};
