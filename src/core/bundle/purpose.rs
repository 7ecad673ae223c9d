use serde::{Deserialize, Serialize};

use crate::diag::{Text, text};

/// What a key may sign, and what a bundle brings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// What is heard when, within the law of the place, and its sounds.
    Schedule,
    /// The law of the place: `[rules]`.
    Rules,
    /// What passes the law: broadcasts of class `emergency`.
    Emergency,
    /// loa itself.
    Software,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Schedule, Self::Rules, Self::Emergency, Self::Software];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Rules => "rules",
            Self::Emergency => "emergency",
            Self::Software => "software",
        }
    }

    /// The purpose of this word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }

    /// For people.
    pub fn text(self) -> Text {
        match self {
            Self::Schedule => text!("lịch phát", "schedules"),
            Self::Rules => text!("giờ được phép phát", "the lawful hours"),
            Self::Emergency => text!("phát khẩn cấp", "emergencies"),
            Self::Software => text!("phần mềm", "software"),
        }
    }
}
