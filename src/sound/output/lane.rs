use std::time::Duration;

use super::SentOutlet;
use crate::diag::{Text, text};
use crate::station::{Channel, Zone, ZoneIx};

/// One zone's part of an output.
#[derive(Clone, PartialEq, Debug)]
pub struct OutputLane {
    /// Whose.
    pub zone: ZoneIx,
    /// Which channel of the output it feeds.
    pub channel: Channel,
    /// Level in dB; 0 leaves samples untouched.
    pub gain_db: f32,
    /// How much later than asked for it is heard, so that horns that stand apart sound together.
    pub delay: Duration,
    /// Where its sound is left for whoever listens to its horns; none where nobody does.
    pub sent: Option<SentOutlet>,
}

impl OutputLane {
    /// The lane of a zone as `loa.toml` has it.
    pub fn of(zone: ZoneIx, written: &Zone) -> Self {
        Self { zone, channel: written.channel, gain_db: written.gain_db, delay: written.delay, sent: None }
    }

    /// What is said of a voice for a zone that has no lane in the output.
    pub(super) fn none_here() -> Text {
        text!("cụm loa này không dùng đầu ra này", "this zone does not play on this output")
    }
}
