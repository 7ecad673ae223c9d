use std::process::ExitCode;

use clap::Args;

use super::{Context, talk};
use crate::daemon::protocol::Command;
use crate::diag::text;

/// `loa alert`.
#[derive(Args, Debug)]
pub(super) struct AlertArgs {
    /// Tên âm thanh trong audio/. A sound in audio/.
    file: String,
    /// Chỉ các cụm loa hay nhóm này: mã hoặc tên, nhiều thì cách nhau dấu phẩy. Only these zones or groups.
    #[arg(long, value_name = "ZONE")]
    zone: Vec<String>,
    /// Ai ra lệnh. On whose word.
    #[arg(long, value_name = "WHO")]
    by: String,
    /// Vì sao. Why.
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Phát mấy lần. How many times it is heard.
    #[arg(long, default_value_t = 1, value_name = "N")]
    repeat: u32,
}

pub(super) fn run(context: &Context, args: AlertArgs) -> anyhow::Result<ExitCode> {
    let name = args.file.clone();
    let command = Command::Alert { name: args.file, zones: args.zone, by: args.by, why: args.why, times: args.repeat };
    let said = text!("Đang phát khẩn cấp «{name}».", "Emergency \"{name}\" on air.");
    talk::order(context, &command, &said)?;
    Ok(ExitCode::SUCCESS)
}
