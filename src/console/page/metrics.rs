//! `/metrics`: figures for Prometheus. Off unless `[console] metrics = true`, and then for this machine alone or with a token
//! (docs/decisions/0075-figures-are-asked-for.md).

use std::fmt::Write as _;

use axum::extract::{Extension, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::{App, Peer};
use crate::counts::{BOUNDS, Counted};
use crate::entry::counted;
use crate::gate::{Need, Who};
use crate::page::health::health;
use crate::page::journal::read;
use crate::plan;
use crate::role::Right;
use crate::route::{Ask, Route, route};
use crate::station::Approval;
use crate::status::Status;

pub(super) const ROUTES: &[Route] = &[route(Ask::Get, "/metrics", Need::Nothing, || get(metrics))];

/// What a program in front of the page adds: whoever comes so is not on this machine.
const FORWARDED: [HeaderName; 3] = [
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-real-ip"),
];

async fn metrics(
    State(app): State<App>,
    who: Who,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    if app.rates().ask(&counted(peer.ip()), app.now().mono).is_err() {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    if !app.look().await.world.station.shows_metrics {
        return StatusCode::NOT_FOUND.into_response();
    }
    let is_here = peer.ip().to_canonical().is_loopback() && !FORWARDED.iter().any(|name| headers.contains_key(name));
    if !is_here && !who.may(Right::Machine) && !has_token(&app, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let told = told(&app).await;
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], told).into_response()
}

fn has_token(app: &App, headers: &HeaderMap) -> bool {
    let sent = headers.get(AUTHORIZATION).and_then(|sent| sent.to_str().ok()).unwrap_or_default();
    let Some(word) = sent.strip_prefix("Bearer ") else { return false };
    let found = app.people().token(word.trim()).ok().flatten();
    found.and_then(|found| found.bearer(app.clock().wall())).is_some_and(|person| person.may(Right::Machine))
}

/// What Prometheus calls a figure.
fn named(figure: &str) -> String {
    format!("loa_{}", figure.replace('-', "_"))
}

/// A figure with its words.
fn figure(out: &mut String, name: &str, kind: &str, help: &str, values: &[(String, f64)]) {
    let name = named(name);
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
    for (labels, value) in values {
        let _ = writeln!(out, "{name}{labels} {value}");
    }
}

async fn told(app: &App) -> String {
    let (status, look, health) = (app.door().fresh(app.now().mono), app.look().await, health(app).await);
    let (own, now) = (app.clone(), app.now().wall);
    let counted = read(app, move |reader| own.counts().on(reader, now)).await.ok();
    let one = |value: f64| vec![(String::new(), value)];
    let flag = |is: bool| one(f64::from(u8::from(is)));
    let mut out = String::new();
    figure(&mut out, "up", "gauge", "the program that plays answers", &flag(status.is_some()));
    figure(&mut out, "healthy", "gauge", "nothing that is planned within a day is silent", &flag(health.is_well()));
    if let Some(status) = &status {
        of_status(&mut out, status);
    }
    if let Some(left) = app.site().room() {
        figure(&mut out, "disk-free-bytes", "gauge", "room on the disk of the sounds", &one(left.bytes as f64));
    }
    let world = &look.world;
    if world.station.approval == Approval::Required {
        let waiting = plan::waiting(&world.schedule, &world.station, &world.library, now).len();
        figure(&mut out, "approvals-waiting", "gauge", "broadcasts that wait for approval", &one(waiting as f64));
    }
    let phones = app.people().phones_in_use(now).unwrap_or(0);
    figure(&mut out, "console-sessions", "gauge", "phones and computers that are logged in", &one(f64::from(phones)));
    // Where the journal cannot be read nothing is said: a nought would look like a counter that begins again.
    if let Some(counted) = &counted {
        of_journal(&mut out, counted);
    }
    out
}

fn of_status(out: &mut String, status: &Status) {
    let of_zones = |value: &dyn Fn(&crate::status::ZoneStatus) -> f64| {
        let zone = |id: &str| format!("{{zone=\"{}\"}}", id.replace(['\\', '"', '\n'], "_"));
        status.zones.iter().map(|one| (zone(&one.zone), value(one))).collect::<Vec<_>>()
    };
    let flag = |is: bool| f64::from(u8::from(is));
    figure(out, "clock-trusted", "gauge", "the clock is believed", &[(String::new(), flag(status.clock.trusted))]);
    figure(
        out,
        "journal-waiting-rows",
        "gauge",
        "rows that wait for the disk",
        &[(String::new(), status.journal.waiting as f64)],
    );
    figure(
        out,
        "underruns-total",
        "counter",
        "holes in the sound since the program was started",
        &of_zones(&|zone| zone.underruns as f64),
    );
    figure(out, "zone-trouble", "gauge", "the zone cannot sound", &of_zones(&|zone| flag(zone.trouble.is_some())));
    figure(out, "zone-playing", "gauge", "something sounds", &of_zones(&|zone| flag(zone.playing.is_some())));
}

fn of_journal(out: &mut String, counted: &Counted) {
    figure(out, "journal-last-row", "gauge", "the number of the newest row", &[(String::new(), counted.row as f64)]);
    figure(
        out,
        "journal-last-row-timestamp-seconds",
        "gauge",
        "when it was written",
        &[(String::new(), counted.written)],
    );
    figure(
        out,
        "counting-since-timestamp-seconds",
        "gauge",
        "since when airings and start errors are counted: the start of the page, or of another journal",
        &[(String::new(), counted.since)],
    );
    let outcomes: Vec<(String, f64)> = ["played", "partial", "missed", "refused"]
        .into_iter()
        .map(|name| (format!("{{outcome=\"{name}\"}}"), counted.outcomes.get(name).copied().unwrap_or(0) as f64))
        .collect();
    figure(out, "airings-total", "counter", "airings by outcome, of the time that is counted", &outcomes);
    let name = named("start-error-seconds");
    let _ = writeln!(out, "# HELP {name} how far the first sample was from its time\n# TYPE {name} histogram");
    let bounds = BOUNDS.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
    let mut all = 0;
    for (bound, count) in bounds.zip(counted.within()) {
        let _ = writeln!(out, "{name}_bucket{{le=\"{bound}\"}} {count}");
        all = count;
    }
    let _ = writeln!(out, "{name}_sum {}\n{name}_count {all}", counted.error);
}
