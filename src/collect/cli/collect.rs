use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use loa_core::diag::{Text, shown, system, text};
use serde_json::{Value, json};

use super::register::{counted_register, register};
use super::{CentreExit, CentreGround, Failed, Screen, stated};
use crate::collector::Collector;
use crate::fleet::{Register, connect_options, telling};
use crate::keeper::{BoardKeeper, KeepError};
use crate::ledger::{Ledger, LedgerError, PostgresLedger, SqliteLedger};
use crate::month::ProvinceMonth;
use crate::pulse::close_station;
use crate::settings::{CollectorEar, CollectorSettings};
use crate::standing::FleetRows;
use crate::stick::{StickIntake, StickTrust, take_stick};
use crate::watch;

/// How often the board is brought up to what is known.
const KEEP_EVERY: Duration = Duration::from_secs(3);
/// Credentials are a paper and a seed.
const CREDENTIALS_MOST: u64 = 64 * 1024;

#[derive(Subcommand, Debug)]
pub(super) enum CollectCommand {
    /// Thu nhật ký, chạy mãi. | Collect, for ever.
    Run(RunArgs),
    /// Đài nào đã gửi đến đâu, còn thiếu gì, có gì sai. | How far each station's rows are there, and what is wrong.
    Status(StandingArgs),
    /// Đã xem xét các sự cố của một đài: ai, vì sao. | Somebody has looked at a station's troubles: who, and why.
    Close(CloseArgs),
    /// Báo cáo tháng của cả tỉnh. | The province's month.
    Month(MonthArgs),
    /// Nhận nhật ký các đài gửi về bằng USB. | Take in what a courier's stick has brought.
    Stick(StickArgs),
}

#[derive(Args, Clone, Debug)]
pub(super) struct DatabaseArgs {
    /// Cơ sở dữ liệu: tệp, hay postgres://…; không ghi thì collect.db trong thư mục của mạng. | A file, or postgres://…; else collect.db.
    #[arg(long, value_name = "FILE")]
    database: Option<String>,
    /// Chứng nhận để nhận ra máy chủ cơ sở dữ liệu: chỉ nối có mã hóa. | By what the database server is known: TLS only.
    #[arg(long, value_name = "FILE")]
    database_ca: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct RunArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Máy chủ; không ghi thì theo sổ của mạng. | Servers; else those of the register.
    #[arg(long, value_name = "URL")]
    server: Vec<String>,
    /// Tệp khóa của người thu. | The collector's credentials.
    #[arg(long, value_name = "FILE")]
    creds: Option<PathBuf>,
    /// Chứng nhận để nhận ra máy chủ. | What the servers are known by.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct StandingArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Kể cả đài không có gì sai. | Stations with nothing wrong too.
    #[arg(long)]
    all: bool,
}

#[derive(Args, Debug)]
pub(super) struct CloseArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Nơi. | The place.
    #[arg(value_name = "PLACE")]
    station: String,
    /// Ai. | Who.
    #[arg(long, value_name = "WHO")]
    by: String,
    /// Đã xem xét thế nào. | What was found.
    #[arg(long, value_name = "TEXT")]
    why: String,
}

#[derive(Args, Debug)]
pub(super) struct MonthArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Tháng, như 2026-11. | The month, such as 2026-11.
    #[arg(long, value_name = "MONTH")]
    month: String,
    /// Ghi ra tệp cho Excel. | Write a file for a spreadsheet.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct StickArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Thư mục của USB. | The stick's directory.
    #[arg(value_name = "DIR")]
    stick: PathBuf,
    /// Khóa đã so với khóa đọc ở máy (loa journal seal --key). | A key that was compared with the one read at the box.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

pub(super) fn run(ground: &CentreGround, command: &CollectCommand) -> Result<ExitCode, Failed> {
    match command {
        CollectCommand::Run(args) => collect(ground, args),
        CollectCommand::Status(args) => status(ground, args),
        CollectCommand::Close(args) => close(ground, args),
        CollectCommand::Month(args) => month(ground, args),
        CollectCommand::Stick(args) => stick(ground, args),
    }
}

/// Where the rows are.
enum Database<'a> {
    /// `postgres://…`.
    Server(&'a str),
    /// Of SQLite.
    File(PathBuf),
}

fn database<'a>(ground: &CentreGround, args: &'a DatabaseArgs) -> Database<'a> {
    match args.database.as_deref() {
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => Database::Server(url),
        Some(path) => Database::File(PathBuf::from(path)),
        None => Database::File(ground.dir.join("collect.db")),
    }
}

pub(super) fn open(ground: &CentreGround, args: &DatabaseArgs) -> Result<Box<dyn Ledger>, Failed> {
    Ok(open_ledger(ground, args)?)
}

fn open_ledger(ground: &CentreGround, args: &DatabaseArgs) -> Result<Box<dyn Ledger>, LedgerError> {
    match database(ground, args) {
        Database::Server(url) => Ok(Box::new(PostgresLedger::open_with(url, args.database_ca.as_deref())?)),
        Database::File(path) => Ok(Box::new(SqliteLedger::open(&path)?)),
    }
}

