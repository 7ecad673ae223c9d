use rusqlite::OptionalExtension as _;

use super::batch::{ALIVE, Batch};
use super::belief;
use super::error::JournalError;
use super::mark::{DraftEntry, Mark};
use crate::fact::body::read_instant;
use crate::fact::{Entry, EntryKind, Intent, Outcome};
use crate::instant::Wall;
use crate::reason::Reason;

/// Most airings that are closed after a power cut: many times more than a station has zones.
const MAX_OPEN: i64 = 10_000;

/// The first start of an airing stands within so many marks behind its intent: hours of a busy station. An
/// older one would be looked for in vain through a whole journal.
const MARKS_BEHIND: i64 = 2_000;

/// An airing that was under way when the power went, as the `position` table knows it.
struct Open {
    key: String,
    intent: i64,
    start: Option<i64>,
    base: f64,
    seconds: f64,
    /// When it was said last how far it is.
    written: String,
}

/// What a power cut has left open, and what was done about it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Recovered {
    /// Airings that had started: each has its entry now, `partial` up to the last known position, or `missed`
    /// where nothing but the silence of a relay was heard; reason `power_lost`.
    pub closed: Vec<Entry>,
    /// Airings that were about to start and had not: not begun, so their own rule still decides. Who
    /// opens the journal owes each of them an outcome; until then it is open, also after another cut.
    pub intended: Vec<Intent>,
}

/// The key of an airing, and the entry that closes it.
pub(super) type Closing = (String, Entry);

impl Batch<'_> {
    /// Close every airing that had started and has no end, and tell those that were only intended.
    pub(super) fn recover(&mut self, now: Wall) -> Result<Recovered, JournalError> {
        let (closings, intended) = self.survey(now)?;
        let closed = closings.iter().map(|(key, entry)| self.finish(key, entry)).collect::<Result<_, _>>()?;
        Ok(Recovered { closed, intended })
    }

    /// What is open, without a change: the entries that close what had started, by key, and what was
    /// only intended.
    pub(super) fn survey(&self, now: Wall) -> Result<(Vec<Closing>, Vec<Intent>), JournalError> {
        let (mut closings, mut intended) = (Vec::new(), Vec::new());
        for open in self.left_open()? {
            match self.intent_of(&open)? {
                Some(intent) => intended.push(intent),
                None => closings.push((open.key.clone(), self.closing(&open, now)?)),
            }
        }
        Ok((closings, intended))
    }

    /// The intent of an airing that had not started, if it can still be read.
    fn intent_of(&self, open: &Open) -> Result<Option<Intent>, JournalError> {
        if open.start.is_some() {
            return Ok(None);
        }
        let Some(mark) = self.mark(open.intent)? else { return Ok(None) };
        let at = mark.at.as_deref().and_then(read_instant);
        let (Some(at), Some(draft)) = (at, mark.airing) else { return Ok(None) };
        Ok(Some(Intent { key: open.key.clone(), at, draft: draft.entry() }))
    }

    fn left_open(&self) -> Result<Vec<Open>, JournalError> {
        let mut statement = self.tx.prepare(
            "SELECT key, intent, start, base, seconds, written FROM position WHERE key NOT IN (?2, ?3) ORDER BY intent, key LIMIT ?1",
        )?;
        let rows = statement.query_map(rusqlite::params![MAX_OPEN, ALIVE, belief::KEY], |row| {
            Ok(Open {
                key: row.get(0)?,
                intent: row.get(1)?,
                start: row.get(2)?,
                base: row.get(3)?,
                seconds: row.get(4)?,
                written: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn closing(&self, open: &Open, now: Wall) -> Result<Entry, JournalError> {
        let draft = self.mark(open.intent)?.and_then(|mark| mark.airing);
        // An intent that cannot be read any more must not keep the station from starting; `verify`
        // reports it, and the key still names the airing.
        let mut entry = draft.map_or_else(|| Entry { title: open.key.clone(), ..Entry::default() }, DraftEntry::entry);
        entry.kind = EntryKind::Airing;
        entry.written = now;
        entry.reason = Some(Reason::PowerLost);
        let start = match open.start {
            Some(id) => self.mark(id)?,
            None => None,
        };
        // It went on, and nothing of it was heard: a relay was silent.
        let is_silent = open.seconds <= 0.0 && start.as_ref().is_some_and(|mark| mark.written != open.written);
        let resumed = start.and_then(|mark| mark.started).as_deref().and_then(read_instant);
        if open.start.is_none() {
            entry.outcome = Some(Outcome::Missed);
            entry.seconds_played = Some(0.0);
        } else {
            entry.outcome = Some(if is_silent { Outcome::Missed } else { Outcome::Partial });
            entry.started = self.first_start(open)?.or(resumed);
            entry.seconds_played = Some(open.seconds);
            // After a break the last stretch counts from where it went on, not from the first sample.
            let stretch = std::time::Duration::try_from_secs_f64(open.seconds - open.base).unwrap_or_default();
            entry.ended = resumed.map(|at| at + stretch);
            if is_silent {
                entry.ended = read_instant(&open.written).or(entry.ended);
            }
        }
        Ok(entry)
    }

    /// When the airing's first sample was heard: its first start after its intent.
    fn first_start(&self, open: &Open) -> Result<Option<Wall>, JournalError> {
        let body: Option<String> = self
            .tx
            .prepare(
                "SELECT body FROM mark WHERE id > ?1 AND id <= ?1 + ?3 AND json_valid(body) AND json_extract(body, '$.key') = ?2
                 AND json_extract(body, '$.step') = 'start' ORDER BY id LIMIT 1",
            )?
            .query_row(rusqlite::params![open.intent, open.key, MARKS_BEHIND], |row| row.get(0))
            .optional()?;
        let mark = body.and_then(|body| serde_json::from_str::<Mark>(&body).ok());
        Ok(mark.and_then(|mark| mark.started).as_deref().and_then(read_instant))
    }

    fn mark(&self, id: i64) -> Result<Option<Mark>, JournalError> {
        let body: Option<String> =
            self.tx.prepare("SELECT body FROM mark WHERE id = ?1")?.query_row([id], |row| row.get(0)).optional()?;
        Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
    }
}
