use std::ops::RangeInclusive;

use crate::diag::Findings;
use crate::diag::document::KeyValue;

/// Days, unless written: a complaint comes within the month.
const DAYS: u32 = 30;
const DAYS_MOST: i64 = 3_650;
/// Megabytes, unless written: some seventy hours.
const MEGABYTES: u64 = 1_000;
/// Less holds not one recording whole: an hour of a relay, and what comes beside it.
const MEGABYTES_LEAST: i64 = 20;
const MEGABYTES_MOST: i64 = 1_000_000;
const KEYS: [&str; 2] = ["days", "megabytes"];

/// How much of what was sent of higher stations is kept to be heard again: `[kept]` of `loa.toml`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeptLimits {
    /// Days that a recording is kept; none at all where it is nought.
    pub days: u32,
    /// Bytes of all recordings; none at all where it is nought.
    pub bytes: u64,
}

impl Default for KeptLimits {
    fn default() -> Self {
        Self { days: DAYS, bytes: MEGABYTES * 1_000_000 }
    }
}

/// Check `[kept]`.
pub(super) fn kept(findings: &mut Findings<'_>, entry: &KeyValue) -> KeptLimits {
    let mut limits = KeptLimits::default();
    let Some(table) = findings.table(entry, "[kept]") else { return limits };
    findings.unknown_keys(table, &KEYS);
    let mut number = |key: &str, range: RangeInclusive<i64>, example: &str| {
        let entry = table.get(key).filter(|entry| !entry.broken)?;
        findings.integer(entry, range, example)
    };
    if let Some(days) = number("days", 0..=DAYS_MOST, "30").and_then(|days| u32::try_from(days).ok()) {
        limits.days = days;
    }
    if let Some(megabytes) = number("megabytes", MEGABYTES_LEAST..=MEGABYTES_MOST, "1000") {
        limits.bytes = megabytes.unsigned_abs() * 1_000_000;
    }
    limits
}
