use serde::{Deserialize, Serialize};

use crate::bundle::UtcSecond;
use crate::diag::{Text, shown, text};

/// What became of a bundle.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BundleFate {
    /// It is installed.
    Installed,
    /// It had been installed before, and is in its place.
    Again,
    /// It is for other boxes; that is no fault.
    Elsewhere,
    /// It was not taken.
    Refused,
}

/// A bundle that came, and what became of it: for the console, the stick and whoever sent it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// When, by the station's clock.
    pub at: UtcSecond,
    /// The file that it came in.
    pub file: String,
    /// What people call it; empty where it could not be read.
    pub title: String,
    /// Who sends it; empty where that is not known.
    pub place: String,
    /// Its number; 0 where it could not be read.
    pub version: u64,
    /// Of its list of files; empty where it could not be read.
    pub sha256: String,
    /// Whose signatures are on it; empty where none counts.
    pub signed_by: String,
    /// What became of it.
    pub fate: BundleFate,
    /// Why not: a code; empty where it was taken.
    pub code: String,
    /// The same for people, in Vietnamese; of one that was taken, what is missing.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Delivery {
    /// In one sentence, for the journal and the page.
    pub fn text(&self) -> Text {
        let (name, by) = (shown(if self.title.is_empty() { &self.file } else { &self.title }), shown(&self.signed_by));
        let (why_vi, why_en) = (&self.vi, &self.en);
        match self.fate {
            BundleFate::Installed if !self.vi.is_empty() => {
                text!("Đã nhận «{name}», {by} ký; {why_vi}", "Installed \"{name}\", signed by {by}; {why_en}")
            }
            BundleFate::Installed => text!("Đã nhận «{name}», {by} ký", "Installed \"{name}\", signed by {by}"),
            BundleFate::Again => text!(
                "«{name}» đã nhận từ trước, không có gì thay đổi",
                "\"{name}\" had been installed before; nothing has changed"
            ),
            BundleFate::Elsewhere => text!(
                "«{name}» dành cho nơi khác, để nguyên trên USB",
                "\"{name}\" is for other places and stays on the stick"
            ),
            BundleFate::Refused => text!("Không nhận «{name}»: {why_vi}", "\"{name}\" was not taken: {why_en}"),
        }
    }
}
