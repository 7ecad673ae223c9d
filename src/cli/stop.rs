use std::process::ExitCode;

use clap::Args;

use super::{Context, talk};
use crate::daemon::protocol::Command;
use crate::diag::text;

/// `loa stop`.
#[derive(Args, Debug)]
pub(super) struct StopArgs {
    /// Chỉ cụm loa hay nhóm này (lặp lại được). | Only this zone or group (may be repeated).
    #[arg(long, value_name = "ZONE")]
    zone: Vec<String>,
}

pub(super) fn run(context: &Context, args: StopArgs) -> anyhow::Result<ExitCode> {
    talk::order(context, &Command::Stop { zones: args.zone }, &text!("Đã dừng.", "Stopped."))?;
    Ok(ExitCode::SUCCESS)
}
