use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::page::Page;
use super::{Context, Exit, Failure, child, files};
use crate::clock::Clock;
use crate::console::address::{self, LISTEN, good_at};
use crate::console::{self, App, Encryption, PageLock, tls};
use crate::diag::text;
use crate::disk::{self, station::is_unset};
use crate::machine::MachineClock;
use crate::setup::SetupLink;
use crate::site::Site;
use crate::station::CertificateFiles;

/// How often the page of a station that nobody has set up looks whether somebody has.
const MOVED_EVERY: Duration = Duration::from_secs(2);

/// The page for people.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ConsoleArgs {
    /// Địa chỉ và cổng; không ghi thì theo loa.toml, rồi 127.0.0.1:8080. | Address and port; else after loa.toml, then 127.0.0.1:8080.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Tắt khi đầu vào đóng, tức là khi loa run tắt. | End when the input is closed: when loa run has ended.
    #[arg(long, hide = true)]
    with_daemon: bool,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// Làm chứng nhận riêng để trang được mã hóa. | Make a certificate of the station's own, for an encrypted page.
    Cert {
        /// Tên hay địa chỉ của trang; không ghi thì mọi địa chỉ của máy này. | Names or addresses of the page; else every address of this machine.
        #[arg(long, value_name = "NAME")]
        name: Vec<String>,
    },
    /// In ra bản mô tả giao diện cho chương trình (OpenAPI). | Print the description of the interface for programs (OpenAPI).
    Openapi,
}

/// `loa console`: serve the page until the process ends.
pub(super) fn run(context: &Context, args: &ConsoleArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    match &args.action {
        Some(Action::Cert { name }) => return certify(context, name),
        Some(Action::Openapi) => {
            Page::data(serde_json::to_string_pretty(&console::api::document())? + "\n");
            return Ok(ExitCode::SUCCESS);
        }
        None => {}
    }
    let clock: Arc<dyn Clock> = Arc::new(MachineClock);
    let site = Site::new(&context.dir);
    let own = site.clone();
    let station = disk::station::load(&context.dir).0;
    let wanted = wanted(&site);
    let address = args.listen.unwrap_or(wanted);
    let encryption = |files: &CertificateFiles| {
        let own = own_names(address);
        Encryption::open(site.clone(), files.clone(), own, MachineClock.wall())
    };
    let tls = station.certificate.as_ref().map(encryption).transpose();
    let tls = tls.map_err(|error| Failure::new(Exit::Io, error.text()))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let names = station.certificate.as_ref().map(|files| tls::names(&site, files)).unwrap_or_default();
    child::end_with(args.with_daemon)?;
    let lock = if args.with_daemon {
        // What another page serves is served: this one takes its place when it ends, and makes no noise meanwhile.
        PageLock::wait(&site, &MachineClock, |other| Page::aside(other.text().get(context.lang)))
    } else {
        PageLock::take(&site).map_err(|other| Failure::new(Exit::Io, other.text()))?
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(4).build()?;
    runtime.block_on(async {
        let app = App::new(site, clock, tls.is_some()).map_err(|error| Failure::new(Exit::Io, error.text()))?;
        let lang = context.lang;
        let ready = |at: SocketAddr| {
            let is_anywhere = at.ip().is_unspecified() && !names.is_empty();
            let address = if is_anywhere { good_at(at, &names) } else { at.to_string() };
            let said = text!("Trang của đài: {scheme}://{address}/", "The station's page: {scheme}://{address}/");
            Page::line(said.get(lang));
        };
        let moves = args.listen.is_none() && is_unset(&context.dir);
        tokio::select! {
            served = console::serve(app, address, tls, ready) => {
                served.map_err(|error| Failure::new(Exit::Io, error.text()))
            }
            // Whoever keeps it running starts it again, there.
            () = moved(&own, wanted), if moves => Ok(()),
        }
    })?;
    drop(lock);
    Ok(ExitCode::SUCCESS)
}

/// Where the page is to be: as `loa.toml` says; while nobody has set the station up, where the link for that leads.
fn wanted(site: &Site) -> SocketAddr {
    let written = disk::station::load(site.dir()).0.console;
    let of_link = || {
        let link = SetupLink::open(site, MachineClock.wall()).filter(|_| is_unset(site.dir()));
        link.and_then(|link| link.listen.parse().ok())
    };
    written.or_else(of_link).unwrap_or(LISTEN)
}

/// Returns once the page of a new station is to be somewhere else.
async fn moved(site: &Site, here: SocketAddr) {
    while wanted(site) == here {
        tokio::time::sleep(MOVED_EVERY).await;
    }
}

/// Make the certificate, and say what to write and where phones find it.
fn certify(context: &Context, names: &[String]) -> anyhow::Result<ExitCode> {
    let (site, station) = (Site::new(&context.dir), disk::station::load(&context.dir).0);
    let listen = station.console.unwrap_or(LISTEN);
    let names = if names.is_empty() { own_names(listen) } else { names.to_vec() };
    let failed = |error: &tls::TlsError| Failure::new(Exit::Io, error.text());
    let called = tls::make(&site, &names, MachineClock.wall()).map_err(|error| failed(&error))?;
    let path = site.relative(&site.certificate()).display().to_string();
    let (cert, key) = (format!("{path}/{}", tls::PAGE), format!("{path}/{}", tls::PAGE_KEY));
    if context.json {
        Page::line(serde_json::json!({"names": names, "authority": called, "cert": cert, "key": key}));
        return Ok(ExitCode::SUCCESS);
    }
    let (all, address) = (names.join(", "), good_at(listen, &names));
    let said = text!(
        "Đã làm chứng nhận, dùng được một năm, cho: {all}. Còn dưới 30 ngày thì trang tự làm cái mới, điện thoại không phải làm gì thêm.\nGhi vào loa.toml rồi khởi động lại trang:\n\n  [console]\n  cert = \"{cert}\"\n  key = \"{key}\"\n\nMỗi điện thoại làm một lần: mở http://{address}/ca và làm theo các bước ở đó. Tên chứng nhận: {called}.",
        "The certificate is made, good for a year, for: {all}. The page makes it anew thirty days before its end; the phones need nothing more.\nWrite in loa.toml and start the page again:\n\n  [console]\n  cert = \"{cert}\"\n  key = \"{key}\"\n\nOnce for each phone: open http://{address}/ca and take the steps there. It is called: {called}."
    );
    Page::line(said.get(context.lang));
    Ok(ExitCode::SUCCESS)
}

/// What the page is reached by, where nobody says so.
fn own_names(listen: SocketAddr) -> Vec<String> {
    let written = (!listen.ip().is_unspecified()).then(|| listen.ip());
    // The address of the world, if the machine has one, is no matter of this certificate.
    let own =
        address::own().into_iter().filter(|ip| matches!(ip, IpAddr::V4(ip) if ip.is_private() || ip.is_link_local()));
    let mut names: Vec<String> = written.into_iter().chain(own).map(|ip| ip.to_string()).collect();
    names.extend(["127.0.0.1".to_owned(), "localhost".to_owned(), "loa.local".to_owned()]);
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}
