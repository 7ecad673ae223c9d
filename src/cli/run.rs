use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use super::page::Page;
use super::{Context, Exit, Failure, courier as notes, door, files};
use crate::clock::Clock as _;
use crate::courier;
use crate::daemon::{self, HowItEnded, StartError};
use crate::diag::{Text, system, text};
use crate::machine::MachineClock;
use crate::site::Site;

/// A daemon on a slow machine answers within minutes; then nobody waits for it any more.
const TRIES_MOST: u32 = 150;
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// `loa run`: the daemon, until a signal ends it.
pub(super) fn run(context: &Context) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    // A bundle that a power cut left half installed is installed before anything is read.
    if let Err(why) = courier::finish(&Site::new(&context.dir), &courier::whole) {
        Page::aside(format_args!(
            "loa: {}",
            why.text(&crate::disk::station::load(&context.dir).0.timezone).get(context.lang)
        ));
    }
    tell_soon(context);
    match daemon::run(&context.dir, context.lang, Arc::new(MachineClock)) {
        Ok(HowItEnded::Told) => Ok(ExitCode::SUCCESS),
        Ok(HowItEnded::SetUp) => Err(begin_again().into()),
        Err(error) => {
            let denied = matches!(&error, StartError::File { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied);
            let exit = if denied { Exit::Permission } else { Exit::Io };
            Err(Failure::new(exit, error.text()).into())
        }
    }
}

/// What came of bundles while no daemon ran goes into its journal once it answers.
fn tell_soon(context: &Context) {
    let context = context.clone();
    let tell = move || {
        for _ in 0..TRIES_MOST {
            MachineClock.wait(TRY_AGAIN);
            if door::is_running(&context) {
                return notes::tell_journal(&context, &MachineClock);
            }
        }
    };
    // Where there is no thread for it, the next courier tells.
    let _ = std::thread::Builder::new().name("notes".to_owned()).spawn(tell);
}

/// The same program with the same words in the place of this one: nothing of a life without a station is left, and whoever
/// watches the process sees one that goes on. Returns only where that fails.
fn begin_again() -> Failure {
    let words: Vec<OsString> = std::env::args_os().collect();
    let own = words.first().cloned().unwrap_or_else(|| "loa".into());
    let exec = |program: &Path| Command::new(program).arg0(&own).args(words.iter().skip(1)).exec();
    // Where a newer one was put in its place meanwhile, this one goes on: it is still there under this name.
    let failed = std::env::current_exe().map(|program| exec(&program)).map(|_| exec(Path::new("/proc/self/exe")));
    let Text { vi, en } = system(&failed.unwrap_or_else(|error| error));
    Failure::new(
        Exit::Io,
        text!(
            "không tự chạy lại được ({vi}): gõ lại loa run",
            "cannot begin again by itself ({en}): start loa run again"
        ),
    )
}
