//! One person: role and zones, a new link, and putting him out.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;

use super::login::complaint;
use super::people::{Typed, choices, invite, let_in, state_of, summary};
use super::tokens;
use crate::act::{self, Undone};
use crate::app::App;
use crate::diag::{Text, text};
use crate::fields::Fields;
use crate::gate::{self, Need, Who, go_to};
use crate::people::Person;
use crate::role::Right;
use crate::route::{Ask, Route, route};
use crate::sentence::capital;
use crate::shell::{self, Page};

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/people/{id}", Need::Right(Right::People), || get(show)),
    route(Ask::Post, "/people/{id}", Need::Right(Right::People), || post(change)),
    route(Ask::Post, "/people/{id}/link", Need::Right(Right::People), || post(link)),
    route(Ask::Post, "/people/{id}/token", Need::Right(Right::People), || post(end_token)),
    route(Ask::Post, "/people/{id}/end", Need::Right(Right::People), || post(end)),
];

/// The person of this number, or what is said where there is none.
fn find(app: &App, who: &Who, id: &str) -> Result<Person, Box<Response>> {
    let found = id.parse().map_or(Ok(None), |id| app.people().person(id));
    match found {
        Ok(Some(person)) => Ok(person),
        Ok(None) => {
            let page = Page {
                title: text!("Không có người này", "There is nobody like that"),
                status: StatusCode::NOT_FOUND,
            };
            let body = html! { p { a.button href="/people" { (text!("Về danh sách người dùng", "Back to the people").get(who.lang)) } } };
            Err(Box::new(shell::page(app, who, page, &body)))
        }
        Err(error) => Err(Box::new(shell::failed(app, who, &error.text()))),
    }
}

async fn show(State(app): State<App>, who: Who, Path(id): Path<String>) -> Response {
    match find(&app, &who, &id) {
        Ok(person) => of(&app, &who, StatusCode::OK, &person, &Typed::of(&person), None),
        Err(response) => *response,
    }
}

fn of(app: &App, who: &Who, status: StatusCode, person: &Person, written: &Typed, said: Option<&Text>) -> Response {
    let (lang, station) = (who.lang, app.station());
    let path = format!("/people/{}", person.id);
    let by_programs = app.people().let_in_by_tokens().unwrap_or_default();
    let tokens = match tokens::of(app, person) {
        Ok(tokens) => tokens,
        Err(error) => return shell::failed(app, who, &error.text()),
    };
    let body = html! {
        (complaint(who, said))
        p { (summary(person, &station, lang)) " · " (capital(state_of(person).get(lang))) }
        @for (_, one) in by_programs.iter().filter(|(_, one)| one.person.id == person.id) {
            p.said { (capital(let_in(one).get(lang))) ". " (text!(
                "Đúng là người của đài thì bấm Lưu bên dưới; không biết là ai thì thôi cho dùng.",
                "If this is somebody of the station, save below; if nobody knows who it is, put him out."
            ).get(lang)) }
        }
        section.card {
            form.narrow method="post" action=(path) {
                (choices(who, &station, written))
                button.main {
                    @if person.has_ended { (text!("Cho dùng lại", "Let him in again").get(lang)) } @else { (text!("Lưu", "Save").get(lang)) }
                }
            }
        }
        (tokens::drawn(app, &tokens, Some(&format!("{path}/token")), lang))
        @if !person.has_ended {
            section.card {
                p { (text!(
                    "Quên mật khẩu, đổi điện thoại: cấp đường dẫn mới. Khi mật khẩu mới được đặt, mọi điện thoại cũ bị đăng xuất.",
                    "Forgotten password, new phone: give a new link. Once the new password is set, every old phone is logged out."
                ).get(lang)) }
                form method="post" action={ (path) "/link" } {
                    button { (text!("Cấp đường dẫn mới", "New link").get(lang)) }
                }
            }
            section.card {
                p { (text!(
                    "Thôi cho dùng: mọi điện thoại của người này bị đăng xuất ngay; tên vẫn còn trong nhật ký.",
                    "Put out: every phone of this person is logged out at once; the journal still has the name."
                ).get(lang)) }
                form method="post" action={ (path) "/end" } {
                    button { (text!("Thôi cho dùng", "Put out").get(lang)) }
                }
            }
        }
        p { a.back href="/people" { (text!("Về danh sách người dùng", "Back to the people").get(lang)) } }
    };
    let name = &person.name;
    shell::page(app, who, Page { title: Text { vi: name.clone(), en: name.clone() }, status }, &body)
}

