//! The station's own authority: how a phone comes to trust the page.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::html;

use crate::app::App;
use crate::diag::{Text, text};
use crate::gate::{Need, Who};
use crate::route::{Ask, Route, route};
use crate::shell::{self, Page};
use crate::tls;

pub(super) const ROUTES: &[Route] =
    &[route(Ask::Get, "/ca", Need::Nothing, || get(steps)), route(Ask::Get, "/ca.crt", Need::Nothing, || get(file))];

/// How each kind of machine is taught.
fn machines() -> [(&'static str, Text); 3] {
    [
        (
            "Android",
            text!(
                "Tải tệp. Mở Cài đặt, tìm «chứng chỉ CA», chọn Cài đặt chứng chỉ CA, chọn tệp ca.crt vừa tải.",
                "Download the file. Open Settings, search for \"CA certificate\", choose Install, and choose ca.crt."
            ),
        ),
        (
            "iPhone, iPad",
            text!(
                "Mở trang này bằng Safari và tải tệp. Mở Cài đặt, chọn Đã tải về hồ sơ, Cài đặt. Sau đó: Cài đặt chung, Giới thiệu, Cài đặt tin cậy chứng nhận, bật dòng có chữ Loa.",
                "Open this page in Safari and download the file. In Settings choose Profile Downloaded, Install. Then: General, About, Certificate Trust Settings, and switch on the line that says Loa."
            ),
        ),
        (
            "Windows",
            text!(
                "Tải tệp rồi mở. Chọn Install Certificate, Local Machine, Trusted Root Certification Authorities.",
                "Download the file and open it. Choose Install Certificate, Local Machine, Trusted Root Certification Authorities."
            ),
        ),
    ]
}

fn none(app: &App, who: &Who) -> Response {
    let page = Page {
        title: text!("Trang này không dùng chứng nhận riêng", "This page has no certificate of its own"),
        status: StatusCode::NOT_FOUND,
    };
    let said = text!(
        "Người quản trị có thể làm bằng lệnh: loa console cert",
        "The administrator can make one: loa console cert"
    );
    shell::page(app, who, page, &html! { p { (said.get(who.lang)) } })
}

async fn steps(State(app): State<App>, who: Who) -> Response {
    if tls::own_authority(app.site()).is_none() {
        return none(&app, &who);
    }
    let lang = who.lang;
    let body = html! {
        p { (text!(
            "Làm một lần cho mỗi điện thoại. Sau đó trang của đài mở không báo lỗi, và ghi âm thẳng trên trang được.",
            "Once for each phone. Then the station's page opens without a warning, and recording in the page works."
        ).get(lang)) }
        p { a.button.main href="/ca.crt" { (text!("Tải chứng nhận của đài", "Download the station's certificate").get(lang)) } }
        @for (machine, steps) in machines() {
            section.card { h2 { (machine) } p { (steps.get(lang)) } }
        }
        p.hint { (text!(
            "Chứng nhận này chỉ có giá trị cho mạng riêng và các tên .local, .lan, .internal; không dùng được cho trang nào khác trên mạng.",
            "This certificate counts for private networks and names under .local, .lan, .internal only; for no other site."
        ).get(lang)) }
    };
    shell::page(&app, &who, Page::of(text!("Chứng nhận của đài", "The station's certificate")), &body)
}

async fn file(State(app): State<App>, who: Who) -> Response {
    match tls::own_authority(app.site()) {
        Some(bytes) => {
            let headers = [
                (CONTENT_TYPE, "application/x-x509-ca-cert"),
                (CONTENT_DISPOSITION, "attachment; filename=\"ca.crt\""),
            ];
            (headers, bytes).into_response()
        }
        None => none(&app, &who),
    }
}
