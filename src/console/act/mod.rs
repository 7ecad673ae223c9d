//! What people do, once: the pages and the interface for programs are two faces of these. Each asks whether the person may,
//! does it, and says what came of it; what was typed and how it is shown is the faces' matter.

mod approval;
mod order;
mod person;
mod undone;

pub(super) use approval::{decide, objection, ordered, pending, pending_one};
pub(super) use order::{alert, say, scope, stop, zones_of};
pub(super) use person::{PersonAsked, add_person, change_person, end_person, end_token, link_person, may_end};
pub(super) use undone::Undone;

use super::app::App;
use super::people::{Deed, DoneByToken};
use super::who::Who;

/// Keep what somebody did. Where that cannot be written it is done all the same.
pub(super) fn keep(app: &App, who: &Who, deed: Deed, about: &str) {
    let name = who.person.as_ref().map_or("", |person| person.name.as_str());
    let token = who.token.as_ref().map_or("", |token| token.purpose.as_str());
    let _ = app.people().keep_act((name, token), deed, about, app.clock().wall());
}

/// Keep by which token something was done that stands elsewhere under the person's name, where a program did it.
pub(super) fn keep_done(app: &App, who: &Who, what: DoneByToken, key: &str) {
    if let Some(token) = &who.token {
        let _ = app.people().keep_done(what, key, token, app.clock().wall());
    }
}
