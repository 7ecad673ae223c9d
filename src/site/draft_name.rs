use std::ffi::OsString;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};

/// Ends the names of drafts. Between it and the file's name stand sixteen hexadecimal digits.
const DRAFT: &str = ".tmp";

/// What a draft of the file `name` is called: nobody can foresee it, and nobody has it.
pub(super) fn draft_name(name: &Path) -> PathBuf {
    // Keyed from the system's random numbers for each process, and another one for each use.
    let unforeseen = RandomState::new().hash_one(name);
    let mut draft = OsString::from(".");
    draft.push(name);
    draft.push(format!(".{unforeseen:016x}{DRAFT}"));
    draft.into()
}

/// Whether a draft may have this name, or had it in an older loa (`.NAME.PID.tmp`, `.NAME.loading`).
pub(super) fn is_draft(name: &str) -> bool {
    let Some(name) = name.strip_prefix('.') else { return false };
    let number = name.strip_suffix(DRAFT).and_then(|name| Some(name.rsplit_once('.')?.1));
    name.ends_with(".loading")
        || number.is_some_and(|number| {
            let of_older = !number.is_empty() && number.len() < 10 && number.bytes().all(|byte| byte.is_ascii_digit());
            of_older || number.len() == 16 && number.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}
