use std::sync::Arc;
use std::time::Duration;

use crate::calendar::Calendar;
use crate::instant::Wall;
use crate::schedule::{Broadcast, Schedule};

/// How many airings there are is judged by the first week.
const WEEK: Duration = Duration::from_hours(7 * 24);

/// More airings than this are not looked at together: their plan must fit into the memory of a small machine.
/// A hundred clusters with two hundred broadcasts a day have that many in ninety days.
const AIRINGS_MOST: usize = 2_000_000;

/// How far the plan is looked at: to `to`, unless that would be too many airings.
pub(super) fn horizon(schedule: &Schedule, calendar: &Calendar, from: Wall, to: Wall) -> Wall {
    let week = to.min(from + WEEK);
    let of = |broadcast: &Arc<Broadcast>| calendar.occurrences(broadcast, from, week).len() * broadcast.zones.len();
    let airings = schedule.broadcasts.iter().map(of).sum::<usize>().max(1) as u128;
    let span = week.after(from).as_nanos().saturating_mul(AIRINGS_MOST as u128) / airings;
    // A day at least: what plays tomorrow is what matters most.
    let span = u64::try_from(span).map_or(Duration::MAX, Duration::from_nanos).max(Duration::from_hours(24));
    to.min(from + span.min(to.after(from)))
}
