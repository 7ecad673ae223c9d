use serde::{Deserialize, Serialize};

use crate::cap::CapMoment;
use crate::diag::{Text, text};

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

/// Why nothing sounds at such a moment, whatever a rule says.
pub(super) fn not_now(moment: CapMoment) -> Option<Text> {
    match moment {
        CapMoment::Holds => None,
        CapMoment::Over => Some(text!("đã hết hạn", "it is over")),
        CapMoment::Early => Some(text!("chưa đến lúc có hiệu lực", "it does not hold yet")),
        CapMoment::Ahead => Some(text!(
            "giờ gửi còn ở phía trước, có đồng hồ sai, nên hỏi người",
            "it was sent later than now, so a clock is wrong and a person is asked"
        )),
        CapMoment::Unknown => Some(text!(
            "đồng hồ đài chưa đáng tin, nên hỏi người",
            "the station's clock is not believed, so a person is asked"
        )),
    }
}
