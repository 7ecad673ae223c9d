use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::problem::{Problem, asked_lang};
use crate::app::{App, Peer};
use crate::connections::OneConnection;
use crate::diag::text;
use crate::entry::counted;
use crate::gate::{Need, Who};
use crate::once;

/// The headers of every answer to a program: kept nowhere, read as nothing but what it is.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.append(VARY, HeaderValue::from_static("authorization, accept-language"));
    response
}

/// The word after `Bearer`.
fn word(headers: &HeaderMap) -> Option<&str> {
    let (scheme, word) = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| word.trim())
}

/// Find out who asks by his token, and let him through where he may.
pub(super) async fn pass(State((app, need)): State<(App, Need)>, mut request: Request, next: Next) -> Response {
    let lang = asked_lang(request.headers());
    match who(&app, need, &request) {
        Ok(who) => {
            request.extensions_mut().insert(who.clone());
            once::answer(&app, &who, request, next).await.unwrap_or_else(|status| Problem::unread(status).told(lang))
        }
        Err(problem) => {
            let mut response = problem.told(lang);
            if response.status() == StatusCode::UNAUTHORIZED {
                response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"loa\""));
            }
            response
        }
    }
}

fn who(app: &App, need: Need, request: &Request) -> Result<Who, Problem> {
    let lang = asked_lang(request.headers());
    let now = app.now();
    let rate = |name: &str| app.rates().ask(name, now.mono).map_err(too_many);
    let nobody = Who::nobody(lang, request.uri());
    let address = request.extensions().get::<Peer>().map_or_else(String::new, |peer| counted(peer.0.ip()));
    let Some(word) = word(request.headers()) else {
        rate(&address)?;
        return if need == Need::Nothing { Ok(nobody) } else { Err(no_token()) };
    };
    let failed = |error: crate::PeopleError| Problem::from(crate::act::Undone::from(error));
    let found = app.people().token(word).map_err(failed)?;
    let Some(found) = found else {
        rate(&address)?;
        return Err(bad_token());
    };
    rate(&format!("token {}", found.id))?;
    let person = found.bearer(now.wall).ok_or_else(bad_token)?;
    if let Some(connection) = request.extensions().get::<OneConnection>() {
        connection.known();
    }
    // What cannot be written down is forgotten at worst.
    let _ = app.people().token_used(&found, now.wall);
    let who = Who { person: Some(person), token: Some(found), ..nobody };
    match need {
        Need::Right(right) if !who.may(right) => {
            Err(not_allowed(who.token.is_some_and(|token| token.person.may(right))))
        }
        _ => Ok(who),
    }
}

fn no_token() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "no_token",
        text!("yêu cầu này không có mã truy cập", "this request has no token"),
        text!(
            "gửi kèm dòng «Authorization: Bearer MÃ»; tạo mã bằng: loa user token",
            "send the line \"Authorization: Bearer TOKEN\" with it; make a token with: loa user token"
        ),
    )
}

/// Never said why: whoever tries tokens learns nothing.
fn bad_token() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "bad_token",
        text!(
            "mã truy cập này không dùng được: sai, hết hạn, hoặc đã bị thu hồi",
            "this token is no good: wrong, over its day, or taken back"
        ),
        text!("xem các mã còn dùng được: loa user tokens", "see which are good: loa user tokens"),
    )
}

/// `person_may`: its person may, and it was made for less.
fn not_allowed(person_may: bool) -> Problem {
    let remedy = if person_may {
        text!(
            "người đứng tên mã làm được việc ấy: tạo mã khác bằng «loa user token», không ghi --role",
            "its person may: make another one by \"loa user token\", without --role"
        )
    } else {
        text!(
            "mã không làm được nhiều hơn người đứng tên: dùng mã của người làm được việc ấy, hoặc nhờ người quản trị đổi vai trò của người này",
            "a token may no more than its person: use one of somebody who may, or ask the administrator to change this person's role"
        )
    };
    Problem::new(
        StatusCode::FORBIDDEN,
        "not_allowed",
        text!("mã truy cập này không làm được việc ấy", "this token may not do that"),
        remedy,
    )
}

fn too_many(seconds: u64) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_requests",
        text!("hỏi quá nhiều trong một lúc", "too many requests at once"),
        text!("chờ rồi hỏi tiếp, nhiều nhất 20 lần mỗi giây", "wait, then go on with 20 a second at most"),
    )
    .after(seconds)
}