/// Whether there is one: a file is looked for, a server is there.
pub(super) fn is_there(ground: &CentreGround, args: &DatabaseArgs) -> bool {
    match database(ground, args) {
        Database::Server(_) => true,
        Database::File(path) => path.exists(),
    }
}

/// To read in it: one that is not there is not made by looking.
pub(super) fn open_there(ground: &CentreGround, args: &DatabaseArgs) -> Result<Box<dyn Ledger>, Failed> {
    if let Database::File(path) = database(ground, args)
        && !path.exists()
    {
        let path = shown(&path.to_string_lossy());
        let said = text!(
            "chưa có cơ sở dữ liệu «{path}»: hãy chạy loa collect run trước",
            "there is no database \"{path}\" yet: run loa collect run first"
        );
        return Err(Failed::new(CentreExit::Configuration, said));
    }
    open(ground, args)
}

fn collect(ground: &CentreGround, args: &RunArgs) -> Result<ExitCode, Failed> {
    let register = Register::read(&ground.dir)?;
    let creds = args.creds.clone().unwrap_or_else(|| ground.dir.join("creds").join("collector.creds"));
    let credentials = read(&creds)?;
    let ca = args.ca.clone().or_else(|| register.tls.then(|| ground.dir.join("ca.crt")));
    let servers = if args.server.is_empty() { register.addresses() } else { args.server.clone() };
    let ledger = open(ground, &args.database)?;
    let lang = ground.lang;
    let ear = CollectorEar { say: Arc::new(move |said: Text| Screen::aside(said.get(lang))), step: Arc::new(|_| true) };
    let options = telling(connect_options(&credentials, ca.as_deref())?.retry_on_initial_connect(), &ear.say);
    let settings = CollectorSettings::of(register.province.as_str(), register.servers.len());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // The board is beside the rows: where it cannot be had, they are collected all the same.
    let keeping = keep(ground.clone(), args.database.clone(), ear.say.clone());
    let done = runtime.block_on(async move {
        let collector = Collector::connect(&servers, options, settings, ledger, ear).await?;
        tokio::spawn(keeping);
        collector.run(ended()).await
    });
    // A server that answers no more keeps nobody from going home.
    runtime.shutdown_timeout(Duration::from_secs(5));
    done?;
    Ok(ExitCode::SUCCESS)
}

/// Keep the board, every few seconds, until the process ends. What goes wrong is told once, and tried again from its opening on.
async fn keep(ground: CentreGround, args: DatabaseArgs, say: Arc<dyn Fn(Text) + Send + Sync>) {
    let (mut opened, mut said) = (None, None);
    loop {
        let (ground, args) = (ground.clone(), args.clone());
        // The databases block: a thread of its own.
        let kept = tokio::task::spawn_blocking(move || keep_once(&ground, &args, opened));
        let Ok(kept) = kept.await else { return };
        let why = match kept {
            Ok(same) => {
                opened = Some(same);
                None
            }
            Err(error) => {
                opened = None;
                Some(error.text())
            }
        };
        if why != said {
            if let Some(why) = &why {
                say(why.clone());
            }
            said = why;
        }
        tokio::time::sleep(KEEP_EVERY).await;
    }
}

/// The board and the rows that it is kept by.
type OpenedBoard = (BoardKeeper, Box<dyn Ledger>);

fn keep_once(
    ground: &CentreGround,
    args: &DatabaseArgs,
    opened: Option<OpenedBoard>,
) -> Result<OpenedBoard, KeepError> {
    let (mut keeper, mut ledger) = match opened {
        Some(opened) => opened,
        None => (BoardKeeper::open(&ground.dir)?, open_ledger(ground, args)?),
    };
    let register = Register::read(&ground.dir).ok();
    keeper.keep(&mut *ledger, register.as_ref(), watch::now())?;
    Ok((keeper, ledger))
}

/// Until somebody says that it is enough.
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => std::future::pending().await,
    }
}

fn status(ground: &CentreGround, args: &StandingArgs) -> Result<ExitCode, Failed> {
    let mut ledger = open_there(ground, &args.database)?;
    let register = counted_register(ground);
    if let Err(why) = &register {
        Screen::aside(why.text.get(ground.lang));
    }
    let is_whole = register.is_ok();
    let rows = FleetRows::gather(&mut *ledger, register.ok().flatten().as_ref(), watch::now())?;
    if ground.json {
        Screen::data(format!("{:#}\n", rows.json(&ground.tz)));
    } else {
        Screen::line(rows.text(ground.lang, &ground.tz, args.all));
    }
    Ok(if rows.is_alarm() || !is_whole { CentreExit::Findings.into() } else { ExitCode::SUCCESS })
}

fn close(ground: &CentreGround, args: &CloseArgs) -> Result<ExitCode, Failed> {
    let (by, why) = (stated("--by", &args.by)?, stated("--why", &args.why)?);
    let mut ledger = open_there(ground, &args.database)?;
    let now = watch::now();
    let closed = close_station(&mut *ledger, &args.station, &by, &why, now)?;
    let station = shown(&args.station);
    if closed == 0 {
        let said = text!("«{station}» không có sự cố nào đang mở", "\"{station}\" has no trouble that is open");
        return Err(Failed::new(CentreExit::Findings, said));
    }
    let said = text!(
        "Đã đóng {closed} sự cố của {station}; vẫn còn ghi trong cơ sở dữ liệu.",
        "Troubles of {station} that are closed now: {closed}. They stay written down in the database."
    );
    Screen::line(said.get(ground.lang));
    Ok(ExitCode::SUCCESS)
}

