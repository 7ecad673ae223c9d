//! What could not be read of a request, in words.

use crate::diag::{Text, shown, text, unread};

/// A name that has no value.
pub(super) fn empty(name: &str) -> Text {
    let name = shown(name);
    text!(
        "tham số «{name}» để trống: bỏ hẳn nó đi, hoặc ghi giá trị",
        "the parameter \"{name}\" is empty: leave it out, or give it a value"
    )
}

/// What the reader of JSON, or of a query, has said.
pub(super) fn words(said: &str) -> Text {
    let Text { vi, en } = unread(said);
    text!("không hiểu yêu cầu: {vi}", "the request is not understood: {en}")
}
