use jiff::tz::TimeZone;
use rusqlite::{Transaction, params};

use super::belief::{Belief, HEAD_ENTRY, HEAD_MARK};
use super::chain::Head;
use super::decisions;
use super::error::JournalError;
use super::mark::{DraftEntry, Mark, MarkStep};
use super::ordered;
use crate::digest::sha256;
use crate::fact::body::{RowBody, millis};
use crate::fact::{Entry, Intent, Record};
use crate::instant::Wall;

/// The key under which the last sign of life stands in `position`. No airing's key is empty.
pub(super) const ALIVE: &str = "";

/// Writes that reach the disk together. Made by [`Journal::batch`](super::Journal::batch), which holds
/// the file's lock meanwhile, so that the heads read at its beginning stay true.
#[derive(Debug)]
pub struct Batch<'a> {
    pub(super) tx: &'a Transaction<'a>,
    tz: &'a TimeZone,
    entries: Head,
    marks: Head,
    /// What the rows say of the time, once one has been added.
    belief: Option<Belief>,
}

/// What came of a record.
pub(super) enum RowWritten {
    Intent(String),
    Entry(Box<Entry>),
    Nothing,
}

impl<'a> Batch<'a> {
    /// Writes within `tx`, which must hold the write lock already.
    pub(super) fn on(tx: &'a Transaction<'a>, tz: &'a TimeZone) -> Result<Self, JournalError> {
        let (entries, marks) = (Head::of(tx, HEAD_ENTRY)?, Head::of(tx, HEAD_MARK)?);
        Ok(Self { tx, tz, entries, marks, belief: None })
    }

    /// The end of the batch: what its rows say of the time is kept beside them.
    pub(super) fn settle(self) -> Result<(), JournalError> {
        self.belief.map_or(Ok(()), |belief| belief.store(self.tx))
    }

    fn belief(&mut self) -> Result<&mut Belief, JournalError> {
        let belief = match self.belief.take() {
            Some(belief) => belief,
            None => Belief::of(self.tx)?,
        };
        Ok(self.belief.insert(belief))
    }

    /// One record, whatever it is.
    pub fn record(&mut self, record: &Record) -> Result<(), JournalError> {
        self.write(record).map(drop)
    }

    pub(super) fn write(&mut self, record: &Record) -> Result<RowWritten, JournalError> {
        match record {
            Record::Intend(intent) => self.intend(intent).map(|()| RowWritten::Intent(intent.key.clone())),
            Record::Begin { key, started, written } => {
                self.begin(key, *started, *written).map(|()| RowWritten::Nothing)
            }
            Record::Position { key, seconds, written } => {
                self.position(key, *seconds, *written).map(|()| RowWritten::Nothing)
            }
            Record::Alive(at) => self.alive(*at).map(|()| RowWritten::Nothing),
            Record::Finish { key, entry } => self.finish(key, entry).map(|entry| RowWritten::Entry(Box::new(entry))),
            Record::Note(entry) => self.note(entry).map(|entry| RowWritten::Entry(Box::new(entry))),
        }
    }

