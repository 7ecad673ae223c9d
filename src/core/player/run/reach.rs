//! How much of its programme was heard: what was heard twice, since it began again, is heard once.

use std::time::Duration;

use super::Run;

impl Run {
    /// The length heard so far, the piece at hand included.
    pub(super) fn heard_with(&self, of_voice: Duration) -> Duration {
        let skip = self.voice.map_or(Duration::ZERO, |voice| voice.skip);
        self.reach_with(skip, of_voice).map_or(Duration::ZERO, |(from, to)| to.saturating_sub(from))
    }

    /// What of the programme was heard, once so much of it was heard from `skip` on.
    pub(super) fn reach_with(&self, skip: Duration, played: Duration) -> Option<(Duration, Duration)> {
        if played.is_zero() {
            return self.reach;
        }
        let (from, to) = self.reach.unwrap_or((skip, skip));
        Some((from.min(skip), to.max(skip + played)))
    }
}
