//! A schedule goes out in waves: named test boxes, one commune, a tenth, all. What is to be done next is a pure function of what is known
//! ([`next_step`]): the gate of a wave is the first good session after a box took the letter, by its journal, and not that it was installed; whoever
//! sleeps holds no wave and takes the newest when it is back. [`RolloutView`] gathers what is known from the rows and the book; carrying a step
//! out is the command's, by the same way as any letter.

mod box_record;
mod gather;
mod shown;
mod step;
#[cfg(test)]
mod tests;
mod waves;

pub use box_record::RolloutBoxRecord;
pub use gather::{RolloutView, good_session};
pub use step::{BoxFacts, BoxStage, RolloutStep, is_carried, next_step, stage, unheard};
pub use waves::{RolloutRecord, RolloutRules, RolloutState, RolloutWave, plan_waves};
