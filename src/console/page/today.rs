//! Today: what is wrong, what is to be done, what sounds and what comes. First what a person must act on. The part that
//! changes by itself ([`now`]) is sent again by [`stream`]; the orders that are given from here are in [`stop`], [`say`] and
//! [`quiet`].

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
use super::{journal, report};
use crate::console::app::App;
use crate::console::gate::{Need, Who};
use crate::console::role::Right;
use crate::console::routes::{Ask, Route, route};
use crate::console::shell::{self, Page};
use crate::diag::{Lang, text};

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
    let body = html! {
        noscript { meta http-equiv="refresh" content="15"; }
        #now data-events="/events" { (now::fragment(&view)) }
        p.stale hidden { (now::stale(lang)) }
        @if view.who.may(Right::Sounds) { (tasks::tasks(&view, is_own)) }
        @if is_own {
            (past::plan(&view))
        } @else {
            (tasks::tomorrow(&view))
            (picture::figure(&view))
        }
        (past::past(&view))
        @if view.who.may(Right::Journal) && !view.who.may(Right::Stop) { (week(&app, lang).await) }
        @if view.who.may(Right::Journal) { (report::buttons(view.station(), view.now, lang)) }
        @if !is_own { (doors(&view)) }
    };
    shell::page(&app, &view.who, Page::of(text!("Hôm nay", "Today")), &body)
}

/// The week behind, for who reads and signs.
async fn week(app: &App, lang: Lang) -> maud::Markup {
    let heading = text!("Bảy ngày qua", "The last seven days");
    let minutes = |length: std::time::Duration| length.as_secs().div_ceil(60);
    html! {
        section.card {
            h2 { (heading.get(lang)) }
            @match journal::week_summary(app).await {
                Err(why) => p.said { (why.get(lang)) },
                Ok(week) => {
                    @let (played, planned) = (minutes(week.played), minutes(week.planned));
                    p { (week.tally.sentence().get(lang)) }
                    p { (text!("Phát {played} trên {planned} phút theo lịch.", "{played} of {planned} minutes planned were heard.").get(lang)) }
                    @if !week.troubles.is_empty() {
                        p { (text!("Không phát đủ, mới nhất trước:", "Not heard whole, the latest first:").get(lang)) }
                        ul { @for row in &week.troubles { li { a href={ "/journal/row/" (row) } { (text!("dòng {row}", "row {row}").get(lang)) } } } }
                    }
                }
            }
        }
    }
}

/// The ways to what is done most.
fn doors(view: &View) -> maud::Markup {
    let lang = view.who.lang;
    html! {
        p.doors {
            @if view.who.may(Right::Schedule) {
                a.button.main href="/schedule/new" { (text!("Thêm mục phát", "Add a broadcast").get(lang)) }
            }
            @if view.who.may(Right::Say) {
                a.button href="/say" { (text!("Phát ngay", "Play now").get(lang)) }
            }
        }
    }
}
