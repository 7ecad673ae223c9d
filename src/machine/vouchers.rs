//! What the station remembers of its clock, in `state/clock.json`.

use std::io;
use std::path::Path;

use crate::clock::Vouchers;
use crate::site::{self, CLOCK};

/// Two words and four instants; a larger file was not made by loa.
const BYTES_MOST: u64 = 16 * 1024;

/// What is remembered in `state` of the boot that is called `boot`. A file that is absent, of another
/// boot or unreadable vouches for nothing.
pub fn read(state: &Path, boot: &str) -> Vouchers {
    let text = site::read(&state.join(CLOCK), BYTES_MOST).ok();
    Vouchers::of(text.as_deref(), boot)
}

/// Remember them: all or nothing, and on the disk when this returns.
pub fn write(vouchers: &Vouchers, state: &Path) -> io::Result<()> {
    site::replace(&state.join(CLOCK), serde_json::to_string(vouchers)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::{Voucher, Word};
    use crate::instant::Wall;

    fn sample() -> Vouchers {
        let given = Voucher { at: Wall::from_secs(1_796_100_000), up: Duration::from_millis(61_250) };
        let word = Word { by: "Trần Thị Hoa".to_owned(), given, told: false };
        Vouchers { boot: "b1".to_owned(), word: Some(word), synchronised: Some(given) }
    }

    #[test]
    fn a_word_holds_for_its_boot_and_is_gone_after_the_next() {
        let state = tempfile::tempdir().unwrap();
        write(&sample(), state.path()).unwrap();
        write(&sample(), state.path()).unwrap();
        assert_eq!(read(state.path(), "b1"), sample());
        assert_eq!(read(state.path(), "b2"), Vouchers { boot: "b2".to_owned(), ..Vouchers::default() });
    }

    #[test]
    fn a_damaged_huge_or_nameless_file_vouches_for_nothing() {
        let state = tempfile::tempdir().unwrap();
        let path = state.path().join(CLOCK);
        let good = serde_json::to_string(&sample()).unwrap();
        for bad in [&good[..good.len() / 2], "", "[]", "{\"boot\":\"b1\"", &good.replace("b1", &"x".repeat(20_000))] {
            std::fs::write(&path, bad).unwrap();
            assert_eq!(read(state.path(), "b1").word, None, "{bad:.40}");
        }
        std::fs::write(&path, good.replace("b1", "")).unwrap();
        assert_eq!(read(state.path(), "").word, None);
    }
}
