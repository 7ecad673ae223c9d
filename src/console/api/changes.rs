use axum::http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::cursor::rows;
use super::given::Nothing;
use super::operation::Operation;
use super::problem::Problem;
use super::schedule::{WrittenAnswer, sight, written};
use crate::edit::{Asked, Of, ROWS_MOST, Version};
use crate::fields::Fields;
use crate::gate::Need;
use crate::page::schedule::{gone_entries, restored, work};
use crate::role::Right;
use crate::station::Station;

/// Which versions.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VersionsAsked {
    /// Of this broadcast only.
    id: Option<String>,
    /// Where the answer before ended.
    #[schema(minimum = 0)]
    cursor: Option<i64>,
    /// Rows at most.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// What was changed, the last first.
#[derive(Serialize, Deserialize, ToSchema)]
struct VersionsAnswer {
    versions: Vec<VersionShown>,
    next: Option<i64>,
}

/// A change of one file.
#[derive(Serialize, Deserialize, ToSchema)]
struct VersionShown {
    seq: i64,
    at: String,
    who: String,
    /// `form`, `by_hand`, `courier`, `found`.
    how: String,
    file: String,
    what: String,
    /// The entries that changed; in a list none.
    parts: Vec<PartShown>,
}

/// What became of an entry.
#[derive(Serialize, Deserialize, ToSchema)]
struct PartShown {
    /// Its number in the version: with it it is brought back.
    part: usize,
    /// `broadcast`, `cancel`, …
    kind: String,
    id: String,
    title: String,
    before: Option<String>,
    after: Option<String>,
}

/// What was deleted and can be brought back.
#[derive(Serialize, Deserialize, ToSchema)]
struct DeletedAnswer {
    deleted: Vec<DeletedShown>,
}

/// An entry that was deleted.
#[derive(Serialize, Deserialize, ToSchema)]
struct DeletedShown {
    /// The version in which it was.
    version: i64,
    /// Its number there.
    part: usize,
    id: String,
    title: String,
    at: String,
    who: String,
}

/// What is brought back.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RestoreAsked {
    /// The number of the part.
    #[schema(minimum = 0, maximum = 1000)]
    part: usize,
    /// As it was before that version; else as that version left it.
    #[serde(default)]
    before: bool,
}

const WRITES: Need = Need::Right(Right::Schedule);

pub(super) fn operations() -> Vec<Operation> {
    let post = || Method::POST;
    vec![
        Operation::get("versions", "/versions", WRITES, versions).says("Các lần sửa lịch | Changes of the schedules"),
        Operation::get("version", "/versions/{seq}", WRITES, version).says("Một lần sửa | One change"),
        Operation::does("restore-entry", post(), "/versions/{seq}/restore", WRITES, restore)
            .says("Khôi phục một mục từ lần sửa ấy | Bring an entry back from that change"),
        Operation::get("deleted", "/deleted", WRITES, deleted)
            .says("Mục đã xóa trong 90 ngày | What was deleted in the last 90 days"),
    ]
}

fn version_shown<I>(call: &Call<I>, version: Version, station: &Station) -> VersionShown {
    let parts = version.parts.into_iter().enumerate().map(|(part, one)| PartShown {
        part,
        kind: one.of.table().to_owned(),
        id: one.name,
        title: one.title,
        before: one.before,
        after: one.after,
    });
    VersionShown {
        seq: version.seq,
        at: version.at.rfc3339(&station.timezone),
        who: version.who,
        how: version.how.code().to_owned(),
        file: version.file,
        what: version.told.get(call.who.lang).to_owned(),
        parts: parts.collect(),
    }
}

async fn versions(call: Call<VersionsAsked>) -> Result<VersionsAnswer, Problem> {
    let (desk, most) = (sight(&call).await, rows(call.given.limit, ROWS_MOST)?);
    if call.given.cursor.is_some_and(|cursor| cursor < 0) {
        return Err(Problem::no_cursor());
    }
    let entry = call.given.id.clone().map(|id| (Of::Broadcast, id));
    let asked = Asked { entry, before: call.given.cursor, most, ..Asked::default() };
    let reading = desk.clone();
    let found = work(move || {
        let _ = reading.editor.notice(reading.now);
        reading.editor.versions(&asked)
    });
    let found = found.await?;
    let next = found.last().filter(|_| found.len() == most).map(|last| last.seq);
    let versions = found.into_iter().map(|one| version_shown(&call, one, desk.station())).collect();
    Ok(VersionsAnswer { versions, next })
}

async fn version(call: Call<Nothing>) -> Result<VersionShown, Problem> {
    let (desk, seq) = (sight(&call).await, call.number("seq")?);
    let reading = desk.clone();
    let found = work(move || reading.editor.version(seq)).await?;
    found.map(|found| version_shown(&call, found, desk.station())).ok_or_else(Problem::gone)
}

async fn restore(call: Call<RestoreAsked>) -> Result<WrittenAnswer, Problem> {
    let part = call.given.part.to_string();
    let mut pairs = vec![("seq", call.place("seq")), ("part", part.as_str())];
    if call.given.before {
        pairs.push(("before", "1"));
    }
    let (_, done) = restored(&call.app, &call.who, &Fields::of(&pairs)).await?;
    Ok(written(&call, done, sight(&call).await.station()))
}

async fn deleted(call: Call<Nothing>) -> Result<DeletedAnswer, Problem> {
    let found = gone_entries(&call.app, &call.who).await?;
    let station = call.app.station();
    let deleted = found.into_iter().map(|(part, version, entry)| DeletedShown {
        version: version.seq,
        part,
        id: entry.name,
        title: entry.title,
        at: version.at.rfc3339(&station.timezone),
        who: version.who,
    });
    Ok(DeletedAnswer { deleted: deleted.collect() })
}
