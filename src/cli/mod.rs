//! The command line: one file per subcommand; `run` is where the daemon is put together. All that is printed goes
//! through `page::Page`. Calls that are wrong are answered and help is laid out by `usage`, in the station's language, with the examples
//! and words of `help` and `near`; which station is meant, `place` says.

mod account;
mod alert;
mod approve;
mod backup;
mod bundle;
mod cap;
mod centre;
mod check;
mod child;
mod clock;
mod console;
mod courier;
mod demo;
mod destination;
mod devices;
mod doctor;
mod door;
mod explain;
mod failure;
mod files;
mod help;
pub mod journal;
mod link;
mod listen;
mod load;
mod near;
mod order;
mod page;
mod pages;
mod place;
mod plan;
mod quiet;
mod relay;
mod render;
mod report;
mod restore;
mod run;
mod say;
mod setup;
mod sheet;
mod simulate;
mod sounds;
mod status;
mod stop;
mod talk;
mod token;
mod user;
mod uses;
mod when;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use failure::{Exit, Failure};

use crate::diag::{Lang, Text, foreign, plain, system};
use crate::machine::MachineClock;
use crate::usage::{UsageAnswer, early, early_language, with_dir};
use help::WORDS;
use page::Page;
use place::ChosenStation;

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

/// Commands that somebody is told to type about the same station.
const OF_THE_STATION: [&str; 4] = ["bundle ", "check", "load ", "link "];

impl Context {
    /// A sentence whose commands name the station, where it is not the directory at hand: typed as they are told, they are about the same one.
    fn told(&self, said: &Text) -> Text {
        if self.dir == Path::new(".") {
            return said.clone();
        }
        let is_meant = |rest: &str| OF_THE_STATION.iter().any(|command| rest.starts_with(command));
        let told = |said: &str| with_dir(said, &self.dir, is_meant);
        Text { vi: told(&said.vi), en: told(&said.en) }
    }
}

