use super::book::{Book, BookPart};
use super::cell::{length, minutes, time};
use super::layout::reprint;
use super::table::{came, day_said, happening_said, heard_said, nothing, session_said};
use crate::diag::{Lang, Text, text};
use crate::fact::Total;

/// What stands on the terminal, in the reader's language: lines, and tables that whoever prints makes fit.
#[derive(Clone, PartialEq, Debug)]
pub enum Shown {
    /// A line.
    Line(String),
    /// A table: its head, and rows of as many cells.
    Table((Vec<String>, Vec<Vec<String>>)),
}

/// The book for a terminal.
pub fn text(book: &Book, lang: Lang) -> Vec<Shown> {
    let mut out = vec![Shown::Line(format!("{}: {}", book.station, book.period.text().get(lang)))];
    if book.is_early() {
        let at = crate::diag::figure::moment(book.made, &book.tz);
        let early = text!(
            at = at;
            "Kỳ này chưa hết: đến {at}.",
            "This period is not over: as of {at}."
        );
        out.push(Shown::Line(early.get(lang).to_owned()));
    }
    out.extend(book.caveats().iter().map(|said| Shown::Line(said.get(lang).to_owned())));
    for day in &book.days {
        out.push(Shown::Line(format!("\n{}", day_said(day, lang))));
        if day.parts.is_empty() {
            out.push(Shown::Line(format!("  {}", nothing(lang))));
        }
        let mut rows: Vec<Vec<String>> = Vec::new();
        for part in &day.parts {
            match part {
                BookPart::Line(line) => rows.push(vec![
                    line.planned.map_or_else(String::new, |at| time(at, &book.tz, false)),
                    heard_said(line, &book.tz),
                    format!("{}/{}", length(line.seconds_played), length(line.seconds_planned)),
                    line.called.clone(),
                    line.zones.clone(),
                    came(line, lang),
                ]),
                BookPart::Session(session) => {
                    flush(&mut out, &mut rows, lang);
                    out.push(Shown::Line(format!("  {}", session_said(session, &book.tz, lang))));
                }
                BookPart::Happening(happening) => {
                    flush(&mut out, &mut rows, lang);
                    out.push(Shown::Line(format!("  * {}", happening_said(happening, &book.tz, lang))));
                }
            }
        }
        flush(&mut out, &mut rows, lang);
    }
    totals(book, lang, &mut out);
    if let Some(stamp) = &book.stamp {
        let (first, last, code) = (stamp.first, stamp.last, &stamp.code);
        let said = text!(
            "Lập từ nhật ký máy, dòng {first} đến {last}, mã kiểm tra {code}.",
            "Made from the journal, rows {first} to {last}, code {code}."
        );
        out.push(Shown::Line(format!("\n{}", said.get(lang))));
        out.extend(reprint(stamp).map(Shown::Line));
    }
    out
}

fn flush(out: &mut Vec<Shown>, rows: &mut Vec<Vec<String>>, lang: Lang) {
    if rows.is_empty() {
        return;
    }
    let head = match lang {
        Lang::Vi => ["Dự kiến", "Phát", "Phát/dự kiến", "Nội dung", "Cụm loa", "Kết quả"],
        Lang::En => ["Planned", "Heard", "Heard/planned", "Title", "Zones", "Outcome"],
    };
    out.push(Shown::Table((head.map(str::to_owned).to_vec(), std::mem::take(rows))));
}

fn totals(book: &Book, lang: Lang, out: &mut Vec<Shown>) {
    let say = |text: Text| text.get(lang).to_owned();
    let row = |name: &str, total: &Total| {
        let percent = total.percent().map_or_else(String::new, |percent| {
            let Text { vi, en } = crate::diag::figure::decimal(percent, 1);
            if lang == Lang::Vi { vi } else { en }
        });
        let counts = [total.planned, total.played, total.partial, total.missed, total.refused];
        let counts = counts.iter().map(u32::to_string);
        std::iter::once(name.to_owned())
            .chain(counts)
            .chain([minutes(total.seconds_planned), minutes(total.seconds_played), percent])
            .collect::<Vec<_>>()
    };
    let head = match lang {
        Lang::Vi => [
            "Cụm loa",
            "Số lượt",
            "Đã phát",
            "Một phần",
            "Lỡ",
            "Từ chối",
            "Phút:giây dự kiến",
            "Phút:giây phát",
            "Tỉ lệ %",
        ],
        Lang::En => {
            ["Zone", "Airings", "Played", "Partly", "Missed", "Refused", "Min:s planned", "Min:s played", "Ratio %"]
        }
    };
    let mut rows: Vec<Vec<String>> = book.zones.iter().map(|zone| row(&zone.title, &zone.total)).collect();
    rows.push(row(if lang == Lang::Vi { "Cộng" } else { "All" }, &book.total));
    out.push(Shown::Line(String::new()));
    out.push(Shown::Table((head.map(str::to_owned).to_vec(), rows)));
    if book.counted > 0 {
        let counted = book.counted;
        out.push(Shown::Line(say(text!(
            "Ngoài ra {counted} lượt trong lúc đài tắt chỉ được đếm chung, không tính ở trên.",
            "Besides, {counted} airings of an outage are only counted together, and not in the table."
        ))));
    }
    if !book.campaigns.is_empty() {
        let head = match lang {
            Lang::Vi => ["Đợt tuyên truyền", "Mục tiêu", "Cần đạt", "Đạt"],
            Lang::En => ["Campaign", "Target", "Wanted", "Reached"],
        };
        let rows = book.campaigns.iter().map(|one| {
            let target = one.target.clone().map_or_else(String::new, say);
            let wanted = one.wanted.map_or_else(String::new, |wanted| wanted.to_string());
            vec![one.title.clone(), target, wanted, one.reached.to_string()]
        });
        out.push(Shown::Table((head.map(str::to_owned).to_vec(), rows.collect())));
    }
}
