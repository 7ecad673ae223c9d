//! The command line: one file per subcommand; `run` is where the daemon is put together.

mod failure;
mod plan;
pub(crate) mod when;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::{Exit, Failure};

use crate::diag::Lang;

/// What every subcommand is given.
#[derive(Clone, Debug)]
pub struct Context {
    /// The station's directory.
    pub dir: PathBuf,
    /// The language of messages.
    pub lang: Lang,
    /// Print data as JSON.
    pub json: bool,
}

/// Lịch phát thanh cho loa truyền thanh thôn, xã. A loudspeaker broadcast scheduler for villages.
#[derive(Parser, Debug)]
#[command(name = "loa", version)]
struct Arguments {
    /// Thư mục của đài. The station's directory.
    #[arg(long, global = true, default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// vi | en; mặc định theo LANG. Default: after LANG.
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<Lang>,
    /// In dữ liệu dạng JSON. Print data as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {}

/// Parse the arguments, do what they say, and turn failures into exit codes.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let lang = arguments.lang.unwrap_or_else(Lang::from_environment);
    let context = Context { dir: arguments.dir, lang, json: arguments.json };
    match dispatch(&context, arguments.command) {
        Ok(code) => code,
        Err(error) => {
            let (exit, said) = match error.downcast_ref::<Failure>() {
                Some(failure) => (failure.exit(), failure.text().get(lang).to_owned()),
                None => (exit_of(&error), format!("{error:#}")),
            };
            eprintln!("loa: {said}");
            exit.into()
        }
    }
}

fn dispatch(_context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    match command {}
}

fn exit_of(error: &anyhow::Error) -> Exit {
    match error.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(std::io::ErrorKind::PermissionDenied) => Exit::Permission,
        Some(_) => Exit::Io,
        None => Exit::Bug,
    }
}
