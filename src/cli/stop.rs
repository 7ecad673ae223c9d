use std::process::ExitCode;

use clap::Args;

use super::{Context, talk};
use crate::daemon::protocol::Command;
use crate::diag::text;

/// `loa stop`.
#[derive(Args, Debug)]
pub(super) struct StopArgs {
    /// Chỉ các cụm loa hay nhóm này: mã hoặc tên, nhiều thì cách nhau dấu phẩy. Only these zones or groups.
    #[arg(long, value_name = "ZONE")]
    zone: Vec<String>,
}

pub(super) fn run(context: &Context, args: StopArgs) -> anyhow::Result<ExitCode> {
    talk::order(context, &Command::Stop { zones: args.zone }, &text!("Đã dừng.", "Stopped."))?;
    Ok(ExitCode::SUCCESS)
}
