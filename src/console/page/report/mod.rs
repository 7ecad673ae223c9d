//! The week and the month on paper: what can be printed ([`choose`]), the paper as a page of its own that opens ready for
//! the browser's print ([`sheet`]), and the same for Word and Excel ([`file`]). Looking is not printing: a print is what
//! somebody asked for with a button, and it is counted.

mod choose;
mod file;
mod made;
mod sheet;

use axum::routing::{get, post};

use crate::gate::Need;
use crate::role::Right;
use crate::routes::{Ask, Route, route};

pub(super) use choose::buttons;
pub(crate) use file::{EXCEL, WORD};
pub(crate) use made::made as book_of;

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/report", Need::Right(Right::Journal), || get(choose::choose)),
    route(Ask::Post, "/report/print", Need::Right(Right::Journal), || post(sheet::print)),
    route(Ask::Post, "/report/word", Need::Right(Right::Journal), || post(file::docx)),
    route(Ask::Get, "/report/paper/{period}", Need::Right(Right::Journal), || get(sheet::paper)),
    route(Ask::Get, "/report/table/{period}/so.xlsx", Need::Right(Right::Journal), || get(file::xlsx)),
    route(Ask::Get, "/report/table/{period}/so.csv", Need::Right(Right::Journal), || get(file::csv)),
    route(Ask::Get, "/report.css", Need::Nothing, || get(sheet::style)),
    route(Ask::Get, "/report.js", Need::Nothing, || get(sheet::script)),
];
