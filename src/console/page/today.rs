//! Today: what is wrong, what is to be done, what sounds and what comes. First what a person must act on.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use maud::html;

use crate::console::app::App;
use crate::console::gate::{Need, Who};
use crate::console::role::Right;
use crate::console::routes::{Ask, Route, route};
use crate::console::shell::{self, Page};
use crate::diag::text;

pub(super) const ROUTES: &[Route] = &[route(Ask::Get, "/", Need::Right(Right::See), || get(today))];

/// The first page.
async fn today(State(app): State<App>, who: Who) -> Response {
    let lang = who.lang;
    let status = app.door().status();
    let body = html! {
        @if let Some(status) = &status {
            section.zones {
                @for zone in &status.zones {
                    article.zone {
                        h2 { (zone.title.as_deref().unwrap_or(&zone.zone)) }
                        @match (&zone.playing, &zone.next) {
                            (Some(playing), _) => p { strong { (text!("Đang phát", "Playing").get(lang)) } ": " (playing.title) },
                            (None, Some(next)) => p { (text!("Sắp phát", "Next").get(lang)) ": " (next.title) " · " (next.start) },
                            (None, None) => p { (text!("Không có gì sắp phát", "Nothing is to come").get(lang)) },
                        }
                    }
                }
            }
        } @else {
            p.said role="alert" { (text!(
                "Đài không chạy: sẽ không có gì phát cho đến khi loa được khởi động lại.",
                "The station is not running: nothing will play until loa is started again."
            ).get(lang)) }
        }
    };
    shell::page(&app, &who, Page::of(text!("Hôm nay", "Today")), &body)
}
