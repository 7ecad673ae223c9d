use std::process::ExitCode;

use clap::Args;

use super::{Context, order};
use crate::daemon::protocol::Command;

/// `loa stop`.
#[derive(Args, Debug)]
pub(super) struct StopArgs {
    /// Chỉ các cụm loa hay nhóm này: mã hoặc tên, nhiều thì cách nhau dấu phẩy. | Only these zones or groups.
    #[arg(long, value_name = "ZONE")]
    zone: Vec<String>,
}

pub(super) fn run(context: &Context, args: &StopArgs) -> anyhow::Result<ExitCode> {
    let command = Command::Stop { zones: args.zone.clone(), by: String::new(), orders: Vec::new(), wait: true };
    order::give(context, &command, &args.zone)
}
