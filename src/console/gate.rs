//! What stands before every page: who asks, whether he may, and the headers that keep others out. A person who may not
//! do something is answered in words; what needs no one (log-in, style) passes.

use axum::extract::{FromRequest as _, Request, State};
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, LOCATION,
    ORIGIN, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::connections::OneConnection;
use super::fields::Fields;
use super::once;
use super::people::{PASSWORD_MOST, SESSION_MOST};
use super::role::Right;
use super::shell::{self, Page};
pub(super) use super::who::Who;
use crate::diag::{Lang, Text, text};

/// Nothing is loaded from elsewhere, nothing is written into the page as script.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self' blob:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What a browser's cookie of the session is called.
const SESSION: &str = "loa";

/// The cookie of the language that was chosen.
const LANGUAGE: &str = "lang";

/// Pages with passwords, links and phones of people.
const SECRET: [&str; 8] = ["/login", "/invite", "/setup", "/people", "/me", "/sure", "/night", "/emergency/codes"];

/// Whether a page of this path shows or takes secrets: nothing of it stays in a browser, nothing typed there is drawn again.
pub fn has_secrets(path: &str) -> bool {
    SECRET.iter().any(|place| path.starts_with(place))
}

/// What somebody who is logged out may have typed, in bytes: more than any form of the schedule has.
const TYPED_MOST: u64 = 64 * 1024;

/// What an address needs of the one who asks for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// Nothing: whoever is not logged in must reach it.
    Nothing,
    /// That he is logged in.
    Person,
    /// A right, somewhere.
    Right(Right),
}

/// The value of a cookie.
fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// What the browser's session is known by.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, SESSION)
}

fn set(name: &str, value: &str, seconds: u64, is_encrypted: bool) -> HeaderValue {
    let secure = if is_encrypted { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::try_from(text).expect("letters and digits")
}

/// Let a browser keep its session, or, with an empty token, forget it.
pub(super) fn keep_session(app: &App, token: &str) -> (HeaderName, HeaderValue) {
    let seconds = if token.is_empty() { 0 } else { SESSION_MOST.as_secs() };
    (SET_COOKIE, set(SESSION, token, seconds, app.is_encrypted()))
}

/// Let a browser keep the language that was chosen.
pub(super) fn keep_language(app: &App, lang: Lang) -> (HeaderName, HeaderValue) {
    let value = if lang == Lang::En { "en" } else { "vi" };
    (SET_COOKIE, set(LANGUAGE, value, 365 * 24 * 3_600, app.is_encrypted()))
}

/// Go to another page of the console, asking for it anew.
pub(super) fn go_to(path: &str) -> Response {
    let path = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response()
}

/// The browser sends the same form on to another page of the console, as it was typed.
pub(super) fn send_on(path: &str) -> Response {
    let path = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, path)]).into_response()
}

/// The field of the password that is asked for again. No other form has one of this name.
pub(super) const WORD: &str = "own-password";

/// The field of the name that is asked for again with it.
pub(super) const NAME: &str = "own-name";

/// The field of the address that the form goes on to.
pub(super) const THEN: &str = "then";

/// Before something dangerous: none where the password was typed a moment ago; else the page that asks for it, which
/// sends `fields` on to the same address afterwards.
pub(super) fn sure_or_ask(app: &App, who: &Who, fields: &Fields) -> Option<Response> {
    (!who.is_sure).then(|| ask_again(app, who, fields, &who.path, None))
}

/// Whether what somebody is about to do there cannot wait for a password that nobody remembers.
fn is_of_an_alarm(path: &str) -> bool {
    path == "/emergency" || path.starts_with("/emergency/") || path == "/stop"
}

/// The way in for whoever has lost his log-in when something happens.
pub(super) fn envelope(lang: Lang) -> maud::Markup {
    maud::html! {
        p { a.back-to href="/night" { (text!(
            "Có việc khẩn cấp mà không vào được: mở phong bì mã niêm phong",
            "An emergency, and nobody can log in: open the envelope of sealed codes"
        ).get(lang)) } }
    }
}

/// Ask for the password; `fields` go on to `then` with it.
pub(super) fn ask_again(app: &App, who: &Who, fields: &Fields, then: &str, said: Option<&Text>) -> Response {
    let lang = who.lang;
    let kept = fields.iter().filter(|(name, _)| ![WORD, THEN].contains(name));
    let body = maud::html! {
        @if let Some(said) = said { p.said role="alert" { (said.get(lang)) } }
        p { (text!("Việc này cần nhập lại mật khẩu của mình.", "This needs your own password again.").get(lang)) }
        form.narrow method="post" action="/sure" {
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            input type="hidden" name=(THEN) value=(then);
            input type="hidden" name="username" value=(who.person().name) autocomplete="username";
            label { (text!("Mật khẩu", "Password").get(lang))
                input name=(WORD) type="password" autocomplete="current-password" maxlength=(PASSWORD_MOST) required autofocus; }
            button.main { (text!("Tiếp tục", "Go on").get(lang)) }
        }
        @if is_of_an_alarm(then) { (envelope(lang)) }
    };
    let page =
        Page { title: text!("Nhập lại mật khẩu", "The password again"), status: StatusCode::UNAUTHORIZED };
    shell::page(app, who, page, &body)
}

