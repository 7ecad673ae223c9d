//! A disk on which reads hang (`hang.c` says how).

use std::fs;

use super::library;

/// Reads that hang, from files with `word` in their path.
pub(crate) struct Hang {
    directory: tempfile::TempDir,
    word: &'static str,
}

impl Hang {
    /// `None` where there is no C compiler, after saying so.
    pub(crate) fn new(word: &'static str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        library::compiled("hang.c", "-ldl", directory.path())?;
        Some(Self { directory, word })
    }

    /// For the program that is to suffer.
    pub(crate) fn environment(&self) -> [(&'static str, String); 3] {
        let path = |name: &str| self.directory.path().join(name).display().to_string();
        [
            ("LD_PRELOAD", path("hang.so")),
            ("LOA_TEST_HANGS", self.word.to_owned()),
            ("LOA_TEST_HANGS_WHEN", path("now")),
        ]
    }

    pub(crate) fn begin(&self) {
        fs::write(self.directory.path().join("now"), "").unwrap();
    }
}
