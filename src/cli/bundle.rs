//! `loa bundle`: schedules and sounds that are signed here and installed elsewhere; keys, and who may sign what.

mod look;
mod make;
mod papers;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::ToSpan as _;

use super::{Context, Exit, Failure};
use crate::bundle::{PublicKey, UtcSecond};
use crate::clock::Clock;
use crate::courier::{Unfit, public_of};
use crate::diag::{Text, shown, text};
use crate::instant::Wall;

/// `loa bundle`.
#[derive(Args, Debug)]
pub(super) struct BundleArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Tạo một khóa: TÊN.key cất kỹ, TÊN.pub cho mọi người. | Make a key: NAME.key for a safe, NAME.pub for everybody.
    Key(papers::KeyArgs),
    /// Lập danh sách ai được ký gì; khóa gốc ký bằng «sign». | List who may sign what; the roots sign it with "sign".
    Keys(papers::KeysArgs),
    /// Thu hồi khóa bị mất hay bị lộ; khóa gốc ký bằng «sign». | Revoke keys that were lost; the roots sign it.
    Revoke(papers::RevokeArgs),
    /// Gói lịch và âm thanh của đài này để gửi đi. | Pack this station's schedules and sounds, to be sent.
    Make(make::MakeArgs),
    /// Ký thêm vào gói tin, danh sách khóa hay giấy thu hồi. | Put a signature on a bundle, or on a list of keys.
    Sign(papers::SignArgs),
    /// Xem trong gói có gì, ai ký. | What a bundle holds, and whose signatures are on it.
    Show(look::FileArgs),
    /// Đài này có nhận gói ấy không, mà chưa cài. | Whether this station would take it; nothing is installed.
    Verify(look::FileArgs),
    /// Cài gói tin vào đài này. | Install it on this station.
    Install(look::FileArgs),
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &BundleArgs) -> anyhow::Result<ExitCode> {
    match &args.what {
        What::Key(args) => papers::key(context, args),
        What::Keys(args) => papers::keys(context, clock.wall(), args),
        What::Revoke(args) => papers::revoke(context, clock.wall(), args),
        What::Make(args) => make::run(context, clock, args),
        What::Sign(args) => papers::sign(context, args),
        What::Show(args) => look::show(context, args),
        What::Verify(args) => look::verify(context, clock, args),
        What::Install(args) => look::install(context, clock, args),
    }
}

/// What somebody typed is not what it must be.
fn wrong(text: Text) -> anyhow::Error {
    Failure::new(Exit::Usage, text).into()
}

fn public(written: &str) -> anyhow::Result<PublicKey> {
    public_of(written).map_err(wrong)
}

/// The end of the day that somebody wrote, in the station's time: one that is not past.
fn until(context: &Context, now: Wall, written: &str) -> anyhow::Result<UtcSecond> {
    let tz = crate::disk::station::load(&context.dir).0.timezone;
    let day: Option<jiff::civil::Date> = written.trim().parse().ok();
    let end = day.and_then(|day| day.at(23, 59, 59, 0).to_zoned(tz.clone()).ok());
    let end = end.map(|end| UtcSecond::of(Wall::from_secs(end.timestamp().as_second())));
    if end.is_some_and(|end| end.wall() < now) {
        let today = now.zoned(&tz).date();
        let (day, coming) = (written.trim(), today.saturating_add(30.days()));
        return Err(wrong(text!(
            "ngày {day} ở --until đã qua (hôm nay {today}): ghi ngày sắp tới, như --until {coming}",
            "the day {day} of --until is past (today is {today}): write a day to come, such as --until {coming}"
        )));
    }
    end.ok_or_else(|| {
        let written = shown(written);
        wrong(text!(
            "không hiểu ngày «{written}»: viết năm-tháng-ngày, ví dụ 2026-12-31",
            "cannot read the date \"{written}\": write year-month-day, such as 2026-12-31"
        ))
    })
}

fn place(written: &str) -> anyhow::Result<crate::bundle::Locality> {
    crate::bundle::Locality::read(written).ok_or_else(|| {
        let written = shown(written);
        wrong(text!(
            "không hiểu nơi «{written}»: viết chữ thường không dấu và số, cách nhau bằng dấu chấm, ví dụ vn.p01.c003",
            "cannot read the place \"{written}\": write small letters and digits with points between, such as vn.p01.c003"
        ))
    })
}

/// Why a bundle was not taken, as a failure.
pub(super) fn unfit(context: &Context, why: &Unfit) -> Failure {
    let exit = match why {
        Unfit::Disk(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Exit::Permission,
        Unfit::Disk(_) | Unfit::NoRoom(..) | Unfit::Busy => Exit::Io,
        _ => Exit::Findings,
    };
    if exit == Exit::Permission {
        return Failure::new(
            exit,
            text!(
                "tài khoản này không được ghi vào state/ của đài: hãy chạy bằng quyền quản trị (sudo)",
                "this account may not write the station's state/: run it as administrator (sudo)"
            ),
        );
    }
    Failure::new(exit, why.text(&crate::disk::station::load(&context.dir).0.timezone))
}
