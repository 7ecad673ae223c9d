//! Today: what is wrong, what is to be done, what sounds and what comes. First what a person must act on. The part that
//! changes by itself ([`now`]) is sent again by [`stream`]; the orders that are given from here are in [`stop`], [`say`] and
//! [`quiet`].

mod courier;
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

use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;

use self::view::View;
use super::report;
use crate::app::App;
use crate::diag::text;
use crate::fields::Fields;
use crate::gate::{Need, Who};
use crate::role::Right;
use crate::routes::{Ask, Route, route};
use crate::shell::{self, Page};

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/", Need::Right(Right::See), || get(today)),
    route(Ask::Get, "/events", Need::Right(Right::See), || get(stream::events)),
    route(Ask::Get, "/today.svg", Need::Right(Right::See), || get(picture::draw)),
    route(Ask::Get, "/stop", Need::Right(Right::Stop), || get(stop::ask)),
    route(Ask::Post, "/stop", Need::Right(Right::Stop), || post(stop::order)),
    route(Ask::Get, "/order/{order}", Need::Right(Right::Stop), || get(stop::receipt)),
    route(Ask::Get, "/say", Need::Right(Right::Say), || get(say::ask)),
    route(Ask::Post, "/say", Need::Right(Right::Say), || post(say::order)),
    route(Ask::Get, "/quiet", Need::Right(Right::Quiet), || get(quiet::ask)),
    route(Ask::Post, "/quiet", Need::Right(Right::Quiet), || post(quiet::begin)),
    route(Ask::Post, "/quiet/end", Need::Right(Right::Quiet), || post(quiet::end)),
];

/// The first page.
async fn today(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let asked = Fields::read(query.unwrap_or_default().as_bytes());
    let view = View::of(&app, who).await;
    let lang = view.who.lang;
    // A hamlet head reads what his horns say; who sees all of them, the picture of the day.
    let is_own = view.who.person().role.has_zones();
    // Who reads and signs has the week behind instead.
    let reads = view.who.may(Right::Journal) && !view.who.may(Right::Stop);
    let body = html! {
        noscript { meta http-equiv="refresh" content="15"; }
        (now::stale(&view))
        (quiet::on(&view, &asked))
        div.sides {
            #now.old[view.age.is_old()] data-events="/events" { (now::fragment(&view)) }
            @if view.who.may(Right::Approvals) { (tasks::approvals(&view)) }
            @if view.who.may(Right::Sounds) { (tasks::tasks(&view, is_own)) }
            @else if !is_own { section.tasks { (tasks::tomorrow(&view)) } }
        }
        (doors(&view, is_own))
        @if !is_own && view.who.may(Right::Drill) { (drill(&view)) }
        @if view.who.may(Right::Schedule) { (courier::lately(&app, &view).await) }
        @if view.who.may(Right::Journal) { (report::buttons(view.station(), view.now, lang)) }
        (line::day(&view, is_own, reads))
        @if reads { (past::week(&app, &view).await) }
    };
    shell::page(&app, &view.who, Page::of(text!("Hôm nay", "Today")), &body)
}

/// A drill is held every month, where the station means to be ready: by the journal, as `loa doctor` has it.
fn drill(view: &View) -> maud::Markup {
    let lang = view.who.lang;
    let wanted = view.station().emergency.is_written && matches!(view.day.drill, Ok(None));
    html! {
        @if wanted {
            div.said {
                p { (text!("Tháng này chưa có buổi diễn tập báo động nào kêu ra loa.", "No drill of an alarm came out of the horns this month.").get(lang)) }
                a.button href="/drill" { (text!("Diễn tập", "Drill").get(lang)) }
            }
        }
    }
}

/// The ways to what is done most.
fn doors(view: &View, is_own: bool) -> maud::Markup {
    let lang = view.who.lang;
    let (writes, says) = (view.who.may(Right::Schedule), view.who.may(Right::Say));
    let alerts = view.who.may(Right::Alert);
    html! {
        @if is_own || writes || says || alerts {
            p.actions {
                @if writes {
                    a.button.main href="/schedule/new" { (text!("Thêm mục phát", "Add a broadcast").get(lang)) }
                }
                // A hamlet head has no row of pages: his one page leads to all of his.
                @if is_own && view.who.may(Right::Sounds) {
                    a.button.main href="/sounds/new" { (text!("Nộp bản ghi", "Hand in").get(lang)) }
                }
                @if is_own { a.button href="/schedule" { (text!("Lịch phát", "Schedule").get(lang)) } }
                @if says { a.button href="/say" { (text!("Phát ngay", "Play now").get(lang)) } }
                @if says { a.button href="/talk" { (text!("Nói trực tiếp", "Speak live").get(lang)) } }
                @if alerts {
                    a.button.alert href="/emergency" { (text!("Báo khẩn cấp", "Emergency").get(lang)) }
                }
                @if alerts && view.who.may(Right::Drill) { a.button.plain href="/drill" { (text!("Diễn tập", "Drill").get(lang)) } }
            }
        }
    }
}
