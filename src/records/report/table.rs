use jiff::tz::TimeZone;

use super::book::{Book, BookDay, BookPart, BookSession};
use super::cell::{PaperCell, grouped, language, length, minutes, time, weekday, words};
use super::happening::{Happening, HappeningKind};
use super::line::{BookLine, SoundSource};
use super::paper::{Column, Grid, GridRow, Wide, column, text_column};
use super::total::ZoneTotal;
use crate::diag::{Lang, Text, figure, text};
use crate::fact::{Outcome, Total, Uncounted};
use crate::instant::Wall;
use crate::journal::export;

/// The columns of the book, 247 mm together: an A4 page across with margins of 30 and 20 mm.
pub(super) const COLUMNS: [Column; 12] = [
    column("STT", 10),
    column("Ngày, thứ (âm lịch)", 18),
    column("Dự kiến", 18),
    column("Phát từ - đến", 22),
    column("Thời lượng, phát/dự kiến", 20),
    text_column("Nội dung, tiếng", 37),
    column("Loại", 17),
    column("Nguồn", 16),
    column("Cụm loa", 19),
    text_column("Soạn; duyệt, lúc", 26),
    text_column("Kết quả, lý do", 32),
    column("Ghi chú", 12),
];

/// The days, sessions, occurrences and happenings of a book.
pub(super) fn days(book: &Book) -> Grid {
    let mut rows = Vec::new();
    for day in &book.days {
        rows.push(GridRow::Full(Wide::Day, day_said(day, Lang::Vi)));
        if day.parts.is_empty() {
            rows.push(GridRow::Full(Wide::Happening, nothing(Lang::Vi)));
        }
        let is_shown = |part: &&BookPart| matches!(part, BookPart::Happening(one) if one.is_shown);
        let shown = day.parts.iter().filter(is_shown).count();
        rows.extend(day.parts.iter().filter(|part| !is_shown(part)).map(|part| match part {
            BookPart::Session(session) => GridRow::Full(Wide::Session, session_said(session, &book.tz, Lang::Vi)),
            BookPart::Line(line) => GridRow::Cells(line_cells(line, day, &book.tz)),
            BookPart::Happening(happening) => {
                GridRow::Full(Wide::Happening, happening_said(happening, &book.tz, Lang::Vi))
            }
        }));
        rows.extend(shown_said(shown).map(|said| GridRow::Full(Wide::Happening, said)));
    }
    Grid { name: "Sổ nhật ký", columns: COLUMNS.to_vec(), numbered: true, rows }
}

/// Occurrences that were not heard whole, as the book has them.
pub(super) fn failed(book: &Book) -> Grid {
    let with_day = book.days.iter().flat_map(|day| day.parts.iter().map(move |part| (day, part)));
    let cells = with_day.filter_map(|(day, part)| match part {
        BookPart::Line(line) if line.outcome != Outcome::Played && line.uncounted.is_none() && !line.is_unheard => {
            Some(line_cells(line, day, &book.tz))
        }
        _ => None,
    });
    // Numbers of its own: with those of a list that the paper does not have it would look as if rows were missing.
    let rows = (1..).zip(cells).map(|(number, mut cells)| {
        cells[0] = PaperCell::Count(number);
        GridRow::Cells(cells)
    });
    Grid { name: "Không phát đủ", columns: COLUMNS.to_vec(), numbered: true, rows: rows.collect() }
}

pub(super) fn nothing(lang: Lang) -> String {
    text!("Nhật ký không có lượt phát nào của ngày này.", "The journal has no airing of this day.").get(lang).to_owned()
}

/// `Thứ Hai, 07/12/2026 (29/10 âm lịch): 52 lượt, đã phát 50, bị lỡ 2; 40:30/42:00 (phút:giây)`
pub(super) fn day_said(day: &BookDay, lang: Lang) -> String {
    let (name, lunar) = (weekday(day.date.weekday(), lang), day.lunar.short());
    let date = match lang {
        Lang::Vi => day.date.strftime("%d/%m/%Y").to_string(),
        Lang::En => day.date.to_string(),
    };
    let lunar = lunar.get(lang);
    let head = text!("{name}, {date} ({lunar} âm lịch)", "{name}, {date} (lunar {lunar})");
    format!("{}{}", head.get(lang), totals_said(&day.total, lang))
}

