//! Alarms that are given on the page, from the moment that one is made ready until its outcome was read: [`record`] is one
//! of them, [`store`] all of them, beside the people; [`watch`] is what happens to them by itself (one that nobody sends is
//! told and given up, what sounds is followed, a drill is measured); [`stand`] is how each zone of one stands; [`bar`] is
//! what every page shows of them, [`adopted`] takes in those that were given elsewhere,
//! [`outside`] those that wait there as alarms from outside. What sounds is the daemon's, and the journal's; here is only what a page needs to ask
//! the right person the next question.

mod adopted;
mod bar;
mod outside;
mod record;
mod stand;
mod store;
mod watch;

pub(super) use bar::bar;
pub(super) use outside::{against, believed, his, undecided, waiting};
pub(super) use record::{Alarm, AlarmKind, AlarmPlace, AlarmProgress, AlarmSign};
pub(super) use record::{instant, millis};
pub(super) use stand::{AlarmStand, answered, real_on, refused};
pub(super) use store::{Alarms, OutsideRefusal};
pub(super) use watch::{after_stop, follow, mark};
