use std::ops::Range;

use super::document::Meaning;
use super::{Diagnostic, Label, Lines, Severity, SourceFile, Text, text};

/// More problems than this in one file are not shown: nobody reads them, and a file of garbage must
/// not fill the memory of a small machine.
const MAX_PER_FILE: usize = 500;

/// Collects what is wrong with one file.
#[derive(Debug)]
pub struct Findings<'a> {
    file: &'a SourceFile,
    lines: Lines,
    found: Vec<Diagnostic>,
    /// Takes what is over the limit; never shown.
    spare: Diagnostic,
    over: usize,
    errors: usize,
    meaning: Meaning,
}

impl<'a> Findings<'a> {
    /// Nothing found yet.
    pub fn of(file: &'a SourceFile) -> Self {
        let spare = Diagnostic::of_file(&file.path, Severity::Warning, "", text!("", ""));
        Self {
            file,
            lines: Lines::of(&file.text),
            found: Vec::new(),
            spare,
            over: 0,
            errors: 0,
            meaning: Meaning::NONE,
        }
    }

    /// The same, with what the owner of the file knows of its words.
    #[must_use]
    pub fn knowing(self, meaning: Meaning) -> Self {
        Self { meaning, ..self }
    }

    /// What is known of the file's words.
    pub const fn meaning(&self) -> Meaning {
        self.meaning
    }

    /// The file.
    pub const fn file(&self) -> &'a SourceFile {
        self.file
    }

    /// The lines of the file.
    pub const fn lines(&self) -> &Lines {
        &self.lines
    }

    /// Note an error; the caller adds its `help`.
    pub fn error(&mut self, code: &'static str, span: &Range<usize>, message: Text) -> &mut Diagnostic {
        self.note(Severity::Error, code, span, message)
    }

    /// Note a warning; the caller adds its `help`.
    pub fn warning(&mut self, code: &'static str, span: &Range<usize>, message: Text) -> &mut Diagnostic {
        self.note(Severity::Warning, code, span, message)
    }

    /// Say more in the message of what was noted last.
    pub fn go_on(&mut self, more: &Text) {
        let last = if self.over > 0 { None } else { self.found.last_mut() };
        let message = &mut last.unwrap_or(&mut self.spare).message;
        message.vi.push_str(&more.vi);
        message.en.push_str(&more.en);
    }

    /// How many errors there are so far: a part is sound if its reading did not raise this.
    pub const fn errors(&self) -> usize {
        self.errors
    }

    /// Nothing more will be shown: searching for cures is work for nobody.
    pub fn is_full(&self) -> bool {
        self.found.len() >= MAX_PER_FILE
    }

    /// A label for a second place in this file.
    pub fn label(&self, span: &Range<usize>, message: Text) -> Label {
        Label { file: self.file.path.clone(), span: span.clone(), line: self.lines.line(span.start), message }
    }

    /// Forget the findings on lines for which `keep` is false.
    pub fn retain_lines(&mut self, keep: impl Fn(usize) -> bool) {
        self.found.retain(|one| keep(one.line));
    }

    /// Take the findings of `other`, which is about the same file.
    pub fn absorb(&mut self, other: Self) {
        self.found.extend(other.found);
        self.over += other.over;
        self.errors += other.errors;
    }

    /// What was found, in order of place.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        let over = self.over + self.found.len().saturating_sub(MAX_PER_FILE);
        self.found.truncate(MAX_PER_FILE);
        Diagnostic::sort(&mut self.found);
        if over > 0 {
            self.found.push(Diagnostic::of_file(
                &self.file.path,
                Severity::Error,
                "too_many_problems",
                text!(
                    "còn {over} vấn đề nữa trong tệp này không hiện ra; hãy chữa những chỗ trên trước rồi kiểm tra lại",
                    "{over} more problems in this file are not shown; cure those above first, then check again"
                ),
            ));
        }
        self.found
    }

    fn note(&mut self, severity: Severity, code: &'static str, span: &Range<usize>, message: Text) -> &mut Diagnostic {
        self.errors += usize::from(severity == Severity::Error);
        if self.is_full() {
            self.over += 1;
            return &mut self.spare;
        }
        self.found.push(Diagnostic::within(self.file, &self.lines, span.clone(), severity, code, message));
        self.found.last_mut().unwrap_or(&mut self.spare)
    }
}
