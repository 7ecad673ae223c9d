//! The outputs of a simulated station: one that counts, one that mixes every sample.

use std::time::Duration;

use jiff::SignedDuration;

use crate::instant::Wall;
use crate::output::{Counting, Offline};
use crate::voice::{Notice, Output, VoiceId, VoiceOrder};

/// An output that lives by the simulated clock.
pub trait Simulated: Output {
    /// When it has something to report, if it knows.
    fn next_event(&self) -> Option<Wall>;
    /// Let its time run to `to`; returns what happened, in order.
    fn advance(&mut self, to: Wall) -> Vec<Notice>;
    /// The wall clock steps; what sounds goes on.
    fn step(&mut self, by: SignedDuration);
    /// The device goes away.
    fn lose(&mut self);
    /// The power goes: nothing sounds, and nobody is told.
    fn cut_power(&mut self);
    /// What sounds, and how much of it has been heard.
    fn heard(&self) -> Vec<(VoiceId, Duration)>;
}

impl Simulated for Counting {
    fn next_event(&self) -> Option<Wall> {
        Self::next_event(self)
    }

    fn advance(&mut self, to: Wall) -> Vec<Notice> {
        Self::advance(self, to)
    }

    fn step(&mut self, by: SignedDuration) {
        Self::step(self, by);
    }

    fn lose(&mut self) {
        Self::lose(self);
    }

    fn cut_power(&mut self) {
        Self::cut_power(self);
    }

    fn heard(&self) -> Vec<(VoiceId, Duration)> {
        self.sounding().collect()
    }
}

/// Mixes every sample, and hands them to `hear`.
pub struct Rendering<'a> {
    /// The mixer.
    pub output: Offline,
    /// Gets the samples, interleaved.
    pub hear: &'a mut (dyn FnMut(&[f32]) + Send),
}

/// A mixer learns of an end only by mixing up to it, so it is run in steps this long while it sounds.
const STEP: Duration = Duration::from_millis(100);

impl Simulated for Rendering<'_> {
    fn next_event(&self) -> Option<Wall> {
        self.output.is_busy().then(|| self.output.now() + STEP)
    }

    fn advance(&mut self, to: Wall) -> Vec<Notice> {
        self.output.advance(to, &mut *self.hear)
    }

    fn step(&mut self, by: SignedDuration) {
        self.output.step(by);
    }

    fn lose(&mut self) {
        self.output.lose();
    }

    fn cut_power(&mut self) {
        self.output.cut_power();
    }

    fn heard(&self) -> Vec<(VoiceId, Duration)> {
        self.output.sounding().collect()
    }
}

impl Output for Rendering<'_> {
    fn order(&mut self, voice: VoiceId, order: VoiceOrder) {
        self.output.order(voice, order);
    }
}
