use std::sync::Arc;
use std::time::Duration;

use super::{Airing, Programme, Verdict};
use crate::instant::Wall;
use crate::schedule::Broadcast;
use crate::station::ZoneIx;

/// The most sound that is believed to be still owed to a zone when the look back begins. Only a zone
/// that is busy around the clock needs the assumption: a silent stretch proves itself.
pub const CARRY_MAX: Duration = Duration::from_hours(12);

/// How far back an idle instant is sought, in days; and how far beyond the end of the window what
/// was scheduled in it is followed.
pub(super) const LOOK_DAYS: [u32; 6] = [1, 2, 4, 8, 16, 32];

pub(super) const DAY: Duration = Duration::from_hours(24);

/// A broadcast as one zone hears it.
pub(super) struct ZonePart<'a> {
    /// Its place in file order.
    pub(super) rank: u32,
    pub(super) broadcast: &'a Arc<Broadcast>,
    pub(super) programme: Arc<Programme>,
    /// What is left of it in a mourning, where it has music.
    pub(super) spoken: Option<Arc<Programme>>,
}

impl ZonePart<'_> {
    /// Its airing in `zone` where it sounds unbroken from `at`.
    pub(super) fn airing(&self, zone: ZoneIx, at: Wall) -> Airing {
        Airing {
            zone,
            broadcast: Arc::clone(self.broadcast),
            programme: Arc::clone(&self.programme),
            scheduled: at,
            start: at,
            end: at + self.programme.length,
            breaks: Box::default(),
            verdict: Verdict::Play,
            reason: None,
        }
    }
}

/// An occurrence, as small as it can be: when, and of which of the zone's parts.
pub(super) type Due = (Wall, u32);
