//! What a command costs, whatever else the machine does.

use std::process::{Command, Stdio};

/// Seconds of processor time that a command took, with all its threads.
pub(crate) fn processor_seconds(command: &mut Command) -> f64 {
    // The shell's own `times`: two lines of "0m1.234s 0m0.012s", its own and its children's.
    let mut shell = Command::new("sh");
    shell.arg("-c").arg("\"$0\" \"$@\" >/dev/null 2>&1 || exit 1; times").arg(command.get_program());
    let said = shell.args(command.get_args()).stderr(Stdio::inherit()).output().expect("a shell");
    assert!(said.status.success(), "{command:?}");
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let children = text.lines().nth(1).unwrap_or_default();
    children.split_whitespace().map(seconds).sum()
}

fn seconds(written: &str) -> f64 {
    let (minutes, rest) = written.split_once('m').unwrap_or(("0", "0s"));
    let of = |text: &str| text.trim_end_matches('s').parse::<f64>().unwrap_or(0.0);
    of(minutes) * 60.0 + of(rest)
}
