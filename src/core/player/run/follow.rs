//! A run in a world that changes under it: a new plan, a step of the clock.

use jiff::SignedDuration;

use super::{Run, Voice, VoiceState, is_join};
use crate::instant::Wall;
use crate::plan::{Airing, Carried, Cause, Guard, Interruption, Piece, Verdict};
use crate::player::event::Action;
use crate::player::want::patience;
use crate::reason::{Off, Reason};
use crate::voice::VoiceOrder;

impl Run {
    /// It sounds: by the output's word, or by the clock while that word is on its way.
    pub(in crate::player) fn is_on_air(&self, now: Wall) -> bool {
        match (self.voice, self.pieces.front()) {
            (Some(Voice { state: VoiceState::Playing, .. }), _) => true,
            (Some(Voice { state: VoiceState::Armed, begins, .. }), Some(piece)) => {
                piece.start.max(begins.unwrap_or(Wall::MIN)) <= now && self.hindered.is_none()
            }
            _ => false,
        }
    }

    /// When the part of it began, or begins, that is next or under way.
    pub(in crate::player) fn under_way_since(&self) -> Option<Wall> {
        self.pieces.front().map(|piece| piece.start)
    }

    /// Nothing of it was heard, and its rule lets it begin at `now` or later.
    pub(in crate::player) fn may_still_begin(&self, now: Wall) -> bool {
        self.started.is_none()
            && self.because.is_none()
            && now < self.airing.scheduled + patience(&self.airing.broadcast)
    }

    /// The journal waits for its outcome.
    pub(in crate::player) fn is_intended(&self) -> bool {
        self.intended
    }

    /// All of it was heard, to the end: of a talk, to the end that whoever spoke has made.
    pub(in crate::player) fn is_whole(&self) -> bool {
        self.whole && !self.heard.is_zero() && self.talked.lost.is_none()
    }

    /// It was heard before, and is between two pieces.
    pub(in crate::player) fn is_suspended(&self) -> bool {
        self.suspended.is_some()
    }

    /// Nothing of it has been heard, and nothing is about to be.
    pub(in crate::player) fn is_untouched(&self, now: Wall) -> bool {
        self.started.is_none() && !self.is_on_air(now) && self.because.is_none()
    }

    /// As a job for planning again; `None` while nothing of it has been heard.
    pub(in crate::player) fn carry(&self, now: Wall) -> Option<Carried> {
        let piece = self.pieces.front()?;
        if self.is_on_air(now) {
            // From now, so that new lawful hours bind what is to come and not what was.
            let piece = piece.from(now).unwrap_or(*piece);
            return Some(Carried::Running { since: piece.start, offset: piece.offset });
        }
        if self.joins && self.started.is_none() {
            let offset = now.after(self.airing.start);
            return Some(Carried::Suspended { since: now, offset, by: Interruption::Joined });
        }
        let (since, by) = self.suspended.clone()?;
        Some(Carried::Suspended { offset: piece.offset, since, by })
    }

    /// It is planned again from here, not from the schedule.
    pub(in crate::player) fn is_carried(&self, now: Wall) -> bool {
        self.airing.scheduled <= now || self.airing.is_ordered() || self.started.is_some() || self.is_on_air(now)
    }

