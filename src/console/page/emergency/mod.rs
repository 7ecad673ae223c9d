//! The emergency page and the page of drills: two addresses, two colours, two questions, and no mode. An alarm is chosen
//! ([`choose`]), repeated in words with its sound to hear ([`confirm`]), sent by a button that says the act ([`send`]), and
//! followed zone by zone until its outcome was read ([`live`], [`over`]); [`after`] is what people do about it meanwhile; [`received`] are those that came from outside, [`outside`] those of them that wait for a decision. No
//! address that is only looked at orders anything, and a form sent twice orders once.

mod after;
mod calls;
mod choose;
mod codes;
mod confirm;
mod live;
mod outside;
mod over;
mod ready;
mod received;
mod same;
mod send;
mod sound;
mod unrecorded;

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use super::{hornless, sounds};
use crate::alarm::{self, Alarm, AlarmPlace, AlarmProgress, AlarmSign, millis};
use crate::app::App;
use crate::diag::{Lang, Text, text};
use crate::fields::Fields;
use crate::gate::{Need, Who};
use crate::once;
use crate::role::Right;
use crate::route::{Ask, Route, route};
use crate::shell::{self, Page};
use crate::station::{Station, Zone};

const SEE: Need = Need::Right(Right::See);
const ALERT: Need = Need::Right(Right::Alert);
const PRACTISE: Need = Need::Right(Right::Drill);
const STOP: Need = Need::Right(Right::Stop);
const REAL: AlarmPlace = AlarmPlace::Emergency;
const DRILL: AlarmPlace = AlarmPlace::Drill;

type Token = Path<String>;

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/alarm", SEE, || get(bar)),
    route(Ask::Get, "/hear/{file}", ALERT, || get(sounds::file)),
    route(Ask::Get, "/emergency", ALERT, || get(|app, who| choose::ask(REAL, app, who))),
    route(Ask::Post, "/emergency", ALERT, || post(|app, who, fields| choose::make(REAL, app, who, fields))),
    route(Ask::Get, "/emergency/outside", ALERT, || get(received::all)),
    route(Ask::Get, "/emergency/outside/{alarm}/{part}/list", ALERT, || get(received::list)),
    route(Ask::Post, "/emergency/outside/{alarm}/{part}/decline", ALERT, || post(outside::decline)),
    route(Ask::Get, "/emergency/codes", Need::Right(Right::People), || get(codes::list)),
    route(Ask::Post, "/emergency/codes", Need::Right(Right::People), || post(codes::renew)),
    route(Ask::Get, "/night", Need::Nothing, || get(codes::ask)),
    route(Ask::Post, "/night", Need::Nothing, || post(codes::enter)),
    route(Ask::Get, "/emergency/{token}", SEE, || get(|app, who, token: Token| one(REAL, app, who, token))),
    route(Ask::Get, "/emergency/{token}/now", SEE, || {
        get(async |app, who: Who, token: Token| live::now(REAL, app, &who, token))
    }),
    route(Ask::Get, "/emergency/{token}/list", ALERT, || {
        get(|app, who, token: Token| over::list(REAL, app, who, token))
    }),
    route(Ask::Post, "/emergency/{token}/go", ALERT, || {
        post(|app, who, token: Token, fields| send::go(REAL, app, who, token, fields))
    }),
    route(Ask::Post, "/emergency/{token}/drop", ALERT, || {
        post(async |app, who: Who, token: Token| after::give_up(REAL, app, &who, token))
    }),
    route(Ask::Post, "/emergency/{token}/end", STOP, || {
        post(|app, who, token: Token| after::end(REAL, app, who, token))
    }),
    route(Ask::Post, "/emergency/{token}/more", ALERT, || {
        post(|app, who, token: Token, fields| after::more(app, who, token, fields))
    }),
    route(Ask::Post, "/emergency/{token}/agree", ALERT, || post(after::agree)),
    route(Ask::Post, "/emergency/{token}/read", ALERT, || post(after::read)),
    route(Ask::Post, "/emergency/{token}/remark", ALERT, || post(after::remark)),
    route(Ask::Post, "/emergency/{token}/correction", ALERT, || post(choose::correction)),
    route(Ask::Post, "/emergency/{token}/lifted", ALERT, || post(choose::lifted)),
    route(Ask::Get, "/drill", PRACTISE, || get(|app, who| choose::ask(DRILL, app, who))),
    route(Ask::Post, "/drill", PRACTISE, || post(|app, who, fields| choose::make(DRILL, app, who, fields))),
    route(Ask::Get, "/drill/{token}", SEE, || get(|app, who, token: Token| one(DRILL, app, who, token))),
    route(Ask::Get, "/drill/{token}/now", SEE, || {
        get(async |app, who: Who, token: Token| live::now(DRILL, app, &who, token))
    }),
    route(Ask::Get, "/drill/{token}/list", PRACTISE, || {
        get(|app, who, token: Token| over::list(DRILL, app, who, token))
    }),
    route(Ask::Post, "/drill/{token}/go", PRACTISE, || {
        post(|app, who, token: Token, fields| send::go(DRILL, app, who, token, fields))
    }),
    route(Ask::Post, "/drill/{token}/drop", PRACTISE, || {
        post(async |app, who: Who, token: Token| after::give_up(DRILL, app, &who, token))
    }),
    route(Ask::Post, "/drill/{token}/end", STOP, || post(|app, who, token: Token| after::end(DRILL, app, who, token))),
];

