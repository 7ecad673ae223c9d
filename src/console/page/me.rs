//! A person's own page: the phones that are logged in as him, his password, and going out.

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;

use super::login::{chosen, complaint};
use super::people::summary;
use super::tokens;
use crate::app::{App, Peer};
use crate::diag::{Text, figure, plain, text};
use crate::entry::{self, Unasked};
use crate::fields::Fields;
use crate::gate::{self, Need, Who, go_to};
use crate::people::{PASSWORD_LEAST, PASSWORD_MOST, People, Phone};
use crate::route::{Ask, Route, route};
use crate::sentence::capital;
use crate::shell::{self, Page};

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/me", Need::Person, || get(me)),
    route(Ask::Post, "/me/phones", Need::Person, || post(forget)),
    route(Ask::Post, "/me/password", Need::Person, || post(change)),
];

async fn me(State(app): State<App>, who: Who, headers: HeaderMap) -> Response {
    own(&app, &who, &headers, StatusCode::OK, None)
}

fn own(app: &App, who: &Who, headers: &HeaderMap, status: StatusCode, said: Option<&Text>) -> Response {
    let (lang, station, person) = (who.lang, app.station(), who.person());
    let phones = match app.people().phones(person.id) {
        Ok(phones) => phones,
        Err(error) => return shell::failed(app, who, &error.text()),
    };
    let tokens = match tokens::of(app, person) {
        Ok(tokens) => tokens,
        Err(error) => return shell::failed(app, who, &error.text()),
    };
    let here = People::phone_of(gate::token(headers).unwrap_or_default());
    let since = |phone: &Phone| figure::moment(phone.made, &station.timezone).get(lang).to_owned();
    let least = PASSWORD_LEAST;
    let body = html! {
        (complaint(who, said))
        p { (summary(person, &station, lang)) }
        section.card {
            h2 { (text!("Các điện thoại đang vào", "Phones that are logged in").get(lang)) }
            p.hint { (text!(
                "Mất điện thoại hay thấy máy lạ: đăng xuất máy ấy, rồi đổi mật khẩu.",
                "A lost phone, or one that is not known: log it out, then change the password."
            ).get(lang)) }
            ul.list {
                @for phone in &phones {
                    li.split {
                        div {
                            strong { (capital(called(&phone.agent).get(lang))) }
                            @if phone.name == here { " " span.tag { (text!("máy này", "this one").get(lang)) } }
                            br; small { (text!("Vào từ", "Since").get(lang)) " " (since(phone)) " · " (plain(&phone.address)) }
                        }
                        @if phone.name == here {
                            form method="post" action="/logout" { button { (text!("Đăng xuất", "Log out").get(lang)) } }
                        } @else {
                            form method="post" action="/me/phones" {
                                input type="hidden" name="phone" value=(phone.name);
                                button { (text!("Đăng xuất máy ấy", "Log it out").get(lang)) }
                            }
                        }
                    }
                }
            }
        }
        // Whoever looks after the people takes them back.
        (tokens::drawn(app, &tokens, None, lang))
        section.card {
            h2 { (text!("Đổi mật khẩu", "Change the password").get(lang)) }
            form.narrow method="post" action="/me/password" {
                input type="hidden" name="username" value=(person.name) autocomplete="username";
                label { (text!("Mật khẩu đang dùng", "The password of now").get(lang))
                    input name="old" type="password" autocomplete="current-password" maxlength=(PASSWORD_MOST) required; }
                label { (text!("Mật khẩu mới, ít nhất {least} chữ", "The new one, {least} letters or more").get(lang))
                    input name="password" type="password" autocomplete="new-password" minlength=(least) maxlength=(PASSWORD_MOST) required; }
                label { (text!("Nhập lại mật khẩu mới", "The new one again").get(lang))
                    input name="again" type="password" autocomplete="new-password" maxlength=(PASSWORD_MOST) required; }
                button.main { (text!("Đổi mật khẩu", "Change the password").get(lang)) }
            }
        }
    };
    shell::page(app, who, Page { title: Text { vi: person.name.clone(), en: person.name.clone() }, status }, &body)
}

/// What a person calls a browser that calls itself `agent`.
fn called(agent: &str) -> Text {
    let first =
        |of: &[(&'static str, &'static str)]| of.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let machine = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("CrOS", "Chromebook"),
        ("Linux", "Linux"),
    ]);
    // Each also calls itself what comes after it here.
    let browser = first(&[
        ("coc_coc", "Cốc Cốc"),
        ("Zalo", "Zalo"),
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("SamsungBrowser", "Samsung"),
        ("Firefox", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    match (machine, browser) {
        (None, None) => text!("máy không rõ", "an unknown machine"),
        (machine, browser) => {
            let name = [machine, browser].into_iter().flatten().collect::<Vec<_>>().join(", ");
            Text { vi: name.clone(), en: name }
        }
    }
}

/// Log one of his phones out.
async fn forget(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let forgotten = app.people().forget_phone(who.person().id, fields.get("phone"));
    match forgotten {
        Ok(()) => go_to("/me"),
        Err(error) => shell::failed(&app, &who, &error.text()),
    }
}

/// Another password, for who knows the one of now.
async fn change(
    State(app): State<App>,
    who: Who,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    let wrong = |said: Text| own(&app, &who, &headers, StatusCode::UNPROCESSABLE_ENTITY, Some(&said));
    let password = match chosen(&fields) {
        Ok(password) => password,
        Err(said) => return wrong(said),
    };
    match entry::is_own(&app, who.person(), fields.get("old"), peer.ip()).await {
        Ok(true) => {}
        Ok(false) => {
            return wrong(text!("Mật khẩu đang dùng chưa đúng.", "The password of now is not right."));
        }
        Err(Unasked::Failed(error)) => return shell::failed(&app, &who, &error.text()),
        Err(wait) => return wrong(wait.text()),
    }
    let changed = match entry::hashed(&app, &password).await {
        Ok(hashed) => {
            let keep = gate::token(&headers).unwrap_or_default();
            app.people().set_password(who.person().id, &hashed, keep)
        }
        Err(error) => Err(error),
    };
    match changed {
        Ok(()) => own(
            &app,
            &who,
            &headers,
            StatusCode::OK,
            Some(&text!(
                "Đã đổi mật khẩu. Các điện thoại khác đã bị đăng xuất.",
                "The password is changed. Other phones are logged out."
            )),
        ),
        Err(error) => shell::failed(&app, &who, &error.text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_as_its_owner_calls_it() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36",
                "Android, Chrome",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Version/18.1 Mobile/15E148 Safari/604.1",
                "iPhone, Safari",
            ),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", "Windows, Firefox"),
            ("curl/8.5\u{202e}", "máy không rõ"),
            ("", "máy không rõ"),
        ] {
            assert_eq!(called(agent).vi, name);
        }
    }
}
