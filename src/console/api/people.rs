use axum::http::Method;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::closed;
use super::given::{Nothing, WasDone};
use super::operation::Operation;
use super::problem::Problem;
use super::unread::{has_to_be, one_of};
use crate::act::{self, PersonAsked, Undone};
use crate::diag::text;
use crate::gate::Need;
use crate::people::{Invite, Person};
use crate::role::Right;
use crate::station::Station;

/// Everybody who may use the page, or could once.
#[derive(Serialize, Deserialize, ToSchema)]
struct PeopleAnswer {
    people: Vec<PersonShown>,
}

/// Somebody.
#[derive(Serialize, Deserialize, ToSchema)]
struct PersonShown {
    id: i64,
    name: String,
    /// `operator`, `official`, `reviewer`, `admin`.
    role: String,
    /// Ids; empty: every zone.
    zones: Vec<String>,
    /// May approve what others wrote.
    approves: bool,
    /// Has set a password.
    ready: bool,
    /// May not use the page any more.
    ended: bool,
}

/// Somebody to be let in.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPersonAsked {
    /// As people call him.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// What he is. An administrator is let in on the page only.
    #[schema(schema_with = closed::role)]
    role: String,
    /// Ids, for an operator.
    #[serde(default)]
    zones: Vec<String>,
    #[serde(default)]
    approves: bool,
}

/// What somebody is to be.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PersonChangeAsked {
    /// What he is to be, as of somebody new.
    #[schema(schema_with = closed::role)]
    role: String,
    /// Ids, for an operator.
    #[serde(default)]
    zones: Vec<String>,
    #[serde(default)]
    approves: bool,
}

/// Somebody, and the link with which he sets a password.
#[derive(Serialize, Deserialize, ToSchema)]
struct InvitedAnswer {
    person: PersonShown,
    /// Below the address of the page. Good once.
    path: String,
    /// Until when.
    until: String,
}

const PEOPLE: Need = Need::Right(Right::People);

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("people", "/people", PEOPLE, list).says("Người dùng | People"),
        Operation::does("add-person", Method::POST, "/people", PEOPLE, add)
            .says("Thêm người, lấy đường dẫn đặt mật khẩu | Let somebody in, with the link to set a password")
            .gives(StatusCode::CREATED),
        Operation::get("person", "/people/{id}", PEOPLE, one).says("Một người | One person"),
        Operation::does("change-person", Method::PUT, "/people/{id}", PEOPLE, change)
            .says("Đổi vai trò, cụm loa | Another role, other zones"),
        Operation::does("link-person", Method::POST, "/people/{id}/link", PEOPLE, link)
            .says("Cấp đường dẫn mới | A new link")
            .gives(StatusCode::CREATED),
        Operation::does("end-person", Method::DELETE, "/people/{id}", PEOPLE, end)
            .says("Thôi cho dùng; tên vẫn còn trong nhật ký | Put somebody out; the journal still names him"),
    ]
}

fn shown(person: Person) -> PersonShown {
    let Person { id, name, role, zones, approves, is_ready, has_ended } = person;
    PersonShown { id, name, role: role.name().to_owned(), zones, approves, ready: is_ready, ended: has_ended }
}

fn asked(station: &Station, role: &str, zones: &[String], approves: bool) -> Result<PersonAsked, Problem> {
    if let Some(other) = zones.iter().find(|id| !station.zones.iter().any(|zone| zone.id == **id)) {
        let other = crate::diag::shown(other);
        return Err(Undone::Wrong(text!("không có cụm loa «{other}»", "there is no zone \"{other}\"")).into());
    }
    let role = role.parse().map_err(|_| Undone::Wrong(has_to_be("role", &one_of(closed::roles()))))?;
    Ok(PersonAsked { role: Some(role), zones: zones.to_vec(), approves })
}

fn found<I>(call: &Call<I>) -> Result<Person, Problem> {
    let found = call.app.people().person(call.number("id")?).map_err(Undone::from)?;
    found.ok_or_else(Problem::gone)
}

async fn list(call: Call<Nothing>) -> Result<PeopleAnswer, Problem> {
    let people = call.app.people().everybody().map_err(Undone::from)?;
    Ok(PeopleAnswer { people: people.into_iter().map(shown).collect() })
}

async fn one(call: Call<Nothing>) -> Result<PersonShown, Problem> {
    Ok(shown(found(&call)?))
}

async fn add(call: Call<NewPersonAsked>) -> Result<InvitedAnswer, Problem> {
    let NewPersonAsked { name, role, zones, approves } = &call.given;
    let asked = asked(&call.app.station(), role, zones, *approves)?;
    let person = act::add_person(&call.app, &call.who, name, &asked)?;
    invited(&call, person)
}

async fn change(call: Call<PersonChangeAsked>) -> Result<PersonShown, Problem> {
    let PersonChangeAsked { role, zones, approves } = &call.given;
    let asked = asked(&call.app.station(), role, zones, *approves)?;
    let person = found(&call)?;
    act::change_person(&call.app, &call.who, &person, &asked)?;
    Ok(shown(found(&call)?))
}

async fn link(call: Call<Nothing>) -> Result<InvitedAnswer, Problem> {
    let person = found(&call)?;
    if person.has_ended {
        let why = text!("người này đã thôi dùng trang", "this person was put out");
        return Err(Undone::Wrong(why).into());
    }
    invited(&call, person)
}

fn invited<I>(call: &Call<I>, person: Person) -> Result<InvitedAnswer, Problem> {
    let Invite { token, until } = act::link_person(&call.app, &call.who, &person)?;
    let until = until.rfc3339(&call.app.station().timezone);
    Ok(InvitedAnswer { person: shown(person), path: format!("/invite/{token}"), until })
}

async fn end(call: Call<Nothing>) -> Result<WasDone, Problem> {
    let person = found(&call)?;
    act::end_person(&call.app, &call.who, &person)?;
    Ok(WasDone::YES)
}
