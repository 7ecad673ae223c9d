use serde::{Deserialize, Serialize};

use crate::diag::{Diagnostic, Lang, Severity, Text};

/// One reason why what is planned could fail, with its cure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// A stable name: `sound_missing`, `disk_full`.
    pub code: String,
    /// An error will keep something planned from sounding; a warning may.
    pub severity: Severity,
    /// What is wrong, and where.
    pub message: Text,
    /// What to do about it.
    pub help: Text,
}

impl Finding {
    /// Something planned will not sound.
    pub fn error(code: &str, message: Text, help: Text) -> Self {
        Self { code: code.to_owned(), severity: Severity::Error, message, help }
    }

    /// Something planned may not sound.
    pub fn warning(code: &str, message: Text, help: Text) -> Self {
        Self { code: code.to_owned(), severity: Severity::Warning, message, help }
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// What is wrong at a place in a file; the place stands in the message.
impl From<&Diagnostic> for Finding {
    fn from(one: &Diagnostic) -> Self {
        let place = if one.line == 0 { one.file.clone() } else { format!("{}:{}", one.file, one.line) };
        let nothing = Text { vi: String::new(), en: String::new() };
        Self {
            code: one.code.to_owned(),
            severity: one.severity,
            message: Text { vi: format!("{place}: {}", one.message.vi), en: format!("{place}: {}", one.message.en) },
            help: one.help.clone().unwrap_or(nothing),
        }
    }
}

#[derive(Serialize)]
struct Row<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    help: &'a str,
}

/// Findings as a JSON array of `{"code","severity","message","help"}`; `severity` is `error` or `warning`.
pub fn json(found: &[Finding], lang: Lang) -> serde_json::Result<String> {
    let rows: Vec<Row<'_>> = found
        .iter()
        .map(|one| Row {
            code: &one.code,
            severity: word(one.severity),
            message: one.message.get(lang),
            help: one.help.get(lang),
        })
        .collect();
    serde_json::to_string_pretty(&rows)
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A finding on its way over the socket, in both languages.
#[derive(Serialize, Deserialize)]
struct Wire {
    code: String,
    severity: String,
    message: Words,
    help: Words,
}

/// A text on its way over the socket, in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Words {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl From<Text> for Words {
    fn from(text: Text) -> Self {
        Self { vi: text.vi, en: text.en }
    }
}

impl From<&Text> for Words {
    fn from(text: &Text) -> Self {
        Self { vi: text.vi.clone(), en: text.en.clone() }
    }
}

impl From<Words> for Text {
    fn from(words: Words) -> Self {
        Self { vi: words.vi, en: words.en }
    }
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let severity = word(self.severity).to_owned();
        let (message, help) = (Words::from(&self.message), Words::from(&self.help));
        Wire { code: self.code.clone(), severity, message, help }.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Finding {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Wire { code, severity, message, help } = Wire::deserialize(from)?;
        let severity = if severity == "warning" { Severity::Warning } else { Severity::Error };
        Ok(Self { code, severity, message: message.into(), help: help.into() })
    }
}
