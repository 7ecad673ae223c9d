use super::error::JournalError;
use super::reader::Reader;
use super::select::Filter;
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::reason::Reason;

impl Reader {
    /// When a drill was last heard from this instant on: out of a horn, and more than nothing of it.
    pub fn last_drill(&self, since: Wall) -> Result<Option<Wall>, JournalError> {
        let of_orders = Filter { from: Some(since), kind: Some(EntryKind::Airing), orders: true, ..Filter::default() };
        let (rows, horns) = (self.select(&of_orders)?, self.horns(since)?);
        let was_heard = |mut row: Entry| {
            horns.mark(&mut row);
            let is_drill = matches!(row.reason, Some(Reason::Drill(_))) && !row.no_horn;
            row.started.filter(|_| is_drill && row.seconds_played.is_some_and(|seconds| seconds > 0.0))
        };
        Ok(rows.into_iter().filter_map(was_heard).max())
    }
}
