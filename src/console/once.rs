//! A form that is sent twice does its work once: every form that is drawn has a word of its own, and whatever comes again
//! with the same word and the same content, while that is in hand or a little later, is answered as the first was. So a
//! second tap without script, or a page that is loaded again, gives no second order and uses up no second code. Programs say
//! the same by a key in a header (draft-ietf-httpapi-idempotency-key-header). What a form
//! does goes its way to the end, whether or not the phone that sent it is still there
//! (docs/decisions/0089-a-form-sent-twice-does-its-work-once.md).

use std::fmt::Write as _;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hyper::body::Body as _;
use tokio::sync::watch;

use super::app::{App, Peer};
use super::body;
use super::fields::ONCE;
use super::people::new_word;
use super::sent_forms::{FormSender, FormStage, FormTurn, GivenAnswer};
use super::who::Who;
use crate::digest::RunningDigest;

/// So long the answer to what was done is given again: a line that is slow, and a thumb that is not patient.
const DONE_FOR: Duration = Duration::from_mins(2);

/// So long the answer to what may be done again at any moment is given again: two taps.
const TAPPED_FOR: Duration = Duration::from_secs(2);

/// The longest answer that is kept; a longer one is made again.
const LENGTH_MOST: u64 = 64 * 1024;

/// Under which a program says that it sends the same again: what a form has in a field.
pub(super) const HEADER: &str = "idempotency-key";

/// Letters of it at most.
pub(super) const KEY_MOST: usize = 200;

/// What changes nothing: each time it is made anew.
const ONLY_SHOWS: [&str; 5] = ["/schedule/try", "/sounds/read", "/language", "/report/word", "/report/print"];

/// Whether this silences something: a stop always works, and a later one stops what has begun since.
fn silences(path: &str) -> bool {
    path.ends_with("/stop") || path.ends_with("/end")
}

/// Whether it is a form, which has its word in a field, and the key of a program.
fn marks(headers: &HeaderMap) -> (bool, Option<String>) {
    let told = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_form = told(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let key = told(HeaderName::from_static(HEADER)).filter(|key| (1..=KEY_MOST).contains(&key.len()));
    (is_form, key.map(str::to_owned))
}

/// The answer to a request that the gate has let through: of a form that was sent before, the same as then.
/// `Err` where what was sent is too much, or does not come in whole.
pub(super) async fn answer(app: &App, who: &Who, request: Request, next: Next) -> Result<Response, StatusCode> {
    let (is_form, key) = marks(request.headers());
    if request.method() != Method::POST || (!is_form && key.is_none()) {
        return Ok(next.run(request).await);
    }
    let (parts, content) = request.into_parts();
    let bytes = body::whole(&parts.extensions, content).await?;
    let path = parts.uri.path().to_owned();
    let word = || form_urlencoded::parse(&bytes).find(|(name, _)| name == ONCE).map(|(_, word)| word.into_owned());
    let word = if is_form { word() } else { key };
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
    let again = Request::from_parts(parts, Body::from(bytes.clone()));
    let (Some(word), Some(from)) = (word.filter(|_| !ONLY_SHOWS.contains(&path.as_str())), peer) else {
        return Ok(to_the_end(next, again).await);
    };
    let known_by = known_by(&word, &path, &bytes);
    let person = who.person.as_ref().map(|person| person.id);
    Ok(match app.sent_forms().enter(&known_by, FormSender { person, from }, app.now().mono) {
        FormTurn::First(tell) => first(app, tell, path, next, again).await,
        FormTurn::Again(mut stage) => {
            let found =
                stage.wait_for(|stage| matches!(stage, FormStage::Answered(_))).await.map(|stage| stage.clone());
            match found {
                Ok(FormStage::Answered(given)) => given.response(),
                // The first came to nothing that could be kept: a file, or a failure.
                _ => to_the_end(next, again).await,
            }
        }
    })
}

fn known_by(word: &str, path: &str, bytes: &[u8]) -> String {
    let mut digest = RunningDigest::new();
    for part in [word.as_bytes(), path.as_bytes(), bytes] {
        digest.add(&(part.len() as u64).to_le_bytes());
        digest.add(part);
    }
    digest.written()
}

/// Whoever tapped may be gone by now; what he asked for is done.
async fn to_the_end(next: Next, request: Request) -> Response {
    let done = tokio::spawn(next.run(request)).await;
    done.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn first(app: &App, tell: watch::Sender<FormStage>, path: String, next: Next, request: Request) -> Response {
    let own = app.clone();
    let done = tokio::spawn(async move {
        let response = next.run(request).await;
        if response.body().size_hint().exact().is_none_or(|length| length > LENGTH_MOST) {
            return response;
        }
        let (parts, content) = response.into_parts();
        let Ok(content) = to_bytes(content, usize::try_from(LENGTH_MOST).unwrap_or(usize::MAX)).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let given = GivenAnswer { status: parts.status, headers: parts.headers, content };
        let length = match given.status {
            // What was in the way may be gone by the next tap.
            status if !status.is_success() && !status.is_redirection() => Duration::ZERO,
            _ if silences(&path) => TAPPED_FOR,
            _ => DONE_FOR,
        };
        own.sent_forms().answered(&tell, given.clone(), own.now().mono + length);
        given.response()
    });
    done.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// A page or a part of one, each of its forms with a word that no other page has.
pub(super) fn marked(html: &str) -> String {
    // Where the machine has no chance to give, a form works as it is; the script keeps a second tap back.
    let Ok(word) = new_word() else { return html.to_owned() };
    let mut marked = String::with_capacity(html.len() + 1024);
    let mut rest = html;
    // What people have typed has no `<` here: it is written as `&lt;`.
    while let Some(begin) = rest.find("<form") {
        let end = rest[begin..].find('>').map_or(rest.len(), |end| begin + end + 1);
        let (tag, after) = (&rest[begin..end], &rest[end..]);
        marked.push_str(&rest[..end]);
        if tag.contains(" method=\"post\"") && !tag.contains(" enctype=") {
            let _ = write!(marked, "<input type=\"hidden\" name=\"{ONCE}\" value=\"{word}\">");
        }
        rest = after;
    }
    marked.push_str(rest);
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_does_something_has_a_word_and_each_page_another() {
        let page = "<form class=\"a\" method=\"post\" action=\"/x\"><b>1</b></form><form method=\"get\"></form>\
                    <form method=\"post\" enctype=\"multipart/form-data\"></form>&lt;form method=\"post\">";
        let marked = marked(page);
        assert_eq!(marked.matches("name=\"once\"").count(), 1, "{marked}");
        assert!(marked.contains("action=\"/x\"><input type=\"hidden\" name=\"once\" value=\""), "{marked}");
        assert_ne!(marked, super::marked(page));
    }
}
