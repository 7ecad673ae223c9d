//! Coming in and going out: the log-in, the link that lets a person set a password, the password asked for again,
//! and the language.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, http};
use maud::{Markup, html};
use serde::Deserialize;

use crate::act;
use crate::app::{App, Peer};
use crate::diag::{Text, text};
use crate::disk::station::is_unset;
use crate::entry::{self, Unasked};
use crate::fields::Fields;
use crate::gate::{self, Need, Who, go_to, keep_language, keep_session, send_on};
use crate::people::{Deed, PASSWORD_LEAST, PASSWORD_MOST, PeopleError, is_weak};
use crate::routes::{Ask, Route, route};
use crate::shell::{self, Page};
use crate::tls;

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/login", Need::Nothing, || get(ask)),
    route(Ask::Post, "/login", Need::Nothing, || post(enter)),
    route(Ask::Post, "/logout", Need::Nothing, || post(leave)),
    route(Ask::Post, "/language", Need::Nothing, || post(language)),
    route(Ask::Get, "/invite/{token}", Need::Nothing, || get(invited)),
    route(Ask::Post, "/invite/{token}", Need::Nothing, || post(accept)),
];

/// Where to go after logging in.
#[derive(Deserialize, Default)]
struct Next {
    #[serde(default)]
    next: String,
}

/// Only to a page of this console: `//elsewhere` and the like lead home. A browser leaves out tabs and line breaks before it
/// reads an address, and takes a backslash for a slash.
pub(super) fn inside(path: &str) -> &str {
    let is_plain = !path.contains(|c: char| c == '\\' || c.is_control());
    let is_path = path.starts_with('/') && !path.starts_with("//") && is_plain;
    if is_path { path } else { "/" }
}

/// The log-in.
async fn ask(State(app): State<App>, who: Who, Query(Next { next }): Query<Next>) -> Response {
    if is_unset(app.dir()) {
        return go_to("/setup");
    }
    form(&app, &who, StatusCode::OK, inside(&next), "", None)
}

fn form(app: &App, who: &Who, status: StatusCode, next: &str, name: &str, said: Option<&Text>) -> Response {
    let lang = who.lang;
    let body = html! {
        (complaint(who, said))
        form.narrow method="post" action="/login" {
            input type="hidden" name="next" value=(next);
            label { (text!("Tên", "Name").get(lang))
                input name="name" value=(name) autocomplete="username" autocapitalize="words" required autofocus; }
            label { (text!("Mật khẩu", "Password").get(lang))
                input name="password" type="password" autocomplete="current-password" maxlength=(PASSWORD_MOST) required; }
            button.main { (text!("Vào", "Log in").get(lang)) }
        }
        p.hint { (text!(
            "Chưa có tài khoản, quên mật khẩu: xin người quản trị cấp đường dẫn mới.",
            "No account, or the password is forgotten: ask the administrator for a new link."
        ).get(lang)) }
        (gate::envelope(lang))
        (plain_http(app, who))
    };
    let title = text!("Đăng nhập", "Log in");
    shell::page(app, who, Page { title, status }, &body)
}

/// What a page that is not encrypted cannot do.
fn plain_http(app: &App, who: &Who) -> Markup {
    html! {
        @if app.is_encrypted() {
            @if tls::own_authority(app.site()).is_some() {
                p.hint { a href="/ca" { (text!(
                    "Trang báo không an toàn? Cài chứng nhận của đài, một lần cho mỗi điện thoại.",
                    "A warning that the page is not safe? Install the station's certificate, once for each phone."
                ).get(who.lang)) } }
            }
        } @else {
            p.hint { (text!(
                "Trang này không mã hóa: chỉ dùng trong mạng riêng của đài. Ghi âm thẳng trên trang không dùng được; chọn tệp ghi âm thì được.",
                "This page is not encrypted: use it on the station's own network only. Recording in the page does not work; choosing a recording does."
            ).get(who.lang)) }
        }
    }
}

