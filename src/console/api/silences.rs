use axum::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::given::{Nothing, WasDone, day};
use super::operation::Operation;
use super::problem::Problem;
use super::schedule::{EntriesAnswer, entry_shown};
use crate::fields::Fields;
use crate::gate::Need;
use crate::page::schedule::{silence, silences, sound_again};
use crate::role::Right;

/// Days, or hours, in which nothing but an emergency sounds.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SilenceAsked {
    /// The first day: `2026-12-01`.
    #[schema(format = Date)]
    first: String,
    /// The last day; the first where it is left out.
    last: Option<String>,
    /// From this time of the first day. Without it: whole days.
    from: Option<String>,
    /// Until this time of the last day.
    until: Option<String>,
    /// Ids; with `everywhere` none.
    #[serde(default)]
    zones: Vec<String>,
    /// In every zone.
    #[serde(default)]
    everywhere: bool,
    /// Why, as people are told.
    #[schema(min_length = 1, max_length = 200)]
    why: String,
}

/// Which of the silences is taken out.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SilenceEndAsked {
    file: String,
    id: String,
    digest: String,
}

const WRITES: Need = Need::Right(Right::Schedule);

pub(super) fn operations() -> Vec<Operation> {
    let post = || Method::POST;
    vec![
        Operation::get("silences", "/silences", WRITES, all_silences)
            .says("Những ngày nghỉ phát, giờ im tiếng | Days off and quiet hours"),
        Operation::does("add-silence", post(), "/silences", WRITES, add_silence)
            .says("Nghỉ phát, im tiếng | Days off, quiet hours")
            .gives(StatusCode::CREATED),
        Operation::does("end-silence", post(), "/silences/end", WRITES, end_silence)
            .says("Bỏ một lần nghỉ, cho phát lại | Take one out, so that it sounds again"),
    ]
}

async fn all_silences(call: Call<Nothing>) -> Result<EntriesAnswer, Problem> {
    let entries = silences(&call.app, &call.who).await?;
    Ok(EntriesAnswer { entries: entries.iter().map(entry_shown).collect(), next: None })
}

async fn add_silence(call: Call<SilenceAsked>) -> Result<WasDone, Problem> {
    let SilenceAsked { first, last, from, until, zones, everywhere, why } = &call.given;
    day("first", first)?;
    last.as_deref().map(|last| day("last", last)).transpose()?;
    let kind = if from.is_some() || until.is_some() { "hours" } else { "days" };
    let mut pairs = vec![("first", first.as_str()), ("kind", kind), ("why", why)];
    pairs.push(("last", last.as_deref().unwrap_or_default()));
    pairs.push(("for", if *everywhere { "all" } else { "some" }));
    pairs.extend(zones.iter().map(|zone| ("zone", zone.as_str())));
    pairs.extend(from.iter().map(|from| ("from", from.as_str())));
    pairs.extend(until.iter().map(|until| ("until", until.as_str())));
    silence(&call.app, &call.who, &Fields::of(&pairs)).await?;
    Ok(WasDone::YES)
}

async fn end_silence(call: Call<SilenceEndAsked>) -> Result<WasDone, Problem> {
    let SilenceEndAsked { file, id, digest } = &call.given;
    let fields = Fields::of(&[("file", file), ("name", id), ("seen", digest)]);
    if sound_again(&call.app, &call.who, &fields).await? { Ok(WasDone::YES) } else { Err(Problem::gone()) }
}
