use std::io::{self, Write};

use jiff::tz::TimeZone;

use super::{class, kind, outcome, reason};
use crate::diag::{Lang, Text, plain};
use crate::instant::Wall;
use crate::journal::Entry;

/// Columns, in order.
const COLUMNS: [(&str, &str); 21] = [
    ("Số", "Number"),
    ("Loại dòng", "Kind"),
    ("Cụm loa", "Zone"),
    ("Mã mục phát", "Broadcast"),
    ("Tên mục phát", "Title"),
    ("Loại bản tin", "Class"),
    ("Ngày dự kiến", "Planned date"),
    ("Giờ dự kiến", "Planned time"),
    ("Ngày bắt đầu", "Start date"),
    ("Giờ bắt đầu", "Start time"),
    ("Ngày kết thúc", "End date"),
    ("Giờ kết thúc", "End time"),
    ("Lệch giờ (mili giây)", "Start error (ms)"),
    ("Số giây dự kiến", "Seconds planned"),
    ("Số giây đã phát", "Seconds played"),
    ("Kết quả", "Outcome"),
    ("Lý do", "Reason"),
    ("Tệp âm thanh", "Sound files"),
    ("SHA-256 của tệp", "SHA-256 of the files"),
    ("Người duyệt", "Approved by"),
    ("Mã băm", "Hash"),
];

/// Entries as a table that a spreadsheet opens by a double click.
///
/// In Vietnamese as a Vietnamese Excel reads it: `;` between fields (its list separator, since the
/// comma is its decimal sign), decimal comma, `dd/mm/yyyy`. In English: `,`, decimal point,
/// `yyyy-mm-dd`. Both: UTF-8 with a byte-order mark (without it Excel garbles Vietnamese), CRLF
/// (RFC 4180), and texts that a spreadsheet would take for a formula begin with `'`.
#[derive(Debug)]
pub struct CsvWriter<'a, W: Write> {
    out: W,
    lang: Lang,
    tz: &'a TimeZone,
}

impl<'a, W: Write> CsvWriter<'a, W> {
    /// A table that goes to `out`, with instants in `tz`; writes its head.
    pub fn new(mut out: W, lang: Lang, tz: &'a TimeZone) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut table = Self { out, lang, tz };
        let names = COLUMNS.map(|(vi, en)| match lang {
            Lang::Vi => vi.to_owned(),
            Lang::En => en.to_owned(),
        });
        table.line(&names)?;
        Ok(table)
    }

    /// One more line.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        let say = |text: Text| text.get(self.lang).to_owned();
        let text = |text: &Option<String>| text.as_deref().map(guarded).unwrap_or_default();
        let joined = |parts: Vec<&str>| guarded(&parts.join(" + "));
        let [planned, started, ended] = [entry.planned, entry.started, entry.ended].map(|at| self.date_and_time(at));
        let fields = [
            entry.seq.to_string(),
            say(kind(entry.kind)),
            text(&entry.zone),
            text(&entry.broadcast),
            guarded(&entry.title),
            entry.class.map(|it| say(class(it))).unwrap_or_default(),
            planned.0,
            planned.1,
            started.0,
            started.1,
            ended.0,
            ended.1,
            self.number(entry.start_error_ms),
            self.number(entry.seconds_planned),
            self.number(entry.seconds_played),
            entry.outcome.map(|it| say(outcome(it))).unwrap_or_default(),
            entry.reason.as_deref().map(|it| guarded(&say(reason(it)))).unwrap_or_default(),
            joined(entry.audio.iter().map(|audio| audio.file.as_str()).collect()),
            joined(entry.audio.iter().map(|audio| audio.sha256.as_str()).collect()),
            text(&entry.approved_by),
            guarded(&entry.hash),
        ];
        self.line(&fields)
    }

    /// See that all of it has left.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn line(&mut self, fields: &[String]) -> io::Result<()> {
        let separator = match self.lang {
            Lang::Vi => ';',
            Lang::En => ',',
        };
        let line: Vec<_> = fields.iter().map(|field| quoted(field, separator)).collect();
        write!(self.out, "{}\r\n", line.join(separator.encode_utf8(&mut [0; 4])))
    }

    /// To the second below, as a clock shows it.
    fn date_and_time(&self, at: Option<Wall>) -> (String, String) {
        let Some(at) = at else { return Default::default() };
        // Rounded to the millisecond first, as everywhere else.
        let zoned = Wall::from_nanos(at.nanos().saturating_add(500_000)).zoned(self.tz);
        let date = match self.lang {
            Lang::Vi => "%d/%m/%Y",
            Lang::En => "%Y-%m-%d",
        };
        (zoned.strftime(date).to_string(), zoned.strftime("%H:%M:%S").to_string())
    }

    fn number(&self, value: Option<f64>) -> String {
        let Some(value) = value.filter(|value| value.is_finite()) else { return String::new() };
        let written = format!("{value:.3}");
        let written = written.trim_end_matches('0').trim_end_matches('.');
        let written = if written == "-0" { "0" } else { written };
        match self.lang {
            Lang::Vi => written.replace('.', ","),
            Lang::En => written.to_owned(),
        }
    }
}

