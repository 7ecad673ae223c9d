use loa_core::diag::{Text, foreign, shown, text};

use crate::ledger::LedgerError;

/// Why the collector could not go on.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The database refused.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// No server can be reached, or none lets us in.
    #[error("connect: {0}")]
    Connect(String),
    /// A stream or its consumer cannot be had.
    #[error("use the stream {0}: {1}")]
    Stream(String, String),
    /// Messages cannot be read or answered.
    #[error("collect: {0}")]
    Messages(String),
    /// Somebody has ended it between two steps.
    #[error("go on: stopped at {0}")]
    Stopped(&'static str),
}

impl CollectError {
    /// For whoever looks after the collector.
    pub fn text(&self) -> Text {
        match self {
            Self::Ledger(error) => error.text(),
            Self::Connect(why) => text!(
                why = foreign(why);
                "không nối được máy chủ: {why}",
                "no server can be reached: {why}"
            ),
            Self::Stream(name, why) => {
                let (name, why) = (shown(name), foreign(why));
                text!(why = why; "không dùng được luồng «{name}» trên máy chủ: {why}", "the stream \"{name}\" cannot be used: {why}")
            }
            Self::Messages(why) if why.contains("Server Shutdown") => {
                text!("máy chủ đang tắt: chờ máy chủ chạy lại", "the server shuts down: waiting until it runs again")
            }
            Self::Messages(why) => text!(
                why = foreign(why);
                "không nhận được tin từ máy chủ: {why}",
                "messages cannot be had from the server: {why}"
            ),
            Self::Stopped(step) => text!("đã dừng ở bước «{step}»", "stopped at step \"{step}\""),
        }
    }
}
