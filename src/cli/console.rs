use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::page::Page;
use super::{Context, Exit, Failure, files};
use crate::clock::Clock;
use crate::console::address::LISTEN;
use crate::console::{self, App};
use crate::diag::text;
use crate::disk;
use crate::machine::MachineClock;
use crate::site::Site;

/// The page for people.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ConsoleArgs {
    /// Địa chỉ và cổng; không ghi thì theo loa.toml, rồi 127.0.0.1:8080. | Address and port; else after loa.toml, then 127.0.0.1:8080.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

/// `loa console`: serve the page until the process ends.
pub(super) fn run(context: &Context, args: &ConsoleArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    let clock: Arc<dyn Clock> = Arc::new(MachineClock);
    let site = Site::new(&context.dir);
    let address = args.listen.or(disk::station::load(&context.dir).0.console).unwrap_or(LISTEN);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(4).build()?;
    runtime.block_on(async {
        let app = App::new(site, clock, false).map_err(|error| Failure::new(Exit::Io, error.text()))?;
        let lang = context.lang;
        let ready = |address: SocketAddr| {
            let said = text!("Trang của đài: http://{address}/", "The station's page: http://{address}/");
            Page::line(said.get(lang));
        };
        console::serve(app, address, ready).await.map_err(|error| Failure::new(Exit::Io, error.text()))
    })?;
    Ok(ExitCode::SUCCESS)
}