async fn change(State(app): State<App>, who: Who, Path(id): Path<String>, fields: Fields) -> Response {
    let person = match find(&app, &who, &id) {
        Ok(person) => person,
        Err(response) => return *response,
    };
    let station = app.station();
    let written = Typed::read(&fields, &station);
    let wrong = |said: Text| of(&app, &who, StatusCode::UNPROCESSABLE_ENTITY, &person, &written, Some(&said));
    if let Err(said) = written.asked().bound(&station) {
        return wrong(said);
    }
    if let Some(ask) = gate::sure_or_ask(&app, &who, &fields) {
        return ask;
    }
    match act::change_person(&app, &who, &person, &written.asked()) {
        Ok(()) => go_to(&format!("/people?saved={}", person.id)),
        Err(Undone::Failed(why)) => shell::failed(&app, &who, &why),
        Err(why) => wrong(why.text().clone()),
    }
}

async fn link(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    match find(&app, &who, &id) {
        Ok(person) if person.has_ended => go_to(&who.path.replace("/link", "")),
        Ok(person) => gate::sure_or_ask(&app, &who, &fields).unwrap_or_else(|| invite(&app, &who, &headers, &person)),
        Err(response) => *response,
    }
}

/// Take a token of this person back.
async fn end_token(State(app): State<App>, who: Who, Path(id): Path<String>, fields: Fields) -> Response {
    let person = match find(&app, &who, &id) {
        Ok(person) => person,
        Err(response) => return *response,
    };
    if let Some(ask) = gate::sure_or_ask(&app, &who, &fields) {
        return ask;
    }
    match act::end_token(&app, &who, &person, fields.get("token")) {
        Ok(()) => go_to(&format!("/people/{}", person.id)),
        Err(Undone::Failed(why)) => shell::failed(&app, &who, &why),
        Err(why) => of(&app, &who, StatusCode::UNPROCESSABLE_ENTITY, &person, &Typed::of(&person), Some(why.text())),
    }
}

async fn end(State(app): State<App>, who: Who, Path(id): Path<String>, fields: Fields) -> Response {
    let person = match find(&app, &who, &id) {
        Ok(person) => person,
        Err(response) => return *response,
    };
    if let Some(ask) = gate::sure_or_ask(&app, &who, &fields) {
        return ask;
    }
    let done = act::may_end(&app, &who, &person).and_then(|()| {
        if fields.is_ticked("sure") { act::end_person(&app, &who, &person).map(|()| true) } else { Ok(false) }
    });
    match done {
        Ok(true) => go_to("/people"),
        Ok(false) => sure_to_end(&app, &who, &person),
        Err(Undone::Failed(why)) => shell::failed(&app, &who, &why),
        Err(why) => of(&app, &who, StatusCode::UNPROCESSABLE_ENTITY, &person, &Typed::of(&person), Some(why.text())),
    }
}

/// He is asked about first: his phones go dark at once.
fn sure_to_end(app: &App, who: &Who, person: &Person) -> Response {
    let (lang, path, name) = (who.lang, format!("/people/{}", person.id), &person.name);
    let body = html! {
        p.said { (text!(
            "{name} không vào được nữa, mọi điện thoại của người này bị đăng xuất ngay, chương trình có mã của người này bị ngắt. Tên vẫn còn trong nhật ký. Cho dùng lại được: cấp đường dẫn mới.",
            "{name} cannot come in any more, every phone is logged out at once, and programs with a token of this person are cut off. The journal still has the name. To let the person in again, give a new link."
        ).get(lang)) }
        form method="post" action={ (path) "/end" } {
            input type="hidden" name="sure" value="1";
            p.actions {
                button.halt { (text!("Thôi cho {name} dùng", "Put {name} out").get(lang)) }
                a.button href=(path) { (text!("Không, để như cũ", "No, leave it").get(lang)) }
            }
        }
    };
    shell::page(app, who, Page::of(text!("Thôi cho {name} dùng trang?", "Put {name} out?")), &body)
}
