//! The rows that are asked for as a table, by the same writers as `loa journal --csv` and `--xlsx`. A table goes out as it
//! is made. A workbook can only be made whole, so that it has fewer rows.

use std::io::{self, Cursor};

use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use super::asked::RowsAsked;
use super::{list, none_yet, read};
use crate::app::App;
use crate::diag::{Text, text};
use crate::fact::Entry;
use crate::fields::Fields;
use crate::flow::flow;
use crate::gate::Who;
use crate::journal::export::{CsvWriter, XlsxWriter};
use crate::journal::{Filter, JournalError, Reader};
use crate::shell;

/// Rows of a workbook: with two kilobytes each it is made in ten megabytes of memory. A month of twenty zones has more:
/// that is what the table is for.
const BOOK_ROWS: usize = 5_000;

/// As `loa journal --csv` has it.
pub(super) async fn csv(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let (asked, look) = match asked(&app, query.as_deref()).await {
        Ok(asked) => asked,
        Err(said) => return shell::refused(&app, &who, &said),
    };
    // What cannot be read is said on a page, not in a table.
    if let Err(why) = read(&app, |_| Ok::<_, JournalError>(())).await {
        return shell::refused(&app, &who, &why);
    }
    let (path, lang, name) = (app.site().journal(), who.lang, name(&asked, "csv"));
    let body = flow(move |out| {
        let (names, tz) = (list::names(&app, &look.world), &look.world.station.timezone);
        let mut table = CsvWriter::new(out, lang, tz, &names)?;
        let reader = Reader::open(&path).map_err(|error| io::Error::other(error.to_string()))?;
        let reader = reader.ok_or_else(|| io::Error::other("the journal went away"))?;
        each(&reader, &asked, &look.world.station, |entry| table.write(entry))?;
        table.finish()
    });
    ([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)], body).into_response()
}

/// As `loa journal --xlsx` has it.
pub(super) async fn xlsx(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let (asked, look) = match asked(&app, query.as_deref()).await {
        Ok(asked) => asked,
        Err(said) => return shell::refused(&app, &who, &said),
    };
    let (path, lang, name) = (app.site().journal(), who.lang, name(&asked, "xlsx"));
    let own = app.clone();
    let made = tokio::task::spawn_blocking(move || {
        let reader = Reader::open(&path).map_err(|error| error.text())?.ok_or_else(none_yet)?;
        book(&own, &reader, &asked, &look.world, lang)
    });
    match made
        .await
        .unwrap_or_else(|_| Err(text!("chưa làm được bảng; xin thử lại", "the table was not made; try again")))
    {
        Ok(book) => ([(CONTENT_TYPE, KIND.to_owned()), (CONTENT_DISPOSITION, name)], book).into_response(),
        Err(why) => shell::refused(&app, &who, &why),
    }
}

async fn asked(app: &App, query: Option<&str>) -> Result<(RowsAsked, std::sync::Arc<crate::look::Look>), Text> {
    let look = app.look().await;
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let asked = RowsAsked::read(&fields, &look.world.station, app.now().wall);
    match asked.said {
        // In the frame a sentence gets its own full stop.
        Some(Text { vi, en }) => {
            Err(Text { vi: vi.trim_end_matches('.').to_owned(), en: en.trim_end_matches('.').to_owned() })
        }
        None => Ok((asked, look)),
    }
}

/// `attachment; filename="nhat-ky-2026-11-22-2026-11-28.csv"`.
fn name(asked: &RowsAsked, end: &str) -> String {
    format!("attachment; filename=\"nhat-ky-{}-{}.{end}\"", asked.from, asked.to)
}

fn each(
    reader: &Reader,
    asked: &RowsAsked,
    station: &crate::station::Station,
    mut with: impl FnMut(&Entry) -> io::Result<()>,
) -> io::Result<()> {
    let tz = &station.timezone;
    let filter = Filter { from: Some(asked.begins(tz)), to: Some(asked.ends(tz)), ..Filter::default() };
    let done = reader
        .each(&filter, |entry| if asked.wants(&entry) { with(&entry).map_err(Interrupted::Output) } else { Ok(()) });
    done.map_err(|error| match error {
        Interrupted::Journal(error) => io::Error::other(error.to_string()),
        Interrupted::Output(error) => error,
    })
}

/// Why a walk over the rows ended early.
enum Interrupted {
    Journal(JournalError),
    Output(io::Error),
}

impl From<JournalError> for Interrupted {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

fn book(
    app: &App,
    reader: &Reader,
    asked: &RowsAsked,
    world: &crate::player::World,
    lang: crate::diag::Lang,
) -> Result<Vec<u8>, Text> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::FileTooLarge => text!(
            "bảng Excel có nhiều nhất {BOOK_ROWS} dòng; xin chọn ít ngày hơn hoặc tải về dạng CSV",
            "a workbook has {BOOK_ROWS} rows at most; choose fewer days, or download CSV"
        ),
        _ => text!("chưa đọc hết được nhật ký; xin thử lại", "the journal could not be read to its end; try again"),
    };
    let names = list::names(app, world);
    let mut out = Cursor::new(Vec::new());
    let mut table = XlsxWriter::new(&mut out, lang, &world.station.timezone, &names).map_err(failed)?;
    let mut rows = 0;
    let walked = each(reader, asked, &world.station, |entry| {
        rows += 1;
        if rows > BOOK_ROWS { Err(io::ErrorKind::FileTooLarge.into()) } else { table.write(entry) }
    });
    walked.and_then(|()| table.finish()).map_err(failed)?;
    Ok(out.into_inner())
}
