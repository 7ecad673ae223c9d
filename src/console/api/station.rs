use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::shaped;
use super::call::Call;
use super::given::Nothing;
use super::operation::Operation;
use super::problem::{FindingShown, Problem};
use crate::daemon;
use crate::diag::Diagnostic;
use crate::gate::Need;
use crate::page::schedule::work;
use crate::role::Right;
use crate::station::{Approval, ZoneIx};

/// The station.
#[derive(Serialize, Deserialize, ToSchema)]
struct StationShown {
    /// What people call it.
    name: String,
    /// The zone of its clock, as IANA names it.
    timezone: String,
    /// A broadcast sounds only when a second person has approved it.
    needs_approval: bool,
    /// Its zones, in the order of `loa.toml`; for a token that is bound to some, those.
    zones: Vec<ZoneShown>,
    /// Groups of zones, by name.
    groups: BTreeMap<String, Vec<String>>,
}

/// A zone.
#[derive(Serialize, Deserialize, ToSchema)]
struct ZoneShown {
    /// Its id.
    zone: String,
    /// What people call it.
    title: String,
    /// The languages that it speaks, in order.
    languages: Vec<String>,
}

/// How the station stands.
#[derive(Serialize, Deserialize, ToSchema)]
struct StatusAnswer {
    /// The program that plays answers. Where it does not, there is nothing in `status`.
    running: bool,
    /// How it stands, as `loa status --json` has it.
    status: Option<StatusShown>,
}

/// What the running program says of itself. Further keys are those of `loa status --json`.
#[derive(Serialize, Deserialize, ToSchema)]
struct StatusShown {
    /// The station's name.
    name: String,
    /// When it was asked.
    at: String,
    /// Whether the clock is believed, and why.
    clock: BTreeMap<String, Value>,
    /// The zones, each with what sounds and what comes next.
    zones: Vec<BTreeMap<String, Value>>,
    /// Orders by hand that are under way.
    orders: Vec<BTreeMap<String, Value>>,
    #[serde(flatten)]
    further: BTreeMap<String, Value>,
}

/// What is wrong with the files.
#[derive(Serialize, Deserialize, ToSchema)]
struct CheckAnswer {
    /// As `loa check --json` has them.
    findings: Vec<FindingShown>,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("station", "/station", Need::Right(Right::See), station)
            .says("Đài, các cụm loa và nhóm | The station, its zones and groups"),
        Operation::get("status", "/status", Need::Right(Right::See), status)
            .says("Đang phát gì, sắp phát gì, có gì trục trặc | What sounds, what comes, what is wrong"),
        Operation::get("check", "/check", Need::Right(Right::Machine), check)
            .says("Lỗi trong các tệp của đài | What is wrong with the station's files"),
    ]
}

async fn station(call: Call<Nothing>) -> Result<StationShown, Problem> {
    let look = call.look().await;
    let station = &look.world.station;
    let id = |zone: &ZoneIx| station.zones.get(usize::from(zone.0)).map(|zone| zone.id.clone());
    let own = station.zones.iter().filter(|zone| call.sees(&zone.id));
    let groups = station.groups.iter().map(|(name, zones)| {
        let zones: Vec<String> = zones.iter().filter_map(id).filter(|zone| call.sees(zone)).collect();
        (name.clone(), zones)
    });
    Ok(StationShown {
        name: station.name.clone(),
        timezone: station.timezone.iana_name().unwrap_or_default().to_owned(),
        needs_approval: station.approval == Approval::Required,
        zones: own
            .map(|zone| ZoneShown {
                zone: zone.id.clone(),
                title: zone.title.clone(),
                languages: zone.languages.clone(),
            })
            .collect(),
        groups: groups.filter(|(_, zones)| !zones.is_empty()).collect(),
    })
}

/// What a token sees that is bound to zones: those, and nothing that names others.
const BOUND: [&str; 5] = ["name", "at", "clock", "zones", "orders"];

async fn status(call: Call<Nothing>) -> Result<StatusAnswer, Problem> {
    let Some(status) = call.app.door().status() else { return Ok(StatusAnswer { running: false, status: None }) };
    let mut told = serde_json::to_value(&*status).unwrap_or_default();
    if let Some(keys) = told.as_object_mut().filter(|_| call.is_bound()) {
        keys.retain(|key, _| BOUND.contains(&key.as_str()));
        let is_own = |one: &Value| one["zone"].as_str().is_some_and(|zone| call.sees(zone));
        if let Some(zones) = keys.get_mut("zones").and_then(Value::as_array_mut) {
            zones.retain(&is_own);
        }
        if let Some(orders) = keys.get_mut("orders").and_then(Value::as_array_mut) {
            for order in &mut *orders {
                if let Some(zones) = order["zones"].as_array_mut() {
                    zones.retain(&is_own);
                }
            }
            orders.retain(|order| order["zones"].as_array().is_some_and(|zones| !zones.is_empty()));
        }
    }
    Ok(StatusAnswer { running: true, status: Some(shaped(told)?) })
}

async fn check(call: Call<Nothing>) -> Result<CheckAnswer, Problem> {
    let look = call.look().await;
    let (dir, now, lang) = (call.app.site().dir().to_owned(), call.app.clock().wall(), call.who.lang);
    let findings = work(move || {
        let mut found = look.diagnostics.clone();
        found.extend(daemon::checked(&dir, &look.world, now));
        Diagnostic::sort(&mut found);
        FindingShown::all(&found, lang)
    });
    Ok(CheckAnswer { findings: findings.await })
}
