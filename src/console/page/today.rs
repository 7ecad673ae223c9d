//! Today: what is wrong, what is to be done, what sounds and what comes. First what a person must act on. The part that
//! changes by itself ([`now`]) is sent again by [`stream`]; the orders that are given from here are in [`stop`], [`say`] and
//! [`quiet`].

mod line;
mod now;
mod past;
mod picture;
mod quiet;
mod said;
mod say;
mod stop;
mod stream;
mod tasks;
mod view;
mod wrong;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;

use self::view::View;
use super::report;
use crate::console::app::App;
use crate::console::gate::{Need, Who};
use crate::console::role::Right;
use crate::console::routes::{Ask, Route, route};
use crate::console::shell::{self, Page};
use crate::diag::text;

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/", Need::Right(Right::See), || get(today)),
    route(Ask::Get, "/events", Need::Right(Right::See), || get(stream::events)),
    route(Ask::Get, "/today.svg", Need::Right(Right::See), || get(picture::draw)),
    route(Ask::Get, "/stop", Need::Right(Right::Stop), || get(stop::ask)),
    route(Ask::Post, "/stop", Need::Right(Right::Stop), || post(stop::order)),
    route(Ask::Get, "/order/{order}", Need::Right(Right::Stop), || get(stop::receipt)),
    route(Ask::Get, "/say", Need::Right(Right::Say), || get(say::ask)),
    route(Ask::Post, "/say", Need::Right(Right::Say), || post(say::order)),
    route(Ask::Get, "/quiet", Need::Right(Right::Stop), || get(quiet::ask)),
    route(Ask::Post, "/quiet", Need::Right(Right::Stop), || post(quiet::begin)),
    route(Ask::Post, "/quiet/end", Need::Right(Right::Stop), || post(quiet::end)),
];

/// The first page.
async fn today(State(app): State<App>, who: Who) -> Response {
    let view = View::of(&app, who).await;
    let lang = view.who.lang;
    // A hamlet head reads what his horns say; who sees all of them, the picture of the day.
    let is_own = view.who.person().role.has_zones();
    // Who reads and signs has the week behind instead.
    let reads = view.who.may(Right::Journal) && !view.who.may(Right::Stop);
    let body = html! {
        noscript { meta http-equiv="refresh" content="15"; }
        p.stale hidden { (now::stale(lang)) }
        div.sides {
            #now data-events="/events" { (now::fragment(&view)) }
            @if view.who.may(Right::Approvals) { (tasks::approvals(&view)) }
            @if view.who.may(Right::Sounds) { (tasks::tasks(&view, is_own)) }
            @else if !is_own { section.tasks { (tasks::tomorrow(&view)) } }
        }
        @if !is_own { (doors(&view)) }
        @if view.who.may(Right::Journal) { (report::buttons(view.station(), view.now, lang)) }
        (line::day(&view, is_own, reads))
        @if reads { (past::week(&app, &view).await) }
    };
    shell::page(&app, &view.who, Page::of(text!("Hôm nay", "Today")), &body)
}

/// The ways to what is done most.
fn doors(view: &View) -> maud::Markup {
    let lang = view.who.lang;
    let (writes, says) = (view.who.may(Right::Schedule), view.who.may(Right::Say));
    html! {
        @if writes || says {
            p.actions {
                @if writes {
                    a.button.main href="/schedule/new" { (text!("Thêm mục phát", "Add a broadcast").get(lang)) }
                }
                @if says { a.button href="/say" { (text!("Phát ngay", "Play now").get(lang)) } }
            }
        }
    }
}
