//! `loa journal`, `loa journal verify` and `loa journal seal`: what happened, whether anybody has touched the record, and
//! the station's word for it.

mod asked;
mod seal;
mod summary;
mod table;
mod verify;

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

pub use self::asked::Known;
pub use self::summary::{look_back, trouble};
pub use self::table::tabulate;
use super::destination::{Destination, Product};
use super::page::Page;
use super::{Context, Exit, Failure};
use crate::clock::Clock;
use crate::diag::{Lang, Text, text};
use crate::fact::Entry;
use crate::instant::Wall;
use crate::journal::export::{CsvWriter, JsonWriter, XlsxWriter};
use crate::journal::{Filter, JournalError, Outside, Reader, seal as code};
use crate::reason::OwnAccounts;
use crate::site::Site;

/// Entries that the table shows where nothing else is asked: a few screens.
const TABLE_ROWS: u32 = 200;
/// So many entries are counted to say how many are not shown.
const COUNTED_MOST: u32 = 100_000;

/// What `loa journal` takes.
#[derive(Args, Clone, Debug, Default)]
#[command(args_conflicts_with_subcommands = true)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Arguments {
    /// Từ thời điểm này (hôm qua, T2, 1/12, 2026-12-01T05:00, -7d). | Not before this instant.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// Đến trước thời điểm này: muốn gồm cả ngày 1/12 thì viết 2/12. | Before this instant: for all of 1/12 write 2/12.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub to: Option<String>,
    /// Chỉ cụm loa này: mã, tên hay nhóm; nhiều cụm thì cách bằng dấu phẩy. | These zones only: ids, titles or groups.
    #[arg(long, value_name = "ZONE")]
    pub zone: Vec<String>,
    /// Chỉ mục phát này: mã hay tên. | This broadcast only: its id or title.
    #[arg(long, value_name = "ID")]
    pub broadcast: Option<String>,
    /// Chỉ kết quả này: «đã phát», «phát một phần», «bị lỡ», «bị từ chối». | Played, partial, missed or refused only.
    #[arg(long, value_name = "OUTCOME")]
    pub outcome: Option<String>,
    /// Chỉ các lệnh phát khẩn cấp, phát ngay, dừng và kết quả của chúng. | Orders by hand and what became of them only.
    #[arg(long, visible_alias = "orders")]
    pub alerts: bool,
    /// Cả những ghi chú kỹ thuật (khởi động, đồng hồ, tăng âm). | The notes on starts, clock and amplifiers too.
    #[arg(long)]
    pub all: bool,
    /// Đếm theo ngày và cụm loa: phát đủ, một phần, lỡ, từ chối. | Counts by day and zone.
    #[arg(long)]
    pub summary: bool,
    /// Chỉ N dòng cuối (bảng: mặc định 200; 0 là tất cả). | The last N entries only (table: 200; 0: all).
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
    /// In dạng CSV, mở được ngay bằng Excel. | Print CSV that a spreadsheet opens.
    #[arg(long, conflicts_with = "summary")]
    pub csv: bool,
    /// Ghi ra tệp Excel này. | Write this Excel workbook.
    #[arg(long, value_name = "F.xlsx", conflicts_with_all = ["csv", "summary"])]
    pub xlsx: Option<PathBuf>,
    /// What else to do with the journal.
    #[command(subcommand)]
    pub action: Option<JournalAction>,
}

/// What else to do with the journal.
#[derive(Subcommand, Clone, Debug)]
pub enum JournalAction {
    /// Kiểm tra nhật ký có bị sửa, xóa, đổi chỗ không. | Find any change, removal or reordering.
    Verify(VerifyArguments),
    /// Ký dòng cuối của nhật ký bằng khóa của đài; --key: khóa công khai. | Sign the last row with the station's key.
    Seal(SealArguments),
}

/// What `loa journal verify` takes.
#[derive(Args, Clone, Debug, Default)]
pub struct VerifyArguments {
    /// Đối chiếu với mã đã chép vào sổ, dạng 873:4F2A-91C0; dùng nhiều lần được. | Compare with what the paper book says.
    #[arg(long, value_name = "N:HASH", visible_alias = "so")]
    pub against: Vec<String>,
}

