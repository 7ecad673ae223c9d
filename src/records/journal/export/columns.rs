use jiff::tz::TimeZone;

use super::{class, kind, outcome, title};
use crate::diag::{Lang, Text};
use crate::fact::Entry;
use crate::instant::Wall;
use crate::journal::{Names, seal};

/// One value of the table that leaves loa, before a spreadsheet gets it in its own form.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Cell {
    /// Nothing to say.
    Empty,
    /// Always text, whatever it looks like: an id may be `3-12`, a title `00123`.
    Text(String),
    /// A whole number.
    Count(u64),
    /// A number with up to three decimals.
    Number(f64),
    /// The day of an instant in the station's time.
    Day(Wall),
    /// Its time of day.
    Time(Wall),
}

/// How a column is named, and what stands in it.
type Column = (&'static str, &'static str, fn(&Entry, &Ground<'_>) -> Cell);

/// What a row is put into words with.
pub(super) struct Ground<'a> {
    pub(super) lang: Lang,
    pub(super) names: &'a Names,
}

/// Columns, in order. Those of earlier versions keep their places; newer ones stand behind them.
pub(super) const COLUMNS: [Column; 28] = [
    ("Số", "Number", |entry, _| Cell::Count(entry.seq)),
    ("Loại dòng", "Kind", |entry, ground| ground.say(&kind(entry.kind))),
    ("Mã cụm loa", "Zone", |entry, _| text(entry.zone.as_deref())),
    ("Mã mục phát", "Broadcast", |entry, _| text(entry.broadcast.as_deref())),
    ("Tên mục phát", "Title", |entry, ground| Cell::Text(title(entry, ground.lang))),
    ("Loại bản tin", "Class", |entry, ground| entry.class.map_or(Cell::Empty, |it| ground.say(&class(it)))),
    ("Ngày dự kiến", "Planned date", |entry, _| entry.planned.map_or(Cell::Empty, Cell::Day)),
    ("Giờ dự kiến", "Planned time", |entry, _| entry.planned.map_or(Cell::Empty, Cell::Time)),
    ("Ngày bắt đầu", "Start date", |entry, _| entry.started.map_or(Cell::Empty, Cell::Day)),
    ("Giờ bắt đầu", "Start time", |entry, _| entry.started.map_or(Cell::Empty, Cell::Time)),
    ("Ngày kết thúc", "End date", |entry, _| entry.ended.map_or(Cell::Empty, Cell::Day)),
    ("Giờ kết thúc", "End time", |entry, _| entry.ended.map_or(Cell::Empty, Cell::Time)),
    ("Lệch giờ (mili giây)", "Start error (ms)", |entry, _| number(entry.start_error_ms)),
    ("Số giây dự kiến", "Seconds planned", |entry, _| number(entry.seconds_planned)),
    ("Số giây đã phát", "Seconds played", |entry, _| number(entry.seconds_played)),
    ("Kết quả", "Outcome", |entry, ground| entry.outcome.map_or(Cell::Empty, |it| ground.say(&outcome(it)))),
    ("Lý do", "Reason", |entry, ground| entry.reason.as_ref().map_or(Cell::Empty, |it| ground.say(&it.words()))),
    ("Tệp âm thanh", "Sound files", |entry, _| joined(entry.audio.iter().map(|audio| audio.file.as_str()))),
    ("SHA-256 của tệp", "SHA-256 of the files", |entry, _| {
        joined(entry.audio.iter().map(|audio| audio.sha256.as_str()))
    }),
    ("Người duyệt", "Approved by", |entry, _| text(entry.approved_by.as_deref())),
    ("Mã băm", "Hash", |entry, _| Cell::Text(entry.hash.clone())),
    ("Ngày ghi", "Written date", |entry, _| Cell::Day(entry.written)),
    ("Giờ ghi", "Written time", |entry, _| Cell::Time(entry.written)),
    ("Cụm loa", "Zone title", |entry, ground| {
        entry.zone.as_deref().map_or(Cell::Empty, |id| Cell::Text(ground.names.zone(id).to_owned()))
    }),
    ("Mã đợt", "Campaign", |entry, _| text(entry.campaign.as_deref())),
    ("Đợt tuyên truyền", "Campaign title", |entry, ground| {
        entry.campaign.as_deref().map_or(Cell::Empty, |id| Cell::Text(ground.names.campaign(id).to_owned()))
    }),
    ("Số lệnh", "Order", |entry, _| text(entry.order.as_deref())),
    ("Mã chép vào sổ", "Code for the book", |entry, _| Cell::Text(seal(entry.seq, &entry.hash))),
];

impl Ground<'_> {
    fn say(&self, text: &Text) -> Cell {
        Cell::Text(text.get(self.lang).to_owned())
    }
}

fn text(text: Option<&str>) -> Cell {
    text.map_or(Cell::Empty, |text| Cell::Text(text.to_owned()))
}

fn number(value: Option<f64>) -> Cell {
    value.filter(|value| value.is_finite()).map_or(Cell::Empty, Cell::Number)
}

fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> Cell {
    let joined = parts.collect::<Vec<_>>().join(" + ");
    if joined.is_empty() { Cell::Empty } else { Cell::Text(joined) }
}

/// `at` in the station's time, to the millisecond, as everywhere else.
pub(super) fn local(at: Wall, tz: &TimeZone) -> jiff::Zoned {
    Wall::from_nanos(at.nanos().saturating_add(500_000)).zoned(tz)
}
