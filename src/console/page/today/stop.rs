//! Stopping: one tap, no question. Then what it came to, zone by zone, and what can be heard again. The stopped airing itself
//! does not come back; what is scheduled after it does, by itself.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::said::{instant, when};
use super::view::View;
use crate::act;
use crate::app::App;
use crate::daemon::receipt::{OrderKind, Receipt, State as ZoneState};
use crate::diag::{Text, text};
use crate::escaped::escaped;
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::receipts::{Again, ReceiptKept};
use crate::role::Right;
use crate::shell::{self, Page};

/// `/stop` without an order: zone by zone.
pub(super) async fn ask(State(app): State<App>, who: Who) -> Response {
    let lang = who.lang;
    let station = app.station();
    let zones = who.zones(Right::Stop, &station);
    let body = html! {
        form method="post" action="/stop" { button.stop { (shell::stop_name(&who, &station).get(lang)) } }
        ul.list {
            @for zone in zones {
                @let title = &zone.title;
                li { form method="post" action="/stop" {
                    input type="hidden" name="zone" value=(zone.id);
                    button { (text!("Dừng loa {title}", "Stop {title}").get(lang)) }
                } }
            }
        }
    };
    shell::page(&app, &who, Page::of(text!("Dừng loa", "Stop")), &body)
}

/// Silence now. No zone named: every zone of his.
pub(super) async fn order(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let all = |name| fields.all(name).map(str::to_owned).collect();
    match act::stop(&app, &who, all("zone"), all("order")).await {
        Ok((receipt, again)) => keep(&app, &who, receipt, again),
        Err(why) => shell::refused(&app, &who, why.text()),
    }
}

/// Keep what came of an order, and go to the page that shows it.
pub(super) fn keep(app: &App, who: &Who, receipt: Receipt, again: Vec<Again>) -> Response {
    let path = format!("/order/{}", escaped(&receipt.order));
    app.receipts().keep(ReceiptKept { person: who.person().id, receipt, again });
    go_to(&path)
}

/// What came of an order.
pub(super) async fn receipt(State(app): State<App>, who: Who, Path(order): Path<String>) -> Response {
    let Some(kept) = app.receipts().of(&order, who.person().id) else { return go_to("/") };
    let view = View::of(&app, who).await;
    let lang = view.who.lang;
    let is_stop = kept.receipt.kind == OrderKind::Stop;
    let is_good = kept.receipt.is_good();
    let title = match (is_stop, is_good) {
        (true, true) => text!("Đã dừng", "Stopped"),
        (true, false) if !kept.receipt.left.is_empty() => text!("Chưa dừng hết", "Not all is stopped"),
        (true, false) => text!("Chưa im hẳn", "Not quiet yet"),
        (false, true) => text!("Đã nhận lệnh", "Order taken"),
        (false, false) if kept.receipt.zones.iter().all(|zone| zone.state == ZoneState::Silent) => {
            text!("Không phát được ở đâu cả", "It cannot sound anywhere")
        }
        (false, false) => text!("Có nơi chưa phát được", "It cannot sound in some places"),
    };
    let body = html! {
        @if !is_stop { @if let Some(head) = kept.receipt.head() { p { (head.get(lang)) } } }
        ul.list.receipt { @for line in kept.receipt.lines() { li.bad[!is_good] { (line.get(lang)) } } }
        @if is_stop { (goes_on(&view, &kept)) }
        p.actions {
            a.button.main href="/" { (text!("Về trang Hôm nay", "Back to Today").get(lang)) }
            @if is_stop && view.who.may(Right::Quiet) { a.button href="/quiet" { (text!("Im đến một giờ khác…", "Be quiet for longer…").get(lang)) } }
        }
    };
    shell::page(&app, &view.who, Page::of(title), &body)
}

/// What goes on after a stop: the schedule, by itself; and what was stopped, from its beginning, where somebody wants it.
fn goes_on(view: &View, kept: &ReceiptKept) -> Markup {
    let lang = view.who.lang;
    let stopped = |zone: &str| kept.receipt.zones.iter().any(|known| known.zone == zone);
    let ended = kept.receipt.zones.iter().any(|zone| !zone.ended.is_empty());
    let (gone_vi, gone_en) = if ended {
        ("Mục đã dừng không tự phát lại. ", "What was stopped does not come back by itself. ")
    } else {
        ("", "")
    };
    let next = view.standing().into_iter().filter(|zone| stopped(&zone.zone));
    let next = next.filter_map(|zone| Some((instant(&zone.next.as_ref()?.start)?, zone))).min_by_key(|(at, _)| *at);
    html! {
        p { (match next {
            Some((at, zone)) => {
                let Text { vi, en } = when(at, view.now, view.tz());
                let title = zone.next.as_ref().map_or("", |next| next.title.as_str());
                text!(
                    "{gone_vi}Lịch vẫn chạy: tiếp theo là «{title}» lúc {vi}.",
                    "{gone_en}The schedule goes on: next is \"{title}\" at {en}."
                )
            }
            None => text!(
                "{gone_vi}Các mục sau vẫn phát theo lịch.",
                "{gone_en}What is scheduled later plays."
            ),
        }.get(lang)) }
        @if view.who.may(Right::Say) {
            @for again in &kept.again {
                form method="post" action="/say" {
                    input type="hidden" name="name" value=(again.name);
                    @for zone in &again.zones { input type="hidden" name="zone" value=(zone); }
                    @let title = &again.title;
                    button { (text!("Cho phát tiếp: «{title}», lại từ đầu", "Let it go on: \"{title}\", from its beginning").get(lang)) }
                }
            }
        }
    }
}
