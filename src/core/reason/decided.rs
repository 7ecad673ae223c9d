//! What stands behind the reasons of approvals.

use crate::diag::{Text, text};

/// Why a broadcast was not approved as it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotApproved {
    /// Nobody had decided on it.
    Never,
    /// It was changed since.
    Changed,
    /// A sound of it was replaced since.
    Sound,
    /// It was returned by this person.
    Returned(String),
}

impl NotApproved {
    pub(super) fn of(written: &str) -> Option<Self> {
        Some(match written {
            "never" => Self::Never,
            "changed" => Self::Changed,
            "sound" => Self::Sound,
            _ => Self::Returned(written.strip_prefix("returned: ")?.to_owned()),
        })
    }

    pub(super) fn written(&self) -> String {
        match self {
            Self::Never => "never".to_owned(),
            Self::Changed => "changed".to_owned(),
            Self::Sound => "sound".to_owned(),
            Self::Returned(by) => format!("returned: {by}"),
        }
    }

    pub(super) fn said(&self) -> Text {
        match self {
            Self::Never => text!("chưa ai duyệt lần nào", "nobody ever approved it"),
            Self::Changed => text!("mục đã thay đổi sau lần duyệt cuối", "it was changed after the last decision"),
            Self::Sound => text!("bản ghi đã thay sau khi duyệt", "its sound was replaced after it was approved"),
            Self::Returned(by) => text!("{by} đã trả lại", "{by} returned it"),
        }
    }
}

/// Who let a broadcast sound, and what it was: `v1:…-…: Bà Hai (hoa)`, and behind that who entered what was signed on paper.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approved {
    /// The digest of what it means and of its sounds.
    pub digest: String,
    /// Who approved it, with the account.
    pub by: String,
    /// Who entered it, where it was signed on paper.
    pub entered_by: Option<String>,
}

/// Stands before the name of whoever entered what was signed on paper.
const PAPER: &str = ": paper: ";

impl Approved {
    pub(super) fn of(written: &str) -> Option<Self> {
        let (digest, rest) = written.split_once(": ")?;
        let (by, entered_by) = rest.split_once(PAPER).map_or((rest, None), |(by, entered)| (by, Some(entered)));
        Some(Self { digest: digest.to_owned(), by: by.to_owned(), entered_by: entered_by.map(str::to_owned) })
    }

    pub(super) fn written(&self) -> String {
        let Self { digest, by, entered_by } = self;
        match entered_by {
            Some(entered) => format!("{digest}: {by}{PAPER}{entered}"),
            None => format!("{digest}: {by}"),
        }
    }

    pub(super) fn said(&self) -> Text {
        let by = &self.by;
        match &self.entered_by {
            Some(entered) => {
                text!("{by}, ký trên giấy, {entered} nhập vào máy", "{by}, signed on paper, entered by {entered}")
            }
            None => text!("{by}", "{by}"),
        }
    }
}

/// Who returned a broadcast, what it was, and what is to be changed: `v1:…-…: Bà Hai (hoa): xin đọc chậm hơn`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Returned {
    /// The digest of what it meant and of its sounds.
    pub digest: String,
    /// Who returned it, with the account.
    pub by: String,
    /// What is to be changed.
    pub note: String,
}

impl Returned {
    pub(super) fn of(written: &str) -> Option<Self> {
        let (digest, rest) = written.split_once(": ")?;
        let (by, note) = rest.split_once(": ")?;
        Some(Self { digest: digest.to_owned(), by: by.to_owned(), note: note.to_owned() })
    }

    pub(super) fn written(&self) -> String {
        let Self { digest, by, note } = self;
        format!("{digest}: {by}: {note}")
    }

    pub(super) fn said(&self) -> Text {
        let Self { by, note, .. } = self;
        text!("{by}: {note}", "{by}: {note}")
    }
}
