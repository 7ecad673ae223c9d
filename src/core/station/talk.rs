use std::time::Duration;

use crate::diag::Findings;
use crate::diag::document::{self, KeyValue, Table};

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
    let bad = match document::length_within(&written, [LEAST, MOST], "m") {
        Ok(length) => return Some(length),
        Err(bad) => bad,
    };
    findings.error("bad_length", &entry.node.span, bad.message).help = Some(bad.help);
    None
}
