//! The one loop
mod lock;
mod stage;
pub use stage::{Stage, turn};
