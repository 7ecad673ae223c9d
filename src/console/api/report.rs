use std::collections::BTreeMap;

use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::shaped;
use super::call::Call;
use super::given::Nothing;
use super::operation::Operation;
use super::problem::Problem;
use crate::act::Undone;
use crate::gate::Need;
use crate::page::report::{EXCEL, WORD, book_of};
use crate::report::{self, Book, Period};
use crate::role::Right;

/// The book of a week or a month, as `loa report --json` has it.
#[derive(Serialize, Deserialize, ToSchema)]
struct BookShown {
    /// `2026-W48`, `2026-11`.
    period: String,
    station: String,
    /// When it was made.
    made: String,
    /// Its first day.
    from: String,
    /// Its last day.
    until: String,
    /// Every day, with its sessions, its lines, and what happened.
    days: Vec<BTreeMap<String, Value>>,
    #[serde(flatten)]
    further: BTreeMap<String, Value>,
}

const READS: Need = Need::Right(Right::Journal);

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("report", "/reports/{period}", READS, json)
            .says("Sổ của một tuần (2026-W48), báo cáo của một tháng (2026-11) | The book of a week (2026-W48) or a month (2026-11)"),
        Operation::file("report-xlsx", Method::GET, "/reports/{period}/xlsx", (READS, &[EXCEL]), xlsx)
            .says("Sổ ấy cho Excel | The same for Excel"),
        Operation::file("report-docx", Method::POST, "/reports/{period}/docx", (READS, &[WORD]), docx)
            .says("Sổ ấy cho Word, để in; được đếm là một bản in | The same for Word, to be printed; it counts as a print"),
    ]
}

async fn made(call: &Call<Nothing>, is_printed: bool) -> Result<Book, Problem> {
    let period = Period::of_code(call.place("period")).ok_or_else(Problem::gone)?;
    Ok(book_of(&call.app, period, is_printed).await.map_err(Undone::Wrong)?)
}

async fn json(call: Call<Nothing>) -> Result<BookShown, Problem> {
    shaped(report::json(&made(&call, false).await?, call.who.lang))
}

fn file(kind: &'static str, bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, kind)], bytes).into_response()
}

async fn xlsx(call: Call<Nothing>) -> Result<Response, Problem> {
    let bytes = report::xlsx(&made(&call, false).await?).map_err(|_| Problem::gone())?;
    Ok(file(EXCEL, bytes))
}

async fn docx(call: Call<Nothing>) -> Result<Response, Problem> {
    let bytes = report::docx(&made(&call, true).await?).map_err(|_| Problem::gone())?;
    Ok(file(WORD, bytes))
}
