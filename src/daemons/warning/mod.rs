//! Alarms from outside, a process of its own: fetches feeds and looks into directories, lets [`crate::cap`] judge what comes, and
//! orders over the daemon's socket what the rules of `loa.toml` let sound. What asks a person waits on the page. It
//! remembers what came over a power cut, so that nothing sounds twice; nothing that is not truly signed is ever ordered.
//! `fetched` is the only file that speaks to a network, `laid` looks into directories, `taken` judges, `given` orders,
//! `unheard` tells where nobody heard it, `full` what there was no room for.

mod fetched;
mod full;
mod given;
mod laid;
mod memory;
mod opinion;
mod pace;
mod running;
mod stage;
mod standing;
mod taken;
mod trusted;
mod unheard;

pub use full::LostCap;
pub use opinion::CapOpinion;
pub use pace::CapPace;
pub use running::{CapWatch, Unwatched, run};
pub use stage::CapStage;
pub use standing::{CapStanding, FeedStanding, KnownCap, KnownPart};
pub use trusted::{UnusableKey, key_findings, trusted};
