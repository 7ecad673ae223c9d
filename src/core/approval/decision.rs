use super::ApprovalDigest;
use crate::instant::Wall;

/// What a person has decided on a broadcast, as the journal has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// On what: this very meaning, with these very sounds.
    pub digest: ApprovalDigest,
    /// What was decided.
    pub said: Said,
    /// Who decided, with the account that the order came from: `Bà Hai (loa-console)`.
    pub by: String,
    /// When it was written down.
    pub at: Wall,
    /// Its row in the journal.
    pub row: u64,
    /// The files that it played, each with the digest of its bytes.
    pub sounds: Vec<(String, String)>,
}

/// What was decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// It may sound.
    Approved {
        /// It was signed on paper, and this person entered it.
        entered_by: Option<String>,
    },
    /// It may not, and what is to be changed.
    Returned {
        /// What the person wrote.
        note: String,
    },
}

impl Decision {
    /// It may sound.
    pub const fn is_approval(&self) -> bool {
        matches!(self.said, Said::Approved { .. })
    }

    /// The name alone, without the account behind it.
    pub fn name(&self) -> &str {
        name(&self.by)
    }
}

/// The name of somebody who is written with the account that the order came from.
fn name(by: &str) -> &str {
    by.rsplit_once(" (").filter(|(_, account)| account.ends_with(')')).map_or(by, |(name, _)| name)
}
