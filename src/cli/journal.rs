//! `loa journal` and `loa journal verify`: what happened, and whether anybody has touched the record.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use jiff::tz::TimeZone;

use super::{Context, Exit, Failure, when};
use crate::clock::Clock;
use crate::diag::{Lang, Text, plain, text};
use crate::instant::Wall;
use crate::journal::export::{self, CsvWriter, JsonWriter};
use crate::journal::{Entry, Filter, JournalError, Kind, Outcome, Reader, Verified};

/// The journal's place within the station.
pub const JOURNAL_FILE: &str = "state/journal.db";
/// Entries that the table shows where nothing else is asked: a few screens.
const TABLE_ROWS: u32 = 200;
/// Where lines of the widest columns break.
const WIDEST: u16 = 40;

/// What `loa journal` takes.
#[derive(Args, Clone, Debug, Default)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// Từ thời điểm này (2026-12-01, 2026-12-01T05:00, -7d). Not before this instant.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// Đến trước thời điểm này. Before this instant.
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub to: Option<String>,
    /// Chỉ cụm loa này. This zone only.
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Chỉ mục phát này. This broadcast only.
    #[arg(long, value_name = "ID")]
    pub broadcast: Option<String>,
    /// Chỉ kết quả này. This outcome only.
    #[arg(long, value_name = "OUTCOME")]
    pub outcome: Option<OutcomeName>,
    /// Chỉ N dòng cuối (bảng: mặc định 200; 0 là tất cả). The last N entries only (table: 200; 0: all).
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
    /// In dạng CSV, mở được ngay bằng Excel. Print CSV that a spreadsheet opens.
    #[arg(long)]
    pub csv: bool,
    /// What else to do with the journal.
    #[command(subcommand)]
    pub action: Option<Action>,
}

/// What else to do with the journal.
#[derive(Subcommand, Clone, Copy, Debug)]
pub enum Action {
    /// Kiểm tra nhật ký có bị sửa, xóa, đổi chỗ không. Find any change, removal or reordering.
    Verify,
}

/// An outcome as the command line names it.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutcomeName {
    /// Đã phát. All of it was heard.
    Played,
    /// Phát một phần. Some of it was heard.
    Partial,
    /// Bị lỡ. None of it was heard.
    Missed,
    /// Bị từ chối. A rule forbade it.
    Refused,
}

impl From<OutcomeName> for Outcome {
    fn from(name: OutcomeName) -> Self {
        match name {
            OutcomeName::Played => Self::Played,
            OutcomeName::Partial => Self::Partial,
            OutcomeName::Missed => Self::Missed,
            OutcomeName::Refused => Self::Refused,
        }
    }
}

/// `loa journal` on the station that `context` names.
pub(super) fn show(context: &Context, clock: &dyn Clock, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::files::is_station(context)?;
    let (station, ..) = crate::station::load(&context.dir);
    run(context, arguments, clock.wall(), &station.timezone, &mut std::io::stdout().lock())
}

