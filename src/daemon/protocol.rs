//! What goes over the socket: one JSON object a line each way, at most [`LINE_MOST`] bytes.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// No command needs more than a name, some zones and a reason.
pub const LINE_MOST: u64 = 64 * 1024;

/// What a person can ask of the running daemon.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "lowercase", deny_unknown_fields)]
pub enum Command {
    /// How do things stand?
    Status,
    /// Silence now. No zone named: every zone.
    Stop {
        /// Zone or group ids.
        #[serde(default)]
        zones: Vec<String>,
    },
    /// Play a sound of `audio/` now, in the hours, behind what is playing.
    Say {
        /// As `play` would name it.
        name: String,
        /// Zone or group ids; none: every zone.
        #[serde(default)]
        zones: Vec<String>,
    },
    /// Play a sound of `audio/` at once, over anything, at any hour.
    Alert {
        /// As `play` would name it.
        name: String,
        /// Zone or group ids; none: every zone.
        #[serde(default)]
        zones: Vec<String>,
        /// On whose word.
        by: String,
        /// Why.
        why: String,
        /// How many times it is heard.
        #[serde(default = "once")]
        times: u32,
    },
    /// Somebody has compared the clock with another and found it right.
    Confirm {
        /// On whose word; empty: the account's at the other end.
        #[serde(default)]
        by: String,
    },
    /// Read the files again.
    Reload,
}

const fn once() -> u32 {
    1
}

/// The daemon's answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
pub enum Reply {
    /// Done, or under way.
    Done {
        /// For [`Command::Status`], the station; otherwise null.
        status: Value,
    },
    /// Not done, and why.
    Refused {
        /// In Vietnamese.
        vi: String,
        /// In English.
        en: String,
    },
}
