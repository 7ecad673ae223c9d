//! Listening: connections within limits, one HTTP/1.1 conversation each. Who says nothing, dawdles, or sends more than a
//! browser does, is let go; ten phones and a flood are served alike.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{interval, timeout};
use tower::ServiceExt as _;

use super::app::{App, Peer};
use super::encryption::Encryption;
use super::routes::{aside, router};
use super::upload::intake;
use crate::diag::{Text, system, text};
use crate::edit::Editor;

/// Connections at once: fifty phones with six each, and an event stream.
const CONNECTIONS_MOST: usize = 512;

/// Connections of one address at once, so that no machine takes the room of all. Phones behind one address have six each.
const OF_ONE_ADDRESS_MOST: usize = 128;

/// So long a browser may take for the head of a request: slow lines, and nobody who trickles.
const HEAD_PATIENCE: Duration = Duration::from_secs(15);

/// The head of a request, in bytes; a browser's is under two kilobytes.
const HEAD_MOST: usize = 16 * 1024;

/// Lines of it.
const HEADERS_MOST: usize = 64;

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
    let listener = TcpListener::bind(address).await.map_err(|error| ServeError::Listen(address, error))?;
    ready(listener.local_addr().unwrap_or(address));
    // What was whole when the page last ended is taken in now.
    intake::go_on(&app);
    tokio::spawn(notice(app.clone()));
    let pages = router(&app);
    let room = Arc::new(Semaphore::new(CONNECTIONS_MOST));
    let aside = aside(&app);
    let there = Arc::new(There::default());
    let mut tls = tls.map(Arc::new);
    let mut days = interval(CERTIFICATE_EVERY);
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { return Ok(()) };
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
                // Whoever has too many is hung up on at once; those that he has stay.
                let Some(seat) = there.enter(peer.ip()) else { continue };
                let (pages, aside, tls) = (pages.clone(), aside.clone(), tls.clone());
                tokio::spawn(async move {
                    // A browser that hangs up or dawdles harms nobody but itself.
                    let _ = stream.set_nodelay(true);
                    let _ = match tls {
                        None => converse(TokioIo::new(stream), pages, peer).await.ok(),
                        Some(tls) => encrypted(stream, &tls, pages, aside, peer).await,
                    };
                    drop((place, seat));
                });
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

/// A conversation over TLS. Whoever typed an address without `https` is led to it, and finds the certificate on his way.
async fn encrypted(stream: TcpStream, tls: &Encryption, pages: Router, aside: Router, peer: SocketAddr) -> Option<()> {
    let mut first = [0];
    timeout(HEAD_PATIENCE, stream.peek(&mut first)).await.ok()?.ok()?;
    if first[0] != HANDSHAKE {
        return converse(TokioIo::new(stream), aside, peer).await.ok();
    }
    let stream = timeout(HEAD_PATIENCE, tls.accept(stream)).await.ok()?.ok()?;
    converse(TokioIo::new(stream), pages, peer).await.ok()
}

/// How many connections each address has.
#[derive(Default)]
struct There(Mutex<HashMap<IpAddr, usize>>);

/// One of them.
struct Seat(Arc<There>, IpAddr);

impl There {
    fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let mut there = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = there.entry(address).or_default();
        (*count < OF_ONE_ADDRESS_MOST).then(|| {
            *count += 1;
            Seat(self.clone(), address)
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut there = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = there.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                there.remove(&self.1);
            }
        }
    }
}

async fn converse<I>(stream: I, pages: Router, peer: SocketAddr) -> hyper::Result<()>
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + 'static,
{
    let pages = pages.layer(axum::Extension(Peer(peer)));
    let service = TowerToHyperService::new(
        pages.map_request(|request: hyper::Request<hyper::body::Incoming>| request.map(axum::body::Body::new)),
    );
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(HEAD_MOST)
        .max_headers(HEADERS_MOST)
        .serve_connection(stream, service)
        .await
}
