use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::cursor::part;
use super::given::{Nothing, WasDone};
use super::operation::Operation;
use super::problem::Problem;
use crate::act::Undone;
use crate::diag::system;
use crate::gate::Need;
use crate::page::sounds::{Handing, SoundStock, bring_back, hand_in, is_sound, is_there, no_sound, put_away};
use crate::plan::without_ending;
use crate::role::Right;
use crate::schedule::Broadcast;
use crate::served::{kind, serve};
use crate::site;
use crate::upload::note::HandState;

/// Which sounds.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SoundsAsked {
    /// Those that were put away or replaced, and not those that are there.
    #[serde(default)]
    away: bool,
    /// Where the answer before ended.
    cursor: Option<String>,
    /// Rows at most.
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// Sounds, by name.
#[derive(Serialize, Deserialize, ToSchema)]
struct SoundsAnswer {
    sounds: Vec<SoundShown>,
    next: Option<String>,
}

/// A sound.
#[derive(Serialize, Deserialize, ToSchema)]
struct SoundShown {
    /// Its name in `audio/`.
    file: String,
    /// How it is, in a word.
    quality: String,
    /// How long it is; none where it was not measured.
    seconds: Option<f64>,
    sha256: Option<String>,
    /// What could be better, each with how.
    better: Vec<String>,
    /// Ids of the broadcasts that play it.
    used_by: Vec<String>,
    /// When it is heard next, as far as is looked ahead.
    next: Option<String>,
    /// An earlier one of this name is kept, and can be brought back.
    kept: bool,
}

/// A sound that is handed in.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandAsked {
    /// It may take the place of one that is there, which is kept.
    #[serde(default)]
    replace: bool,
}

/// Whether somebody says yes to what comes of it.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SureAsked {
    /// Although it is heard within seven days.
    #[serde(default)]
    sure: bool,
}

/// A recording on its way in.
#[derive(Serialize, Deserialize, ToSchema)]
struct UploadAnswer {
    /// With it is asked what became of it.
    upload: String,
    /// `receiving`, `taking`, `unheard`, `heard`, `taken`, `refused`.
    state: String,
    /// Its name in `audio/`, once it is there.
    file: Option<String>,
    /// Why it was not taken.
    why: Option<String>,
    /// What could be better.
    better: Vec<String>,
}

const SOUNDS: Need = Need::Right(Right::Sounds);

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("sounds", "/sounds", SOUNDS, list).says("Các bản ghi | The sounds"),
        Operation::get("sound", "/sounds/{name}", SOUNDS, one).says("Một bản ghi | One sound"),
        Operation::takes("hand-in-sound", Method::PUT, "/sounds/{name}", SOUNDS, hand)
            .says("Nộp bản ghi dưới tên ấy; máy nghe và kiểm tra trước | Hand a sound in under this name; it is listened to first")
            .gives(StatusCode::ACCEPTED),
        Operation::does("put-sound-away", Method::DELETE, "/sounds/{name}", SOUNDS, away)
            .says("Cất bản ghi; lấy lại được | Put a sound away; it can be brought back"),
        Operation::does("bring-sound-back", Method::POST, "/sounds/{name}/restore", SOUNDS, back)
            .says("Lấy lại bản ghi đã cất hoặc đã bị thay | Bring back what was put away or replaced"),
        Operation::file("sound-file", Method::GET, "/sounds/{name}/file", (SOUNDS, &["audio/*"]), file)
            .says("Chính bản ghi | The sound itself"),
        Operation::get("upload", "/uploads/{id}", SOUNDS, upload)
            .says("Bản ghi vừa nộp đã đến đâu | What became of a sound that was handed in"),
    ]
}

/// Whether a sound is any business of who asks: heard in a zone of his, or by nobody.
fn sees<I>(call: &Call<I>, stock: &SoundStock, file: &str) -> bool {
    let users = stock.uses(file);
    !call.is_bound() || users.is_empty() || users.iter().any(|one| hears(call, stock, one))
}

/// What is no business of who asks is not there for him, whatever he wants to do with it.
fn seen<I>(call: &Call<I>, stock: &SoundStock, file: &str) -> Result<(), Problem> {
    if sees(call, stock, file) { Ok(()) } else { Err(Problem::gone()) }
}

fn hears<I>(call: &Call<I>, stock: &SoundStock, broadcast: &Broadcast) -> bool {
    let zones = broadcast.zones.iter().filter_map(|zone| stock.station().zones.get(usize::from(zone.0)));
    zones.into_iter().any(|zone| call.sees(&zone.id))
}

