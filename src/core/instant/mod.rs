//! Instants and lengths. Wall time (what the village reads on its clock), monotonic time (what
//! never steps) and frames (what the sound card counts) are three types that do not mix; only
//! `output::timeline` joins them. Nothing here asks the machine what time it is.

mod frames;
mod mono;
mod now;
mod wall;

pub use frames::{Frames, Rate};
pub use mono::Mono;
pub use now::Now;
pub use wall::Wall;
