use super::aside::SetAside;
use super::batch::Batch;
use super::entry::Entry;
use super::error::JournalError;
use super::mark::Intent;
use super::paper::Restored;
use crate::diag::Text;
use crate::instant::Wall;

/// One thing to write. As the methods of [`Journal`](super::Journal).
#[derive(Clone, PartialEq, Debug)]
pub enum Record {
    /// What is about to sound.
    Intend(Box<Intent>),
    /// Its first sample is heard.
    Begin {
        /// The airing.
        key: String,
        /// Since when.
        started: Wall,
        /// When this was reported.
        written: Wall,
    },
    /// How much of it has been heard.
    Position {
        /// The airing.
        key: String,
        /// So much.
        seconds: f64,
        /// When this was reported.
        written: Wall,
    },
    /// What became of it.
    Finish {
        /// The airing.
        key: String,
        /// Its entry.
        entry: Box<Entry>,
    },
    /// The station is on. Replaces the last such sign; no entry, no evidence.
    Alive(Wall),
    /// Anything else.
    Note(Box<Entry>),
}

impl Record {
    /// When it was handed over, as it says itself.
    pub fn written(&self) -> Wall {
        match self {
            Self::Intend(intent) => intent.draft.written,
            Self::Begin { written, .. } | Self::Position { written, .. } | Self::Alive(written) => *written,
            Self::Finish { entry, .. } | Self::Note(entry) => entry.written,
        }
    }

    /// Write it as part of `batch`.
    pub(super) fn write(&self, batch: &mut Batch) -> Result<Done, JournalError> {
        match self {
            Self::Intend(intent) => batch.intend(intent).map(|()| Done::Intent(intent.key.clone())),
            Self::Begin { key, started, written } => batch.begin(key, *started, *written).map(|()| Done::Nothing),
            Self::Position { key, seconds, written } => batch.position(key, *seconds, *written).map(|()| Done::Nothing),
            Self::Alive(at) => batch.alive(*at).map(|()| Done::Nothing),
            Self::Finish { key, entry } => batch.finish(key, entry).map(|entry| Done::Entry(Box::new(entry))),
            Self::Note(entry) => batch.note(entry).map(|entry| Done::Entry(Box::new(entry))),
        }
    }
}

/// What came of a record.
pub(super) enum Done {
    Intent(String),
    Entry(Box<Entry>),
    Nothing,
}

/// What the writer's thread reports.
#[derive(Clone, PartialEq, Debug)]
pub enum WriterEvent {
    /// These are on the disk now.
    Written {
        /// Keys of airings that may sound: their intents are written.
        intents: Vec<String>,
        /// Entries, with number and hash.
        entries: Vec<Entry>,
    },
    /// The disk fails; what is to be written waits in memory, and is tried again.
    Failing {
        /// Why.
        why: Text,
        /// Records that wait.
        waiting: usize,
    },
    /// The disk works again, or has caught up, and what waited is written.
    Recovered {
        /// Records for which there was no room meanwhile. A note in the journal says where its hole is.
        lost: u64,
    },
    /// The journal was found damaged, or could not be opened before, and a new one took its place.
    SetAside(Box<SetAside>),
    /// The file was taken away, or another put in its place, while it was open; it is in its place again.
    Restored(Restored),
    /// Why it cannot be put in its place.
    Unrestored {
        /// Why.
        why: Text,
    },
    /// A reader that does not end keeps the log from being folded in; so large is it. `None`: no longer.
    LogHeld(Option<u64>),
    /// One record makes no sense, and is left out. A bug.
    Unfit {
        /// Why.
        why: Text,
    },
}
