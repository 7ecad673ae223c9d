use std::fmt::Write as _;
use std::io::{self, Cursor};

use super::book::Book;
use super::cell::PaperCell;
use super::layout::paper;
use super::paper::{Block, Grid, GridRow, PrintedPaper};
use super::width;
use crate::diag::Text;
use crate::journal::export::{Zip, escaped, letters};

/// Styles, by their place in `styles.xml`.
const TEXT: u8 = 1;
const MIDDLE: u8 = 2;
const HEAD: u8 = 3;
const WIDE: u8 = 4;
const TITLE: u8 = 5;
const NUMBER: u8 = 6;
const SUM: u8 = 7;
const SUM_NUMBER: u8 = 8;
const PLAIN: u8 = 9;
const COUNT: u8 = 10;
const SUM_COUNT: u8 = 11;
const LENGTH: u8 = 12;
const SUM_LENGTH: u8 = 13;

/// Width of a column in characters of the default font, for a millimetre.
const CHARS: f64 = 0.53;

const RELS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

/// The book as an Excel workbook: a sheet for each table of the paper, ready to be printed as it is.
pub fn xlsx(book: &Book) -> io::Result<Vec<u8>> {
    let paper = paper(book);
    let grids: Vec<(&Grid, bool)> = paper
        .sections
        .iter()
        .flat_map(|section| section.blocks.iter().map(move |block| (block, section.across)))
        .filter_map(|(block, across)| match block {
            Block::Grid(grid) => Some((grid, across)),
            _ => None,
        })
        .collect();
    let mut zip = Zip::new(Cursor::new(Vec::new()));
    let names: Vec<&str> = grids.iter().map(|(grid, _)| grid.name).collect();
    for (name, text) in [
        ("[Content_Types].xml", types(names.len())),
        ("_rels/.rels", RELS.to_owned()),
        ("xl/workbook.xml", workbook(&grids)),
        ("xl/_rels/workbook.xml.rels", relations(names.len())),
        ("xl/styles.xml", STYLES.to_owned()),
    ] {
        zip.begin(name)?;
        zip.put(&text)?;
    }
    for (place, (grid, across)) in grids.iter().enumerate() {
        zip.begin(&format!("xl/worksheets/sheet{}.xml", place + 1))?;
        let caveats = if place == 0 { book.caveats() } else { Vec::new() };
        zip.put(&sheet(grid, *across, (&said(&paper, place == 0), &caveats)))?;
    }
    zip.finish().map(Cursor::into_inner)
}

/// What stands above the table: on the first sheet the heads and the title, and what ties it to the journal.
fn said(paper: &PrintedPaper, is_first: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for block in paper.sections.iter().flat_map(|section| &section.blocks) {
        match block {
            Block::Head(head) if is_first => {
                lines.extend([head.superior.clone(), head.issuer.clone()]);
                lines.retain(|line| !line.is_empty());
            }
            Block::Title { title, subject, .. } if is_first && !title.starts_with("Phụ lục") => {
                lines.push(title.clone());
                lines.extend(subject.iter().cloned());
            }
            Block::Foot { said, .. } if is_first => lines.extend(said.first().cloned()),
            _ => {}
        }
    }
    lines
}

