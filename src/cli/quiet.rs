use std::fs;

/// How far a command that only calculates stands behind the daemon, as a nice value: a report may wait, a
/// broadcast may not.
const NICE: i32 = 5;

/// Stand behind whatever plays on this machine. Where it is refused, the work is done all the same.
pub(super) fn step_back() {
    let _ = rustix::process::setpriority_process(None, NICE);
}

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
