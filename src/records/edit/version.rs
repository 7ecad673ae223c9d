use super::words::Part;
use super::{Digest, Of};
use crate::diag::{Text, text};
use crate::instant::Wall;

/// No answer holds more rows.
pub const ROWS_MOST: usize = 200;
/// By what means a file was changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// On the page.
    Form,
    /// On the machine, with an editor or a copy: noticed afterwards.
    ByHand,
    /// Brought by a courier or the network.
    Courier,
    /// It lay there when loa first saw it: from before, or made by hand since.
    Found,
}

impl How {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Form, "form"), (Self::ByHand, "by_hand"), (Self::Courier, "courier"), (Self::Found, "found")];

    /// A stable code.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(how, _)| *how == self).map_or("", |(_, code)| code)
    }

    pub(super) fn of(code: &str) -> Self {
        Self::ALL.iter().find(|(_, known)| *known == code).map_or(Self::ByHand, |(how, _)| *how)
    }

    /// In words.
    pub fn text(self) -> Text {
        match self {
            Self::Form => text!("trên trang", "on the page"),
            Self::ByHand => text!("sửa tay trên máy", "by hand on the machine"),
            Self::Courier => text!("do người đưa tin mang đến", "by courier"),
            Self::Found => text!("thấy trong tệp", "found in the file"),
        }
    }
}

/// A change of one file, kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Version {
    /// Its number; later ones are greater.
    pub seq: i64,
    /// What was changed together has one number.
    pub batch: i64,
    /// When it was made, or noticed.
    pub at: Wall,
    /// By whom; empty where nobody knows.
    pub who: String,
    /// By what means.
    pub how: How,
    /// The file, relative to the station.
    pub file: String,
    /// The file before; none where it was made.
    pub before: Option<Digest>,
    /// The file after; none where it was taken away.
    pub after: Option<Digest>,
    /// What was done.
    pub told: Text,
    /// The entries that changed; empty in a list, see [`Versions::version`](super::Versions::version).
    pub parts: Vec<Part>,
}

/// Which versions are asked for, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// Of this file only.
    pub file: Option<String>,
    /// Of this entry only, by its kind and name.
    pub entry: Option<(Of, String)>,
    /// Older than this number: where the page before ended.
    pub before: Option<i64>,
    /// At most so many, and never more than [`ROWS_MOST`].
    pub most: usize,
}
