//! Recordings come in, in the manner of tus: begun with a length, gone on with from where the last line broke, and looked
//! up by how much has come. A form without script sends all in one go, to the same end.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, patch, post};
use hyper::body::Body as _;
use tokio::time::timeout;

use super::asked::Handing;
use super::slot;
use super::stock::SoundStock;
use crate::app::App;
use crate::diag::{Lang, Text, is_deceptive, text};
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::upload::intake;
use crate::upload::note::{HandState as Stage, Note};
use crate::upload::receiver::Receiver;
use crate::upload::refusal::UploadError;

/// So long a phone may be silent in the middle of a recording: then its line is dead, and it goes on with another.
const SILENCE_MOST: Duration = Duration::from_secs(30);

/// Around the file a form sends its names and values.
const FORM_MOST: u64 = 64 * 1024;

/// A name of a file is shown to this length.
const NAME_MOST: usize = 120;

const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const TUS: HeaderName = HeaderName::from_static("tus-resumable");

/// What begins a recording, and what sends a form.
pub(super) fn begin() -> MethodRouter<App> {
    // Its own bounds are the larger ones, and nothing of it is held in memory.
    post(begun).layer(DefaultBodyLimit::disable())
}

/// What goes on with one.
pub(super) fn go_on() -> MethodRouter<App> {
    patch(more).post(more).layer(DefaultBodyLimit::disable())
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// A program is answered in words too: the script shows them.
fn say(who: &Who, refusal: &UploadError) -> Response {
    let said = refusal.text().get(who.lang).to_owned();
    let at = if let UploadError::Elsewhere(at) = refusal { Some([(OFFSET, at.to_string())]) } else { None };
    (refusal.status(), at, [(TUS, "1.0.0")], said).into_response()
}

/// What is known of a recording before any of it has come, and whether a sound of its name is there.
async fn note(app: &App, who: &Who, asked: &Handing, length: u64) -> Result<(Note, bool), UploadError> {
    let person = who.person();
    let stock = SoundStock::of_today(app).await;
    let sound = SoundStock::name_for(&asked.sound, &asked.name).map_err(UploadError::Asks)?;
    let has_rivals = stock.may_hand_in(app, person, &sound).map_err(UploadError::NotAllowed)?;
    let note = Note {
        by: person.id,
        person: person.name.clone(),
        token: who.token.as_ref().map_or_else(String::new, |token| token.purpose.clone()),
        name: asked.name.chars().filter(|c| !c.is_control() && !is_deceptive(*c)).take(NAME_MOST).collect(),
        sound,
        replace: asked.replace && has_rivals,
        length,
        modified: asked.modified,
        made: app.clock().wall().timestamp().as_second(),
        spoken: false,
        english: who.lang == Lang::En,
        state: Stage::Receiving,
    };
    Ok((note, has_rivals))
}

/// The same for a page: whoever means no sound that is there is asked before he sends the first byte. A program that sends all
/// in one go may send the same sound once more.
async fn asked_first(app: &App, who: &Who, asked: &Handing, length: u64) -> Result<Note, UploadError> {
    let (note, is_there) = note(app, who, asked, length).await?;
    if is_there && !asked.replace { Err(UploadError::Taken(note.sound)) } else { Ok(note) }
}

async fn begun(State(app): State<App>, who: Who, request: Request) -> Response {
    let headers = request.headers().clone();
    let is_form = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("multipart/form-data")));
    if is_form {
        return whole(&app, &who, &headers, request).await;
    }
    let asked = Handing::of(&Fields::read(request.uri().query().unwrap_or_default().as_bytes()));
    let begun = async {
        let length = number(&headers, &LENGTH).ok_or(UploadError::Unclear)?;
        let note = asked_first(&app, &who, &asked, length).await?;
        let by = note.by;
        let id = blocking(&app, move |app| app.uploads().begin(&note, app.clock().wall())).await?;
        // The same file goes on from where its line broke.
        let (_, has) = app.uploads().find(&id, by)?;
        Ok::<_, UploadError>((id, has))
    };
    match begun.await {
        Ok((id, has)) => {
            let headers = [(LOCATION, format!("/sounds/upload/{id}")), (OFFSET, has.to_string())];
            (StatusCode::CREATED, headers, [(TUS, "1.0.0")]).into_response()
        }
        Err(refusal) => say(&who, &refusal),
    }
}

