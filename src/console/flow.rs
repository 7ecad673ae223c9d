//! A body that is written while it is sent, by a thread that may wait for the disk: what is longer than memory is
//! large. A reader that does not take it is let go, so that its thread is free for others.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::Frame;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

/// Bytes that are sent at once.
const PIECE: usize = 32 * 1024;

/// Pieces that wait for a slow reader.
const WAITING: usize = 2;

/// So long a phone at the edge of the Wi-Fi may take for one piece.
const PATIENCE: Duration = Duration::from_secs(20);

/// Bodies that are written at once; the others wait. Who reads slowly holds a thread, and the pages need some too.
static ROOM: Semaphore = Semaphore::const_new(2);

/// A body that `make` writes. Should it fail, the answer breaks off, so that nobody takes a part for the whole.
pub(super) fn flow<F>(make: F) -> Body
where
    F: FnOnce(&mut Pipe) -> io::Result<()> + Send + 'static,
{
    let (send, pieces) = mpsc::channel(WAITING);
    let runtime = Handle::current();
    tokio::spawn(async move {
        let Ok(_place) = ROOM.acquire().await else { return };
        // Whatever becomes of it, its place is free afterwards.
        let _ = tokio::task::spawn_blocking(move || write(make, send, runtime)).await;
    });
    Body::new(Flow(pieces))
}

fn write<F>(make: F, send: mpsc::Sender<io::Result<Bytes>>, runtime: Handle)
where
    F: FnOnce(&mut Pipe) -> io::Result<()>,
{
    let mut pipe = Pipe { piece: Vec::with_capacity(PIECE), send, runtime };
    let made = make(&mut pipe).and_then(|()| pipe.flush());
    if let Err(error) = made {
        // Whoever has hung up hears nothing of it.
        let _ = pipe.pass(Err(error));
    }
}

/// What is written here is sent.
pub(super) struct Pipe {
    piece: Vec<u8>,
    send: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
}

impl Pipe {
    fn pass(&self, piece: io::Result<Bytes>) -> io::Result<()> {
        let sent = self.runtime.block_on(async { timeout(PATIENCE, self.send.send(piece)).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..count]);
        if self.piece.len() == PIECE {
            self.flush()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.pass(Ok(piece.into()))
    }
}

struct Flow(mpsc::Receiver<io::Result<Bytes>>);

impl HttpBody for Flow {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn what_is_longer_than_a_piece_arrives_whole_and_in_order() {
        let sent: Vec<u8> = (0..PIECE * 3 + 17).map(|ix| (ix % 251) as u8).collect();
        let copy = sent.clone();
        let got = on_a_runtime(async { axum::body::to_bytes(flow(move |out| out.write_all(&copy)), usize::MAX).await });
        assert_eq!(got.unwrap(), sent);
    }

    #[test]
    fn a_body_that_could_not_be_made_whole_breaks_off() {
        let got = on_a_runtime(async {
            let body = flow(|out| {
                out.write_all(b"half")?;
                Err(io::Error::other("the disk"))
            });
            axum::body::to_bytes(body, usize::MAX).await
        });
        assert!(got.is_err());
    }
}
