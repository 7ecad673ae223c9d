//! `loa relay`: fetches higher stations for `loa run`; or listens to one and says how it fares.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::page::Page;
use super::{Context, Exit, Failure, child, files};
use crate::clock::Clock;
use crate::diag::{Text, system, text};
use crate::machine::MachineClock;
use crate::relay;
use crate::site::Site;
use crate::{audio, disk};

/// `loa relay`.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct RelayArgs {
    /// Tắt khi đầu vào đóng, tức là khi loa run tắt. | End when the input is closed: when loa run has ended.
    #[arg(long, hide = true)]
    with_daemon: bool,
}

pub(super) fn run(context: &Context, args: &RelayArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    let station = disk::station::load(&context.dir).0;
    if station.relays.is_empty() && station.proof.is_empty() {
        return Err(Failure::new(
            Exit::Configuration,
            text!(
                "loa.toml chưa ghi đài cấp trên nào: viết [relays.dai-tinh] với url = \"https://…\"",
                "loa.toml names no higher station: write [relays.dai-tinh] with url = \"https://…\""
            ),
        )
        .into());
    }
    child::end_with(args.with_daemon)?;
    audio::hush_decoders();
    let (clock, lang): (Arc<dyn Clock>, _) = (Arc::new(MachineClock), context.lang);
    let log: Arc<dyn Fn(&Text) + Send + Sync> =
        Arc::new(move |said: &Text| Page::aside(format_args!("loa relay: {}", said.get(lang))));
    relay::serve(&Site::new(&context.dir), &clock, &log).map_err(|error| {
        let Text { vi, en } = system(&error);
        Failure::new(
            Exit::Io,
            text!("không mở được chỗ giao tiếng state/relay: {vi}", "failed to open state/relay: {en}"),
        )
    })?;
    Ok(ExitCode::SUCCESS)
}
