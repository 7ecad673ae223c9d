use super::day_field::is_name;
use super::{DaySet, DayType, Place};
use crate::diag::document::{KeyValue, clean};
use crate::diag::{Findings, shown, text};

const KEYS: [&str; 6] = ["days", "dates", "lunar", "leap", "from", "until"];

/// Check `[days]`: each `[days.NAME]` in it.
pub(super) fn day_types(findings: &mut Findings<'_>, entry: &KeyValue) -> Vec<(String, DayType)> {
    let Some(table) = findings.table(entry, "[days.cho-phien]") else { return Vec::new() };
    let mut out = Vec::new();
    for entry in &table.entries {
        let name = clean(&entry.key);
        if is_name(&name) {
            out.extend(day_type(findings, entry).map(|days| (name, days)));
            continue;
        }
        let name = shown(&name);
        findings
            .error(
                "bad_id",
                &entry.key_span,
                text!("«{name}» không dùng làm tên loại ngày được", "\"{name}\" cannot be the name of a kind of days"),
            )
            .help = Some(text!(
            "đặt tên khác với ngày trong tuần và ngày âm lịch, ví dụ [days.cho-phien]",
            "take a name that is no weekday and no lunar day, such as [days.cho-phien]"
        ));
    }
    out
}

fn day_type(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<DayType> {
    let name = shown(&entry.key);
    let table = findings.table(entry, &format!("[days.{name}]"))?;
    findings.unknown_keys(table, &KEYS);
    let errors = findings.errors();
    let leap = findings.leap(table);
    let mut sets = Vec::new();
    for entry in &table.entries {
        match entry.key.as_str() {
            "days" => sets.extend(findings.days(entry).map(DaySet::Weekdays)),
            "dates" => sets.extend(findings.dates(entry).map(DaySet::Dates)),
            "lunar" => sets.extend(findings.lunar(entry, leap).map(DaySet::Lunar)),
            _ => {}
        }
    }
    findings.idle_leap(table, table.get("lunar").is_some());
    let from = table.get("from").and_then(|entry| findings.date(entry));
    let until = table.get("until").and_then(|entry| findings.date(entry));
    findings.in_order(from, until, table.get("until"));
    if ["days", "dates", "lunar"].iter().all(|key| table.get(key).is_none()) {
        findings
            .error(
                "missing_key",
                &entry.key_span,
                text!("loại ngày «{name}» không có ngày nào", "\"{name}\" has no days"),
            )
            .help = Some(text!(
            "thêm một dòng: days = \"sun\", dates = [2026-12-05] hoặc lunar = [\"2\", \"7\"]",
            "add a line: days = \"sun\", dates = [2026-12-05] or lunar = [\"2\", \"7\"]"
        ));
    }
    let days = if sets.len() == 1 { sets.remove(0) } else { DaySet::Any(sets) };
    let place = Place {
        file: findings.file().path.clone(),
        line: findings.lines().line(entry.key_span.start),
        span: entry.key_span.clone(),
    };
    (findings.errors() == errors).then_some(DayType { days, from, until, place })
}
