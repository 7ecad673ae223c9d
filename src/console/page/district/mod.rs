//! The district's page, where `loa.toml` has `[fleet]`: a sentence whose numbers are filters, every box as a square, the worst of them in a
//! table, the alarms and who looks after each, who did not hear an alarm of the centre, schedules that go out in waves, and a box's own page. What it shows is read from
//! the fleet's board; what is red, grey or worst is judged by [`crate::district`]. It writes what people say of alarms, and nothing else.

mod alarms;
mod boxes;
mod caller;
mod look;
mod map;
mod rollouts;
mod station;
mod stream;
mod top;
mod unheard;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;

use self::look::{address, asked, looked, wanted};
use crate::app::App;
use crate::diag::text;
use crate::gate::{Need, Who};
use crate::role::Right;
use crate::routes::{Ask, Route, route};
use crate::shell::{self, Page};

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/district", Need::Right(Right::District), || get(district)),
    route(Ask::Get, "/district/events", Need::Right(Right::District), || get(stream::events)),
    route(Ask::Get, "/district/box/{place}", Need::Right(Right::District), || get(station::station)),
    route(Ask::Get, "/district/alarms", Need::Right(Right::District), || get(alarms::list)),
    route(Ask::Post, "/district/alarms/{id}/take", Need::Right(Right::Tend), || post(alarms::take)),
    route(Ask::Post, "/district/alarms/{id}/close", Need::Right(Right::Tend), || post(alarms::close)),
    route(Ask::Get, "/district/rollouts", Need::Right(Right::District), || get(rollouts::list)),
    route(Ask::Get, "/district/unheard", Need::Right(Right::District), || get(unheard::list)),
    route(Ask::Get, "/district/unheard/{alarm}", Need::Right(Right::District), || get(unheard::one)),
];

/// All of it.
async fn district(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let look = match looked(&app, &who).await {
        Ok(look) => look,
        Err(answer) => return answer,
    };
    let (fields, lang) = (asked(query), who.lang);
    let shown = wanted(&fields);
    let from = fields.get("from").parse().unwrap_or(0);
    let title = look.heading(&shown);
    let events = address("/district/events", &shown);
    let body = html! {
        noscript { meta http-equiv="refresh" content="60"; }
        p.stale hidden { (top::stale(lang)) }
        #now data-events=(events) { (top::fragment(&look, &shown, lang)) }
        (top::filters(&look, &shown, lang))
        (map::map(&look, &shown, lang))
        (boxes::table(&look, &shown, from, lang))
        (rollouts::under_way(&look, lang))
        p.actions { a.button href="/district/unheard" { (text!("Báo động đã phát, ai chưa nghe", "Alarms that were given, and who did not hear them").get(lang)) } }
    };
    shell::page(&app, &who, Page::of(title), &body)
}
