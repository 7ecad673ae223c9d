use std::ops::Range;
use std::time::Duration;

use super::word::{self, merged};
use super::{Hours, Place, Rules};
use crate::diag::document::Entry;
use crate::diag::{Findings, text};

const KEYS: [&str; 4] = ["hours", "days", "max_session", "max_sessions_per_day"];
/// A day has 24 hours to name; nobody writes more ranges than that.
const MAX_RANGES: usize = 24;
/// A session cannot be longer than a day.
const MAX_SESSION: Duration = Duration::from_hours(24);
/// One every quarter of an hour.
const MAX_SESSIONS: i64 = 96;

/// Check `[rules]`. What is wrong falls back to the built-in rule, which is the narrow one.
pub(super) fn rules(findings: &mut Findings<'_>, entry: &Entry) -> Option<Rules> {
    let table = findings.table(entry, "[rules]")?;
    findings.unknown_keys(table, &KEYS);
    let mut rules = Rules::default();
    for entry in &table.entries {
        match entry.key.as_str() {
            "hours" => {
                if let Some(ranges) = hours(findings, entry) {
                    rules.hours = Hours(ranges);
                    rules.place = Some(Place {
                        file: findings.file().path.clone(),
                        line: findings.lines().line(entry.key_span.start),
                        span: entry.key_span.start..entry.node.span.end,
                    });
                }
            }
            "days" => rules.days = findings.days(entry).unwrap_or(rules.days),
            "max_session" => {
                rules.max_session = findings.length(entry, MAX_SESSION, "\"60m\"");
                not_enforced_yet(findings, entry, rules.max_session.is_some());
            }
            "max_sessions_per_day" => {
                let count = findings.integer(entry, 1..=MAX_SESSIONS, "3");
                rules.max_sessions_per_day = count.and_then(|count| u32::try_from(count).ok());
                not_enforced_yet(findings, entry, rules.max_sessions_per_day.is_some());
            }
            _ => {}
        }
    }
    Some(rules)
}

/// The ranges that can be read; `None` if there is none, so that the built-in hours stand.
fn hours(findings: &mut Findings<'_>, entry: &Entry) -> Option<Vec<Range<u32>>> {
    let mut ranges = Vec::new();
    for node in findings.bounded(entry, MAX_RANGES)? {
        let written = findings.text_node(&entry.key, node, "[\"05:00-06:30\", \"17:00-18:30\"]");
        let read = written.and_then(|written| findings.word(node, word::clock_range(&written)));
        ranges.extend(read.into_iter().flatten());
    }
    (!ranges.is_empty()).then(|| merged(ranges))
}

fn not_enforced_yet(findings: &mut Findings<'_>, entry: &Entry, written_well: bool) {
    if !written_well {
        return;
    }
    let key = &entry.key;
    findings
        .warning(
            "not_enforced_yet",
            &entry.key_span,
            text!(
                "bản loa này đọc «{key}» nhưng chưa chặn buổi phát vượt mức",
                "this version of loa reads `{key}` but does not hold sessions to it yet"
            ),
        )
        .help = Some(text!("tự xem lại bằng: loa plan", "look for yourself with: loa plan"));
}
