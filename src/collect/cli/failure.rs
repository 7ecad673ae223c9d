use std::process::ExitCode;

use loa_board::BoardError;
use loa_core::diag::{Text, system, text};

use crate::CollectError;
use crate::dispatch::DispatchError;
use crate::fleet::FleetError;
use crate::ledger::LedgerError;

/// CentreExit codes, after sysexits.h, as those of the main program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CentreExit {
    /// It ran, and something is wrong with what it looked at.
    Findings = 1,
    /// The command was called wrongly.
    Usage = 2,
    /// The disk or the network failed.
    Io = 74,
    /// The fleet's files do not let it run.
    Configuration = 78,
}

impl From<CentreExit> for ExitCode {
    fn from(exit: CentreExit) -> Self {
        Self::from(exit as u8)
    }
}

/// A failure of a command: what to say, and the exit code to say it with.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) exit: CentreExit,
    pub(super) text: Text,
}

impl Failed {
    pub(super) const fn new(exit: CentreExit, text: Text) -> Self {
        Self { exit, text }
    }
}

/// What somebody has to say of himself, or of why: blanks alone say nothing.
pub(super) fn stated(option: &str, written: &str) -> Result<String, Failed> {
    let written = written.trim();
    if written.is_empty() {
        let said =
            text!("{option} không được để trống: việc này ghi vào sổ", "{option} may not be empty: it is written down");
        return Err(Failed::new(CentreExit::Usage, said));
    }
    Ok(written.to_owned())
}

impl From<FleetError> for Failed {
    fn from(error: FleetError) -> Self {
        let exit = match error {
            FleetError::File(..) | FleetError::Push(_) => CentreExit::Io,
            FleetError::Absent | FleetError::Unregistered | FleetError::There => CentreExit::Configuration,
            _ => CentreExit::Findings,
        };
        Self::new(exit, error.text())
    }
}

impl From<LedgerError> for Failed {
    fn from(error: LedgerError) -> Self {
        Self::new(CentreExit::Io, error.text())
    }
}

impl From<BoardError> for Failed {
    fn from(error: BoardError) -> Self {
        Self::new(CentreExit::Io, error.text())
    }
}

impl From<CollectError> for Failed {
    fn from(error: CollectError) -> Self {
        Self::new(CentreExit::Io, error.text())
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::new(CentreExit::Io, system(&error))
    }
}

impl From<DispatchError> for Failed {
    fn from(error: DispatchError) -> Self {
        let exit = match error {
            DispatchError::Refused(_) => CentreExit::Findings,
            DispatchError::Unset(_) => CentreExit::Configuration,
            DispatchError::File(_) | DispatchError::Unstored(_) | DispatchError::Link(_) | DispatchError::Ledger(_) => {
                CentreExit::Io
            }
        };
        Self::new(exit, error.text())
    }
}
