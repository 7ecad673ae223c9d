//! A sound sent to be listened to: whole, or from the second that a person has slid to (RFC 9110, 14.2); some phones play
//! nothing otherwise. A block of it is in memory at a time.

use std::fs::File;
use std::future::Future as _;
use std::io::{self, Read, Seek, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::http::header::{ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use hyper::body::{Frame, SizeHint};
use tokio::task::{JoinHandle, spawn_blocking};

/// What is read at a time.
const BLOCK: u64 = 64 * 1024;

/// What a browser is told that a sound of this name is.
pub(crate) fn kind(file: &str) -> &'static str {
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "mp3" | "mp2" | "mpga" => "audio/mpeg",
        "m4a" | "m4b" | "m4r" | "mp4" | "mov" | "qta" | "m4v" | "3gp" | "3gpp" | "3g2" => "audio/mp4",
        "aac" => "audio/aac",
        "ogg" | "oga" | "opus" | "spx" => "audio/ogg",
        "webm" | "mka" | "mkv" => "audio/webm",
        "flac" => "audio/flac",
        "wav" | "wave" => "audio/wav",
        "aif" | "aiff" | "aifc" => "audio/aiff",
        "amr" => "audio/amr",
        // A browser plays it by its content, or says that it cannot.
        _ => "audio/x-unknown",
    }
}

/// `file`, or the part of it that was asked for.
pub(crate) fn serve(file: File, kind: &'static str, asked: &HeaderMap) -> io::Result<Response> {
    let length = file.metadata()?.len();
    serve_from(file, length, kind, asked)
}

/// The same of any source of so many bytes.
pub(crate) fn serve_from<R: Read + Seek + Send + Unpin + 'static>(
    mut source: R,
    length: u64,
    kind: &'static str,
    asked: &HeaderMap,
) -> io::Result<Response> {
    let range = asked.get(RANGE).and_then(|range| range.to_str().ok());
    let (status, from, to) = match range.map(|range| part(range, length)) {
        None | Some(Part::Whole) => (StatusCode::OK, 0, length),
        Some(Part::From(from, to)) => (StatusCode::PARTIAL_CONTENT, from, to),
        Some(Part::Nowhere) => {
            let said = format!("bytes */{length}");
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, said)]).into_response());
        }
    };
    source.seek(SeekFrom::Start(from))?;
    let body = Body::new(Sent { source: Some(source), left: to - from, reading: None });
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (ACCEPT_RANGES, "bytes".to_owned()),
        (CONTENT_LENGTH, (to - from).to_string()),
        // Sound is packed already.
        (CONTENT_ENCODING, "identity".to_owned()),
    ];
    let range = (status == StatusCode::PARTIAL_CONTENT)
        .then(|| [(CONTENT_RANGE, format!("bytes {from}-{}/{length}", to.saturating_sub(1)))]);
    Ok((status, headers, range, body).into_response())
}

/// What is asked for of so many bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Whole,
    From(u64, u64),
    Nowhere,
}

/// One range is answered; of several, or what is not understood, all of it is sent.
fn part(range: &str, length: u64) -> Part {
    let Some((from, to)) = range.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Part::Whole;
    };
    let (written_from, written_to) = (from.trim(), to.trim());
    let (from, to) = (written_from, written_to);
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    match (number(from), number(to)) {
        (Some(from), to) => {
            let end = to.map_or(length, |to| to.saturating_add(1).min(length));
            if to.is_none() && !written_to.is_empty() || to.is_some_and(|to| to < from) {
                Part::Whole
            } else if from < length {
                Part::From(from, end)
            } else {
                Part::Nowhere
            }
        }
        (None, Some(last)) if written_from.is_empty() => {
            if last > 0 && length > 0 {
                Part::From(length - last.min(length), length)
            } else {
                Part::Nowhere
            }
        }
        _ => Part::Whole,
    }
}

/// A stretch of a source on its way to a browser.
struct Sent<R> {
    /// Not here while a block is read.
    source: Option<R>,
    left: u64,
    reading: Option<JoinHandle<(R, io::Result<Vec<u8>>)>>,
}

impl<R: Read + Send + Unpin + 'static> hyper::body::Body for Sent<R> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        let count = BLOCK.min(this.left);
        if let Some(mut source) = this.source.take_if(|_| count > 0) {
            this.reading = Some(spawn_blocking(move || {
                let mut block = vec![0; count as usize];
                let read = source.read_exact(&mut block).map(|()| block);
                (source, read)
            }));
        }
        let Some(reading) = &mut this.reading else { return Poll::Ready(None) };
        let read = ready!(Pin::new(reading).poll(cx));
        this.reading = None;
        // Somebody made the file shorter meanwhile: the browser is told that this is not all.
        Poll::Ready(Some(read.map_err(io::Error::other).and_then(|(source, block)| {
            let block = block?;
            this.source = Some(source);
            this.left -= block.len() as u64;
            Ok(Frame::data(Bytes::from(block)))
        })))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_what_it_says_and_never_beyond_the_file() {
        for (range, length, expected) in [
            ("bytes=0-", 10, Part::From(0, 10)),
            ("bytes=0-3", 10, Part::From(0, 4)),
            ("bytes=4-400", 10, Part::From(4, 10)),
            ("bytes=-3", 10, Part::From(7, 10)),
            ("bytes=-30", 10, Part::From(0, 10)),
            ("bytes=10-", 10, Part::Nowhere),
            ("bytes=10-12", 10, Part::Nowhere),
            ("bytes=-0", 10, Part::Nowhere),
            ("bytes=0-", 0, Part::Nowhere),
            ("bytes=3-1", 10, Part::Whole),
            ("bytes=0-1,3-4", 10, Part::Whole),
            ("bytes=+1-2", 10, Part::Whole),
            ("bytes=99999999999999999999-", 10, Part::Whole),
            ("lines=0-1", 10, Part::Whole),
            ("bytes=-", 10, Part::Whole),
            ("", 10, Part::Whole),
        ] {
            assert_eq!(part(range, length), expected, "{range} of {length}");
        }
    }
}
