use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::book::{Book, BookPart};
use super::line::BookLine;
use super::table::{approved_at, came, class_said, source_said};
use crate::diag::{Lang, Text, text};
use crate::instant::Wall;
use crate::journal::export;

/// The occurrences and happenings of a book as a table that a spreadsheet opens by a double click, in its language.
pub fn csv(book: &Book, lang: Lang) -> String {
    let head = [
        text!("STT", "No."),
        text!("Ngày", "Date"),
        text!("Âm lịch", "Lunar"),
        text!("Dự kiến", "Planned"),
        text!("Bắt đầu", "Started"),
        text!("Kết thúc", "Ended"),
        text!("Giây dự kiến", "Seconds planned"),
        text!("Giây đã phát", "Seconds played"),
        text!("Nội dung", "Title"),
        text!("Tiếng", "Languages"),
        text!("Loại", "Class"),
        text!("Nguồn", "Source"),
        text!("Cụm loa", "Zones"),
        text!("Soạn", "By"),
        text!("Duyệt", "Approved by"),
        text!("Kết quả", "Outcome"),
        text!("Lý do", "Reason"),
        text!("Mã đợt", "Campaign"),
        text!("Dòng nhật ký", "Journal rows"),
        text!("Duyệt lúc", "Approved at"),
        text!("Duyệt trên giấy, ai nhập", "Approved on paper, entered by"),
    ];
    let mut out = String::from("\u{feff}");
    out += &export::line(&head.map(|Text { vi, en }| if lang == Lang::Vi { vi } else { en }), lang);
    for day in &book.days {
        let date = day_said(day.date, lang);
        let lunar = day.lunar.short().get(lang).to_owned();
        for part in &day.parts {
            match part {
                BookPart::Session(_) => {}
                BookPart::Line(line) => out += &export::line(&fields(line, (&date, &lunar), &book.tz, lang), lang),
                BookPart::Happening(happening) => {
                    let mut fields: Vec<String> = vec![String::new(); head_count()];
                    fields[1].clone_from(&date);
                    fields[2].clone_from(&lunar);
                    fields[4] = clock(happening.at, &book.tz);
                    happening.said.get(lang).clone_into(&mut fields[8]);
                    happening.kind.word().get(lang).clone_into(&mut fields[10]);
                    fields[12] = happening.zone.clone().unwrap_or_default();
                    fields[18] = happening.seq.to_string();
                    out += &export::line(&fields, lang);
                }
            }
        }
    }
    for caveat in book.caveats() {
        let mut fields: Vec<String> = vec![String::new(); head_count()];
        caveat.get(lang).clone_into(&mut fields[8]);
        text!("lưu ý", "note").get(lang).clone_into(&mut fields[10]);
        out += &export::line(&fields, lang);
    }
    out
}

const fn head_count() -> usize {
    21
}

/// With its day, where that is another than the row's.
fn clock_beside(at: Wall, planned: Option<Wall>, tz: &TimeZone, lang: Lang) -> String {
    let date = at.zoned(tz).date();
    let clock = clock(at, tz);
    match planned.map(|planned| planned.zoned(tz).date()) {
        Some(day) if day != date => format!("{} {clock}", day_said(date, lang)),
        _ => clock,
    }
}

fn day_said(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Vi => date.strftime("%d/%m/%Y").to_string(),
        Lang::En => date.to_string(),
    }
}

fn clock(at: Wall, tz: &TimeZone) -> String {
    at.zoned(tz).strftime("%H:%M:%S").to_string()
}

fn fields(line: &BookLine, (date, lunar): (&str, &str), tz: &TimeZone, lang: Lang) -> Vec<String> {
    let at = |at: Option<Wall>| at.map_or_else(String::new, |at| clock_beside(at, line.planned, tz, lang));
    let seconds =
        |(least, most): (u64, u64)| if least == most { most.to_string() } else { format!("{least} – {most}") };
    let came = came(line, lang);
    let (outcome, reason) = came.split_once(": ").unwrap_or((&came, ""));
    vec![
        line.number.to_string(),
        date.to_owned(),
        lunar.to_owned(),
        at(line.planned),
        at(line.started),
        at(line.ended),
        seconds(line.seconds_planned),
        seconds(line.seconds_played),
        line.called.clone(),
        line.languages.join(", "),
        class_said(line, lang),
        source_said(line, lang),
        line.zones.clone(),
        line.authors.join(", "),
        line.approved_by.clone().unwrap_or_default(),
        outcome.to_owned(),
        reason.to_owned(),
        line.campaign.clone().unwrap_or_default(),
        line.rows.iter().map(u64::to_string).collect::<Vec<_>>().join(" "),
        line.approved_at.map_or_else(String::new, |at| approved_at(at, tz, lang)),
        line.entered_by.clone().unwrap_or_default(),
    ]
}
