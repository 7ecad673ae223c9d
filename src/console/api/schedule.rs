use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::call::Call;
use super::closed;
use super::cursor::part;
use super::given::{Nothing, local};
use super::operation::Operation;
use super::problem::{FindingShown, Problem};
use crate::act::Undone;
use crate::diag::text;
use crate::edit::{Change, Coming, Digest, Done, FileEntry, Of, Value, form_keys};
use crate::fields::Fields;
use crate::gate::Need;
use crate::page::schedule::{Sight, ended, every, occurrence, target, work};
use crate::role::Right;
use crate::sentence::capital;
use crate::station::{Station, ZoneIx};

/// Which broadcasts.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EntriesAsked {
    /// Where the answer before ended.
    cursor: Option<String>,
    /// Rows at most.
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// What stands in the schedules, in the order of the files.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct EntriesAnswer {
    pub(super) entries: Vec<EntryShown>,
    pub(super) next: Option<String>,
}

/// An entry of a schedule.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct EntryShown {
    id: String,
    title: String,
    /// The file, relative to the station.
    file: String,
    line: usize,
    /// It is written in a way that cannot be changed from here.
    by_hand: bool,
    /// Of its lines: a change sends it back, so that what somebody else changed meanwhile is noticed.
    digest: String,
    /// Every key as it is written, dates as `2026-12-01`.
    keys: BTreeMap<String, Json>,
}

/// A new broadcast.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEntryAsked {
    /// As in a schedule: `title`, `zones`, `at`, `days`, `play`, … Dates as `2026-12-01`.
    #[schema(schema_with = closed::new_keys)]
    keys: BTreeMap<String, Json>,
}

/// Another value for some keys.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EntryChangeAsked {
    /// Of the entry as it was read.
    #[schema(max_length = 200)]
    digest: String,
    /// Key and value; `null` takes a key out.
    #[schema(schema_with = closed::changed_keys)]
    keys: BTreeMap<String, Json>,
}

/// Which entry is meant, as it was read.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DigestAsked {
    /// Of the entry as it was read.
    #[schema(max_length = 200)]
    digest: String,
}

/// One airing that does not play.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SkipAsked {
    /// Its time by the station's clock: `2026-12-01T05:30`; with an offset, that instant.
    at: String,
}

/// One airing that plays at another time of its day.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveAsked {
    /// Its time by the station's clock: `2026-12-01T05:30`; with an offset, that instant.
    at: String,
    /// Its new time: `05:45`.
    to: String,
    /// All airings of that time, and not this one alone.
    #[serde(default)]
    for_good: bool,
}

/// What was written.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct WrittenAnswer {
    /// What was done, in words; none where the files say so already and nothing was written.
    done: Option<String>,
    /// Its versions.
    versions: Vec<i64>,
    /// The broadcasts that were made or changed, with their next airings.
    broadcasts: Vec<ComingShown>,
    /// What the check says now and did not say before: warnings, and sounds that are still to come.
    findings: Vec<FindingShown>,
}

/// A broadcast with its next airings.
#[derive(Serialize, Deserialize, ToSchema)]
struct ComingShown {
    id: String,
    airings: Vec<NextShown>,
}

/// A next airing.
#[derive(Serialize, Deserialize, ToSchema)]
struct NextShown {
    start: String,
    end: String,
    /// Ids.
    zones: Vec<String>,
    /// What becomes of it as things stand.
    verdict: String,
    reason: Option<String>,
    /// A sentence on it; of one that waits for approval, that it does.
    because: Option<String>,
}

const SEES: Need = Need::Right(Right::See);
const WRITES: Need = Need::Right(Right::Schedule);

pub(super) fn operations() -> Vec<Operation> {
    let post = || Method::POST;
    vec![
        Operation::get("broadcasts", "/broadcasts", SEES, list)
            .says("Các mục trong lịch | The broadcasts of the schedules"),
        Operation::does("add-broadcast", post(), "/broadcasts", WRITES, add)
            .says("Thêm mục phát | Add a broadcast")
            .gives(StatusCode::CREATED),
        Operation::get("broadcast", "/broadcasts/{id}", SEES, one).says("Một mục | One broadcast"),
        Operation::does("change-broadcast", Method::PATCH, "/broadcasts/{id}", WRITES, change)
            .says("Sửa mục phát | Change a broadcast"),
        Operation::does("delete-broadcast", Method::DELETE, "/broadcasts/{id}", WRITES, delete)
            .says("Xóa mục phát; lấy lại được | Delete a broadcast; it can be brought back"),
        Operation::does("skip-airing", post(), "/broadcasts/{id}/skip", WRITES, skip)
            .says("Riêng lần này không phát | Leave one airing out"),
        Operation::does("move-airing", post(), "/broadcasts/{id}/move", WRITES, shift)
            .says("Dời riêng lần này, hoặc dời hẳn giờ ấy | Move one airing, or that time for good"),
    ]
}

