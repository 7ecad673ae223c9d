//! What came of the airings of the week behind, for the first page of somebody who reads and signs: counted as the book
//! counts, so that the two never differ.

use crate::fact::{Entry, EntryKind, Outcome};
use crate::journal::Tally;
use crate::report::{Total, UncountedRows};

/// What came of the airings of the last seven days, today among them.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct PastWeek {
    /// Counted by outcome and reason; its sentence is `6 lượt, 4 phát đủ, 2 lỡ vì mất điện`.
    pub(super) tally: Tally,
    /// How much was to be heard, and how much was.
    pub(super) total: Total,
    /// What was not heard whole, the latest first; each has its page at `/journal/row/N`.
    pub(super) troubles: Vec<Entry>,
}

/// Troubles that are named.
const TROUBLES_MOST: usize = 60;

impl PastWeek {
    /// Of rows from the last to the first, as they come. What was ordered by hand waits for the note of its order, which
    /// stands before it.
    pub(super) fn reader() -> WeekReader {
        WeekReader::default()
    }

    fn add(&mut self, entry: &Entry, uncounted: &UncountedRows) {
        if uncounted.find(entry).is_some() {
            return;
        }
        self.tally.add(entry, uncounted);
        self.total.add(entry, uncounted);
        if entry.no_horn {
            return;
        }
        if entry.outcome != Some(Outcome::Played) && self.troubles.len() < TROUBLES_MOST {
            self.troubles.push(entry.clone());
        }
    }
}

/// A week that is being read.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct WeekReader {
    week: PastWeek,
    /// What was ordered by hand, and the notes of orders.
    ordered: Vec<Entry>,
}

impl WeekReader {
    /// One more row.
    pub(super) fn add(&mut self, entry: Entry) {
        if entry.order.is_some() {
            self.ordered.push(entry);
        } else if entry.kind == EntryKind::Airing && entry.outcome.is_some() {
            self.week.add(&entry, &UncountedRows::default());
        }
    }

    /// All of it.
    pub(super) fn done(self) -> PastWeek {
        let Self { mut week, ordered } = self;
        let uncounted = UncountedRows::of(&ordered);
        let is_airing = |entry: &&Entry| entry.kind == EntryKind::Airing && entry.outcome.is_some();
        ordered.iter().filter(is_airing).for_each(|entry| week.add(entry, &uncounted));
        let at = |entry: &Entry| (entry.planned.or(entry.started).unwrap_or(entry.written), entry.seq);
        week.troubles.sort_by_key(|entry| std::cmp::Reverse(at(entry)));
        week
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_counts_airings_and_their_seconds_as_the_book_does_and_names_what_was_not_heard_whole() {
        let airing = |seq, outcome, played| Entry {
            seq,
            kind: EntryKind::Airing,
            outcome: Some(outcome),
            seconds_planned: Some(60.0),
            seconds_played: Some(played),
            ..Entry::default()
        };
        let ordered =
            |reason: &str, entry: Entry| Entry { order: Some("drill".into()), reason: Some(reason.into()), ..entry };
        let mut week = PastWeek::reader();
        for entry in [
            // A drill that was stopped, and the note of its order before it.
            ordered("stopped: Bà Hai", airing(10, Outcome::Partial, 7.0)),
            airing(9, Outcome::Played, 60.0),
            airing(8, Outcome::Partial, 12.5),
            airing(7, Outcome::Missed, 0.0),
            Entry { seq: 6, reason: Some("started".into()), ..Entry::default() },
            ordered("drill: Bà Hai", Entry { seq: 5, ..Entry::default() }),
        ] {
            week.add(entry);
        }
        let week = week.done();
        let troubles: Vec<u64> = week.troubles.iter().map(|entry| entry.seq).collect();
        assert_eq!((week.tally.total(), &troubles[..]), (3, &[8, 7][..]));
        assert_eq!((week.total.seconds_planned, week.total.seconds_played), (180, 73));
    }
}
