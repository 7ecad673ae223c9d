use std::fmt;

use crate::digest::sha256;

/// The form of what is digested. A later loa that knows more keys writes nothing for a key that is not there, so that what
/// was approved stays approved; it takes another form only where an old line would mean something else.
const FORM: &str = "v1";

/// Hexadecimal digits of a part that a person compares.
const SHORT: usize = 8;

/// What a broadcast means and which sounds it plays, as two digests in one text: `v1:MEANING-SOUNDS`, each 64 digits. They
/// stand apart so that it can be said which of the two is another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ApprovalDigest(String);

impl ApprovalDigest {
    /// Of a meaning, and of the sounds.
    pub(super) fn of(meaning: &str, sounds: &str) -> Self {
        Self(format!("{FORM}:{}-{}", sha256(meaning.as_bytes()), sha256(sounds.as_bytes())))
    }

    /// One that somebody has written down; `None` for what is none, or is of a form that this loa does not know.
    pub fn read(written: &str) -> Option<Self> {
        let (meaning, sounds) = written.strip_prefix(FORM)?.strip_prefix(':')?.split_once('-')?;
        let is_hex = |part: &str| part.len() == 64 && part.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        (is_hex(meaning) && is_hex(sounds)).then(|| Self(written.to_owned()))
    }

    /// As it is written down.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What of it a person compares: `4F2A91C0-77AB03DE`.
    pub fn short(&self) -> String {
        let begins = |part: &str| part.chars().take(SHORT).collect::<String>().to_ascii_uppercase();
        format!("{}-{}", begins(self.meaning()), begins(self.sounds()))
    }

    /// Whether `typed` is the beginning of it, or of what [`Self::short`] shows: at least eight digits.
    pub fn begins_with(&self, typed: &str) -> bool {
        let typed = typed.trim();
        let digits = typed.chars().filter(char::is_ascii_hexdigit).count();
        let short = self.short();
        digits >= SHORT && (self.0.starts_with(typed) || short.starts_with(&typed.to_ascii_uppercase()))
    }

    /// What it says is the same.
    pub fn means_the_same(&self, other: &Self) -> bool {
        self.meaning() == other.meaning()
    }

    fn meaning(&self) -> &str {
        self.parts().0
    }

    fn sounds(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        let behind = self.0.split_once(':').map_or("", |(_, behind)| behind);
        behind.split_once('-').unwrap_or((behind, ""))
    }
}

impl fmt::Display for ApprovalDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_and_nothing_else_does() {
        let digest = ApprovalDigest::of("a", "b");
        assert_eq!(ApprovalDigest::read(digest.as_str()), Some(digest.clone()));
        assert_eq!(digest.short(), "CA978112-3E23E816");
        assert!(digest.begins_with("ca978112") && digest.begins_with("CA978112-3E23") && !digest.begins_with("ca97"));
        assert!(digest.begins_with(digest.as_str()) && !digest.begins_with("ca978113"));
        assert!(
            digest.means_the_same(&ApprovalDigest::of("a", "c"))
                && !digest.means_the_same(&ApprovalDigest::of("c", "b"))
        );
        for wrong in ["", "v1:", "v1:aa-bb", "v2:", &digest.as_str().replace("v1", "v2"), &digest.as_str()[..100]] {
            assert_eq!(ApprovalDigest::read(wrong), None, "{wrong}");
        }
    }
}
