use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::state::{state, word};
use super::{Seen, title};
use crate::app::App;
use crate::diag::{Text, text};
use crate::escaped::escaped;
use crate::fields::Fields;
use crate::gate::Who;
use crate::pending::Pending;
use crate::sentence::capital;
use crate::shell::{self, Page};
use crate::station::Approval;

/// Items of one page; who has more has a list to work through.
const SHOWN_MOST: usize = 200;

/// Before when it has to be decided.
pub(super) fn until(item: &Pending, tz: &TimeZone) -> Text {
    let Text { vi, en } = item.deadline(tz);
    Text { vi: capital(&vi), en: capital(&en) }
}

/// `GET /approvals?done=ID`: what waits, and what has just been decided.
pub(super) async fn list(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let asked = Fields::read(query.unwrap_or_default().as_bytes());
    let lang = who.lang;
    let Seen { look, items } = Seen::all(&app).await;
    let heading = Page::of(text!("Duyệt", "Approvals"));
    if look.world.station.approval == Approval::None {
        let body = html! { p { (text!(
            "Đài này không cần duyệt: mục nào có trong lịch là phát.",
            "This station asks for no approvals: what is in the schedule plays."
        ).get(lang)) } };
        return shell::page(&app, &who, heading, &body);
    }
    let items = match items {
        Ok(items) => items,
        Err(refusal) => return shell::failed(&app, &who, &refusal.message),
    };
    let (more, tz) = (items.len().saturating_sub(SHOWN_MOST), &look.world.station.timezone);
    let now = app.now().wall;
    let done = look.world.schedule.broadcasts.iter().find(|known| known.id == asked.get("done"));
    let done = done.and_then(|known| Some((known, state(&look.world, &known.id, now)?)));
    let body = html! {
        @if let Some((broadcast, said)) = &done {
            p.said.well role="status" { "«" (broadcast.title) "». " (said.get(lang)) "." }
        }
        @if items.is_empty() { p { (text!("Không có mục nào chờ duyệt.", "Nothing waits for approval.").get(lang)) } }
        ul.list { @for item in items.iter().take(SHOWN_MOST) { li { (row(item, tz, &who)) } } }
        @if more > 0 { p.hint { (text!("Còn {more} mục nữa.", "And {more} more.").get(lang)) } }
        p { a.button href="/approvals/code" { (text!("Nhập mã phiếu đã ký", "Enter the code of a signed slip").get(lang)) } }
    };
    shell::page(&app, &who, heading, &body)
}

fn row(item: &Pending, tz: &TimeZone, who: &Who) -> Markup {
    let lang = who.lang;
    html! {
        a.row href={ "/approvals/one?id=" (escaped(&item.broadcast.id)) } {
            strong { (title(item)) }
            small { (until(item, tz).get(lang)) " · " (word(&item.lack).get(lang)) }
            @if !item.changes.is_empty() {
                small { (item.changes.iter().map(|change| change.get(lang)).collect::<Vec<_>>().join(", ")) }
            }
        }
    }
}