/// `Buổi 05:30–05:36: 12 lượt, …`
pub(super) fn session_said(session: &BookSession, tz: &TimeZone, lang: Lang) -> String {
    let (from, to) = (time(session.from, tz, false), time(session.to, tz, false));
    let head = text!("Buổi {from}–{to}", "Session {from}–{to}");
    format!("{}{}", head.get(lang), totals_said(&session.total, lang))
}

fn totals_said(total: &Total, lang: Lang) -> String {
    if total.planned == 0 && total.unheard == 0 {
        return String::new();
    }
    let count = |count: u32| grouped(u64::from(count));
    let mut said = {
        let planned = count(total.planned);
        text!(": {planned} lượt", ": {planned} airings")
    };
    for (number, outcome) in [
        (total.played, Outcome::Played),
        (total.partial, Outcome::Partial),
        (total.missed, Outcome::Missed),
        (total.refused, Outcome::Refused),
    ] {
        if number > 0 {
            let (Text { vi, en }, number) = (export::outcome(outcome), count(number));
            said = Text { vi: format!("{}, {vi} {number}", said.vi), en: format!("{}, {number} {en}", said.en) };
        }
    }
    if total.unheard > 0 {
        let (Text { vi, en }, unheard) = (said, count(total.unheard));
        said = text!(
            "{vi} (chưa kể {unheard} lượt ở cụm chưa nối loa, không ai nghe)",
            "{en} (besides {unheard} where there is no horn, heard by nobody)"
        );
    }
    let (heard, whole) = (minutes(total.seconds_played), minutes(total.seconds_planned));
    let tail = text!("; {heard}/{whole} (phút:giây)", "; {heard}/{whole} (min:s)");
    format!("{}{}", said.get(lang), tail.get(lang))
}

/// `06:12 Mất điện, đài tắt: …`
pub(super) fn happening_said(happening: &Happening, tz: &TimeZone, lang: Lang) -> String {
    let Happening { at, kind, zone, said, .. } = happening;
    let zone = zone.as_ref().map_or_else(String::new, |zone| format!(" ({zone})"));
    format!("{} {}{zone}: {}", time(*at, tz, true), kind.word().get(lang), said.get(lang))
}

/// Alarms from outside that were only shown: a paper has no room for each of them.
fn shown_said(count: usize) -> Option<String> {
    (count > 0).then(|| {
        format!(
            "{count} báo động từ ngoài chỉ để xem, không phát, không hỏi ai; danh sách ở trang Báo khẩn cấp và trong nhật ký"
        )
    })
}

/// What an occurrence lasted, from when to when; seconds where it was not heard as it should.
pub(super) fn heard_said(line: &BookLine, tz: &TimeZone) -> String {
    let exact = line.outcome != Outcome::Played;
    let day = line.planned.map(|at| at.zoned(tz).date());
    // What was to be heard before midnight stands on that day, whenever it was heard.
    let time = |at: Wall| {
        let date = at.zoned(tz).date();
        let time = time(at, tz, exact);
        if day.is_none_or(|day| day == date) { time } else { format!("{time} ({})", date.strftime("%d/%m")) }
    };
    match (line.started, line.ended) {
        (Some(from), Some(to)) => format!("{}–{}", time(from), time(to)),
        (Some(from), None) => format!("{}–", time(from)),
        _ => "–".to_owned(),
    }
}

/// `đã phát`, `bị lỡ: mất điện`
pub(super) fn came(line: &BookLine, lang: Lang) -> String {
    if line.uncounted == Some(Uncounted::Recalled) {
        return text!("hủy kịp: chưa lời nào được phát", "taken back: no word was heard").get(lang).to_owned();
    }
    let outcome = export::outcome(line.outcome);
    if line.is_unheard && matches!(line.outcome, Outcome::Played | Outcome::Partial) {
        return text!("chưa nối loa, không ai nghe", "no horn, heard by nobody").get(lang).to_owned();
    }
    match &line.reason {
        Some(reason) => format!("{}: {}", outcome.get(lang), reason.get(lang)),
        None => outcome.get(lang).to_owned(),
    }
}

/// What urgency it has, or that it is a test or a drill.
pub(super) fn class_said(line: &BookLine, lang: Lang) -> String {
    match (line.uncounted, line.class) {
        (Some(uncounted), _) => uncounted.word().get(lang).to_owned(),
        (None, Some(class)) => export::class(class).get(lang).to_owned(),
        (None, None) => String::new(),
    }
}