pub(super) fn complaint(who: &Who, said: Option<&Text>) -> Markup {
    html! { @if let Some(said) = said { p.said role="alert" { (said.get(who.lang)) } } }
}

fn agent(headers: &HeaderMap) -> String {
    headers
        .get(http::header::USER_AGENT)
        .map(|agent| String::from_utf8_lossy(agent.as_bytes()).into_owned())
        .unwrap_or_default()
}

/// Try a name and a password.
async fn enter(
    State(app): State<App>,
    who: Who,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    // Another form may have been on its way when the session ended.
    let is_on_its_way = fields.is_ticked(gate::THEN);
    let (name, word, next) =
        if is_on_its_way { (gate::NAME, gate::WORD, gate::THEN) } else { ("name", "password", "next") };
    let (name, next) = (fields.get(name), inside(fields.get(next)));
    let address = peer.ip().to_string();
    let again = |status: StatusCode, said: &Text| {
        if is_on_its_way {
            gate::log_in_again(&app, &who, status, &fields, next, Some(said))
        } else {
            form(&app, &who, status, next, name, Some(said))
        }
    };
    match entry::whose(&app, name, fields.get(word), peer.ip()).await {
        Ok(Some(person)) => {
            let token = app.people().log_in(person.id, &agent(&headers), &address, app.clock().wall());
            if token.is_ok() {
                let who = Who { person: Some(person), ..who.clone() };
                act::keep(&app, &who, Deed::LoggedIn, "");
            }
            match token {
                Ok(token) if is_on_its_way => ([keep_session(&app, &token)], send_on(next)).into_response(),
                Ok(token) => ([keep_session(&app, &token)], go_to(next)).into_response(),
                Err(error) => shell::failed(&app, &who, &error.text()),
            }
        }
        Ok(None) => {
            let said = text!("Tên hoặc mật khẩu chưa đúng.", "The name or the password is not right.");
            again(StatusCode::UNAUTHORIZED, &said)
        }
        Err(Unasked::Failed(error)) => shell::failed(&app, &who, &error.text()),
        Err(wait) => again(StatusCode::TOO_MANY_REQUESTS, &wait.text()),
    }
}

/// Log this phone out.
async fn leave(State(app): State<App>, headers: HeaderMap) -> Response {
    if let Some(token) = gate::token(&headers) {
        // A session that cannot be deleted ends by itself; the browser forgets it now.
        let _ = app.people().log_out(token);
    }
    ([keep_session(&app, "")], go_to("/login")).into_response()
}

/// What a link leads to: set a password.
async fn invited(State(app): State<App>, who: Who, Path(token): Path<String>) -> Response {
    invitation(&app, &who, &token, None)
}

fn invitation(app: &App, who: &Who, token: &str, said: Option<&Text>) -> Response {
    let lang = who.lang;
    let found = app.people().invited(token, app.clock().wall());
    let person = match found {
        Ok(Some(person)) => person,
        Ok(None) => return void(app, who),
        Err(error) => return shell::failed(app, who, &error.text()),
    };
    let least = PASSWORD_LEAST;
    let body = html! {
        (complaint(who, said))
        p { (text!("Chào", "Welcome,").get(lang)) " " strong { (person.name) } " · " (person.role.title().get(lang)) }
        form.narrow method="post" action={ "/invite/" (token) } {
            input type="hidden" name="username" value=(person.name) autocomplete="username";
            label { (text!("Đặt mật khẩu, ít nhất {least} chữ", "Choose a password, {least} letters or more").get(lang))
                input name="password" type="password" autocomplete="new-password" minlength=(least) maxlength=(PASSWORD_MOST) required; }
            label { (text!("Nhập lại mật khẩu", "The password again").get(lang))
                input name="again" type="password" autocomplete="new-password" maxlength=(PASSWORD_MOST) required; }
            button.main { (text!("Lưu mật khẩu", "Save the password").get(lang)) }
        }
    };
    shell::page(app, who, Page::of(text!("Đặt mật khẩu", "Set a password")), &body)
}