/// What `loa journal seal` takes.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct SealArguments {
    /// Ký dòng số này, thay cho dòng cuối. | Sign the row of this number, and not the last.
    #[arg(long, value_name = "N", conflicts_with = "key")]
    pub row: Option<u64>,
    /// Chỉ hiện khóa công khai của đài. | Show the station's public key only.
    #[arg(long)]
    pub key: bool,
}

/// `loa journal` on the station that `context` names.
pub(super) fn show(context: &Context, clock: &dyn Clock, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::files::is_station(context)?;
    let found = super::files::gather(context, clock.wall());
    let own = OwnAccounts::of(Site::new(&context.dir).own_accounts());
    let known = Known { station: &found.station, schedule: &found.loaded.schedule, own: &own };
    run(context, arguments, clock.wall(), &known, &mut Page)
}

/// Print what is asked for to `out`. `now` is what relative instants count from, `known` the station and its
/// schedule, by which names are understood.
pub fn run(
    context: &Context,
    arguments: &Arguments,
    now: Wall,
    known: &Known<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let path = Site::new(&context.dir).journal();
    let mut out = BufWriter::new(out);
    let done = match &arguments.action {
        Some(JournalAction::Verify(asked)) => verify::verify(context, &path, &asked.against, now, &mut out),
        Some(JournalAction::Seal(asked)) => seal::run(context, &path, *asked, now, known, &mut out),
        None => list(context, arguments, &path, now, known, &mut out),
    };
    let done = done.and_then(|code| Ok(out.flush().map(|()| code)?));
    // `loa journal | head` closes the pipe when it has seen enough.
    match done {
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        done => done,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

fn list(
    context: &Context,
    arguments: &Arguments,
    path: &Path,
    now: Wall,
    known: &Known<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let reader = Reader::open(path).map_err(failure)?;
    let reader = reader.as_ref();
    let filter = known.filter(arguments, context.json, reader, now)?;
    if reader.is_some_and(Reader::is_stale) {
        warn_stale(context.lang);
    }
    let gone = if reader.is_none() { Outside::read(path) } else { None };
    let (lang, tz, names) = (context.lang, &known.station.timezone, known.names());
    if arguments.summary {
        summary::print(context, reader, &filter, known, out)?;
    } else if context.json {
        let mut array = JsonWriter::new(out, tz);
        each(reader, &filter, |entry| array.write(entry))?;
        array.finish()?;
    } else if let Some(file) = &arguments.xlsx {
        workbook(&context.dir, file, lang, reader, &filter, known)?;
    } else if arguments.csv {
        let mut table = CsvWriter::new(out, lang, tz, &names)?;
        each(reader, &filter, |entry| table.write(entry))?;
        table.finish()?;
    } else {
        match reader {
            None if gone.is_none() => writeln!(out, "{}", no_journal().get(lang))?,
            None => {}
            Some(reader) => print_table(lang, reader, &filter, arguments, known, out)?,
        }
    }
    let Some(gone) = gone.filter(|gone| gone.rows + gone.marks > 0) else { return Ok(ExitCode::SUCCESS) };
    let (rows, last, when) = (gone.rows, code(gone.rows, &gone.head), gone.written);
    let said = text!(
        "NHẬT KÝ ĐÃ MẤT: lúc {when} còn {rows} dòng, dòng cuối {last}; xem: loa journal verify",
        "THE JOURNAL IS GONE: at {when} it had {rows} entries, the last {last}; see: loa journal verify"
    );
    Page::aside(format_args!("loa: {}", said.get(lang)));
    Ok(Exit::Findings.into())
}

fn workbook(
    station: &Path,
    file: &Path,
    lang: Lang,
    reader: Option<&Reader>,
    filter: &Filter,
    known: &Known<'_>,
) -> anyhow::Result<()> {
    let shown = file.display();
    let failed = |error: std::io::Error| {
        Failure::new(
            Exit::Io,
            text!(
                "không ghi được {shown} ({error}): hãy đóng tệp ấy trong Excel, hoặc chọn tên khác",
                "cannot write {shown} ({error}): close that file in the spreadsheet, or choose another name"
            ),
        )
    };
    let names = known.names();
    let destination = Destination::new(station, file, Product::Workbook)?;
    let mut draft = destination.draft()?;
    let out = BufWriter::new(draft.file());
    let mut book = XlsxWriter::new(out, lang, &known.station.timezone, &names).map_err(failed)?;
    each(reader, filter, |entry| book.write(entry))?;
    book.finish().map_err(failed)?;
    draft.place().map_err(failed)?;
    Ok(())
}

/// Why a walk over the entries ended early: the journal could not be read, or the output not written.
enum Interrupted {
    Journal(JournalError),
    Output(std::io::Error),
}

impl From<JournalError> for Interrupted {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

fn each(
    reader: Option<&Reader>,
    filter: &Filter,
    mut with: impl FnMut(&Entry) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let Some(reader) = reader else { return Ok(()) };
    let horns = reader.horns(filter.from.unwrap_or(Wall::MIN)).map_err(failure)?;
    let marked = |mut entry: Entry| {
        horns.mark(&mut entry);
        with(&entry).map_err(Interrupted::Output)
    };
    reader.each(filter, marked).map_err(|error| match error {
        Interrupted::Journal(error) => failure(error).into(),
        Interrupted::Output(error) => error.into(),
    })
}

fn print_table(
    lang: Lang,
    reader: &Reader,
    filter: &Filter,
    arguments: &Arguments,
    known: &Known<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut entries = reader.select(filter).map_err(failure)?;
    let horns = reader.horns(filter.from.unwrap_or(Wall::MIN)).map_err(failure)?;
    for entry in &mut entries {
        horns.mark(entry);
    }
    if entries.is_empty() {
        let nothing = text!("Không có dòng nhật ký nào như vậy.", "There are no such entries in the journal.");
        writeln!(out, "{}", nothing.get(lang))?;
    } else {
        writeln!(out, "{}", tabulate(lang, &entries, &known.names(), &known.station.timezone))?;
    }
    let (shown, all) = (entries.len() as u64, reader.count(filter, COUNTED_MOST).map_err(failure)?);
    if all > shown {
        let left = all - shown;
        let more = text!(
            "Còn {left} dòng trước đó không hiện ở đây: thêm --limit 0 để xem tất cả, hoặc --from, --to để chọn ngày.",
            "{left} earlier entries are not shown: add --limit 0 to see all, or --from and --to to choose the days."
        );
        writeln!(out, "{}", more.get(lang))?;
    }
    if filter.plain && !arguments.alerts {
        let hidden = text!(
            "Ghi chú kỹ thuật (khởi động, đồng hồ, tăng âm) không hiện ở đây: thêm --all để xem.",
            "Notes on starts, the clock and amplifiers are not shown here: add --all to see them."
        );
        writeln!(out, "{}", hidden.get(lang))?;
    }
    let (rows, head) = reader.head().map_err(failure)?;
    if rows > 0 {
        let last = code(rows, &head);
        let said = text!("Dòng cuối của nhật ký: {last}", "The journal's last row: {last}");
        writeln!(out, "{}", said.get(lang))?;
    }
    Ok(())
}

fn no_journal() -> Text {
    text!(
        "Chưa có nhật ký: đài này chưa chạy `loa run` lần nào.",
        "There is no journal yet: this station has never run `loa run`."
    )
}

fn warn_stale(lang: Lang) {
    let stale = text!(
        "chú ý: không đọc được tệp journal.db-wal ở đây, nên có thể thiếu những dòng mới nhất. Hãy chép cả thư mục state/ vào nơi ghi được rồi chạy lại.",
        "note: journal.db-wal cannot be read here, so the newest entries may be missing. Copy the whole of state/ to a place that can be written, and run this again."
    );
    Page::aside(format_args!("loa: {}", stale.get(lang)));
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn failure(error: JournalError) -> Failure {
    let exit = if error.is_permission() { Exit::Permission } else { Exit::Io };
    Failure::new(exit, error.text())
}
