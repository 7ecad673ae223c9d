use serde::{Deserialize, Serialize};

use crate::diag::Lang;

/// What is known of a recording on its way in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Note {
    /// Whose it is.
    pub(crate) by: i64,
    /// As people call him.
    pub(crate) person: String,
    /// What the token is for by which a program hands it in; empty where a person does.
    #[serde(default)]
    pub(crate) token: String,
    /// What his phone calls the file: shown, and never a path.
    pub(crate) name: String,
    /// What the sound is to be called in `audio/`, without its ending.
    pub(crate) sound: String,
    /// It takes the place of what is there, which is kept.
    pub(crate) replace: bool,
    /// Its bytes when all have come.
    pub(crate) length: u64,
    /// When the phone wrote the file, by the phone's own clock: by this the same file is known again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) modified: Option<i64>,
    /// When it was begun, in seconds since 1970.
    pub(crate) made: i64,
    /// A machine has read it.
    #[serde(default)]
    pub(crate) spoken: bool,
    /// He wants to read English.
    #[serde(default)]
    pub(crate) english: bool,
    /// How far it is.
    pub(crate) state: HandState,
}

/// How far a recording is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HandState {
    /// Not all of it has come.
    Receiving,
    /// A machine has read it, and a person must hear it first.
    Unheard,
    /// He has heard it, and may hand it in.
    Heard,
    /// All of it has come; it is being listened to.
    Taking,
    /// It is in `audio/`.
    Taken {
        /// Its name there.
        file: String,
        /// What could be better, each with how.
        warnings: Vec<(String, String)>,
    },
    /// It was not taken, and nothing of it is kept.
    Refused {
        /// A stable code.
        code: String,
        /// Why, and what to do, as he reads it.
        why: String,
    },
}

impl HandState {
    /// Something is still to become of it.
    pub(crate) const fn is_open(&self) -> bool {
        !matches!(self, Self::Taken { .. } | Self::Refused { .. })
    }
}

impl Note {
    /// Whether it is the same file for the same sound, sent by the same person.
    pub(crate) fn is_same_file(&self, other: &Self) -> bool {
        let of = |note: &Self| (note.by, note.length, note.modified, note.replace);
        self.modified.is_some() && of(self) == of(other) && self.name == other.name && self.sound == other.sound
    }

    /// What its owner reads.
    pub(crate) const fn lang(&self) -> Lang {
        if self.english { Lang::En } else { Lang::Vi }
    }
}
