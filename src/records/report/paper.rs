use super::cell::PaperCell;

/// A paper as it is laid out, before a form is given to it: parts of one direction of the page each.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct PrintedPaper {
    /// What it is called, for the name of a window or of a file.
    pub(super) name: String,
    pub(super) sections: Vec<Section>,
}

/// Pages of one direction. Each counts its pages for itself.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Section {
    /// The page lies across.
    pub(super) across: bool,
    pub(super) blocks: Vec<Block>,
}

/// What stands on a page, from top to bottom.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Block {
    /// Who issues it, and the country's name; below them number and date, of what has them.
    Head(PaperHead),
    /// What it is, and about what; `ruled`: with the short line of a report below it.
    Title { title: String, subject: Vec<String>, ruled: bool },
    /// `Kính gửi:`; empty lines are left for the pen.
    Address(Vec<String>),
    /// `I. KẾT QUẢ`
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A line for the pen.
    Blank,
    /// A table.
    Grid(Grid),
    /// What ties it to the journal.
    Foot { said: Vec<String>, picture: String },
    /// Who signs, side by side.
    Signatures(Vec<Signature>),
    /// Whom it goes to, and who signs, beside it.
    Closing { recipients: Vec<String>, signature: Signature },
}

/// The two heads of a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct PaperHead {
    pub(super) superior: String,
    pub(super) issuer: String,
    /// `Số: …/BC-UBND`
    pub(super) number: Option<String>,
    /// `Đông Giang, ngày 07 tháng 12 năm 2026`
    pub(super) dated: Option<String>,
}

/// One who signs: for whom, as what, and a name, where they are known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Signature {
    pub(super) lines: Vec<String>,
    pub(super) name: String,
}

/// A table: columns of fixed widths, rows that are not broken over pages, a head that is repeated on each.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Grid {
    /// What a sheet of a workbook with it is called: 31 letters at most.
    pub(super) name: &'static str,
    pub(super) columns: Vec<Column>,
    /// A row of column numbers stands below the head.
    pub(super) numbered: bool,
    pub(super) rows: Vec<GridRow>,
}

/// A column of a table.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Column {
    pub(super) title: &'static str,
    /// In millimetres.
    pub(super) width: u32,
    pub(super) centred: bool,
}

/// A row of a table.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum GridRow {
    /// Over the whole width.
    Full(Wide, String),
    /// A cell a column.
    Cells(Vec<PaperCell>),
    /// The same, added up.
    Sum(Vec<PaperCell>),
}

/// What a row over the whole width is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wide {
    /// A day begins.
    Day,
    /// A session begins.
    Session,
    /// Something happened.
    Happening,
}

pub(super) const fn column(title: &'static str, width: u32) -> Column {
    Column { title, width, centred: true }
}

pub(super) const fn text_column(title: &'static str, width: u32) -> Column {
    Column { title, width, centred: false }
}
