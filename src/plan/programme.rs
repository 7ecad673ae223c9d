use std::sync::Arc;
use std::time::Duration;

/// What one airing plays in one zone: items joined without a gap.
#[derive(Clone, PartialEq, Debug)]
pub struct Programme {
    /// In order of playing.
    pub items: Vec<Item>,
    /// The sum of the items' lengths.
    pub length: Duration,
    /// Names in `play` for which no sound is loaded. Not empty: the airing cannot play.
    pub missing: Vec<String>,
}

/// One thing an airing plays.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// As written in `play`: `nop-ho-so`, `chime`, `pause 2s`.
    pub name: String,
    /// What it sounds like.
    pub sound: ItemSound,
    /// Its length.
    pub length: Duration,
}

/// What an item sounds like.
#[derive(Clone, PartialEq, Debug)]
pub enum ItemSound {
    /// A file in `audio/`.
    File {
        /// Its name, as on disk.
        file: Arc<str>,
        /// SHA-256 of its bytes, lower-case hex.
        sha256: Arc<str>,
    },
    /// The chime that loa makes.
    Chime,
    /// Silence.
    Pause,
}
