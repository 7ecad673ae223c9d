//! What became of an order by hand, found without reading all rows. Beside each row of an order, in the same commit, stands
//! its number in `meta`, under the order's id and under each mark in its reason (words in square brackets, as `[CAP 4f2a9c1d7e03/1]`).
//! The list proves nothing: a row counts only for what stands in it.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::error::JournalError;
use crate::fact::Entry;
use crate::reason::Reason;

/// Marks in one reason: an alarm from outside has one for each danger that it tells of.
const MARKS_MOST: usize = 16;
/// Bytes of a mark; longer words in brackets are none.
const MARK_MOST: usize = 100;

/// The marks in a reason, with their brackets.
fn marks(reason: &str) -> BTreeSet<&str> {
    let whole = reason.match_indices('[').filter_map(|(at, _)| {
        let mark = &reason[at..];
        let end = 1 + mark[1..].find(['[', ']'])?;
        (mark[end..].starts_with(']') && end < MARK_MOST).then(|| &mark[..=end])
    });
    whole.take(MARKS_MOST).collect()
}

/// What is looked up of a row: nothing where it is of no order, or of one that was not taken.
pub(super) fn taken(entry: &Entry) -> Option<&str> {
    entry.order.as_deref().filter(|_| !matches!(entry.reason, Some(Reason::OrderRefused(_))))
}

/// Keep the number of a row, where it is one of an order, or of a decision against one.
pub(super) fn keep(conn: &Connection, seq: u64, entry: &Entry) -> Result<(), JournalError> {
    let order = taken(entry);
    // Whoever decides that an alarm does not sound has ordered nothing.
    if order.is_none() && !matches!(entry.reason, Some(Reason::AlarmDeclined(_))) {
        return Ok(());
    }
    let reason = entry.reason_text().unwrap_or_default();
    let names = marks(&reason).into_iter().map(|mark| format!("mark/{mark}/{seq:012}"));
    let mut insert = conn.prepare_cached("INSERT OR IGNORE INTO meta (key, value) VALUES (?1, '')")?;
    for name in names.chain(order.map(|order| format!("order/{order}/{seq:012}"))) {
        insert.execute([name])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_of_people_are_marks_and_what_is_none_costs_nothing() {
        for (reason, expected) in [
            ("alert: a: lũ [CAP 1/1] [CAP 1/2]", vec!["[CAP 1/1]", "[CAP 1/2]"]),
            ("say: [báo động số 12]: x [", vec!["[báo động số 12]"]),
            ("say: [[a]", vec!["[a]"]),
            ("say: a ] b", vec![]),
        ] {
            assert_eq!(marks(reason).into_iter().collect::<Vec<_>>(), expected, "{reason}");
        }
        assert!(marks(&format!("[{}]", "x".repeat(200))).is_empty());
        let many: Vec<String> = (0..50).map(|ix| format!("[{ix}]")).collect();
        assert_eq!(marks(&many.concat()).len(), MARKS_MOST);
    }
}
