use super::{Entry, Intent};
use crate::instant::Wall;

/// One thing for the journal to write.
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
}