/// Lịch phát thanh cho loa truyền thanh thôn, xã. | A loudspeaker broadcast scheduler for villages.
#[derive(Parser, Debug)]
#[command(name = "loa", version)]
struct Arguments {
    /// Thư mục của đài; không ghi thì loa tự tìm. | The station's directory; loa finds it where none is named.
    #[arg(long, global = true, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Tiếng: vi hay en; không ghi thì theo loa.toml, rồi theo LANG. | vi or en; else after loa.toml, then LANG.
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
    /// Cài đặt đài mới: tên, các thôn, người quản trị. | Set a new station up: name, hamlets, administrator.
    Setup(setup::SetupArgs),
    /// Chạy đài: đọc, lập kế hoạch, phát, ghi nhật ký. | The daemon: reads, plans, plays, records.
    Run,
    /// Tìm mọi lỗi trong các tệp của đài. | Find every problem of the station's files.
    Check,
    /// Xem các lượt phát: chờ, bị từ chối, vì sao. | The airings, with waits, refusals and why.
    Plan(plan::Question),
    /// Chạy chính chương trình của đài trên đồng hồ giả. | The daemon itself on a simulated clock.
    Simulate(simulate::SimulateArgs),
    /// Ghi đúng âm thanh một cụm loa sẽ phát. | The very samples that a zone would send.
    Render(render::RenderArgs),
    /// Đưa âm thanh vào đài: kiểm tra, đo, chỉ cách thu tốt hơn. | Take sound in: check, measure, advise.
    Load(load::LoadArgs),
    /// Xem, cất đi, lấy lại âm thanh trong audio/. | The sounds of audio/: see, put away, bring back.
    Sounds(sounds::SoundsArgs),
    /// Nghe thử một âm thanh mà không phát ra cụm loa. | Hear a sound without the horns.
    Listen(listen::ListenArgs),
    /// Xem và kiểm tra nhật ký phát thanh. | What happened, and whether the record is whole.
    Journal(journal::Arguments),
    /// Sổ nhật ký tuần, báo cáo tháng: để xem, để in, cho Word, Excel. | The weekly log book, the monthly report.
    Report(report::ReportArgs),
    /// Đài đang phát gì, sắp phát gì. | What the running daemon plays, and what comes next.
    Status(status::StatusArgs),
    /// Giờ máy có đáng tin không; confirm: xác nhận. | Whether the clock is believed; confirm: vouch for it.
    Clock(clock::ClockArgs),
    /// Im ngay. | Silence, at once.
    Stop(stop::StopArgs),
    /// Phát ngay một âm thanh, trong giờ cho phép. | Play a sound now, within the hours.
    Say(say::SayArgs),
    /// Nói trực tiếp ra loa từ micrô của máy. | Speak live, from a microphone of this machine.
    Talk(talk::TalkArgs),
    /// Phát khẩn cấp, lên trên mọi thứ, mọi giờ. | Play at once, over anything, at any hour.
    Alert(alert::AlertArgs),
    /// Mục nào chờ duyệt; duyệt, trả lại, in phiếu ký tay. | What waits for approval; approve, return, print a slip.
    Approve(approve::ApproveArgs),
    /// Máy này phát ra được thiết bị nào, dòng nào để dán; --test: tiếng thử. | The sound devices; --test: test tones.
    Devices(devices::DevicesArgs),
    /// Trang cho mọi người: lịch, bản ghi, nhật ký, nút dừng. | The page for people.
    Console(console::ConsoleArgs),
    /// Ai được dùng trang; thêm người, cấp đường dẫn. | Who may use the page.
    User(user::UserArgs),
    /// Mai 05:00 có gì cản trở, và cách chữa. | What would stop tomorrow's 05:00, and the cure.
    Doctor,
    /// Cả đài vào một tệp, khi đang chạy; --verify: đọc lại. | The whole station in one file; --verify: read it.
    Backup(backup::BackupArgs),
    /// Dựng lại đài ở chỗ trống từ bản sao lưu. | Set a station up in an empty place from a backup.
    Restore(restore::RestoreArgs),
    /// Lịch có chữ ký gửi cho đài khác: khóa, gói, ký, cài. | Signed schedules for other stations: keys, pack, install.
    Bundle(bundle::BundleArgs),
    /// USB của người đưa tin: nhận gói tin, trả nhật ký. | A courier's stick: bundles in, the journal out.
    Courier(courier::CourierArgs),
    /// Trung tâm: thu nhật ký của mọi đài về một chỗ. | The centre: collect the journals of all stations.
    Collect(centre::CentreArgs),
    /// Trung tâm: máy chủ, khóa, nơi, máy của cả mạng loa. | The centre: servers, keys, places, boxes of a fleet.
    Fleet(centre::CentreArgs),
    /// Đường về trung tâm: gửi nhật ký, nhận lịch, báo động. | The way to the centre: journal up, schedules down.
    Link(link::LinkArgs),
    /// Báo động từ ngoài (CAP): nhận, kiểm chữ ký, phát theo quy tắc. | Alarms from outside: signatures, rules, who heard.
    Cap(cap::CapArgs),
    /// Tiếp sóng: lấy tiếng đài cấp trên cho loa run; tự chạy. | Relay: fetch higher stations for loa run; starts itself.
    Relay(relay::RelayArgs),
    /// Một mã của lỗi hay của nhật ký nghĩa là gì. | What a code of a finding or of the journal means.
    Explain(explain::ExplainArgs),
    /// Trang sách và gợi ý lệnh, cho bộ cài. | The manual and the completions, for a package.
    #[command(hide = true)]
    Pages(pages::PagesArgs),
    /// Xem thử nửa phút, máy nào cũng chạy; --page: cùng trang của đài. | See it all in half a minute; --page: its page.
    Demo(demo::DemoArgs),
}

/// Parse the arguments, do what they say, and turn failures into exit codes.
pub fn main() -> ExitCode {
    crate::audio::hush_decoders();
    let words: Vec<OsString> = std::env::args_os().collect();
    let place = ChosenStation::find(early(&words, "--dir").as_deref().map(Path::new));
    let lang = language(&words, &place.dir);
    if centre::is_called(&words) {
        if let Some(said) = place.told().filter(|_| centre::is_join(&words)) {
            Page::aside(said.get(lang));
        }
        let failure = centre::become_it(&words, &place);
        Page::aside(format_args!("loa: {}", failure.text().get(lang)));
        return failure.exit().into();
    }
    Page::close(answer(&words, &place, lang), lang)
}

/// As the line says, else the station, else the surroundings.
fn language(words: &[OsString], dir: &Path) -> Lang {
    early_language(words).or_else(|| crate::disk::station::load(dir).0.language).unwrap_or_else(Lang::from_environment)
}

fn answer(words: &[OsString], place: &ChosenStation, lang: Lang) -> ExitCode {
    let read = Arguments::command().try_get_matches_from(words).and_then(|found| Arguments::from_arg_matches(&found));
    let arguments = match read {
        Ok(arguments) => arguments,
        Err(error) => return refuse(WORDS.answer(&error, &Arguments::command(), words, lang), lang),
    };
    let context = Context { dir: place.dir.clone(), lang, json: arguments.json };
    if let Some(said) = place.told().filter(|_| !matches!(arguments.command, Command::Demo(_) | Command::Pages(_))) {
        Page::aside(said.get(lang));
    }
    dispatch(&context, arguments.command).unwrap_or_else(|error| {
        // Whoever read the answer had seen enough: that is no failure.
        if Page::is_closed() && is_io(&error, std::io::ErrorKind::BrokenPipe) {
            return ExitCode::SUCCESS;
        }
        let (exit, said) = match error.downcast_ref::<Failure>() {
            Some(failure) => (failure.exit(), failure.text().clone()),
            None => (exit_of(&error), chain(&error)),
        };
        if !Page::has_lost(&error) {
            // What was typed stands in it, and makes no second line.
            Page::aside(format_args!("loa: {}", plain(said.get(lang))));
        }
        exit.into()
    })
}

