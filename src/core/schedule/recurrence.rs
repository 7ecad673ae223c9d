use std::ops::Range;

use jiff::civil::{Date, Time};

use super::crontab::crontab;
use super::times::Week;
use super::word::EVERY_DAY;
use super::{DaySet, Leap, Recurrence};
use crate::diag::document::{Entry, Table};
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
        if let Some(other) = at.or_else(|| days.first().copied()) {
            conflict(findings, entry, other);
            return None;
        }
        let written = findings.text(entry, "\"0 30 5 * * Mon-Fri\"")?;
        return crontab(findings, &entry.node, &written, today).map(Recurrence::Cron);
    }
    if let [first, second, ..] = days[..] {
        conflict(findings, second, first);
    }
    let Some(at) = at else {
        if !table.misspells("at") {
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

fn conflict(findings: &mut Findings<'_>, entry: &Entry, other: &Entry) {
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

fn missing_at(findings: &mut Findings<'_>, days: Option<&Entry>, header: &Range<usize>) {
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
