//! The journal: what happened, filtered, page by page ([`list`]); one airing and what was sent ([`row`], [`sound`]); the
//! same as a table ([`download`]); what played at a time of which somebody complains ([`heard`]); and that nobody has
//! touched it ([`proof`]). Everything is read from the file as everybody but its writer reads it, on a thread that
//! may wait, and never more of it than a page needs.

mod asked;
mod download;
mod heard;
mod list;
mod proof;
mod row;
mod sound;
mod week;
mod words;

use axum::routing::get;

use crate::console::app::App;
use crate::console::gate::Need;
use crate::console::role::Right;
use crate::console::routes::{Ask, Route, route};
use crate::diag::{Text, text};
use crate::journal::{JournalError, Outside, Reader};

pub(in crate::console) use proof::Proof;
pub(in crate::console::page) use sound::sent;
pub(in crate::console) use week::week_summary;
pub(super) use words::{kind, outcome, why};

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/journal", Need::Right(Right::Journal), || get(list::list)),
    route(Ask::Get, "/journal/heard", Need::Right(Right::Journal), || get(heard::heard)),
    route(Ask::Get, "/journal/row/{seq}", Need::Right(Right::Journal), || get(row::row)),
    route(Ask::Get, "/journal/row/{seq}/sound/{place}", Need::Right(Right::Journal), || get(sound::sound)),
    route(Ask::Get, "/journal/table.csv", Need::Right(Right::Journal), || get(download::csv)),
    route(Ask::Get, "/journal/table.xlsx", Need::Right(Right::Journal), || get(download::xlsx)),
];

/// Why there is nothing to show.
fn none_yet() -> Text {
    text!("Chưa có nhật ký: đài này chưa chạy lần nào", "There is no journal yet: this station has never run")
}

/// The journal that was here is not.
fn gone(kept: &Outside) -> Text {
    let (rows, when) = (words::count(kept.rows), &kept.written);
    text!(
        rows = rows;
        "NHẬT KÝ ĐÃ MẤT: lúc {when} còn {rows} dòng; báo người quản trị, đừng tắt máy",
        "THE JOURNAL IS GONE: at {when} it had {rows} rows; tell the administrator, and leave the machine on"
    )
}

/// Let `work` read the journal, on a thread that may wait. `Err` says why it cannot be read.
async fn read<T, F>(app: &App, work: F) -> Result<T, Text>
where
    T: Send + 'static,
    F: FnOnce(&Reader) -> Result<T, JournalError> + Send + 'static,
{
    let path = app.site().journal();
    let done = tokio::task::spawn_blocking(move || {
        let reader = Reader::open(&path).map_err(|error| error.text())?;
        let Some(reader) = reader else {
            let gone = Outside::read(&path).filter(|kept| kept.rows + kept.marks > 0);
            return Err(gone.map_or_else(none_yet, |kept| self::gone(&kept)));
        };
        work(&reader).map_err(|error| error.text())
    });
    done.await.unwrap_or_else(|_| {
        Err(text!("chưa đọc được nhật ký; xin mở lại trang này", "the journal could not be read; open this page again"))
    })
}