/// One sheet; the head of its table stays when it is scrolled, and is repeated on each page.
fn sheet(grid: &Grid, across: bool, (said, caveats): (&[String], &[Text])) -> String {
    let columns = grid.columns.len();
    let last = letters(columns.saturating_sub(1));
    let above = said.len() + caveats.len();
    let head = above + 1 + usize::from(above > 0);
    let below = head + usize::from(grid.numbered);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"{below}\" topLeftCell=\"A{}\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>\
         <sheetFormatPr defaultRowHeight=\"15\"/><cols>",
        below + 1
    );
    for (place, column) in grid.columns.iter().enumerate() {
        let (number, width) = (place + 1, f64::from(column.width) * CHARS);
        let _ = write!(out, "<col min=\"{number}\" max=\"{number}\" width=\"{width:.2}\" customWidth=\"1\"/>");
    }
    out.push_str("</cols><sheetData>");
    let mut merged: Vec<String> = Vec::new();
    for (place, line) in said.iter().enumerate() {
        let row = place + 1;
        let style = if line.starts_with("Lập từ") || line.starts_with('(') { PLAIN } else { TITLE };
        let _ = write!(out, "<row r=\"{row}\">{}</row>", text(&format!("A{row}"), style, line));
        merged.push(format!("A{row}:{last}{row}"));
    }
    let width = grid.columns.iter().map(|column| column.width).sum();
    for (row, caveat) in (said.len() + 1..).zip(caveats) {
        out += &begin(row, wrapped(&caveat.vi, width));
        let _ = write!(out, "{}</row>", text(&format!("A{row}"), WIDE, &caveat.vi));
        merged.push(format!("A{row}:{last}{row}"));
    }
    let titles = grid.columns.iter().map(|column| column.title.to_owned()).collect::<Vec<_>>();
    let numbers = (1..=columns).map(|number| format!("({number})")).collect::<Vec<_>>();
    for (row, cells) in [(head, titles), (below, numbers)].into_iter().take(1 + usize::from(grid.numbered)) {
        out += &begin(row, lines(cells.iter().map(String::as_str), grid));
        for (place, cell) in cells.iter().enumerate() {
            out += &text(&format!("{}{row}", letters(place)), HEAD, cell);
        }
        out.push_str("</row>");
    }
    for (row, one) in (below + 1..).zip(&grid.rows) {
        let count = match one {
            GridRow::Full(_, said) => wrapped(said, width),
            GridRow::Cells(cells) | GridRow::Sum(cells) => {
                let shown: Vec<String> = cells.iter().map(PaperCell::shown).collect();
                lines(shown.iter().map(String::as_str), grid)
            }
        };
        out += &begin(row, count);
        match one {
            GridRow::Full(_, said) => {
                out += &text(&format!("A{row}"), WIDE, said);
                for place in 1..columns {
                    let _ = write!(out, "<c r=\"{}{row}\" s=\"{WIDE}\"/>", letters(place));
                }
                merged.push(format!("A{row}:{last}{row}"));
            }
            GridRow::Cells(cells) | GridRow::Sum(cells) => {
                let is_sum = matches!(one, GridRow::Sum(_));
                for (place, (cell, column)) in cells.iter().zip(&grid.columns).enumerate() {
                    out += &self::cell(cell, column.centred, is_sum, &format!("{}{row}", letters(place)));
                }
            }
        }
        out.push_str("</row>");
    }
    out.push_str("</sheetData>");
    if !merged.is_empty() {
        let _ = write!(out, "<mergeCells count=\"{}\">", merged.len());
        for one in &merged {
            let _ = write!(out, "<mergeCell ref=\"{one}\"/>");
        }
        out.push_str("</mergeCells>");
    }
    // Inches: 20 mm, left 30; the number of the page in the top margin, and none on the first.
    let orientation = if across { "landscape" } else { "portrait" };
    let _ = write!(
        out,
        "<pageMargins left=\"1.181\" right=\"0.787\" top=\"0.787\" bottom=\"0.787\" header=\"0.35\" footer=\"0.35\"/>\
         <pageSetup paperSize=\"9\" orientation=\"{orientation}\" fitToWidth=\"1\" fitToHeight=\"0\"/>\
         <headerFooter differentFirst=\"1\"><oddHeader>&amp;C&amp;\"Times New Roman\"&amp;13&amp;P</oddHeader></headerFooter></worksheet>"
    );
    out
}

/// A row of so many lines. Spreadsheets do not all find the height of a row that they have not written themselves.
fn begin(row: usize, lines: usize) -> String {
    format!("<row r=\"{row}\" ht=\"{}\" customHeight=\"1\">", lines.clamp(1, 25) * 15)
}

