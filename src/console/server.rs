//! Listening: connections within limits, one HTTP/1.1 conversation each. Who says nothing, dawdles, or sends more than a
//! browser does, is let go; ten phones and a flood are served alike.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Body as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{interval, timeout};
use tower::ServiceExt as _;

use super::alarm;
use super::app::{App, Peer};
use super::connections::{Connections, OneConnection};
use super::encryption::Encryption;
use super::patient::Patient;
use super::routes::{aside, router};
use super::upload::intake;
use crate::diag::{Text, system, text};
use crate::edit::Editor;

/// So long a browser may take for the head of a request: slow lines, and nobody who trickles.
const HEAD_PATIENCE: Duration = Duration::from_secs(15);

/// The head of a request, in bytes; a browser's is under two kilobytes.
const HEAD_MOST: usize = 16 * 1024;

/// Lines of it.
const HEADERS_MOST: usize = 64;

/// What the kernel keeps for a connection, each way: it counts as the page's own memory, and whoever does not read his
/// answers fills it. More than a phone on Wi-Fi has on its way.
const KERNEL_BYTES: u32 = 64 * 1024;

/// Connections that wait to be taken up.
const BACKLOG: u32 = 1_024;

/// How often the certificate is read again.
const CERTIFICATE_EVERY: Duration = Duration::from_hours(24);

/// How often it is looked whether somebody has written in `schedules/` without the page.
const NOTICE_EVERY: Duration = Duration::from_mins(1);

/// Why the page could not be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
}

impl ServeError {
    /// What to tell a person.
    pub fn text(&self) -> Text {
        let Self::Listen(address, error) = self;
        let Text { vi, en } = system(error);
        text!(
            "không mở được trang ở {address}: {vi}; xem lại [console] listen trong loa.toml",
            "the page cannot be opened at {address}: {en}; look at [console] listen in loa.toml"
        )
    }
}

/// Serve the console at `address` until the process ends, over TLS where there is an acceptor. `ready` is told the address,
/// with the port that was given.
pub async fn serve(
    app: App,
    address: SocketAddr,
    tls: Option<Encryption>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let listener = listen(address).map_err(|error| ServeError::Listen(address, error))?;
    ready(listener.local_addr().unwrap_or(address));
    // What was whole when the page last ended is taken in now.
    intake::go_on(&app);
    tokio::spawn(notice(app.clone()));
    tokio::spawn(alarm::follow(app.clone()));
    let pages = router(&app);
    let aside = aside(&app);
    let connections = Arc::new(Connections::default());
    let mut tls = tls.map(Arc::new);
    let mut days = interval(CERTIFICATE_EVERY);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = days.tick() => {
                if let Some(known) = tls.take() {
                    let (old, now) = (known.clone(), app.now().wall);
                    let new = tokio::task::spawn_blocking(move || old.again(now)).await;
                    tls = Some(new.ok().and_then(Result::ok).map_or(known, Arc::new));
                }
                continue;
            }
        };
        match accepted {
            Ok((stream, peer)) => {
                // Where all are people who are logged in, a newcomer is hung up on; those who are there stay.
                let Some(connection) = connections.enter(peer.ip()) else { continue };
                let (pages, aside, tls) = (pages.clone(), aside.clone(), tls.clone());
                tokio::spawn(async move {
                    // A browser that hangs up or dawdles harms nobody but itself.
                    let _ = stream.set_nodelay(true);
                    let caller = Caller { peer, connection: connection.clone() };
                    let talk = async {
                        match tls {
                            None => converse(TokioIo::new(stream), pages, caller).await.ok(),
                            Some(tls) => encrypted(stream, &tls, pages, aside, caller).await,
                        }
                    };
                    tokio::select! {
                        _ = talk => {}
                        () = connection.gives_way() => {}
                    }
                });
                // Whoever gave way is gone before the next one comes.
                tokio::task::yield_now().await;
            }
            // Out of file descriptors, most likely: let some close.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Keep what is changed in `schedules/` without the page, as versions like any other.
async fn notice(app: App) {
    loop {
        let (site, now) = (app.site().clone(), app.now().wall);
        // What cannot be kept now is kept the next time.
        let _ = tokio::task::spawn_blocking(move || Editor::new(site).notice(now)).await;
        tokio::time::sleep(NOTICE_EVERY).await;
    }
}

/// The first byte of a conversation over TLS.
const HANDSHAKE: u8 = 0x16;

/// Whoever is at the other end.
#[derive(Clone)]
struct Caller {
    peer: SocketAddr,
    connection: OneConnection,
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    // What is taken up has the same.
    socket.set_send_buffer_size(KERNEL_BYTES)?;
    socket.set_recv_buffer_size(KERNEL_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A conversation over TLS. Whoever typed an address without `https` is led to it, and finds the certificate on his way.
async fn encrypted(stream: TcpStream, tls: &Encryption, pages: Router, aside: Router, caller: Caller) -> Option<()> {
    let mut first = [0];
    timeout(HEAD_PATIENCE, stream.peek(&mut first)).await.ok()?.ok()?;
    if first[0] != HANDSHAKE {
        return converse(TokioIo::new(stream), aside, caller).await.ok();
    }
    let stream = timeout(HEAD_PATIENCE, tls.accept(stream)).await.ok()?.ok()?;
    converse(TokioIo::new(stream), pages, caller).await.ok()
}

async fn converse<I>(stream: I, pages: Router, caller: Caller) -> hyper::Result<()>
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let (pages, caller) = (pages.clone(), caller.clone());
        async move {
            let Caller { peer, connection } = caller;
            connection.asked();
            if request.body().is_end_stream() {
                connection.served();
            }
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(Peer(peer));
            request.extensions_mut().insert(connection.clone());
            let answer = pages.oneshot(request).await;
            connection.answered();
            answer
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(HEAD_MOST)
        .max_headers(HEADERS_MOST)
        .serve_connection(Patient::new(stream), service)
        .with_upgrades()
        .await
}
