//! `loa report`: the weekly log book and the monthly report, on the terminal or as papers.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::destination::{Destination, Product};
use super::page::Page;
use super::sheet::{self, Sheet};
use super::{Context, Exit, Failure, door};
use crate::clock::Clock;
use crate::daemon::protocol::Command;
use crate::diag::{Lang, Text, text};
use crate::instant::Wall;
use crate::journal::{self, Reader, Signed};
use crate::reason::OwnAccounts;
use crate::report::{self, Backdrop, Book, NoBook, Period, Prints, Shown};
use crate::site::Site;
use crate::station::Station;

/// What `loa report` takes.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ReportArgs {
    /// Sổ của tuần này hay tuần nào: 2026-W49, 49, «trước», hay một ngày trong tuần. | The book of this week, or which.
    #[arg(long, value_name = "W", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["month", "last_week"])]
    week: Option<String>,
    /// Sổ của tuần trước. | The book of last week.
    #[arg(long, conflicts_with = "month")]
    last_week: bool,
    /// Báo cáo của tháng này hay tháng nào: 2026-12, 12/2026, «trước». | The report of this month, or which.
    #[arg(long, value_name = "M", num_args = 0..=1, default_missing_value = "")]
    month: Option<String>,
    /// Ghi ra trang để in này. | Write this page, to be printed.
    #[arg(long, value_name = "F.html")]
    html: Option<PathBuf>,
    /// Ghi ra tệp Word này. | Write this document for a word processor.
    #[arg(long, value_name = "F.docx")]
    docx: Option<PathBuf>,
    /// Ghi ra tệp Excel này. | Write this Excel workbook.
    #[arg(long, value_name = "F.xlsx")]
    xlsx: Option<PathBuf>,
    /// Ghi ra bảng CSV này. | Write this CSV table.
    #[arg(long, value_name = "F.csv")]
    csv: Option<PathBuf>,
}

/// `loa report`.
pub(super) fn run(context: &Context, clock: &dyn Clock, arguments: &ReportArgs) -> anyhow::Result<ExitCode> {
    super::files::is_station(context)?;
    let now = clock.wall();
    let found = super::files::gather(context, now);
    let (station, schedule) = (&found.station, &found.loaded.schedule);
    let site = Site::new(&context.dir);
    let period = arguments.period(now, station)?;
    // What cannot be written is told before anything is counted as printed.
    let papers = arguments.papers(&context.dir)?;
    let reader = Reader::open(&site.journal()).map_err(|error| refusal(&NoBook::Journal(error)))?;
    let Some(reader) = reader else {
        let none = text!(
            "chưa có nhật ký nên chưa có sổ: đài này chưa chạy `loa run` lần nào",
            "there is no journal, and so no book: this station has never run `loa run`"
        );
        return Err(Failure::new(Exit::Findings, none).into());
    };
    let backdrop =
        Backdrop::new(station, schedule, OwnAccounts::of(site.own_accounts()), crate::console::handlers(&site));
    let mut book = backdrop.book(&reader, (station, schedule), period, now).map_err(|why| refusal(&why))?;
    let is_printed = papers.iter().any(|(product, _)| matches!(product, Product::Paper | Product::Document));
    if is_printed {
        stamp(context, &site, &mut book, now);
    }
    for (product, destination) in &papers {
        let bytes = match product {
            Product::Document => report::docx(&book).map_err(|error| destination.failure(&error))?,
            Product::Workbook => report::xlsx(&book).map_err(|error| destination.failure(&error))?,
            Product::Table => report::csv(&book, context.lang).into_bytes(),
            _ => report::html(&book).into_bytes(),
        };
        let mut draft = destination.draft()?;
        let written = draft.file().write_all(&bytes).and_then(|()| draft.place());
        written.map_err(|error| destination.failure(&error))?;
    }
    if context.json {
        Page::line(report::json(&book, context.lang));
    } else if papers.is_empty() {
        print(&book, context.lang);
    } else {
        written(&book, arguments, context.lang);
    }
    Ok(ExitCode::SUCCESS)
}