fn month(ground: &CentreGround, args: &MonthArgs) -> Result<ExitCode, Failed> {
    let bad = || {
        let written = shown(&args.month);
        let said = text!(
            "không hiểu tháng «{written}»: hãy viết như 2026-11",
            "cannot read the month \"{written}\": write it like 2026-11"
        );
        Failed::new(CentreExit::Usage, said)
    };
    let first = format!("{}-01", args.month).parse::<jiff::civil::Date>().map_err(|_| bad())?;
    let mut ledger = open_there(ground, &args.database)?;
    let register = counted_register(ground)?;
    let month = ProvinceMonth::gather(&mut *ledger, register.as_ref(), first, &ground.tz, watch::now())?;
    match &args.csv {
        Some(path) => {
            write(path, &month.csv(ground.lang))?;
            Screen::line(month.sentence().get(ground.lang));
        }
        None if ground.json => Screen::data(format!("{:#}\n", month.json())),
        None => Screen::data(month.csv(ground.lang)),
    }
    Ok(ExitCode::SUCCESS)
}

fn stick(ground: &CentreGround, args: &StickArgs) -> Result<ExitCode, Failed> {
    let mut ledger = open(ground, &args.database)?;
    // Whose keys count stands there: one that cannot be read lets nobody in.
    let register = register(ground)?;
    let trust = StickTrust { register: register.as_ref(), confirmed: args.key.as_deref() };
    let intakes = take_stick(&args.stick, trust, &mut *ledger, watch::now()).map_err(|error| {
        let (dir, Text { vi, en }) = (shown(&args.stick.to_string_lossy()), system(&error));
        let said = text!(
            "không đọc được nhật ký trên USB ở «{dir}»: {vi}",
            "the journals on the stick at \"{dir}\" cannot be read: {en}"
        );
        Failed::new(CentreExit::Io, said)
    })??;
    if ground.json {
        let all: Vec<Value> = intakes.iter().map(|intake| told(intake, ground)).collect();
        Screen::data(format!("{:#}\n", json!(all)));
    } else {
        for intake in &intakes {
            let StickIntake { folder, station, new, known, .. } = intake;
            let name = station.as_ref().map_or_else(|| shown(folder), ToString::to_string);
            let said = match &intake.key_name {
                Some(key) => text!(
                    "{name}: nhận thêm {new} dòng, {known} dòng đã có; khóa {key}",
                    "{name}: rows that are new: {new}, known: {known}; key {key}"
                ),
                None => text!("{name}: không nhận dòng nào", "{name}: no rows are taken"),
            };
            Screen::line(said.get(ground.lang));
            for wrong in &intake.wrong {
                Screen::line(format_args!("  {}", wrong.get(ground.lang)));
            }
        }
        if intakes.is_empty() {
            Screen::line(text!("Trên USB không có nhật ký nào.", "There is no journal on the stick.").get(ground.lang));
        }
    }
    // Where no network is, nobody else brings the board up to date.
    if register.is_some() {
        let kept = BoardKeeper::open(&ground.dir).map_err(KeepError::from);
        let kept = kept.and_then(|mut keeper| keeper.keep(&mut *ledger, register.as_ref(), watch::now()));
        if let Err(error) = kept {
            Screen::aside(error.text().get(ground.lang));
        }
    }
    let is_fine = intakes.iter().all(|intake| intake.wrong.is_empty());
    Ok(if is_fine { ExitCode::SUCCESS } else { CentreExit::Findings.into() })
}

fn told(intake: &StickIntake, ground: &CentreGround) -> Value {
    json!({
        "folder": intake.folder,
        "station": intake.station.as_ref().map(ToString::to_string),
        "new": intake.new,
        "known": intake.known,
        "key": intake.key_name,
        "wrong": intake.wrong.iter().map(|wrong| wrong.get(ground.lang)).collect::<Vec<_>>(),
    })
}

pub(super) fn read(path: &Path) -> Result<String, Failed> {
    let bytes = loa_site::read(path, CREDENTIALS_MOST).map_err(|why| {
        let (path, Text { vi, en }) = (shown(&path.to_string_lossy()), why.text());
        Failed::new(CentreExit::Io, text!("không đọc được «{path}»: {vi}", "\"{path}\" cannot be read: {en}"))
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A table that a person wants, in the place of the one of before.
pub(super) fn write(path: &Path, said: &str) -> Result<(), Failed> {
    loa_site::replace(path, said.as_bytes()).map_err(|error| {
        let (path, Text { vi, en }) = (shown(&path.to_string_lossy()), system(&error));
        Failed::new(CentreExit::Io, text!("không ghi được «{path}»: {vi}", "\"{path}\" cannot be written: {en}"))
    })
}
