use super::event::{Action, World};
use super::vetted;
use crate::instant::Wall;
use crate::plan::{Airing, Guard, SessionCount};
use crate::reason::Reason;
use crate::voice::{VoiceId, VoiceOrder};

/// What a run needs to know to take its next step.
pub(super) struct ZoneContext<'a> {
    pub(super) now: Wall,
    pub(super) world: &'a World,
    pub(super) guard: &'a Guard,
    /// How far the zone's sessions have come, where they are limited.
    pub(super) tally: Option<SessionCount>,
    /// What the clock says earlier than this is not believed, and nothing scheduled begins.
    pub(super) trusted_from: Wall,
    /// What is sent into the zone is heard from then on: before that its amplifier is warming up.
    pub(super) heard_from: Wall,
    pub(super) next_voice: &'a mut u64,
    pub(super) actions: &'a mut Vec<Action>,
}

impl ZoneContext<'_> {
    /// Ask this of a voice.
    pub(super) fn order(&mut self, voice: VoiceId, order: VoiceOrder) {
        self.actions.push(Action::Voice(voice, order));
    }

    /// That nobody has let it sound as it is.
    pub(super) fn unapproved(&self, airing: &Airing) -> Option<Reason> {
        vetted::unapproved(self.world, airing)
    }

    /// Why an airing may not begin at `at`, or now where that is past: the clock is not believed, and
    /// nobody asked for it by hand.
    pub(super) fn distrust(&self, airing: &Airing, at: Wall) -> Option<Reason> {
        (!airing.is_ordered() && at.max(self.now) < self.trusted_from).then(Reason::untrusted)
    }
}