/// Go on with one, from where it is.
async fn more(State(app): State<App>, who: Who, Path(id): Path<String>, request: Request) -> Response {
    let by = who.person().id;
    let received = async {
        let at = number(request.headers(), &OFFSET).ok_or(UploadError::Unclear)?;
        let own = id.clone();
        let mut receiver = blocking(&app, move |app| app.uploads().receive(&own, by, at)).await?;
        let mut body = request.into_body();
        while let Some(bytes) = next(&mut body).await? {
            receiver = written(receiver, bytes).await?;
        }
        finish(&app, &id, by, &receiver)?;
        Ok::<_, UploadError>(receiver.at())
    };
    match received.await {
        Ok(at) => (StatusCode::NO_CONTENT, [(OFFSET, at.to_string())], [(TUS, "1.0.0")]).into_response(),
        Err(refusal) => say(&who, &refusal),
    }
}

/// What the browser sends next; its frames are small ones, and one is held at a time.
async fn next(body: &mut Body) -> Result<Option<Bytes>, UploadError> {
    loop {
        let frame = timeout(SILENCE_MOST, poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx))).await;
        match frame.map_err(|_| UploadError::Broken)? {
            None => return Ok(None),
            Some(Err(_)) => return Err(UploadError::Broken),
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
        }
    }
}

/// A card that is slow to write holds up this recording, and no page.
async fn written(mut receiver: Receiver, bytes: Bytes) -> Result<Receiver, UploadError> {
    let work = tokio::task::spawn_blocking(move || receiver.write(&bytes).map(|()| receiver));
    work.await.map_err(|_| UploadError::Unclear)?
}

async fn blocking<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&App) -> Result<T, UploadError> + Send + 'static,
) -> Result<T, UploadError> {
    let app = app.clone();
    tokio::task::spawn_blocking(move || work(&app)).await.map_err(|_| UploadError::Unclear)?
}

/// Where all has come, it is taken in.
fn finish(app: &App, id: &str, by: i64, receiver: &Receiver) -> Result<(), UploadError> {
    if receiver.is_whole() {
        receiver.finish(app.clock().wall())?;
        let (note, _) = app.uploads().find(id, by)?;
        if note.state == Stage::Receiving {
            intake::begin(app, id.to_owned(), note)?;
        }
    }
    Ok(())
}

/// A form with a file in it, from a browser without script.
async fn whole(app: &App, who: &Who, headers: &HeaderMap, request: Request) -> Response {
    let most = number(headers, &CONTENT_LENGTH);
    let mut asked = Handing::default();
    let received = async {
        let most = most.ok_or(UploadError::Unclear)?;
        if most > crate::audio::limit::FILE_BYTES + FORM_MOST {
            return Err(UploadError::TooLarge(most));
        }
        let mut form = Multipart::from_request(request, app).await.map_err(|_| UploadError::Unclear)?;
        loop {
            let field = timeout(SILENCE_MOST, form.next_field()).await.map_err(|_| UploadError::Broken)?;
            let Some(mut field) = field.map_err(|_| UploadError::Unclear)? else { return Err(UploadError::Empty) };
            let (name, file) = (field.name().unwrap_or_default().to_owned(), field.file_name().map(str::to_owned));
            if let Some(file) = file {
                // So a browser sends a box in which no file was chosen.
                if file.is_empty() {
                    return Err(UploadError::Asks(none_chosen()));
                }
                asked.name = file;
                return self::file(app, who, &asked, most, field).await;
            }
            let mut value = Vec::new();
            while let Some(bytes) = field.chunk().await.map_err(|_| UploadError::Unclear)? {
                value.extend_from_slice(&bytes);
                if value.len() as u64 > FORM_MOST {
                    return Err(UploadError::Unclear);
                }
            }
            let value = String::from_utf8_lossy(&value).trim().to_owned();
            match name.as_str() {
                "sound" => asked.sound = value,
                "replace" => asked.replace = true,
                _ => {}
            }
        }
    };
    let received: Result<String, UploadError> = received.await;
    match received {
        Ok(id) => go_to(&format!("/sounds/upload/{id}")),
        Err(refusal) => slot::again(app, who, &asked, &refusal).await,
    }
}

