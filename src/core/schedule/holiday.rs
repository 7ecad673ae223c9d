use super::{DaySet, Holiday, Place};
use crate::diag::document::Node;
use crate::diag::{Findings, text};

const KEYS: [&str; 5] = ["name", "date", "lunar", "leap", "from_year"];

/// What a day is called whose name cannot be read.
const UNNAMED: &str = "ngày nghỉ";

/// Check one `[[holiday]]`. Without it broadcasts would sound on a day on which they were to be silent, so
/// that every day of it that can be read counts, whatever else is wrong.
pub(super) fn holiday(findings: &mut Findings<'_>, node: &Node) -> Option<Holiday> {
    let Some(table) = node.table() else {
        findings.wrong_type(
            "holiday",
            node,
            &text!("một bảng [[holiday]]", "a table [[holiday]]"),
            "[{ name = \"Quốc khánh\", date = 2026-09-02 }]",
        );
        return None;
    };
    findings.unknown_keys(table, &KEYS);
    let name = table.get("name").and_then(|entry| findings.title(entry));
    if table.get("name").is_none() && !findings.is_meant(table, "name") {
        findings.error("missing_key", &node.span, text!("ngày nghỉ này thiếu tên", "this holiday has no name")).help =
            Some(text!("thêm dòng: name = \"Quốc khánh\"", "add a line: name = \"Quốc khánh\""));
    }
    let from_year = table.get("from_year").and_then(|entry| findings.integer(entry, 1900..=2199, "2026"));
    let leap = findings.leap(table);
    findings.idle_leap(table, table.get("lunar").is_some());
    let mut sets = Vec::new();
    if let Some(entry) = table.get("date") {
        let dates = findings.legible_dates(entry);
        sets.extend((!dates.is_empty()).then_some(DaySet::Dates(dates)));
    }
    if let Some(entry) = table.get("lunar") {
        sets.extend(findings.lunar(entry, leap).map(DaySet::Lunar));
        if table.get("date").is_some() {
            findings
                .error(
                    "conflicting_keys",
                    &entry.key_span,
                    text!("viết date hoặc lunar, không viết cả hai", "write date or lunar, not both"),
                )
                .help =
                Some(text!("xóa một dòng, hoặc viết thành hai [[holiday]]", "delete one, or write two [[holiday]]"));
        }
    }
    let dated = ["date", "lunar"].iter().any(|key| table.get(key).is_some() || findings.is_meant(table, key));
    if !dated {
        findings.error("missing_key", &node.span, text!("ngày nghỉ này thiếu ngày", "this holiday has no date")).help =
            Some(text!("thêm dòng: date = 2026-09-02", "add a line: date = 2026-09-02"));
    }
    let dates = if sets.len() > 1 { DaySet::Any(sets) } else { sets.pop()? };
    let place = Place {
        file: findings.file().path.clone(),
        line: findings.lines().line(node.span.start),
        span: node.span.clone(),
    };
    let from_year = from_year.and_then(|year| i16::try_from(year).ok());
    Some(Holiday { name: name.unwrap_or_else(|| UNNAMED.to_owned()), dates, from_year, place })
}
