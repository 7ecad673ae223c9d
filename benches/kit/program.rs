//! Which `loa` a benchmark runs.

use std::path::PathBuf;

/// The `loa` of this build, or the one that `LOA_PROGRAM` names: an older or another build, measured by the same benchmark.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("LOA_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_loa").into(), PathBuf::from)
}
