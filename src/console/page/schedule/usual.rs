//! The times at which this station usually begins something: offered beside the box, so that nobody types them.

use std::collections::BTreeMap;

use jiff::civil::Time;

use crate::schedule::{Recurrence, Schedule};

/// Chips that a phone shows in two rows.
const MOST: usize = 6;

/// The times that most broadcasts have, early ones first.
pub(super) fn usual(schedule: &Schedule) -> Vec<Time> {
    let mut counted: BTreeMap<Time, usize> = BTreeMap::new();
    for broadcast in &schedule.broadcasts {
        let times: Vec<Time> = match &broadcast.recurrence {
            Recurrence::At { times, .. } => times.clone(),
            Recurrence::Week { times, .. } => times.iter().flatten().copied().collect(),
            Recurrence::Cron(_) | Recurrence::Now => Vec::new(),
        };
        for time in times.into_iter().filter(|time| time.second() == 0) {
            *counted.entry(time).or_default() += 1;
        }
    }
    let mut all: Vec<(Time, usize)> = counted.into_iter().collect();
    all.sort_by_key(|(time, count)| (std::cmp::Reverse(*count), *time));
    let mut first: Vec<Time> = all.into_iter().take(MOST).map(|(time, _)| time).collect();
    first.sort_unstable();
    first
}
