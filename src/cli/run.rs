use std::process::ExitCode;
use std::sync::Arc;

use super::{Context, Exit, Failure, files};
use crate::daemon::{self, StartError};
use crate::machine::MachineClock;

/// `loa run`: the daemon, until a signal ends it.
pub(super) fn run(context: &Context) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    match daemon::run(&context.dir, context.lang, Arc::new(MachineClock)) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            let denied = matches!(&error, StartError::File { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied);
            let exit = if denied { Exit::Permission } else { Exit::Io };
            Err(Failure::new(exit, error.text()).into())
        }
    }
}
