//! `/healthz`: for whatever watches the station. Nobody logs in for it, and it tells no name of anything.

use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::json;

use crate::app::{App, Peer};
use crate::entry::counted;
use crate::gate::{Need, Who};
use crate::health::{HEALTH_AGES, Health};
use crate::route::{Ask, Route, route};

pub(super) const ROUTES: &[Route] = &[route(Ask::Get, "/healthz", Need::Nothing, || get(healthz))];

/// As it is, or was a moment ago.
pub(super) async fn health(app: &App) -> Arc<Health> {
    let (look, now, status, site) = (app.look().await, app.now(), app.door().fresh(app.now().mono), app.site().clone());
    let make = move |_: Option<Arc<Health>>| Health::judge(&look, status.as_deref(), (&site, now.wall));
    app.health().get(now.mono, HEALTH_AGES, make).await
}

async fn healthz(
    State(app): State<App>,
    who: Who,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    if app.rates().ask(&counted(peer.ip()), app.now().mono).is_err() {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let (health, station) = (health(&app).await, app.look().await.world.station.clone());
    let tz = &station.timezone;
    let status = if health.is_well() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let sentence = health.sentence(tz);
    let wants_json =
        headers.get(ACCEPT).and_then(|kinds| kinds.to_str().ok()).is_some_and(|kinds| kinds.contains("json"));
    if wants_json {
        let silences: Vec<_> = health
            .silences
            .iter()
            .map(|one| {
                json!({"code": one.code, "what": one.said.get(who.lang), "at": one.at.map(|at| at.rfc3339(tz)), "times": one.times})
            })
            .collect();
        let told = json!({"well": health.is_well(), "said": sentence.get(who.lang),
            "next": health.next.map(|at| at.rfc3339(tz)), "silences": silences});
        return (status, [(CONTENT_TYPE, "application/json")], told.to_string()).into_response();
    }
    (status, [(CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{}\n", sentence.get(who.lang))).into_response()
}
