use super::Entry;
use crate::instant::Wall;

/// What is about to sound: written before the first sample leaves.
#[derive(Clone, PartialEq, Debug)]
pub struct Intent {
    /// The airing's name, unique among those under way: `thon-1/nop-ho-so/2026-12-01T05:30:00+07:00`.
    pub key: String,
    /// When its first sample shall be heard.
    pub at: Wall,
    /// What is known of the row to come: `written`, `zone`, `broadcast`, `title`, `class`, `planned`,
    /// `seconds_planned`, `audio`, `campaign`, `order` and `approved_by` are kept; the rest is not yet known.
    pub draft: Entry,
}
