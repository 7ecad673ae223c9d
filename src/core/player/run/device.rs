//! A run and its device: how long it waits for one that is away, and what becomes of it when it loses one.

use std::time::Duration;

use jiff::SignedDuration;

use super::{Run, START_GRACE, VoiceState};
use crate::instant::Wall;
use crate::plan::{Interruption, Piece};
use crate::reason::{Reason, Trouble};
use crate::schedule::{IfInterrupted, IfMissed};

/// An order to sound at once waits this long for a device that cannot be had. Somebody stands beside it
/// and would rather plug the cable in than ask again; an alert is worth more patience than a greeting.
pub(in crate::player) const ALERT_GRACE: Duration = Duration::from_mins(10);
pub(in crate::player) const SAY_GRACE: Duration = Duration::from_secs(30);

impl Run {
    /// How late this airing may still start, or go on.
    pub(super) fn grace(&self) -> Duration {
        if self.airing.is_ordered() {
            return if self.is_emergency() { ALERT_GRACE } else { SAY_GRACE };
        }
        if self.started.is_some() {
            return self.airing.broadcast.wait.max(START_GRACE);
        }
        match self.airing.broadcast.if_missed {
            IfMissed::Late(most) => most.max(START_GRACE),
            IfMissed::Skip | IfMissed::Join => START_GRACE,
        }
    }

    /// When it begins, or goes on, where it has not been told to start yet although nothing is wrong with its device.
    pub(in crate::player) fn is_to_start_at(&self) -> Option<Wall> {
        let told = self.voice.is_some_and(|voice| matches!(voice.state, VoiceState::Armed | VoiceState::Playing));
        let piece = self.pieces.front().filter(|_| !told && self.hindered.is_none() && self.because.is_none());
        piece.map(|piece| piece.start)
    }

    /// When it begins, where its sound is still being got ready although nothing is wrong with its device.
    pub(in crate::player) fn is_preparing_for(&self) -> Option<Wall> {
        let preparing = self.voice.is_some_and(|voice| voice.state == VoiceState::Preparing);
        let piece = self.pieces.front().filter(|_| preparing && self.hindered.is_none() && self.because.is_none());
        piece.map(|piece| piece.start)
    }

    /// It was told to start, and its device went away before it did.
    pub(super) fn is_kept_too_long(&self, now: Wall, piece: Piece) -> bool {
        let armed = self.voice.is_some_and(|voice| voice.state == VoiceState::Armed);
        armed && self.is_too_late(now, piece)
    }

    /// Its first voice began so much later than asked, as measured since: what was told at the start was a guess,
    /// on a card that had just been opened a bad one.
    pub(super) fn correct_start(&mut self, asked: Option<Wall>, error: Option<SignedDuration>) {
        if let (Some(asked), Some(error), true) = (asked, error, self.heard.is_zero()) {
            self.started = self.started.map(|_| asked.moved(error));
        }
    }

    /// The sound of the voice at hand had holes.
    pub(in crate::player) fn had_holes(&mut self, times: u32, silent: Duration) {
        self.holes = (self.holes.0.saturating_add(times), self.holes.1 + silent);
    }

    /// The journal's reason where the device is what is missing.
    pub(in crate::player) fn device_failed(&self) -> Option<Reason> {
        let why = self.hindered.as_ref()?;
        Some(self.lost.clone().unwrap_or_else(|| Reason::DeviceFailed(why.into())))
    }

    /// Its device is gone, `offset` into its programme.
    pub(super) fn device_lost(&mut self, at: Wall, offset: Duration) {
        let why = self.hindered.take();
        let because = Reason::DeviceLost(why.as_ref().map_or_else(|| Trouble::English(String::new()), Trouble::from));
        if !self.go_on_from(at, offset) {
            self.broke_off(because.clone());
        }
        self.lost = Some(because);
    }

    /// Its device is gone: let it go on from where it was cut, `offset` into its programme, as soon as
    /// the device is back and for as long as it may wait. False where that is not how it wants it.
    fn go_on_from(&mut self, at: Wall, offset: Duration) -> bool {
        let length = self.airing.programme.length;
        let resumes = self.airing.broadcast.if_interrupted == IfInterrupted::Resume;
        let Some(piece) = self.pieces.front_mut().filter(|_| resumes && self.started.is_some() && offset < length)
        else {
            return false;
        };
        let whole = piece.start + length.saturating_sub(piece.offset) <= piece.end;
        let end = if whole { at + length.saturating_sub(offset) } else { piece.end.max(at) };
        *piece = Piece { start: at, end, offset };
        self.suspended = Some((at, Interruption::DeviceLost));
        true
    }
}
