use std::fmt::Write as _;
use std::io::{self, Seek, Write};

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use super::columns::{COLUMNS, Cell, Ground, local};
use super::zip::Zip;
use crate::diag::Lang;
use crate::fact::Entry;
use crate::journal::Names;

/// Rows of a sheet (ECMA-376 leaves it open; Excel takes no more), its head among them.
const ROWS_MOST: u32 = 1_048_576;
/// Letters of a cell.
const LETTERS_MOST: usize = 32_767;

/// The day that Excel counts as 1, less one; right for all days from March 1900 on.
const EPOCH: Date = date(1899, 12, 30);

/// Styles, by their place in `styles.xml`.
const HEAD: u8 = 1;
const DAY: u8 = 2;
const TIME: u8 = 3;
const TEXT: u8 = 4;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;
const RELS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_RELS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
const SHEET_HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15" defaultColWidth="14"/><sheetData>"#;

/// Entries as an Excel workbook of one sheet: dates and times are dates and times whatever the language of the
/// spreadsheet, ids and titles are text whatever they look like, and the head stays when the sheet is scrolled.
#[derive(Debug)]
pub struct XlsxWriter<'a, W: Write + Seek> {
    zip: Zip<W>,
    lang: Lang,
    tz: &'a TimeZone,
    names: &'a Names,
    rows: u32,
}

impl<'a, W: Write + Seek> XlsxWriter<'a, W> {
    /// A workbook that goes to `out`, with instants in `tz`; writes its head.
    pub fn new(out: W, lang: Lang, tz: &'a TimeZone, names: &'a Names) -> io::Result<Self> {
        let mut zip = Zip::new(out);
        let sheet = match lang {
            Lang::Vi => "Nhật ký phát thanh",
            Lang::En => "Journal",
        };
        // A day as people write it here, whatever the language of the spreadsheet: without the mark of Vietnamese,
        // LibreOffice takes the order of its own language.
        let day = match lang {
            Lang::Vi => "[$-42A]dd/mm/yyyy",
            Lang::En => "yyyy\\-mm\\-dd",
        };
        for (name, text) in [
            ("[Content_Types].xml", TYPES.to_owned()),
            ("_rels/.rels", RELS.to_owned()),
            ("xl/workbook.xml", book(sheet)),
            ("xl/_rels/workbook.xml.rels", BOOK_RELS.to_owned()),
            ("xl/styles.xml", styles(day)),
        ] {
            zip.begin(name)?;
            zip.put(&text)?;
        }
        zip.begin("xl/worksheets/sheet1.xml")?;
        zip.put(SHEET_HEAD)?;
        let mut book = Self { zip, lang, tz, names, rows: 0 };
        let head: Vec<(Cell, u8)> = COLUMNS
            .iter()
            .map(|(vi, en, _)| (Cell::Text(if lang == Lang::Vi { *vi } else { *en }.to_owned()), HEAD))
            .collect();
        book.row(&head)?;
        Ok(book)
    }

    /// One more line; an error where the sheet is full.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        let ground = Ground { lang: self.lang, names: self.names };
        let cells: Vec<(Cell, u8)> = COLUMNS.iter().map(|(_, _, cell)| (cell(entry, &ground), TEXT)).collect();
        self.row(&cells)
    }

    /// The end of the workbook.
    pub fn finish(mut self) -> io::Result<()> {
        self.zip.put(&format!(
            "</sheetData><autoFilter ref=\"A1:{}{}\"/></worksheet>",
            letters(COLUMNS.len() - 1),
            self.rows.max(1)
        ))?;
        self.zip.finish().map(drop)
    }

    fn row(&mut self, cells: &[(Cell, u8)]) -> io::Result<()> {
        if self.rows >= ROWS_MOST {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "more rows than a sheet holds"));
        }
        self.rows += 1;
        let row = self.rows;
        let mut out = format!("<row r=\"{row}\">");
        for (ix, (cell, style)) in cells.iter().enumerate() {
            let place = format!("{}{row}", letters(ix));
            // Writing to a String never fails.
            let _ = match cell {
                Cell::Empty => Ok(()),
                Cell::Text(text) => write!(
                    out,
                    "<c r=\"{place}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                    escaped(text)
                ),
                Cell::Count(count) => write!(out, "<c r=\"{place}\"><v>{count}</v></c>"),
                Cell::Number(number) => write!(out, "<c r=\"{place}\"><v>{}</v></c>", (number * 1e3).round() / 1e3),
                Cell::Day(at) => {
                    let days = local(*at, self.tz).date().since(EPOCH).map_or(0, |span| span.get_days());
                    write!(out, "<c r=\"{place}\" s=\"{DAY}\"><v>{days}</v></c>")
                }
                Cell::Time(at) => {
                    let time = local(*at, self.tz);
                    let seconds =
                        i32::from(time.hour()) * 3_600 + i32::from(time.minute()) * 60 + i32::from(time.second());
                    // So many digits that no second is lost where a spreadsheet cuts and does not round.
                    write!(out, "<c r=\"{place}\" s=\"{TIME}\"><v>{:.15}</v></c>", f64::from(seconds) / 86_400.0)
                }
            };
        }
        out.push_str("</row>");
        self.zip.put(&out)
    }
}

/// The letters of a column, counted from 0: `A`, …, `Z`, `AA`, ….
pub fn letters(ix: usize) -> String {
    let letter = |ix: usize| char::from(b'A' + (ix % 26) as u8);
    if ix < 26 { letter(ix).to_string() } else { format!("{}{}", letter(ix / 26 - 1), letter(ix)) }
}

/// Text as it stands in XML, cut where a cell could hold no more. XML 1.0 §2.2: what is no character there is shown as what stands for a character that cannot be shown.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().take(LETTERS_MOST) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

fn book(sheet: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    )
}

/// Hours in brackets are those of a day of 24 in every spreadsheet; `hh:mm:ss` is morning and afternoon in some.
fn styles(day: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="{day}"/><numFmt numFmtId="165" formatCode="[hh]:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>"#
    )
}
