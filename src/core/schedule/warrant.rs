use std::ops::Range;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Class, DaySet, LABEL_MOST, Recurrence, Warrant};
use crate::diag::document::Table;
use crate::diag::{Findings, text};

/// A drill or a season of floods; what lasts longer is no emergency.
const MAX_DAYS: i32 = 366;
/// How long the period is that a cure proposes.
const PROPOSED_DAYS: i64 = 7;

/// When a broadcast is due, as far as that bounds it.
pub(super) struct DueDates<'a> {
    pub(super) recurrence: Option<&'a Recurrence>,
    pub(super) from: Option<Date>,
    pub(super) until: Option<Date>,
}

impl DueDates<'_> {
    /// Its first and last day, where it has both.
    fn bounds(&self) -> Option<(Date, Date)> {
        if let Some(DaySet::Dates(dates)) = self.recurrence.and_then(Recurrence::days) {
            return Some((dates.iter().map(|range| range.first).min()?, dates.iter().map(|range| range.last).max()?));
        }
        Some((self.from?, self.until?))
    }

    fn is_short(&self) -> bool {
        self.bounds().is_some_and(|(first, last)| last <= first.saturating_add(MAX_DAYS.days()))
    }
}

/// What `by` and `why` say; anything but an emergency may have them too.
pub(super) fn said(findings: &mut Findings<'_>, table: &Table) -> [Option<String>; 2] {
    [("by", "\"Nguyễn Văn A, chủ tịch xã\""), ("why", "\"diễn tập phòng chống lũ\"")]
        .map(|(key, example)| table.get(key).and_then(|entry| findings.caption(entry, LABEL_MOST, example)))
}

/// `by`, `why` and dates: what lets an emergency stand in a schedule. It passes the lawful hours and cuts into
/// everything else, so that somebody answers for it, and it comes to an end. Without one of them it is an
/// error, and does not play.
pub(super) fn warrant(
    findings: &mut Findings<'_>,
    (table, header): (&Table, &Range<usize>),
    [by, why]: [Option<String>; 2],
    class: Class,
    dated: &DueDates<'_>,
    today: Date,
) -> Option<Arc<Warrant>> {
    let entry = table.get("class").filter(|_| class == Class::Emergency)?;
    let (span, own) = (header, &entry.node.span);
    for (key, is_there, help) in [
        (
            "by",
            by.is_some(),
            text!("thêm dòng: by = \"Nguyễn Văn A, chủ tịch xã\"", "add a line: by = \"Nguyen Van A, chair\""),
        ),
        (
            "why",
            why.is_some(),
            text!("thêm dòng: why = \"diễn tập phòng chống lũ\"", "add a line: why = \"flood drill\""),
        ),
    ] {
        if !is_there {
            findings
                .error(
                    "emergency_incomplete",
                    span,
                    text!(
                        "mục khẩn cấp theo lịch phải có «{key}» (by: ai ra lệnh, why: vì sao); thiếu thì không phát",
                        "a scheduled emergency needs `{key}` (by: who ordered it, why: for what); without it does not play"
                    ),
                )
                .help = Some(help);
        }
    }
    // Where the days themselves cannot be read, that has been told.
    if dated.recurrence.is_some() && !dated.is_short() {
        let first = dated.from.unwrap_or(today);
        let last = first.saturating_add(PROPOSED_DAYS.days());
        let missing = [("from", first), ("until", last)].into_iter().filter(|(key, _)| table.get(key).is_none());
        let missing: Vec<_> = missing.collect();
        for (key, day) in &missing {
            findings
                .error(
                    "emergency_incomplete",
                    span,
                    text!(
                        "mục khẩn cấp theo lịch phải có ngày bắt đầu và ngày kết thúc; thiếu «{key}»",
                        "a scheduled emergency needs a first and a last day; `{key}` is missing"
                    ),
                )
                .help = Some(text!("thêm dòng: {key} = {day}", "add a line: {key} = {day}"));
        }
        if missing.is_empty() {
            findings
                .error(
                    "emergency_incomplete",
                    span,
                    text!(
                        "mục khẩn cấp theo lịch kéo dài nhiều nhất {MAX_DAYS} ngày",
                        "a scheduled emergency lasts {MAX_DAYS} days at most"
                    ),
                )
                .help = Some(text!("viết: until = {last}", "write: until = {last}"));
        }
    }
    let (by, why) = (by?, why?);
    findings
        .warning(
            "scheduled_emergency",
            own,
            text!(
                "mục khẩn cấp theo lịch phát cả ngoài khung giờ cho phép và cắt ngang mọi mục khác",
                "a scheduled emergency sounds outside the lawful hours too, and cuts into everything else"
            ),
        )
        .help = Some(text!(
        "nếu không phải diễn tập hay báo động, viết class = \"priority\"",
        "unless it is a drill or an alarm, write class = \"priority\""
    ));
    Some(Arc::new(Warrant { by, why }))
}
