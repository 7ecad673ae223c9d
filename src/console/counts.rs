//! What `/metrics` counts of the journal: each row once, from where it ended when the page was started, whether anybody asked
//! meanwhile or not. Since when they count is a figure of its own.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::journal::{JournalError, Reader};
use crate::site::Site;

/// Bounds of the start errors, in seconds: a millisecond is what the sample clock keeps, five seconds what `skip` allows.
pub(super) const BOUNDS: [f64; 8] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// Rows that are read for one answer; what is more is read for the next.
const ROWS_MOST: u64 = 20_000;

/// What was counted.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Counted {
    /// Airings by outcome.
    pub(super) outcomes: BTreeMap<&'static str, u64>,
    /// Airings that began within each bound, and no smaller one; the last are later than all.
    pub(super) starts: [u64; BOUNDS.len() + 1],
    /// Of all that began, their error together, in seconds.
    pub(super) error: f64,
    /// The number of the last row.
    pub(super) row: u64,
    /// When it was written, in seconds since 1970.
    pub(super) written: f64,
    /// Since when it is counted, in seconds since 1970.
    pub(super) since: f64,
    is_begun: bool,
}

impl Counted {
    fn add(&mut self, entry: &Entry) {
        self.row = entry.seq;
        self.written = entry.written.nanos() as f64 / 1e9;
        let Some(outcome) = entry.outcome.filter(|_| entry.kind == EntryKind::Airing) else { return };
        *self.outcomes.entry(name(outcome)).or_default() += 1;
        if let Some(error) = entry.start_error_ms {
            let seconds = error.abs() / 1_000.0;
            let place = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
            self.starts[place] += 1;
            self.error += seconds;
        }
    }

    /// What is there already is not counted.
    fn stand_at_end(&mut self, reader: &Reader) -> Result<(), JournalError> {
        let (head, _) = reader.head()?;
        if let Some(last) = reader.row(head)? {
            (self.row, self.written) = (last.seq, last.written.nanos() as f64 / 1e9);
        }
        Ok(())
    }

    /// So many began within each bound, smaller ones among them; and all.
    pub(super) fn within(&self) -> impl Iterator<Item = u64> + '_ {
        self.starts.iter().scan(0, |sum, one| {
            *sum += one;
            Some(*sum)
        })
    }
}

/// What an outcome is called.
pub(super) const fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Played => "played",
        Outcome::Partial => "partial",
        Outcome::Missed => "missed",
        Outcome::Refused => "refused",
    }
}

/// What was counted so far.
#[derive(Debug)]
pub(super) struct Counts(Mutex<Counted>);

impl Counts {
    /// Begin where the journal ends now: the page is being started. A journal that comes later is counted from its first row.
    pub(super) fn begin(site: &Site, now: Wall) -> Self {
        let since = now.nanos() as f64 / 1e9;
        let mut counted = Counted { since, ..Counted::default() };
        match Reader::open(&site.journal()) {
            Ok(Some(reader)) => counted.is_begun = counted.stand_at_end(&reader).is_ok(),
            Ok(None) => counted.is_begun = true,
            // It is tried again when somebody asks.
            Err(_) => {}
        }
        Self(Mutex::new(counted))
    }

    /// Count on from the last row that was counted.
    pub(super) fn on(&self, reader: &Reader, now: Wall) -> Result<Counted, JournalError> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (head, _) = reader.head()?;
        if !counted.is_begun || head < counted.row {
            // The journal could not be read before, or this is another one: what was counted of that one goes with it.
            let mut anew = Counted { since: now.nanos() as f64 / 1e9, ..Counted::default() };
            anew.stand_at_end(reader)?;
            *counted = Counted { is_begun: true, ..anew };
        }
        let until = head.min(counted.row + ROWS_MOST);
        for seq in counted.row + 1..=until {
            if let Some(entry) = reader.row(seq)? {
                counted.add(&entry);
            }
        }
        Ok(counted.clone())
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::journal::Journal;

    #[test]
    fn each_row_is_counted_once_and_what_was_there_before_the_page_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        let path = site.journal();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let now = Wall::from_secs(1_796_000_000);
        let airing = |outcome, error| Entry {
            kind: EntryKind::Airing,
            written: now,
            outcome: Some(outcome),
            start_error_ms: error,
            ..Entry::default()
        };
        let mut journal = Journal::open_loose(&path, now, &TimeZone::UTC).unwrap().journal;
        journal.note(&airing(Outcome::Played, Some(0.2))).unwrap();
        let counts = Counts::begin(&site, now);
        let count = || counts.on(&Reader::open(&path).unwrap().unwrap(), now).unwrap();
        for (outcome, error) in
            [(Outcome::Played, Some(-7.0)), (Outcome::Missed, None), (Outcome::Played, Some(9_000.0))]
        {
            journal.note(&airing(outcome, error)).unwrap();
        }
        for _ in 0..2 {
            let counted = count();
            assert_eq!(counted.outcomes, BTreeMap::from([("missed", 1), ("played", 2)]));
            assert_eq!(counted.within().collect::<Vec<_>>(), [0, 0, 1, 1, 1, 1, 1, 1, 2]);
            assert_eq!((counted.row, counted.error.round() as i64, counted.since as i64), (4, 9, 1_796_000_000));
        }
    }
}
