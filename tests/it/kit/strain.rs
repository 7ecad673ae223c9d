//! What makes a machine's life hard: other programs that want every core, a disk that is full, a disk on which
//! reads hang. Each is over when the value is dropped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Other programs: two busy loops for each core, with the same nice value as the station or behind it by as much
/// as the service's `Nice=-10` puts them there.
pub(crate) struct Hog(Vec<Child>);

impl Hog {
    pub(crate) fn beside() -> Self {
        Self::nice(0)
    }

    pub(crate) fn behind() -> Self {
        Self::nice(10)
    }

    fn nice(by: i32) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let by = by.to_string();
        let busy = ["-n", &by, "sh", "-c", "while :; do :; done"];
        let start = |_| Command::new("nice").args(busy).stdin(Stdio::null()).spawn();
        Self((0..2 * cores).map(start).collect::<Result<_, _>>().expect("a shell"))
    }
}

impl Drop for Hog {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A small file system in memory at a directory.
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// `None` where nothing may be mounted here: containers without that right.
    pub(crate) fn new(at: &Path, options: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output();
        if mount.is_ok_and(|mount| mount.status.success()) {
            return Some(Self(at.to_owned()));
        }
        eprintln!("nothing may be mounted here: this test needs that right, and was not run");
        None
    }

    pub(crate) fn again(&self, options: &str) {
        let options = format!("remount,{options}");
        assert!(Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Reads that hang, from files with `word` in their path.
pub(crate) struct Hang {
    directory: tempfile::TempDir,
    word: &'static str,
}

impl Hang {
    /// `None` where there is no C compiler, after saying so.
    pub(crate) fn new(word: &'static str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/kit/hang.c");
        let library = directory.path().join("hang.so");
        let said = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(library).arg(source).arg("-ldl").output();
        match said {
            Err(error) => {
                eprintln!("SKIPPED: needs a C compiler ({error})");
                None
            }
            Ok(said) => {
                assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
                Some(Self { directory, word })
            }
        }
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
