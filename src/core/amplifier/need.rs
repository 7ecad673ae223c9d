use std::time::Duration;

use crate::instant::Wall;
use crate::station::ZoneIx;

/// A stretch of time in which a zone sounds, or will.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PowerNeed {
    /// Where.
    pub zone: ZoneIx,
    /// Its first sample.
    pub from: Wall,
    /// Its last sample; `None` while it sounds and its end is not reported yet.
    pub to: Option<Wall>,
}

impl PowerNeed {
    /// An amplifier that must be on `lead` before the first sample must be on at `now`.
    pub(super) fn covers(&self, now: Wall, lead: Duration) -> bool {
        self.from - lead <= now && self.to.is_none_or(|to| now < to)
    }
}
