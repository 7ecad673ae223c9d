use std::ops::Range;

use crate::diag::{Lines, Text, shown};

/// A syntax error in plain words.
pub(super) struct SyntaxFault {
    pub(super) code: &'static str,
    pub(super) span: Range<usize>,
    pub(super) message: Text,
    pub(super) help: Text,
    /// One wrong value: what stands around it is read as it was meant.
    pub(super) local: bool,
    /// A list lost its comma or its end.
    pub(super) list: bool,
    /// The help names the very line already.
    pub(super) is_written_out: bool,
}

/// Where it is wrong: the token, and its line.
pub(super) struct TokenPlace<'a> {
    pub(super) span: Range<usize>,
    pub(super) token: &'a str,
    pub(super) line: &'a str,
    /// The text up to the place, and from it.
    pub(super) before: (&'a str, &'a str),
    /// What stands on the line before the `=`.
    pub(super) key: String,
}

impl<'a> TokenPlace<'a> {
    pub(super) fn new(text: &'a str, lines: &Lines, at: Range<usize>) -> Self {
        let line = text.get(lines.range(text, lines.line(at.start))).unwrap_or("");
        let key = line.split_once('=').map_or("", |(key, _)| key.trim());
        let token = text.get(at.clone()).unwrap_or("");
        let before = text.split_at_checked(at.start).unwrap_or((text, ""));
        Self { span: at, token, line, before, key: shown(if key.is_empty() { "title" } else { key }) }
    }

    pub(super) fn fault(&self, code: &'static str, message: Text, help: Text) -> SyntaxFault {
        SyntaxFault { code, span: self.span.clone(), message, help, local: false, list: false, is_written_out: false }
    }

    pub(super) fn local(&self, code: &'static str, message: Text, help: Text) -> SyntaxFault {
        SyntaxFault { local: true, ..self.fault(code, message, help) }
    }

    /// Where a list goes wrong: at the element that lacks a comma before it, else where the list begins.
    pub(super) fn list(&self, message: &str) -> Range<usize> {
        let quoted = self.before.1.starts_with(['"', '\'']);
        if message.starts_with("missing comma") && quoted {
            return self.span.clone();
        }
        match self.before.0.rfind("= [").or_else(|| self.before.0.rfind("=[")) {
            Some(at) => at..at + self.before.0[at..].lines().next().map_or(1, str::len),
            None => self.span.clone(),
        }
    }

    /// The key as it stands there, of a table on one line the one before the place.
    pub(super) fn bare_key(&self) -> &'a str {
        let before = self.before.0.rsplit('\n').next().unwrap_or("");
        let own = before.rsplit(['{', ',']).next().unwrap_or("").split('=').next().unwrap_or("").trim();
        let whole = self.line.split('=').next().unwrap_or("").trim();
        if before.contains('{') && !own.is_empty() { own } else { whole }
    }

    pub(super) fn value(&self) -> &'a str {
        self.line.split_once('=').map_or("", |(_, value)| value.trim())
    }

    /// Whether the line has such a letter where no text stands.
    pub(super) fn outside_quotes(&self, is: impl Fn(char) -> bool) -> bool {
        self.line.split('"').step_by(2).any(|part| part.split('#').next().unwrap_or("").contains(&is))
    }
}
