use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

use loa_core::diag::plain_lines;
use loa_usage::with_dir;

use super::CentreExit;

/// The first thing that kept a line from its reader.
static LOST: OnceLock<ErrorKind> = OnceLock::new();
/// The directory that somebody has named.
static NAMED: OnceLock<PathBuf> = OnceLock::new();

/// What a command shows: the only door to standard output and standard error. Printing never fails and never panics; what could not be
/// shown is noted, and [`Screen::close`] ends with it.
pub(super) struct Screen;

impl Screen {
    /// Whoever has named this directory is told each command of the centre with it.
    pub(super) fn names(dir: PathBuf) {
        let _ = NAMED.set(dir);
    }

    /// A line for people, or several. What could deceive a terminal is written out.
    pub(super) fn line(said: impl Display) {
        Self::data(plain_lines(&told(&said.to_string())).into_owned() + "\n");
    }

    /// What programs read: as it is.
    pub(super) fn data(said: impl Display) {
        let mut out = io::stdout().lock();
        if let Err(error) = write!(out, "{said}").and_then(|()| out.flush()) {
            let _ = LOST.set(error.kind());
        }
    }

    /// A line beside the answer, on standard error.
    pub(super) fn aside(said: impl Display) {
        // Where nobody hears a complaint, there is nobody to complain to.
        let _ = writeln!(io::stderr(), "{}", plain_lines(&told(&said.to_string())));
    }

    /// What the command ends with. A reader that has seen enough is no failure.
    pub(super) fn close(code: ExitCode) -> ExitCode {
        match LOST.get() {
            None | Some(ErrorKind::BrokenPipe) => code,
            Some(_) => CentreExit::Io.into(),
        }
    }
}

/// `loa fleet join` is typed at a box, whose directory is another.
fn told(said: &str) -> String {
    let is_of_the_centre =
        |rest: &str| (rest.starts_with("fleet ") && !rest.starts_with("fleet join")) || rest.starts_with("collect ");
    NAMED.get().map_or_else(|| said.to_owned(), |dir| with_dir(said, dir, is_of_the_centre))
}