fn json(value: &Value) -> Json {
    match value {
        Value::Text(text) | Value::Other(text) => Json::from(text.as_str()),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::Flag(flag) => Json::from(*flag),
        Value::Date(date) => Json::from(date.to_string()),
        Value::Time(time) => Json::from(time.to_string()),
        Value::Moment(at) => Json::from(at.to_string()),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}

/// A day and a moment are written without quotes; a program has no other way to say one.
fn value(key: &str, json: &Json) -> Result<Value, Problem> {
    let wanted = || text!("một giá trị của lịch, không phải {json}", "a value of a schedule, and not {json}");
    let odd = || Problem::has_to_be(key, &wanted());
    Ok(match json {
        Json::String(text) => match (text.parse::<Date>(), text.parse::<DateTime>()) {
            (Ok(date), _) if text.len() == 10 => Value::Date(date),
            (_, Ok(at)) if text.contains('T') => Value::Moment(at),
            _ => Value::Text(text.clone()),
        },
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, Some(broken)) => Value::Float(broken),
            (None, None) => return Err(odd()),
        },
        Json::Bool(flag) => Value::Flag(*flag),
        Json::Array(items) => Value::List(items.iter().map(|item| value(key, item)).collect::<Result<_, _>>()?),
        Json::Object(table) => {
            let pairs = table.iter().map(|(own, one)| Ok((own.clone(), value(key, one)?)));
            Value::Table(pairs.collect::<Result<_, Problem>>()?)
        }
        Json::Null => return Err(odd()),
    })
}

pub(super) fn entry_shown(entry: &FileEntry) -> EntryShown {
    EntryShown {
        id: entry.name.clone(),
        title: entry.title().to_owned(),
        file: entry.file.clone(),
        line: entry.line,
        by_hand: entry.by_hand,
        digest: entry.digest.to_string(),
        keys: entry.fields.iter().map(|field| (field.key.clone(), json(&field.value))).collect(),
    }
}

fn ids(zones: &[ZoneIx], station: &Station) -> Vec<String> {
    zones.iter().filter_map(|zone| station.zones.get(usize::from(zone.0))).map(|zone| zone.id.clone()).collect()
}

pub(super) fn written<I>(call: &Call<I>, done: Done, station: &Station) -> WrittenAnswer {
    let tz = &station.timezone;
    let lang = call.who.lang;
    let airing = |one: &Coming| {
        let (verdict, reason) = one.as_it_stands();
        let asked = one.to_be_approved().map(|asked| format!("{}.", capital(asked.get(lang))));
        NextShown {
            start: one.start.rfc3339(tz),
            end: one.end.rfc3339(tz),
            zones: ids(&one.zones, station),
            verdict: verdict.code().to_owned(),
            reason: reason.map(str::to_owned),
            because: asked.or_else(|| one.because.as_ref().map(|plain| plain.said.get(lang).to_owned())),
        }
    };
    let broadcasts = done
        .coming
        .iter()
        .map(|(id, coming)| ComingShown { id: id.clone(), airings: coming.iter().map(airing).collect() });
    WrittenAnswer {
        done: done.told.map(|told| told.get(call.who.lang).to_owned()),
        versions: done.versions,
        broadcasts: broadcasts.collect(),
        findings: FindingShown::all(&done.new, lang),
    }
}

pub(super) async fn sight<I>(call: &Call<I>) -> Sight {
    Sight::of(&call.app, &call.who).await
}

async fn list(call: Call<EntriesAsked>) -> Result<EntriesAnswer, Problem> {
    let desk = sight(&call).await;
    let reading = desk.clone();
    let pages = work(move || reading.editor.read()).await?;
    let sees =
        |entry: &FileEntry| ids(&desk.zones_planned(&entry.name), desk.station()).iter().any(|zone| call.sees(zone));
    let all = pages.iter().flat_map(|page| &page.entries).filter(|entry| entry.of == Of::Broadcast && sees(entry));
    let (entries, next) = part(all, call.given.cursor.as_deref(), call.given.limit)?;
    Ok(EntriesAnswer { entries: entries.into_iter().map(entry_shown).collect(), next })
}

