//! The week behind, for the first page of somebody who reads and signs.

use jiff::ToSpan as _;

use super::read;
use crate::app::App;
use crate::diag::Text;
use crate::instant::Wall;
use crate::journal::{Bookmark, JournalError};
use crate::past_week::PastWeek;

/// Days, today among them.
const DAYS: i64 = 7;

/// Rows that are looked at: a week of 64 zones with 100 airings a day, and the machine's notes. Of more, the latest.
const ROWS_MOST: u32 = 60_000;

/// The week behind `app.now()`. `Err` says why the journal cannot be read, with the way out.
pub(crate) async fn week_summary(app: &App) -> Result<PastWeek, Text> {
    let now = app.now().wall;
    let today = now.zoned(&app.look().await.world.station.timezone);
    let from = today.start_of_day().and_then(|day| day.checked_sub((DAYS - 1).days()));
    let from: Wall = from.map_or(now, |day| day.timestamp().into());
    read(app, move |reader| {
        let mut week = PastWeek::reader();
        let horns = reader.horns(from)?;
        reader.back(from, Bookmark::before(now), ROWS_MOST, |mut entry| {
            horns.mark(&mut entry);
            week.add(entry);
            true
        })?;
        Ok::<_, JournalError>(week.done())
    })
    .await
}
