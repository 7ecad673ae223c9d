use serde::Serialize;

use super::uncounted::UncountedRows;
use super::{Entry, EntryKind, Outcome};

/// Airings counted by what came of them, and their seconds.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Total {
    /// All that count: those of the schedule, and those that somebody ordered.
    pub planned: u32,
    /// Heard whole.
    pub played: u32,
    /// Heard in part.
    pub partial: u32,
    /// Not heard.
    pub missed: u32,
    /// Forbidden by a rule.
    pub refused: u32,
    /// Where no horn was fed: nobody heard them, and none of the other numbers has them.
    pub unheard: u32,
    /// Seconds that were to be heard: of each airing whole ones, as its own row shows them, so that every sum is that of what
    /// is shown.
    pub seconds_planned: u64,
    /// Seconds that were heard, likewise.
    pub seconds_played: u64,
}

impl Total {
    /// One more row of the journal; notes do not count, nor what is in no total.
    pub fn add(&mut self, row: &Entry, uncounted: &UncountedRows) {
        let (EntryKind::Airing, Some(outcome), None) = (row.kind, row.outcome, uncounted.find(row)) else { return };
        if row.no_horn {
            self.unheard += 1;
            return;
        }
        self.planned += 1;
        match outcome {
            Outcome::Played => self.played += 1,
            Outcome::Partial => self.partial += 1,
            Outcome::Missed => self.missed += 1,
            Outcome::Refused => self.refused += 1,
        }
        self.seconds_planned += whole_seconds(row.seconds_planned);
        self.seconds_played += whole_seconds(row.seconds_played);
    }

    /// Those of another station too.
    pub fn join(&mut self, other: &Self) {
        self.planned += other.planned;
        self.played += other.played;
        self.partial += other.partial;
        self.missed += other.missed;
        self.refused += other.refused;
        self.unheard += other.unheard;
        self.seconds_planned += other.seconds_planned;
        self.seconds_played += other.seconds_played;
    }

    /// How much of what was to be heard was heard, in hundredths; none where nothing was to be heard.
    pub fn percent(&self) -> Option<f64> {
        (self.seconds_planned > 0).then(|| self.seconds_played as f64 / self.seconds_planned as f64 * 100.0)
    }
}

/// Seconds of a row as they are shown and counted: whole ones, at most those of ten years.
pub fn whole_seconds(seconds: Option<f64>) -> u64 {
    seconds.filter(|seconds| seconds.is_finite()).unwrap_or(0.0).clamp(0.0, 315_360_000.0).round() as u64
}
