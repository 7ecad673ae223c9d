//! What came of the airings of the week behind, for the first page of somebody who reads and signs.

use std::time::Duration;

use crate::fact::{Entry, Kind, Outcome};
use crate::journal::Tally;

/// What came of the airings of the last seven days, today among them.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct PastWeek {
    /// Counted by outcome and reason; its sentence is `6 lượt, 4 phát đủ, 2 lỡ vì mất điện`.
    pub(super) tally: Tally,
    /// How much was to be heard.
    pub(super) planned: Duration,
    /// How much was.
    pub(super) played: Duration,
    /// What was not heard whole, the latest first; each has its page at `/journal/row/N`.
    pub(super) troubles: Vec<Entry>,
}

/// Troubles that are named.
const TROUBLES_MOST: usize = 60;

impl PastWeek {
    /// One more row.
    pub(super) fn add(&mut self, entry: &Entry) {
        if entry.kind != Kind::Airing || entry.outcome.is_none() {
            return;
        }
        let length = |seconds: Option<f64>| Duration::try_from_secs_f64(seconds.unwrap_or(0.0)).unwrap_or_default();
        self.tally.add(entry);
        self.planned = self.planned.saturating_add(length(entry.seconds_planned));
        self.played = self.played.saturating_add(length(entry.seconds_played));
        if entry.outcome != Some(Outcome::Played) && self.troubles.len() < TROUBLES_MOST {
            self.troubles.push(entry.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_counts_airings_and_their_seconds_and_names_what_was_not_heard_whole() {
        let airing = |seq, outcome, played| Entry {
            seq,
            kind: Kind::Airing,
            outcome: Some(outcome),
            seconds_planned: Some(60.0),
            seconds_played: Some(played),
            ..Entry::default()
        };
        let mut week = PastWeek::default();
        for entry in [
            airing(9, Outcome::Played, 60.0),
            airing(8, Outcome::Partial, 12.5),
            airing(7, Outcome::Missed, 0.0),
            Entry { seq: 6, reason: Some("started".into()), ..Entry::default() },
        ] {
            week.add(&entry);
        }
        let troubles: Vec<u64> = week.troubles.iter().map(|entry| entry.seq).collect();
        assert_eq!((week.tally.total(), &troubles[..]), (3, &[8, 7][..]));
        assert_eq!((week.planned.as_secs_f64(), week.played.as_secs_f64()), (180.0, 72.5));
    }
}
