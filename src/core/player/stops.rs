use std::collections::VecDeque;
use std::time::Duration;

use crate::instant::{Mono, Wall};

/// So long it is told who has stopped what.
const TOLD_FOR: Duration = Duration::from_hours(1);

/// Accounts that it is told of, the last ones, and titles of each.
const ACCOUNTS_MOST: usize = 16;
const TITLES_MOST: usize = 8;

/// What an account has ended of late. A stop always works, and is never a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StopsBy {
    /// The account.
    pub by: String,
    /// How often in the last hour it ended something.
    pub times: u32,
    /// When it last did.
    pub last: Wall,
    /// What it has ended: titles, each once.
    pub ended: Vec<String>,
}

/// The stops of the last hour that ended something, by account, the last first.
#[derive(Debug, Default)]
pub(super) struct Stops(VecDeque<(Mono, StopsBy)>);

impl Stops {
    /// An account has ended these.
    pub(super) fn add(&mut self, now: Mono, wall: Wall, by: &str, ended: impl Iterator<Item = String>) {
        let known = self.0.iter().position(|(_, stops)| stops.by == by);
        let known = known.and_then(|place| self.0.remove(place)).filter(|(at, _)| now.after(*at) < TOLD_FOR);
        let new = || StopsBy { by: by.to_owned(), times: 0, last: wall, ended: Vec::new() };
        let mut stops = known.map_or_else(new, |(_, stops)| stops);
        (stops.times, stops.last) = (stops.times.saturating_add(1), wall);
        for title in ended {
            stops.ended.retain(|known| *known != title);
            stops.ended.insert(0, title);
        }
        stops.ended.truncate(TITLES_MOST);
        self.0.push_front((now, stops));
        self.0.truncate(ACCOUNTS_MOST);
    }

    /// Those who have stopped something within the last hour.
    pub(super) fn of_late(&self, now: Mono) -> Vec<StopsBy> {
        let late = self.0.iter().filter(|(at, _)| now.after(*at) < TOLD_FOR);
        late.map(|(_, stops)| stops.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_are_counted_by_account_for_an_hour_and_few_are_kept() {
        let (mut stops, wall) = (Stops::default(), Wall::from_secs(1_796_000_000));
        let at = |minutes| Mono::from_origin(Duration::from_mins(minutes));
        for minute in 0..100_u64 {
            stops.add(at(0), wall, &format!("{minute}"), std::iter::once("lu".to_owned()));
        }
        assert_eq!(stops.of_late(at(59)).len(), ACCOUNTS_MOST);
        assert_eq!(stops.of_late(at(61)), []);
        for title in ["lu", "vo-dap", "lu"] {
            stops.add(at(62), wall, "hoa", std::iter::once(title.to_owned()));
        }
        let told = &stops.of_late(at(62))[0];
        assert_eq!((told.by.as_str(), told.times), ("hoa", 3));
        assert_eq!(told.ended, ["lu", "vo-dap"]);
        (0..100).for_each(|title| stops.add(at(63), wall, "hoa", std::iter::once(title.to_string())));
        assert_eq!(stops.of_late(at(63))[0].ended.len(), TITLES_MOST);
    }
}
