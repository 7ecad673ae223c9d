use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::chain::Head;
use super::error::JournalError;
use super::mark::MarkStep;
use crate::fact::EntryKind;
use crate::instant::Wall;
use crate::reason::Reason;

/// The key under which it stands in `position`. An airing's key has slashes.
pub(super) const KEY: &str = "clock";

/// Of a file that has none yet (version 1), or one that says something else than its rows, so many rows are
/// read, the last ones: a day or two of a busy station, in a few milliseconds.
const LATELY: u64 = 2_000;
/// And so many marks: an airing that was cut off by the power has no entry yet.
const MARKS: u64 = 100;
/// Rows of no broadcast (starts, words on the clock) that are looked through for the last word on the clock.
const NOTES: i64 = 500;
/// Rows with the latest times of all that are asked whether their clock was believed, and how far before each of
/// them the word on its clock is looked for.
const LATEST: i64 = 20;
const WORD_BEFORE: i64 = 200;

/// Whatever the file holds, each of these walks a bounded stretch of one index. The test beside them holds
/// them to it.
pub(super) const HEAD_ENTRY: &str = "SELECT seq, hash FROM entry WHERE seq = (SELECT max(seq) FROM entry)";
pub(super) const HEAD_MARK: &str = "SELECT id, hash FROM mark WHERE id = (SELECT max(id) FROM mark)";
pub(super) const STORED: &str = "SELECT written FROM position WHERE key = ?1";
pub(super) const ROWS_BEHIND: &str = "SELECT seq, kind, reason, written, hash FROM entry WHERE seq > ?1 ORDER BY seq";
pub(super) const MARKS_BEHIND: &str = "SELECT json_extract(body, '$.entries'),
       CAST(round((julianday(json_extract(body, '$.written')) - 2440587.5) * 86400000.0) AS INTEGER)
     FROM mark WHERE id > ?1 AND json_valid(body) AND json_extract(body, '$.step') <> 'end' ORDER BY id";
pub(super) const NOTES_BEFORE: &str =
    "SELECT seq, kind, reason FROM entry INDEXED BY entry_broadcast WHERE broadcast IS NULL ORDER BY at DESC LIMIT ?1";
pub(super) const LATEST_ROWS: &str = "SELECT seq, kind, reason, written FROM entry INDEXED BY entry_written WHERE written > ?1 ORDER BY written DESC LIMIT ?2";
pub(super) const WORDS_BEFORE: &str =
    "SELECT reason FROM entry WHERE seq > ?1 - ?2 AND seq <= ?1 AND kind = 'note' ORDER BY seq DESC";

/// What the rows, in their order, say of the time: the latest instant at which one was written by a clock
/// that was believed. Carried along from row to row, and kept in the file, so that no start reads the
/// journal for it.
///
/// Three kinds of row say nothing about what time it has been: those written while the clock was not
/// believed (behind a note `clock_untrusted`), those before a person set a clock right that had been ahead
/// (a note `clock_confirmed` with an earlier time), and those that a start writes before it has looked at
/// the clock: of itself, and for what the power cut off. A simulated day has no word on its clock, and there
/// they count.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Belief {
    /// Entries and marks up to these numbers are in it, with the hash of the last entry.
    seq: u64,
    mark: u64,
    hash: String,
    /// The last word on the clock; `None` before the first.
    word: Option<bool>,
    /// Latest instant of the rows that count, in milliseconds since 1970.
    newest: Option<i64>,
    /// The same of those that count only while nothing was said of the clock.
    unspoken: Option<i64>,
    /// Latest instant of all rows.
    top: Option<i64>,
}

impl Belief {
    /// What the rows of this journal come to.
    pub(super) fn of(conn: &Connection) -> Result<Self, JournalError> {
        let (entries, marks) = (Head::of(conn, HEAD_ENTRY)?, Head::of(conn, HEAD_MARK)?);
        let stored: Option<String> = conn.prepare_cached(STORED)?.query_row([KEY], |row| row.get(0)).optional()?;
        let stored = stored.and_then(|stored| serde_json::from_str::<Self>(&stored).ok());
        match stored {
            Some(stored)
                if stored.seq == entries.number && stored.mark == marks.number && stored.hash == entries.hash =>
            {
                Ok(stored)
            }
            // A file of version 1, or one that somebody has changed.
            _ => Self::gather(conn, entries, &marks),
        }
    }

