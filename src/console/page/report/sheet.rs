use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};

use super::choose::asked;
use super::made::{made, period};
use crate::app::App;
use crate::diag::{Lang, text};
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::once;
use crate::report::{self, Book, Prints};
use crate::shell;

/// A button was pressed: the print is counted, and the paper opens ready to be printed.
pub(super) async fn print(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let period = match asked(&app, &who, &fields) {
        Ok(period) => period,
        Err(answer) => return *answer,
    };
    // What cannot be made is not counted.
    match made(&app, period, true).await {
        Ok(book) => {
            let print = book.stamp.as_ref().map_or(0, |stamp| stamp.print);
            go_to(&format!("/report/paper/{}?print={print}", period.code()))
        }
        Err(why) => shell::refused(&app, &who, &why),
    }
}

/// The paper as a page of its own, with nothing round it but a bar that is not printed.
pub(super) async fn paper(State(app): State<App>, who: Who, Path(code): Path<String>) -> Response {
    let made = match period(&code) {
        Ok(period) => made(&app, period, false).await,
        Err(why) => Err(why),
    };
    let book = match made {
        Ok(book) => book,
        Err(why) => return shell::refused(&app, &who, &why),
    };
    let printed = Prints::read(app.site()).of(book.period);
    let page = html! {
        (DOCTYPE)
        html lang="vi" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (book.period.text().get(who.lang)) " · " (book.station) }
                link rel="stylesheet" href="/report.css";
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                script src="/report.js" defer {}
            }
            (report::sheet(&book, &bar(&book, printed, who.lang)))
        }
    };
    Html(once::marked(&page.into_string())).into_response()
}

/// How to print it, with and without script.
fn bar(book: &Book, printed: u32, lang: Lang) -> Markup {
    let code = book.period.code();
    html! {
        div.bar {
            @if book.stamp.is_none() {
                p { (text!("Nhật ký chưa có dòng nào của kỳ này.", "The journal has no row of this period.").get(lang)) }
            } @else if printed == 0 {
                p { (text!("Đang xem, chưa tính là đã in.", "A look; not counted as printed.").get(lang)) }
            } @else {
                p { (text!("Đã in {printed} lần.", "Printed {printed} times.").get(lang)) }
            }
            @if printed > 0 {
                button type="button" #print hidden { (text!("In ra giấy", "Print on paper").get(lang)) }
                p.how { (text!(
                    "In: bấm Ctrl+P trên máy tính; trên điện thoại bấm ⋮, Chia sẻ, In. Khổ A4, giữ lề mặc định.",
                    "To print: Ctrl+P on a computer; on a phone ⋮, Share, Print. A4, margins as they are."
                ).get(lang)) }
            } @else if book.stamp.is_some() {
                form method="post" action="/report/print" {
                    button name="period" value=(code) { (text!("In", "Print").get(lang)) }
                }
            }
            p { (text!(
                "Chrome và Edge đánh số trang. Máy dùng Firefox, Safari: xin lấy tệp Word.",
                "Chrome and Edge number the pages. With Firefox or Safari take the Word file."
            ).get(lang)) }
            p { a.button href="/report" { (text!("Sổ và báo cáo", "Books and reports").get(lang)) } " "
                a.button href="/" { (text!("Về trang Hôm nay", "Back to Today").get(lang)) } }
        }
    }
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, text).into_response()
}

pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", report::STYLE)
}

pub(super) async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("../../asset/report.js"))
}
