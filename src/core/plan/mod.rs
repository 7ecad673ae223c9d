//! Occurrences to airings: who plays when, who waits, who is refused, who never happens, and why.
//! One pure function of schedule, station, library and window, called by the preview, the check,
//! the simulation and the daemon alike. Knows no clock, no file and no sound
//! (invariant: the plan depends on its arguments only).
//!
//! [`plan`] is the whole: it finds an idle instant before the window, gathers the occurrences of every
//! zone and settles them. [`resolve`] is the rule itself, for one zone from a carried state, as the
//! player needs it at every event. [`findings`] is what is wrong with the result.

mod act;
mod airing;
mod alarm;
mod approved;
mod diagnostic;
mod faulty;
mod finding;
mod free;
mod gap;
mod ground;
mod guard;
mod guards;
mod horizon;
mod job;
mod known;
mod lane;
mod library;
mod load;
mod missing;
mod mourning;
mod named;
mod nearest;
mod never;
mod off;
mod part;
mod programme;
mod rousing;
mod row;
#[cfg(any(test, feature = "sample"))]
pub mod sample;
mod sentence;
mod session;
mod share;
mod sound_index;
mod target;
#[cfg(test)]
mod tests;
mod touched;
mod tunes;
mod unapproved;
mod volume;
mod walk;
mod want;
mod wanted;
mod whole;
mod why;
mod window;
mod zone_voices;

pub use airing::{Airing, Break, Cause, Interruption, Piece, Rival, Verdict};
pub use alarm::for_alerts;
pub use approved::{Approvable, approvable, approvable_in, assumed, standing};
pub use finding::{findings, findings_knowing};
pub use ground::PlanContext;
pub use guard::Guard;
pub use guards::Guards;
pub use job::{Carried, Job};
pub use known::{HeardSoFar, plan_knowing};
pub use lane::{PlanLane, resolve};
pub use library::{Aside, Facts, Fault, Library, Loudness, NameIndex, Sound, lowered};
pub use missing::renamed;
pub use missing::{missing_cure, word_cure};
pub use mourning::programme;
pub use named::{ENDINGS, copy_of, without_ending};
pub use part::CARRY_MAX;
pub use programme::{ALARM_LENGTH, CHIME_LENGTH, Instead, Item, ItemSound, Programme, SWEEP_LENGTH, Under};
pub use rousing::{Rousing, rousing};
pub use row::{Row, RowItem};
pub use sentence::{Audience, FactAndCure, Plain, Remedy, because, plainly, said, told};
pub use sentence::{clock, date, length, undecided, weekday_name, written};
pub use session::{Heard, SESSION_GAP, SessionCount, SessionRule};
pub use sound_index::{COMMON_LANGUAGE, Found, SoundIndex};
pub use touched::touched;
pub use unapproved::waiting;
pub use volume::Volume;
pub use want::{SoundRole, Want, wants};
pub use wanted::{Wanted, is_version, needed_by, spelled};
pub use whole::{jobs, jobs_in, plan};
pub use why::{Meeting, NEAR, Obstacle, REACH_DAYS, Why, WhyZone, why};
pub use zone_voices::ZoneVoices;