impl ReportArgs {
    fn period(&self, now: Wall, station: &Station) -> Result<Period, Failure> {
        let today = now.zoned(&station.timezone).date();
        let usage = |text| Failure::new(Exit::Usage, text);
        match (&self.week, &self.month) {
            (_, Some(month)) => Period::parse_month(month, today).map_err(usage),
            (Some(week), None) => Period::parse_week(week, today).map_err(usage),
            (None, None) if self.last_week => Ok(Period::week_of(today).previous()),
            (None, None) => Ok(Period::week_of(today)),
        }
    }

    /// What is to be written where.
    fn papers(&self, station: &Path) -> Result<Vec<(Product, Destination)>, Failure> {
        let all = [
            (Product::Paper, &self.html),
            (Product::Document, &self.docx),
            (Product::Workbook, &self.xlsx),
            (Product::Table, &self.csv),
        ];
        let asked = all.into_iter().filter_map(|(product, file)| Some((product, file.as_ref()?)));
        asked.map(|(product, file)| Ok((product, Destination::new(station, file, product)?))).collect()
    }
}

/// A print is counted, and signed where that can be.
fn stamp(context: &Context, site: &Site, book: &mut Book, now: Wall) {
    let period = book.period;
    let Some(stamp) = &mut book.stamp else { return };
    stamp.print = match Prints::one_more(site, period, now) {
        Ok(print) => print,
        Err((print, why)) => {
            let said = text!(
                why = why.text();
                "loa: không ghi nhớ được lần in này ({why}): lần in sau sẽ không tự nói là bản in lại",
                "loa: this print could not be remembered ({why}): the next one will not say that it is a reprint"
            );
            Page::aside(said.get(context.lang));
            print
        }
    };
    match sign(context, site, stamp.last, now, &book.tz) {
        Ok(signed) => stamp.signed = Some(signed),
        Err(why) => {
            let said = text!(why = why; "loa: sổ chưa có chữ ký của đài: {why}", "loa: the book is not signed: {why}");
            Page::aside(said.get(context.lang));
            stamp.unsigned = Some(why);
        }
    }
}

/// By the key itself where this account may read it; else by the station that runs.
pub(super) fn sign(
    context: &Context,
    site: &Site,
    row: u64,
    now: Wall,
    tz: &jiff::tz::TimeZone,
) -> Result<Signed, Text> {
    let own = journal::sign(site, row, now, tz);
    own.or_else(|why| {
        let asked = door::is_running(context).then(|| door::ask(context, &Command::Seal { row }).ok()).flatten();
        asked.as_ref().and_then(|seal| Signed::read(seal.as_str()?)).ok_or(why)
    })
}

fn refusal(why: &NoBook) -> Failure {
    let exit = match why {
        NoBook::Ahead(_) | NoBook::TooLong(_) => Exit::Usage,
        NoBook::Journal(error) if error.is_permission() => Exit::Permission,
        NoBook::Journal(_) => Exit::Io,
    };
    Failure::new(exit, why.text())
}

fn print(book: &Book, lang: Lang) {
    for shown in report::text(book, lang) {
        match shown {
            Shown::Line(line) => Page::line(line),
            Shown::Table((head, rows)) => {
                Page::text(Sheet::of(head, &rows).text(sheet::columns()));
            }
        }
    }
}

fn written(book: &Book, arguments: &ReportArgs, lang: Lang) {
    let files = [&arguments.html, &arguments.docx, &arguments.xlsx, &arguments.csv];
    for file in files.into_iter().flatten() {
        let (file, Text { vi, en }) = (file.display(), book.period.text());
        Page::line(text!("Đã ghi {file}: {vi}.", "Wrote {file}: {en}.").get(lang));
    }
    if let Some(stamp) = book.stamp.as_ref().filter(|stamp| stamp.print > 1) {
        let times = stamp.print;
        let said =
            text!("Đây là bản in lần {times}, và trên giấy có ghi.", "This is print {times}, and the paper says so.");
        Page::line(said.get(lang));
    }
    if book.is_early() {
        let said = text!(
            "Kỳ này chưa hết: việc xảy ra từ bây giờ không có trong đó.",
            "This period is not over: what happens from now on is not in it."
        );
        Page::line(said.get(lang));
    }
}
