//! A connection whose other end has to read: whoever takes nothing of an answer for a while is let go, with what was kept
//! for it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::time::{Sleep, sleep};

/// So long a phone may take nothing of an answer: out of reach, asleep, or with its sound paused. A browser asks again for
/// what is missing.
const STILL_MOST: Duration = Duration::from_mins(1);

/// The same stream, with a patience.
pub(super) struct Patient<I> {
    stream: I,
    until: Option<Pin<Box<Sleep>>>,
}

impl<I> Patient<I> {
    /// `stream`, whose other end has not been waited for yet.
    pub(super) const fn new(stream: I) -> Self {
        Self { stream, until: None }
    }

    fn or_late<T>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.until = None;
            return polled;
        }
        let until = self.until.get_or_insert_with(|| Box::pin(sleep(STILL_MOST)));
        until.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<I: Read + Unpin> Read for Patient<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<I: Write + Unpin> Write for Patient<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.or_late(cx, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.or_late(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.or_late(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.or_late(cx, polled)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    /// Takes so many bytes, then nothing.
    struct Takes(usize);

    impl Write for Takes {
        fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            let count = bytes.len().min(self.0);
            self.0 -= count;
            if count == 0 { Poll::Pending } else { Poll::Ready(Ok(count)) }
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[test]
    fn who_takes_nothing_of_an_answer_is_let_go() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut stream = Patient::new(Takes(3));
            let written = poll_fn(|cx| Pin::new(&mut stream).poll_write(cx, b"abcde")).await;
            assert!(written.is_ok_and(|count| count == 3) && stream.until.is_none());
            let waits = poll_fn(|cx| Poll::Ready(Pin::new(&mut stream).poll_write(cx, b"de").is_pending())).await;
            assert!(waits, "its time begins");
            stream.until = Some(Box::pin(sleep(Duration::ZERO)));
            let late = poll_fn(|cx| Pin::new(&mut stream).poll_write(cx, b"de")).await;
            assert_eq!(late.unwrap_err().kind(), io::ErrorKind::TimedOut);
        });
    }
}
