use std::process::ExitCode;

use clap::Args;

use super::{Context, order};
use crate::daemon::protocol::Command;

/// `loa say`.
#[derive(Args, Debug)]
pub(super) struct SayArgs {
    /// Tên âm thanh trong audio/. | A sound in audio/.
    file: String,
    /// Chỉ các cụm loa hay nhóm này: mã hoặc tên, nhiều thì cách nhau dấu phẩy. | Only these zones or groups.
    #[arg(long, value_name = "ZONE")]
    zone: Vec<String>,
}

pub(super) fn run(context: &Context, args: SayArgs) -> anyhow::Result<ExitCode> {
    let name = order::sound_name(context, args.file);
    let command = Command::Say { name, zones: args.zone.clone(), by: String::new(), wait: true };
    order::give(context, &command, &args.zone)
}
