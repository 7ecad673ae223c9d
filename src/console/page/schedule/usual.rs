//! The times at which this station usually begins something: offered beside the box, so that nobody types them.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Time;

use crate::schedule::{Broadcast, Class, Recurrence, Schedule};

/// Chips that a phone shows in two rows.
const MOST: usize = 6;

/// Whether it is lawful at this time on some day, in some zone of its own.
fn is_lawful(schedule: &Schedule, broadcast: &Broadcast, time: Time) -> bool {
    let second = time.duration_since(Time::midnight()).as_secs();
    let holds = |hours: &Range<u32>| (i64::from(hours.start)..i64::from(hours.end)).contains(&second);
    broadcast.zones.iter().any(|zone| {
        let rules = schedule.rules.of(*zone);
        (0..7).any(|day| rules.hours_of(day).0.iter().any(holds))
    })
}

/// The times that most broadcasts have, early ones first. An hour at which only an emergency sounds is nobody's usual one.
pub(super) fn usual(schedule: &Schedule) -> Vec<Time> {
    let mut counted: BTreeMap<Time, usize> = BTreeMap::new();
    for broadcast in schedule.broadcasts.iter().filter(|one| one.class != Class::Emergency) {
        let times: Vec<Time> = match &broadcast.recurrence {
            Recurrence::At { times, .. } => times.clone(),
            Recurrence::Week { times, .. } => times.iter().flatten().copied().collect(),
            Recurrence::Cron(_) | Recurrence::Now => Vec::new(),
        };
        for time in times.into_iter().filter(|time| time.second() == 0 && is_lawful(schedule, broadcast, *time)) {
            *counted.entry(time).or_default() += 1;
        }
    }
    let mut all: Vec<(Time, usize)> = counted.into_iter().collect();
    all.sort_by_key(|(time, count)| (std::cmp::Reverse(*count), *time));
    let mut first: Vec<Time> = all.into_iter().take(MOST).map(|(time, _)| time).collect();
    first.sort_unstable();
    first
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::calendar::sample::daily;

    #[test]
    fn hours_of_emergencies_and_hours_that_are_not_lawful_are_nobody_s_usual_ones() {
        let emergency = Broadcast { class: Class::Emergency, ..daily("lu", &["03:15", "07:00"]) };
        let all = [emergency, daily("tin", &["05:30", "17:00"]), daily("dem", &["22:00"])];
        let schedule = Schedule { broadcasts: all.into_iter().map(Arc::new).collect(), ..Schedule::default() };
        assert_eq!(usual(&schedule), [Time::constant(5, 30, 0, 0), Time::constant(17, 0, 0, 0)]);
    }
}
