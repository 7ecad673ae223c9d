//! Sealed codes for the night: on paper in an envelope at the office, good once each, for whoever has lost his log-in when
//! something happens. What is kept is their hash; who has taken one stands in the journal.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use maud::html;

use crate::app::{App, Peer};
use crate::daemon::protocol::{AlarmMark, Command};
use crate::diag::{Text, figure, is_deceptive, text};
use crate::entry;
use crate::fields::Fields;
use crate::gate::{Who, go_to, keep_session, sure_or_ask};
use crate::page::people;
use crate::people::{NAME_MOST, NIGHT_FOR};
use crate::shell::{self, Page};

/// Whom wrong codes are counted for, as a log-in of nobody.
const LOGIN: &str = "ma niem phong";

/// `GET /emergency/codes`: which are left, and who has taken which.
pub(super) async fn list(State(app): State<App>, who: Who, headers: HeaderMap) -> Response {
    shown(&app, &who, &headers, &[])
}

fn shown(app: &App, who: &Who, headers: &HeaderMap, codes: &[(i64, String)]) -> Response {
    let lang = who.lang;
    let all = match app.people().night_codes() {
        Ok(all) => all,
        Err(error) => return shell::failed(app, who, &error.text()),
    };
    let station = app.station();
    let left = all.iter().filter(|code| code.used.is_none()).count();
    let count = all.len();
    let (page, only_here) = people::address_of_page(app, headers);
    let night = format!("{page}/night");
    let body = html! {
        @if !codes.is_empty() {
            section.slip.paper {
                p { (station.name) }
                h2 { (text!("Mã niêm phong để báo khẩn cấp ban đêm", "Sealed codes for an emergency at night").get(lang)) }
                p { (text!(
                    "Mỗi mã dùng một lần. Vào Wi-Fi của đài, tắt dữ liệu di động, rồi chụp hình vuông này bằng điện thoại, hoặc gõ địa chỉ:",
                    "Each is good once. Join the station's Wi-Fi, switch mobile data off, then point a phone at this square, or type the address:"
                ).get(lang)) }
                p.link { strong { (night) } }
                (people::square(&night, &text!("Địa chỉ dưới dạng hình vuông để chụp", "The address as a square for a camera"), who))
                p { (text!(
                    "Gõ một mã chưa gạch và tên mình. Dùng xong thì gạch mã ấy.",
                    "Type a code that is not struck out, and your name. Strike it out when it is used."
                ).get(lang)) }
                ol.codes { @for (number, code) in codes { li value=(number) { strong.code { (code) } " "
                    span.pen { (text!("Người dùng, lúc: ", "Used by, at: ").get(lang)) "…………………………" } } } }
            }
            @if let Some(said) = only_here { p.said.no-print { (said.get(lang)) } }
            p.said.no-print { (text!(
                "Các mã chỉ hiện lần này. In ra, cho vào phong bì, dán kín, để ở trụ sở. Mã in trước đây đã hết dùng.",
                "The codes are shown this once. Print them, seal them in an envelope, and keep it at the office. Older codes are void."
            ).get(lang)) }
            p.actions.no-print { button.main type="button" data-print hidden { (text!("In trang này", "Print this page").get(lang)) } }
        }
        @if count == 0 { p.no-print { (text!("Chưa có mã nào.", "There are none.").get(lang)) } }
        @else { p.no-print { (text!("Còn {left} trên {count} mã chưa dùng.", "{left} of {count} are not used.").get(lang)) } }
        ul.list.no-print { @for code in all.iter().filter(|code| code.used.is_some()) {
            @let (number, taker) = (code.number, &code.taker);
            @let at = code.used.map_or_else(|| text!("?", "?"), |at| figure::moment(at, &station.timezone));
            @let (vi, en) = (at.vi, at.en);
            li { (text!("Mã số {number}: {taker}, {vi}", "Number {number}: {taker}, {en}").get(lang)) }
        } }
        form.no-print method="post" action="/emergency/codes" {
            button { (text!("Làm mã mới và in (mã cũ hết dùng)", "Make new codes, and print them (older ones become void)").get(lang)) }
        }
    };
    shell::page(app, who, Page::of(text!("Mã niêm phong cho ban đêm", "Sealed codes for the night")), &body)
}

