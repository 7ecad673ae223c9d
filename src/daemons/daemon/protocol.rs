//! What goes over the socket: one JSON object a line each way, at most [`LINE_MOST`] bytes.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::receipt::Receipt;
use crate::checkup::Words;
use crate::setup::FirstAnswers;

/// No command needs more than a name, some zones and a reason.
pub const LINE_MOST: u64 = 64 * 1024;

/// What a person can ask of the running daemon.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "lowercase", deny_unknown_fields)]
pub enum Command {
    /// How do things stand?
    Status,
    /// The same, and again whenever it has changed, as long as the connection lasts: one answer a line.
    Watch,
    /// Silence now. No zone named: every zone. Answered by a [`super::receipt::Receipt`], as all orders are.
    Stop {
        /// Zones by id, title or group.
        #[serde(default)]
        zones: Vec<String>,
        /// On whose word: the person a page knows; empty: the account's at the other end.
        #[serde(default)]
        by: String,
        /// Only what was ordered by these, by id; what they have interrupted goes on as it says. None: everything.
        #[serde(default)]
        orders: Vec<String>,
        /// The answer waits until it is quiet, two seconds at most.
        #[serde(default = "yes")]
        wait: bool,
    },
    /// Play a sound of `audio/` now, in the hours, behind what is playing.
    Say {
        /// As `play` would name it.
        name: String,
        /// Zones by id, title or group; none: every zone.
        #[serde(default)]
        zones: Vec<String>,
        /// On whose word: the person a page knows; empty: the account's at the other end.
        #[serde(default)]
        by: String,
        /// The answer waits for the first sample in each zone, two seconds at most.
        #[serde(default = "yes")]
        wait: bool,
    },
    /// Let a few tones sound, to hear which horns these are; at any hour, where nothing else sounds.
    Test {
        /// Zones by id, title or group; none: every zone.
        #[serde(default)]
        zones: Vec<String>,
        /// On whose word: the person a page knows; empty: the account's at the other end.
        #[serde(default)]
        by: String,
        /// The answer waits for the first sample in each zone, two seconds at most.
        #[serde(default = "yes")]
        wait: bool,
    },
    /// Somebody speaks live, in the hours, where nothing else sounds. Answered by a [`super::receipt::Receipt`]; where a zone
    /// takes it the connection goes on: sound comes in as frames ([`crate::incoming::wire`]), and what is to be told goes out as
    /// one [`TalkNews`] a line, the last of which is `over`.
    Talk {
        /// Zones by id, title or group; none: every zone.
        #[serde(default)]
        zones: Vec<String>,
        /// On whose word: the person a page knows; empty: the account's at the other end.
        #[serde(default)]
        by: String,
    },
    /// Play a sound of `audio/` at once, over anything, at any hour.
    Alert {
        /// As `play` would name it.
        name: String,
        /// Zones by id, title or group; none: every zone.
        #[serde(default)]
        zones: Vec<String>,
        /// On whose word.
        by: String,
        /// Why.
        why: String,
        /// How many times it is heard.
        #[serde(default = "once")]
        times: u32,
        /// The answer waits for the first sample in each zone, two seconds at most.
        #[serde(default = "yes")]
        wait: bool,
        /// The tone of an alarm is heard first, at once: whoever is wrong can stop it before a word is heard.
        #[serde(default)]
        tone: bool,
        /// A program gives it again and again until it is taken: why it is not is written down once for each reason.
        #[serde(default)]
        insists: bool,
    },
    /// A drill: a sound of `audio/` in its turn, in the hours, between two times the station's own sound that says that it
    /// is a drill (`[emergency] drill`).
    Drill {
        /// What is heard between; empty: nothing, and the one that says so is heard once.
        #[serde(default)]
        name: String,
        /// Zones by id, title or group; none: every zone.
        #[serde(default)]
        zones: Vec<String>,
        /// On whose word: the person a page knows; empty: the account's at the other end.
        #[serde(default)]
        by: String,
        /// The answer waits for the first sample in each zone, two seconds at most.
        #[serde(default = "yes")]
        wait: bool,
    },
    /// What people did about an alarm besides sounding it, for the journal.
    Mark {
        /// What.
        what: AlarmMark,
        /// The order it is about; none where none was given.
        #[serde(default)]
        order: Option<String>,
        /// What it is about, as people call it.
        title: String,
        /// On whose word; empty: the account's at the other end.
        #[serde(default)]
        by: String,
        /// What is to be said of it.
        #[serde(default)]
        why: String,
    },
    /// A person lets a broadcast sound as it is. Answered by a [`super::receipt::Receipt`] without zones.
    Approve {
        /// Its id.
        broadcast: String,
        /// What the person has seen and heard: its digest.
        digest: String,
        /// On whose word; empty: the account's at the other end.
        #[serde(default)]
        by: String,
        /// It was signed on paper, by `by`, and this person enters it.
        #[serde(default)]
        entered_by: Option<String>,
    },
    /// A person gives a broadcast back: it does not sound as it is.
    Return {
        /// Its id.
        broadcast: String,
        /// What the person has seen and heard: its digest.
        digest: String,
        /// On whose word; empty: the account's at the other end.
        #[serde(default)]
        by: String,
        /// What is to be changed.
        note: String,
    },
    /// Somebody has compared the clock with another and found it right.
    Confirm {
        /// On whose word; empty: the account's at the other end.
        #[serde(default)]
        by: String,
    },
    /// The first `loa.toml` of a station that nobody has set up, by whoever has its link.
    Setup {
        /// What stands in the link.
        token: String,
        /// The name, the hamlets.
        answers: FirstAnswers,
    },
    /// Read the files again.
    Reload,
    /// Write into the journal what came of a bundle that was brought; taken from the station's own account and root only.
    Brought {
        /// `bundle_installed`, `bundle_refused` or `report_taken`, with its detail.
        reason: String,
        /// Its sentence.
        title: String,
    },
    /// Install the bundle that the link has brought (`state/link/goi.loa`), by the station's own account. Whoever asks decides
    /// nothing: signatures do. Answered by its delivery, once it is done.
    Install,
    /// Sign a row of the journal with the station's key; answered by the seal.
    Seal {
        /// Its number.
        row: u64,
    },
}

