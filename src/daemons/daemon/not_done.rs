use super::protocol::Reply;
use crate::diag::Text;

/// Why a command is not done.
pub(super) struct NotDone {
    text: Text,
    /// It names something that the station does not have: it was said wrongly, and nothing was tried.
    is_misnamed: bool,
}

impl NotDone {
    /// It names something that the station does not have.
    pub(super) const fn misnamed(text: Text) -> Self {
        Self { text, is_misnamed: true }
    }

    /// The answer to whoever said it.
    pub(super) fn reply(self) -> Reply {
        Reply::Refused { vi: self.text.vi, en: self.text.en, misnamed: self.is_misnamed }
    }
}

impl From<Text> for NotDone {
    fn from(text: Text) -> Self {
        Self { text, is_misnamed: false }
    }
}