async fn entry<I>(call: &Call<I>, desk: &Sight) -> Result<FileEntry, Problem> {
    let (reading, id) = (desk.clone(), call.place("id").to_owned());
    let found = work(move || reading.entry(&id)).await?;
    let (entry, _) = found.ok_or_else(Problem::gone)?;
    let sees = ids(&desk.zones_planned(&entry.name), desk.station()).iter().any(|zone| call.sees(zone));
    if sees { Ok(entry) } else { Err(Problem::gone()) }
}

async fn one(call: Call<Nothing>) -> Result<EntryShown, Problem> {
    let desk = sight(&call).await;
    Ok(entry_shown(&entry(&call, &desk).await?))
}

/// The zones that keys name; every zone where they name none.
fn zones_of(desk: &Sight, keys: &BTreeMap<String, Json>) -> Vec<ZoneIx> {
    let Some(zones) = keys.get("zones").filter(|zones| !zones.is_null()) else { return every(desk.station()) };
    let names: Vec<String> = match zones {
        Json::Array(names) => names.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        one => one.as_str().map(str::to_owned).into_iter().collect(),
    };
    if names.iter().any(|name| name.eq_ignore_ascii_case("all")) {
        every(desk.station())
    } else {
        desk.zones_called(&names)
    }
}

fn known(keys: &BTreeMap<String, Json>) -> Result<(), Problem> {
    match keys.keys().find(|key| !form_keys().any(|known| known == *key)) {
        None => Ok(()),
        Some(key) => {
            let key = crate::diag::shown(key);
            let why = text!("khóa «{key}» không ghi được từ đây", "the key \"{key}\" is not written from here");
            Err(Undone::Wrong(why).into())
        }
    }
}

async fn add(call: Call<NewEntryAsked>) -> Result<WrittenAnswer, Problem> {
    let desk = sight(&call).await;
    known(&call.given.keys)?;
    let zones = zones_of(&desk, &call.given.keys);
    let keys =
        call.given.keys.iter().map(|(key, one)| Ok((key.clone(), value(key, one)?))).collect::<Result<_, Problem>>()?;
    let done = desk.write(&call.app, &call.who, vec![Change::Add { keys }], &zones).await?;
    Ok(written(&call, done, desk.station()))
}

async fn change(call: Call<EntryChangeAsked>) -> Result<WrittenAnswer, Problem> {
    let desk = sight(&call).await;
    known(&call.given.keys)?;
    let entry = entry(&call, &desk).await?;
    let mut zones = desk.zones_planned(&entry.name);
    if call.given.keys.contains_key("zones") {
        zones.extend(zones_of(&desk, &call.given.keys));
    }
    let keys = call
        .given
        .keys
        .iter()
        .map(|(key, one)| Ok((key.clone(), if one.is_null() { None } else { Some(value(key, one)?) })));
    let keys = keys.collect::<Result<Vec<_>, Problem>>()?;
    let mut at = target(&entry);
    at.seen = Some(Digest::written(&call.given.digest));
    let done = desk.write(&call.app, &call.who, vec![Change::Keys { at, keys }], &zones).await?;
    Ok(written(&call, done, desk.station()))
}

async fn delete(call: Call<DigestAsked>) -> Result<WrittenAnswer, Problem> {
    let fields = [("id", call.place("id")), ("do", "delete"), ("seen", &call.given.digest)];
    let done = ended(&call.app, &call.who, &Fields::of(&fields)).await?;
    Ok(written(&call, done, sight(&call).await.station()))
}

async fn skip(call: Call<SkipAsked>) -> Result<WrittenAnswer, Problem> {
    let at = local("at", &call.given.at, &call.look().await.world.station.timezone)?.to_string();
    let fields = [("id", call.place("id")), ("at", at.as_str()), ("do", "skip")];
    let done = occurrence(&call.app, &call.who, &Fields::of(&fields)).await?;
    Ok(written(&call, done, sight(&call).await.station()))
}

async fn shift(call: Call<MoveAsked>) -> Result<WrittenAnswer, Problem> {
    let at = local("at", &call.given.at, &call.look().await.world.station.timezone)?.to_string();
    let how = if call.given.for_good { "good" } else { "once" };
    let fields = [("id", call.place("id")), ("at", at.as_str()), ("to", call.given.to.as_str()), ("how", how)];
    let done = occurrence(&call.app, &call.who, &Fields::of(&fields)).await?;
    Ok(written(&call, done, sight(&call).await.station()))
}
