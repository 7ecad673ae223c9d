//! What was heard in the last day, by the journal: what failed yesterday may fail tomorrow.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::Look;
use crate::checkup::Finding;
use crate::diag::{Text, text};
use crate::fact::{Entry, EntryKind, Outcome, UncountedRows};
use crate::instant::Wall;
use crate::journal::{Filter, Reader};
use crate::plan;
use crate::reason::Reason;
use crate::site::Site;

/// How far it looks back.
const BACK: Duration = Duration::from_hours(24);

/// More rows than a large commune has in a day.
const ROWS_MOST: u32 = 10_000;

/// Further reasons than this are left to `loa journal`.
const TOLD_MOST: usize = 5;

/// `None` where there is no journal to ask, or nothing in it.
pub(super) fn look(dir: &Path, now: Wall, tz: &TimeZone) -> Option<Look> {
    let reader = Reader::open(&Site::new(dir).journal()).ok()??;
    let filter = Filter {
        from: Some(now - BACK),
        to: Some(now),
        kind: Some(EntryKind::Airing),
        limit: Some(ROWS_MOST),
        ..Filter::default()
    };
    let rows = reader.select(&filter).ok()?;
    (!rows.is_empty()).then(|| judged(&rows, tz))
}

fn judged(rows: &[Entry], tz: &TimeZone) -> Look {
    // Tests, drills and alarms taken back in time are in no total anywhere.
    let uncounted = UncountedRows::of(rows);
    let rows: Vec<&Entry> = rows.iter().filter(|row| uncounted.find(row).is_none()).collect();
    let count = |outcome| rows.iter().filter(|row| row.outcome == Some(outcome)).count();
    let (played, partial) = (count(Outcome::Played), count(Outcome::Partial));
    let (missed, refused) = (count(Outcome::Missed), count(Outcome::Refused));
    let seen = text!(
        "{played} lượt đã phát, {partial} phát một phần, {missed} bị lỡ, {refused} bị từ chối",
        "{played} played, {partial} partly, {missed} missed, {refused} refused"
    );
    // One finding for each reason, the latest row with it as its example.
    let mut reasons: BTreeMap<&str, (usize, &Entry)> = BTreeMap::new();
    let wanted = |reason: &Reason| {
        matches!(
            reason,
            Reason::Stopped(_)
                | Reason::Recalled(_)
                | Reason::Superseded(_)
                | Reason::Cancelled
                | Reason::Shutdown
                | Reason::Interrupted(_)
                | Reason::Joined
        )
    };
    let failed = |row: &&Entry| matches!(row.outcome, Some(Outcome::Missed | Outcome::Partial));
    for row in rows.iter().copied().filter(failed) {
        // What people stopped, took out or switched off is what they wanted.
        if !row.reason.as_ref().is_some_and(wanted) {
            let code = row.reason.as_ref().map_or("", Reason::code);
            let known = reasons.entry(code).or_insert((0, row));
            *known = (known.0 + 1, row);
        }
    }
    let findings = reasons.into_values().take(TOLD_MOST).map(|(count, row)| finding(count, row, tz)).collect();
    Look::new(text!("24 giờ qua, theo nhật ký", "The last 24 hours, by the journal"), seen, findings)
}

fn finding(count: usize, row: &Entry, tz: &TimeZone) -> Finding {
    let Text { vi, en } = row.reason.as_ref().map_or_else(|| text!("", ""), Reason::words);
    let (title, at) = (&row.title, row.planned.map_or_else(String::new, |at| plan::clock(at, tz)));
    let message = text!(
        "{count} lượt không phát hay không phát trọn, gần nhất là «{title}» lúc {at}: {vi}",
        "{count} not heard, or not whole, the last of them \"{title}\" at {at}: {en}"
    );
    Finding::warning(
        "not_heard",
        message,
        text!("xem từng lượt: loa journal --from -24h", "see each of them: loa journal --from -24h"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sample::{at, zone};

    #[test]
    fn what_failed_in_the_last_day_is_told_once_for_each_reason() {
        let tz = zone("Asia/Ho_Chi_Minh");
        let row = |outcome, time: &str, reason: &str| Entry {
            kind: EntryKind::Airing,
            outcome: Some(outcome),
            title: "Bản tin".to_owned(),
            planned: Some(at(&format!("2026-11-28T{time}"), &tz)),
            reason: (!reason.is_empty()).then(|| reason.into()),
            ..Entry::default()
        };
        let rows = [
            row(Outcome::Played, "05:00", ""),
            row(Outcome::Missed, "05:30", "no_sound"),
            row(Outcome::Missed, "06:00", "no_sound"),
            row(Outcome::Partial, "06:10", "power_lost"),
            row(Outcome::Partial, "06:20", "stopped: chi-lan"),
            row(Outcome::Refused, "23:00", "outside_hours"),
            row(Outcome::Played, "07:00", "drill: bà Hai"),
            row(Outcome::Partial, "07:10", "test_tone: bà Hai"),
        ];
        let look = judged(&rows, &tz);
        assert_eq!(look.seen.en, "1 played, 2 partly, 2 missed, 1 refused");
        let told: Vec<&str> = look.findings.iter().map(|one| one.message.en.as_str()).collect();
        assert_eq!(
            told,
            [
                "2 not heard, or not whole, the last of them \"Bản tin\" at 06:00: no sound that can be played",
                "1 not heard, or not whole, the last of them \"Bản tin\" at 06:10: power lost",
            ]
        );
        assert!(look.findings.iter().all(|one| !one.is_error()));
    }
}
