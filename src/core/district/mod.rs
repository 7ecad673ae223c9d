//! How a fleet stands, as a district looks at it. [`FleetBox`] is what is known of one box; [`JudgedBox`] is what follows from it:
//! three facts (when it was heard, which schedule it holds, how much of its journal is there), what will come of it
//! ([`Consequence`]), and when it should be heard again by its own habit. [`FleetView`] has all of them, the worst first, and the numbers
//! that are filters ([`FleetShow`]). [`troubles`] groups what is wrong by commune and cause, and [`AlarmStep`] is what
//! becomes of the alarms that are written down. One rule for `loa fleet status` and the page. It opens nothing and knows no clock: facts
//! and time come in.

mod alarm;
mod area;
mod cause;
mod facts;
mod group;
mod habit;
mod judged;
mod rollout;
mod said;
mod session;
mod show;
mod squares;
mod view;

#[cfg(test)]
mod tests;

pub use alarm::{AlarmStep, FleetAlarm, FleetAlarmState, NotHandled, TakenAlarm, step};
pub use area::commune;
pub use cause::FleetCause;
pub use facts::{BoxCondition, BoxJournal, FleetBox, LastHeard};
pub use group::{FleetTrouble, troubles};
pub use habit::{BoxHabit, HeardBy};
pub use judged::{Consequence, JudgedBox, NewestBundles};
pub use rollout::{FleetRollout, FleetRolloutBox, FleetRolloutWave};
pub use said::{AreaNames, alarm_sentence, box_lines, consequence_sentence, counted, cure, sentence, short_moment};
pub use session::{BoxSession, SessionZone};
pub use show::{FleetShow, FleetShown};
pub use squares::{SquareMark, squares};
pub use view::{FleetCounts, FleetView};
