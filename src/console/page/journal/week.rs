//! The week behind, for the first page of somebody who reads and signs.

use std::time::Duration;

use jiff::ToSpan as _;

use super::read;
use crate::console::app::App;
use crate::diag::Text;
use crate::fact::{Entry, Kind, Outcome};
use crate::instant::Wall;
use crate::journal::{Bookmark, JournalError, Tally};

/// Days, today among them.
const DAYS: i64 = 7;

/// Rows that are looked at: a week of 64 zones with 100 airings a day, and the machine's notes. Of more, the latest.
const ROWS_MOST: u32 = 60_000;

/// What came of the airings of the last seven days, today among them.
#[derive(Clone, PartialEq, Debug, Default)]
pub(in crate::console) struct PastWeek {
    /// Counted by outcome and reason; its sentence is `6 lượt, 4 phát đủ, 2 lỡ vì mất điện`.
    pub(in crate::console) tally: Tally,
    /// How much was to be heard.
    pub(in crate::console) planned: Duration,
    /// How much was.
    pub(in crate::console) played: Duration,
    /// What was not heard whole, the latest first; each has its page at `/journal/row/N`.
    pub(in crate::console) troubles: Vec<Entry>,
}

/// Troubles that are named.
const TROUBLES_MOST: usize = 60;

/// The week behind `app.now()`. `Err` says why the journal cannot be read, with the way out.
pub(in crate::console) async fn week_summary(app: &App) -> Result<PastWeek, Text> {
    let now = app.now().wall;
    let today = now.zoned(&app.look().await.world.station.timezone);
    let from = today.start_of_day().and_then(|day| day.checked_sub((DAYS - 1).days()));
    let from: Wall = from.map_or(now, |day| day.timestamp().into());
    read(app, move |reader| {
        let mut week = PastWeek::default();
        reader.back(from, Bookmark::before(now), ROWS_MOST, |entry| {
            week.add(&entry);
            true
        })?;
        Ok::<_, JournalError>(week)
    })
    .await
}

impl PastWeek {
    fn add(&mut self, entry: &Entry) {
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
