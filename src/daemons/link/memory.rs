use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};

use super::hindrance::HinderedAt;
use crate::bundle::{Locality, UtcSecond};
use crate::site::{Site, read, replace};

/// A few hundred alarms and a handful of places.
const MEMORY_MOST: u64 = 4 << 20;
/// So many alarms are remembered at most; all of them were over long ago but a few.
const ALARMS_MOST: usize = 500;

/// What the link remembers over a power cut: `state/link/link.json`. It can be lost without harm but one: what was ordered and
/// is not over yet would be heard again, so it is written before each order.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct LinkMemory {
    /// The journal that the collector has rows of.
    #[serde(default)]
    pub(super) epoch: String,
    /// Up to which row.
    #[serde(default)]
    pub(super) received: u64,
    /// When the centre last answered.
    #[serde(default)]
    pub(super) heard: Option<UtcSecond>,
    /// By place: the letter that was dealt with last, by the SHA-256 of its bytes.
    #[serde(default)]
    pub(super) letters: BTreeMap<Locality, LetterMark>,
    /// By place: number and SHA-256 of the newest paper of alarms.
    #[serde(default)]
    pub(super) papers: BTreeMap<Locality, (u64, String)>,
    /// Alarms that came.
    #[serde(default)]
    pub(super) alarms: Vec<AlarmMemo>,
    /// What came and was not truly signed, or is not for this box.
    #[serde(default)]
    pub(super) refused: u64,
    /// By place: when the alarms came that cannot be judged, since there is no list of keys yet.
    #[serde(default)]
    pub(super) unjudged: BTreeMap<Locality, UtcSecond>,
    /// Why there was no contact the last time when there was none.
    #[serde(default)]
    pub(super) hindered: Option<HinderedAt>,
    /// Since when nobody at the centre's server takes rows; none where somebody does.
    #[serde(default)]
    pub(super) unserved: Option<UtcSecond>,
    /// Since when the centre's server has no room for more rows; none where it has.
    #[serde(default)]
    pub(super) full: Option<UtcSecond>,
}

/// What became of a letter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct LetterMark {
    pub(super) sha256: String,
    /// It is installed; else it was refused, and is tried again in its time.
    pub(super) taken: bool,
    /// Why not: a code.
    #[serde(default)]
    pub(super) code: String,
    pub(super) at: UtcSecond,
    /// Its number, where it was refused and could be read.
    #[serde(default)]
    pub(super) number: Option<u64>,
    /// By which keys it was refused, as [`crate::bundle::Trusted::mark`] has it; with others it is judged again.
    #[serde(default)]
    pub(super) trust: Option<String>,
}

/// An alarm of the centre, and how far it has come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct AlarmMemo {
    pub(super) id: String,
    pub(super) place: Locality,
    pub(super) title: String,
    pub(super) sound: String,
    pub(super) times: u32,
    pub(super) tone: bool,
    pub(super) made: UtcSecond,
    pub(super) expires: UtcSecond,
    /// Whose signature.
    pub(super) by: String,
    pub(super) stage: AlarmStage,
    /// When it came here.
    pub(super) came: UtcSecond,
    /// When the order was given last.
    #[serde(default)]
    pub(super) given: Option<UtcSecond>,
}

/// How far an alarm has come on this box.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AlarmStage {
    /// It is to be ordered.
    New,
    /// It is being ordered; after a power cut nobody knows whether it was, but the journal.
    Ordering,
    /// It was ordered, once and for all.
    Ordered,
    /// It was over before it could be ordered.
    Expired,
    /// The centre took it back before it could be ordered.
    Withdrawn,
}

impl AlarmStage {
    /// Something is still to be done about it.
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Ordering)
    }
}

impl LinkMemory {
    /// As it lies on the disk; nothing yet where it cannot be read.
    pub(super) fn read(site: &Site) -> Self {
        let bytes = read(&site.link().join("link.json"), MEMORY_MOST).ok();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Write it down.
    pub(super) fn write(&self, site: &Site) -> io::Result<()> {
        replace(&site.link().join("link.json"), &serde_json::to_vec(self).map_err(io::Error::from)?)
    }

    /// Forget the alarms that were over longest ago, where there are too many.
    pub(super) fn tidy(&mut self) {
        let over = self.alarms.len().saturating_sub(ALARMS_MOST);
        if over > 0 {
            self.alarms.sort_by_key(|alarm| (alarm.stage.is_open(), alarm.expires));
            self.alarms.drain(..over);
        }
    }
}
