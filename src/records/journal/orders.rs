use rusqlite::{Connection, params};

use super::error::JournalError;
use super::ordered::{keep, taken};
use super::recent;
use super::select;
use crate::fact::Entry;
use crate::reason::{Ordered, Reason};

/// Once this stands there, the rows of orders do: those from then on, and of those before the last [`recent::MOST`].
const BEGUN: &str = "orders";
/// The rows under a name, by number.
pub(super) const NAMED: &str = "SELECT key FROM meta WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3";
/// Rows that a journal without a list is looked through for, the last ones.
pub(super) const UNLISTED: &str = "SELECT seq, body, hash FROM entry WHERE seq > (SELECT max(seq) FROM entry) - ?1 AND json_extract(body, '$.order') IS NOT NULL ORDER BY seq";
/// Rows of one order: each zone, each time, and what was noted of it.
const ROWS_MOST: usize = 4_096;

/// Begin the list in a journal of an older loa, by its last rows.
pub(super) fn begin(conn: &Connection) -> Result<(), JournalError> {
    if is_begun(conn)? {
        return Ok(());
    }
    // A journal in which something cannot be read is opened all the same: whoever verifies it is told.
    for entry in unlisted(conn).unwrap_or_default() {
        keep(conn, entry.seq, &entry)?;
    }
    conn.execute("INSERT INTO meta (key, value) VALUES (?1, '')", [BEGUN])?;
    Ok(())
}

fn is_begun(conn: &Connection) -> Result<bool, JournalError> {
    Ok(conn.prepare("SELECT 1 FROM meta WHERE key = ?1")?.exists([BEGUN])?)
}

fn unlisted(conn: &Connection) -> Result<Vec<Entry>, JournalError> {
    let mut statement = conn.prepare(UNLISTED)?;
    let mut rows = statement.query([recent::MOST])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.extend(select::read(row));
    }
    Ok(entries)
}

/// The rows under a name, by number, as they stand there.
fn named(conn: &Connection, kind: &str, name: &str) -> Result<Vec<Entry>, JournalError> {
    if !is_begun(conn)? {
        return unlisted(conn);
    }
    // The sign behind a slash is a nought.
    let (from, to) = (format!("{kind}/{name}/"), format!("{kind}/{name}0"));
    let mut statement = conn.prepare_cached(NAMED)?;
    let keys = statement.query_map(params![from, to, ROWS_MOST as i64], |row| row.get::<_, String>(0))?;
    let number = |key: String| key.strip_prefix(&from).and_then(|number| number.parse::<i64>().ok());
    let numbers: Vec<i64> = keys.collect::<Result<Vec<_>, _>>()?.into_iter().filter_map(number).collect();
    select::listed(conn, &numbers)
}

/// The id of the order whose reason has this mark in it, if one was taken.
pub(super) fn marked(conn: &Connection, mark: &str) -> Result<Option<String>, JournalError> {
    let has_mark = |entry: &Entry| entry.reason_text().is_some_and(|reason| reason.contains(mark));
    let mut rows = named(conn, "mark", mark)?.into_iter().filter(has_mark);
    Ok(rows.find_map(|entry| taken(&entry).map(str::to_owned)))
}

/// Who decided that what has this mark does not sound, and why (`Hai: xã khác`); none where nobody did. The mark stands last: what a
/// person writes before it may name others.
pub(super) fn declined(conn: &Connection, mark: &str) -> Result<Option<String>, JournalError> {
    Ok(named(conn, "mark", mark)?.into_iter().find_map(|entry| match entry.reason {
        Some(Reason::AlarmDeclined(Ordered { by, why, .. })) => {
            why.strip_suffix(mark).map(|why| [by.as_str(), why.trim()].join(": "))
        }
        _ => None,
    }))
}

