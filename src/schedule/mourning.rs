use jiff::ToSpan;
use jiff::civil::Time;

use super::Mourning;
use super::word::{self, Moment};
use crate::diag::document::{Entry, Node, Value, clean};
use crate::diag::{Findings, text};

const KEYS: [&str; 3] = ["name", "from", "until"];

/// Check `[mourning]`, or one `[[mourning]]`.
pub(super) fn mourning(findings: &mut Findings<'_>, node: &Node) -> Option<Mourning> {
    let Some(table) = node.table() else {
        findings.wrong_type(
            "mourning",
            node,
            &text!("một bảng [mourning]", "a table [mourning]"),
            "{ from = 2026-12-01, until = 2026-12-02 }",
        );
        return None;
    };
    let errors = findings.errors();
    findings.unknown_keys(table, &KEYS);
    let name = table.get("name").and_then(|entry| findings.title(entry)).unwrap_or_default();
    let mut end = |key: &str| {
        let Some(entry) = table.get(key) else {
            findings
                .error(
                    "missing_key",
                    &node.span,
                    text!("ngày để tang này thiếu «{key}»", "this mourning has no `{key}`"),
                )
                .help = Some(text!("thêm dòng: {key} = 2026-12-01", "add a line: {key} = 2026-12-01"));
            return None;
        };
        findings.moment(entry)
    };
    let (from, until) = (end("from"), end("until"));
    let from = match from? {
        Moment::Day(day) => day.to_datetime(Time::midnight()),
        Moment::Time(at) => at,
    };
    let until = match until? {
        // The last day counts, all of it.
        Moment::Day(day) => day.saturating_add(1.day()).to_datetime(Time::midnight()),
        Moment::Time(at) => at,
    };
    if until <= from {
        let entry = table.get("until")?;
        findings
            .error(
                "until_before_from",
                &entry.node.span,
                text!("ngày để tang kết thúc trước khi bắt đầu", "the mourning ends before it begins"),
            )
            .help =
            Some(text!("đổi lại from và until; cả hai ngày đều được tính", "look at from and until; both days count"));
    }
    (findings.errors() == errors).then_some(Mourning { name, from, until })
}

impl Findings<'_> {
    /// A date, or a date with a time, with or without quotes.
    fn moment(&mut self, entry: &Entry) -> Option<Moment> {
        match &entry.node.value {
            Value::Date(day) => Some(Moment::Day(*day)),
            Value::Moment(Some(at)) => Some(Moment::Time(*at)),
            Value::Text(written) => self.word(&entry.node, word::moment(&clean(written))),
            _ => {
                self.wrong_type(
                    &entry.key,
                    &entry.node,
                    &text!("một ngày, hoặc ngày kèm giờ địa phương", "a date, or a date with a local time"),
                    "2026-12-01",
                );
                None
            }
        }
    }
}