/// What people did about an alarm.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlarmMark {
    /// It is made ready, and nobody has sounded it.
    Unsent,
    /// It was given up.
    Dropped,
    /// A second person agrees.
    Agreed,
    /// One person sounded what needs two.
    Alone,
    /// Its end was read.
    Read,
    /// A remark.
    Remark,
    /// One came from outside, and was judged.
    Received,
    /// One that came from outside does not sound.
    Declined,
    /// It was not heard everywhere.
    Unheard,
    /// A drill was measured.
    Measured,
    /// A sealed code was used.
    Code,
    /// Sealed codes were made anew.
    Codes,
}

/// What is told to somebody who speaks live.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "talk", rename_all = "lowercase")]
pub enum TalkNews {
    /// The chime is over: what is said now is heard.
    On,
    /// The horns are heard in the microphone.
    Howl,
    /// Nothing is heard of him.
    Silent,
    /// All is well again.
    Well,
    /// It is over.
    Over {
        /// What became of it in each zone.
        receipt: Box<Receipt>,
        /// Why loa has ended it; none where he did, or somebody stopped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Words>,
        /// It broke off: it was neither ended by him nor stopped.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_broken: bool,
    },
}

const fn once() -> u32 {
    1
}

const fn yes() -> bool {
    true
}

impl Command {
    /// Whether the answer waits until it is known what came of the order.
    pub fn waits(&self) -> bool {
        match self {
            Self::Say { wait, .. }
            | Self::Alert { wait, .. }
            | Self::Drill { wait, .. }
            | Self::Stop { wait, .. }
            | Self::Test { wait, .. } => *wait,
            Self::Status
            | Self::Watch
            | Self::Talk { .. }
            | Self::Mark { .. }
            | Self::Approve { .. }
            | Self::Return { .. }
            | Self::Confirm { .. }
            | Self::Setup { .. }
            | Self::Reload
            | Self::Brought { .. }
            | Self::Install
            | Self::Seal { .. } => false,
        }
    }
}

/// The daemon's answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
pub enum Reply {
    /// Done, or under way.
    Done {
        /// For [`Command::Status`] and [`Command::Watch`], the station; for an order, its receipt; otherwise null.
        status: Value,
    },
    /// Not done, and why.
    Refused {
        /// In Vietnamese.
        vi: String,
        /// In English.
        en: String,
        /// It names something that the station does not have; an older loa does not say so.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        misnamed: bool,
    },
}
