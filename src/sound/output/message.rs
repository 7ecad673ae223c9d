use super::card::OpenedCard;
use crate::diag::Text;
use crate::voice::{RelayNews, VoiceId, VoiceOrder};

/// What the controller's thread is told.
pub(super) enum Message {
    Order(VoiceId, VoiceOrder),
    Fed(VoiceId, u64, Result<(), Text>),
    Relay(VoiceId, u64, RelayNews),
    Opened(u64, Result<OpenedCard, Text>),
    Lost(u64, Text),
    Close,
}
