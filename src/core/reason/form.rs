use super::Reason;
use super::decided::{Approved, NotApproved, Returned};
use super::proven::{self, ProofCount, ProofWay};
use super::relayed::RelayStretch;
use super::untaken::Untaken;
use crate::diag::{Text, text};
use crate::proof::ProofDoubt;

/// What stands behind a code: its form in the journal, and its words.
pub(super) trait Detail: Sized {
    /// Stands between the words of the code and those of the detail.
    const BETWEEN: &'static str = ": ";

    /// What the journal has; empty where nothing stands behind the code.
    fn read(written: &str) -> Option<Self>;

    /// The same in the form of the journal.
    fn text(&self) -> String;

    fn words(&self) -> Text {
        let written = self.text();
        text!("{written}", "{written}")
    }
}

impl Detail for String {
    fn read(written: &str) -> Option<Self> {
        Some(written.to_owned())
    }

    fn text(&self) -> String {
        self.clone()
    }
}

impl Detail for u64 {
    fn read(written: &str) -> Option<Self> {
        written.parse().ok()
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

impl Detail for Box<Reason> {
    fn read(written: &str) -> Option<Self> {
        Some(Self::new(Reason::from(written)))
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn words(&self) -> Text {
        Reason::words(self)
    }
}

/// As the journal has them, with commas between: `no_ntp, no_battery`.
pub fn codes(reasons: &[Reason]) -> String {
    reasons.iter().map(Reason::to_string).collect::<Vec<_>>().join(", ")
}

impl Detail for Vec<Reason> {
    fn read(written: &str) -> Option<Self> {
        Some(written.split(", ").filter(|part| !part.is_empty()).map(Reason::from).collect())
    }

    fn text(&self) -> String {
        codes(self)
    }

    fn words(&self) -> Text {
        let parts: Vec<Text> = self.iter().map(Reason::words).collect();
        let join = |word: fn(&Text) -> &str| parts.iter().map(word).collect::<Vec<_>>().join(", ");
        Text { vi: join(|part| &part.vi), en: join(|part| &part.en) }
    }
}

/// What has its form in a file of its own.
macro_rules! details {
    ($($name:ty)*) => {
        $(impl Detail for $name {
            fn read(written: &str) -> Option<Self> {
                Self::of(written)
            }

            fn text(&self) -> String {
                self.written()
            }

            fn words(&self) -> Text {
                self.said()
            }
        })*
    };
}

details!(NotApproved Approved Returned RelayStretch ProofCount ProofWay Untaken);

impl Detail for ProofDoubt {
    fn read(written: &str) -> Option<Self> {
        proven::doubt(written)
    }

    fn text(&self) -> String {
        proven::code(*self)
    }

    fn words(&self) -> Text {
        proven::said(*self)
    }
}
