//! How a station stands: what a running daemon says of itself to `loa status`, to doctor and to whoever asks its socket.
//! Instants are RFC 3339 by the station's clock. Keys only become more; one that an older daemon does not say has its
//! default.

use serde::{Deserialize, Serialize};

use crate::checkup::{Standing, Words};
use crate::schedule::Class;

/// How a station stands.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// The station's name.
    pub name: String,
    /// When it was asked.
    pub at: String,
    /// Its clock.
    pub clock: ClockStatus,
    /// Its journal.
    pub journal: JournalStatus,
    /// How many broadcasts its schedules have.
    pub broadcasts: usize,
    /// How many sounds it knows.
    pub sounds: usize,
    /// Its zones, in the order of `loa.toml`.
    pub zones: Vec<ZoneStatus>,
    /// Orders by hand that are under way.
    pub orders: Vec<OrderStatus>,
    /// Who has stopped what within the last hour.
    pub stops: Vec<StopStatus>,
    /// Its files, amplifiers and last rehearsal.
    #[serde(flatten)]
    pub standing: Standing,
}

/// Whether the clock is believed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClockStatus {
    /// It is.
    pub trusted: bool,
    /// What speaks for it, where it is: codes of reasons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Why it is not, where it is not: a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How far it had drifted when it was last synchronised again: a reason.
    pub drift: Option<String>,
}

/// How the journal fares.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JournalStatus {
    /// It is being written; an older daemon does not say.
    pub writes: Option<bool>,
    /// Rows that wait for the disk.
    pub waiting: usize,
    /// Why it cannot be written.
    pub why: Option<Words>,
    /// The damaged file that was put aside in this run.
    pub set_aside: Option<SetAsideStatus>,
    /// How it was not as the station had left it, when it was opened in this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misfit: Option<Words>,
    /// Its file was taken away in this run.
    pub restored: Option<RestoredStatus>,
    /// Bytes of the log that a reader keeps from being folded in.
    pub log_bytes: Option<u64>,
}

/// A damaged journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SetAsideStatus {
    /// Its name in `state/`.
    pub file: String,
    /// What was wrong with it.
    pub why: Words,
}

/// A journal that was put back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RestoredStatus {
    /// With all its rows.
    pub whole: bool,
}

/// How a zone stands.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ZoneStatus {
    /// Its id.
    pub zone: String,
    /// What people call it; an older daemon does not say.
    pub title: Option<String>,
    /// What sounds.
    pub playing: Option<PlayingStatus>,
    /// What comes next.
    pub next: Option<NextStatus>,
    /// What comes first, within the day that is planned, and will not sound for want of something; an older daemon does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent: Option<SilentStatus>,
    /// How many wait for their turn.
    pub waiting: usize,
    /// Holes in its sound since the start.
    pub underruns: u64,
    /// Its output is no horn, so that nobody hears what plays here: `null`, or a file.
    pub no_horn: bool,
    /// Its output was used since the start; an older daemon does not say.
    pub tried: Option<bool>,
    /// Why it cannot sound.
    pub trouble: Option<TroubleStatus>,
}

/// What sounds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlayingStatus {
    /// The broadcast's id.
    pub broadcast: String,
    /// Its title.
    pub title: String,
    /// Its class.
    pub class: Class,
    /// The order by hand that it carries out; none for what is written. It is heard for a moment longer than the order is
    /// under way: what is ended fades out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Since when.
    pub started: String,
    /// How long all of it is.
    pub seconds: f64,
    /// Where a higher station is booked: whether it is heard, in both languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Words>,
}

/// What comes next.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NextStatus {
    /// The broadcast's id.
    pub broadcast: String,
    /// Its title.
    pub title: String,
    /// When.
    pub start: String,
}

/// What will not sound as things are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SilentStatus {
    /// The broadcast's id.
    pub broadcast: String,
    /// Its title.
    pub title: String,
    /// When it should begin.
    pub start: String,
    /// The code of what is wanting: `no_sound`, `not_approved`, …
    pub code: String,
}

/// Why a zone cannot sound.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TroubleStatus {
    /// In both languages.
    #[serde(flatten)]
    pub why: Words,
    /// Since when.
    pub since: String,
}

/// An order by hand.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OrderStatus {
    /// Its id.
    pub order: String,
    /// What it plays.
    pub title: String,
    /// When it was given.
    pub at: String,
    /// How it stands in each of its zones.
    pub zones: Vec<OrderZone>,
    /// What it is; an older daemon does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<OrderSort>,
    /// On whose word.
    #[serde(default)]
    pub by: String,
    /// Why; empty where it was not asked.
    #[serde(default)]
    pub why: String,
    /// How many times it is heard.
    #[serde(default = "once")]
    pub times: u32,
    /// Seconds of tone before its first word.
    #[serde(default)]
    pub tone: f64,
}

const fn once() -> u32 {
    1
}

/// What an order by hand is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderSort {
    /// At once, over anything, at any hour.
    Alert,
    /// In its turn, within the hours, and says of itself that it is one.
    Drill,
    /// In its turn, within the hours.
    Say,
    /// A few tones, to hear which horns these are.
    Test,
    /// Somebody speaks live.
    Talk,
}

/// What an account has stopped.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StopStatus {
    /// The account.
    pub by: String,
    /// How often in the last hour it ended something.
    pub times: u32,
    /// When it last did.
    pub at: String,
    /// What it has ended: titles.
    pub ended: Vec<String>,
}

/// How an order stands in a zone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OrderZone {
    /// The zone's id.
    pub zone: String,
    /// How.
    pub state: OrderState,
    /// When it is to begin, where it waits.
    pub start: Option<String>,
    /// How long it is.
    pub seconds: f64,
    /// When its first sample was heard, as measured, where it sounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    /// Why it does not sound, where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Words>,
}

/// How an order stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// It is heard.
    Sounding,
    /// It plays where there is no horn.
    Unheard,
    /// It waits for its turn.
    Waits,
    /// It is about to begin.
    Accepted,
    /// It cannot be heard at present, and is tried.
    Silent,
}
