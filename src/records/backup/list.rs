use serde::{Deserialize, Serialize};

/// What a backup holds, as it says itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct List {
    /// The version of loa that made it.
    pub loa: String,
    /// The station's name.
    pub station: String,
    /// When, in RFC 3339.
    pub made: String,
    /// Where its journal stood; none where it has none yet.
    pub journal: Option<LastRow>,
    /// Every file, in the order of the archive.
    pub files: Vec<Listed>,
}

/// The last row of a journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LastRow {
    /// Its number.
    pub row: u64,
    /// Its hash.
    pub hash: String,
}

/// A file of the archive.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Listed {
    /// Relative to the station.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

impl List {
    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}
