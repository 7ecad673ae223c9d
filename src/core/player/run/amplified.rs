//! A run and the power behind its zone: when it must be on.

use super::{Run, Voice, VoiceState};
use crate::instant::Wall;
use crate::player::event::Action;

impl Run {
    /// Begin again with a voice that was told to wait for its amplifier and has not begun.
    pub(in crate::player) fn let_go(&mut self, now: Wall, actions: &mut Vec<Action>) {
        let is_held = |voice: Voice| voice.state == VoiceState::Armed && voice.begins.is_some_and(|at| at > now);
        let due = self.pieces.front().is_some_and(|piece| piece.start <= now);
        if due && self.because.is_none() && self.voice.is_some_and(is_held) {
            self.forget_voice(actions);
        }
    }

    /// When it sounds, and until when: no end where that is for the output to say.
    pub(in crate::player) fn stretches(&self, now: Wall) -> Vec<(Wall, Option<Wall>)> {
        let state = self.voice.map(|voice| voice.state);
        if self.because.is_some() {
            // It fades out. What was given up before it began calls for nothing.
            return if state == Some(VoiceState::Playing) { vec![(now, None)] } else { Vec::new() };
        }
        let mut stretches: Vec<(Wall, Option<Wall>)> =
            self.pieces.iter().map(|piece| (piece.start, Some(piece.end))).collect();
        if let (Some((_, to)), Some(_)) = (stretches.first_mut(), state) {
            *to = None;
        }
        stretches
    }
}
