//! The command line: one file per subcommand; `run` is where the daemon is put together.

mod account;
mod alert;
mod check;
mod clock;
mod demo;
mod devices;
mod doctor;
mod failure;
mod files;
pub mod journal;
mod listen;
mod load;
mod order;
mod plan;
mod quiet;
mod render;
mod run;
mod say;
mod simulate;
mod sounds;
mod status;
mod stop;
mod talk;
mod uses;
mod when;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::{Exit, Failure};

use crate::clock::MachineClock;
use crate::diag::{Lang, plain_lines};

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
enum Command {
    /// Chạy đài: đọc, lập kế hoạch, phát, ghi nhật ký. The daemon: reads, plans, plays, records.
    Run,
    /// Tìm mọi lỗi trong các tệp của đài. Find every problem of the station's files.
    Check,
    /// Xem các lượt phát: chờ, bị từ chối, vì sao. The airings, with waits, refusals and why.
    Plan(plan::Question),
    /// Chạy chính chương trình của đài trên đồng hồ giả. The daemon itself on a simulated clock.
    Simulate(simulate::SimulateArgs),
    /// Ghi đúng âm thanh một cụm loa sẽ phát. The very samples that a zone would send.
    Render(render::RenderArgs),
    /// Đưa âm thanh vào đài: kiểm tra, đo, chỉ cách thu tốt hơn. Take sound in: check, measure, advise.
    Load(load::LoadArgs),
    /// Xem, cất đi, lấy lại âm thanh trong audio/. The sounds of audio/: see, put away, bring back.
    Sounds(sounds::SoundsArgs),
    /// Nghe thử một âm thanh mà không phát ra cụm loa. Hear a sound without the horns.
    Listen(listen::ListenArgs),
    /// Xem và kiểm tra nhật ký phát thanh. What happened.
    Journal(journal::Arguments),
    /// Đài đang phát gì, sắp phát gì. What the running daemon plays, and what comes next.
    Status,
    /// Giờ máy có đáng tin không; confirm: xác nhận. Whether the clock is believed; confirm: vouch for it.
    Clock(clock::ClockArgs),
    /// Im ngay. Silence, at once.
    Stop(stop::StopArgs),
    /// Phát ngay một âm thanh, trong giờ cho phép. Play a sound now, within the hours.
    Say(say::SayArgs),
    /// Phát khẩn cấp, lên trên mọi thứ, mọi giờ. Play at once, over anything, at any hour.
    Alert(alert::AlertArgs),
    /// Máy này phát ra được thiết bị nào, dòng nào để dán; --test: tiếng thử. The sound devices; --test: test tones.
    Devices(devices::DevicesArgs),
    /// Mai 05:00 có gì cản trở, và cách chữa. What would stop tomorrow's 05:00, and the cure.
    Doctor,
    /// Xem thử nửa phút, máy nào cũng chạy. See it all in half a minute, on any machine.
    Demo,
}

/// Parse the arguments, do what they say, and turn failures into exit codes.
pub fn main() -> ExitCode {
    crate::audio::hush_decoders();
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
            eprintln!("loa: {}", plain_lines(&said));
            exit.into()
        }
    }
}

fn dispatch(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let clock = &MachineClock;
    let sounds_or_asks = matches!(
        command,
        Command::Run
            | Command::Status
            | Command::Stop(_)
            | Command::Say(_)
            | Command::Alert(_)
            | Command::Devices(_)
            | Command::Demo
    );
    if !sounds_or_asks {
        quiet::step_back();
    }
    if !matches!(command, Command::Devices(_) | Command::Demo) {
        account::may_enter(&context.dir)?;
    }
    match command {
        Command::Run => run::run(context),
        Command::Check => check::run(context, clock),
        Command::Plan(args) => plan::run(context, clock, &args),
        Command::Simulate(args) => simulate::run(context, clock, &args),
        Command::Render(args) => render::run(context, clock, &args),
        Command::Load(args) => load::run(context, clock, &args),
        Command::Sounds(args) => sounds::run(context, clock, &args),
        Command::Listen(args) => listen::run(context, clock, &args),
        Command::Journal(args) => journal::show(context, clock, &args),
        Command::Status => status::run(context),
        Command::Clock(args) => self::clock::run(context, clock, args),
        Command::Stop(args) => stop::run(context, &args),
        Command::Say(args) => say::run(context, args),
        Command::Alert(args) => alert::run(context, args),
        Command::Devices(args) => devices::run(context, &args),
        Command::Doctor => doctor::run(context, clock),
        Command::Demo => demo::run(context, clock),
    }
}

fn exit_of(error: &anyhow::Error) -> Exit {
    match error.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(std::io::ErrorKind::PermissionDenied) => Exit::Permission,
        Some(_) => Exit::Io,
        None => Exit::Bug,
    }
}
