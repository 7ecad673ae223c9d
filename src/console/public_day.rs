//! What everybody may hear again: what came out of horns, and nothing else of the journal.

use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::report::{Occurrence, joined};
use crate::station::Station;

/// What was heard lately, the last first.
#[derive(Debug, Default)]
pub(super) struct PublicDay {
    pub(super) told: Vec<Occurrence>,
}

impl PublicDay {
    /// The last of these rows.
    pub(super) fn of(rows: Vec<Entry>, most: usize) -> Self {
        let mut told = joined(rows);
        told.sort_by_key(|one| std::cmp::Reverse(one.told().started));
        told.truncate(most);
        Self { told }
    }
}

/// Whether a row is of something that people heard since: out of horns, and more than nothing of it.
pub(super) fn was_heard(row: &Entry, station: &Station, from: Wall) -> bool {
    row.kind == EntryKind::Airing
        && matches!(row.outcome, Some(Outcome::Played | Outcome::Partial))
        && row.seconds_played.is_some_and(|seconds| seconds > 0.0)
        && row.started.is_some_and(|at| at >= from)
        && !row.no_horn
        && row.zone.as_deref().is_none_or(|zone| station.is_horn(zone))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::station::{OutputName, Zone};

    #[test]
    fn only_what_came_out_of_horns_is_for_everybody() {
        let now = Wall::from_secs(1_796_000_000);
        let mut silent = Zone::named("thon-2".to_owned());
        silent.output = OutputName::Null;
        let mut horn = Zone::named("thon-1".to_owned());
        horn.output = OutputName::Device("default".to_owned());
        let station = Station { zones: vec![horn, silent], ..Station::default() };
        let played = Entry {
            kind: EntryKind::Airing,
            zone: Some("thon-1".into()),
            outcome: Some(Outcome::Played),
            seconds_played: Some(60.0),
            started: Some(now),
            ..Entry::default()
        };
        let rows = [
            (played.clone(), true),
            (Entry { outcome: Some(Outcome::Partial), seconds_played: Some(1.0), ..played.clone() }, true),
            (Entry { outcome: Some(Outcome::Partial), seconds_played: Some(0.0), ..played.clone() }, false),
            (Entry { outcome: Some(Outcome::Refused), ..played.clone() }, false),
            (Entry { outcome: Some(Outcome::Missed), started: None, ..played.clone() }, false),
            (Entry { zone: Some("thon-2".into()), ..played.clone() }, false),
            (Entry { kind: EntryKind::Note, ..played.clone() }, false),
            (Entry { started: Some(now - Duration::from_secs(90)), ..played }, false),
        ];
        for (row, expected) in rows {
            assert_eq!(was_heard(&row, &station, now - Duration::from_mins(1)), expected, "{row:?}");
        }
    }
}
