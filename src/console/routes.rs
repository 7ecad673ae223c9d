//! Every address of the console: what it is reached by, what it needs of the one who asks, and what answers. The table is
//! all there is: the router is made of it, and the tests ask each row in each role. Each page has its own rows.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use super::address::{self, LISTEN};
use super::api;
use super::app::App;
use super::asset;
use super::gate::{self, Need, Who};
use super::page;
pub(super) use super::route::route;
pub use super::route::{Ask, Route};
use super::shell::{self, Page};
use super::squeeze::squeezes;
use crate::diag::text;

/// What comes with the program.
const OWN: &[Route] = &[
    route(Ask::Get, "/style.css", Need::Nothing, || get(style)),
    route(Ask::Get, "/page.js", Need::Nothing, || get(script)),
    route(Ask::Get, "/icon.svg", Need::Nothing, || get(icon)),
];

/// All of them.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    OWN.iter().chain(page::ROUTES.iter().copied().flatten())
}

/// The console, ready to answer.
pub fn router(app: &App) -> Router {
    let mut router = Router::new();
    for Route { path, need, answer, .. } in routes() {
        let answers = answer().layer(from_fn_with_state((app.clone(), *need), gate::pass));
        router = router.route(path, answers);
    }
    let nowhere = get(nowhere).post(nowhere).layer(from_fn_with_state((app.clone(), Need::Nothing), gate::pass));
    router
        .fallback_service(nowhere.with_state(app.clone()))
        .layer(CompressionLayer::new().compress_when(squeezes()))
        .layer(CsrfLayer::new())
        .layer(from_fn(gate::says_where_from))
        .layer(from_fn(gate::guard))
        .merge(api::router(app))
        .with_state(app.clone())
}

/// What answers without encryption on a page that is encrypted: the certificate, and the way to the rest.
pub(super) fn aside(app: &App) -> Router {
    let mut router = Router::new();
    let open = ["/ca", "/ca.crt", "/style.css", "/icon.svg"];
    for Route { path, need, answer, .. } in routes().filter(|route| open.contains(&route.path)) {
        router = router.route(path, answer().layer(from_fn_with_state((app.clone(), *need), gate::pass)));
    }
    router.fallback(to_encrypted).layer(from_fn(gate::guard)).with_state(app.clone())
}

async fn to_encrypted(State(app): State<App>, request: Request) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    if host.is_empty() || !host.chars().all(is_plain) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let address = address::encrypted_at(host, app.station().console.unwrap_or(LISTEN), &app.certified());
    gate::go_to(&format!("https://{address}{path}"))
}

async fn nowhere(State(app): State<App>, who: Who) -> Response {
    let page = Page { title: text!("Không có trang này", "There is no such page"), status: StatusCode::NOT_FOUND };
    let back = text!("Về trang Hôm nay", "Back to Today");
    shell::page(&app, &who, page, &maud::html! { p { a.button href="/" { (back.get(who.lang)) } } })
}

/// A file that comes with the program: a browser keeps it for an hour.
fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, text).into_response()
}

async fn style() -> Response {
    file("text/css; charset=utf-8", asset::STYLE)
}

async fn script() -> Response {
    file("text/javascript; charset=utf-8", asset::SCRIPT)
}

async fn icon() -> Response {
    file("image/svg+xml", asset::ICON)
}
