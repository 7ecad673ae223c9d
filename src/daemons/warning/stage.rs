use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cap::{CapMoment, CapTimes};
use crate::diag::{Text, text};
use crate::station::CapAct;

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
    /// A person decided that it does not sound.
    Declined,
    /// It is there to be read, and for nothing else.
    Shown,
}

impl CapStage {
    /// Nothing is to be done about it any more.
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Settled | Self::Expired | Self::Withdrawn | Self::Declined | Self::Shown)
    }
}

/// What is done now about an alarm that is open: what is said of it, and what is done, both come from here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CapDeed {
    /// It is over: nothing.
    Over,
    /// It is there to be read.
    Shows,
    /// It sounds by itself.
    Sounds,
    /// It sounds by itself once it holds.
    Awaits,
    /// A person is asked.
    Asks,
    /// A person is asked, as it is over before it holds.
    AsksEnded,
    /// A person is asked, and it sounds by itself where nobody has decided by the time the clock is believed.
    AsksUnbelieved,
    /// The same, by the time at which it was sent.
    AsksAhead,
}

impl CapDeed {
    /// By what a rule says of it, and by the clock; `now` is none where that is not believed.
    pub(super) fn of(act: CapAct, times: &CapTimes, now: Option<Timestamp>) -> Self {
        let is_never = times.from > times.sent && times.until <= times.from;
        match (act, times.at(now)) {
            (_, CapMoment::Over) => Self::Over,
            (CapAct::Show, _) => Self::Shows,
            (CapAct::Ask, _) => Self::Asks,
            (CapAct::Sound, CapMoment::Holds) => Self::Sounds,
            (CapAct::Sound, _) if is_never => Self::AsksEnded,
            (CapAct::Sound, CapMoment::Early) => Self::Awaits,
            (CapAct::Sound, CapMoment::Unknown) => Self::AsksUnbelieved,
            (CapAct::Sound, CapMoment::Ahead) => Self::AsksAhead,
        }
    }

    /// Whether a person is asked.
    pub(super) const fn is_asked(self) -> bool {
        matches!(self, Self::Asks | Self::AsksEnded | Self::AsksUnbelieved | Self::AsksAhead)
    }

    /// Why what a rule says is not done now.
    pub(super) fn why(self) -> Option<Text> {
        Some(match self {
            Self::Shows | Self::Sounds | Self::Asks => return None,
            Self::Over => text!("đã hết hạn", "it is over"),
            Self::Awaits => text!("chưa đến lúc có hiệu lực", "it does not hold yet"),
            Self::AsksEnded => text!(
                "hết hạn trước khi có hiệu lực, nên hỏi người",
                "it is over before it holds, so a person is asked"
            ),
            Self::AsksUnbelieved => text!(
                "đồng hồ đài chưa đáng tin, nên hỏi người; đồng hồ đáng tin lại mà còn hạn, chưa ai quyết định, thì tự phát",
                "the station's clock is not believed, so a person is asked; it sounds by itself where nobody has decided when the clock is believed, and it holds"
            ),
            Self::AsksAhead => text!(
                "giờ gửi còn ở phía trước, có đồng hồ sai, nên hỏi người; gần đến giờ ấy mà chưa ai quyết định thì tự phát",
                "it was sent later than now, so a clock is wrong and a person is asked; it sounds by itself where nobody has decided when that time is near"
            ),
        })
    }
}