    /// Keep it in the file.
    pub(super) fn store(&self, conn: &Connection) -> Result<(), JournalError> {
        conn.prepare_cached(
            "INSERT OR REPLACE INTO position (key, intent, start, base, seconds, written) VALUES (?1, 0, NULL, 0, 0, ?2)",
        )?
        .execute(params![KEY, serde_json::to_string(self)?])?;
        Ok(())
    }

    /// The latest instant of those rows that count.
    pub(super) fn newest(&self) -> Option<Wall> {
        let newest = if self.word.is_none() { self.newest.max(self.unspoken) } else { self.newest };
        newest.map(|millis| Wall::from_nanos(millis.saturating_mul(1_000_000)))
    }

    /// Whether the clock was believed at the end.
    pub(super) fn is_believed(&self) -> bool {
        self.word != Some(false)
    }

    /// One more entry.
    pub(super) fn entry(&mut self, head: &Head, kind: EntryKind, reason: Option<&Reason>, written: i64) {
        (self.seq, self.hash) = (head.number, head.hash.clone());
        let word = reason.filter(|_| kind == EntryKind::Note).and_then(word_of);
        if word.is_some() {
            self.word = word;
        }
        if word.is_some()
            && matches!(reason, Some(Reason::ClockConfirmed(_)))
            && self.top.is_some_and(|top| top > written)
        {
            (self.newest, self.unspoken) = (None, None);
        }
        self.top = self.top.max(Some(written));
        self.count(reason.is_some_and(is_of_start), written);
    }

    /// One more mark. An end says nothing that its entry does not: what the power cut off is closed by a start
    /// that has not looked at the clock yet.
    pub(super) fn mark(&mut self, number: u64, step: MarkStep, written: i64) {
        self.mark = number;
        if step != MarkStep::End {
            self.count(self.word.is_none(), written);
        }
    }

    fn count(&mut self, is_unspoken: bool, written: i64) {
        if self.word == Some(false) {
            return;
        }
        let newest = if is_unspoken { &mut self.unspoken } else { &mut self.newest };
        *newest = (*newest).max(Some(written));
    }

    /// From the last rows, and what little has to be known of those before them.
    fn gather(conn: &Connection, entries: Head, marks: &Head) -> Result<Self, JournalError> {
        let behind = entries.number.saturating_sub(LATELY);
        let mut belief = if behind == 0 { Self::default() } else { Self::before(conn, behind)? };
        let mut beside = marks_by_entry(conn, marks.number.saturating_sub(MARKS))?;
        let mut statement = conn.prepare(ROWS_BEHIND)?;
        let mut rows = statement.query([behind as i64])?;
        if behind == 0 {
            belief.marks(beside.remove(super::chain::ORIGIN));
        }
        while let Some(row) = rows.next()? {
            let head = Head { number: row.get::<_, i64>(0)?.unsigned_abs(), hash: row.get(4)? };
            let (kind, reason) = (kind_of(row)?, reason_of(row, 2)?);
            if let Some(written) = row.get::<_, Option<i64>>(3)? {
                belief.entry(&head, kind, reason.as_ref(), written);
            }
            belief.marks(beside.remove(&head.hash));
        }
        (belief.seq, belief.hash, belief.mark) = (entries.number, entries.hash, marks.number);
        Ok(belief)
    }

    fn marks(&mut self, written: Option<Vec<i64>>) {
        for written in written.into_iter().flatten() {
            self.count(self.word.is_none(), written);
        }
    }

