use super::twips;
use crate::journal::export::escaped;

/// How a paragraph looks.
#[expect(clippy::struct_excessive_bools, reason = "each is a look of its own")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ParagraphLook {
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

impl Default for ParagraphLook {
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
pub(super) fn paragraph(text: &str, look: ParagraphLook) -> String {
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

fn run_look(look: ParagraphLook) -> String {
    let bold = if look.bold { "<w:b/><w:bCs/>" } else { "" };
    let italic = if look.italic { "<w:i/><w:iCs/>" } else { "" };
    format!("<w:rPr>{bold}{italic}<w:sz w:val=\"{0}\"/><w:szCs w:val=\"{0}\"/></w:rPr>", look.size)
}
