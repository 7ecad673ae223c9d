use axum::extract::State;
use axum::response::Response;

use super::Seen;
use super::one::shown;
use crate::act::{self, Undone};
use crate::app::App;
use crate::diag::text;
use crate::escaped::escaped;
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::shell;

/// `POST /approvals/approve`.
pub(super) async fn approve(State(app): State<App>, who: Who, fields: Fields) -> Response {
    decide(&app, &who, &fields, None).await
}

/// `POST /approvals/return`.
pub(super) async fn back(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let note = fields.get("note").to_owned();
    if note.is_empty() {
        let why = text!("Xin ghi cần sửa gì", "Say what is to be changed");
        return shown(&app, &who, fields.get("id"), Some(&why), "").await;
    }
    decide(&app, &who, &fields, Some(note)).await
}

async fn decide(app: &App, who: &Who, fields: &Fields, note: Option<String>) -> Response {
    let (id, typed) = (fields.get("id"), fields.get("note"));
    let Seen { items, .. } = Seen::one(app, id).await;
    let item = match items {
        Ok(mut items) => items.pop(),
        Err(refusal) => return shell::failed(app, who, &refusal.message),
    };
    let Some(item) = item else { return shown(app, who, id, None, typed).await };
    match act::decide(app, who, &item, fields.get("digest"), note).await {
        Ok(()) => go_to(&format!("/approvals?done={}", escaped(id))),
        Err(Undone::NotAllowed(why)) => shell::refused(app, who, &why),
        Err(why) => shown(app, who, id, Some(why.text()), typed).await,
    }
}
