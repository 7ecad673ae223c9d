use std::fmt::Write as _;

use super::paragraph::{ParagraphLook, paragraph};
use super::twips;
use crate::report::paper::{Grid, GridRow, Wide};

/// Letters of a table, in half points.
const SIZE: u32 = 22;

/// A row that is repeated on each page.
const HEAD: &str = "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>";

/// A table whose head is repeated on each page, and whose rows are not broken over two.
pub(super) fn table(grid: &Grid) -> String {
    let width: u32 = grid.columns.iter().map(|column| twips(column.width)).sum();
    let mut out = format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{width}\" w:type=\"dxa\"/>{}<w:tblLayout w:type=\"fixed\"/>\
         <w:tblCellMar><w:left w:w=\"45\" w:type=\"dxa\"/><w:right w:w=\"45\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>",
        borders()
    );
    for column in &grid.columns {
        let _ = write!(out, "<w:gridCol w:w=\"{}\"/>", twips(column.width));
    }
    out.push_str("</w:tblGrid>");
    let head = ParagraphLook { size: 21, bold: true, centred: true, ..ParagraphLook::default() };
    out.push_str(HEAD);
    for column in &grid.columns {
        out += &cell(twips(column.width), 1, None, &paragraph(column.title, head));
    }
    out.push_str("</w:tr>");
    if grid.numbered {
        out.push_str(HEAD);
        for (column, number) in grid.columns.iter().zip(1..) {
            let look = ParagraphLook { size: 20, italic: true, centred: true, ..ParagraphLook::default() };
            out += &cell(twips(column.width), 1, None, &paragraph(&format!("({number})"), look));
        }
        out.push_str("</w:tr>");
    }
    for row in &grid.rows {
        out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        out += &match row {
            GridRow::Full(kind, said) => full(*kind, said, width, grid.columns.len()),
            GridRow::Cells(cells) | GridRow::Sum(cells) => {
                let bold = matches!(row, GridRow::Sum(_));
                let one = |(cell, column): (&crate::report::cell::PaperCell, &crate::report::paper::Column)| {
                    let look = ParagraphLook { size: SIZE, bold, centred: column.centred, ..ParagraphLook::default() };
                    self::cell(twips(column.width), 1, None, &paragraph(&cell.shown(), look))
                };
                cells.iter().zip(&grid.columns).map(one).collect()
            }
        };
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl>");
    // What follows a table is no part of it.
    out + &paragraph("", ParagraphLook { size: 8, ..ParagraphLook::default() })
}

fn full(kind: Wide, said: &str, width: u32, columns: usize) -> String {
    let look = ParagraphLook {
        size: SIZE,
        bold: kind == Wide::Day,
        italic: kind == Wide::Session,
        // A head stands with what it is the head of.
        kept: kind != Wide::Happening,
        ..ParagraphLook::default()
    };
    let shade = (kind == Wide::Day).then_some("E8E8E8");
    cell(width, columns, shade, &paragraph(said, look))
}

fn cell(width: u32, columns: usize, shade: Option<&str>, content: &str) -> String {
    let span = if columns > 1 { format!("<w:gridSpan w:val=\"{columns}\"/>") } else { String::new() };
    let shade =
        shade.map_or_else(String::new, |fill| format!("<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{fill}\"/>"));
    format!(
        "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{span}{shade}<w:vAlign w:val=\"center\"/></w:tcPr>{content}</w:tc>"
    )
}

fn borders() -> String {
    let sides = ["top", "left", "bottom", "right", "insideH", "insideV"];
    let sides = sides.map(|side| format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>"));
    format!("<w:tblBorders>{}</w:tblBorders>", sides.concat())
}

/// Columns side by side without lines: heads and signatures.
pub(super) fn beside(columns: &[(u32, String)]) -> String {
    let width: u32 = columns.iter().map(|(width, _)| twips(*width)).sum();
    let mut out = format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{width}\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/>\
         <w:tblCellMar><w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>"
    );
    for (width, _) in columns {
        let _ = write!(out, "<w:gridCol w:w=\"{}\"/>", twips(*width));
    }
    out.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>");
    for (width, content) in columns {
        let _ = write!(out, "<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/></w:tcPr>{content}</w:tc>", twips(*width));
    }
    out.push_str("</w:tr></w:tbl>");
    out + &paragraph("", ParagraphLook { size: 8, kept: true, ..ParagraphLook::default() })
}