/// The rows of an order that was taken, by number.
pub(super) fn rows(conn: &Connection, order: &str) -> Result<Vec<Entry>, JournalError> {
    let mut rows = named(conn, "order", order)?;
    rows.retain(|entry| taken(entry) == Some(order));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::tz::TimeZone;
    use rusqlite::StatementStatus::{AutoIndex, FullscanStep, Sort, VmStep};

    use super::super::Journal;
    use super::*;
    use crate::instant::Wall;

    const NOW: Wall = Wall::from_secs(1_796_000_000);
    const MARK: &str = "[CAP 4f2a9c1d7e03/1]";

    fn row(ix: u64, reason: &str, order: Option<&str>) -> Entry {
        Entry {
            written: NOW + Duration::from_secs(ix),
            title: "x".into(),
            reason: Some(reason.into()),
            order: order.map(str::to_owned),
            ..Entry::default()
        }
    }

    fn journal(rows: &[Entry]) -> Journal {
        let mut journal = Journal::in_memory(NOW, &TimeZone::UTC).unwrap();
        journal.batch(|batch| rows.iter().try_for_each(|row| batch.note(row).map(drop))).unwrap();
        journal
    }

    fn found(journal: &Journal) -> (Option<String>, Vec<u64>) {
        let conn = journal.connection();
        let order = marked(conn, MARK).unwrap();
        let rows = order.as_deref().map(|order| rows(conn, order).unwrap()).unwrap_or_default();
        (order, rows.iter().map(|row| row.seq).collect())
    }

    #[test]
    fn an_order_is_found_by_the_mark_in_its_reason_and_all_its_rows_by_its_id() {
        let rows = [
            row(1, "alarm_received: Đài tỉnh, số 1: phát ngay [nhận 4f2a9c1d7e03/1]", None),
            row(2, "order_refused: no_sound: alert: Đài tỉnh (loa-cap): Lũ [CAP 4f2a9c1d7e03/1]", Some("a")),
            row(3, "alert: Đài tỉnh (loa-cap): Lũ [CAP 4f2a9c1d7e03/10]", Some("b")),
            row(4, "alert: Đài tỉnh (loa-cap): Lũ [CAP 4f2a9c1d7e03/1], đến muộn 6 phút", Some("c/1")),
            row(5, "alert: Đài tỉnh (loa-cap): Lũ [CAP 4f2a9c1d7e03/1], đến muộn 6 phút", Some("c/1")),
            row(6, "say: ông Năm", Some("c")),
        ];
        let journal = journal(&rows);
        assert_eq!(found(&journal), (Some("c/1".to_owned()), vec![4, 5]));
        assert_eq!(marked(journal.connection(), "[CAP 4f2a9c1d7e03/2]").unwrap(), None);
        assert!(journal.verify().unwrap().is_sound());
    }

    #[test]
    fn a_decision_against_an_alarm_is_found_by_its_mark_and_is_no_order() {
        let said = format!("alarm_declined: Trần Thị Hai (loa-console): xã khác, như [CAP 5/1] {MARK}");
        let journal = journal(&[row(1, "alarm_dropped: Hai: x [CAP 4f2a9c1d7e03/1]", None), row(2, &said, None)]);
        let found = declined(journal.connection(), MARK).unwrap();
        assert_eq!(found.as_deref(), Some("Trần Thị Hai (loa-console): xã khác, như [CAP 5/1]"));
        assert_eq!(declined(journal.connection(), "[CAP 4f2a9c1d7e03/10]").unwrap(), None);
        assert_eq!(declined(journal.connection(), "[CAP 5/1]").unwrap(), None, "a person wrote that");
        assert_eq!(marked(journal.connection(), MARK).unwrap(), None);
        assert!(journal.verify().unwrap().is_sound());
    }

    #[test]
    fn a_journal_of_an_older_loa_is_looked_through_until_its_list_is_begun() {
        let journal = journal(&[row(1, "started", None), row(2, &format!("alert: a: b {MARK}"), Some("c"))]);
        journal.connection().execute_batch("DROP TRIGGER meta_kept; DELETE FROM meta WHERE key <> 'epoch';").unwrap();
        let old = (Some("c".to_owned()), vec![2]);
        assert_eq!(found(&journal), old);
        begin(journal.connection()).unwrap();
        let kept: i64 = journal.connection().query_row("SELECT count(*) FROM meta", [], |row| row.get(0)).unwrap();
        assert_eq!((found(&journal), kept), (old, 4));
    }

    #[test]
    fn an_order_is_found_in_as_many_steps_whatever_else_stands_in_the_journal() {
        let steps = |others: u64| {
            let mut rows = vec![row(0, &format!("alert: a: b {MARK}"), Some("c"))];
            rows.extend((1..others).map(|ix| row(ix, &format!("say: a: b [{ix}]"), Some(&format!("other-{ix}")))));
            let journal = journal(&rows);
            assert_eq!(found(&journal), (Some("c".to_owned()), vec![1]));
            let mut statement = journal.connection().prepare(NAMED).unwrap();
            let mut rows = statement.query(params![format!("mark/{MARK}/"), format!("mark/{MARK}0"), 10]).unwrap();
            while rows.next().unwrap().is_some() {}
            drop(rows);
            [VmStep, FullscanStep, Sort, AutoIndex].map(|status| statement.get_status(status))
        };
        let few = steps(3);
        assert_eq!(few, steps(2_000));
        assert_eq!(few[1..], [0, 0, 0]);
    }
}
