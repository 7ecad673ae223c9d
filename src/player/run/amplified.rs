//! A run and the power behind its zone: when it must be on.

use super::{Run, VoiceState};
use crate::instant::Wall;

impl Run {
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
