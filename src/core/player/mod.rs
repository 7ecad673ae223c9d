//! What to do now: a pure state machine. [`Player::handle`] takes an event and both clocks and returns
//! actions; [`Player::deadline`] says when it wants to be asked again. It follows the plan, piece by
//! piece, checks the lawful hours again at the instant of playing, and bends the plan for stop, say and
//! alert by planning again from what is under way. Knows no clock, no file and no sound; the daemon and
//! the simulation drive it, each in its own time.

mod asked;
mod back;
mod belief;
mod decide;
mod event;
mod intended;
mod lane;
mod machine;
mod open_orders;
mod order;
mod ordered;
mod outcome;
mod overtaken;
mod power;
mod record;
mod replan;
mod run;
mod scene;
mod snapshot;
mod spoken;
mod stand;
mod stops;
mod trust;
mod turn;
mod vetted;
mod want;
mod went_by;

pub use crate::instant::Now;
pub use event::{Action, ClockTrust, DecisionOrder, Event, ProofNote, Request, Talk, World, signed};
pub use lane::REMEMBER;
pub use machine::Player;
pub use record::is_order;
pub use snapshot::{Playing, Snapshot, ZoneSnapshot};
pub use stand::{OrderLeft, OrderRefusal, OrderStand, Stand, ZoneStand};
pub use stops::StopsBy;
pub use went_by::WentBy;
