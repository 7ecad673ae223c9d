use std::io::{self, Write};

use jiff::tz::TimeZone;

use super::columns::{COLUMNS, Cell, Ground, local};
use crate::diag::Lang;
use crate::diag::csv::{guarded, joined};
use crate::fact::Entry;
use crate::instant::Wall;
use crate::journal::Names;

/// Entries as a table that a spreadsheet opens by a double click.
///
/// In Vietnamese as a Vietnamese Excel reads it: `;` between fields (its list separator, since the
/// comma is its decimal sign), decimal comma, `dd/mm/yyyy`. In English: `,`, decimal point,
/// `yyyy-mm-dd`. Both: UTF-8 with a byte-order mark (without it Excel garbles Vietnamese), CRLF
/// (RFC 4180), and texts that a spreadsheet would take for a formula begin with `'`. An id such as `3-12` is
/// left as it is, for programs that read it; a spreadsheet takes it for a day, which the workbook
/// ([`XlsxWriter`](super::XlsxWriter)) prevents.
#[derive(Debug)]
pub struct CsvWriter<'a, W: Write> {
    out: W,
    lang: Lang,
    tz: &'a TimeZone,
    names: &'a Names,
}

impl<'a, W: Write> CsvWriter<'a, W> {
    /// A table that goes to `out`, with instants in `tz`; writes its head.
    pub fn new(mut out: W, lang: Lang, tz: &'a TimeZone, names: &'a Names) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut table = Self { out, lang, tz, names };
        let head = COLUMNS.map(|(vi, en, _)| match lang {
            Lang::Vi => vi.to_owned(),
            Lang::En => en.to_owned(),
        });
        table.line(&head)?;
        Ok(table)
    }

    /// One more line.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        let ground = Ground { lang: self.lang, names: self.names };
        let fields = COLUMNS.map(|(_, _, cell)| self.field(cell(entry, &ground)));
        self.line(&fields)
    }

    /// See that all of it has left.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn line(&mut self, fields: &[String]) -> io::Result<()> {
        self.out.write_all(joined(fields, self.lang).as_bytes())
    }

    fn field(&self, cell: Cell) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => guarded(&text),
            Cell::Count(count) => count.to_string(),
            Cell::Number(number) => self.number(number),
            Cell::Day(at) => self.moment(
                at,
                match self.lang {
                    Lang::Vi => "%d/%m/%Y",
                    Lang::En => "%Y-%m-%d",
                },
            ),
            Cell::Time(at) => self.moment(at, "%H:%M:%S"),
        }
    }

    /// To the second below, as a clock shows it.
    fn moment(&self, at: Wall, form: &str) -> String {
        local(at, self.tz).strftime(form).to_string()
    }

    fn number(&self, value: f64) -> String {
        let written = format!("{value:.3}");
        let written = written.trim_end_matches('0').trim_end_matches('.');
        let written = if written == "-0" { "0" } else { written };
        match self.lang {
            Lang::Vi => written.replace('.', ","),
            Lang::En => written.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{AudioRef, EntryKind, Outcome};
    use crate::schedule::Class;

    fn rows() -> [Entry; 2] {
        let tz_midnight = Wall::from_secs(1_796_000_000);
        [
            Entry {
                seq: 1,
                kind: EntryKind::Airing,
                zone: Some("thon-1".into()),
                broadcast: Some("nop-ho-so".into()),
                title: "Nộp hồ sơ; \"trực tuyến\"".into(),
                class: Some(Class::Emergency),
                planned: Some(tz_midnight),
                started: Some(Wall::from_nanos(tz_midnight.nanos() + 1_999_700_000)),
                ended: None,
                start_error_ms: Some(-3.25),
                seconds_planned: Some(1_234.0),
                seconds_played: Some(12.5),
                outcome: Some(Outcome::Partial),
                reason: Some("power_lost".into()),
                audio: vec![
                    AudioRef { file: "a.mp3".into(), sha256: "0a".into() },
                    AudioRef { file: "b.mp3".into(), sha256: "0b".into() },
                ],
                campaign: Some("cai-cach".into()),
                order: Some("7".into()),
                approved_by: Some("@bà Hai".into()),
                no_horn: false,
                written: tz_midnight,
                hash: "ff".into(),
            },
            Entry {
                seq: 2,
                title: "=HYPERLINK(\"x\")\nhai dòng, một".into(),
                written: tz_midnight,
                ..Entry::default()
            },
        ]
    }

    fn written(lang: Lang) -> String {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let mut out = Vec::new();
        let names = Names {
            zones: [("thon-1".into(), "Thôn 1".into())].into(),
            campaigns: [("cai-cach".into(), "Cải cách".into())].into(),
            ..Names::default()
        };
        let mut table = CsvWriter::new(&mut out, lang, &tz, &names).unwrap();
        for row in rows() {
            table.write(&row).unwrap();
        }
        table.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_vietnamese_spreadsheet_gets_its_own_signs() {
        let expected = concat!(
            "\u{feff}Số;Loại dòng;Mã cụm loa;Mã mục phát;Tên mục phát;Loại bản tin;Ngày dự kiến;Giờ dự kiến;Ngày bắt đầu;",
            "Giờ bắt đầu;Ngày kết thúc;Giờ kết thúc;Lệch giờ (mili giây);Số giây dự kiến;Số giây đã phát;Kết quả;Lý do;",
            "Tệp âm thanh;SHA-256 của tệp;Người duyệt;Mã băm;Ngày ghi;Giờ ghi;Cụm loa;Mã đợt;Đợt tuyên truyền;Số lệnh;",
            "Mã chép vào sổ\r\n",
            "1;lượt phát;thon-1;nop-ho-so;\"Nộp hồ sơ; \"\"trực tuyến\"\"\";khẩn cấp;30/11/2026;07:53:20;30/11/2026;07:53:22;;;",
            "-3,25;1234;12,5;phát một phần;mất điện;a.mp3 + b.mp3;0a + 0b;'@bà Hai;ff;30/11/2026;07:53:20;",
            "Thôn 1;cai-cach;Cải cách;7;1:FF\r\n",
            "2;ghi chú;;;\"'=HYPERLINK(\"\"x\"\")\\u{a}hai dòng, một\";;;;;;;;;;;;;;;;;30/11/2026;07:53:20;;;;;2:\r\n",
        );
        assert_eq!(written(Lang::Vi), expected);
    }

    #[test]
    fn an_english_spreadsheet_gets_its_own_signs() {
        let expected = concat!(
            "\u{feff}Number,Kind,Zone,Broadcast,Title,Class,Planned date,Planned time,Start date,Start time,End date,",
            "End time,Start error (ms),Seconds planned,Seconds played,Outcome,Reason,Sound files,SHA-256 of the files,",
            "Approved by,Hash,Written date,Written time,Zone title,Campaign,Campaign title,Order,Code for the book\r\n",
            "1,airing,thon-1,nop-ho-so,\"Nộp hồ sơ; \"\"trực tuyến\"\"\",emergency,2026-11-30,07:53:20,2026-11-30,07:53:22,,,",
            "-3.25,1234,12.5,partly played,power lost,a.mp3 + b.mp3,0a + 0b,'@bà Hai,ff,2026-11-30,07:53:20,",
            "Thôn 1,cai-cach,Cải cách,7,1:FF\r\n",
            "2,note,,,\"'=HYPERLINK(\"\"x\"\")\\u{a}hai dòng, một\",,,,,,,,,,,,,,,,,2026-11-30,07:53:20,,,,,2:\r\n",
        );
        assert_eq!(written(Lang::En), expected);
    }
}
