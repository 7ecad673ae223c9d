//! What was sent, to listen to again: the file with the digest that stands in the journal, and no other of its name. A
//! browser may ask for a part of it; some phones play nothing otherwise.

use std::io::{Read as _, Seek as _, SeekFrom};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::read;
use crate::app::App;
use crate::audio::{PlayedBytes, again};
use crate::diag::text;
use crate::fact::AudioRef;
use crate::flow::flow;
use crate::gate::Who;
use crate::journal::JournalError;
use crate::shell;

/// So much of a part is sent at once, which most sounds are shorter than; a browser asks for the next.
const PART_MOST: u64 = 8 * 1024 * 1024;

/// Whether what was played can still be heard.
pub(super) fn is_there(dir: &std::path::Path, audio: &AudioRef) -> bool {
    again(dir, &audio.file, &audio.sha256).is_some()
}

/// The sound at `place` of the row `seq`.
pub(super) async fn sound(
    State(app): State<App>,
    who: Who,
    Path((seq, place)): Path<(u64, usize)>,
    headers: HeaderMap,
) -> Response {
    let dir = app.dir().to_owned();
    let found = read(&app, move |reader| {
        let audio =
            reader.row(seq)?.and_then(|mut row| (place < row.audio.len()).then(|| row.audio.swap_remove(place)));
        Ok::<_, JournalError>(
            audio.and_then(|audio| Some((again(&dir, &audio.file, &audio.sha256)?, kind(&audio.file)))),
        )
    })
    .await;
    match found {
        Ok(Some((sound, kind))) => flowing(sound, kind, &headers),
        Ok(None) => {
            let why = text!("tệp ấy không còn trên máy này", "that file is not on this machine any more");
            shell::refused(&app, &who, &why)
        }
        Err(why) => shell::refused(&app, &who, &why),
    }
}

/// The file of this name with this digest, or a part of it; `None` where there is none.
pub(crate) async fn sent(app: &App, file: String, sha256: String, headers: &HeaderMap) -> Option<Response> {
    let dir = app.dir().to_owned();
    let found = tokio::task::spawn_blocking(move || Some((again(&dir, &file, &sha256)?, kind(&file)))).await;
    let (sound, kind) = found.ok()??;
    Some(flowing(sound, kind, headers))
}

fn flowing(mut sound: PlayedBytes, kind: &'static str, headers: &HeaderMap) -> Response {
    let whole = sound.size();
    let asked = headers.get(RANGE).and_then(|range| range.to_str().ok()).and_then(|range| part(range, whole));
    // Sound is packed already.
    let head =
        [(CONTENT_TYPE, kind.to_owned()), (ACCEPT_RANGES, "bytes".into()), (CONTENT_ENCODING, "identity".into())];
    let Some((from, length)) = asked else {
        let body = flow(move |out| std::io::copy(&mut sound, out).map(drop));
        return (head, [(CONTENT_LENGTH, whole.to_string())], body).into_response();
    };
    let range =
        [(CONTENT_LENGTH, length.to_string()), (CONTENT_RANGE, format!("bytes {from}-{}/{whole}", from + length - 1))];
    let body: Body = flow(move |out| {
        sound.seek(SeekFrom::Start(from))?;
        std::io::copy(&mut sound.take(length), out).map(drop)
    });
    (StatusCode::PARTIAL_CONTENT, head, range, body).into_response()
}

/// Where `bytes=A-B` begins in a file of `whole` bytes, and how much of it is sent; `None` where all of it is.
fn part(range: &str, whole: u64) -> Option<(u64, u64)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from.trim(), to.trim()) {
        ("", last) => (whole.checked_sub(last.parse::<u64>().ok()?.min(whole))?, whole.checked_sub(1)?),
        (from, "") => (from.parse().ok()?, whole.checked_sub(1)?),
        (from, to) => (from.parse().ok()?, to.parse::<u64>().ok()?.min(whole.checked_sub(1)?)),
    };
    (from <= to && from < whole).then(|| (from, (to - from + 1).min(PART_MOST)))
}

/// What a browser is told that it is, by the end of its name.
fn kind(file: &str) -> &'static str {
    let end = file.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
    match end.as_str() {
        "mp3" => "audio/mpeg",
        "m4a" | "mp4" | "m4b" => "audio/mp4",
        "mov" => "video/quicktime",
        "aac" => "audio/aac",
        "wav" => "audio/wav",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "flac" => "audio/flac",
        "webm" => "audio/webm",
        "mka" => "audio/x-matroska",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_gets_the_part_that_it_asks_for_and_nothing_behind_the_end() {
        for (range, whole, expected) in [
            ("bytes=0-", 100, Some((0, 100))),
            ("bytes=0-1", 100, Some((0, 2))),
            ("bytes=50-999", 100, Some((50, 50))),
            ("bytes=-10", 100, Some((90, 10))),
            ("bytes=-1000", 100, Some((0, 100))),
            ("bytes=0-", 5 * PART_MOST, Some((0, PART_MOST))),
            ("bytes=100-", 100, None),
            ("bytes=5-4", 100, None),
            ("bytes=0-", 0, None),
            ("bytes=-", 100, None),
            ("bytes=0-1,5-6", 100, None),
            ("seconds=0-", 100, None),
            ("bytes=99999999999999999999-", 100, None),
        ] {
            assert_eq!(part(range, whole), expected, "{range} of {whole}");
        }
    }
}