    /// As [`Journal::intend`](super::Journal::intend).
    pub fn intend(&mut self, intent: &Intent) -> Result<(), JournalError> {
        let written = intent.draft.written;
        let id = self.append_mark(MarkStep::Intent, &intent.key, written, |mark, tz| {
            mark.at = Some(intent.at.rfc3339(tz));
            mark.airing = Some(DraftEntry::of(&intent.draft, tz));
        })?;
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO position (key, intent, start, base, seconds, written)
                 VALUES (?1, ?2, NULL, 0, 0, ?3)",
            )?
            .execute(params![intent.key, id as i64, written.rfc3339(self.tz)])?;
        Ok(())
    }

    /// As [`Journal::begin`](super::Journal::begin).
    pub fn begin(&mut self, key: &str, started: Wall, written: Wall) -> Result<(), JournalError> {
        if !self.is_open(key)? {
            return Err(JournalError::NotIntended(key.to_owned()));
        }
        let id =
            self.append_mark(MarkStep::Start, key, written, |mark, tz| mark.started = Some(started.rfc3339(tz)))?;
        self.tx
            .prepare_cached("UPDATE position SET start = ?2, base = seconds, written = ?3 WHERE key = ?1")?
            .execute(params![key, id as i64, written.rfc3339(self.tz)])?;
        Ok(())
    }

    /// As [`Journal::position`](super::Journal::position).
    pub fn position(&mut self, key: &str, seconds: f64, written: Wall) -> Result<(), JournalError> {
        if seconds.is_finite() {
            self.tx
                .prepare_cached("UPDATE position SET seconds = ?2, written = ?3 WHERE key = ?1")?
                .execute(params![key, seconds, written.rfc3339(self.tz)])?;
        }
        Ok(())
    }

    /// The station is on at `at`: replaces the last such sign. It stands among the positions, under a
    /// key that no airing has, because a journal's tables never change. Written over in its place: to replace the row
    /// would write the index's page too, each minute, and on a memory card for years.
    pub fn alive(&mut self, at: Wall) -> Result<(), JournalError> {
        self.tx
            .prepare_cached(
                "INSERT INTO position (key, intent, start, base, seconds, written) VALUES (?1, 0, NULL, 0, 0, ?2)
                 ON CONFLICT (key) DO UPDATE SET written = excluded.written",
            )?
            .execute(params![ALIVE, at.rfc3339(self.tz)])?;
        Ok(())
    }

    /// As [`Journal::finish`](super::Journal::finish).
    pub fn finish(&mut self, key: &str, entry: &Entry) -> Result<Entry, JournalError> {
        let stands = self.append_entry(entry)?;
        if self.is_open(key)? {
            self.append_mark(MarkStep::End, key, stands.written, |mark, _| mark.entry = Some(stands.seq))?;
            self.tx.prepare_cached("DELETE FROM position WHERE key = ?1")?.execute([key])?;
        }
        Ok(stands)
    }

    /// As [`Journal::note`](super::Journal::note).
    pub fn note(&mut self, entry: &Entry) -> Result<Entry, JournalError> {
        self.append_entry(entry)
    }

    fn is_open(&self, key: &str) -> Result<bool, JournalError> {
        Ok(self.tx.prepare_cached("SELECT 1 FROM position WHERE key = ?1")?.exists([key])?)
    }

    fn append_entry(&mut self, entry: &Entry) -> Result<Entry, JournalError> {
        let mut body = RowBody::of(entry, &self.entries.hash, &self.marks.hash, self.tz);
        body.seq = self.entries.number + 1;
        let seq = body.seq;
        // Before the row is there: what it finds in the file then ends with the row before.
        self.belief()?;
        let text = body.text()?;
        let hash = sha256(text.as_bytes());
        self.tx
            .prepare_cached("INSERT INTO entry (seq, body, hash) VALUES (?1, ?2, ?3)")?
            .execute(params![seq as i64, text, hash])?;
        decisions::keep(self.tx, seq, entry)?;
        ordered::keep(self.tx, seq, entry)?;
        self.entries = Head { number: seq, hash: hash.clone() };
        let head = self.entries.clone();
        self.belief()?.entry(&head, entry.kind, entry.reason.as_ref(), millis(entry.written));
        Ok(body.settled(entry, hash))
    }

    fn append_mark(
        &mut self,
        step: MarkStep,
        key: &str,
        written: Wall,
        fill: impl FnOnce(&mut Mark, &TimeZone),
    ) -> Result<u64, JournalError> {
        let mut mark = Mark {
            id: self.marks.number + 1,
            written: written.rfc3339(self.tz),
            prev: self.marks.hash.clone(),
            entries: self.entries.hash.clone(),
            step,
            key: key.to_owned(),
            at: None,
            started: None,
            airing: None,
            entry: None,
        };
        fill(&mut mark, self.tz);
        self.belief()?;
        let text = serde_json::to_string(&mark)?;
        let hash = sha256(text.as_bytes());
        self.tx.prepare_cached("INSERT INTO mark (id, body, hash) VALUES (?1, ?2, ?3)")?.execute(params![
            mark.id as i64,
            text,
            hash
        ])?;
        self.marks = Head { number: mark.id, hash };
        self.belief()?.mark(mark.id, step, millis(written));
        Ok(mark.id)
    }
}
