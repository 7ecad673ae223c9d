use jiff::ToSpan;
use jiff::civil::{DateTime, Time};

use super::Mourning;
use super::word::{self, Moment};
use crate::diag::document::{KeyValue, Node, TomlValue, clean};
use crate::diag::{Findings, text};

const KEYS: [&str; 3] = ["name", "from", "until"];

/// Check `[mourning]`, or one `[[mourning]]`. Music that was to be silent must not sound for a slip of the pen:
/// as much of it as can be read holds.
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
    findings.unknown_keys(table, &KEYS);
    let name = table.get("name").and_then(|entry| findings.title(entry)).unwrap_or_default();
    let [first, last] = ["from", "until"].map(|key| table.get(key).and_then(|entry| findings.meant_moment(entry)));
    let mut end = |key: &str, read: Option<Moment>, other: Option<Moment>| {
        if table.get(key).is_none() {
            let day = other.map_or_else(|| findings.meaning().today, |other| begin_of(other).date());
            findings
                .error(
                    "missing_key",
                    &node.span,
                    text!("ngày để tang này thiếu «{key}»", "this mourning has no `{key}`"),
                )
                .help = Some(text!("thêm dòng: {key} = {day}", "add a line: {key} = {day}"));
        }
        read
    };
    let (from, until) = (end("from", first, last), end("until", last, first));
    // With one end only, that day is one of mourning as far as anybody knows.
    let day = |end: Option<Moment>| match end? {
        Moment::Day(day) => Some(Moment::Day(day)),
        Moment::Time(at) => Some(Moment::Day(at.date())),
    };
    let (from, until) = (from.or_else(|| day(until))?, until.or_else(|| day(from))?);
    let (begin, end) = (begin_of(from), end_of(until));
    if end > begin {
        return Some(Mourning { name, from: begin, until: end });
    }
    let entry = table.get("until")?;
    findings
        .error(
            "until_before_from",
            &entry.node.span,
            text!("ngày để tang kết thúc trước khi bắt đầu", "the mourning ends before it begins"),
        )
        .help =
        Some(text!("đổi lại from và until; cả hai ngày đều được tính", "look at from and until; both days count"));
    let (begin, end) = (begin_of(until), end_of(from));
    (end > begin).then_some(Mourning { name, from: begin, until: end })
}

pub(super) fn begin_of(from: Moment) -> DateTime {
    match from {
        Moment::Day(day) => day.to_datetime(Time::midnight()),
        Moment::Time(at) => at,
    }
}

pub(super) fn end_of(until: Moment) -> DateTime {
    match until {
        // The last day counts, all of it.
        Moment::Day(day) => day.saturating_add(1.day()).to_datetime(Time::midnight()),
        Moment::Time(at) => at,
    }
}

impl Findings<'_> {
    /// The same, with what its cure would make of it where it cannot be read: what is silent for it is silent until then.
    pub(super) fn meant_moment(&mut self, entry: &KeyValue) -> Option<Moment> {
        let read = self.moment(entry);
        let TomlValue::Text(written) = &entry.node.value else { return read };
        read.or_else(|| word::meant_moment(&clean(written)))
    }

    /// A date, or a date with a time, with or without quotes.
    pub(super) fn moment(&mut self, entry: &KeyValue) -> Option<Moment> {
        match &entry.node.value {
            TomlValue::Date(day) => Some(Moment::Day(*day)),
            TomlValue::Moment(Some(at)) => Some(Moment::Time(*at)),
            TomlValue::Text(written) => self.word(&entry.node, word::moment(&clean(written))),
            _ => {
                // With the time zone behind it, the time of the place is what stands before.
                let written = self.file().text.get(entry.node.span.clone()).unwrap_or_default();
                let local = written.get(..19).filter(|local| local.parse::<DateTime>().is_ok());
                let example = local.map_or_else(|| self.meaning().today.to_string(), str::to_owned);
                self.wrong_type(
                    &entry.key,
                    &entry.node,
                    &text!("một ngày, hoặc ngày kèm giờ địa phương", "a date, or a date with a local time"),
                    &example,
                );
                None
            }
        }
    }
}
