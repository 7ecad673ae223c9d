use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::shaped;
use super::call::Call;
use super::cursor::part;
use super::given::instant;
use super::journal::RowShown;
use super::operation::Operation;
use super::problem::Problem;
use crate::daemon::{WrittenPast, heard_so_far};
use crate::diag::text;
use crate::gate::Need;
use crate::plan::PlanContext;
use crate::role::Right;

/// What one question may span: the longest month.
const SPAN_MOST: SignedDuration = SignedDuration::from_hours(31 * 24);

/// What is asked of the journal ends before an instant.
const AFTER: Duration = Duration::from_secs(1);

/// What is asked of the plan.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanAsked {
    /// From when: `2026-12-01T05:00+07:00`, `2026-12-01T05:00` by the station's clock, `2026-12-01`. Else from now.
    from: Option<String>,
    /// Up to when. Else a day; 31 days at most.
    to: Option<String>,
    /// In this zone only, by its id.
    zone: Option<String>,
    /// Where the answer before ended.
    cursor: Option<String>,
    /// Rows at most.
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// Airings, in order.
#[derive(Serialize, Deserialize, ToSchema)]
struct PlanAnswer {
    airings: Vec<AiringShown>,
    /// With it the next rows are asked for; none where these were the last.
    next: Option<String>,
}

/// An airing, as `loa plan --json` has it.
#[derive(Serialize, Deserialize, ToSchema)]
struct AiringShown {
    /// Its zone's id.
    zone: String,
    /// The broadcast's id.
    broadcast: String,
    title: String,
    /// `normal`, `priority`, `emergency`.
    class: String,
    /// RFC 3339, with the station's offset and milliseconds.
    start: String,
    /// The same.
    end: String,
    items: Vec<ItemShown>,
    /// `play`, `wait`, `refuse`, `miss`.
    verdict: String,
    /// A stable code.
    reason: Option<String>,
    /// The reason as a sentence.
    because: Option<String>,
    /// What became of it, where its time has come: `played`, `partial`, `missed`, `refused`, `due` (it is not over),
    /// `unknown` (the journal has nothing of it).
    happened: Option<String>,
    /// The journal's row of it, for who may read the journal.
    journal: Option<RowShown>,
}

/// One thing that an airing plays.
#[derive(Serialize, Deserialize, ToSchema)]
struct ItemShown {
    /// As it is written.
    name: String,
    /// Its name in `audio/`.
    file: Option<String>,
    seconds: f64,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("plan", "/plan", Need::Right(Right::See), plan).says(
            "Các lượt phát dự kiến, và vì sao lượt nào không phát | The airings to come, and why one does not sound",
        ),
    ]
}

async fn plan(call: Call<PlanAsked>) -> Result<PlanAnswer, Problem> {
    let (look, now, lang) = (call.look().await, call.app.now().wall, call.who.lang);
    let PlanAsked { from, to, zone, cursor, limit } = &call.given;
    let tz = &look.world.station.timezone;
    let from = from.as_deref().map_or(Ok(now), |from| instant("from", from, tz))?;
    let to = to.as_deref().map_or(Ok(from.moved(SignedDuration::from_hours(24))), |to| instant("to", to, tz))?;
    if to <= from {
        return Err(Problem::misread(text!("«to» phải sau «from»", "\"to\" has to be after \"from\"")));
    }
    if to.since(from) > SPAN_MOST {
        let days = SPAN_MOST.as_hours() / 24;
        return Err(Problem::misread(text!(
            "từ «from» đến «to» nhiều nhất {days} ngày: hãy hỏi từng đoạn",
            "from \"from\" to \"to\" are {days} days at most: ask part by part"
        )));
    }
    if let Some(zone) = zone.as_ref().filter(|zone| !look.world.station.zones.iter().any(|one| one.id == **zone)) {
        return Err(Problem::no_zone(zone));
    }
    let wanted = |id: &str| call.sees(id) && zone.as_ref().is_none_or(|zone| zone == id);
    let is_wanted: Vec<bool> = look.world.station.zones.iter().map(|zone| wanted(&zone.id)).collect();
    let (cursor, limit) = (cursor.clone(), *limit);
    // A province's month is a second's work.
    let (dir, reads_journal) = (call.app.dir().to_owned(), call.who.may(Right::Journal));
    let done = tokio::task::spawn_blocking(move || {
        let world = &look.world;
        let known = heard_so_far(&dir, &world.station, now);
        let ground = PlanContext::knowing(&world.schedule, &world.station, &world.library, known);
        let airings = ground.plan(from, to);
        let own = airings.iter().filter(|one| is_wanted.get(usize::from(one.zone.0)).copied().unwrap_or(false));
        let (rows, next) = part(own, cursor.as_deref(), limit)?;
        // Only of the rows that are shown is anything looked up.
        let first = rows.iter().map(|airing| airing.scheduled).min().unwrap_or(from);
        let last = rows.iter().map(|airing| airing.scheduled).max().unwrap_or(from);
        let past = WrittenPast::read(&dir, first, last + AFTER, now);
        let shown = rows.into_iter().map(|airing| shaped(past.row(airing, &ground, lang)));
        let mut airings = shown.collect::<Result<Vec<AiringShown>, _>>()?;
        if !reads_journal {
            for airing in &mut airings {
                airing.journal = None;
            }
        }
        Ok(PlanAnswer { airings, next })
    });
    done.await.unwrap_or_else(|_| Err(Problem::gone()))
}