fn void(app: &App, who: &Who) -> Response {
    let said = text!(
        "Đường dẫn đã dùng hoặc quá hạn. Xin người quản trị cấp lại.",
        "This link was used, or has ended. Ask the administrator for a new one."
    );
    let page = Page {
        title: text!("Đường dẫn không còn dùng được", "The link is void"), status: StatusCode::GONE
    };
    shell::page(
        app,
        who,
        page,
        &html! {
            p.said { (said.get(who.lang)) }
            // Whoever is in already needs no link.
            @if who.person.is_some() { p { a.button href="/" { (text!("Về trang Hôm nay", "Back to Today").get(who.lang)) } } }
            @else { p { a.button href="/login" { (text!("Đăng nhập", "Log in").get(who.lang)) } } }
        },
    )
}

/// The new password of a form that has it twice.
pub(super) fn chosen(fields: &Fields) -> Result<String, Text> {
    let password = fields.get("password").to_owned();
    let (least, most) = (PASSWORD_LEAST, PASSWORD_MOST);
    if password.chars().count() < least {
        return Err(text!("Mật khẩu cần ít nhất {least} chữ.", "The password needs {least} letters or more."));
    }
    if password.chars().count() > most {
        return Err(text!("Mật khẩu dài quá {most} chữ.", "The password has more than {most} letters."));
    }
    if is_weak(&password) {
        return Err(text!(
            "Mật khẩu này quá dễ đoán: dãy số liền, chữ lặp lại, hoặc từ nhiều người dùng. Xin ghép vài từ chỉ mình nhớ, ví dụ một con vật và một món ăn.",
            "This password is guessed at once: figures in a row, the same letters again, or a word that many choose. Join a few words that only you remember."
        ));
    }
    if password != fields.get("again") {
        return Err(text!("Hai lần nhập chưa giống nhau.", "The two are not the same."));
    }
    Ok(password)
}

/// Set the password, and log in.
async fn accept(
    State(app): State<App>,
    who: Who,
    Extension(Peer(peer)): Extension<Peer>,
    Path(token): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    let password = match chosen(&fields) {
        Ok(password) => password,
        Err(said) => return invitation(&app, &who, &token, Some(&said)),
    };
    // A link that is no good costs no work.
    if !matches!(app.people().invited(&token, app.clock().wall()), Ok(Some(_))) {
        return invitation(&app, &who, &token, None);
    }
    let hashed = entry::hashed(&app, &password).await;
    let now = app.clock().wall();
    let entered: Result<_, PeopleError> = (|| {
        let hashed = hashed?;
        let mut people = app.people();
        let Some(person) = people.accept(&token, &hashed, now)? else { return Ok(None) };
        let session = people.log_in(person.id, &agent(&headers), &peer.ip().to_string(), now)?;
        Ok(Some((session, person)))
    })();
    match entered {
        Ok(Some((session, person))) => {
            act::keep(&app, &Who { person: Some(person), ..who }, Deed::LoggedIn, "");
            ([keep_session(&app, &session)], go_to("/")).into_response()
        }
        Ok(None) => void(&app, &who),
        Err(error) => shell::failed(&app, &who, &error.text()),
    }
}

/// Read the page in the other language.
async fn language(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let lang = fields.get("lang").parse().unwrap_or(who.lang);
    ([keep_language(&app, lang)], go_to(inside(fields.get("back")))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logging_in_leads_to_a_page_of_this_console_only() {
        for (path, to) in [
            ("/journal", "/journal"),
            ("/journal?day=2026-12-01", "/journal?day=2026-12-01"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
            ("/\t/evil.example", "/"),
            ("\t//evil.example", "/"),
            ("/\u{85}/evil.example", "/"),
        ] {
            assert_eq!(inside(path), to, "{path}");
        }
    }
}
