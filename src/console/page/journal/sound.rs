//! What was sent, to listen to again: the file with the digest that stands in the journal, and no other of its name.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::read;
use crate::app::App;
use crate::audio::again;
use crate::diag::{system, text};
use crate::fact::AudioRef;
use crate::gate::Who;
use crate::journal::JournalError;
use crate::served::{kind, serve_from};
use crate::shell;

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
        Ok(Some((sound, kind))) => {
            let length = sound.size();
            serve_from(sound, length, kind, &headers)
                .unwrap_or_else(|error| shell::refused(&app, &who, &system(&error)))
        }
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
    let length = sound.size();
    serve_from(sound, length, kind, headers).ok()
}
