use axum::http::Method;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::cursor::part;
use super::given::{Nothing, WasDone};
use super::operation::Operation;
use super::problem::Problem;
use crate::act::{self, Undone};
use crate::diag::{Lang, text};
use crate::gate::Need;
use crate::look::Look;
use crate::page::approvals::word as state_word;
use crate::page::journal::sent;
use crate::pending::Pending;
use crate::role::Right;

/// Letters of a note that is sent back, as on the page.
pub(super) const NOTE_MOST: usize = 300;

/// Which of those that wait.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WaitsAsked {
    /// Where the answer before ended.
    cursor: Option<String>,
    /// Rows at most.
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// What waits for a second person, what is due first before what is due later.
#[derive(Serialize, Deserialize, ToSchema)]
struct WaitsAnswer {
    items: Vec<WaitingShown>,
    /// With it the next rows are asked for.
    next: Option<String>,
}

/// Something that waits.
#[derive(Serialize, Deserialize, ToSchema)]
struct WaitingShown {
    /// The broadcast's id.
    broadcast: String,
    title: String,
    /// How it stands, in words.
    state: String,
    /// It has to be decided before this instant; none where it is not due in three months.
    before: Option<String>,
    /// What is decided on. A decision sends it back; where it has changed meanwhile, nothing is decided.
    digest: String,
    /// What has changed since the last approval, in words.
    changes: Vec<String>,
    /// The sounds that are decided on.
    sounds: Vec<DecidedSound>,
    /// Names that no sound is there for: it cannot be approved.
    missing: Vec<String>,
    /// Who has changed it since: none of them may approve it.
    touched_by: Vec<String>,
}

/// A sound that is decided on.
#[derive(Serialize, Deserialize, ToSchema)]
struct DecidedSound {
    file: String,
    sha256: String,
}

/// It may sound as it is.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApproveAsked {
    /// Of what was looked at and heard.
    #[schema(max_length = 200)]
    digest: String,
}

/// It is given back.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReturnAsked {
    /// Of what was looked at and heard.
    #[schema(max_length = 200)]
    digest: String,
    /// What is to be changed.
    #[schema(min_length = 1, max_length = 300)]
    note: String,
}

const READS: Need = Need::Right(Right::Approvals);

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("approvals", "/approvals", READS, list).says("Những mục chờ duyệt | What waits for approval"),
        Operation::get("approval", "/approvals/{id}", READS, one).says("Một mục chờ duyệt | One of them"),
        Operation::file("approval-sound", Method::GET, "/approvals/{id}/sounds/{sha256}", (READS, &["audio/*"]), sound)
            .says("Nghe đúng bản ghi đang chờ duyệt | The very sound that is decided on"),
        Operation::does("approve", Method::POST, "/approvals/{id}/approve", READS, approve)
            .says("Duyệt; người đã sửa thì không tự duyệt được | Approve; whoever has changed it may not"),
        Operation::does("return", Method::POST, "/approvals/{id}/return", READS, give_back)
            .says("Trả lại, ghi cần sửa gì | Give it back, with what is to be changed"),
    ]
}

fn shown(item: &Pending, look: &Look, lang: Lang) -> WaitingShown {
    let mut touched_by: Vec<String> = item.touches.iter().map(|touch| touch.who.clone()).collect();
    touched_by.sort_unstable();
    touched_by.dedup();
    WaitingShown {
        broadcast: item.broadcast.id.clone(),
        title: item.broadcast.title.clone(),
        state: state_word(&item.lack).get(lang).to_owned(),
        before: item.next.map(|next| next.rfc3339(&look.world.station.timezone)),
        digest: item.what.digest.to_string(),
        changes: item.changes.iter().map(|change| change.get(lang).to_owned()).collect(),
        sounds: item
            .what
            .sounds
            .iter()
            .map(|(file, sha256)| DecidedSound { file: file.clone(), sha256: sha256.clone() })
            .collect(),
        missing: item.what.missing.clone(),
        touched_by,
    }
}

async fn list(call: Call<WaitsAsked>) -> Result<WaitsAnswer, Problem> {
    let (look, items) = act::pending(&call.app).await;
    let (items, next) = part(items?, call.given.cursor.as_deref(), call.given.limit)?;
    Ok(WaitsAnswer { items: items.iter().map(|item| shown(item, &look, call.who.lang)).collect(), next })
}

async fn one(call: Call<Nothing>) -> Result<WaitingShown, Problem> {
    let (look, items) = act::pending_one(&call.app, call.place("id")).await;
    items?.first().map(|item| shown(item, &look, call.who.lang)).ok_or_else(Problem::gone)
}

/// The bytes of that digest and no others: where the sound was changed meanwhile, there is nothing to hear.
async fn sound(call: Call<Nothing>) -> Result<Response, Problem> {
    let item = found(&call).await?;
    let wanted = |(_, sha256): &&(String, String)| sha256 == call.place("sha256");
    let (file, sha256) = item.what.sounds.iter().find(wanted).cloned().ok_or_else(Problem::gone)?;
    sent(&call.app, file, sha256, &call.headers).await.ok_or_else(Problem::gone)
}

async fn approve(call: Call<ApproveAsked>) -> Result<WasDone, Problem> {
    let item = found(&call).await?;
    if !item.what.missing.is_empty() {
        let why = text!("còn thiếu bản ghi nên chưa duyệt được", "sounds are missing, so that it cannot be approved");
        return Err(Undone::Wrong(why).into());
    }
    act::decide(&call.app, &call.who, &item, &call.given.digest, None).await?;
    Ok(WasDone::YES)
}

async fn give_back(call: Call<ReturnAsked>) -> Result<WasDone, Problem> {
    let note = call.given.note.trim().to_owned();
    if note.is_empty() {
        return Err(Undone::Wrong(text!("Xin ghi cần sửa gì", "Say what is to be changed")).into());
    }
    if note.chars().count() > NOTE_MOST {
        let most = NOTE_MOST;
        let said = text!("lời ghi dài quá {most} chữ", "the note has more than {most} letters");
        return Err(Undone::Wrong(said).into());
    }
    let item = found(&call).await?;
    act::decide(&call.app, &call.who, &item, &call.given.digest, Some(note)).await?;
    Ok(WasDone::YES)
}

async fn found<I>(call: &Call<I>) -> Result<Pending, Problem> {
    let (_, items) = act::pending_one(&call.app, call.place("id")).await;
    items?.pop().ok_or_else(Problem::gone)
}
