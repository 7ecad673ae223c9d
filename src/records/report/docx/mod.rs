//! A paper for a word processor (ECMA-376, WordprocessingML): number, signature and stamp come after loa, and the official
//! knows how to put them there. Parts that never change stand in `part`, what a page holds is written by `block`.

mod block;
mod paragraph;
mod part;
mod table;

use std::fmt::Write as _;
use std::io::{self, Cursor};

use super::book::Book;
use super::layout::paper;
use super::paper::{Block, Section};
use super::picture;
use crate::journal::export::Zip;

/// Twentieths of a point in a millimetre, times a thousand.
const TWIPS: u32 = 56_693;
/// An A4 page, and its margins: 20 mm, left 30.
const SHORT: u32 = 11_906;
const LONG: u32 = 16_838;

/// So many twentieths of a point, in which the form counts.
const fn twips(millimetres: u32) -> u32 {
    millimetres * TWIPS / 1_000
}

/// The book as a .docx file.
pub fn docx(book: &Book) -> io::Result<Vec<u8>> {
    let paper = paper(book);
    let mut body = String::new();
    let last = paper.sections.len().saturating_sub(1);
    for (place, section) in paper.sections.iter().enumerate() {
        for one in &section.blocks {
            body += &block::block(one, section.across);
        }
        let settings = settings(section);
        // The settings of pages stand behind them: of the last ones at the very end, of others in a paragraph.
        if place == last {
            body += &settings;
        } else {
            let _ = write!(body, "<w:p><w:pPr><w:spacing w:before=\"0\" w:after=\"0\"/>{settings}</w:pPr></w:p>");
        }
    }
    let pictures = paper.sections.iter().flat_map(|section| &section.blocks).find_map(|block| match block {
        Block::Foot { picture, .. } => picture::png(picture),
        _ => None,
    });
    let mut zip = Zip::new(Cursor::new(Vec::new()));
    for (name, text) in part::PARTS {
        zip.begin(name)?;
        zip.put(text)?;
    }
    zip.begin("word/document.xml")?;
    zip.put(&format!("{}{body}</w:body></w:document>", part::DOCUMENT))?;
    zip.begin(part::PICTURE)?;
    zip.put_bytes(&pictures.or_else(|| picture::png("-")).unwrap_or_default())?;
    zip.finish().map(Cursor::into_inner)
}

/// Which way the pages lie; each section has its own numbers, and none on its first page.
fn settings(section: &Section) -> String {
    let (width, height, orient) =
        if section.across { (LONG, SHORT, " w:orient=\"landscape\"") } else { (SHORT, LONG, "") };
    let (margin, left, header) = (twips(20), twips(30), twips(9));
    format!(
        "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId2\"/><w:headerReference w:type=\"first\" r:id=\"rId3\"/>\
         <w:pgSz w:w=\"{width}\" w:h=\"{height}\"{orient}/>\
         <w:pgMar w:top=\"{margin}\" w:right=\"{margin}\" w:bottom=\"{margin}\" w:left=\"{left}\" w:header=\"{header}\" w:footer=\"{header}\" w:gutter=\"0\"/>\
         <w:pgNumType w:start=\"1\"/><w:titlePg/></w:sectPr>"
    )
}
