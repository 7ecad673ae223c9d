use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::JournalError;
use super::select::read;
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;

/// Rows that are read of a stretch of time, the latest: a start has to be over in a second whatever stands
/// in the journal, and 64 hamlets with 100 airings a day come to 13,000 in two days.
pub(super) const MOST: i64 = 20_000;

pub(super) const BETWEEN: &str =
    "SELECT seq, body, hash FROM entry INDEXED BY entry_at WHERE at >= ?1 AND at < ?2 ORDER BY at DESC LIMIT ?3";
pub(super) const FIRST: &str = "SELECT seq, body, hash FROM entry WHERE seq = 1";
pub(super) const LAST: &str =
    "SELECT seq, body, hash FROM entry WHERE seq > (SELECT max(seq) FROM entry) - ?1 ORDER BY seq";

/// Airings whose place in time is from `from` up to `to`, by number.
pub(super) fn airings(conn: &Connection, from: Wall, to: Wall) -> Result<Vec<Entry>, JournalError> {
    let mut statement = conn.prepare(BETWEEN)?;
    let mut rows = statement.query(params![crate::fact::body::millis(from), crate::fact::body::millis(to), MOST])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let entry = read(row)?;
        if entry.kind == EntryKind::Airing {
            entries.push(entry);
        }
    }
    entries.sort_by_key(|entry| entry.seq);
    Ok(entries)
}

/// The first row.
pub(super) fn first(conn: &Connection) -> Result<Option<Entry>, JournalError> {
    let mut statement = conn.prepare(FIRST)?;
    statement.query_row([], |row| Ok(read(row))).optional()?.transpose()
}