/// Find out who asks, and let him through where he may.
pub(super) async fn pass(State((app, need)): State<(App, Need)>, mut request: Request, next: Next) -> Response {
    let lang = cookie(request.headers(), LANGUAGE).and_then(|lang| lang.parse().ok()).unwrap_or_else(|| app.language());
    let mut who = Who::nobody(lang, request.uri());
    if let Some(token) = token(request.headers()).map(str::to_owned) {
        let now = app.now();
        let mut people = app.people();
        match people.session(&token, now) {
            Ok(Some(session)) => {
                // What cannot be written down is forgotten at worst.
                let _ = people.used(&token, &session, now);
                who.is_sure = session.is_sure(now.wall);
                who.person = Some(session.person);
            }
            Ok(None) => {
                // The code that was typed a moment ago is its password.
                who.person = people.by_night(&token, now.wall).ok().flatten();
                who.is_sure = who.person.is_some();
            }
            Err(error) => {
                drop(people);
                return shell::failed(&app, &who, &error.text());
            }
        }
    }
    let may = match need {
        Need::Nothing => true,
        Need::Person => who.person.is_some(),
        Need::Right(right) => who.may(right),
    };
    if let Some(connection) = request.extensions().get::<OneConnection>().filter(|_| who.person.is_some()) {
        connection.known();
    }
    if may {
        request.extensions_mut().insert(who.clone());
        return once::answer(&app, &who, request, next).await.unwrap_or_else(IntoResponse::into_response);
    }
    if who.person.is_none() {
        return to_log_in(&app, &who, request).await;
    }
    let said = text!(
        "Tài khoản này không làm được việc ấy. Xin nhờ người quản trị nếu cần.",
        "This account may not do that. Ask the administrator if it is needed."
    );
    let page = Page { title: text!("Không có quyền", "Not allowed"), status: StatusCode::FORBIDDEN };
    shell::page(&app, &who, page, &maud::html! { p.said { (said.get(who.lang)) } })
}

/// Whoever is not logged in, or not any more: to the log-in, and from there to what was wanted. A form that was sent
/// meanwhile is kept in the page: nothing is typed twice.
async fn to_log_in(app: &App, who: &Who, request: Request) -> Response {
    // An alarm is not sent by logging in: whoever comes back reads once more what is asked.
    let alarm =
        who.path.strip_suffix("/go").filter(|path| path.starts_with("/emergency/") || path.starts_with("/drill/"));
    if let Some(alarm) = alarm {
        return go_to(&format!("/login?next={}", super::escaped::escaped(alarm)));
    }
    if request.method() == Method::POST && is_short_form(request.headers()) && !has_secrets(&who.path) {
        return match Fields::from_request(request, app).await {
            Ok(fields) => log_in_again(app, who, StatusCode::UNAUTHORIZED, &fields, &who.path, None),
            Err(status) => status.into_response(),
        };
    }
    let wanted = match request.uri().path_and_query() {
        Some(wanted) if request.method() == Method::GET => wanted.as_str(),
        _ => "/",
    };
    go_to(&format!("/login?next={}", super::escaped::escaped(wanted)))
}

fn is_short_form(headers: &HeaderMap) -> bool {
    let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let is_form = header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    is_form
        && header(CONTENT_LENGTH).and_then(|length| length.parse().ok()).is_some_and(|length: u64| length <= TYPED_MOST)
}

/// The log-in of somebody who had been logged in; `fields` go on to `then` with it.
pub(super) fn log_in_again(
    app: &App,
    who: &Who,
    status: StatusCode,
    fields: &Fields,
    then: &str,
    said: Option<&Text>,
) -> Response {
    let lang = who.lang;
    let kept = fields.iter().filter(|(name, _)| ![NAME, WORD, THEN].contains(name));
    let body = maud::html! {
        @if let Some(said) = said { p.said role="alert" { (said.get(lang)) } }
        p { (text!(
            "Điện thoại hay máy này cần đăng nhập lại. Những gì vừa ghi vẫn còn, và được gửi tiếp sau khi vào.",
            "This phone or computer has to log in again. What was typed is kept, and sent on afterwards."
        ).get(lang)) }
        form.narrow method="post" action="/login" {
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            input type="hidden" name=(THEN) value=(then);
            label { (text!("Tên", "Name").get(lang))
                input name=(NAME) value=(fields.get(NAME)) autocomplete="username" autocapitalize="words" required autofocus; }
            label { (text!("Mật khẩu", "Password").get(lang))
                input name=(WORD) type="password" autocomplete="current-password" maxlength=(PASSWORD_MOST) required; }
            button.main { (text!("Vào, rồi gửi tiếp", "Log in and send on").get(lang)) }
        }
        @if is_of_an_alarm(then) { (envelope(lang)) }
    };
    shell::page(app, who, Page { title: text!("Đăng nhập", "Log in"), status }, &body)
}

