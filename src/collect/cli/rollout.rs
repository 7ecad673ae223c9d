//! `loa fleet rollout`: a schedule in waves. The decision is [`next_step`](crate::rollout::next_step)'s; here it is carried out.

mod back;
mod carry;
mod free;
mod go;
mod kept;
mod told;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use loa_core::diag::{Text, shown, text};
use loa_core::signature::Locality;

use super::clock::ServerClockArgs;
use super::collect::{DatabaseArgs, open, open_there};
use super::join::locality;
use super::{CentreExit, CentreGround, Failed};
use crate::ledger::{BookKind, BookPage, Ledger, page};
use crate::rollout::RolloutRecord;

/// `loa fleet rollout`.
#[derive(Subcommand, Debug)]
pub(super) enum RolloutCommand {
    /// Bắt đầu: lập các đợt, gửi đợt đầu. | Begin: plan the waves and send the first.
    Start(StartArgs),
    /// Đang đến đâu, đài nào chưa và vì sao. | How far it is, who has it not and why.
    Status(WhichArgs),
    /// Làm bước tiếp theo nếu đã đủ; --watch: làm mãi đến khi xong; --stay: mãi mãi. | Take the next step; --watch: until it ends; --stay: for ever.
    Go(GoArgs),
    /// Dừng: đài chưa nhận thì thôi, đài đã nhận thì nhận lại lịch cũ. | Stop it and go back.
    Stop(HaltArgs),
    /// Lập gói để lùi: nội dung cũ, số mới hơn, ký trước. | Make the bundle to go back with, signed in advance.
    Back(BackArgs),
}

#[derive(Args, Debug)]
pub(super) struct StartArgs {
    /// Gói tin đã ký. | The signed bundle.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Cho nơi nào. | For which place.
    #[arg(long, value_name = "PLACE")]
    to: String,
    /// Đài thử, đợt đầu; ghi nhiều lần. | Test boxes, the first wave.
    #[arg(long, value_name = "PLACE", value_parser = locality)]
    test: Vec<Locality>,
    /// Xã đi trước, đợt hai. | The commune that goes first, the second wave.
    #[arg(long, value_name = "COMMUNE")]
    commune: Option<String>,
    /// Gói để lùi, do loa fleet rollout back lập. | The bundle to go back with.
    #[arg(long, value_name = "BUNDLE")]
    back: Option<PathBuf>,
    /// Thay lịch số này của người khác, đã hỏi họ; ghi nhiều lần. | It takes the place of this number, which is another's; several times.
    #[arg(long, value_name = "N")]
    after: Vec<u64>,
    /// Kết thúc sau bao lâu: 7d, 36h; không ghi thì 14d. | It ends after 7d, 36h; else 14d.
    #[arg(long, value_name = "TIME", default_value = "14d")]
    until: String,
    /// Ai. | Who.
    #[arg(long, value_name = "WHO")]
    by: String,
    /// Bao nhiêu phần trăm đài nghe thấy có buổi phát tốt thì sang đợt sau; không ghi thì 90. | Percent of good ones for the next wave; else 90.
    #[arg(long, value_name = "PERCENT", default_value_t = 90, value_parser = percent)]
    good: u8,
    /// Bao nhiêu phần trăm hỏng thì dừng; không ghi thì 10. | Percent of bad ones at which it stops; else 10.
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = percent)]
    bad: u8,
    /// Giây chờ lời báo sau khi gửi. | Seconds before what boxes say counts.
    #[arg(long, value_name = "SECONDS", default_value_t = 150, hide = true)]
    grace: u32,
    #[command(flatten)]
    clock: ServerClockArgs,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Args, Debug)]
pub(super) struct WhichArgs {
    /// Số của đợt triển khai; không ghi thì cái mới nhất. | Its id; else the newest.
    #[arg(value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Args, Debug)]
pub(super) struct GoArgs {
    #[command(flatten)]
    which: WhichArgs,
    /// Mỗi phút xem lại, đến khi xong. | Look every minute until it ends.
    #[arg(long)]
    watch: bool,
    /// Chạy mãi: xong thì chờ lần triển khai sau; cho dịch vụ. | For ever: wait for the next one; for a service.
    #[arg(long, conflicts_with = "watch")]
    stay: bool,
}

#[derive(Args, Debug)]
pub(super) struct HaltArgs {
    #[command(flatten)]
    which: WhichArgs,
    /// Ai. | Who.
    #[arg(long, value_name = "WHO")]
    by: String,
    /// Vì sao. | Why.
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Gói để lùi, nếu lúc bắt đầu chưa đưa. | The bundle to go back with, where none was given.
    #[arg(long, value_name = "BUNDLE")]
    back: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct BackArgs {
    /// Gói cũ, đang dùng. | The old bundle, as it is in use.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// Gói mới sắp triển khai. | The new one that is to go out.
    #[arg(long, value_name = "NEW")]
    over: PathBuf,
    /// Ghi ra tệp. | The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Khóa ký (.key); ghi nhiều lần. | The keys that sign it.
    #[arg(long, value_name = "KEY", required = true)]
    with: Vec<PathBuf>,
}

pub(super) fn run(ground: &CentreGround, command: &RolloutCommand) -> Result<ExitCode, Failed> {
    match command {
        RolloutCommand::Start(args) => carry::start(ground, args),
        RolloutCommand::Status(args) => {
            let mut ledger = open_there(ground, &args.database)?;
            let record = which(&mut *ledger, args.id.as_deref())?;
            told::status(ground, &mut *ledger, &record)
        }
        RolloutCommand::Go(args) => go::go(ground, args),
        RolloutCommand::Stop(args) => carry::stop(ground, args),
        RolloutCommand::Back(args) => back::back(ground, args),
    }
}

/// The one that is meant.
fn which(ledger: &mut dyn Ledger, id: Option<&str>) -> Result<RolloutRecord, Failed> {
    let found = if let Some(id) = id {
        page(ledger, BookKind::Rollout, id)?
    } else {
        let pages = ledger.pages(BookKind::Rollout, "")?;
        let all = pages.iter().filter_map(BookPage::read::<RolloutRecord>);
        all.max_by_key(|record| (record.made, record.version))
    };
    found.ok_or_else(|| {
        let id = shown(id.unwrap_or_default());
        let said = text!(
            "không có đợt triển khai nào như vậy {id}: bắt đầu bằng loa fleet rollout start",
            "there is no such roll-out {id}: begin one with loa fleet rollout start"
        );
        Failed::new(CentreExit::Findings, said)
    })
}

fn refused(text: Text) -> Failed {
    Failed::new(CentreExit::Findings, text)
}

fn percent(written: &str) -> Result<u8, String> {
    let number = written.parse().ok().filter(|number| (1..=100).contains(number));
    number.ok_or_else(|| "một số từ 1 đến 100 | a number from 1 to 100".to_owned())
}

/// `7d`, `36h`.
fn length(written: &str) -> Option<Duration> {
    let (number, unit) = written.split_at(written.len().checked_sub(1).filter(|at| written.is_char_boundary(*at))?);
    let hours = [("d", 24), ("h", 1)].into_iter().find(|(known, _)| *known == unit)?.1;
    let hours = number.parse::<u64>().ok().filter(|number| (1..=10_000).contains(number))? * hours;
    (hours <= 400 * 24).then(|| Duration::from_hours(hours))
}
