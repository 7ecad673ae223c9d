use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;
use std::sync::OnceLock;

use loa_core::diag::plain_lines;

use super::CentreExit;

/// The first thing that kept a line from its reader.
static LOST: OnceLock<ErrorKind> = OnceLock::new();

/// What a command shows: the only door to standard output and standard error. Printing never fails and never panics; what could not be
/// shown is noted, and [`Screen::close`] ends with it.
pub(super) struct Screen;

impl Screen {
    /// A line for people, or several. What could deceive a terminal is written out.
    pub(super) fn line(said: impl Display) {
        Self::data(plain_lines(&said.to_string()).into_owned() + "\n");
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
        let _ = writeln!(io::stderr(), "{}", plain_lines(&said.to_string()));
    }

    /// What the command ends with. A reader that has seen enough is no failure.
    pub(super) fn close(code: ExitCode) -> ExitCode {
        match LOST.get() {
            None | Some(ErrorKind::BrokenPipe) => code,
            Some(_) => CentreExit::Io.into(),
        }
    }
}
