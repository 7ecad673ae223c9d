use crate::diag::{Text, text};

/// What `loa explain` tells of each code.
const PAGE: &str = include_str!("../../../docs/codes.md");

/// Why a bundle was not taken: the code of why, and the file that it came in, as `bundle_older, goi.loa`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Untaken(pub String);

impl Untaken {
    pub(super) fn of(written: &str) -> Option<Self> {
        (!written.is_empty()).then(|| Self(written.to_owned()))
    }

    pub(super) fn written(&self) -> String {
        self.0.clone()
    }

    pub(super) fn said(&self) -> Text {
        let (code, file) = self.0.split_once(", ").unwrap_or((&self.0, ""));
        match untaken(code) {
            Some(why) if file.is_empty() => why,
            Some(Text { vi, en }) => text!("{vi} ({file})", "{en} ({file})"),
            None => Text { vi: self.0.clone(), en: self.0.clone() },
        }
    }
}

/// Why a bundle was not taken, by its code and in the words of the page of codes; without its full stop. None for a code that this version does not
/// know.
pub fn untaken(code: &str) -> Option<Text> {
    if !code.starts_with("bundle_") {
        return None;
    }
    let row = PAGE.lines().find_map(|line| line.strip_prefix("| `")?.strip_prefix(code)?.strip_prefix("` | "))?;
    let (vi, en) = row.trim_end_matches([' ', '|']).split_once(" | ")?;
    Some(Text { vi: within(vi), en: within(en) })
}

/// A sentence of the page, as it stands within another.
fn within(sentence: &str) -> String {
    let mut chars = sentence.trim_end_matches('.').chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