/// The last `count` rows, by number.
pub(super) fn last(conn: &Connection, count: u32) -> Result<Vec<Entry>, JournalError> {
    let mut statement = conn.prepare(LAST)?;
    let mut rows = statement.query([count])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(read(row)?);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::tz::TimeZone;
    use rusqlite::StatementStatus::{AutoIndex, FullscanStep, Sort, VmStep};
    use rusqlite::types::Value;

    use super::super::Journal;
    use super::super::approved;
    use super::super::belief::{self, Belief};
    use super::super::decisions;
    use super::*;
    use crate::fact::Outcome;

    const BEGINNING: Wall = Wall::from_secs(1_796_000_000);

    /// What can stand in row `ix` of a journal.
    type Mix = (&'static str, fn(u64) -> Entry);
    const MIXES: [Mix; 6] = [
        ("no restart", |ix| if ix == 2 { note(ix, "clock_trusted: ntp") } else { airing(ix) }),
        ("a restart a day", |ix| match ix % 16 {
            1 => note(ix, "started"),
            2 => note(ix, "clock_trusted: ntp"),
            _ => airing(ix),
        }),
        ("words on the clock only", |ix| {
            note(ix, if ix % 2 == 0 { "clock_trusted: ntp" } else { "clock_untrusted: no_ntp" })
        }),
        ("no word on the clock", |ix| if ix % 4 == 0 { note(ix, "amplifier_on: a") } else { airing(ix) }),
        ("never believed", |ix| if ix == 1 { note(ix, "clock_untrusted: no_ntp") } else { airing(ix) }),
        // The first half was written a year ahead, and then somebody set the clock right.
        ("ahead, then set right", |ix| match ix {
            0..2_000 => Entry { written: at(ix) + Duration::from_hours(8_760), ..airing(ix) },
            2_000 => note(ix, "clock_confirmed: ông Năm: x"),
            _ => airing(ix),
        }),
    ];

    fn at(ix: u64) -> Wall {
        BEGINNING + Duration::from_secs(ix * 60)
    }

    fn note(ix: u64, reason: &str) -> Entry {
        Entry { written: at(ix), title: "x".into(), reason: Some(reason.into()), ..Entry::default() }
    }

    fn airing(ix: u64) -> Entry {
        Entry {
            kind: EntryKind::Airing,
            written: at(ix),
            zone: Some("thon-1".into()),
            broadcast: Some("ban-tin".into()),
            planned: Some(at(ix)),
            outcome: Some(Outcome::Played),
            ..Entry::default()
        }
    }

    fn journal(rows: u64, row: fn(u64) -> Entry) -> Journal {
        let mut journal = Journal::in_memory(BEGINNING, &TimeZone::UTC).unwrap();
        journal.batch(|batch| (1..=rows).try_for_each(|ix| batch.note(&row(ix)).map(drop))).unwrap();
        journal
    }

    /// Every statement that a start asks of the journal, with what it is asked in a journal of `rows` rows.
    fn statements(rows: u64) -> Vec<(&'static str, Vec<Value>)> {
        let (rows, end) = (rows as i64, crate::fact::body::millis(at(rows)));
        let two_days = 48 * 3_600_000;
        vec![
            (belief::HEAD_ENTRY, vec![]),
            (belief::HEAD_MARK, vec![]),
            (belief::STORED, vec![belief::KEY.to_owned().into()]),
            (belief::ROWS_BEHIND, vec![(rows - 2_000).into()]),
            (belief::MARKS_BEHIND, vec![0.into()]),
            (belief::NOTES_BEFORE, vec![500.into()]),
            (belief::LATEST_ROWS, vec![i64::MIN.into(), 20.into()]),
            (belief::WORDS_BEFORE, vec![rows.into(), 200.into()]),
            (BETWEEN, vec![(end - two_days).into(), (end + two_days).into(), MOST.into()]),
            (decisions::NEWEST, vec![100_000.into()]),
            (approved::ROW, vec![(rows / 2).into()]),
            (FIRST, vec![]),
            (LAST, vec![1_000.into()]),
        ]
    }

    #[test]
    #[ignore = "long"]
    fn a_start_does_the_same_work_in_a_journal_four_times_as_long_whatever_stands_in_it() {
        for (mix, row) in MIXES {
            let work = |rows: u64| -> Vec<i32> {
                let journal = journal(rows, row);
                let conn = journal.connection();
                let measure = |(sql, values): (&str, Vec<Value>)| {
                    let mut statement = conn.prepare(sql).unwrap();
                    let mut found = statement.query(rusqlite::params_from_iter(values)).unwrap();
                    while found.next().unwrap().is_some() {}
                    drop(found);
                    for (costly, name) in [(FullscanStep, "scan"), (Sort, "sort"), (AutoIndex, "index")] {
                        assert_eq!(statement.get_status(costly), 0, "{mix}: {name} in {sql}");
                    }
                    statement.get_status(VmStep)
                };
                statements(rows).into_iter().map(measure).collect()
            };
            let (short, long) = (work(4_000), work(16_000));
            for ((short, long), (sql, _)) in short.iter().zip(&long).zip(statements(0)) {
                assert!(*long <= short * 3 / 2 + 100, "{mix}: {short} steps, then {long}: {sql}");
            }
        }
    }

    #[test]
    #[ignore = "long"]
    fn a_journal_of_version_1_gives_nearly_the_same_answer_from_its_last_rows() {
        for (mix, row) in MIXES {
            for rows in [100, 1_999, 2_001, 3_000, 6_000] {
                let mut journal = journal(rows, row);
                let exact = journal.newest().unwrap();
                journal.batch(|batch| Ok(batch.tx.execute("DELETE FROM position WHERE key = 'clock'", [])?)).unwrap();
                let (sql, none) = ("SELECT count(*) FROM position", |row: &rusqlite::Row| row.get::<_, i64>(0));
                assert_eq!(journal.connection().query_row(sql, [], none).unwrap(), 0);
                // A word on the clock thousands of rows ago is not looked for; time then counts as believed.
                let found = Belief::of(journal.connection()).unwrap().newest();
                let expected = if mix == "never believed" && rows > 2_500 { found } else { exact };
                assert_eq!(found, expected, "{mix}, {rows} rows");
            }
        }
    }

    #[test]
    fn the_newest_instant_is_that_of_a_clock_that_was_believed() {
        const DAY: u64 = 1_440;
        /// Minutes and reasons of notes, and the minute that is the newest.
        type Case = (&'static [(u64, &'static str)], Option<u64>);
        let table: [Case; 7] = [
            (&[], None),
            (&[(5, "started"), (6, "power_lost")], Some(6)),
            (&[(5, "x"), (9, "started"), (9, "clock_untrusted: no_ntp"), (20, "x")], Some(5)),
            (&[(5, "x"), (9, "clock_untrusted: no_ntp"), (9, "x"), (12, "clock_trusted: ntp")], Some(12)),
            // Ahead by a day, and set right by a person; what came before is no measure.
            (&[(5, "clock_trusted: battery"), (DAY, "x"), (9, "clock_confirmed: ông Năm"), (8, "x")], Some(9)),
            (&[(5, "x"), (9, "clock_confirmed: ông Năm"), (7, "x")], Some(9)),
            // A boot in 1970 that nobody believes.
            (&[(DAY, "clock_trusted: ntp"), (1, "started"), (1, "clock_untrusted: never_set"), (2, "x")], Some(DAY)),
        ];
        for (rows, expected) in table {
            let mut journal = journal(0, airing);
            for (ix, reason) in rows {
                journal.note(&note(*ix, reason)).unwrap();
            }
            assert_eq!(journal.newest().unwrap(), expected.map(at), "{rows:?}");
        }
    }
}
