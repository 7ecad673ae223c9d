//! `loa collect` and `loa fleet`: what the centre of a fleet does. Another program does it, which lies beside this one and sounds
//! nothing; a box need not have it. It gets the line as it was typed.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use clap::Args;

use super::place::{ChosenStation, VARIABLE};
use super::{Exit, Failure};
use crate::diag::{Text, shown, system, text};

/// The centre's program.
const PROGRAM: &str = "loa-collect";
/// What it does, by the words that call it.
const COMMANDS: [&str; 2] = ["collect", "fleet"];
/// Options before the command that have a value.
const WITH_VALUE: [&str; 2] = ["--dir", "--lang"];

/// All that stands behind the command.
#[derive(Args, Debug)]
pub(super) struct CentreArgs {
    /// Phần còn lại của lệnh; thêm --help để xem. | The rest of the line; see --help.
    #[arg(value_name = "COMMAND", trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<OsString>,
}

/// Whether the line calls the centre, or asks for help with it: its first word that is no option does. Then all of it is the other
/// program's to understand.
pub(super) fn is_called(words: &[OsString]) -> bool {
    let mut words = plain(words);
    let first = words.next();
    let asked = if first == Some("help") { words.next() } else { first };
    asked.is_some_and(|word| COMMANDS.contains(&word))
}

/// Whether it is typed at a box: its station joins a fleet.
pub(super) fn is_join(words: &[OsString]) -> bool {
    let is_page = words.iter().any(|word| ["--help", "-h"].iter().any(|asked| word == asked));
    !is_page && plain(words).take(2).eq(["fleet", "join"])
}

/// The words that are no options and no values of those that every command has.
fn plain(words: &[OsString]) -> impl Iterator<Item = &str> {
    let mut words = words.iter().skip(1).map(|word| word.to_str().unwrap_or_default());
    std::iter::from_fn(move || {
        loop {
            let word = words.next()?;
            if WITH_VALUE.contains(&word) {
                words.next();
            } else if !word.starts_with("--") || word == "--" {
                return Some(word);
            }
        }
    })
}

/// Become the other program, with the line as it was typed; a station that joins is handed over. Returns only where that cannot be.
pub(super) fn become_it(words: &[OsString], place: &ChosenStation) -> Failure {
    let beside = std::env::current_exe().map(|own| own.with_file_name(PROGRAM));
    let program = match beside {
        Ok(program) => program,
        Err(error) => return unstarted(PROGRAM, &error),
    };
    let mut command = Command::new(&program);
    command.args(words.iter().skip(1));
    if is_join(words) {
        if let Some(refusal) = ChosenStation::refusal(&place.dir) {
            return refusal;
        }
        command.env(VARIABLE, &place.dir);
    }
    let error = command.exec();
    if error.kind() == std::io::ErrorKind::NotFound {
        let program = shown(&program.to_string_lossy());
        return Failure::new(
            Exit::Configuration,
            text!(
                "máy này chưa có chương trình của trung tâm: cần tệp {program}; nó nằm trong cùng bản cài loa (cargo build --bin {PROGRAM})",
                "this machine lacks the centre's program: {program} is wanted; it comes with the same build of loa (cargo build --bin {PROGRAM})"
            ),
        );
    }
    unstarted(&program.to_string_lossy(), &error)
}

/// The same where the line was read as one of this program's.
pub(super) fn run(name: &str, args: &CentreArgs) -> anyhow::Result<ExitCode> {
    let words: Vec<OsString> = [OsString::new(), name.into()].into_iter().chain(args.rest.iter().cloned()).collect();
    Err(become_it(&words, &ChosenStation::find(None)).into())
}

fn unstarted(program: &str, error: &std::io::Error) -> Failure {
    let (program, Text { vi, en }) = (shown(program), system(error));
    Failure::new(Exit::Io, text!("không chạy được «{program}»: {vi}", "\"{program}\" cannot be run: {en}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_that_is_no_option_calls_the_centre() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        for line in [
            "loa collect run",
            "loa --json fleet status",
            "loa --dir collect fleet",
            "loa --lang=vi collect --help",
            "loa help fleet alarm",
        ] {
            assert!(is_called(&words(line)), "{line}");
        }
        for line in [
            "loa",
            "loa status",
            "loa --dir collect status",
            "loa say collect",
            "loa -- collect",
            "loa --dir",
            "loa help say collect",
        ] {
            assert!(!is_called(&words(line)), "{line}");
        }
        for line in
            ["loa fleet join p01.h1 ABC", "loa --dir join fleet --json join", "loa fleet --dir x join --paper p"]
        {
            assert!(is_join(&words(line)), "{line}");
        }
        for line in ["loa fleet status join", "loa fleet join --help", "loa fleet", "loa collect join"] {
            assert!(!is_join(&words(line)), "{line}");
        }
    }
}
