use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::caller::caller;
use super::look::{DistrictLook, looked, on_board};
use crate::app::App;
use crate::board::{SentAlarm, Unheard};
use crate::diag::{Lang, Text, text};
use crate::district::{counted, short_moment};
use crate::escaped::escaped;
use crate::gate::Who;
use crate::shell::{self, Page};

/// The alarms that the centre has sent.
pub(super) async fn list(State(app): State<App>, who: Who) -> Response {
    let look = match looked(&app, &who).await {
        Ok(look) => look,
        Err(answer) => return answer,
    };
    let lang = who.lang;
    let body = html! {
        p { a.back href="/district" { (text!("Mạng loa", "The fleet").get(lang)) } }
        @if look.fleet().sent.is_empty() {
            p { (text!("Trung tâm chưa gửi báo động nào.", "The centre has sent no alarm yet.").get(lang)) }
        }
        ul.list { @for alarm in &look.fleet().sent {
            li { a.row href={ "/district/unheard/" (escaped(&alarm.id)) } {
                strong { (crate::diag::shown(&alarm.title)) }
                small { (short_moment(alarm.made, look.now, &look.tz).get(lang)) " · " (areas(&look, alarm)) }
            } }
        } }
    };
    shell::page(
        &app,
        &who,
        Page::of(text!("Báo động đã phát, ai chưa nghe", "Alarms that were given, and who did not hear them")),
        &body,
    )
}

/// Who did not hear one of them, with telephone numbers: a sheet to print.
pub(super) async fn one(State(app): State<App>, who: Who, Path(id): Path<String>) -> Response {
    let look = match looked(&app, &who).await {
        Ok(look) => look,
        Err(answer) => return answer,
    };
    let lang = who.lang;
    let Some(alarm) = look.fleet().sent.iter().find(|alarm| alarm.id == id).cloned() else {
        let page = Page {
            title: text!("Không có báo động ấy", "There is no such alarm"),
            status: StatusCode::NOT_FOUND,
        };
        let back = text!("Xem các báo động", "See the alarms");
        return shell::page(&app, &who, page, &html! { p { a.button href="/district/unheard" { (back.get(lang)) } } });
    };
    let asked = alarm.clone();
    let (unheard, heard) = match on_board(&app, move |board| board.unheard(&asked)).await {
        Ok(found) => found,
        Err(error) => return shell::failed(&app, &who, &error.text()),
    };
    let title = crate::diag::shown(&alarm.title);
    let body = html! {
        p.no-print { a.back href="/district/unheard" { (text!("Các báo động", "The alarms").get(lang)) } }
        (head(&look, &alarm, (unheard.len(), heard), lang))
        @if !unheard.is_empty() {
            table.fleet {
                thead { tr {
                    th scope="col" { (text!("Nơi", "Place").get(lang)) }
                    th scope="col" { (text!("Vì sao", "Why").get(lang)) }
                    th scope="col" { (text!("Gọi ai", "Whom to call").get(lang)) }
                    th scope="col" { (text!("Đã gọi lúc", "Called at").get(lang)) }
                } }
                tbody { @for own in &unheard { tr {
                    th scope="row" { a.place href={ "/district/box/" (own.path) } { @if own.title.is_empty() { (own.path) } @else { (crate::diag::shown(&own.title)) } }
                        @if !own.title.is_empty() { br; small { (own.path) } } }
                    td data-label=(text!("Vì sao", "Why").get(lang)) { (why(own).get(lang)) }
                    td data-label=(text!("Gọi ai", "Whom to call").get(lang)) { (caller(&own.contact, &own.phone, lang)) }
                    td data-label=(text!("Đã gọi lúc", "Called at").get(lang)) {}
                } } }
            }
        }
        p.hint { (text!(
            "Theo lời các đài, và theo nhật ký khi dòng ấy về tới. Đài chưa trả lời có thể đã phát.",
            "By what stations answer, and by their journals once those rows come. A station that has not answered may have sounded."
        ).get(lang)) }
    };
    shell::page(&app, &who, Page::of(text!("Ai chưa nghe: {title}", "Who did not hear: {title}")), &body)
}

fn head(look: &DistrictLook, alarm: &SentAlarm, (unheard, heard): (usize, usize), lang: Lang) -> Markup {
    let at = |at| short_moment(at, look.now, &look.tz);
    let (made, expires, area) = (at(alarm.made), at(alarm.expires), areas(look, alarm));
    let (unheard, heard) = (counted(unheard), counted(heard));
    html! {
        p { (text!(made = made, expires = expires; "Gửi lúc {made} cho {area}, hết hạn lúc {expires}.", "Sent at {made} to {area}, over at {expires}.").get(lang)) }
        p { strong { (text!(unheard = unheard, heard = heard; "{heard} đài đã nghe, {unheard} đài chưa.", "Heard at {heard} stations, not at {unheard}.").get(lang)) } }
    }
}

/// `Xã Ba Tơ, Xã Sơn Hà`.
fn areas(look: &DistrictLook, alarm: &SentAlarm) -> String {
    alarm.places.iter().map(|place| look.fleet().area(place)).collect::<Vec<_>>().join(", ")
}

pub(super) fn why(own: &Unheard) -> Text {
    let Some(answer) = &own.answer else { return text!("chưa trả lời", "has not answered") };
    if !answer.vi.is_empty() {
        let (vi, en) = (crate::diag::shown_whole(&answer.vi), crate::diag::shown_whole(&answer.en));
        return text!("{vi}", "{en}");
    }
    match answer.fate.as_str() {
        "expired" => text!("đến nơi khi đã hết hạn", "came when it was over"),
        "refused" => text!("máy không nhận", "the box has refused it"),
        _ => text!("chưa kêu", "does not sound yet"),
    }
}
