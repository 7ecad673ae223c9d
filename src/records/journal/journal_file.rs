use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::aside::{beside, put_aside_if_there};
use super::batch::Batch;
use super::error::JournalError;
use super::lost;
use super::outside::Outside;
use super::set_aside::SetAside;
use super::store::Journal;
use crate::diag::Text;
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::reason::{self, Reason};
use crate::site::Identity;

/// What the writer writes on: a journal that is opened when it can be, and again when it turns out to
/// be damaged, or when its file is no longer where it was.
pub(super) struct JournalFile {
    journal: Option<Journal>,
    /// Where to open it, with the station's time zone; `None` for one that was handed over.
    place: Option<(PathBuf, TimeZone)>,
    /// The file that is open.
    file: Option<Identity>,
    /// Its log, once there is one: what was written last stands there only.
    log: Option<Identity>,
    /// It was open before in this run.
    same_life: bool,
    /// What was last kept outside of it.
    outside: Option<Outside>,
}

/// What opening it has put right.
pub(super) struct Repairs {
    /// Entries written for airings that were under way when the power went.
    pub(super) closed: Vec<Entry>,
    /// The damaged journal whose place it took.
    pub(super) set_aside: Option<SetAside>,
    /// How it was not as it had been left.
    pub(super) misfit: Option<Text>,
}

/// Its file was taken away, or another put in its place, while the station ran.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RestoredJournal {
    /// All its rows stand in the new file; false where they were too many to be written again.
    pub whole: bool,
    /// What stood in its place, or was left of it, if anything did.
    pub aside: Option<PathBuf>,
}

impl JournalFile {
    /// One journal and no other.
    pub(super) const fn fixed(journal: Journal) -> Self {
        Self { journal: Some(journal), place: None, file: None, log: None, same_life: true, outside: None }
    }

    /// The journal at `path`.
    pub(super) fn at(path: &Path, tz: &TimeZone, journal: Option<Journal>) -> Self {
        let same_life = journal.is_some();
        let file = journal.as_ref().and_then(|_| Identity::of(path));
        Self { journal, place: Some((path.to_owned(), tz.clone())), file, log: log_of(path), same_life, outside: None }
    }

    /// Open it where it is not open; returns what that has put right.
    pub(super) fn ready(&mut self, now: Wall) -> Result<Option<Repairs>, JournalError> {
        let (None, Some((path, tz))) = (&self.journal, &self.place) else { return Ok(None) };
        let opened = if self.same_life {
            Journal::open_or_replace_again(path, now, tz)?
        } else {
            Journal::open_or_replace(path, now, tz)?
        };
        self.same_life = true;
        (self.file, self.log) = (Identity::of(path), log_of(path));
        self.journal = Some(opened.journal);
        let (closed, set_aside, misfit) = (opened.recovered.closed, opened.set_aside, opened.misfit);
        Ok(Some(Repairs { closed, set_aside, misfit }))
    }

    /// Whether the file that is open is no longer the one at its place.
    pub(super) fn is_taken_away(&self) -> bool {
        let Some((path, _)) = &self.place else { return false };
        self.journal.is_some()
            && self.file.is_some()
            && (Identity::of(path) != self.file || self.log.is_some() && log_of(path) != self.log)
    }

    /// Put the journal back in its place, with all its rows, out of the file that has lost its name.
    pub(super) fn restore(&mut self, now: Wall) -> Result<RestoredJournal, JournalError> {
        let (Some((path, tz)), Some(journal)) = (self.place.clone(), &self.journal) else {
            return Ok(RestoredJournal { whole: false, aside: None });
        };
        let failed = |source| JournalError::File { path: path.clone(), source };
        let copy = beside(&path, ".khoi-phuc");
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        lost::make_directory(parent).map_err(failed)?;
        let _ = fs::remove_file(&copy);
        // Where only its log was taken away, what stands there is still in our hands and goes into the file.
        let folded = Identity::of(&path) == self.file && lost::fold_whole(journal.connection());
        // A file that cannot be read any more is lost, and that is told.
        let whole = folded || lost::copy(journal.connection(), &copy).unwrap_or(false);
        // Closed before the new one is opened: at its end SQLite removes the log by its name.
        self.journal = None;
        let aside = if folded { None } else { put_aside_if_there(&path, now, &tz).map_err(failed)? };
        if whole && !folded {
            fs::rename(&copy, &path).map_err(failed)?;
        }
        let note = Entry {
            kind: EntryKind::Note,
            written: now,
            title: "tệp nhật ký bị lấy đi khi đài đang chạy, đã lập lại".to_owned(),
            reason: Some(Reason::JournalRestored(reason::Restored { whole })),
            ..Entry::default()
        };
        let opened = Journal::go_on(&path, &[note], now, &tz)?;
        (self.file, self.log) = (Identity::of(&path), log_of(&path));
        self.journal = Some(opened.journal);
        Ok(RestoredJournal { whole, aside })
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
        if let (None, Some((path, _))) = (&self.log, &self.place) {
            self.log = log_of(path);
        }
        if self.place.is_some() && done.as_ref().is_err_and(JournalError::is_damage) {
            self.journal = None;
        }
        done
    }

    /// Keep the journal's head outside of it, where it has grown; `ended`: nothing more will be written.
    /// True once it stands there; a disk that refuses is asked again.
    pub(super) fn keep_head(&mut self, now: Wall, ended: bool) -> bool {
        let (Some(journal), Some((path, tz))) = (&self.journal, &self.place) else { return false };
        let Ok(head) = Outside::of(journal.connection(), now, tz, ended) else { return false };
        let is_known = self.outside.as_ref().is_some_and(|known| {
            known.ended == ended && (known.rows, known.marks, &known.epoch) == (head.rows, head.marks, &head.epoch)
        });
        if is_known {
            return true;
        }
        let kept = head.write(path).is_ok();
        if kept {
            self.outside = Some(head);
        }
        kept
    }

    /// The size of a log that a reader keeps from being folded in, after a try to fold it.
    pub(super) fn overgrown_log(&self) -> Option<u64> {
        let (Some(journal), Some((path, _))) = (&self.journal, &self.place) else { return None };
        lost::overgrown(path)?;
        let _ = lost::fold(journal.connection());
        lost::overgrown(path)
    }
}

fn log_of(path: &Path) -> Option<Identity> {
    Identity::of(&beside(path, "-wal"))
}
