use std::ops::Range;

use jiff::civil::{Date, Time};

use super::crontab::crontab;
use super::meaning::listed;
use super::times::Week;
use super::word::{self, EVERY_DAY};
use super::{DaySet, Leap, Recurrence};
use crate::diag::document::{KeyValue, Table, TomlValue, clean};
use crate::diag::{Findings, text};

/// Check what says when a broadcast plays: `cron`, or `at` with `days`, `dates` or `lunar`.
pub(super) fn recurrence(
    findings: &mut Findings<'_>,
    table: &Table,
    header: &Range<usize>,
    leap: Leap,
    today: Date,
) -> Option<Recurrence> {
    let at = table.get("at");
    let days = ["days", "dates", "lunar"].into_iter().filter_map(|key| table.get(key)).collect::<Vec<_>>();
    if let Some(entry) = table.get("cron") {
        let written = findings.text(entry, "\"0 30 5 * * Mon-Fri\"");
        let cron = written.and_then(|written| crontab(findings, &entry.node, &written, today));
        let Some(other) = at.or_else(|| days.first().copied()) else { return cron.map(Recurrence::Cron) };
        conflict(findings, entry, other);
        // Whichever of the two stays is right then.
        if let Some(at) = at.filter(|at| at.node.table().is_none()) {
            findings.times(at);
        }
        return None;
    }
    if let [first, second, ..] = days[..] {
        conflict(findings, second, first);
    }
    if let (Some(at), [days]) = (at, &days[..])
        && swapped(findings, at, days)
    {
        return None;
    }
    let Some(at) = at else {
        if !findings.is_meant(table, "at") {
            missing_at(findings, days.first().copied(), header);
        }
        return None;
    };
    let times = match at.node.table() {
        Some(table) => findings.week_times(table, &at.node).map(When::Week),
        None => findings.times(at).map(When::Same),
    };
    let mut sets = days.iter().map(|entry| match entry.key.as_str() {
        "days" => findings.days_or_names(entry),
        "dates" => findings.dates(entry).map(DaySet::Dates),
        _ => findings.lunar(entry, leap).map(DaySet::Lunar),
    });
    let days = sets.next().unwrap_or(Some(DaySet::Weekdays(EVERY_DAY)));
    // Two ways of saying the days are an error already; what is wrong in the second is told with it.
    sets.for_each(drop);
    let days = days?;
    Some(match times? {
        When::Same(times) => Recurrence::At { times, days },
        When::Week(times) => Recurrence::Week { times: Box::new(times), days },
    })
}

/// What `at` says.
enum When {
    Same(Vec<Time>),
    Week(Week),
}

/// `at = "T2-T6"` and `days = "05:30"`: each stands where the other belongs. True where it is so.
fn swapped(findings: &mut Findings<'_>, at: &KeyValue, days: &KeyValue) -> bool {
    let (TomlValue::Text(when), TomlValue::Text(which)) = (&at.node.value, &days.node.value) else { return false };
    let (when, which) = (clean(when), clean(which));
    // Nearly always: what is read where it stands belongs there.
    if word::days(&which).is_ok() {
        return false;
    }
    let named = word::days(&when).ok().map(|_| when.clone()).or_else(|| word::meant_days(&when));
    let (Some(named), Some(times)) = (named.filter(|_| days.key == "days"), word::meant_times(&which)) else {
        return false;
    };
    let times = listed(&times);
    let label = findings.label(&days.key_span, text!("giờ viết ở đây", "the time is here"));
    let found = findings.error(
        "swapped_keys",
        &at.key_span,
        text!("giờ và ngày viết đổi chỗ cho nhau", "the time and the days stand in each other's place"),
    );
    found.related.push(label);
    found.help = Some(text!(
        "ở hai dòng ấy viết: at = {times} và days = \"{named}\"",
        "in the two lines write: at = {times} and days = \"{named}\""
    ));
    true
}

fn conflict(findings: &mut Findings<'_>, entry: &KeyValue, other: &KeyValue) {
    let (key, rival) = (&entry.key, &other.key);
    let label = findings.label(&other.key_span, text!("«{rival}» ở đây", "`{rival}` is here"));
    let found = findings.error(
        "conflicting_keys",
        &entry.key_span,
        text!("«{key}» và «{rival}» không đi cùng nhau", "`{key}` and `{rival}` do not go together"),
    );
    found.related.push(label);
    found.help = Some(text!(
        "chỉ giữ một cách viết: at kèm days, at kèm dates, at kèm lunar, hoặc chỉ cron",
        "keep one way of saying when: at with days, at with dates, at with lunar, or cron alone"
    ));
}

fn missing_at(findings: &mut Findings<'_>, days: Option<&KeyValue>, header: &Range<usize>) {
    let span = days.map_or(header, |entry| &entry.key_span);
    let message = match days {
        Some(entry) => {
            let key = &entry.key;
            text!("có «{key}» mà không có giờ phát", "there is `{key}`, but no time of day")
        }
        None => text!("mục phát này không có giờ phát", "this broadcast has no time"),
    };
    findings.error("missing_at", span, message).help =
        Some(text!("thêm dòng: at = \"05:30\"", "add a line: at = \"05:30\""));
}
