use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::instant::Wall;
use crate::site;

/// The file in `state/`.
const NAME: &str = "clock.json";

/// Two words and four instants; a larger file was not made by loa.
const BYTES_MOST: u64 = 16 * 1024;

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
    /// What is remembered in `state` of the boot that is called `boot`. A file that is absent, of another
    /// boot or unreadable vouches for nothing.
    pub fn read(state: &Path, boot: &str) -> Self {
        let bytes = site::read(&state.join(NAME), BYTES_MOST).ok();
        let known = bytes.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        // A machine that does not name its boots cannot tell this one from the last.
        let of_now = known.filter(|known| known.boot == boot && !boot.is_empty());
        of_now.unwrap_or_else(|| Self { boot: boot.to_owned(), ..Self::default() })
    }

    /// Remember them: all or nothing, and on the disk when this returns.
    pub fn write(&self, state: &Path) -> io::Result<()> {
        site::replace(&state.join(NAME), serde_json::to_string(self)?.as_bytes())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vouchers {
        let given = Voucher { at: Wall::from_secs(1_796_100_000), up: Duration::from_millis(61_250) };
        let word = Word { by: "Trần Thị Hoa".to_owned(), given, told: false };
        Vouchers { boot: "b1".to_owned(), word: Some(word), synchronised: Some(given) }
    }

    #[test]
    fn a_word_holds_for_its_boot_and_is_gone_after_the_next() {
        let state = tempfile::tempdir().unwrap();
        sample().write(state.path()).unwrap();
        sample().write(state.path()).unwrap();
        assert_eq!(Vouchers::read(state.path(), "b1"), sample());
        assert_eq!(Vouchers::read(state.path(), "b2"), Vouchers { boot: "b2".to_owned(), ..Vouchers::default() });
    }

    #[test]
    fn a_damaged_huge_or_nameless_file_vouches_for_nothing() {
        let state = tempfile::tempdir().unwrap();
        let path = state.path().join(NAME);
        let good = serde_json::to_string(&sample()).unwrap();
        for bad in [&good[..good.len() / 2], "", "[]", "{\"boot\":\"b1\"", &good.replace("b1", &"x".repeat(20_000))] {
            std::fs::write(&path, bad).unwrap();
            assert_eq!(Vouchers::read(state.path(), "b1").word, None, "{bad:.40}");
        }
        std::fs::write(&path, good.replace("b1", "")).unwrap();
        assert_eq!(Vouchers::read(state.path(), "").word, None);
    }
}
