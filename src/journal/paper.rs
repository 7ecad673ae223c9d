use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::aside::SetAside;
use super::batch::Batch;
use super::entry::Entry;
use super::error::JournalError;
use super::store::Journal;
use crate::instant::Wall;

/// What the writer writes on: a journal that is opened when it can be, and again when it turns out to
/// be damaged.
pub(super) struct Paper {
    journal: Option<Journal>,
    /// Where to open it, with the station's time zone; `None` for one that was handed over.
    place: Option<(PathBuf, TimeZone)>,
    /// It was open before in this run.
    same_life: bool,
}

/// What opening it has put right.
pub(super) struct Found {
    /// Entries written for airings that were under way when the power went.
    pub(super) closed: Vec<Entry>,
    /// The damaged journal whose place it took.
    pub(super) set_aside: Option<SetAside>,
}

impl Paper {
    /// One journal and no other.
    pub(super) const fn fixed(journal: Journal) -> Self {
        Self { journal: Some(journal), place: None, same_life: true }
    }

    /// The journal at `path`.
    pub(super) fn at(path: &Path, tz: &TimeZone, journal: Option<Journal>) -> Self {
        let same_life = journal.is_some();
        Self { journal, place: Some((path.to_owned(), tz.clone())), same_life }
    }

    /// Open it where it is not open; returns what that has put right.
    pub(super) fn ready(&mut self, now: Wall) -> Result<Option<Found>, JournalError> {
        let (None, Some((path, tz))) = (&self.journal, &self.place) else { return Ok(None) };
        let opened =
            if self.same_life { Journal::take_up_again(path, now, tz)? } else { Journal::take_up(path, now, tz)? };
        self.same_life = true;
        self.journal = Some(opened.journal);
        Ok(Some(Found { closed: opened.recovered.closed, set_aside: opened.set_aside }))
    }

    /// Several writes in one transaction.
    pub(super) fn write<T>(
        &mut self,
        write: impl FnOnce(&mut Batch) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let Some(journal) = &mut self.journal else {
            let path = self.place.as_ref().map(|(path, _)| path.clone()).unwrap_or_default();
            return Err(JournalError::File { path, source: ErrorKind::NotConnected.into() });
        };
        let done = journal.batch(write);
        if self.place.is_some() && done.as_ref().is_err_and(JournalError::is_damage) {
            self.journal = None;
        }
        done
    }
}
