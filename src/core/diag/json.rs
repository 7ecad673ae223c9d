use serde::Serialize;

use super::{Diagnostic, Lang, Severity};

/// One diagnostic as `loa check --json` prints it.
#[derive(Serialize)]
struct Row<'a> {
    code: &'a str,
    severity: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
    help: Option<&'a str>,
}

/// Diagnostics as a JSON array of `{"code","severity","file","line","column","message","help"}`.
///
/// `severity` is `error` or `warning`; `line` and `column` count from 1 and are 0 where the problem
/// is the file as a whole; `help` is `null` where there is no cure to name.
pub fn json(found: &[Diagnostic], lang: Lang) -> serde_json::Result<String> {
    let rows: Vec<Row<'_>> = found
        .iter()
        .map(|one| Row {
            code: one.code,
            severity: match one.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            file: &one.file,
            line: one.line,
            column: one.column,
            message: one.message.get(lang),
            help: one.help.as_ref().map(|help| help.get(lang)),
        })
        .collect();
    serde_json::to_string_pretty(&rows)
}