/// Where its sounds come from, as far as it is known.
pub(super) fn source_said(line: &BookLine, lang: Lang) -> String {
    let word = |source: &SoundSource| match source {
        SoundSource::Own => text!("tự làm", "own").get(lang).to_owned(),
        SoundSource::Synthetic => text!("máy đọc", "synthetic").get(lang).to_owned(),
    };
    line.sources.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// `Bà Hai; duyệt: ông Năm, 16:05 30/11/2026`, and of what was signed on paper that it was, and who entered it.
fn hands(line: &BookLine, tz: &TimeZone) -> String {
    let mut said = line.authors.join(", ");
    if let Some(by) = &line.approved_by {
        if !said.is_empty() {
            said.push_str("; ");
        }
        said.push_str(if line.entered_by.is_some() { "duyệt trên giấy: " } else { "duyệt: " });
        said.push_str(by);
        if let Some(at) = line.approved_at {
            said = format!("{said}, {}", approved_at(at, tz, Lang::Vi));
        }
        if let Some(entered) = &line.entered_by {
            said = format!("{said}, {entered} nhập");
        }
    }
    said
}

/// `16:05 30/11/2026`
pub(super) fn approved_at(at: crate::instant::Wall, tz: &TimeZone, lang: Lang) -> String {
    let there = at.zoned(tz);
    match lang {
        Lang::Vi => there.strftime("%H:%M %d/%m/%Y").to_string(),
        Lang::En => there.strftime("%H:%M %F").to_string(),
    }
}

fn line_cells(line: &BookLine, day: &BookDay, tz: &TimeZone) -> Vec<PaperCell> {
    let exact = line.outcome != Outcome::Played;
    let date = day.date.strftime("%d/%m");
    let mut title = line.called.clone();
    if !line.languages.is_empty() {
        let languages: Vec<String> = line.languages.iter().map(|code| format!("tiếng {}", language(code))).collect();
        title = format!("{title} ({})", languages.join(", "));
    }
    vec![
        PaperCell::Count(line.number),
        words(format!("{} {date} ({})", figure::short(day.date.weekday(), Lang::Vi), day.lunar.short().vi)),
        line.planned.map_or(PaperCell::Empty, |at| words(time(at, tz, exact && has_seconds(at, tz)))),
        words(heard_said(line, tz)),
        words(of(line)),
        words(title),
        words(class_said(line, Lang::Vi)),
        words(source_said(line, Lang::Vi)),
        words(line.zones.clone()),
        words(hands(line, tz)),
        words(came(line, Lang::Vi)),
        PaperCell::Empty,
    ]
}

/// How much of how much: `0:40/0:40`; where zones differ it is broken between the two.
fn of(line: &BookLine) -> String {
    let (heard, whole) = (length(line.seconds_played), length(line.seconds_planned));
    let between = if heard.len() + whole.len() > 10 { " / " } else { "/" };
    format!("{heard}{between}{whole}")
}

fn has_seconds(at: crate::instant::Wall, tz: &TimeZone) -> bool {
    at.zoned(tz).second() != 0
}

/// What every table of totals has behind its first columns.
fn total_cells(total: &Total) -> Vec<PaperCell> {
    vec![
        PaperCell::Count(total.planned),
        PaperCell::Count(total.played),
        PaperCell::Count(total.partial),
        PaperCell::Count(total.missed),
        PaperCell::Count(total.refused),
        PaperCell::Length(total.seconds_planned),
        PaperCell::Length(total.seconds_played),
        total.percent().map_or(PaperCell::Empty, PaperCell::Number),
    ]
}

/// The columns of [`total_cells`], so many millimetres wide together.
const TOTALS: [&str; 8] =
    ["Số lượt", "Đã phát", "Một phần", "Lỡ", "Từ chối", "Dự kiến (phút: giây)", "Đã phát (phút: giây)", "Tỉ lệ (%)"];

fn total_columns(widths: [u32; 8]) -> impl Iterator<Item = Column> {
    TOTALS.into_iter().zip(widths).map(|(title, width)| column(title, width))
}

/// What came of each zone; of the paper that lies across, or stands.
pub(super) fn zones(book: &Book, across: bool) -> Grid {
    let (first, widths) =
        if across { (63, [20, 22, 22, 20, 22, 28, 27, 23]) } else { (40, [13, 13, 14, 11, 14, 19, 19, 17]) };
    let row = |title: &str, total: &Total| std::iter::once(words(title)).chain(total_cells(total)).collect();
    let mut rows: Vec<GridRow> =
        book.zones.iter().map(|zone| GridRow::Cells(row(&zone_said(zone), &zone.total))).collect();
    rows.push(GridRow::Sum(row("Cộng", &book.total)));
    let columns = std::iter::once(text_column("Cụm loa", first)).chain(total_columns(widths)).collect();
    Grid { name: "Cụm loa", columns, numbered: true, rows }
}

/// What people call it, and that nobody heard what played there, if so.
fn zone_said(zone: &ZoneTotal) -> String {
    let (title, unheard) = (&zone.title, grouped(u64::from(zone.total.unheard)));
    if zone.total.unheard == 0 {
        title.clone()
    } else {
        format!("{title} (chưa nối loa: {unheard} lượt không ai nghe)")
    }
}

/// What came of each day.
pub(super) fn by_day(book: &Book) -> Grid {
    let row = |title: String, total: &Total| std::iter::once(words(title)).chain(total_cells(total)).collect();
    let mut rows: Vec<GridRow> = Vec::new();
    for day in &book.days {
        let (name, lunar) = (weekday(day.date.weekday(), Lang::Vi), day.lunar.short().vi);
        let said = format!("{name}, {} ({lunar})", day.date.strftime("%d/%m/%Y"));
        let mut cells: Vec<PaperCell> = row(said, &day.total);
        if day.parts.is_empty() {
            cells.iter_mut().skip(1).for_each(|cell| *cell = words("–"));
        }
        rows.push(GridRow::Cells(cells));
    }
    rows.push(GridRow::Sum(row("Cộng".to_owned(), &book.total)));
    let columns = std::iter::once(text_column("Ngày (âm lịch)", 63))
        .chain(total_columns([20, 22, 22, 20, 22, 28, 27, 23]))
        .collect();
    Grid { name: "Theo ngày", columns, numbered: true, rows }
}

/// What came of each campaign; none where there is none.
pub(super) fn campaigns(book: &Book, across: bool) -> Option<Grid> {
    let widths: [u32; 8] = if across { [87, 40, 20, 20, 20, 20, 20, 20] } else { [52, 26, 14, 14, 13, 13, 14, 14] };
    let titles = [
        "Đợt tuyên truyền",
        "Mục tiêu",
        "Cần đạt",
        "Đạt",
        "Số lượt",
        "Lượt đã phát",
        "Đã phát (phút: giây)",
        "Tỉ lệ (%)",
    ];
    let columns = titles.into_iter().zip(widths).enumerate();
    let columns = columns
        .map(|(ix, (title, width))| if ix < 2 { text_column(title, width) } else { column(title, width) })
        .collect();
    let row = |campaign: &super::total::CampaignTotal| {
        GridRow::Cells(vec![
            words(campaign.title.clone()),
            campaign.target.as_ref().map_or(PaperCell::Empty, |target| words(target.vi.clone())),
            campaign.wanted.map_or(PaperCell::Empty, PaperCell::Count),
            PaperCell::Count(campaign.reached),
            PaperCell::Count(campaign.total.planned),
            PaperCell::Count(campaign.total.played),
            PaperCell::Length(campaign.total.seconds_played),
            campaign.total.percent().map_or(PaperCell::Empty, PaperCell::Number),
        ])
    };
    let rows: Vec<GridRow> = book.campaigns.iter().map(row).collect();
    (!rows.is_empty()).then_some(Grid { name: "Đợt tuyên truyền", columns, numbered: true, rows })
}

/// What happened, with the day it happened on; alarms that were only shown in one row behind the others.
pub(super) fn happenings<'a>(
    name: &'static str,
    happenings: impl Iterator<Item = &'a Happening>,
    tz: &TimeZone,
) -> Option<Grid> {
    let (shown, told): (Vec<&Happening>, Vec<&Happening>) = happenings.partition(|happening| happening.is_shown);
    let mut rows: Vec<GridRow> = told
        .into_iter()
        .map(|happening| {
            let at = happening.at.zoned(tz).strftime("%H:%M:%S %d/%m/%Y").to_string();
            let zone = happening.zone.as_ref().map_or_else(String::new, |zone| format!(" ({zone})"));
            GridRow::Cells(vec![
                words(at),
                words(format!("{}{zone}", happening.kind.word().vi)),
                words(happening.said.vi.clone()),
            ])
        })
        .collect();
    let counted = shown_said(shown.len());
    let kind = HappeningKind::Alarm.word().vi;
    rows.extend(counted.map(|said| GridRow::Cells(vec![words(String::new()), words(kind), words(said)])));
    let columns = vec![column("Lúc", 34), text_column("Loại", 36), text_column("Nội dung", 90)];
    (!rows.is_empty()).then_some(Grid { name, columns, numbered: false, rows })
}
