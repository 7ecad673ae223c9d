//! What a request brings, read whole within a length and a time. It is copied as it comes: a body in ten thousand pieces
//! takes no more room than the same in one.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Extensions, StatusCode};
use hyper::body::Body as _;
use tokio::time::timeout;

use super::connections::OneConnection;
use super::who::Who;

/// A form of the console has some hundred short fields and a text or two.
pub(super) const BYTES_MOST: usize = 256 * 1024;

/// So long that may take to come in: a slow line, and nobody who trickles.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a stranger sends to log in: a name and a password.
const SHORT: usize = 4 * 1024;

/// What a stranger may send at most: what was typed before he was logged out, or the hamlets of a new station.
pub(super) const OF_STRANGERS_MOST: usize = 72 * 1024;

/// So long that may take to come in.
const PATIENCE_WITH_STRANGERS: Duration = Duration::from_secs(30);

/// The body of a request, of whom its extensions tell: `PAYLOAD_TOO_LARGE`, `REQUEST_TIMEOUT`, or `BAD_REQUEST` where the line broke.
pub(super) async fn whole(extensions: &Extensions, body: Body) -> Result<Vec<u8>, StatusCode> {
    let is_known = extensions.get::<Who>().is_some_and(|who| who.person.is_some());
    let connection = extensions.get::<OneConnection>();
    let (most, patience) = if is_known { (BYTES_MOST, PATIENCE) } else { (OF_STRANGERS_MOST, PATIENCE_WITH_STRANGERS) };
    let stranger = connection.filter(|_| !is_known);
    let read = timeout(patience, read(body, most, stranger)).await;
    let bytes = read.map_err(|_| StatusCode::REQUEST_TIMEOUT)??;
    connection.inspect(|connection| connection.served());
    Ok(bytes)
}

async fn read(mut body: Body, most: usize, stranger: Option<&OneConnection>) -> Result<Vec<u8>, StatusCode> {
    if body.size_hint().lower() > most as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let (mut bytes, mut is_long) = (Vec::new(), false);
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(piece) = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() else { continue };
        let length = bytes.len() + piece.len();
        if length > most {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        if length > SHORT && !is_long {
            is_long = true;
            stranger.inspect(|connection| connection.long_form());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}
