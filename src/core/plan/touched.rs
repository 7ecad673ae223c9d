use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::tunes;
use crate::schedule::{Broadcast, Schedule};
use crate::station::ZoneIx;

/// The zones whose plan can differ between two schedules; `None` where any can.
///
/// A broadcast is the same where it is the very same [`Arc`]: reading again keeps those whose file has
/// not changed. A change of the law, of holidays, of named days or of mourning touches every zone; so does
/// one of what is music, where there is a mourning.
pub fn touched(old: &Schedule, new: &Schedule) -> Option<BTreeSet<ZoneIx>> {
    let Schedule { broadcasts: _, faulty: _, campaigns: _, holidays, day_types, mourning, rules } = old;
    if (holidays, day_types, mourning, rules) != (&new.holidays, &new.day_types, &new.mourning, &new.rules) {
        return None;
    }
    if !mourning.is_empty() && tunes::names(old) != tunes::names(new) {
        return None;
    }
    let known = |schedule: &Schedule| schedule.broadcasts.iter().map(Arc::as_ptr).collect::<HashSet<_>>();
    let gone = differing(&old.broadcasts, &known(new));
    Some(gone.chain(differing(&new.broadcasts, &known(old))).collect())
}

/// The zones of those that are not among `others`.
fn differing<'a>(
    broadcasts: &'a [Arc<Broadcast>],
    others: &HashSet<*const Broadcast>,
) -> impl Iterator<Item = ZoneIx> + use<'a> {
    let changed: Vec<&'a Arc<Broadcast>> =
        broadcasts.iter().filter(|broadcast| !others.contains(&Arc::as_ptr(broadcast))).collect();
    changed.into_iter().flat_map(|broadcast| broadcast.zones.iter().copied())
}
