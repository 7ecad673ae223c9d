//! One person: role and zones, a new link, and putting him out.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;

use super::login::complaint;
use super::people::{Typed, choices, invite, state_of, zones_of};
use crate::console::app::App;
use crate::console::fields::Fields;
use crate::console::gate::{self, Need, Who, go_to};
use crate::console::people::Person;
use crate::console::role::{Right, Role};
use crate::console::route::{Ask, Route, route};
use crate::console::sentence::capital;
use crate::console::shell::{self, Page};
use crate::diag::{Text, text};

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/people/{id}", Need::Right(Right::People), || get(show)),
    route(Ask::Post, "/people/{id}", Need::Right(Right::People), || post(change)),
    route(Ask::Post, "/people/{id}/link", Need::Right(Right::People), || post(link)),
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
    let body = html! {
        (complaint(who, said))
        p { (capital(person.role.title().get(lang))) " · " (capital(zones_of(person, &station).get(lang))) " · " (capital(state_of(person).get(lang))) }
        section.card {
            form.narrow method="post" action=(path) {
                (choices(who, &station, written))
                button.main {
                    @if person.has_ended { (text!("Cho dùng lại", "Let him in again").get(lang)) } @else { (text!("Lưu", "Save").get(lang)) }
                }
            }
        }
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

/// The station must have somebody who lets people in; else only the command line could.
fn last_admin() -> Text {
    text!(
        "Đây là người quản trị cuối cùng. Xin thêm một người quản trị khác trước.",
        "This is the last administrator. Let another one in first."
    )
}

async fn change(State(app): State<App>, who: Who, Path(id): Path<String>, fields: Fields) -> Response {
    let person = match find(&app, &who, &id) {
        Ok(person) => person,
        Err(response) => return *response,
    };
    let station = app.station();
    let written = Typed::read(&fields, &station);
    let wrong = |said: Text| of(&app, &who, StatusCode::UNPROCESSABLE_ENTITY, &person, &written, Some(&said));
    let (role, zones) = match written.bound(&station) {
        Ok(bound) => bound,
        Err(said) => return wrong(said),
    };
    if let Some(ask) = gate::sure_or_ask(&app, &who, &fields) {
        return ask;
    }
    let changed = (|| {
        let mut people = app.people();
        if person.role == Role::Admin && role != Role::Admin && !people.has_other_admin(person.id)? {
            return Ok(false);
        }
        people.change(person.id, role, &zones, written.approves).map(|()| true)
    })();
    match changed {
        Ok(true) => go_to("/people"),
        Ok(false) => wrong(last_admin()),
        Err(error) => shell::failed(&app, &who, &error.text()),
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

async fn end(State(app): State<App>, who: Who, Path(id): Path<String>, fields: Fields) -> Response {
    let person = match find(&app, &who, &id) {
        Ok(person) => person,
        Err(response) => return *response,
    };
    if let Some(ask) = gate::sure_or_ask(&app, &who, &fields) {
        return ask;
    }
    let ended = (|| {
        let mut people = app.people();
        if person.role == Role::Admin && !people.has_other_admin(person.id)? {
            return Ok(false);
        }
        people.end(person.id, app.clock().wall()).map(|()| true)
    })();
    match ended {
        Ok(true) => go_to("/people"),
        Ok(false) => {
            of(&app, &who, StatusCode::UNPROCESSABLE_ENTITY, &person, &Typed::of(&person), Some(&last_admin()))
        }
        Err(error) => shell::failed(&app, &who, &error.text()),
    }
}
