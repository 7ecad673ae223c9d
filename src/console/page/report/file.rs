use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use super::choose::asked;
use super::made::{made, period};
use crate::app::App;
use crate::diag::{Text, text};
use crate::fields::Fields;
use crate::gate::Who;
use crate::report::{self, Book, Period};
use crate::shell;

pub(crate) const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
pub(crate) const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// For Word: it is going to be printed, and counts as a print.
pub(super) async fn docx(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let period = match asked(&app, &who, &fields) {
        Ok(period) => period,
        Err(answer) => return *answer,
    };
    let made = made(&app, period, true).await.and_then(|book| report::docx(&book).map_err(|_| unmade()));
    answer(&app, &who, made, (period, "docx", WORD))
}

/// For Excel.
pub(super) async fn xlsx(State(app): State<App>, who: Who, Path(code): Path<String>) -> Response {
    table(app, who, code, ("xlsx", EXCEL), |book, _| report::xlsx(book).map_err(|_| unmade())).await
}

/// For any spreadsheet.
pub(super) async fn csv(State(app): State<App>, who: Who, Path(code): Path<String>) -> Response {
    table(app, who, code, ("csv", "text/csv; charset=utf-8"), |book, lang| Ok(report::csv(book, lang).into_bytes()))
        .await
}

async fn table(
    app: App,
    who: Who,
    code: String,
    (end, kind): (&'static str, &'static str),
    write: impl Fn(&Book, crate::diag::Lang) -> Result<Vec<u8>, Text>,
) -> Response {
    let period = match period(&code) {
        Ok(period) => period,
        Err(why) => return shell::refused(&app, &who, &why),
    };
    let made = made(&app, period, false).await.and_then(|book| write(&book, who.lang));
    answer(&app, &who, made, (period, end, kind))
}

fn unmade() -> Text {
    text!("chưa làm được tệp; xin thử lại", "the file was not made; try again")
}

fn answer(
    app: &App,
    who: &Who,
    made: Result<Vec<u8>, Text>,
    (period, end, kind): (Period, &str, &'static str),
) -> Response {
    let stem = match period {
        Period::Week { .. } => "so-nhat-ky",
        Period::Month { .. } => "bao-cao",
    };
    match made {
        Ok(bytes) => {
            let name = format!("attachment; filename=\"{stem}-{}.{end}\"", period.code());
            ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response()
        }
        Err(why) => shell::refused(app, who, &why),
    }
}
