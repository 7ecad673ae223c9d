use std::fmt::Write as _;

use super::table::{beside, table};
use super::twips;
use crate::journal::export::escaped;
use crate::report::paper::{Block, Head, Signature};
use crate::report::width;

/// What is between the margins, in millimetres, across and upright.
const ROOM: [u32; 2] = [247, 160];
/// The picture's side, in millimetres, and in the units of drawings.
const SIDE: u32 = 34;
const EMU: u32 = 36_000;

/// How a paragraph looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Look {
    /// In half points.
    pub(super) size: u32,
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) centred: bool,
    /// To both margins.
    pub(super) justified: bool,
    /// On the page of the next one.
    pub(super) kept: bool,
    /// Millimetres above and below.
    pub(super) above: u32,
    pub(super) below: u32,
    /// Millimetres before the first line.
    pub(super) first: u32,
    /// Millimetres before all lines.
    pub(super) left: u32,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            size: 26,
            bold: false,
            italic: false,
            centred: false,
            justified: false,
            kept: false,
            above: 0,
            below: 0,
            first: 0,
            left: 0,
        }
    }
}

/// A paragraph of one look.
pub(super) fn paragraph(text: &str, look: Look) -> String {
    let keep = if look.kept { "<w:keepNext/>" } else { "" };
    let (above, below) = (twips(look.above), twips(look.below));
    let indent = match (look.left, look.first) {
        (0, 0) => String::new(),
        (left, first) => format!("<w:ind w:left=\"{}\" w:firstLine=\"{}\"/>", twips(left), twips(first)),
    };
    let align = match (look.centred, look.justified) {
        (true, _) => "<w:jc w:val=\"center\"/>",
        (_, true) => "<w:jc w:val=\"both\"/>",
        _ => "",
    };
    let mark = run_look(look);
    let run = if text.is_empty() {
        String::new()
    } else {
        format!("<w:r>{mark}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text))
    };
    format!(
        "<w:p><w:pPr>{keep}<w:spacing w:before=\"{above}\" w:after=\"{below}\"/>{indent}{align}{mark}</w:pPr>{run}</w:p>"
    )
}

fn run_look(look: Look) -> String {
    let bold = if look.bold { "<w:b/><w:bCs/>" } else { "" };
    let italic = if look.italic { "<w:i/><w:iCs/>" } else { "" };
    format!("<w:rPr>{bold}{italic}<w:sz w:val=\"{0}\"/><w:szCs w:val=\"{0}\"/></w:rPr>", look.size)
}

/// A line of so many millimetres, in the middle of a room of so many: the upper border of a paragraph without text.
fn ruler(length: f64, room: f64) -> String {
    let aside = ((room - length).max(0.0) / 2.0 * 56.693).round() as u32;
    format!(
        "<w:p><w:pPr><w:pBdr><w:top w:val=\"single\" w:sz=\"6\" w:space=\"0\" w:color=\"000000\"/></w:pBdr>\
         <w:spacing w:before=\"20\" w:after=\"0\" w:line=\"40\" w:lineRule=\"exact\"/>\
         <w:ind w:left=\"{aside}\" w:right=\"{aside}\"/><w:rPr><w:sz w:val=\"2\"/></w:rPr></w:pPr></w:p>"
    )
}

/// What stands on a page.
pub(super) fn block(block: &Block, across: bool) -> String {
    let room = ROOM[usize::from(!across)];
    match block {
        Block::Head(head) => heads(head, across),
        Block::Title { title, subject, ruled } => {
            let bold = Look { bold: true, centred: true, kept: true, ..Look::default() };
            let mut out = paragraph(title, Look { size: 28, above: 7, ..bold });
            for (place, line) in subject.iter().enumerate() {
                out += &match place {
                    0 => paragraph(line, bold),
                    _ => paragraph(line, Look { bold: false, italic: true, ..bold }),
                };
                if place == 0 && *ruled {
                    out += &ruler(width::bold(line, 13.0).min(f64::from(room)) * 0.4, f64::from(room));
                }
            }
            out + &paragraph("", Look { size: 16, ..Look::default() })
        }
        Block::Address(lines) => {
            let look = Look { left: 35, below: 2, ..Look::default() };
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
            paragraph(said, Look { bold: true, kept: true, above: 4, below: 2, ..Look::default() })
        }
        Block::Text(said) => {
            let first = if across { 0 } else { 10 };
            paragraph(said, Look { justified: true, first, below: 2, ..Look::default() })
        }
        Block::Blank => paragraph(&"…".repeat(if across { 60 } else { 34 }), Look { above: 2, ..Look::default() }),
        Block::Grid(grid) => table(grid),
        Block::Foot { said, .. } => {
            let look = Look { size: 22, below: 1, ..Look::default() };
            let said: String = said.iter().map(|line| paragraph(line, look)).collect();
            beside(&[(room - SIDE - 4, said), (SIDE + 4, picture())])
        }
        Block::Signatures(all) => {
            let width = room / u32::try_from(all.len().max(1)).unwrap_or(1);
            beside(&all.iter().map(|one| (width, signature(one))).collect::<Vec<_>>())
        }
        Block::Closing { recipients, signature } => {
            let small = Look { size: 22, ..Look::default() };
            let head = paragraph("Nơi nhận:", Look { size: 24, bold: true, italic: true, ..Look::default() });
            let last = recipients.len().saturating_sub(1);
            let list = recipients.iter().enumerate().fold(head, |out, (place, line)| {
                let end = if place == last { "." } else { ";" };
                out + &paragraph(&format!("- {line}{end}"), small)
            });
            beside(&[(room / 2, list), (room / 2, self::signature(signature))])
        }
    }
}

fn heads(head: &Head, across: bool) -> String {
    let (left, right) = if across { (99, 148) } else { (62, 98) };
    let middle = Look { centred: true, ..Look::default() };
    let mut issuer = String::new();
    if !head.superior.is_empty() {
        issuer += &paragraph(&head.superior, Look { size: 24, ..middle });
    }
    issuer += &paragraph(&head.issuer, Look { size: 24, bold: true, ..middle });
    issuer += &ruler(width::bold(&head.issuer, 12.0).min(f64::from(left)) * 0.4, f64::from(left));
    if let Some(number) = &head.number {
        issuer += &paragraph(number, Look { above: 3, ..middle });
    }
    const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";
    let mut country = paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Look { size: 24, bold: true, ..middle });
    country += &paragraph(MOTTO, Look { bold: true, ..middle });
    country += &ruler(width::bold(MOTTO, 13.0), f64::from(right));
    if let Some(dated) = &head.dated {
        country += &paragraph(dated, Look { italic: true, above: 3, ..middle });
    }
    beside(&[(left, issuer), (right, country)])
}

fn signature(signature: &Signature) -> String {
    let middle = Look { centred: true, kept: true, ..Look::default() };
    let mut out = String::new();
    for line in &signature.lines {
        out += &paragraph(line, Look { bold: true, ..middle });
    }
    out += &paragraph("(Ký, ghi rõ họ tên)", Look { size: 24, italic: true, ..middle });
    out + &paragraph(&signature.name, Look { bold: true, above: 24, kept: false, ..middle })
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