/// Print what is asked for to `out`. `now` is what relative instants count from, `tz` the station's
/// time zone.
pub fn run(
    context: &Context,
    arguments: &Arguments,
    now: Wall,
    tz: &TimeZone,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let path = context.dir.join(JOURNAL_FILE);
    let reader = Reader::open(&path).map_err(failure)?;
    let mut out = BufWriter::new(out);
    let done = match arguments.action {
        Some(Action::Verify) => verify(context, &path, reader.as_ref(), &mut out),
        None => list(context, arguments, reader.as_ref(), now, tz, &mut out),
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
    reader: Option<&Reader>,
    now: Wall,
    tz: &TimeZone,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let filter = filter(context, arguments, now, tz)?;
    if reader.is_some_and(Reader::is_stale) {
        warn_stale(context.lang);
    }
    if context.json {
        let mut array = JsonWriter::new(out, tz);
        each(reader, &filter, |entry| array.write(entry))?;
        array.finish()?;
    } else if arguments.csv {
        let mut table = CsvWriter::new(out, context.lang, tz)?;
        each(reader, &filter, |entry| table.write(entry))?;
        table.finish()?;
    } else {
        match reader {
            None => writeln!(out, "{}", no_journal().get(context.lang))?,
            Some(reader) => table(context.lang, reader, &filter, tz, out)?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn filter(context: &Context, arguments: &Arguments, now: Wall, tz: &TimeZone) -> Result<Filter, Failure> {
    let instant = |written: &Option<String>| match written {
        None => Ok(None),
        Some(written) => when::parse(written, now, tz).map(Some).map_err(|text| Failure::new(Exit::Usage, text)),
    };
    let everything = context.json || arguments.csv;
    let limit = match arguments.limit {
        Some(0) => None,
        None if everything => None,
        None => Some(TABLE_ROWS),
        limit => limit,
    };
    Ok(Filter {
        from: instant(&arguments.from)?,
        to: instant(&arguments.to)?,
        zone: arguments.zone.clone(),
        broadcast: arguments.broadcast.clone(),
        outcome: arguments.outcome.map(Outcome::from),
        kind: None,
        limit,
    })
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
    reader.each(filter, |entry| with(&entry).map_err(Interrupted::Output)).map_err(|error| match error {
        Interrupted::Journal(error) => failure(error).into(),
        Interrupted::Output(error) => error.into(),
    })
}

fn table(lang: Lang, reader: &Reader, filter: &Filter, tz: &TimeZone, out: &mut dyn Write) -> anyhow::Result<()> {
    let entries = reader.select(filter).map_err(failure)?;
    if entries.is_empty() {
        let nothing = text!("Không có dòng nhật ký nào như vậy.", "There are no such entries in the journal.");
        writeln!(out, "{}", nothing.get(lang))?;
        return Ok(());
    }
    writeln!(out, "{}", tabulate(lang, &entries, tz))?;
    let (shown, all) = (entries.len() as u64, reader.count(filter).map_err(failure)?);
    if all > shown {
        let left = all - shown;
        let more = text!(
            "Còn {left} dòng trước đó không hiện ở đây: thêm --limit 0 để xem tất cả, hoặc --from, --to để chọn ngày.",
            "{left} earlier entries are not shown: add --limit 0 to see all, or --from and --to to choose the days."
        );
        writeln!(out, "{}", more.get(lang))?;
    }
    Ok(())
}

pub(super) fn tabulate(lang: Lang, entries: &[Entry], tz: &TimeZone) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(match lang {
        Lang::Vi => ["Số", "Ngày", "Dự kiến", "Bắt đầu", "Đã phát", "Cụm loa", "Nội dung", "Kết quả", "Lý do"],
        Lang::En => ["No.", "Date", "Planned", "Started", "Heard", "Zone", "What", "Outcome", "Reason"],
    });
    for entry in entries {
        table.add_row(cells(lang, entry, tz));
    }
    for wide in [6, 8] {
        if let Some(column) = table.column_mut(wide) {
            column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(WIDEST)));
        }
    }
    table
}

fn cells(lang: Lang, entry: &Entry, tz: &TimeZone) -> [String; 9] {
    let say = |text: Text| text.get(lang).to_owned();
    let time = |at: Option<Wall>| at.map(|at| at.zoned(tz).strftime("%H:%M:%S").to_string()).unwrap_or_default();
    let date = entry.planned.or(entry.started).unwrap_or(entry.written).zoned(tz);
    // A note has one time only: when it was written.
    let started = entry.started.or((entry.kind == Kind::Note).then_some(entry.written));
    [
        entry.seq.to_string(),
        date.strftime(if lang == Lang::Vi { "%d/%m/%Y" } else { "%Y-%m-%d" }).to_string(),
        time(entry.planned),
        time(started),
        heard(entry),
        plain(entry.zone.as_deref().unwrap_or_default()).into_owned(),
        plain(&entry.title).into_owned(),
        entry.outcome.map_or_else(|| say(export::kind(entry.kind)), |outcome| say(export::outcome(outcome))),
        plain(&entry.reason.as_deref().map(|reason| say(export::reason(reason))).unwrap_or_default()).into_owned(),
    ]
}

/// `1:05 / 2:00`: so much was heard of so much.
fn heard(entry: &Entry) -> String {
    let clock = |seconds: f64| {
        let seconds = seconds.max(0.0).round() as u64;
        format!("{}:{:02}", seconds / 60, seconds % 60)
    };
    match (entry.seconds_played, entry.seconds_planned) {
        (Some(played), Some(planned)) => format!("{} / {}", clock(played), clock(planned)),
        (Some(played), None) => clock(played),
        (None, Some(planned)) => format!("0:00 / {}", clock(planned)),
        (None, None) => String::new(),
    }
}

fn verify(context: &Context, path: &Path, reader: Option<&Reader>, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let lang = context.lang;
    let Some(reader) = reader else {
        if context.json {
            writeln!(out, r#"{{"rows":0,"marks":0,"head":null,"epoch":null,"stale":false,"breaches":[]}}"#)?;
        } else {
            writeln!(out, "{}", no_journal().get(lang))?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let verified = reader.verify().map_err(failure)?;
    let epoch = reader.epoch().unwrap_or_default();
    let stale = reader.is_stale();
    if context.json {
        let breaches: Vec<_> = verified
            .breaches
            .iter()
            .map(|breach| serde_json::json!({"seq": breach.seq, "what": breach.what.get(lang)}))
            .collect();
        let found = serde_json::json!({
            "rows": verified.rows, "marks": verified.marks, "head": verified.head, "epoch": epoch,
            "stale": stale, "breaches": breaches,
        });
        writeln!(out, "{found}")?;
    } else {
        if stale {
            warn_stale(lang);
        }
        tell(lang, path, &verified, &epoch, out)?;
    }
    Ok(if verified.is_sound() { ExitCode::SUCCESS } else { Exit::Findings.into() })
}

fn tell(lang: Lang, path: &Path, verified: &Verified, epoch: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let Verified { rows, head, marks, breaches } = verified;
    let path = path.display();
    if breaches.is_empty() {
        let sound = text!(
            "Nhật ký {path} nguyên vẹn: {rows} dòng, {marks} dấu, không có dòng nào bị sửa, xóa hay đổi chỗ.\n\
             Mã nhật ký: {epoch}\nMã băm dòng cuối (dòng {rows}):\n  {head}\n\
             Hãy chép mã băm này vào sổ giấy: về sau nó chứng minh không ai cắt bớt phần cuối nhật ký.",
            "The journal {path} is whole: {rows} entries, {marks} marks, nothing changed, removed or moved.\n\
             Journal id: {epoch}\nHash of the last entry (number {rows}):\n  {head}\n\
             Copy this hash into the paper log book: later it proves that nobody has cut off the journal's end."
        );
        return writeln!(out, "{}", sound.get(lang));
    }
    let count = breaches.len();
    let broken = text!(
        "Nhật ký {path} KHÔNG còn nguyên vẹn: {count} chỗ.",
        "The journal {path} is NOT whole: {count} findings."
    );
    writeln!(out, "{}", broken.get(lang))?;
    for breach in breaches {
        writeln!(out, "  - {}", plain(breach.what.get(lang)))?;
    }
    let cure = text!(
        "Hãy giữ nguyên tệp làm bằng chứng, chép cả thư mục state/ sang nơi khác và báo cho người quản lý.",
        "Keep the file as evidence, copy the whole of state/ elsewhere, and tell whoever is in charge."
    );
    writeln!(out, "{}", cure.get(lang))
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
    eprintln!("loa: {}", stale.get(lang));
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn failure(error: JournalError) -> Failure {
    let exit = if error.is_permission() { Exit::Permission } else { Exit::Io };
    Failure::new(exit, error.text())
}