/// `text` such that no spreadsheet takes it for a formula: what begins like one gets a `'` before it,
/// which they show as text; what could deceive who looks is written out. The wide forms count too, since an Asian Excel reads them alike.
fn guarded(text: &str) -> String {
    let text = &*plain(text);
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

/// RFC 4180 §2.6 and §2.7.
fn quoted(field: &str, separator: char) -> String {
    if field.contains([separator, '"', '\r', '\n', '\t']) || field.starts_with(' ') || field.ends_with(' ') {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{AudioRef, Kind, Outcome};
    use crate::schedule::Class;

    fn rows() -> [Entry; 2] {
        let tz_midnight = Wall::from_secs(1_796_000_000);
        [
            Entry {
                seq: 1,
                kind: Kind::Airing,
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
                approved_by: Some("@bà Hai".into()),
                hash: "ff".into(),
                ..Entry::default()
            },
            Entry { seq: 2, title: "=HYPERLINK(\"x\")\nhai dòng, một".into(), ..Entry::default() },
        ]
    }

    fn written(lang: Lang) -> String {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let mut out = Vec::new();
        let mut table = CsvWriter::new(&mut out, lang, &tz).unwrap();
        for row in rows() {
            table.write(&row).unwrap();
        }
        table.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_vietnamese_spreadsheet_gets_its_own_signs() {
        let expected = concat!(
            "\u{feff}Số;Loại dòng;Cụm loa;Mã mục phát;Tên mục phát;Loại bản tin;Ngày dự kiến;Giờ dự kiến;Ngày bắt đầu;",
            "Giờ bắt đầu;Ngày kết thúc;Giờ kết thúc;Lệch giờ (mili giây);Số giây dự kiến;Số giây đã phát;Kết quả;Lý do;",
            "Tệp âm thanh;SHA-256 của tệp;Người duyệt;Mã băm\r\n",
            "1;lượt phát;thon-1;nop-ho-so;\"Nộp hồ sơ; \"\"trực tuyến\"\"\";khẩn cấp;30/11/2026;07:53:20;30/11/2026;07:53:22;;;",
            "-3,25;1234;12,5;phát một phần;mất điện;a.mp3 + b.mp3;0a + 0b;'@bà Hai;ff\r\n",
            "2;ghi chú;;;\"'=HYPERLINK(\"\"x\"\")\\u{a}hai dòng, một\";;;;;;;;;;;;;;;;\r\n",
        );
        assert_eq!(written(Lang::Vi), expected);
    }

    #[test]
    fn an_english_spreadsheet_gets_its_own_signs() {
        let expected = concat!(
            "\u{feff}Number,Kind,Zone,Broadcast,Title,Class,Planned date,Planned time,Start date,Start time,End date,",
            "End time,Start error (ms),Seconds planned,Seconds played,Outcome,Reason,Sound files,SHA-256 of the files,",
            "Approved by,Hash\r\n",
            "1,airing,thon-1,nop-ho-so,\"Nộp hồ sơ; \"\"trực tuyến\"\"\",emergency,2026-11-30,07:53:20,2026-11-30,07:53:22,,,",
            "-3.25,1234,12.5,partly played,power lost,a.mp3 + b.mp3,0a + 0b,'@bà Hai,ff\r\n",
            "2,note,,,\"'=HYPERLINK(\"\"x\"\")\\u{a}hai dòng, một\",,,,,,,,,,,,,,,,\r\n",
        );
        assert_eq!(written(Lang::En), expected);
    }

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for text in ["=1+1", "+84", "-1", "@SUM(A1)", "＝1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        assert_eq!(guarded("nộp = nhanh"), "nộp = nhanh");
        assert_eq!(guarded("\t=1\u{1b}[2J\u{202e}"), r"\u{9}=1\u{1b}[2J\u{202e}");
    }
}
