// Bytes as a journal: read, verified, exported, and taken up by a daemon. Whatever they are, the daemon ends with a
// journal that verifies; the bytes are kept.

use std::path::Path;

use jiff::tz::TimeZone;
use loa_core::instant::Wall;
use loa_records::journal::{Filter, Journal, JournalError, Reader, salvage};

/// As `journal.db` in the directory `dir`, which is this judge's own.
pub(crate) fn file(dir: &Path, bytes: &[u8]) {
    for old in std::fs::read_dir(dir).expect("its directory").flatten() {
        let _ = std::fs::remove_file(old.path());
    }
    let path = dir.join("journal.db");
    std::fs::write(&path, bytes).expect("room for a file");
    let now = Wall::from_secs(1_800_000_000);
    let tz = TimeZone::UTC;
    if let Ok(Some(reader)) = Reader::open(&path) {
        let _ = reader.verify();
        let _ = reader.select(&Filter { limit: Some(100), ..Filter::default() });
        let _ = (reader.newest(), reader.alive(), reader.epoch());
    }
    let _ = salvage(&path, now, &tz);
    match Journal::open_or_replace(&path, now, &tz) {
        Ok(opened) => {
            let verified = opened.journal.verify().expect("what was taken up can be read");
            assert!(verified.is_sound(), "{:?}", verified.breaches);
            if let Some(aside) = opened.set_aside {
                assert_eq!(std::fs::read(&aside.file).expect("it is kept"), bytes);
            }
        }
        Err(error) => assert!(matches!(error, JournalError::Newer(_)), "{error}"),
    }
}