    /// What rows up to `seq` come to, as far as a bounded look shows it.
    fn before(conn: &Connection, seq: u64) -> Result<Self, JournalError> {
        let mut belief = Self::default();
        let (word, confirmed) = last_words(conn, seq)?;
        belief.word = word;
        let mut statement = conn.prepare(LATEST_ROWS)?;
        let mut rows = statement.query(params![i64::MIN, LATEST])?;
        while let Some(row) = rows.next()? {
            let number = row.get::<_, i64>(0)?.unsigned_abs();
            let (kind, reason) = (kind_of(row)?, reason_of(row, 2)?);
            let written: Option<i64> = row.get(3)?;
            if number > seq {
                continue;
            }
            belief.top = belief.top.max(written);
            if number < confirmed || belief.newest.is_some() {
                continue;
            }
            let of_start = reason.as_ref().is_some_and(is_of_start) && belief.word.is_some();
            let own = reason.as_ref().filter(|_| kind == EntryKind::Note).and_then(word_of);
            if !of_start && own.or(word_before(conn, number)?) != Some(false) {
                belief.newest = written;
            }
        }
        Ok(belief)
    }
}

/// The last word on the clock before `seq`, and the number of the last note in which a person found it
/// right (0: none).
fn last_words(conn: &Connection, seq: u64) -> Result<(Option<bool>, u64), JournalError> {
    let mut words: Vec<(u64, bool, bool)> = Vec::new();
    let mut statement = conn.prepare(NOTES_BEFORE)?;
    let mut rows = statement.query([NOTES])?;
    while let Some(row) = rows.next()? {
        let number = row.get::<_, i64>(0)?.unsigned_abs();
        let (kind, reason) = (kind_of(row)?, reason_of(row, 2)?);
        if number <= seq
            && let Some((reason, word)) = reason.and_then(|reason| word_of(&reason).map(|word| (reason, word)))
        {
            words.push((number, word, kind == EntryKind::Note && matches!(reason, Reason::ClockConfirmed(_))));
        }
    }
    let last = words.iter().max().map(|(_, word, _)| *word);
    let confirmed = words.iter().filter(|(_, _, confirmed)| *confirmed).map(|(number, ..)| *number).max();
    Ok((last, confirmed.unwrap_or(0)))
}

fn word_before(conn: &Connection, seq: u64) -> Result<Option<bool>, JournalError> {
    let mut statement = conn.prepare_cached(WORDS_BEFORE)?;
    let mut rows = statement.query(params![seq as i64, WORD_BEFORE])?;
    while let Some(row) = rows.next()? {
        if let Some(word) = reason_of(row, 0)?.as_ref().and_then(word_of) {
            return Ok(Some(word));
        }
    }
    Ok(None)
}

/// When marks behind `behind` were written, by the entry that was the last one then.
fn marks_by_entry(conn: &Connection, behind: u64) -> Result<HashMap<String, Vec<i64>>, JournalError> {
    let mut beside: HashMap<String, Vec<i64>> = HashMap::new();
    let mut statement = conn.prepare(MARKS_BEHIND)?;
    let mut rows = statement.query([behind as i64])?;
    while let Some(row) = rows.next()? {
        let (entry, written): (Option<String>, Option<i64>) = (row.get(0)?, row.get(1)?);
        if let (Some(entry), Some(written)) = (entry, written) {
            beside.entry(entry).or_default().push(written);
        }
    }
    Ok(beside)
}

/// What a note says of the clock, if it does.
fn word_of(reason: &Reason) -> Option<bool> {
    match reason {
        Reason::ClockTrusted(because) if !because.is_empty() => Some(true),
        Reason::ClockConfirmed(_) => Some(true),
        Reason::ClockUntrusted(because) if !because.is_empty() => Some(false),
        _ => None,
    }
}

/// Rows that a start writes before it has looked at the clock.
const fn is_of_start(reason: &Reason) -> bool {
    matches!(reason, Reason::PowerLost | Reason::Started(_))
}

fn kind_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<EntryKind> {
    let word: Option<String> = row.get(1)?;
    Ok(if word.as_deref() == Some("note") { EntryKind::Note } else { EntryKind::Airing })
}

fn reason_of(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Option<Reason>> {
    Ok(row.get::<_, Option<String>>(column)?.map(Reason::from))
}
