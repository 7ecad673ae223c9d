use std::process::ExitCode;

use clap::Args;

use super::{Context, talk};
use crate::daemon::protocol::Command;
use crate::diag::text;

/// `loa say`.
#[derive(Args, Debug)]
pub(super) struct SayArgs {
    /// Tên âm thanh trong audio/. | A sound in audio/.
    file: String,
    /// Chỉ cụm loa hay nhóm này (lặp lại được). | Only this zone or group (may be repeated).
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
