//! What is wrong beside what is told already: of broadcasts that are left out for an error, and of those whose sound is
//! missing. Whoever cures the one is not to be told of the other only then.

use std::sync::Arc;
use std::time::Duration;

use super::horizon::horizon;
use super::{Airing, Cause, HeardSoFar, Library, PlanContext, Verdict};
use crate::calendar::Calendar;
use crate::instant::Wall;
use crate::schedule::{Broadcast, Schedule};
use crate::station::{Station, ZoneIx};

/// The airings that the lawful hours would refuse, were it not for something else: up to `to`.
pub(super) fn unlawful(
    schedule: &Schedule,
    station: &Station,
    library: &Library,
    known: &HeardSoFar,
    to: Wall,
    planned: &[Airing],
) -> Vec<Airing> {
    let broadcasts: Vec<Arc<Broadcast>> =
        schedule.faulty.iter().filter_map(|one| placed(one, schedule, station)).collect();
    let left_out = Schedule { broadcasts, faulty: Vec::new(), ..schedule.clone() };
    let ground = PlanContext::knowing(&left_out, station, library, known.clone());
    let airings = if left_out.broadcasts.is_empty() {
        Vec::new()
    } else {
        let calendar = Calendar::new(&station.timezone, &left_out, known.now(), to);
        ground.plan(known.now(), horizon(&left_out, &calendar, known.now(), to))
    };
    let is_refused = |airing: &&Airing| {
        matches!(airing.reason.as_deref(), Some(Cause::OutsideHours | Cause::PastHours | Cause::SessionTooLong(_)))
    };
    let refused = airings.iter().filter(is_refused).cloned();
    let silent = airings.iter().chain(planned).filter_map(|airing| closed(airing, &ground));
    refused.chain(silent).collect()
}

/// The same airing refused by the hours, where its sound or its zone's output is missing and they are not lawful.
fn closed(airing: &Airing, ground: &PlanContext<'_>) -> Option<Airing> {
    let cause = airing.reason.as_deref()?;
    let is_hidden = cause.is_want_of_sound() || matches!(cause, Cause::NoOutput);
    if !is_hidden || airing.broadcast.passes_hours() {
        return None;
    }
    let objection = ground.guard(airing.zone).objection(None, airing.scheduled, Duration::from_nanos(1));
    let reason = objection.filter(|cause| matches!(cause, Cause::OutsideHours))?;
    Some(Airing { verdict: Verdict::Refuse, reason: Some(Box::new(reason)), ..airing.clone() })
}

/// A broadcast that is due at times that are known. Where its zones are not, any zone speaks for all as long as one law
/// holds in all.
fn placed(broadcast: &Arc<Broadcast>, schedule: &Schedule, station: &Station) -> Option<Arc<Broadcast>> {
    if !broadcast.zones.is_empty() {
        return Some(Arc::clone(broadcast));
    }
    let is_one = schedule.rules.zones.is_empty() && !station.zones.is_empty();
    is_one.then(|| Arc::new(Broadcast { zones: vec![ZoneIx(0)], ..(**broadcast).clone() }))
}
