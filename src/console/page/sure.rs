//! The password asked for again, before dangerous things. What was typed on the page before is kept in the form, and sent
//! on by the browser once the password is right: nothing is typed twice.

use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;

use super::login::inside;
use crate::app::{App, Peer};
use crate::diag::text;
use crate::entry::{self, Unasked};
use crate::fields::Fields;
use crate::gate::{self, Need, THEN, WORD, Who};
use crate::route::{Ask, Route, route};
use crate::shell;

pub(super) const ROUTES: &[Route] = &[route(Ask::Post, "/sure", Need::Person, || post(sure))];

async fn sure(
    State(app): State<App>,
    who: Who,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    let then = inside(fields.get(THEN)).to_owned();
    let said = match entry::is_own(&app, who.person(), fields.get(WORD), peer.ip()).await {
        Ok(true) => {
            let token = gate::token(&headers).unwrap_or_default();
            if let Err(error) = app.people().sure(token, app.clock().wall()) {
                return shell::failed(&app, &who, &error.text());
            }
            return gate::send_on(&then);
        }
        Ok(false) => text!("Mật khẩu chưa đúng.", "The password is not right."),
        Err(Unasked::Failed(error)) => return shell::failed(&app, &who, &error.text()),
        Err(wait) => wait.text(),
    };
    gate::ask_again(&app, &who, &fields, &then, Some(&said))
}
