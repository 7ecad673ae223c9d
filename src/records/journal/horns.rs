use rusqlite::{Connection, OptionalExtension as _};

use super::error::JournalError;
use crate::fact::body::millis;
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::reason::{Hornless, Reason};

/// Starts that are looked at for one reading, the last ones: three a day for ten years.
const STARTS_MOST: i64 = 10_000;

/// Notes are the rows of no broadcast, so that the index leads past all airings.
const BEFORE: &str = "SELECT seq, reason FROM entry INDEXED BY entry_broadcast
                      WHERE broadcast IS NULL AND at < ?1 AND reason LIKE 'started%' ORDER BY at DESC LIMIT 1";
const SINCE: &str = "SELECT seq, reason FROM entry INDEXED BY entry_broadcast
                     WHERE broadcast IS NULL AND at >= ?1 AND reason LIKE 'started%' ORDER BY at DESC LIMIT ?2";

/// In which zones no horn was fed, from one start of the daemon to the next. A start of an older loa tells nothing of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Horns(Vec<(u64, Hornless)>);

impl Horns {
    /// By the starts from this instant on, and the one before it.
    pub(super) fn since(conn: &Connection, from: Wall) -> Result<Self, JournalError> {
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, String>(1)?));
        let from = millis(from);
        let mut since = conn.prepare(SINCE)?;
        let mut found = since.query_map((from, STARTS_MOST), read)?.collect::<Result<Vec<_>, _>>()?;
        found.extend(conn.prepare(BEFORE)?.query_row([from], read).optional()?);
        let start = |(seq, reason): (u64, String)| match Reason::from(reason) {
            Reason::Started(hornless) => (seq, hornless),
            _ => (seq, Hornless::default()),
        };
        let mut starts: Vec<(u64, Hornless)> = found.into_iter().map(start).collect();
        starts.sort_by_key(|(seq, _)| *seq);
        Ok(Self(starts))
    }

    /// Mark an airing that nobody heard, for want of a horn.
    pub fn mark(&self, row: &mut Entry) {
        let before = self.0.partition_point(|(seq, _)| *seq < row.seq).checked_sub(1).map(|at| &self.0[at].1);
        let zone = row.zone.as_deref().filter(|_| row.kind == EntryKind::Airing);
        row.no_horn = before.zip(zone).is_some_and(|(hornless, zone)| hornless.has(zone));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::tz::TimeZone;

    use super::super::{Filter, Journal, Reader};
    use super::*;
    use crate::fact::Outcome;

    #[test]
    fn whether_anybody_heard_it_is_told_by_the_start_before_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        let at = |seconds: u64| Wall::from_secs(1_796_000_000) + Duration::from_secs(seconds);
        let mut journal = Journal::open_loose(&path, at(0), &TimeZone::UTC).unwrap().journal;
        let mut second = 0;
        let mut add = |reason: Option<&str>, zone: Option<&str>| {
            second += 10;
            let row = Entry {
                kind: if zone.is_some() { EntryKind::Airing } else { EntryKind::Note },
                written: at(second),
                zone: zone.map(str::to_owned),
                broadcast: zone.map(|_| "a".to_owned()),
                planned: zone.map(|_| at(second - 5)),
                outcome: zone.map(|_| Outcome::Played),
                reason: reason.map(Into::into),
                ..Entry::default()
            };
            journal.note(&row).unwrap();
        };
        // An older loa said nothing; then both were bare, then one, then none.
        for start in ["started", "started: thon-1, thon-2", "started: thon-2", "started"] {
            add(Some(start), None);
            add(None, Some("thon-1"));
            add(None, Some("thon-2"));
        }
        let reader = Reader::open(&path).unwrap().unwrap();
        let marked = |filter: &Filter| -> Vec<bool> {
            let mut rows = reader.select(filter).unwrap();
            let horns = reader.horns(filter.from.unwrap_or(Wall::MIN)).unwrap();
            for row in &mut rows {
                horns.mark(row);
            }
            rows.iter().filter(|row| row.kind == EntryKind::Airing).map(|row| row.no_horn).collect()
        };
        assert_eq!(marked(&Filter::default()), [false, false, true, true, false, true, false, false]);
        let late = Filter { from: Some(at(85)), ..Filter::default() };
        assert_eq!(marked(&late), [true, false, false], "the start before what is asked for counts");
    }
}
