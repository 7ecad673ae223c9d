//! What the journal is told of the station's files.

use super::kept::Change;
use crate::diag::{Text, text};

/// What the journal is told of a file: reason and sentence.
pub(super) fn told(file: &str, change: Change) -> (String, Text) {
    let (code, title) = match change {
        Change::Broke(true) => (
            "schedule_broken",
            text!("{file} bị hỏng: phát theo bản đúng gần nhất", "{file} is broken: its last good version plays"),
        ),
        Change::Broke(false) => (
            "schedule_broken",
            text!("{file} bị hỏng: các mục trong đó không phát", "{file} is broken: none of it plays"),
        ),
        Change::Mended => ("schedule_mended", text!("{file} hết hỏng", "{file} is right again")),
        Change::Expired => (
            "last_good_expired",
            text!(
                "{file} hỏng đã 7 ngày: thôi phát theo bản cũ",
                "{file} broken for 7 days: its old version is dropped"
            ),
        ),
    };
    (format!("{code}: {file}"), title)
}