/// `POST /emergency/codes`: new ones, shown once.
pub(super) async fn renew(State(app): State<App>, who: Who, headers: HeaderMap, fields: Fields) -> Response {
    if let Some(asked) = sure_or_ask(&app, &who, &fields) {
        return asked;
    }
    let made = app.people().renew_night_codes(app.clock().wall());
    let codes = match made {
        Ok(codes) => codes,
        Err(error) => return shell::failed(&app, &who, &error.text()),
    };
    app.alarms().mark(said(AlarmMark::Codes, &who.person().name, ""));
    shown(&app, &who, &headers, &codes)
}

fn said(what: AlarmMark, by: &str, why: &str) -> Command {
    Command::Mark { what, order: None, title: "mã niêm phong".to_owned(), by: by.to_owned(), why: why.to_owned() }
}

/// `GET /night`.
pub(super) async fn ask(State(app): State<App>, who: Who) -> Response {
    form(&app, &who, &Fields::default(), StatusCode::OK, None)
}

fn form(app: &App, who: &Who, typed: &Fields, status: StatusCode, said: Option<&Text>) -> Response {
    let lang = who.lang;
    let hours = NIGHT_FOR.as_secs() / 3_600;
    let body = html! {
        div.ask.real {
            @if let Some(said) = said { p.said.bad role="alert" { (said.get(lang)) } }
            p { (text!(
                "Chỉ dùng khi có việc khẩn cấp mà không đăng nhập được. Mở phong bì ở trụ sở, gõ một mã chưa dùng. Mã ấy hết dùng ngay; trong {hours} giờ điện thoại này báo khẩn cấp và dừng loa được.",
                "Only in an emergency, where nobody can log in. Open the envelope at the office and type a code that was not used. It is used up by that; for {hours} h this phone may alert and stop."
            ).get(lang)) }
            form.narrow method="post" action="/night" {
                label { (text!("Mã trên giấy", "The code on the paper").get(lang))
                    input name="code" value=(typed.get("code")) autocomplete="off" autocapitalize="characters" maxlength="40" required; }
                label { (text!("Họ tên người dùng mã, ghi vào nhật ký", "Your name, for the journal").get(lang))
                    input name="name" value=(typed.get("name")) autocomplete="name" autocapitalize="words" maxlength=(NAME_MOST) required; }
                button.main.danger { (text!("Dùng mã này", "Use this code").get(lang)) }
            }
            p { a.back href="/login" { (text!("Đăng nhập như thường", "Log in as usual").get(lang)) } }
        }
    };
    let title = text!("Mở phong bì mã niêm phong", "Open the envelope of sealed codes");
    shell::page(app, who, Page { title, status }, &body)
}

/// `POST /night`: a code lets one phone in.
pub(super) async fn enter(
    State(app): State<App>,
    who: Who,
    Extension(Peer(peer)): Extension<Peer>,
    _headers: HeaderMap,
    fields: Fields,
) -> Response {
    let again = |status, said: &Text| form(&app, &who, &fields, status, Some(said));
    let name: String = fields.get("name").chars().filter(|c| !is_deceptive(*c)).take(NAME_MOST).collect();
    if name.trim().is_empty() {
        let said = text!("Xin ghi họ tên người dùng mã.", "Give your name.");
        return again(StatusCode::UNPROCESSABLE_ENTITY, &said);
    }
    let (address, mono) = (entry::counted(peer.ip()), app.clock().mono());
    if let Err(wait) = app.throttle().may(LOGIN, &address, mono) {
        return again(StatusCode::TOO_MANY_REQUESTS, &entry::wait_for_code(wait));
    }
    let used = app.people().use_night_code(fields.get("code"), name.trim(), app.clock().wall());
    match used {
        Ok(Some((number, token))) => {
            app.throttle().right(LOGIN, &address);
            app.alarms().mark(said(AlarmMark::Code, name.trim(), &number.to_string()));
            ([keep_session(&app, &token)], go_to("/emergency")).into_response()
        }
        Ok(None) => {
            app.throttle().wrong(LOGIN, &address, mono);
            let said = text!(
                "Mã chưa đúng, hoặc đã dùng rồi. Xin gõ lại từng chữ, hoặc dùng mã khác trên giấy.",
                "This code is wrong, or was used. Type it again letter by letter, or use another one on the paper."
            );
            again(StatusCode::UNAUTHORIZED, &said)
        }
        Err(error) => shell::failed(&app, &who, &error.text()),
    }
}
