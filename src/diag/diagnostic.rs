use std::ops::Range;

use super::Text;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// What was asked for cannot be done as written.
    Error,
    /// It can be done, but is probably not what was meant.
    Warning,
}

/// A file as it was read, for showing the line that a diagnostic is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceFile {
    /// The path relative to the station, with `/`: `schedules/thang-12.toml`.
    pub path: String,
    /// Its text, exactly as on disk (byte-order mark and CRLF included), so that spans fit.
    pub text: String,
}

/// One problem of one place in the station's files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// A stable name for this kind of problem: `unknown_key`, `bad_time`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The file, relative to the station: `schedules/thang-12.toml`, `audio/nop-ho-so.mp3`.
    pub file: String,
    /// Byte range in the file's text; `None` where the problem is the file as a whole.
    pub span: Option<Range<usize>>,
    /// Line from 1; 0 where there is no span.
    pub line: usize,
    /// Column from 1, counted in characters; 0 where there is no span.
    pub column: usize,
    /// What is wrong.
    pub message: Text,
    /// What to do about it.
    pub help: Option<Text>,
    /// Other places that belong to the problem, such as the first use of a doubled id.
    pub related: Vec<Label>,
}

/// A second place that a diagnostic points at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The file, relative to the station.
    pub file: String,
    /// Byte range in the file's text.
    pub span: Range<usize>,
    /// Line from 1.
    pub line: usize,
    /// What is to be seen there.
    pub message: Text,
}
