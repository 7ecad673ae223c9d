//! The few lines of C that stand in for hardware and for a kernel.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Compile a file of the kit into a library in `directory`; `None` where there is no C compiler, after saying so.
pub(crate) fn compiled(source: &str, link: &str, directory: &Path) -> Option<PathBuf> {
    let library = directory.join(source).with_extension("so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/kit").join(source);
    let mut compiler = Command::new("cc");
    compiler.args(["-O1", "-shared", "-fPIC", "-DPIC", "-o"]).arg(&library).arg(source).arg(link);
    match compiler.output() {
        Err(error) => {
            eprintln!("SKIPPED: needs a C compiler ({error})");
            None
        }
        Ok(said) => {
            assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
            Some(library)
        }
    }
}
