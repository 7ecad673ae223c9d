use crate::station::{Channel, ZoneIx};

/// One zone's part of an output.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Lane {
    /// Whose.
    pub zone: ZoneIx,
    /// Which channel of the output it feeds.
    pub channel: Channel,
    /// Level in dB; 0 leaves samples untouched.
    pub gain_db: f32,
}
