//! Who reads a sentence.

use super::written;
use crate::schedule::Place;

/// Who reads a sentence, and so what it may name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Audience {
    /// Somebody who writes the files: ids, lines of files and names of keys lead him to the place.
    #[default]
    Files,
    /// Somebody at a page: titles and times, and the cure is a button beside the sentence ([`super::Remedy`]).
    Page,
}

impl Audience {
    /// ` (schedules/a.toml:12)`; nothing for who has no files before him.
    pub(super) fn place(self, place: &Place) -> String {
        match self {
            Self::Files => format!(" ({})", written(place)),
            Self::Page => String::new(),
        }
    }
}
