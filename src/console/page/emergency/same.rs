//! An alarm that was on already when it was sent: it added nothing, and says so, with the way to the one that sounds.

use axum::response::Response;
use maud::html;

use super::confirm::banner;
use crate::alarm::{Alarm, instant};
use crate::app::App;
use crate::diag::{Text, text};
use crate::gate::Who;
use crate::role::Right;
use crate::shell::{self, Page};
use crate::station::Station;

/// The page.
pub(super) fn page(app: &App, who: &Who, alarm: &Alarm) -> Response {
    let (lang, station) = (who.lang, app.station());
    let first = alarm.met().find_map(|order| app.alarms().of_order(order));
    let body = html! {
        div.ask.real {
            p.banner { strong { (banner(alarm.kind).get(lang)) } }
            p.said.bad role="alert" { strong { (text!("KHÔNG PHÁT THÊM: lời này đang được phát rồi.", "NOTHING WAS ADDED: this is on already.").get(lang)) } }
            p { (whose(app, alarm, first.as_ref(), &station).get(lang)) " " (text!(
                "Lần bấm này không làm loa nói thêm lần nào. Muốn nói lại từ đầu: kết thúc lần phát ấy, rồi soạn lại.",
                "This tap adds no repeat to it. To have it from the beginning: end that one, then make it ready anew."
            ).get(lang)) }
            p.actions {
                @if let Some(first) = &first {
                    a.button.main href=(first.path()) { (text!("Xem lần đang phát", "See the one that is on").get(lang)) }
                }
                @if who.may(Right::Alert) {
                    a.button href=(alarm.kind.place().path()) { (text!("Soạn lại từ đầu", "Begin anew").get(lang)) }
                }
                a.button href="/" { (text!("Về trang Hôm nay", "Back to Today").get(lang)) }
            }
        }
    };
    let Text { vi, en } = alarm.whole_title();
    shell::page(app, who, Page::of(text!("Đang phát rồi: {vi}", "On already: {en}")), &body)
}

/// Who gave the one that sounds, and when.
fn whose(app: &App, alarm: &Alarm, first: Option<&Alarm>, station: &Station) -> Text {
    if let Some((first, sent)) = first.and_then(|first| Some((first, first.sent.as_ref()?))) {
        let at = instant(sent.at).zoned(&station.timezone).strftime("%H:%M:%S").to_string();
        let (by, Text { vi, en }) = (&sent.name, first.whole_title());
        return text!("«{vi}» do {by} phát lúc {at}.", "\"{en}\", sent by {by} at {at}.");
    }
    let status = app.door().status();
    let given = status.iter().flat_map(|status| &status.orders).find(|order| alarm.met().any(|met| met == order.order));
    match given {
        Some(order) if !order.by.is_empty() => {
            let by = &order.by;
            text!("Người ra lệnh trước: {by}, không qua trang này.", "Ordered before by {by}, and not on this page.")
        }
        _ => text!("Lệnh trước không phát từ trang này.", "It was not ordered on this page."),
    }
}
