use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::field::numbered;
use super::mourning::{begin_of, end_of};
use super::word::{self, Moment};
use super::zone_names::zones as zone_names;
use super::{Cancel, DateRange, LABEL_MOST, place_of};
use crate::diag::document::{KeyValue, Node, TomlValue, any_range, clean, coming_date, turned_date};
use crate::diag::{Findings, text};
use crate::station::{Station, ZoneIx};

const KEYS: [&str; 6] = ["date", "dates", "from", "until", "zones", "why"];

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
    let mut known = KEYS.to_vec();
    if table.get("days").is_some_and(|entry| findings.is_weekly(entry)) {
        known.push("days");
    }
    findings.unknown_keys(table, &known);
    let mut ranges: Vec<DateRange> = Vec::new();
    for entry in ["date", "dates"].iter().filter_map(|key| table.get(key)) {
        ranges.extend(findings.dates_off(entry));
    }
    let [from, until] = ["from", "until"].map(|key| table.get(key));
    let mut hours: Option<Range<DateTime>> = None;
    let ends = [from, until].map(|entry| entry.and_then(|entry| findings.meant_moment(entry)));
    if let [Some(first), Some(last)] = ends
        && [first, last].iter().any(|end| matches!(end, Moment::Time(_)))
    {
        hours = Some(between(findings, first, last, until));
    }
    let ends = ends.map(|end| end.map(day_of));
    match ends {
        [Some(_), Some(_)] if hours.is_some() => {}
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
    let why = table.get("why").and_then(|entry| findings.caption(entry, LABEL_MOST, "\"quốc tang\""));
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
        hours: None,
        why: why.clone(),
        place: place.clone(),
    });
    let hours = hours.map(|hours| Cancel {
        first: hours.start.date(),
        last: hours.end.saturating_sub(1.nanosecond()).date(),
        hours: Some(hours),
        why: why.clone(),
        place: place.clone(),
    });
    let days: Vec<Cancel> = days.chain(hours).collect();
    (!days.is_empty()).then_some(Cancelled { days, zones, span: node.span.clone() })
}

fn day_of(end: Moment) -> jiff::civil::Date {
    match end {
        Moment::Day(day) => day,
        Moment::Time(at) => at.date(),
    }
}

/// From one end to the other; turned round it is as plain which hours are meant.
fn between(findings: &mut Findings<'_>, first: Moment, last: Moment, until: Option<&KeyValue>) -> Range<DateTime> {
    let (begin, end) = (begin_of(first), end_of(last));
    if end > begin {
        return begin..end;
    }
    if let Some(entry) = until {
        findings
            .error(
                "until_before_from",
                &entry.node.span,
                text!("lúc hết nghỉ đứng trước lúc bắt đầu", "this ends before it begins"),
            )
            .help = Some(text!("đổi lại from và until", "look at from and until"));
    }
    begin_of(last)..end_of(first).max(begin_of(last).saturating_add(1.minute()))
}

impl Findings<'_> {
    /// `days = "sat"`: told that dates are called off here, and no weekdays.
    fn is_weekly(&mut self, entry: &KeyValue) -> bool {
        let TomlValue::Text(written) = &entry.node.value else { return false };
        let Ok(days) = word::days(&clean(written)) else { return false };
        let today = self.meaning().today;
        let is_one = |day: &Date| days >> day.weekday().to_monday_zero_offset() & 1 == 1;
        let coming = (0..7_i32).filter_map(|ahead| today.checked_add(ahead.days()).ok()).find(is_one).unwrap_or(today);
        let message = text!(
            "[[cancel]] nghỉ những ngày cụ thể; nghỉ hằng tuần thì viết «days» trong [rules]",
            "[[cancel]] calls off certain dates; for every week there is `days` in [rules]"
        );
        self.error("unknown_key", &entry.key_span, message).help =
            Some(text!("viết ngày ấy: date = {coming}", "write that day: date = {coming}"));
        true
    }

    /// The dates that can be read, and those that can be cured: until then they are called off too.
    fn dates_off(&mut self, entry: &KeyValue) -> Vec<DateRange> {
        let today = self.meaning().today;
        let read = |findings: &mut Self, node: &Node| {
            let read = findings.date_range(&entry.key, node);
            read.or_else(|| match &node.value {
                TomlValue::Text(written) => meant_range(&clean(written), today),
                TomlValue::Moment(Some(_)) | TomlValue::Integer(_) => numbered(&entry.key, node),
                _ => None,
            })
        };
        match &entry.node.value {
            TomlValue::List(nodes) if nodes.is_empty() => self.dates(entry).unwrap_or_default(),
            _ => entry.node.items().iter().take(MAX_DATES).filter_map(|node| read(self, node)).collect(),
        }
    }

    /// The dates of a list that can be read.
    pub(super) fn legible_dates(&mut self, entry: &KeyValue) -> Vec<DateRange> {
        let nodes = match &entry.node.value {
            TomlValue::List(nodes) if nodes.is_empty() => return self.dates(entry).unwrap_or_default(),
            TomlValue::List(nodes) if nodes.len() > MAX_DATES => &nodes[..MAX_DATES],
            _ => entry.node.items(),
        };
        nodes.iter().filter_map(|node| self.date_range(&entry.key, node)).collect()
    }
}

/// The days that the cure of a wrong date names.
fn meant_range(written: &str, today: Date) -> Option<DateRange> {
    let one = turned_date(written).or_else(|| coming_date(written, today)).map(|day| (day, day));
    let two = || {
        let (first, last) = written.split_once("..")?;
        Some((word::date(last).ok()?, word::date(first).ok()?))
    };
    one.or_else(|| any_range(written, today)).or_else(two).map(|(first, last)| DateRange { first, last })
}

/// A year of single days.
const MAX_DATES: usize = 366;
