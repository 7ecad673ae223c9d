use std::time::Duration;

use crate::diag::document::{self, KeyValue, Table};
use crate::diag::{Findings, text};

/// So long somebody may speak live at a time, unless it is written otherwise.
pub const DEFAULT_TALK: Duration = Duration::from_mins(3);
/// Less is no sentence; more is a programme, and belongs into a recording.
const LEAST: Duration = Duration::from_secs(10);
const MOST: Duration = Duration::from_mins(30);

const EXAMPLE: &str = "\"3m\"";

/// `most = "3m"` below `[talk]`.
pub(super) fn most(findings: &mut Findings<'_>, entry: &KeyValue) -> Duration {
    let table = findings.table(entry, "[talk]");
    table.and_then(|table| written(findings, table)).unwrap_or(DEFAULT_TALK)
}

fn written(findings: &mut Findings<'_>, table: &Table) -> Option<Duration> {
    findings.unknown_keys(table, &["most"]);
    let entry = table.get("most").filter(|entry| !entry.broken)?;
    let written = findings.text(entry, EXAMPLE)?;
    let (message, help) = match document::length(&written, MOST, "m") {
        Ok(length) if length >= LEAST => return Some(length),
        Ok(_) => (
            text!("mỗi lần nói ít nhất là 10 giây", "a talk may be 10 s at least"),
            text!("viết: most = {EXAMPLE}", "write: most = {EXAMPLE}"),
        ),
        Err(bad) => (bad.message, bad.help),
    };
    findings.error("bad_length", &entry.node.span, message).help = Some(help);
    None
}
