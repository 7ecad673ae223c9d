//! A box with nothing that speaks for its clock: no NTP, no battery clock, no host (`bare.c` says how).

use std::fs;
use std::os::unix::fs::symlink;

use super::library;

/// The machine's own numbering of processes (`PROC_PID_INIT_INO` of the kernel): no container.
const PROCESSES: &str = "pid:[4026531836]";

/// Such a box; what is written here changes it.
pub(crate) struct Bare {
    directory: tempfile::TempDir,
    library: String,
}

impl Bare {
    /// `None` where there is no C compiler, after saying so.
    pub(crate) fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let library = library::compiled("bare.c", "-ldl", directory.path())?.display().to_string();
        let names = directory.path().join("proc/self/ns");
        fs::create_dir_all(&names).unwrap();
        symlink(PROCESSES, names.join("pid")).unwrap();
        Some(Self { directory, library })
    }

    /// For the programs that run on it.
    pub(crate) fn environment(&self) -> [(&'static str, String); 2] {
        [("LD_PRELOAD", self.library.clone()), ("LOA_TEST_MACHINE", self.directory.path().display().to_string())]
    }

    /// NTP sets its clock from now on.
    pub(crate) fn synchronise(&self) {
        fs::write(self.directory.path().join("synchronised"), "").unwrap();
    }

    /// What its battery clock reads, in seconds since 1970.
    pub(crate) fn battery(&self, reads: i64) {
        let clock = self.directory.path().join("sys/class/rtc/rtc0");
        fs::create_dir_all(&clock).unwrap();
        fs::write(clock.join("since_epoch"), format!("{reads}\n")).unwrap();
    }
}
