//! `loa fleet alarm`: give one, end it, stand by it, and see who has heard it.

mod give;
mod standing;
mod until;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use loa_core::diag::{is_same_name, shown, text};
use loa_core::signature::UtcSecond;

use super::clock::ServerClockArgs;
use super::collect::{DatabaseArgs, open_there};
use super::{CentreExit, CentreGround, Failed, Screen};
use crate::answers::alarms;
use crate::dispatch::AlarmRecord;
use crate::fleet::Register;
use crate::ledger::{BookKind, BookPage, Ledger};
use crate::watch;

/// `loa fleet alarm`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, arg_required_else_help = true)]
pub(super) struct AlarmArgs {
    #[command(subcommand)]
    command: Option<AlarmCommand>,
    #[command(flatten)]
    give: GiveArgs,
}

#[derive(Subcommand, Debug)]
enum AlarmCommand {
    /// Kết thúc: đài chưa phát sẽ không phát nữa. | End it: stations that have not sounded it yet will not.
    End(EndArgs),
    /// Ai đã nghe, ai chưa và vì sao, gọi cho ai. | Who has heard it, who has not and why, whom to call.
    Status(StatusArgs),
    /// Người thứ hai xác nhận báo động cả xã. | The second person stands by the alarm of a whole commune.
    Second(SecondArgs),
}

#[derive(Args, Debug)]
struct GiveArgs {
    /// Nơi hay nhóm; ghi nhiều lần. | Places or groups.
    #[arg(long, value_name = "PLACE", required = true, num_args = 1..)]
    to: Vec<String>,
    /// Mẫu có sẵn: lu, bao, chay-rung, tim-nguoi, khac. | A preset: lu, bao, chay-rung, tim-nguoi, khac.
    #[arg(long, value_name = "NAME", conflicts_with = "sound", required_unless_present = "sound")]
    preset: Option<String>,
    /// Bản ghi có sẵn trong audio/ của các đài. | A sound that the stations have in audio/.
    #[arg(long, value_name = "NAME")]
    sound: Option<String>,
    /// Gọi là gì: «Lũ về thượng nguồn». | What people call it.
    #[arg(long, value_name = "NAME")]
    title: Option<String>,
    /// Phát mấy lần; không ghi thì 3. | How many times it is heard; else 3.
    #[arg(long, value_name = "N", default_value_t = 3)]
    times: u32,
    /// Không có tiếng báo trước. | Without the tone before it.
    #[arg(long)]
    no_tone: bool,
    /// Hết hạn: 30m, 2h, hay 14:30; không quá 24 giờ. | Over: after 30m, 2h, or at 14:30; a day at most.
    #[arg(long, value_name = "TIME", required = true)]
    until: Option<String>,
    /// Ai ra lệnh. | Who orders it.
    #[arg(long, value_name = "WHO", required = true)]
    by: Option<String>,
    /// Vì sao. | Why.
    #[arg(long, value_name = "TEXT", required = true)]
    why: Option<String>,
    /// Khóa khẩn cấp (.key); hai người thì ghi hai lần. | The emergency key; twice for two persons.
    #[arg(long, value_name = "KEY", required = true)]
    with: Vec<PathBuf>,
    /// Người thứ hai. | The second person.
    #[arg(long, value_name = "WHO")]
    second: Option<String>,
    /// Không có người thứ hai, vì sao; được ghi lại. | There is no second person, and why; it is written down.
    #[arg(long, value_name = "TEXT")]
    alone: Option<String>,
    /// Phát thêm lần nữa dù báo động ấy đang có. | Once more, though it holds already.
    #[arg(long)]
    again: bool,
    /// Chờ các đài trả lời bao nhiêu giây; không ghi thì 20. | How many seconds to wait for answers; else 20.
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    wait: u64,
    #[command(flatten)]
    clock: ServerClockArgs,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Args, Debug)]
struct EndArgs {
    /// Số của báo động. | The alarm's id.
    #[arg(value_name = "ID")]
    id: String,
    /// Ai. | Who.
    #[arg(long, value_name = "WHO")]
    by: String,
    /// Khóa khẩn cấp (.key). | The emergency key.
    #[arg(long, value_name = "KEY", required = true)]
    with: Vec<PathBuf>,
    /// Nơi; không ghi thì mọi nơi đã gửi. | The places; else all it was given to.
    #[arg(long, value_name = "PLACE", num_args = 1..)]
    to: Vec<String>,
    #[command(flatten)]
    clock: ServerClockArgs,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Args, Debug)]