/// What a refusal means that a layer gives as a number alone.
fn refusal_of(status: StatusCode) -> Text {
    match status {
        StatusCode::FORBIDDEN => text!(
            "Yêu cầu này không đến từ trang của đài nên không được nhận. Xin mở lại trang của đài rồi làm lại.",
            "This request did not come from the station's page and is not taken. Open the station's page and try again."
        ),
        StatusCode::PAYLOAD_TOO_LARGE => text!(
            "Biểu mẫu gửi lên dài quá. Xin viết ngắn lại rồi gửi lần nữa.",
            "The form is too long. Make it shorter and send it again."
        ),
        StatusCode::REQUEST_TIMEOUT => text!(
            "Mạng chậm quá, chưa nhận được hết. Xin lại gần hộp loa rồi gửi lần nữa.",
            "The network is too slow; not everything came in. Go nearer to the box and send it again."
        ),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => text!(
            "Yêu cầu này có phần đầu dài quá. Xin xóa cookie của trang này rồi mở lại.",
            "The head of this request is too long. Delete the cookies of this page and open it again."
        ),
        _ => text!("Địa chỉ này không hiểu được yêu cầu ấy.", "This address does not understand that request."),
    }
}

/// Refusals that a layer gives without a word.
const WORDLESS: [StatusCode; 4] = [
    StatusCode::FORBIDDEN,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
];

/// The same for a program: a line in place of nothing.
fn with_a_line(response: Response, lang: Lang) -> Response {
    let said = refusal_of(response.status()).get(lang).to_owned() + "\n";
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    Response::from_parts(parts, said.into())
}

/// A refusal that only programs understand, in words.
fn unsaid(response: Response, lang: Lang) -> Response {
    let said = refusal_of(response.status());
    let (code, back) = if lang == Lang::En { ("en", "Back to Today") } else { ("vi", "Về trang Hôm nay") };
    let page = maud::html! {
        (maud::DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (said.get(lang)) }
                link rel="stylesheet" href=(super::asset::addresses().0);
            }
            body { main { p.said role="alert" { (said.get(lang)) } p { a.button href="/" { (back) } } } }
        }
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Response::from_parts(parts, page.into_string().into())
}

/// What says where a request that changes something comes from. Every browser sends one of the first two by itself with
/// each form and each script's request; a program that logs in by a word of its own sends the third, which no page from
/// elsewhere can make a browser send.
const COMES_FROM: [HeaderName; 3] = [HeaderName::from_static("sec-fetch-site"), ORIGIN, AUTHORIZATION];

/// Nothing is changed by a request that does not say where it comes from: it is no form of ours
/// (docs/decisions/0065-what-says-nothing-of-itself-changes-nothing.md). What comes from elsewhere, the layer behind refuses.
pub(super) async fn says_where_from(request: Request, next: Next) -> Response {
    let says = COMES_FROM.iter().any(|name| request.headers().contains_key(name));
    if says || request.method().is_safe() {
        return next.run(request).await;
    }
    let said = "Yêu cầu này không nói nó đến từ đâu (thiếu dòng Origin) nên không được nhận.\n\
                This request does not say where it comes from (no Origin) and is not taken.\n";
    (StatusCode::FORBIDDEN, said).into_response()
}

/// The headers of every answer.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let lang = cookie(request.headers(), LANGUAGE).and_then(|lang| lang.parse().ok()).unwrap_or(Lang::Vi);
    let reads =
        request.headers().get(ACCEPT).is_some_and(|kinds| kinds.to_str().unwrap_or_default().contains("text/html"));
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    // What a person sees is a sentence, whichever layer refused.
    if reads && response.status().is_client_error() && !kind.starts_with("text/html") {
        response = unsaid(response, lang);
    } else if kind.is_empty() && WORDLESS.contains(&response.status()) {
        response = with_a_line(response, lang);
    }
    let kind = response.headers().get(CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // Nobody elsewhere learns an address. With `no-referrer` a browser would call the origin of our own forms `null`, and
    // over plain HTTP that is all there is to know them by
    // (docs/decisions/0181-a-page-tells-only-itself-where-a-request-comes-from.md).
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(), geolocation=(), microphone=(self)"));
    // What one person sees is no other's, and nothing old is shown as new. A browser that may keep nothing of a page
    // loses what was typed into it on the way back.
    let keeps = is_page && !has_secrets(&path);
    let kept = if keeps { "private, no-cache" } else { "no-store" };
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(kept));
    response
}
