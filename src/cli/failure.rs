use std::fmt;
use std::process::ExitCode;

use crate::diag::Text;

/// A failure of a command: what to say, and the exit code to say it with.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    text: Text,
}

/// Exit codes, after sysexits.h.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// It ran, and something is wrong with what it looked at.
    Findings = 1,
    /// The command was called wrongly.
    Usage = 2,
    /// A bug in loa.
    Bug = 70,
    /// The disk, the device or the socket failed.
    Io = 74,
    /// Not allowed.
    Permission = 77,
    /// The station's files do not let it run.
    Configuration = 78,
}

impl Failure {
    /// A failure that ends the command with `exit`.
    pub const fn new(exit: Exit, text: Text) -> Self {
        Self { exit, text }
    }

    /// What to say.
    pub const fn text(&self) -> &Text {
        &self.text
    }

    /// The code to end with.
    pub const fn exit(&self) -> Exit {
        self.exit
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl std::error::Error for Failure {}