fn shown<I>(call: &Call<I>, stock: &SoundStock, file: &str) -> SoundShown {
    let lang = call.who.lang;
    let facts = stock.sound(file).and_then(|sound| sound.facts.as_ref().ok());
    let own = stock.uses(file).into_iter().filter(|one| hears(call, stock, one));
    let next = stock.next(file).filter(|next| hears(call, stock, &next.airing.broadcast));
    SoundShown {
        file: file.to_owned(),
        quality: stock.word(file).text().get(lang).to_owned(),
        seconds: facts.map(|facts| facts.length().as_secs_f64()),
        sha256: facts.map(|facts| facts.sha256.clone()),
        better: stock.better(file).iter().map(|(what, _)| what.get(lang).to_owned()).collect(),
        used_by: own.map(|one| one.id.clone()).collect(),
        next: next.map(|next| next.airing.start.rfc3339(&stock.station().timezone)),
        kept: stock.kept.contains(file),
    }
}

async fn list(call: Call<SoundsAsked>) -> Result<SoundsAnswer, Problem> {
    let stock = SoundStock::of(&call.app).await;
    let files: Vec<&str> = if call.given.away {
        stock.kept.iter().map(String::as_str).collect()
    } else {
        stock.files().into_iter().collect()
    };
    let own = files.into_iter().filter(|file| sees(&call, &stock, file));
    let (files, next) = part(own, call.given.cursor.as_deref(), call.given.limit)?;
    Ok(SoundsAnswer { sounds: files.into_iter().map(|file| shown(&call, &stock, file)).collect(), next })
}

async fn one(call: Call<Nothing>) -> Result<SoundShown, Problem> {
    let stock = SoundStock::of(&call.app).await;
    let name = call.place("name");
    let is_there = stock.files().contains(name) || stock.kept.contains(name);
    if !is_there {
        return Err(Problem::gone());
    }
    seen(&call, &stock, name)?;
    Ok(shown(&call, &stock, name))
}

async fn file(call: Call<Nothing>) -> Result<Response, Problem> {
    let (name, stock) = (call.place("name").to_owned(), SoundStock::of(&call.app).await);
    if !is_there(&call.app, &name).await {
        return Err(Problem::gone());
    }
    seen(&call, &stock, &name)?;
    if !is_sound(&call.app, &name).await {
        return Err(Undone::Wrong(no_sound(&name)).into());
    }
    let opened = site::open_here(&call.app.site().audio().join(&name)).map_err(std::io::Error::from);
    let served = opened.and_then(|opened| serve(opened, kind(&name), &call.headers));
    Ok(served.map_err(|error| Undone::Failed(system(&error)))?)
}

async fn hand(call: Call<(HandAsked, Request)>) -> Result<UploadAnswer, Problem> {
    let Call { app, who, places, given: (asked, request), headers } = call;
    let name = places.get("name").cloned().unwrap_or_default();
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let sound = without_ending(&name).unwrap_or(&name).to_owned();
    let handing = Handing { sound, name, replace: asked.replace, modified: None };
    let upload = hand_in(&app, &who, &handing, length, request.into_body()).await?;
    Ok(UploadAnswer { upload, state: "taking".to_owned(), file: None, why: None, better: Vec::new() })
}

async fn away(call: Call<SureAsked>) -> Result<WasDone, Problem> {
    seen(&call, &*SoundStock::of(&call.app).await, call.place("name"))?;
    put_away(&call.app, &call.who, call.place("name"), call.given.sure).await?;
    Ok(WasDone::YES)
}

async fn back(call: Call<Nothing>) -> Result<WasDone, Problem> {
    seen(&call, &*SoundStock::of(&call.app).await, call.place("name"))?;
    // A program asks for just that: what is in use is kept, and comes back by the same call.
    bring_back(&call.app, &call.who, call.place("name"), true).await?;
    Ok(WasDone::YES)
}

async fn upload(call: Call<Nothing>) -> Result<UploadAnswer, Problem> {
    let (note, _) = call.app.uploads().find(call.place("id"), call.person().id)?;
    let mut answer = UploadAnswer {
        upload: call.place("id").to_owned(),
        state: String::new(),
        file: None,
        why: None,
        better: Vec::new(),
    };
    let state = match note.state {
        HandState::Receiving => "receiving",
        HandState::Unheard => "unheard",
        HandState::Heard => "heard",
        HandState::Taking => "taking",
        HandState::Taken { file, warnings } => {
            answer.file = Some(file);
            answer.better = warnings.into_iter().map(|(what, _)| what).collect();
            "taken"
        }
        HandState::Refused { why, .. } => {
            answer.why = Some(why);
            "refused"
        }
    };
    state.clone_into(&mut answer.state);
    Ok(answer)
}