/// What was no call of a command.
fn refuse(answer: UsageAnswer, lang: Lang) -> ExitCode {
    match answer {
        UsageAnswer::Page(page) => {
            Page::text(page);
            ExitCode::SUCCESS
        }
        UsageAnswer::NoCommand(page) => {
            Page::aside(page.trim_end());
            Exit::Usage.into()
        }
        UsageAnswer::Wrong(said) => {
            Page::aside(format_args!("loa: {}", said.get(lang)));
            Exit::Usage.into()
        }
    }
}

/// What failed, from the outside in: file names and the like stay, what the machine said is put into words.
fn chain(error: &anyhow::Error) -> Text {
    let last = error.chain().count() - 1;
    let parts: Vec<Text> = error
        .chain()
        .enumerate()
        .map(|(place, cause)| match cause.downcast_ref::<std::io::Error>() {
            Some(error) => system(error),
            None if place == last && place > 0 => foreign(&cause.to_string()),
            None => Text { vi: cause.to_string(), en: cause.to_string() },
        })
        .collect();
    let join = |lang| parts.iter().map(|part| part.get(lang)).collect::<Vec<_>>().join(": ");
    Text { vi: join(Lang::Vi), en: join(Lang::En) }
}

fn is_io(error: &anyhow::Error, kind: std::io::ErrorKind) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == kind)
}

fn dispatch(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let clock = &MachineClock;
    let sounds_or_asks = matches!(
        command,
        Command::Run
            | Command::Status(_)
            | Command::Stop(_)
            | Command::Say(_)
            | Command::Talk(_)
            | Command::Alert(_)
            | Command::Devices(_)
            // Its service, or the daemon, has given it its place.
            | Command::Console(_)
            | Command::Link(_)
            | Command::Cap(_)
            | Command::Relay(_)
            | Command::Demo(_)
    );
    if !sounds_or_asks {
        quiet::step_back();
    }
    if !matches!(command, Command::Devices(_) | Command::Explain(_) | Command::Demo(_) | Command::Pages(_)) {
        account::may_enter(&context.dir)?;
    }
    match command {
        Command::Setup(args) => setup::run(context, clock, &args),
        Command::Pages(args) => pages::run(context, &args),
        Command::Run => run::run(context),
        Command::Check => check::run(context, clock),
        Command::Plan(args) => plan::run(context, clock, &args),
        Command::Simulate(args) => simulate::run(context, clock, &args),
        Command::Render(args) => render::run(context, clock, &args),
        Command::Load(args) => load::run(context, clock, &args),
        Command::Sounds(args) => sounds::run(context, clock, &args),
        Command::Listen(args) => listen::run(context, clock, &args),
        Command::Journal(args) => journal::show(context, clock, &args),
        Command::Report(args) => report::run(context, clock, &args),
        Command::Status(args) => status::run(context, clock, &args),
        Command::Clock(args) => self::clock::run(context, clock, args),
        Command::Stop(args) => stop::run(context, &args),
        Command::Say(args) => say::run(context, args),
        Command::Talk(args) => talk::run(context, &args),
        Command::Alert(args) => alert::run(context, args),
        Command::Approve(args) => approve::run(context, clock, &args),
        Command::Devices(args) => devices::run(context, clock, &args),
        Command::Console(args) => console::run(context, &args),
        Command::User(args) => user::run(context, clock, args),
        Command::Doctor => doctor::run(context, clock),
        Command::Backup(args) => backup::run(context, clock, &args),
        Command::Restore(args) => restore::run(context, clock, &args),
        Command::Bundle(args) => bundle::run(context, clock, &args),
        Command::Courier(args) => courier::run(context, clock, &args),
        Command::Collect(args) => centre::run("collect", &args),
        Command::Fleet(args) => centre::run("fleet", &args),
        Command::Link(args) => link::run(context, &args),
        Command::Cap(args) => cap::run(context, &args),
        Command::Relay(args) => relay::run(context, &args),
        Command::Explain(args) => explain::run(context, &args),
        Command::Demo(args) => demo::run(context, clock, args),
    }
}

fn exit_of(error: &anyhow::Error) -> Exit {
    match error.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(std::io::ErrorKind::PermissionDenied) => Exit::Permission,
        Some(_) => Exit::Io,
        None => Exit::Bug,
    }
}
