//! What the journal is told of the station's files.

use super::kept::Change;
use crate::diag::{Text, text};
use crate::reason::Reason;

/// What the journal is told of a file: reason and sentence.
pub(super) fn told(file: &str, change: Change) -> (Reason, Text) {
    let named = file.to_owned();
    match change {
        Change::Broke(true) => (
            Reason::ScheduleBroken(named),
            text!("{file} bị hỏng: phát theo bản đúng gần nhất", "{file} is broken: its last good version plays"),
        ),
        Change::Broke(false) => (
            Reason::ScheduleBroken(named),
            text!("{file} bị hỏng: các mục trong đó không phát", "{file} is broken: none of it plays"),
        ),
        Change::Mended => (Reason::ScheduleMended(named), text!("{file} hết hỏng", "{file} is right again")),
        Change::Expired => (
            Reason::LastGoodExpired(named),
            text!(
                "{file} hỏng hoặc mất đã 7 ngày: thôi theo bản cũ",
                "{file} broken or gone for 7 days: its old version is dropped"
            ),
        ),
    }
}
