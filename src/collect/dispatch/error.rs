use loa_core::diag::{Text, foreign, text};

use crate::ledger::LedgerError;

/// Why something was not sent.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// The boxes would not take it, or somebody else was there before: why, and what to do.
    #[error("{}", .0.en)]
    Refused(Text),
    /// The centre's own files do not let it be sent.
    #[error("{}", .0.en)]
    Unset(Text),
    /// A file cannot be read.
    #[error("{}", .0.en)]
    File(Text),
    /// It went out, and no server has said that it keeps it.
    #[error("have it kept by a server: {0}")]
    Unstored(String),
    /// No server can be reached, or it does not answer.
    #[error("reach a server: {0}")]
    Link(String),
    /// The database refused.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl DispatchError {
    /// For whoever sends.
    pub fn text(&self) -> Text {
        match self {
            Self::Refused(why) | Self::Unset(why) | Self::File(why) => why.clone(),
            Self::Unstored(why) => text!(
                why = foreign(why);
                "không máy chủ nào báo đã lưu: đài đang nối có thể đã nhận, đài nối lại sau thì không. Gửi lại khi máy chủ trả lời ({why})",
                "no server says that it keeps it: stations that are connected may have it, those that come later will not. Send it again once a server answers ({why})"
            ),
            Self::Link(why) => text!(
                why = foreign(why);
                "chưa gửi được, máy chủ không trả lời: {why}",
                "not sent, since no server answers: {why}"
            ),
            Self::Ledger(error) => error.text(),
        }
    }
}
