//! The same acts for programs, as JSON under `/api/v1`. One table says what there is ([`operations`]): the router and the
//! description ([`document`]) are made of it, so that neither knows an operation that the other does not. Who asks is told
//! by a token and by nothing else: no cookie counts here, so that no page from elsewhere can make a browser ask.

mod answer;
mod call;
mod changes;
mod closed;
mod cursor;
mod document;
mod gate;
mod given;
mod journal;
mod operation;
mod orders;
mod people;
mod plan;
mod problem;
mod rates;
mod report;
mod schedule;
mod silences;
mod sounds;
mod station;
mod unread;
mod waits;

use std::collections::BTreeMap;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, any};
use tower_http::compression::CompressionLayer;

use super::app::App;
use super::gate::Need;
use super::squeeze::squeezes;
use crate::diag::text;

pub use document::document;
pub use operation::Operation;
use problem::{Problem, asked_lang};
pub(super) use rates::Rates;

/// Where it is.
pub const BASE: &str = "/api/v1";

/// Everything that can be asked.
pub fn operations() -> Vec<Operation> {
    let all: [Vec<Operation>; 11] = [
        station::operations(),
        plan::operations(),
        journal::operations(),
        schedule::operations(),
        silences::operations(),
        changes::operations(),
        sounds::operations(),
        orders::operations(),
        waits::operations(),
        report::operations(),
        people::operations(),
    ];
    let described =
        Operation::file("describe", Method::GET, "/openapi.json", (Need::Nothing, &["application/json"]), described);
    let words = "Bản mô tả này, dạng OpenAPI 3.1 | This description, as OpenAPI 3.1";
    all.into_iter().flatten().chain([described.says(words)]).collect()
}

async fn described(_: call::Call<given::Nothing>) -> Result<Response, Problem> {
    answer::json(&document())
}

/// What answers under [`BASE`].
pub(super) fn router(app: &App) -> Router<App> {
    let mut paths: BTreeMap<String, MethodRouter<App>> = BTreeMap::new();
    for operation in operations() {
        let (path, need) = (format!("{BASE}{}", operation.path), operation.need);
        let answers = operation.answers.layer(from_fn_with_state((app.clone(), need), gate::pass));
        let known = paths.remove(&path).unwrap_or_default();
        paths.insert(path, known.merge(answers));
    }
    let mut router = Router::new().route("/api/{*rest}", any(nowhere)).route("/api", any(nowhere));
    for (path, answers) in paths {
        router = router.route(&path, answers.fallback(otherwise));
    }
    router.layer(CompressionLayer::new().compress_when(squeezes())).layer(from_fn(gate::guard))
}

async fn nowhere(headers: axum::http::HeaderMap) -> Response {
    let why = text!("không có địa chỉ này", "there is nothing at this address");
    let cure = text!("xem /api/v1/openapi.json", "see /api/v1/openapi.json");
    Problem::new(StatusCode::NOT_FOUND, "no_such_path", why, cure).told(asked_lang(&headers))
}

async fn otherwise(headers: axum::http::HeaderMap) -> Response {
    let why = text!("địa chỉ này không nhận kiểu yêu cầu ấy", "this address takes no request of that method");
    let cure = text!("xem /api/v1/openapi.json", "see /api/v1/openapi.json");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "no_such_method", why, cure).told(asked_lang(&headers))
}
