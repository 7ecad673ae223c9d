//! Every address of the console: what it is reached by, what it needs of the one who asks, and what answers. The table is
//! all there is: the router is made of it, and the tests ask each row in each role.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use super::app::App;
use super::gate::{self, Need, Who};
use super::role::Right;
use super::shell::{self, Page};
use super::{login, today};
use crate::diag::text;

/// How an address is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// To be looked at; changes nothing.
    Get,
    /// To do something.
    Post,
}

/// An address.
pub struct Route {
    /// How it is asked.
    pub ask: Ask,
    /// Its path, as axum writes it.
    pub path: &'static str,
    /// What it needs of the one who asks.
    pub need: Need,
    answer: fn() -> MethodRouter<App>,
}

const fn route(ask: Ask, path: &'static str, need: Need, answer: fn() -> MethodRouter<App>) -> Route {
    Route { ask, path, need, answer }
}

/// All of them.
pub const ROUTES: &[Route] = &[
    route(Ask::Get, "/style.css", Need::Nothing, || get(style)),
    route(Ask::Get, "/page.js", Need::Nothing, || get(script)),
    route(Ask::Get, "/icon.svg", Need::Nothing, || get(icon)),
    route(Ask::Get, "/login", Need::Nothing, || get(login::ask)),
    route(Ask::Post, "/login", Need::Nothing, || post(login::enter)),
    route(Ask::Post, "/logout", Need::Nothing, || post(login::leave)),
    route(Ask::Post, "/language", Need::Nothing, || post(login::language)),
    route(Ask::Get, "/invite/{token}", Need::Nothing, || get(login::invited)),
    route(Ask::Post, "/invite/{token}", Need::Nothing, || post(login::accept)),
    route(Ask::Get, "/", Need::Right(Right::See), || get(today::today)),
];

/// The console, ready to answer.
pub fn router(app: &App) -> Router {
    let mut router = Router::new();
    for Route { path, need, answer, .. } in ROUTES {
        let answers = answer().layer(from_fn_with_state((app.clone(), *need), gate::pass));
        router = router.route(path, answers);
    }
    let nowhere = get(nowhere).post(nowhere).layer(from_fn_with_state((app.clone(), Need::Nothing), gate::pass));
    router
        .fallback_service(nowhere.with_state(app.clone()))
        .layer(CompressionLayer::new())
        .layer(CsrfLayer::new())
        .layer(from_fn(gate::guard))
        .with_state(app.clone())
}

async fn nowhere(axum::extract::State(app): axum::extract::State<App>, who: Who) -> Response {
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
    file("text/css; charset=utf-8", include_str!("asset/style.css"))
}

async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("asset/page.js"))
}

async fn icon() -> Response {
    file("image/svg+xml", include_str!("asset/icon.svg"))
}
