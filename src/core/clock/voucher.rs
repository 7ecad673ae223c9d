use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::instant::Wall;

/// The clock was right at `at`, when the machine had been on for `up`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Voucher {
    /// What the clock said then.
    #[serde(with = "instant")]
    pub at: Wall,
    /// What never steps said then.
    pub up: Duration,
}

/// A person has looked at another clock and found this one right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Word {
    /// Who.
    pub by: String,
    /// When.
    pub given: Voucher,
    /// The journal has it.
    pub told: bool,
}

/// What a station remembers of its clock, in `state/clock.json`, for one boot of the machine: a power cut
/// takes the clock away, and whoever vouched before does not vouch after it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Vouchers {
    /// The kernel's own name for this boot.
    pub boot: String,
    /// A person's word.
    pub word: Option<Word>,
    /// When it was last synchronised.
    pub synchronised: Option<Voucher>,
}

impl Vouchers {
    /// What `text` remembers of the boot that is called `boot`. None, one of another boot or an unreadable one vouches for
    /// nothing.
    pub fn of(text: Option<&[u8]>, boot: &str) -> Self {
        let known = text.and_then(|text| serde_json::from_slice::<Self>(text).ok());
        // A machine that does not name its boots cannot tell this one from the last.
        let of_now = known.filter(|known| known.boot == boot && !boot.is_empty());
        of_now.unwrap_or_else(|| Self { boot: boot.to_owned(), ..Self::default() })
    }
}

/// An instant as a person can read it.
mod instant {
    use serde::{Deserializer, Serializer};

    use super::{Deserialize as _, Serialize as _, Timestamp, Wall};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
    pub(super) fn serialize<S: Serializer>(at: &Wall, serializer: S) -> Result<S::Ok, S::Error> {
        at.timestamp().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Wall, D::Error> {
        Timestamp::deserialize(deserializer).map(Wall::from)
    }
}
