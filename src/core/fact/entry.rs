use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::instant::Wall;
use crate::plan::{ALARM_LENGTH, Heard};
use crate::reason::Reason;
use crate::schedule::Class;

/// One row of the journal: an airing with its outcome, or a note.
///
/// `seq`, `prev` and `hash` are given by the store. Instants are [`Wall`] here and RFC 3339 with the
/// station's offset in the stored body and in JSON.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Entry {
    /// Counted from 1, without gaps.
    pub seq: u64,
    /// Airing or note.
    pub kind: EntryKind,
    /// When this row was written.
    pub written: Wall,
    /// Zone id; empty for notes of the whole station.
    pub zone: Option<String>,
    /// Broadcast id; for `say` and `alert`, the file's stem.
    pub broadcast: Option<String>,
    /// What people call it; for a note, its sentence.
    pub title: String,
    /// Class of the airing.
    pub class: Option<Class>,
    /// When the schedule wanted it.
    pub planned: Option<Wall>,
    /// When its first sample was heard.
    pub started: Option<Wall>,
    /// When its last sample was heard.
    pub ended: Option<Wall>,
    /// Measured start minus intended start (after waiting), in milliseconds.
    pub start_error_ms: Option<f64>,
    /// The programme's length.
    pub seconds_planned: Option<f64>,
    /// How much of it was heard.
    pub seconds_played: Option<f64>,
    /// What became of it; `None` for notes.
    pub outcome: Option<Outcome>,
    /// A reason code, with a detail after a colon where there is one: `wait_expired: ban-tin`.
    pub reason: Option<Reason>,
    /// The files it played, with what was in them.
    pub audio: Vec<AudioRef>,
    /// The campaign it counts for: its id in the schedules.
    pub campaign: Option<String>,
    /// The order (say, alert) by which it sounded, or which a note is about: its id.
    pub order: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// It played where no horn was fed: nobody heard it. No part of the row: the note of the start before it tells, to
    /// whoever asks the journal for that.
    pub no_horn: bool,
    /// SHA-256 of the row's canonical bytes, lower-case hex.
    pub hash: String,
}

impl Entry {
    /// Its reason as the journal has it: `code`, or `code: detail`.
    pub fn reason_text(&self) -> Option<String> {
        self.reason.as_ref().map(Reason::to_string)
    }

    /// No more of it was heard than the tone of an alarm is long: no word, where it begins with that.
    pub fn is_within_tone(&self) -> bool {
        self.seconds_played.unwrap_or(0.0) <= ALARM_LENGTH.as_secs_f64()
    }

    /// What of an airing was heard, for the sessions of the day.
    pub fn heard(&self) -> Option<Heard> {
        let from = self.started?;
        let played = Duration::try_from_secs_f64(self.seconds_played.unwrap_or(0.0)).unwrap_or_default();
        let to = self.ended.unwrap_or(from + played);
        Some(Heard { from, to, emergency: self.class == Some(Class::Emergency) })
    }
}

/// Airing or note.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// What became of an airing.
    Airing,
    /// Anything else worth a row: start, stop, reload, outage, command.
    #[default]
    Note,
}

/// What became of an airing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// All of it was heard.
    Played,
    /// Some of it was heard.
    Partial,
    /// None of it was heard.
    Missed,
    /// A rule forbade it.
    Refused,
}

/// A file that an airing played.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AudioRef {
    /// Its name in `audio/`.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
}
