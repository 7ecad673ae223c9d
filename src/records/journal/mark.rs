use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::fact::Added;
use crate::fact::body::{Thousandths, clipped, clipped_audio, read_instant, version_by};
use crate::fact::{AudioRef, Entry, EntryKind};
use crate::schedule::Class;

/// A step of an airing under way, as it stands in the file. Absent fields are left out.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    pub(super) id: u64,
    pub(super) written: String,
    pub(super) prev: String,
    /// Head of the entries' chain at that moment.
    pub(super) entries: String,
    pub(super) step: MarkStep,
    pub(super) key: String,
    /// With `intent`: when it shall start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<String>,
    /// With `start`: when its first sample was heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) started: Option<String>,
    /// With `intent`: what shall sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) airing: Option<DraftEntry>,
    /// With `end`: the entry that says what became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) entry: Option<u64>,
}

/// Which step.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum MarkStep {
    Intent,
    Start,
    End,
}

/// What an intent knows of the entry to come.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftEntry {
    zone: Option<String>,
    broadcast: Option<String>,
    title: String,
    class: Option<Class>,
    planned: Option<String>,
    seconds_planned: Option<Thousandths>,
    audio: Vec<AudioRef>,
    #[serde(default, skip_serializing_if = "Added::is_absent")]
    campaign: Added,
    #[serde(default, skip_serializing_if = "Added::is_absent")]
    order: Added,
    approved_by: Option<String>,
}

impl DraftEntry {
    /// What is known of `entry` before it sounds.
    pub(super) fn of(entry: &Entry, tz: &TimeZone) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(clipped);
        Self {
            zone: text(&entry.zone),
            broadcast: text(&entry.broadcast),
            title: clipped(&entry.title),
            class: entry.class,
            planned: entry.planned.map(|at| at.rfc3339(tz)),
            seconds_planned: entry.seconds_planned.and_then(Thousandths::nearest),
            audio: clipped_audio(&entry.audio),
            campaign: Added::Is(text(&entry.campaign)),
            order: Added::Is(text(&entry.order)),
            approved_by: text(&entry.approved_by),
        }
    }

    /// As [`RowBody::version`](crate::fact::RowBody::version).
    pub(super) const fn version(&self) -> Option<i64> {
        version_by(self.campaign.is_absent(), self.order.is_absent())
    }

    /// The beginnings of the entry that closes it.
    pub(super) fn entry(self) -> Entry {
        Entry {
            kind: EntryKind::Airing,
            zone: self.zone,
            broadcast: self.broadcast,
            title: self.title,
            class: self.class,
            planned: self.planned.as_deref().and_then(read_instant),
            seconds_planned: self.seconds_planned.map(Thousandths::value),
            audio: self.audio,
            campaign: self.campaign.text(),
            order: self.order.text(),
            approved_by: self.approved_by,
            ..Entry::default()
        }
    }
}