/// What every page shows of the alarms, as it is now.
async fn bar(State(app): State<App>, who: Who, uri: Uri) -> Response {
    let asked = Fields::read(uri.query().unwrap_or_default().as_bytes());
    Html(once::marked(&alarm::bar(&app, &who, &app.station(), asked.get("at")).into_string())).into_response()
}

/// The page of an alarm, as far as it has come.
async fn one(place: AlarmPlace, State(app): State<App>, who: Who, Path(token): Token) -> Response {
    let Some(alarm) = found(&app, place, &token) else { return gone(&app, &who) };
    match alarm.step {
        AlarmProgress::Ready | AlarmProgress::Wanted | AlarmProgress::Going => {
            confirm::page(&app, &who, &alarm, None).await
        }
        AlarmProgress::Dropped => dropped(&app, &who, &alarm),
        AlarmProgress::Same => same::page(&app, &who, &alarm),
        AlarmProgress::Sent if alarm.is_on() => live::page(&app, &who, &alarm),
        AlarmProgress::Sent => over::page(&app, &who, &alarm).await,
    }
}

/// The alarm of this token, where it belongs to this place: a drill is none of the real ones, and none of them a drill.
fn found(app: &App, place: AlarmPlace, token: &str) -> Option<Alarm> {
    app.alarms().find(token).filter(|alarm| alarm.kind.place() == place)
}

fn gone(app: &App, who: &Who) -> Response {
    let page =
        Page { title: text!("Không có báo động này", "There is no such alarm"), status: StatusCode::NOT_FOUND };
    let back = text!("Về trang Hôm nay", "Back to Today");
    shell::page(app, who, page, &html! { p { a.button href="/" { (back.get(who.lang)) } } })
}

fn dropped(app: &App, who: &Who, alarm: &Alarm) -> Response {
    let body = html! {
        p.said { (text!("Đã bỏ. Không có gì được phát.", "It was given up. Nothing was sounded.").get(who.lang)) }
        p.actions {
            @if who.may(alarm.kind.place().right()) {
                a.button href=(alarm.kind.place().path()) { (text!("Soạn lại từ đầu", "Begin anew").get(who.lang)) }
            }
            a.button href="/" { (text!("Về trang Hôm nay", "Back to Today").get(who.lang)) }
        }
    };
    let Text { vi, en } = alarm.whole_title();
    shell::page(app, who, Page::of(text!("Đã bỏ: {vi}", "Given up: {en}")), &body)
}

/// What keeps an alarm from being heard, told before the last tap: the station does not answer, or there are no horns.
fn unheard(app: &App, station: &Station, zones: &[&Zone], lang: Lang) -> Markup {
    let name = crate::diag::shown(&station.name);
    html! {
        @if app.door().status().is_none() {
            p.said.bad role="alert" { strong { (text!("ĐÀI KHÔNG TRẢ LỜI: bấm phát lúc này thì không loa nào kêu.", "THE STATION DOES NOT ANSWER: sent now, nothing is heard.").get(lang)) } " " (text!(
                "Gọi ngay người trông máy của {name} khởi động lại loa, và báo dân bằng cách khác: gọi điện, kẻng, loa tay.",
                "Call whoever looks after the machine of {name} to start loa again, and warn people by other means: telephone, gong, megaphone."
            ).get(lang)) }
        }
        (hornless::told(zones, lang))
    }
}

/// That the next step asks for the password, before it does: at night it is looked for beforehand.
fn asks_again(who: &Who) -> Markup {
    html! {
        @if !who.is_sure {
            p.hint { (text!(
                "Bước sau sẽ hỏi lại mật khẩu, vì đã quá 15 phút từ lần gõ trước. Không nhớ mật khẩu: mở phong bì mã niêm phong.",
                "The next step asks for the password again: it was typed more than 15 min ago. Who has forgotten it opens the envelope of sealed codes."
            ).get(who.lang)) }
        }
    }
}

/// Whether he may alert in all of its zones.
fn may_alert(who: &Who, alarm: &Alarm) -> bool {
    let person = who.person();
    let right = alarm.kind.place().right();
    !alarm.zones.is_empty() && alarm.zones.iter().all(|zone| person.may_in(right, zone))
}

/// Whoever asks, at this moment.
fn sign(app: &App, who: &Who) -> AlarmSign {
    let person = who.person();
    AlarmSign { name: person.name.clone(), person: person.id, at: millis(app.clock().wall()) }
}

fn not_his(app: &App, who: &Who) -> Response {
    let why = text!(
        "tài khoản này không báo động được ở mọi cụm loa ấy; xin nhờ cán bộ văn hóa hay người quản trị",
        "this account may not alert in all of these zones; ask the official or the administrator"
    );
    shell::refused(app, who, &why)
}
