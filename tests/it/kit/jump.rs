//! A clock that is set while programs look at it (`jump.c` says how).

use std::fs;

use super::library;

/// Such a clock: right until it is set.
pub(crate) struct Jump {
    directory: tempfile::TempDir,
    library: String,
}

impl Jump {
    /// `None` where there is no C compiler, after saying so.
    pub(crate) fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let library = library::compiled("jump.c", "-ldl", directory.path())?.display().to_string();
        Some(Self { directory, library })
    }

    /// For the programs that look at it.
    pub(crate) fn environment(&self) -> [(&'static str, String); 2] {
        let ahead = self.directory.path().join("ahead").display().to_string();
        [("LD_PRELOAD", self.library.clone()), ("LOA_TEST_JUMP", ahead)]
    }

    /// From now on it is ahead by so many seconds, behind where they are negative.
    pub(crate) fn ahead(&self, seconds: i64) {
        let draft = self.directory.path().join("draft");
        fs::write(&draft, format!("{seconds}\n")).unwrap();
        fs::rename(draft, self.directory.path().join("ahead")).unwrap();
    }
}
