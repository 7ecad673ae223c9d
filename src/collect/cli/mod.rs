//! `loa collect` and `loa fleet`: what the main program hands over to the binary of this crate. One file for each; all that is printed
//! goes through `screen::Screen`.

mod alarm;
mod collect;
mod failure;
mod fleet;
mod held;
mod join;
mod places;
mod rollout;
mod screen;
mod send;
mod stand;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::tz::TimeZone;
use loa_core::diag::Lang;

use failure::{CentreExit, Failed, stated};
use screen::Screen;

/// What names the station where no `--dir` does.
const STATION: &str = "LOA_DIR";

/// What every command is given.
#[derive(Debug)]
pub(crate) struct CentreGround {
    /// The directory of the fleet, or of the station that joins one.
    dir: PathBuf,
    lang: Lang,
    json: bool,
    tz: TimeZone,
}

/// Trung tâm của mạng loa: thu nhật ký, cấp khóa cho máy. | The centre of a fleet of loa boxes.
#[derive(Parser, Debug)]
#[command(name = "loa", bin_name = "loa", version, arg_required_else_help = true)]
struct Arguments {
    /// Thư mục của mạng loa. | The fleet's directory.
    #[arg(long, global = true, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// vi | en
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<Lang>,
    /// In dữ liệu dạng JSON. | Print data as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
#[expect(clippy::large_enum_variant, reason = "one is made, once")]
enum Command {
    /// Thu nhật ký của mọi đài về một chỗ. | Collect the journals of all stations.
    #[command(subcommand)]
    Collect(collect::CollectCommand),
    /// Ai thuộc mạng loa: máy chủ, khóa, nơi, máy. | Who belongs to the fleet: servers, keys, places, boxes.
    #[command(subcommand)]
    Fleet(fleet::FleetCommand),
}

/// Parse the arguments, do what they say, and turn failures into exit codes.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            Screen::aside(error);
            return CentreExit::Usage.into();
        }
        Err(page) => {
            Screen::data(page);
            return Screen::close(ExitCode::SUCCESS);
        }
    };
    let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap_or(TimeZone::UTC);
    let lang = arguments.lang.unwrap_or_else(Lang::from_environment);
    // The station that joins is found as every other command of it finds it: by the main program, which hands it over so.
    let is_join = matches!(&arguments.command, Command::Fleet(command) if command.is_join());
    let station = std::env::var_os(STATION).filter(|dir| is_join && !dir.is_empty()).map(PathBuf::from);
    let dir = arguments.dir.or(station).unwrap_or_else(|| PathBuf::from("."));
    let ground = CentreGround { dir, lang, json: arguments.json, tz };
    let done = match arguments.command {
        Command::Collect(command) => collect::run(&ground, &command),
        Command::Fleet(command) => fleet::run(&ground, &command),
    };
    Screen::close(done.unwrap_or_else(|Failed { exit, text }| {
        Screen::aside(format_args!("loa: {}", text.get(ground.lang)));
        exit.into()
    }))
}
