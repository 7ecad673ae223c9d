use std::ops::Range;

use super::{Lines, Text};

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

impl SourceFile {
    /// Nothing stands in it, not even a comment: what a power cut leaves of one that was being saved.
    pub fn is_blank(&self) -> bool {
        self.text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty()
    }
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

impl Diagnostic {
    /// A problem of the place `span` in `file`.
    pub fn at(file: &SourceFile, span: Range<usize>, severity: Severity, code: &'static str, message: Text) -> Self {
        Self::within(file, &Lines::of(&file.text), span, severity, code, message)
    }

    /// The same, where the lines of `file` are known already.
    pub fn within(
        file: &SourceFile,
        lines: &Lines,
        span: Range<usize>,
        severity: Severity,
        code: &'static str,
        message: Text,
    ) -> Self {
        let (line, column) = lines.place(&file.text, span.start);
        Self { span: Some(span), line, column, ..Self::of_file(&file.path, severity, code, message) }
    }

    /// A problem of a file (or directory) as a whole; `path` is relative to the station.
    pub fn of_file(path: &str, severity: Severity, code: &'static str, message: Text) -> Self {
        Self {
            code,
            severity,
            file: path.to_owned(),
            span: None,
            line: 0,
            column: 0,
            message,
            help: None,
            related: Vec::new(),
        }
    }

    /// The same, with its cure.
    #[must_use]
    pub fn with_help(mut self, help: Text) -> Self {
        self.help = Some(help);
        self
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Sort as a reader meets them: by file, then by place; a file's own problems first.
    pub fn sort(found: &mut [Self]) {
        found.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    }
}