    /// Follow a new plan. What sounds goes on, perhaps to another end; what is only prepared stays so
    /// if the new plan wants the same sound from the same place.
    pub(in crate::player) fn follow(&mut self, mut airing: Airing, now: Wall, actions: &mut Vec<Action>) {
        if self.because.is_some() {
            return;
        }
        let old = self.pieces.front().copied();
        // What was heard already comes first in the plan of what has begun.
        let first_end = airing.breaks.first().map_or(airing.end, |cut| cut.from);
        let begun = usize::from(airing.start < first_end);
        if let Some(old) = old.filter(|_| self.is_on_air(now)) {
            self.pieces = airing.pieces().skip(begun).collect();
            self.pieces.push_front(Piece { end: first_end, ..old.from(now).unwrap_or(old) });
        } else {
            let skip = if self.suspended.is_some() || is_join(&airing) { begun } else { 0 };
            self.pieces = airing.pieces().skip(skip).collect();
            if self.joins && self.started.is_none() && self.pieces.is_empty() {
                self.because = Some(Reason::StationOff(Off::default()));
            }
            let new = self.pieces.front().copied();
            let armed = self.voice.is_some_and(|voice| voice.state == VoiceState::Armed);
            let same = new.map(|piece| piece.offset) == old.map(|piece| piece.offset)
                && (!armed || new.map(|piece| piece.start) == old.map(|piece| piece.start))
                && airing.programme == self.airing.programme;
            if !same {
                self.forget_voice(actions);
            }
        }
        // What happened before stays known: that it has waited, that it was interrupted.
        let past = self.airing.reason.take().filter(|reason| match reason.as_ref() {
            Cause::Waits(_) => airing.start > airing.scheduled,
            Cause::Interrupted(_) => !self.heard.is_zero(),
            _ => false,
        });
        airing.reason = airing.reason.or(past);
        self.airing = airing;
    }

    /// When a run without pieces is over: one that a new plan lets wait in vain, when its wait is.
    pub(super) fn over_at(&self) -> Wall {
        match (self.airing.verdict, self.airing.reason.as_deref()) {
            (Verdict::Miss, Some(Cause::WaitExpired(_))) => self.airing.scheduled + self.airing.broadcast.wait,
            _ => Wall::MIN,
        }
    }

    /// The wall clock has stepped by `moved`: an order begins, or goes on, when it would have. When it was to
    /// begin is told by the clock of its beginning. What sounds of it is left to [`Self::clock_stepped`].
    pub(in crate::player) fn take_along(&mut self, moved: SignedDuration) {
        if !self.airing.is_ordered() {
            return;
        }
        if self.started.is_none() {
            self.airing.shift(moved);
        }
        let sounding = self.voice.is_some_and(|voice| voice.state == VoiceState::Playing);
        for piece in self.pieces.iter_mut().skip(usize::from(sounding)) {
            (piece.start, piece.end) = (piece.start.moved(moved), piece.end.moved(moved));
        }
    }

    /// The wall clock has stepped by `moved` and says `now`. What sounds goes on where the new time
    /// allows it, and ends as much later or earlier as the clock moved; what was armed for the old time
    /// is prepared again for the new one.
    pub(in crate::player) fn clock_stepped(
        &mut self,
        moved: SignedDuration,
        now: Wall,
        guard: &Guard,
        actions: &mut Vec<Action>,
    ) {
        if let Some((since, _)) = &mut self.suspended {
            *since = since.moved(moved);
        }
        self.gave_up = self.gave_up.map(|since| since.moved(moved));
        match &mut self.voice {
            _ if self.because.is_some() => {}
            Some(voice) if voice.state == VoiceState::Playing => {
                // Whatever cut the output was told of, it is told again.
                voice.cut = voice.cut.filter(|cut| *cut == Wall::MAX).or(voice.cut.map(|_| Wall::MIN));
                if let Some(piece) = self.pieces.front_mut() {
                    *piece = Piece { start: piece.start.moved(moved), end: piece.end.moved(moved), ..*piece };
                    *piece = piece.from(now).unwrap_or(*piece);
                }
                self.sounding = self.sounding.map(|(from, lag)| (from.moved(moved), lag));
                if !self.airing.broadcast.passes_hours() && !guard.allows(now) {
                    self.because = Some(Reason::OutsideHours);
                    self.gave_up = Some(now);
                    self.forget_cut(actions);
                }
            }
            _ => self.forget_voice(actions),
        }
    }

    /// Drop a voice that has not been told to start, so that the piece is prepared again.
    pub(in crate::player) fn forget_voice(&mut self, actions: &mut Vec<Action>) {
        if let Some(voice) = self.voice.take() {
            actions.push(Action::Voice(voice.id, VoiceOrder::Cut(None)));
        }
    }

    fn forget_cut(&mut self, actions: &mut Vec<Action>) {
        if let Some(voice) = self.voice {
            actions.push(Action::Voice(voice.id, VoiceOrder::Cut(None)));
        }
    }
}
