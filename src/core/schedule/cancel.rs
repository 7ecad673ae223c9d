use std::ops::Range;

use super::zone_names::zones as zone_names;
use super::{Cancel, DateRange, place_of};
use crate::diag::document::{Node, Value};
use crate::diag::{Findings, text};
use crate::station::{Station, ZoneIx};

const KEYS: [&str; 6] = ["date", "dates", "from", "until", "zones", "why"];
/// The reason stands in journals.
const MAX_WHY_CHARS: usize = 200;

/// A `[[cancel]]` of one file: for whom, and which days.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Cancelled {
    pub(super) days: Vec<Cancel>,
    /// `None` for all zones.
    pub(super) zones: Option<Vec<ZoneIx>>,
    pub(super) span: Range<usize>,
}

/// Check one `[[cancel]]`.
///
/// What is wrong with it never lets something sound that was to be silent: days that can be read are
/// cancelled whatever else is wrong, and where no zone is known, in all of them.
pub(super) fn cancel(findings: &mut Findings<'_>, node: &Node, station: &Station) -> Option<Cancelled> {
    let example = "[{ date = 2026-12-10, why = \"quốc tang\" }]";
    let Some(table) = node.table() else {
        findings.wrong_type("cancel", node, &text!("một bảng [[cancel]]", "a table [[cancel]]"), example);
        return None;
    };
    findings.unknown_keys(table, &KEYS);
    let mut ranges: Vec<DateRange> = Vec::new();
    for entry in ["date", "dates"].iter().filter_map(|key| table.get(key)) {
        ranges.extend(findings.legible_dates(entry));
    }
    let [from, until] = ["from", "until"].map(|key| table.get(key));
    let ends = [from, until].map(|entry| entry.and_then(|entry| findings.date(entry)));
    match ends {
        // Turned round it is as plain which days are meant.
        [Some(first), Some(last)] => {
            findings.in_order(Some(first), Some(last), until);
            ranges.push(DateRange { first: first.min(last), last: first.max(last) });
        }
        [Some(day), None] | [None, Some(day)] => {
            if let (Some(entry), None) | (None, Some(entry)) = (from, until) {
                let (key, other) = if from.is_some() { ("from", "until") } else { ("until", "from") };
                findings
                    .error(
                        "missing_key",
                        &entry.key_span,
                        text!(
                            "có «{key}» mà không có «{other}»: chỉ nghỉ đúng ngày {day}",
                            "there is `{key}` without `{other}`: only {day} is cancelled"
                        ),
                    )
                    .help = Some(text!("thêm dòng: {other} = {day}", "add a line: {other} = {day}"));
            }
            ranges.push(DateRange { first: day, last: day });
        }
        [None, None] => {}
    }
    if KEYS[..4].iter().all(|key| table.get(key).is_none() && !findings.is_meant(table, key)) {
        findings.error("missing_key", &node.span, text!("đoạn nghỉ này thiếu ngày", "this cancels no day")).help =
            Some(text!("thêm dòng: date = 2026-12-10", "add a line: date = 2026-12-10"));
    }
    let why = table.get("why").and_then(|entry| findings.caption(entry, MAX_WHY_CHARS, "\"quốc tang\""));
    if why.is_none() && table.get("why").is_none() && !findings.is_meant(table, "why") {
        findings
            .warning(
                "missing_key",
                &node.span,
                text!(
                    "đoạn nghỉ này không nói vì sao; nhật ký sẽ thiếu lý do",
                    "this does not say why; the journal will lack the reason"
                ),
            )
            .help = Some(text!("thêm dòng: why = \"quốc tang\"", "add a line: why = \"a day of mourning\""));
    }
    let zones = table.get("zones").and_then(|_| zone_names(findings, table, station));
    let place = place_of(findings, &node.span);
    let why = why.unwrap_or_default();
    let days = ranges.into_iter().map(|DateRange { first, last }| Cancel {
        first,
        last,
        why: why.clone(),
        place: place.clone(),
    });
    let days: Vec<Cancel> = days.collect();
    (!days.is_empty()).then_some(Cancelled { days, zones, span: node.span.clone() })
}

impl Findings<'_> {
    /// The dates of a list that can be read.
    pub(super) fn legible_dates(&mut self, entry: &crate::diag::document::Entry) -> Vec<DateRange> {
        let nodes = match &entry.node.value {
            Value::List(nodes) if nodes.is_empty() => return self.dates(entry).unwrap_or_default(),
            Value::List(nodes) if nodes.len() > MAX_DATES => &nodes[..MAX_DATES],
            _ => entry.node.items(),
        };
        nodes.iter().filter_map(|node| self.date_range(&entry.key, node)).collect()
    }
}

/// A year of single days.
const MAX_DATES: usize = 366;
