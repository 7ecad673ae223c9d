//! `loa collect` and `loa fleet`: what the main program hands over to the binary of this crate. One file for each; all that is printed
//! goes through `screen::Screen`. Calls that are wrong are answered and help is laid out by `loa_usage`, as in the main program, with the examples and
//! words of `help` and `sought`.

mod alarm;
mod clock;
mod collect;
mod failure;
mod fleet;
mod held;
mod help;
mod join;
mod places;
mod put;
mod register;
mod rollout;
mod screen;
mod send;
mod sought;
mod stand;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use jiff::tz::TimeZone;
use loa_core::diag::{Lang, Text, plain};
use loa_usage::{UsageAnswer, early_language};

use failure::{CentreExit, Failed, stated};
use help::WORDS;
use screen::Screen;

/// What names the station where no `--dir` does.
const STATION: &str = "LOA_DIR";

/// What every command is given.
#[derive(Clone, Debug)]
pub(crate) struct CentreGround {
    /// The directory of the fleet, or of the station that joins one.
    dir: PathBuf,
    lang: Lang,
    json: bool,
    tz: TimeZone,
}

/// Trung tâm của mạng loa: thu nhật ký, cấp khóa cho máy. | The centre of a fleet of loa boxes.
#[derive(Parser, Debug)]
#[command(name = "loa", version)]
struct Arguments {
    /// Thư mục của mạng loa; với fleet join là của đài. | The fleet's directory; for fleet join the station's.
    #[arg(long, global = true, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Tiếng: vi hay en; không ghi thì theo LANG. | vi or en; else after LANG.
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<Lang>,
    /// In dữ liệu dạng JSON. | Print data as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
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
    let words: Vec<OsString> = std::env::args_os().collect();
    let lang = early_language(&words).unwrap_or_else(Lang::from_environment);
    let read = Arguments::command().try_get_matches_from(&words);
    let arguments = match read.and_then(|read| Arguments::from_arg_matches(&read)) {
        Ok(arguments) => arguments,
        Err(error) => return refuse(WORDS.answer(&error, &Arguments::command(), &words, lang), lang),
    };
    let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap_or(TimeZone::UTC);
    let lang = arguments.lang.unwrap_or(lang);
    // The station that joins is found as every other command of it finds it: by the main program, which hands it over so.
    let is_join = matches!(&arguments.command, Command::Fleet(command) if command.is_join());
    let station = std::env::var_os(STATION).filter(|dir| is_join && !dir.is_empty()).map(PathBuf::from);
    if let Some(dir) = &arguments.dir {
        Screen::names(dir.clone());
    }
    let dir = arguments.dir.or(station).unwrap_or_else(|| PathBuf::from("."));
    let ground = CentreGround { dir, lang, json: arguments.json, tz };
    let done = match arguments.command {
        Command::Collect(command) => collect::run(&ground, &command),
        Command::Fleet(command) => fleet::run(&ground, &command),
    };
    Screen::close(done.unwrap_or_else(|Failed { exit, text }| {
        Screen::aside(format_args!("loa: {}", at(&ground.dir, &text).get(ground.lang)));
        exit.into()
    }))
}

/// What was no call of a command.
fn refuse(answer: UsageAnswer, lang: Lang) -> ExitCode {
    match answer {
        UsageAnswer::Page(page) => {
            Screen::data(page);
            Screen::close(ExitCode::SUCCESS)
        }
        UsageAnswer::NoCommand(page) => {
            Screen::aside(page.trim_end());
            CentreExit::Usage.into()
        }
        UsageAnswer::Wrong(said) => {
            Screen::aside(format_args!("loa: {}", said.get(lang)));
            CentreExit::Usage.into()
        }
    }
}

/// What is said of "this directory" names it from the root on: it may be another than the one that was meant, and `.` names none.
fn at(dir: &Path, said: &Text) -> Text {
    let whole = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let dir = plain(&whole.to_string_lossy()).into_owned();
    let name = |said: &str, this: &str, named: String| match said.strip_prefix(this) {
        Some(rest) => format!("{named}{rest}"),
        None => said.to_owned(),
    };
    let vi = name(&said.vi, "thư mục này", format!("thư mục «{dir}»"));
    Text { vi, en: name(&said.en, "this directory", format!("the directory \"{dir}\"")) }
}
