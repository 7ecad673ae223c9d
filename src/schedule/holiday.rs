use super::{Holiday, HolidayDates};
use crate::diag::document::Node;
use crate::diag::{Findings, text};

const KEYS: [&str; 4] = ["name", "date", "lunar", "from_year"];
/// Longer is a lesson, not a name.
const MAX_LUNAR_CHARS: usize = 40;

/// Check one `[[holiday]]`.
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
    let errors = findings.errors();
    findings.unknown_keys(table, &KEYS);
    let name = table.get("name").and_then(|entry| findings.title(entry));
    if table.get("name").is_none() {
        findings.error("missing_key", &node.span, text!("ngày nghỉ này thiếu tên", "this holiday has no name")).help =
            Some(text!("thêm dòng: name = \"Quốc khánh\"", "add a line: name = \"Quốc khánh\""));
    }
    if let Some(entry) = table.get("from_year") {
        findings.integer(entry, 1900..=2199, "2026");
    }
    let dates = match (table.get("date"), table.get("lunar")) {
        (Some(entry), None) => findings.date_range("date", &entry.node).map(HolidayDates::Dates),
        (None, Some(entry)) => {
            let written = findings.text(entry, "\"10/3\"").filter(|written| written.chars().count() <= MAX_LUNAR_CHARS);
            findings
                .warning(
                    "lunar_not_yet",
                    &entry.node.span,
                    text!(
                        "bản loa này chưa tính ngày âm lịch, nên chưa biết ngày nghỉ này rơi vào ngày nào",
                        "this version of loa does not count lunar days yet, so this holiday is not kept"
                    ),
                )
                .help = Some(text!(
                "viết thêm ngày dương lịch của năm nay: date = \"2026-02-14..2026-02-20\"",
                "write this year's solar dates as well: date = \"2026-02-14..2026-02-20\""
            ));
            written.map(HolidayDates::Lunar)
        }
        (Some(_), Some(entry)) => {
            findings
                .error(
                    "conflicting_keys",
                    &entry.key_span,
                    text!("viết date hoặc lunar, không viết cả hai", "write date or lunar, not both"),
                )
                .help =
                Some(text!("xóa một dòng, hoặc viết thành hai [[holiday]]", "delete one, or write two [[holiday]]"));
            None
        }
        (None, None) => {
            findings
                .error("missing_key", &node.span, text!("ngày nghỉ này thiếu ngày", "this holiday has no date"))
                .help = Some(text!("thêm dòng: date = 2026-09-02", "add a line: date = 2026-09-02"));
            None
        }
    };
    (findings.errors() == errors).then_some(Holiday { name: name?, dates: dates? })
}
