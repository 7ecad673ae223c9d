use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use super::fault;
use super::measure::{DecodeProgress, Measured, examine};
use crate::plan::Fault;

/// Without a sign of progress for this long a file is given up, and its thread with it: reading the
/// largest file for its digest takes half of it from the slowest USB stick.
const STALLED: Duration = Duration::from_mins(3);

/// Decoded blocks between two signs: some seconds of sound.
const SIGN_EVERY: u32 = 200;

/// Stack of the thread: decoders use a tenth of it; a hostile nesting ends here and not in the caller.
const STACK_BYTES: usize = 4 * 1024 * 1024;

enum Sign {
    Heard(u64, Option<u64>),
    Done(Box<Result<Measured, Fault>>),
}

/// [`examine`] on a thread that can be abandoned: a file on which a decoder or a dying disk hangs is a
/// fault like any other.
pub fn examine_aside(path: &Path, heard: DecodeProgress<'_>) -> Result<Measured, Fault> {
    let (say, listen) = sync_channel(16);
    let path = path.to_owned();
    let work = move || {
        let mut blocks = 0_u32;
        let measured = examine(&path, &mut |frames, promised| {
            blocks = blocks.wrapping_add(1);
            if blocks.is_multiple_of(SIGN_EVERY) {
                // Nobody listens any more: the thread has been abandoned.
                let _ = say.send(Sign::Heard(frames, promised));
            }
        });
        let _ = say.send(Sign::Done(Box::new(measured)));
    };
    let started = thread::Builder::new().name("measure".to_owned()).stack_size(STACK_BYTES).spawn(work);
    started.map_err(|error| fault::unreadable(&error))?;
    loop {
        match listen.recv_timeout(STALLED) {
            Ok(Sign::Heard(frames, promised)) => heard(frames, promised),
            Ok(Sign::Done(measured)) => return *measured,
            Err(RecvTimeoutError::Timeout) => return Err(fault::stalled()),
            Err(RecvTimeoutError::Disconnected) => return Err(fault::damaged()),
        }
    }
}