struct StatusArgs {
    /// Số của báo động; không ghi thì cái mới nhất. | The alarm's id; else the newest.
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Ghi bảng cho Excel. | Write a table for a spreadsheet.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Args, Debug)]
struct SecondArgs {
    /// Số của báo động. | The alarm's id.
    #[arg(value_name = "ID")]
    id: String,
    /// Ai, không phải người ra lệnh. | Who, and not the one who gave it.
    #[arg(long, value_name = "WHO")]
    by: String,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) fn run(ground: &CentreGround, args: &AlarmArgs) -> Result<ExitCode, Failed> {
    match &args.command {
        Some(AlarmCommand::End(args)) => give::end(ground, args),
        Some(AlarmCommand::Status(args)) => standing::status(ground, args),
        Some(AlarmCommand::Second(args)) => second(ground, args),
        None => give::give(ground, &args.give),
    }
}

fn second(ground: &CentreGround, args: &SecondArgs) -> Result<ExitCode, Failed> {
    let register = Register::read(&ground.dir)?;
    let mut ledger = open_there(ground, &args.database)?;
    let mut record = known(&mut *ledger, &register, &args.id)?;
    if record.by.is_empty() {
        let id = &record.id;
        let said = text!(
            "sổ không ghi ai phát báo động số {id} (cơ sở dữ liệu lập lại, hay lệnh gõ ở máy khác), nên không biết người xác nhận có phải người khác không: ghi vào sổ giấy",
            "the book does not say who gave the alarm {id} (its database was made anew, or it was given elsewhere), so nobody can tell whether whoever stands by it is another person: write it into the paper book"
        );
        return Err(Failed::new(CentreExit::Findings, said));
    }
    if !is_another(&args.by, &record.by) {
        let said = text!("người xác nhận phải là người khác", "whoever stands by it has to be another person");
        return Err(Failed::new(CentreExit::Findings, said));
    }
    if !record.second.is_empty() {
        let (id, second) = (&record.id, shown(&record.second));
        let said = text!(
            "báo động số {id} đã có người thứ hai: {second}",
            "the alarm {id} has a second person already: {second}"
        );
        return Err(Failed::new(CentreExit::Findings, said));
    }
    args.by.trim().clone_into(&mut record.second);
    record.second_until = None;
    let now = watch::now();
    ledger.write_pages(&[BookPage::of(BookKind::Alarm, &record.id, &record, now)])?;
    let (id, by) = (&record.id, shown(&record.second));
    let said = text!("Đã ghi: {by} xác nhận báo động số {id}.", "Written down: {by} stands by the alarm {id}.");
    Screen::line(said.get(ground.lang));
    Ok(ExitCode::SUCCESS)
}

/// Whether these are two persons: a name is one however it is typed, and blanks and signs are nobody's.
fn is_another(name: &str, first: &str) -> bool {
    name.chars().any(char::is_alphanumeric) && !is_same_name(name, first)
}

fn known(ledger: &mut dyn Ledger, register: &Register, id: &str) -> Result<AlarmRecord, Failed> {
    alarms(ledger, Some(register))?.remove(id).ok_or_else(|| {
        let id = shown(id);
        let said = text!(
            "không có báo động số «{id}»: xem loa fleet alarm status",
            "there is no alarm \"{id}\": see loa fleet alarm status"
        );
        Failed::new(CentreExit::Findings, said)
    })
}

/// The newest alarm.
fn newest(ledger: &mut dyn Ledger, register: &Register) -> Result<Option<AlarmRecord>, Failed> {
    let all = alarms(ledger, Some(register))?.into_values();
    Ok(all.max_by_key(|record| (record.made, record.id.clone())))
}

/// It holds at this instant.
fn holds(record: &AlarmRecord, now: UtcSecond) -> bool {
    record.ended.is_none() && record.expires >= now
}

/// The database, where it can be had: an alarm waits for none.
fn book(ground: &CentreGround, opened: Result<Box<dyn Ledger>, Failed>) -> Option<Box<dyn Ledger>> {
    opened.inspect_err(|failed| Screen::aside(failed.text.get(ground.lang))).ok()
}

#[cfg(test)]
mod tests {
    use super::is_another;

    #[test]
    fn the_second_person_is_not_the_first_in_another_spelling() {
        for own in ["Chủ tịch A", "chu tich a", "CHỦ  TỊCH A ", "Chủ-tịch A.", "", " ", "--"] {
            assert!(!is_another(own, "Chủ tịch A"), "{own}");
        }
        assert!(is_another("Phó chủ tịch B", "Chủ tịch A"));
    }
}
