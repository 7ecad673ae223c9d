use axum::http::Method;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::shaped;
use super::call::Call;
use super::closed;
use super::cursor::{ROWS_MOST, rows};
use super::given::{Nothing, day, instant};
use super::operation::Operation;
use super::problem::Problem;
use super::unread::one_of;
use crate::act::Undone;
use crate::acts::{More, acts};
use crate::fact::Entry;
use crate::fields::Fields;
use crate::gate::Need;
use crate::instant::Wall;
use crate::journal::{Bookmark, export};
use crate::page::journal::{OUTCOMES, RowsAsked, Show, page, read, sent};
use crate::role::Right;
use crate::station::Station;

/// Which rows.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RowsQuery {
    /// The first day: `2026-11-01`. Else a week back.
    #[schema(format = Date)]
    from: Option<String>,
    /// The last day, all of it. Else today; 366 days at most.
    #[schema(format = Date)]
    to: Option<String>,
    /// A zone or a group, by its id.
    zone: Option<String>,
    /// What became of it.
    #[schema(schema_with = closed::outcome)]
    outcome: Option<String>,
    /// A part of the name of who ordered or approved it.
    who: Option<String>,
    /// `airings` (else), `acts` (orders and decisions of people), `machine` (what it noted by itself).
    #[schema(schema_with = closed::list)]
    list: Option<String>,
    /// Where the answer before ended.
    cursor: Option<String>,
    /// Rows at most. What stands at one moment stays together, so that there may be a few more.
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// Rows of the journal, the last first.
#[derive(Serialize, Deserialize, ToSchema)]
struct RowsAnswer {
    entries: Vec<RowShown>,
    /// With it the next rows are asked for; there may be none of the kind among them.
    next: Option<String>,
}

/// A row, as `loa journal --json` has it.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct RowShown {
    seq: u64,
    zone: Option<String>,
    broadcast: Option<String>,
    title: String,
    class: Option<String>,
    /// `airing`, `note`.
    kind: String,
    planned: Option<String>,
    started: Option<String>,
    ended: Option<String>,
    start_error_ms: Option<f64>,
    seconds_planned: Option<f64>,
    seconds_played: Option<f64>,
    /// `played`, `partial`, `missed`, `refused`.
    outcome: Option<String>,
    reason: Option<String>,
    audio: Vec<AudioShown>,
    campaign: Option<String>,
    order: Option<String>,
    approved_by: Option<String>,
    /// SHA-256 that holds this row and all before it.
    hash: String,
}

/// A file that was played.
#[derive(Serialize, Deserialize, ToSchema)]
struct AudioShown {
    file: String,
    sha256: String,
}

/// Which acts.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ActsQuery {
    /// Where the answer before ended: acts before this instant.
    cursor: Option<String>,
    /// Acts at most, as with rows.
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// What people did, the last first: schedules, sounds, orders, decisions, log-ins, people.
#[derive(Serialize, Deserialize, ToSchema)]
struct ActsAnswer {
    acts: Vec<ActShown>,
    /// With it the next ones are asked for.
    next: Option<String>,
}

/// Something that a person did.
#[derive(Serialize, Deserialize, ToSchema)]
struct ActShown {
    at: String,
    /// Empty where nobody knows.
    who: String,
    /// The account that said so, where it is not the station's own.
    account: Option<String>,
    /// By which token, where a program did it in his name.
    token: Option<String>,
    /// A stable code.
    code: String,
    /// In words.
    what: String,
    /// The row of the journal that tells more.
    row: Option<u64>,
    /// The version of the schedules that tells more.
    version: Option<i64>,
}

const READS: Need = Need::Right(Right::Journal);

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("journal", "/journal", READS, list)
            .says("Nhật ký: những gì đã thật sự phát, lỡ, bị từ chối | The journal: what was really heard, missed, refused"),
        Operation::get("journal-row", "/journal/{seq}", READS, row).says("Một dòng nhật ký | One row"),
        Operation::file("journal-sound", Method::GET, "/journal/{seq}/sounds/{place}", (READS, &["audio/*"]), sound)
            .says("Nghe lại đúng bản ghi đã phát (đếm từ 0) | The very sound that was played (counted from 0)"),
        Operation::get("acts", "/acts", READS, of_people)
            .says("Việc người làm: ai sửa gì, ra lệnh gì, duyệt gì, lúc nào | What people did: who changed, ordered, approved what, and when"),
    ]
}

fn shown(entry: &Entry, station: &Station) -> Result<RowShown, Problem> {
    let written = export::json(entry, &station.timezone).unwrap_or_default();
    shaped(serde_json::from_str::<Value>(&written).unwrap_or_default())
}

