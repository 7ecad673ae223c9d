use std::fmt::Write as _;

use super::paragraph::{ParagraphLook, paragraph};
use super::table::{beside, table};
use crate::report::paper::{Block, PaperHead, Signature};
use crate::report::width;

const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";
/// What is between the margins, in millimetres, across and upright.
const ROOM: [u32; 2] = [247, 160];
/// The picture's side, in millimetres, and in the units of drawings.
const SIDE: u32 = 34;
const EMU: u32 = 36_000;

/// A line of so many millimetres, in the middle of a room of so many: the upper border of a paragraph without text.
fn ruler(length: f64, room: f64) -> String {
    let uncounted = ((room - length).max(0.0) / 2.0 * 56.693).round() as u32;
    format!(
        "<w:p><w:pPr><w:pBdr><w:top w:val=\"single\" w:sz=\"6\" w:space=\"0\" w:color=\"000000\"/></w:pBdr>\
         <w:spacing w:before=\"20\" w:after=\"0\" w:line=\"40\" w:lineRule=\"exact\"/>\
         <w:ind w:left=\"{uncounted}\" w:right=\"{uncounted}\"/><w:rPr><w:sz w:val=\"2\"/></w:rPr></w:pPr></w:p>"
    )
}

/// What stands on a page.
pub(super) fn block(block: &Block, across: bool) -> String {
    let room = ROOM[usize::from(!across)];
    match block {
        Block::Head(head) => heads(head, across),
        Block::Title { title, subject, ruled } => {
            let bold = ParagraphLook { bold: true, centred: true, kept: true, ..ParagraphLook::default() };
            let mut out = paragraph(title, ParagraphLook { size: 28, above: 7, ..bold });
            for (place, line) in subject.iter().enumerate() {
                out += &match place {
                    0 => paragraph(line, bold),
                    _ => paragraph(line, ParagraphLook { bold: false, italic: true, ..bold }),
                };
                if place == 0 && *ruled {
                    out += &ruler(width::bold(line, 13.0).min(f64::from(room)) * 0.4, f64::from(room));
                }
            }
            out + &paragraph("", ParagraphLook { size: 16, ..ParagraphLook::default() })
        }
        Block::Address(lines) => {
            let look = ParagraphLook { left: 35, below: 2, ..ParagraphLook::default() };
            match &lines[..] {
                [] => paragraph("Kính gửi: ……………………………………………………", look),
                [one] => paragraph(&format!("Kính gửi: {one}"), look),
                many => {
                    let first = paragraph("Kính gửi:", look);
                    many.iter().fold(first, |out, line| out + &paragraph(&format!("- {line};"), look))
                }
            }
        }
        Block::Heading(said) => {
            paragraph(said, ParagraphLook { bold: true, kept: true, above: 4, below: 2, ..ParagraphLook::default() })
        }
        Block::Text(said) => {
            let first = if across { 0 } else { 10 };
            paragraph(said, ParagraphLook { justified: true, first, below: 2, ..ParagraphLook::default() })
        }
        Block::Blank => {
            paragraph(&"…".repeat(if across { 60 } else { 34 }), ParagraphLook { above: 2, ..ParagraphLook::default() })
        }
        Block::Grid(grid) => table(grid),
        Block::Foot { said, .. } => {
            // On the page of who signs for it.
            let look = ParagraphLook { size: 22, below: 1, kept: true, ..ParagraphLook::default() };
            let said: String = said.iter().map(|line| paragraph(line, look)).collect();
            beside(&[(room - SIDE - 4, said), (SIDE + 4, picture())])
        }
        Block::Signatures(all) => {
            let width = room / u32::try_from(all.len().max(1)).unwrap_or(1);
            beside(&all.iter().map(|one| (width, signature(one))).collect::<Vec<_>>())
        }
        Block::Closing { recipients, signature } => {
            let small = ParagraphLook { size: 22, ..ParagraphLook::default() };
            let head = paragraph(
                "Nơi nhận:",
                ParagraphLook { size: 24, bold: true, italic: true, ..ParagraphLook::default() },
            );
            let last = recipients.len().saturating_sub(1);
            let list = recipients.iter().enumerate().fold(head, |out, (place, line)| {
                let end = if place == last { "." } else { ";" };
                out + &paragraph(&format!("- {line}{end}"), small)
            });
            beside(&[(room / 2, list), (room / 2, self::signature(signature))])
        }
    }
}

fn heads(head: &PaperHead, across: bool) -> String {
    let (left, right) = if across { (99, 148) } else { (62, 98) };
    let middle = ParagraphLook { centred: true, ..ParagraphLook::default() };
    let mut issuer = String::new();
    if !head.superior.is_empty() {
        issuer += &paragraph(&head.superior, ParagraphLook { size: 24, ..middle });
    }
    issuer += &paragraph(&head.issuer, ParagraphLook { size: 24, bold: true, ..middle });
    issuer += &ruler(width::bold(&head.issuer, 12.0).min(f64::from(left)) * 0.4, f64::from(left));
    if let Some(number) = &head.number {
        issuer += &paragraph(number, ParagraphLook { above: 3, ..middle });
    }
    let mut country = paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", ParagraphLook { size: 24, bold: true, ..middle });
    country += &paragraph(MOTTO, ParagraphLook { bold: true, ..middle });
    country += &ruler(width::bold(MOTTO, 13.0), f64::from(right));
    if let Some(dated) = &head.dated {
        country += &paragraph(dated, ParagraphLook { italic: true, above: 3, ..middle });
    }
    beside(&[(left, issuer), (right, country)])
}

fn signature(signature: &Signature) -> String {
    let middle = ParagraphLook { centred: true, kept: true, ..ParagraphLook::default() };
    let mut out = String::new();
    for line in &signature.lines {
        out += &paragraph(line, ParagraphLook { bold: true, ..middle });
    }
    out += &paragraph("(Ký, ghi rõ họ tên)", ParagraphLook { size: 24, italic: true, ..middle });
    out + &paragraph(&signature.name, ParagraphLook { bold: true, above: 24, kept: false, ..middle })
}

fn picture() -> String {
    let side = SIDE * EMU;
    let mut out = String::from("<w:p><w:pPr><w:jc w:val=\"right\"/></w:pPr><w:r><w:drawing>");
    // Writing to a String never fails.
    let _ = write!(
        out,
        "<wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{side}\" cy=\"{side}\"/>\
         <wp:docPr id=\"1\" name=\"Mã kiểm tra\" descr=\"Mã kiểm tra của nhật ký máy\"/>\
         <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic>\
         <pic:nvPicPr><pic:cNvPr id=\"1\" name=\"ma.png\"/><pic:cNvPicPr/></pic:nvPicPr>\
         <pic:blipFill><a:blip r:embed=\"rId4\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
         <pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{side}\" cy=\"{side}\"/></a:xfrm>\
         <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>"
    );
    out + "</w:drawing></w:r></w:p>"
}