/// Lines of the cell that has most of them.
fn lines<'a>(cells: impl Iterator<Item = &'a str>, grid: &Grid) -> usize {
    cells.zip(&grid.columns).map(|(cell, column)| wrapped(cell, column.width)).max().unwrap_or(1)
}

/// Lines that a text takes in so many millimetres, word by word.
fn wrapped(text: &str, millimetres: u32) -> usize {
    let room = f64::from(millimetres) - 2.0;
    let (mut lines, mut used) = (1, 0.0);
    for word in text.split_whitespace() {
        let wide = width::bold(word, 11.0);
        if used > 0.0 && used + width::bold(" ", 11.0) + wide > room {
            (lines, used) = (lines + 1, 0.0);
        }
        // A word that is wider than its cell is broken.
        lines += (wide / room) as usize;
        used += wide + width::bold(" ", 11.0);
    }
    lines
}

fn cell(cell: &PaperCell, centred: bool, is_sum: bool, place: &str) -> String {
    match cell {
        PaperCell::Empty => format!("<c r=\"{place}\" s=\"{}\"/>", if is_sum { SUM } else { TEXT }),
        PaperCell::Text(said) => {
            let style = match (is_sum, centred) {
                (true, _) => SUM,
                (false, true) => MIDDLE,
                (false, false) => TEXT,
            };
            text(place, style, said)
        }
        PaperCell::Count(count) => {
            format!("<c r=\"{place}\" s=\"{}\"><v>{count}</v></c>", if is_sum { SUM_COUNT } else { COUNT })
        }
        PaperCell::Number(number) => {
            // Rounded once, to what is shown, or a spreadsheet rounds again what was rounded here.
            let (style, number) = (if is_sum { SUM_NUMBER } else { NUMBER }, (number * 10.0).round() / 10.0);
            format!("<c r=\"{place}\" s=\"{style}\"><v>{number}</v></c>")
        }
        // A part of a day, as spreadsheets have it.
        PaperCell::Length(seconds) => {
            let style = if is_sum { SUM_LENGTH } else { LENGTH };
            format!("<c r=\"{place}\" s=\"{style}\"><v>{}</v></c>", *seconds as f64 / 86_400.0)
        }
    }
}

fn text(place: &str, style: u8, said: &str) -> String {
    format!(
        "<c r=\"{place}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
        escaped(said)
    )
}

fn types(sheets: usize) -> String {
    let mut out = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>"#,
    );
    for sheet in 1..=sheets {
        let _ = write!(
            out,
            "<Override PartName=\"/xl/worksheets/sheet{sheet}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
        );
    }
    out + "</Types>"
}

fn workbook(grids: &[(&Grid, bool)]) -> String {
    let mut out = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>"#,
    );
    for (place, (grid, _)) in grids.iter().enumerate() {
        let number = place + 1;
        let _ = write!(out, "<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>", grid.name);
    }
    out + "</sheets></workbook>"
}

fn relations(sheets: usize) -> String {
    let mut out = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    );
    for sheet in 1..=sheets {
        let _ = write!(
            out,
            "<Relationship Id=\"rId{sheet}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{sheet}.xml\"/>"
        );
    }
    let number = sheets + 1;
    let _ = write!(
        out,
        "<Relationship Id=\"rId{number}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>"
    );
    out + "</Relationships>"
}

const STYLES: &str = r##"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="#,##0.0"/><numFmt numFmtId="165" formatCode="[m]:ss"/></numFmts><fonts count="3"><font><sz val="11"/><name val="Times New Roman"/></font><font><b/><sz val="11"/><name val="Times New Roman"/></font><font><b/><sz val="13"/><name val="Times New Roman"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE8E8E8"/></patternFill></fill></fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="14"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf><xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf><xf numFmtId="49" fontId="1" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf><xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf><xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf><xf numFmtId="164" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf><xf numFmtId="49" fontId="1" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf><xf numFmtId="164" fontId="1" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf><xf numFmtId="3" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf><xf numFmtId="3" fontId="1" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf><xf numFmtId="165" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf><xf numFmtId="165" fontId="1" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf></cellXfs></styleSheet>"##;