async fn list(call: Call<RowsQuery>) -> Result<RowsAnswer, Problem> {
    let (look, now) = (call.look().await, call.app.now().wall);
    let station = &look.world.station;
    let RowsQuery { from, to, zone, outcome, who, list, cursor, limit } = &call.given;
    for (name, written) in [("from", from), ("to", to)] {
        written.as_deref().map(|written| day(name, written)).transpose()?;
    }
    let known = [("from", from), ("to", to), ("zone", zone), ("outcome", outcome), ("who", who), ("show", list)];
    let pairs: Vec<(&str, &str)> = known.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
    let asked = RowsAsked::read(&Fields::of(&pairs), station, now);
    if let Some(said) = asked.said {
        return Err(Undone::Wrong(said).into());
    }
    // What is not known never means all, nor nothing.
    if let Some(zone) = zone.clone().filter(|zone| station.find(zone).is_err()) {
        // One that is gone from `loa.toml` has its rows all the same.
        let name = zone.clone();
        if !read(&call.app, move |reader| reader.knows_zone(&name)).await.unwrap_or(false) {
            return Err(Problem::no_zone(&zone));
        }
    }
    if outcome.is_some() && asked.outcome.is_none() {
        return Err(Problem::has_to_be("outcome", &one_of(OUTCOMES.map(|(name, _)| name))));
    }
    if list.as_ref().is_some_and(|list| *list != asked.show.name()) {
        return Err(Problem::has_to_be("list", &one_of(Show::ALL.map(Show::name))));
    }
    let most = rows(*limit, ROWS_MOST)?;
    let place = cursor.as_deref().map(|cursor| Bookmark::read(cursor).ok_or_else(Problem::no_cursor));
    let place = place.transpose()?;
    if !call.app.site().journal().exists() {
        // A station that has never run.
        return Ok(RowsAnswer { entries: Vec::new(), next: None });
    }
    let tz = station.timezone.clone();
    let found = read(&call.app, move |reader| {
        let (begins, ends) = (asked.begins(&tz), asked.ends(&tz));
        page(reader, &asked, begins, (place.unwrap_or(Bookmark::before(ends)), most))
    });
    let (rows, next) = found.await.map_err(Undone::Failed)?;
    let entries = rows.iter().map(|entry| shown(entry, station)).collect::<Result<_, _>>()?;
    Ok(RowsAnswer { entries, next: next.map(Bookmark::written) })
}

async fn found<I>(call: &Call<I>) -> Result<Entry, Problem> {
    let seq = call.number::<u64>("seq")?;
    if i64::try_from(seq).is_err() || !call.app.site().journal().exists() {
        return Err(Problem::gone());
    }
    let found = read(&call.app, move |reader| reader.row(seq)).await;
    found.map_err(Undone::Failed)?.ok_or_else(Problem::gone)
}

async fn row(call: Call<Nothing>) -> Result<RowShown, Problem> {
    shown(&found(&call).await?, &call.look().await.world.station)
}

async fn sound(call: Call<Nothing>) -> Result<Response, Problem> {
    let place = call.number::<usize>("place")?;
    let mut entry = found(&call).await?;
    if place >= entry.audio.len() {
        return Err(Problem::gone());
    }
    let audio = entry.audio.swap_remove(place);
    sent(&call.app, audio.file, audio.sha256, &call.headers).await.ok_or_else(Problem::gone)
}

async fn of_people(call: Call<ActsQuery>) -> Result<ActsAnswer, Problem> {
    let look = call.look().await;
    let tz = &look.world.station.timezone;
    let until = call.given.cursor.as_deref().map_or(Ok(Wall::MAX), |cursor| instant("cursor", cursor, tz))?;
    let (found, next) = acts(&call.app, until, rows(call.given.limit, ROWS_MOST)?).await;
    let acts = found.into_iter().map(|act| ActShown {
        at: act.at.rfc3339(tz),
        who: act.who,
        account: Some(act.account).filter(|account| !account.is_empty()),
        token: Some(act.token).filter(|token| !token.is_empty()),
        code: act.code,
        what: act.said.get(call.who.lang).to_owned(),
        row: if let More::Row(seq) = act.more { Some(seq) } else { None },
        version: if let More::Version(seq) = act.more { Some(seq) } else { None },
    });
    // Milliseconds are not enough to go on from.
    Ok(ActsAnswer { acts: acts.collect(), next: next.map(|at| at.timestamp().to_string()) })
}