fn none_chosen() -> Text {
    text!("Chưa chọn tệp nào. Xin chọn tệp ghi âm rồi nộp.", "No file was chosen. Choose a recording, then hand it in.")
}

/// The file of a form: a recording whose length is known when it ends.
async fn file(
    app: &App,
    who: &Who,
    asked: &Handing,
    most: u64,
    mut field: axum::extract::multipart::Field<'_>,
) -> Result<String, UploadError> {
    let by = who.person().id;
    let begun = asked_first(app, who, asked, most.min(crate::audio::limit::FILE_BYTES)).await?;
    let kept = begun.clone();
    let id = blocking(app, move |app| app.uploads().begin(&kept, app.clock().wall())).await?;
    let received = async {
        let own = id.clone();
        let mut receiver = blocking(app, move |app| app.uploads().receive(&own, by, 0)).await?;
        loop {
            let bytes = timeout(SILENCE_MOST, field.chunk()).await.map_err(|_| UploadError::Broken)?;
            let Some(bytes) = bytes.map_err(|_| UploadError::Broken)? else { break };
            receiver = written(receiver, bytes).await?;
        }
        if receiver.at() == 0 {
            return Err(UploadError::Empty);
        }
        receiver.finish(app.clock().wall())?;
        Ok(receiver.at())
    };
    let received: Result<u64, UploadError> = received.await;
    match received {
        Ok(length) => {
            intake::begin(app, id.clone(), Note { length, ..begun })?;
            Ok(id)
        }
        Err(refusal) => {
            // Without script nobody can go on with it.
            app.uploads().forget(&id);
            Err(refusal)
        }
    }
}

/// A recording that is sent whole, of this length; what it is called by on its way.
pub(crate) async fn hand_in(
    app: &App,
    who: &Who,
    asked: &Handing,
    length: Option<u64>,
    mut body: Body,
) -> Result<String, UploadError> {
    let (by, length) = (who.person().id, length.ok_or(UploadError::Unclear)?);
    let (begun, _) = note(app, who, asked, length).await?;
    let kept = begun.clone();
    let id = blocking(app, move |app| app.uploads().begin(&kept, app.clock().wall())).await?;
    let received = async {
        let own = id.clone();
        let mut receiver = blocking(app, move |app| app.uploads().receive(&own, by, 0)).await?;
        while let Some(bytes) = next(&mut body).await? {
            receiver = written(receiver, bytes).await?;
        }
        if !receiver.is_whole() {
            return Err(UploadError::Broken);
        }
        finish(app, &id, by, &receiver)
    };
    let received: Result<(), UploadError> = received.await;
    if let Err(refusal) = received {
        app.uploads().forget(&id);
        return Err(refusal);
    }
    Ok(id)
}

/// How much of a recording has come, for a program.
pub(super) fn how_far(note: &Note, has: u64) -> [(HeaderName, String); 3] {
    let has = if note.state == Stage::Receiving { has } else { note.length };
    [(OFFSET, has.to_string()), (LENGTH, note.length.to_string()), (TUS, "1.0.0".to_owned())]
}
