use std::process::ExitCode;

use clap::Args;

use super::{Context, talk};
use crate::daemon::protocol::Command;
use crate::diag::text;

/// `loa say`.
#[derive(Args, Debug)]
pub(super) struct SayArgs {
    /// Tên âm thanh trong audio/. A sound in audio/.
    file: String,
    /// Chỉ các cụm loa hay nhóm này: mã hoặc tên, nhiều thì cách nhau dấu phẩy. Only these zones or groups.
    #[arg(long, value_name = "ZONE")]
    zone: Vec<String>,
}

pub(super) fn run(context: &Context, args: SayArgs) -> anyhow::Result<ExitCode> {
    let name = args.file.clone();
    let said = text!(
        "Đã nhận: «{name}» phát ngay khi cụm loa rảnh, trong giờ cho phép.",
        "Taken: \"{name}\" plays as soon as the zone is free, within the hours."
    );
    talk::order(context, &Command::Say { name: args.file, zones: args.zone }, &said)?;
    Ok(ExitCode::SUCCESS)
}
