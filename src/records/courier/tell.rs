use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::clock::Clock;
use crate::machine::GroupChild;

/// A lamp is on by then; what is not at its end is ended.
const LIMIT: Duration = Duration::from_secs(4);
/// Its end is looked for this often.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Run the program that `loa.toml` names, with one more word (`begin`, `done`, `refused`, `failed`): for a lamp or a beep.
/// No shell reads it, it is given nothing of the stick, and what it starts ends with it. True where it ended well.
pub fn tell(words: &[String], word: &str, clock: &dyn Clock) -> bool {
    let Some((program, arguments)) = words.split_first() else { return true };
    let mut command = Command::new(program);
    command.args(arguments).arg(word);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = GroupChild::start(&mut command) else { return false };
    let began = clock.mono();
    let ended = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status.success(),
            Ok(None) if clock.mono().after(began) <= LIMIT => clock.wait(LOOK_AGAIN),
            _ => {
                let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
                let _ = child.wait();
                return false;
            }
        }
    };
    // What it left behind.
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    ended
}
