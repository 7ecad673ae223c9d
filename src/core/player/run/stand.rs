//! A run that somebody ordered, as it is told to whoever did.

use super::{Run, Voice, VoiceState};
use crate::instant::Wall;
use crate::player::asked::waits;
use crate::player::stand::Stand;

impl Run {
    /// How it stands now.
    pub(in crate::player) fn stand(&self, now: Wall) -> Stand {
        if self.because.is_some() {
            // It fades out; its row comes in a moment.
            let seconds = self.heard.as_secs_f64();
            return Stand::Over { started: self.started, seconds, whole: false, reason: self.because.clone() };
        }
        let start = self.pieces.front().map_or(self.airing.start, |piece| piece.start);
        if let (Some(started), Some(Voice { state: VoiceState::Playing, .. })) = (self.started, self.voice) {
            return Stand::Sounds { started };
        }
        if let Some(why) = &self.hindered {
            return Stand::Hindered { why: why.clone(), until: start + self.grace() };
        }
        if let Some((_, by)) = &self.suspended
            && start > now
        {
            return Stand::Waits { start, behind: by.rival().map(|by| by.broadcast.title.clone()) };
        }
        match self.voice {
            Some(Voice { begins: Some(begins), .. }) if self.is_warming() => {
                Stand::Waits { start: begins, behind: None }
            }
            // Prepared ahead of its turn, it waits all the same.
            _ => waits(&self.airing, start, now),
        }
    }

    /// It was told to start, and waits for its amplifier to warm up.
    pub(in crate::player) fn is_warming(&self) -> bool {
        let start = self.pieces.front().map_or(self.airing.start, |piece| piece.start);
        self.voice
            .is_some_and(|voice| voice.state == VoiceState::Armed && voice.begins.is_some_and(|begins| begins > start))
    }
}
