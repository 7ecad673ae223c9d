use std::collections::BTreeMap;

use loa_core::fact::{Entry, EntryKind, RowBody};
use loa_core::instant::Wall;
use loa_core::reason::{Hornless, Reason};

use super::{Ledger, LedgerError};

/// In which zones of each journal no horn is fed, as its rows are read one after the other: the note of a start tells, until the next one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct LedgerHorns(BTreeMap<i64, Hornless>);

impl LedgerHorns {
    /// As the last start before this instant has it.
    pub(crate) fn before(ledger: &mut dyn Ledger, from: Wall) -> Result<Self, LedgerError> {
        let mut horns = Self::default();
        for (journal, body) in ledger.last_starts(from)? {
            let entry = RowBody::read(&body).ok().and_then(|body| body.entry(String::new()).ok());
            if let Some(mut entry) = entry {
                horns.mark(journal, &mut entry);
            }
        }
        Ok(horns)
    }

    /// The station of this journal is being tried out, without any horn.
    pub(crate) fn is_tried(&self, journal: i64) -> bool {
        self.0.get(&journal).is_some_and(Hornless::is_tried)
    }

    /// The next row of a journal: a start is noted, an airing that nobody heard for want of a horn is marked as such.
    pub(crate) fn mark(&mut self, journal: i64, entry: &mut Entry) {
        match &entry.reason {
            Some(Reason::Started(hornless)) => {
                self.0.insert(journal, hornless.clone());
            }
            // One that an older loa has written tells nothing of horns.
            Some(reason) if reason.code() == "started" => {
                self.0.remove(&journal);
            }
            _ if entry.kind == EntryKind::Airing => {
                let zone = entry.zone.as_deref().unwrap_or_default();
                entry.no_horn = self.0.get(&journal).is_some_and(|own| own.has(zone) || own.is_tried());
            }
            _ => {}
        }
    }
}
