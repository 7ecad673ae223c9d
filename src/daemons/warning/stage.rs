use serde::{Deserialize, Serialize};

/// How far a part of an alarm has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CapStage {
    /// It is to be ordered, or waits for a person.
    Open,
    /// It is being ordered; after a power cut nobody knows whether it was, but the journal.
    Ordering,
    /// It was ordered, by itself or by a person.
    Ordered,
    /// It was ordered, and is over; who did not hear it is known.
    Settled,
    /// It was over before it was ordered.
    Expired,
    /// Whoever sent it has taken it back, or sent another one in its place.
    Withdrawn,
    /// It is there to be read, and for nothing else.
    Shown,
}

impl CapStage {
    /// Nothing is to be done about it any more.
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Settled | Self::Expired | Self::Withdrawn | Self::Shown)
    }
}
