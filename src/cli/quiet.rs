use std::fs;

/// Run `work` with standard error led into nothing, and restore it: where there is no card, ALSA
/// writes a page about it there, which would hide our one clear line.
pub(super) fn without_noise<T>(work: impl FnOnce() -> T) -> T {
    let quiet = rustix::io::dup(rustix::stdio::stderr()).and_then(|before| {
        let nothing = fs::OpenOptions::new().write(true).open("/dev/null").ok();
        nothing.map_or(Ok(()), rustix::stdio::dup2_stderr)?;
        Ok(before)
    });
    let result = work();
    if let Ok(before) = quiet {
        // What cannot be restored cannot be complained about either.
        let _ = rustix::stdio::dup2_stderr(before);
    }
    result
}
